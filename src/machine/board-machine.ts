/**
 * One machine as the board runs it: shared memory, the CPU worker, the device engine, and what stands between them:
 * attention, watchdog, the one-second tick, the messages. From boot to stop; the board makes a new one for each boot,
 * with new memory, so nothing of an earlier driver is left.
 */
import {
  ATTENTION,
  ATTENTION_COMMAND,
  ATTENTION_GO,
  ATTENTION_LEAVE,
  ATTENTION_PAUSE,
  ATTENTION_TIMER,
  type BoardMemory,
  CALL_COUNT,
  CALLBACK_COUNT,
  CPU_HALTED,
  CPU_IDLE,
  CPU_STATE,
  createBoardMemory,
  DEVICE_ATTENTION,
  DOORBELL_COUNT,
  DPC_COUNT,
  INTERRUPT_COUNT,
  signalProcessor,
} from '../bus/board-memory.ts';
import { THREAD_STUCK_IN_DEVICE_DRIVER } from '../ddi/bug-checks.ts';
import type { Engine, EngineEvent, EngineOptions } from '../engine/engine.ts';
import { SharedRing } from '../memory/shared-ring.ts';
import type { GeneratedPosition } from '../verifier/source-position.ts';
import { createVerifier } from '../verifier/verifier.ts';
import type { BoardEvent, BoardOptions, CpuBoot, CpuCommand, CpuEvent, HoldRequest } from './board-protocol.ts';
import type { Program } from './compile.ts';
import { NO_PLACES, reportDeviceEvent, serialize } from './device-event.ts';
import type { MachineStats } from './machine-types.ts';
import type { CommonBufferRecord, Shutdown } from './report.ts';
import { stopOverdue } from './stop-overdue.ts';
import { TraceRecorder } from './trace-recorder.ts';
import type { Trace } from './trace-records.ts';
import { Watchdog } from './watchdog.ts';

/** How often the page hears figures, and the watchdog looks. */
const TICK_MS = 250;
/** How long the processor has to answer a question. */
const ANSWER_MS = 60;
/** Messages taken from the worker at a time: a driver that floods the log must not keep the board busy. */
const DRAIN = 200;
/** So many times DRAIN are more than a full ring of the shortest messages. */
const DRAIN_ROUNDS = 200;
/** The next are taken this much later. */
const DRAIN_PAUSE_MS = 16;

/** Makes an engine for a machine; the board knows which. */
export type EngineFactory = (
  options: EngineOptions,
) => Promise<{ readonly engine: Engine; readonly apertureBytes: number }>;

export class BoardMachine {
  readonly #memory: BoardMemory;
  readonly #control: Int32Array;
  readonly #events: SharedRing;
  readonly #commands: SharedRing;
  readonly #options: BoardOptions;
  readonly #watchdog: Watchdog;
  readonly #publish: (events: readonly (CpuEvent | BoardEvent)[]) => void;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  readonly #frameWaiters: { readonly target: number; readonly done: () => void }[] = [];
  readonly #recorder: TraceRecorder | null;
  #engine: Engine | null = null;
  #worker: Worker | null = null;
  #ended = false;
  #cpuDone: (() => void) | null = null;
  #partialBuffers: CommonBufferRecord[] = [];
  #onBuffers: ((list: readonly CommonBufferRecord[]) => void)[] = [];
  /** The processor has said its last word. */
  #done = false;
  #crashed = false;
  /** Where a driver that does not come to its end was last seen. */
  #whereabouts: readonly GeneratedPosition[] = [];
  #refused = 0;
  #lastDrain = 0;
  #drainAgain: ReturnType<typeof setTimeout> | null = null;

  constructor(options: BoardOptions, publish: (events: readonly (CpuEvent | BoardEvent)[]) => void) {
    this.#options = options;
    this.#publish = publish;
    this.#memory = createBoardMemory(options.ramBytes);
    this.#control = new Int32Array(this.#memory.control);
    this.#watchdog = new Watchdog(this.#control, options.watchdogSeconds * 1000);
    this.#recorder = options.trace ? new TraceRecorder() : null;
    this.#events = new SharedRing(this.#memory.events);
    this.#commands = new SharedRing(this.#memory.commands);
  }

