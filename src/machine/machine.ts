/**
 * A machine, as a page or a test uses it: boot a driver's source, wait for frames, look at the screen, read the report,
 * stop.
 *
 *     const machine = await Machine.boot({ source, monitor: element });
 *     await machine.frames(60);
 *     const report = await machine.stop();
 */

import type { Screen } from '../engine/engine.ts';
import { BoardFrame } from './board-frame.ts';
import type { BoardMessage, HoldRequest } from './board-protocol.ts';
import { type Compiled, compile } from './compile.ts';
import type { DriverFile } from './driver-files.ts';
import type { GpuHoldings } from './gpu-ledger.ts';
import { MachineRecord } from './machine-record.ts';
import type {
  BootOptions,
  Hold,
  MachineControl,
  MachineEvent,
  MachineState,
  StopOptions,
  Support,
} from './machine-types.ts';
import type { BugCheck, Finding, Report } from './report.ts';
import type { TraceDocument } from './trace-document.ts';
import type { Trace } from './trace-records.ts';

/** What is left of a machine whose frame is gone, or whose last picture nobody wants. */
const NO_SCREEN: Screen = { width: 0, height: 0, pixels: new Uint8ClampedArray(0) };
const DEFAULT_GRACE_MS = 80;
const DEFAULT_RAM = 64 * 1024 * 1024;
const DEFAULT_MODE = { width: 640, height: 480 };
const DEFAULT_WATCHDOG_SECONDS = 5;
const DEFAULT_FRAMES_TIMEOUT_MS = 20_000;

/** Frames by the element that holds them; a frame is used again when the machine in it has ended. */
const frames = new WeakMap<HTMLElement, BoardFrame>();
/** Which machine a frame serves. */
const serving = new WeakMap<BoardFrame, Machine>();
/** The boot that is under way in a frame: the next one waits for it. */
const booting = new WeakMap<BoardFrame, Promise<void>>();
/** Holders of frames for machines without a monitor of their own. */
const hidden: HTMLElement[] = [];

/** A place for a frame that nobody looks at, but which is laid out, so that it draws. */
function hiddenHolder(): HTMLElement {
  const idle = hidden.find((holder) => {
    const frame = frames.get(holder);
    return !frame || !(serving.has(frame) || booting.has(frame));
  });
  if (idle) return idle;
  const holder = document.createElement('div');
  holder.style.cssText = 'position:fixed;left:0;top:0;width:64px;height:48px;opacity:0;pointer-events:none';
  holder.setAttribute('aria-hidden', 'true');
  document.body.append(holder);
  hidden.push(holder);
  return holder;
}

/** Why there can be no machine here, in words that say what to do. */
const NOT_ISOLATED =
  'SharedArrayBuffer is missing: the page is not cross-origin isolated. Its server must send Document-Isolation-Policy, or Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy.';