  get engine(): Engine | null {
    return this.#engine;
  }

  /** Starts engine, then processor. */
  async boot(
    program: Program,
    worker: () => Worker,
    canvas: HTMLCanvasElement,
    makeEngine: EngineFactory,
  ): Promise<Engine> {
    const recorder = this.#recorder;
    const { engine, apertureBytes } = await makeEngine({
      memory: this.#memory,
      canvas,
      pacing: this.#options.pacing,
      onEvent: (event) => this.#deviceEvent(event),
      onVblank: () => {
        this.#watchdog.glance();
        this.#checkFrames();
      },
      ...(recorder && { onMoment: (moment, a, b) => recorder.moment(moment, a, b) }),
    });
    if (this.#ended) {
      engine.close();
      throw new Error('the machine was stopped while it booted');
    }
    this.#engine = engine;
    this.#worker = worker();
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#publish([{ type: 'failed', reason: `the processor could not start: ${event.message}`, positions: [] }]);
    };
    const boot: CpuBoot = {
      memory: this.#memory,
      program,
      verifier: this.#options.verifier,
      mode: this.#options.mode,
      apertureBytes,
      trace: recorder?.buffer ?? null,
    };
    if (this.#options.paused) this.hold('pause');
    this.#worker.postMessage(boot);
    this.#watchAttention();
    this.#timers.push(
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => signalProcessor(this.#control, ATTENTION_TIMER), 1000),
    );
    return engine;
  }

  /** Counters as they stand. */
  stats(): MachineStats {
    const counters = this.#engine?.counters;
    const word = (index: number): number => Atomics.load(this.#control, index) >>> 0;
    return {
      frames: counters?.frames ?? 0,
      vblanks: counters?.vblanks ?? 0,
      interrupts: word(INTERRUPT_COUNT),
      dpcs: word(DPC_COUNT),
      doorbells: word(DOORBELL_COUNT),
      fences: counters?.fences ?? 0,
      dmaReadBytes: counters?.dmaReadBytes ?? 0,
      dmaWriteBytes: counters?.dmaWriteBytes ?? 0,
      calls: word(CALL_COUNT),
    };
  }

  /** Resolves when `count` more frames were shown, or the machine has ended. */
  frames(count: number): Promise<void> {
    return new Promise((done) => {
      this.#frameWaiters.push({ target: (this.#engine?.counters.frames ?? 0) + count, done });
      this.#checkFrames();
    });
  }

  /**
   * All common buffers; an empty list when the processor does not answer in time (it sits in a loop without port
   * calls).
   */
  commonBuffers(): Promise<readonly CommonBufferRecord[]> {
    return new Promise((resolve) => {
      if (this.#ended) return resolve([]);
      this.#onBuffers.push(resolve);
      this.#command({ type: 'common-buffers' });
      setTimeout(() => resolve([]), ANSWER_MS);
    });
  }

  /** What has been recorded. Throws when the machine is not traced. */
  trace(): Trace {
    if (!this.#recorder) throw new Error('board: the machine is not traced');
    return this.#recorder.trace();
  }

  /** Holds the processor before its next call of the port, or lets it go on. */
  hold(how: HoldRequest): void {
    const go = ATTENTION_GO | (how === 'leave' ? ATTENTION_LEAVE : 0);
    if (how === 'pause') Atomics.and(this.#control, ATTENTION, ~ATTENTION_LEAVE);
    if (how === 'resume') Atomics.and(this.#control, ATTENTION, ~(ATTENTION_PAUSE | ATTENTION_LEAVE));
    signalProcessor(this.#control, how === 'pause' ? ATTENTION_PAUSE : go);
  }

  /**
   * Stops: the driver is asked to shut down, and ended by force when it does not in time. Resolves when the processor
   * is gone; the engine lives on until `close`, so that the last picture can still be read.
   * @param graceMs how long a driver may take that gets on with it: see `stop-overdue.ts`
   */
  async stop(graceMs: number): Promise<Shutdown> {
    this.#engine?.freeze();
    const running = this.#worker !== null && !this.#ended && Atomics.load(this.#control, CPU_STATE) !== CPU_HALTED;
    if (running) {
      this.hold('resume');
      const done = new Promise<void>((resolve) => {
        this.#cpuDone = resolve;
      });
      this.#command({ type: 'stop' });
      const overdue = stopOverdue(this.#control, this.#watchdog, {
        graceMs,
        over: () => this.#ended || this.#crashed,
        advanced: () => {
          this.#whereabouts = [];
        },
        slow: () => this.#command({ type: 'where' }),
      });
      await Promise.race([done, overdue]);
    }
    const doing = this.#watchdog.doing();
    this.#end();
    if (this.#done) return 'complete';
    const begun =
      Atomics.load(this.#control, CALLBACK_COUNT) !== 0 || Atomics.load(this.#control, CPU_STATE) !== CPU_IDLE;
    if (!running || !begun || this.#crashed) return 'none';
    this.#publish([{ type: 'forced', doing, positions: this.#whereabouts }]);
    return 'forced';
  }

  /** Frees everything. */
  close(): void {
    this.#end();
    this.#engine?.close();
    this.#engine = null;
  }

  /** Ends the processor and every timer; what it said last is still passed on. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // A loop that never comes back to its worker spins on for seconds after its end; one that calls the port is put to sleep there.
    if (this.#worker) this.hold('pause');
    this.#worker?.terminate();
    this.#worker = null;
    // Ends the pending look at the control words, which would keep the machine's memory alive for ever.
    Atomics.notify(this.#control, DEVICE_ATTENTION);
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#drainAgain !== null) clearTimeout(this.#drainAgain);
    this.#drainAll();
    this.#reportUnheard();
    this.#publish([{ type: 'stats', stats: this.stats() }]);
    for (const waiter of this.#frameWaiters.splice(0)) waiter.done();
    for (const resolve of this.#onBuffers.splice(0)) resolve([]);
    this.#cpuDone?.();
  }

  /** Device events that the processor did not take before it ended: reported without a place. */
  #reportUnheard(): void {
    if (!this.#options.verifier) return;
    const observer = createVerifier({
      found: (finding) => this.#publish([{ type: 'finding', finding }]),
      bugCheck: () => {
        throw new Error('a device event is no bug check');
      },
    });
    try {
      for (
        let command = this.#commands.shift() as CpuCommand | undefined;
        command;
        command = this.#commands.shift() as CpuCommand | undefined
      ) {
        if (command.type === 'device-event') reportDeviceEvent(command.event, observer, NO_PLACES);
      }
    } catch {
      // A driver wrote over the ring: there is nothing left to report.
    }
  }

  #command(command: CpuCommand): void {
    this.#commands.push(command);
    signalProcessor(this.#control, ATTENTION_COMMAND);
  }

  #deviceEvent(event: EngineEvent): void {
    if (event.kind === 'lost') this.#publish([{ type: 'log', source: 'device', level: 'warn', text: event.sentence }]);
    else this.#publish([{ type: 'log', source: 'device', level: 'error', text: event.sentence }]);
    if (!this.#ended) this.#command({ type: 'device-event', event: serialize(event) });
  }

  /** Serves the device and takes the worker's messages whenever the worker asks for attention. */
  #watchAttention(): void {
    if (this.#ended) return;
    const seen = Atomics.load(this.#control, DEVICE_ATTENTION);
    try {
      this.#engine?.service();
      this.#recorder?.collect();
      this.#scheduleDrain();
    } finally {
      // Whatever went wrong just now: a machine that nobody looks after any more would hang without a word.
      this.#watchAgain(seen);
    }
  }

  #watchAgain(seen: number): void {
    const { async, value } = Atomics.waitAsync(this.#control, DEVICE_ATTENTION, seen);
    // A driver that rings without pause must not starve the page: the next look is a task of its own.
    if (async) void value.then(() => this.#watchAttention());
    else setTimeout(() => this.#watchAttention(), 0);
  }

  /** Takes messages now, or a little later when some were taken just before: so much a second and no more. */
  #scheduleDrain(): void {
    if (this.#ended) return;
    if (Atomics.load(this.#control, CPU_STATE) === CPU_HALTED) {
      // The last words: there will be no flood any more, and somebody waits for them.
      this.#drainAll();
      return;
    }
    if (this.#drainAgain !== null) return;
    const wait = this.#lastDrain + DRAIN_PAUSE_MS - performance.now();
    if (wait <= 0 && !this.#drain()) return;
    this.#drainAgain = setTimeout(
      () => {
        this.#drainAgain = null;
        this.#scheduleDrain();
      },
      wait > 0 ? wait : DRAIN_PAUSE_MS,
    );
  }

  /** Takes all that waits, and no more than a ring can hold: who still writes must not keep the board here. */
  #drainAll(): void {
    for (let rounds = 0; rounds < DRAIN_ROUNDS && this.#drain(); rounds++);
  }

  /** Takes up to DRAIN messages and passes them on. Returns whether more may be waiting. */
  #drain(): boolean {
    this.#lastDrain = performance.now();
    const batch: (CpuEvent | BoardEvent)[] = [];
    try {
      while (batch.length < DRAIN) {
        const event = this.#events.shift() as CpuEvent | undefined;
        if (!event) break;
        batch.push(event);
        if (event.type === 'traced-functions' && this.#recorder) this.#recorder.functions = event.names.map(String);
        if (event.type === 'whereabouts') this.#whereabouts = event.positions;
        if (event.type === 'common-buffers') this.#collectBuffers(event.list, event.last);
      }
    } catch (error) {
      batch.push({
        type: 'log',
        source: 'device',
        level: 'error',
        text: `messages from the processor were damaged: ${error instanceof Error ? error.message : error}`,
      });
    }
    const { refused } = this.#events;
    if (refused > this.#refused) batch.push({ type: 'dropped', lines: refused - this.#refused });
    this.#refused = refused;
    if (batch.length > 0) this.#publish(batch);
    for (const { type } of batch) {
      if (type === 'bugcheck') this.#crashed = true;
      if (type !== 'done') continue;
      this.#done = true;
      this.#cpuDone?.();
    }
    return batch.length >= DRAIN;
  }

  #collectBuffers(list: readonly CommonBufferRecord[], last: boolean): void {
    this.#partialBuffers.push(...list);
    if (!last) return;
    const whole = this.#partialBuffers;
    this.#partialBuffers = [];
    for (const resolve of this.#onBuffers.splice(0)) resolve(whole);
  }

  #checkFrames(): void {
    const frames = this.#engine?.counters.frames ?? 0;
    for (let i = this.#frameWaiters.length - 1; i >= 0; i--) {
      if ((this.#frameWaiters[i]?.target ?? 0) <= frames) this.#frameWaiters.splice(i, 1)[0]?.done();
    }
  }

  #tick(): void {
    this.#recorder?.collect();
    this.#publish([{ type: 'stats', stats: this.stats() }]);
    this.#scheduleDrain();
    this.#checkStuck();
  }

  /** Ends a driver that the watchdog gives up. */
  #checkStuck(): void {
    const message = this.#watchdog.look();
    if (!message || !this.#worker) return;
    this.#worker.terminate();
    this.#worker = null;
    this.#drainAll();
    const bugCheck = {
      code: THREAD_STUCK_IN_DEVICE_DRIVER,
      parameters: ['0x0', '0x0', '0x0', '0x0'],
      message,
      positions: [],
    };
    this.#crashed = true;
    this.#publish([{ type: 'bugcheck', bugCheck }]);
  }
}