export class Machine implements MachineControl {
  readonly #frame: BoardFrame;
  readonly #record: MachineRecord;
  /** Calls the listener. */
  readonly #tell: (event: MachineEvent) => void;
  readonly #started = performance.now();
  #engine: 'webgpu' | 'software' = 'software';
  #adapter = '';
  readonly #driver: string;
  readonly #traced: boolean;
  #screen: Screen | null = null;
  /** The whole trace, once the machine has stopped. */
  #trace: Trace | null = null;
  #stopping: Promise<Report> | null = null;
  #durationMs = 0;
  #ended: () => void = () => {};
  readonly #end = new Promise<void>((resolve) => {
    this.#ended = resolve;
  });

  private constructor(frame: BoardFrame, compiled: Compiled, { onEvent, trace }: BootOptions) {
    this.#frame = frame;
    this.#driver = compiled.program.files[0]?.name ?? '';
    this.#traced = trace ?? false;
    this.#tell = (event) => {
      try {
        onEvent?.(event);
      } catch (error) {
        // The listener's own mistake: told as such, and no trouble of the machine's.
        reportError(error);
      }
    };
    this.#record = new MachineRecord(compiled.locate, (event) => {
      this.#tell(event);
      if (this.#record.over) this.#ended();
    });
  }

  /**
   * Boots a driver, of one file or several. Resolves when its processor has started; what becomes of the driver is told by events and `state`.
   * Rejects with CompileError when the source does not parse, and with an Error in plain words when the browser lacks
   * something. A machine that still runs in the same monitor is stopped first.
   */
  static async boot(options: BootOptions): Promise<Machine> {
    checkOptions(options);
    const compiled = await compile(filesOf(options));
    if (typeof SharedArrayBuffer === 'undefined' || !crossOriginIsolated) throw new Error(NOT_ISOLATED);
    const holder = options.monitor ?? hiddenHolder();
    let frame = frames.get(holder);
    if (!frame?.alive) {
      frame = new BoardFrame(holder);
      frames.set(holder, frame);
    }
    const before = booting.get(frame);
    let over = () => {};
    const turn = new Promise<void>((resolve) => {
      over = resolve;
    });
    booting.set(frame, turn);
    try {
      await before;
      return await Machine.#bootIn(frame, compiled, options);
    } finally {
      if (booting.get(frame) === turn) booting.delete(frame);
      over();
    }
  }

  static async #bootIn(frame: BoardFrame, compiled: Compiled, options: BootOptions): Promise<Machine> {
    await serving.get(frame)?.stop();
    const machine = new Machine(frame, compiled, options);
    serving.set(frame, machine);
    frame.onEvents = (events) => machine.#receive(events);
    machine.#record.enter(options.paused ? 'paused' : 'booting');
    try {
      const { engine, adapter } = await frame.request<'boot'>({
        type: 'boot',
        program: compiled.program,
        options: {
          engine: options.engine,
          verifier: options.verifier ?? true,
          ramBytes: options.ramBytes ?? DEFAULT_RAM,
          pacing: options.pacing ?? 'display',
          mode: options.mode ?? DEFAULT_MODE,
          watchdogSeconds: options.watchdogSeconds ?? DEFAULT_WATCHDOG_SECONDS,
          paused: options.paused ?? false,
          trace: options.trace ?? false,
        },
      });
      machine.#engine = engine;
      machine.#adapter = adapter;
      machine.#tell({ type: 'engine', engine, adapter });
    } catch (error) {
      serving.delete(frame);
      throw error;
    }
    return machine;
  }

  /** What this browser can do. */
  static async support(): Promise<Support> {
    if (typeof SharedArrayBuffer === 'undefined' || !crossOriginIsolated)
      return { kind: 'not-isolated', reason: NOT_ISOLATED };
    if (!navigator.gpu) return { kind: 'no-webgpu', reason: 'This browser has no WebGPU (navigator.gpu is missing).' };
    const adapter = await navigator.gpu.requestAdapter().catch(() => null);
    return adapter
      ? { kind: 'full' }
      : {
          kind: 'no-webgpu',
          reason: 'The browser has WebGPU but offers no GPU adapter: it may be blocked, or switched off.',
        };
  }

  get state(): MachineState {
    return this.#record.state;
  }

  get engine(): 'webgpu' | 'software' {
    return this.#engine;
  }

  get bugCheck(): BugCheck | null {
    return this.#record.bugCheck;
  }

  get findings(): readonly Finding[] {
    return this.#record.findings;
  }

  /** Resolves when the machine has stopped, failed or crashed. */
  get ended(): Promise<void> {
    return this.#end;
  }

  async frames(count: number, timeoutMs = DEFAULT_FRAMES_TIMEOUT_MS): Promise<void> {
    if (this.#record.over) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new Error(`Machine.frames: ${count} frames did not come within ${timeoutMs} ms (state: ${this.state})`),
          ),
        timeoutMs,
      );
    });
    try {
      await Promise.race([this.#frame.request<'frames'>({ type: 'frames', count }), this.#end, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async screen(): Promise<Screen> {
    return this.#screen ?? this.#frame.request<'screen'>({ type: 'screen' });
  }

  /**
   * Destroys the GPU device on purpose, as a driver update or a crash of the GPU would: the machine rebuilds and goes
   * on.
   */
  async loseDevice(): Promise<void> {
    await this.#frame.request<'lose-device'>({ type: 'lose-device' });
  }

  /** What the machine's frame holds of the GPU, also when the machine has stopped. */
  async holdings(): Promise<GpuHoldings> {
    return this.#frame.request<'holdings'>({ type: 'holdings' });
  }

  get held(): Hold | null {
    return this.#record.hold;
  }

  async trace(): Promise<TraceDocument> {
    if (!this.#traced) throw new Error('Machine.trace: boot the machine with `trace: true`');
    const [trace, { traceDocument }] = await Promise.all([
      this.#trace ?? this.#frame.request<'trace'>({ type: 'trace' }),
      import('./trace-document.ts'),
    ]);
    return traceDocument(trace, this.#driver);
  }

  pause(): void {
    if (this.state !== 'running' && this.state !== 'booting') return;
    this.#hold('pause');
    this.#record.enter('paused');
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.#hold('resume');
    this.#record.enter(this.#record.booted ? 'running' : 'booting');
  }

  step(): void {
    if (this.held) this.#hold('step');
  }

  stepOut(): void {
    if (this.held) this.#hold('leave');
  }

  #hold(how: HoldRequest): void {
    this.#record.hold = null;
    // A frame that was taken out of the page holds nothing any more.
    this.#frame.request<'hold'>({ type: 'hold', how }).catch(() => {});
  }

  async report(): Promise<Report> {
    if (!this.#stopping && !this.#record.over) {
      const [{ stats }, { list }] = await Promise.all([
        this.#frame.request<'stats'>({ type: 'stats' }),
        this.#frame.request<'common-buffers'>({ type: 'common-buffers' }),
      ]);
      this.#record.stats = stats;
      if (list.length > 0) this.#record.buffers = list;
    }
    const screen = await this.screen();
    const { stats, buffers, findings, bugCheck, shutdown, log } = this.#record;
    const { frames, interrupts, dpcs, doorbells, fences, dmaReadBytes, dmaWriteBytes } = stats;
    return {
      engine: this.#engine,
      adapter: this.#adapter,
      frames,
      interrupts,
      dpcs,
      doorbells,
      fences,
      dmaReadBytes,
      dmaWriteBytes,
      commonBuffers: buffers,
      findings: [...findings],
      bugCheck,
      shutdown,
      screen: { width: screen.width, height: screen.height, sha256: await sha256(screen.pixels) },
      log,
      durationMs: Math.round(this.#durationMs || performance.now() - this.#started),
    };
  }

  /** @param options.graceMs how long the driver may take to shut down; default 80, so that a stop is never felt */
  stop({ graceMs = DEFAULT_GRACE_MS, picture = null }: StopOptions = {}): Promise<Report> {
    this.#stopping ??= this.#stop(graceMs, picture);
    return this.#stopping;
  }

  async #stop(graceMs: number, picture: Screen | 'unread' | null): Promise<Report> {
    const record = this.#record;
    try {
      // Asked for first: a driver that shuts down may leave the screen dark.
      const known = picture === 'unread' ? NO_SCREEN : picture;
      const screen = known ? Promise.resolve(known) : this.#frame.request<'screen'>({ type: 'screen' });
      // Waited for last; should it fail before, the stop fails too and says so.
      screen.catch(() => {});
      const { stats, shutdown } = await this.#frame.request<'stop'>({ type: 'stop', graceMs });
      record.stats = stats;
      record.shutdown = shutdown;
      if (!record.over) record.enter('stopped');
      this.#screen = await screen;
      if (this.#traced) this.#trace = await this.#frame.request<'trace'>({ type: 'trace' });
      await this.#frame.request<'close'>({ type: 'close' });
    } catch (error) {
      // The frame was taken out of the page, and the machine with it.
      if (this.#frame.alive) throw error;
      this.#screen ??= NO_SCREEN;
      if (!record.over) record.enter('stopped');
    }
    this.#durationMs = performance.now() - this.#started;
    if (serving.get(this.#frame) === this) serving.delete(this.#frame);
    return this.report();
  }

  #receive(events: Extract<BoardMessage, { type: 'events' }>['events']): void {
    for (const event of events) {
      try {
        this.#record.hear(event);
      } catch (error) {
        // A driver may have forged a message. It says nothing that can be used.
        console.warn('machine: a message that makes no sense was left out', error);
      }
    }
  }
}

/** Refuses what cannot be, by name and value, before anything is made for it. */
function checkOptions({ engine, pacing, ramBytes, monitor }: BootOptions): void {
  const oneOf = (name: string, value: string | undefined, allowed: readonly string[]) => {
    if (value === undefined || allowed.includes(value)) return;
    throw new RangeError(`Machine.boot: ${name} must be ${allowed.join(' or ')}, not ${JSON.stringify(value)}`);
  };
  oneOf('engine', engine, ['webgpu', 'software']);
  oneOf('pacing', pacing, ['display', 'timer', 'unpaced']);
  if (ramBytes !== undefined && !(ramBytes >= 2 ** 20 && ramBytes <= 2 ** 30 && ramBytes % 65536 === 0))
    throw new RangeError(`Machine.boot: ramBytes must be 1 MiB to 1 GiB in steps of 64 KiB, not ${ramBytes}`);
  if (monitor && !monitor.isConnected)
    throw new Error(
      'Machine.boot: the monitor is not in a document: append it first, since a frame loads nowhere else',
    );
}

/** The driver's files, however they were given. */
function filesOf({ source, fileName = 'driver.ts', files }: BootOptions): readonly DriverFile[] {
  if ((source === undefined) === (files === undefined))
    throw new Error('Machine.boot: a driver is either `source`, one text, or `files`, a list of { name, source }');
  return files ?? [{ name: fileName, source: source ?? '' }];
}

async function sha256(pixels: Uint8ClampedArray<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', pixels);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
