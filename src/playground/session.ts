/** The life of the machines that a page boots, one after the other: what the page shows and what its buttons do. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Screen } from '../engine/engine.ts';
import type { DriverFile } from '../machine/driver-files.ts';
import {
  type BootOptions,
  CompileError,
  type MachineControl,
  type MachineEvent,
  type MachineState,
  type SourceError,
  type Support,
} from '../machine/machine-types.ts';
import type { BugCheck } from '../machine/report.ts';
import { type FindingGroup, FindingGroups } from './finding-groups.ts';
import { formatPlace } from './format.ts';
import { RateMeter } from './rate-meter.ts';
import { Stepper, type StepRequest } from './stepper.ts';

/** The static side of `Machine`: all that the page needs of it. */
export interface MachineHost {
  boot(options: BootOptions): Promise<MachineControl>;
  support(): Promise<Support>;
}

/**
 * `checking` what the browser can do · `unsupported`: no machine can run here · `idle`: none was booted yet ·
 * `starting`: boot was asked for and the worker is not there yet · `rejected`: the source did not compile, or boot said
 * what is missing · the rest are the machine's own states
 */
export type Phase = 'checking' | 'unsupported' | 'idle' | 'starting' | 'rejected' | MachineState;

/** What the visitor chose for the next boot. */
export interface BootChoice {
  readonly engine: 'auto' | 'webgpu' | 'software';
  readonly width: number;
  readonly height: number;
  /** Are Driver Verifier's rules checked? */
  readonly verifier: boolean;
}

/** What a boot takes when nothing was chosen. */
export const defaultChoice: BootChoice = { engine: 'auto', width: 640, height: 480, verifier: true };

/** Where pictures appear: the monitor with its stacked slots. */
export interface PictureSlots {
  /** A new slot below those that are there; the machine puts its frame into it. */
  open(): HTMLElement;
  /** The slot's machine has set a mode. */
  shape(slot: HTMLElement, width: number, height: number): void;
  /** The slot's picture has arrived: the slots above it go. */
  reveal(slot: HTMLElement): void;
  /** The slot's machine goes: its last picture stays as a still. */
  hold(slot: HTMLElement, screen: Screen): void;
  /** Takes a slot away at once, with whatever runs in it. */
  drop(slot: HTMLElement): void;
}

/** Log lines go straight to the log pane; a thousand a second must not each cause an update of the page. */
export type LogLine = Omit<Extract<MachineEvent, { type: 'log' }>, 'type'>;

/** What the page supplies. */
export interface SessionOptions {
  readonly slots: () => PictureSlots;
  readonly log: (line: LogLine) => void;
  /** Called after each `stats` event, when {@link Session.meter} has taken it. */
  readonly stats: () => void;
  /** Milliseconds; injectable for tests. Default `performance.now`. */
  readonly now?: () => number;
}

/**
 * How long Stop and Restart wait for the last picture before they go on without it, in milliseconds. Where the next machine takes over the
 * frame the picture matters more, for the frame goes dark meanwhile, and the machine that runs may as well run on: see patienceMs.
 */
const lastPictureMs = 120;

/** How long a machine may take to end, or to give its last picture, before the next one stops waiting for its frame, in milliseconds. */
const patienceMs = 1000;

/** How long the last picture stays at most when the new machine has counted a frame, in milliseconds. */
const settleMs = 400;

const live: ReadonlySet<Phase> = new Set<Phase>(['starting', 'booting', 'running', 'paused']);
const bootable: ReadonlySet<Phase> = new Set<Phase>(['idle', 'rejected', 'paused', 'stopped', 'failed', 'crashed']);

/** One machine and all that belongs to it. Events of a run that is not the current one any more change nothing. */
interface Run {
  slot: HTMLElement;
  /** Booted into the frame of the run before it, whose picture stays until this one has its own. */
  readonly inPlace: boolean;
  machine: MachineControl | null;
  /** The machine that has the frame until this run's own is there. */
  inherited: MachineControl | null;
  revealed: boolean;
  /** Set by Stop and Restart: late events may still bring findings (the leak check), but no new state. */
  ending: boolean;
  /** Resolves when its boot has succeeded or failed. */
  settled: Promise<void>;
}

/**
 * Boots, stops and restarts machines and keeps what they say. The host element updates when something of it changed:
 * at once for states, once a frame for what comes in crowds.
 */
export class Session implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: SessionOptions;
  readonly #findings = new FindingGroups();
  #machineHost: MachineHost | null = null;
  #run: Run | null = null;
  #boots = 0;
  #frameAsked = false;

  /** Where the session stands. */
  phase: Phase = 'checking';
  /** What the last state event, or the rejection, gave as its reason. */
  reason = '';
  /** What the browser can do; null while that is being found out. */
  support: Support | null = null;
  /** Compile errors of a rejected boot. */
  errors: readonly SourceError[] = [];
  bugCheck: BugCheck | null = null;
  /** Findings, grouped; a new array whenever it changed. */
  findings: readonly FindingGroup[] = [];
  /** The engine that serves the machine, once known. */
  engine: { readonly kind: 'webgpu' | 'software'; readonly adapter: string } | null = null;
  /** The mode that is set. */
  mode: { readonly width: number; readonly height: number } | null = null;
  /** The choice with which the present machine was booted. */
  bootedWith: BootChoice | null = null;
  /** Has any picture ever arrived? */
  hasPicture = false;
  /** The files with which the present machine was booted. */
  bootedFiles: readonly DriverFile[] = [];
  readonly meter = new RateMeter();
  /** Where a paused machine stands. */
  readonly stepper: Stepper;

  constructor(host: ReactiveControllerHost, options: SessionOptions) {
    this.#host = host;
    this.#options = options;
    this.stepper = new Stepper(host);
    host.addController(this);
  }

  hostDisconnected(): void {
    void this.stop();
  }

  /** Boots so far. */
  get boots(): number {
    return this.#boots;
  }

  /** All findings, grouped or not. */
  get findingTotal(): number {
    return this.#findings.total;
  }

  get canRun(): boolean {
    return bootable.has(this.phase);
  }

  get canStop(): boolean {
    return live.has(this.phase);
  }

  /** Pause, or Resume. */
  get canPause(): boolean {
    return this.phase === 'booting' || this.phase === 'running' || this.phase === 'paused';
  }

  /** Where nothing runs, a step is the first one of a machine. */
  get canStep(): boolean {
    return this.phase === 'paused' ? this.stepper.hold !== null : this.canRun;
  }

  /** Is there a callback to get out of? */
  get canStepOut(): boolean {
    return this.phase === 'paused' && this.stepper.hold !== null;
  }

  get canRestart(): boolean {
    return this.canStop || this.phase === 'rejected' || this.phase === 'failed' || this.phase === 'crashed';
  }

  /**
   * Asks what the browser can do.
   * @returns true when a machine can run here
   */
  async connect(machineHost: MachineHost): Promise<boolean> {
    this.#machineHost = machineHost;
    try {
      this.support = await machineHost.support();
    } catch (error) {
      this.support = { kind: 'not-isolated', reason: messageOf(error) };
    }
    this.phase = this.support.kind === 'not-isolated' ? 'unsupported' : 'idle';
    this.reason = this.support.kind === 'not-isolated' ? this.support.reason : '';
    this.#host.requestUpdate();
    return this.phase === 'idle';
  }

  /** Run: boots a machine, or lets a paused one go on. Does nothing while one runs. */
  async run(files: readonly DriverFile[], choice: BootChoice): Promise<void> {
    if (!this.canRun) return;
    if (this.phase === 'paused') this.#run?.machine?.resume();
    else await this.#boot(files, choice);
  }

  /** Holds the driver before its next call, or lets it go on. */
  pause(): void {
    const machine = this.#run?.machine;
    if (this.phase === 'paused') machine?.resume();
    else if (this.canPause) machine?.pause();
  }

  /** To the next call of the port, or out of the callback. Where nothing runs, boots to the driver's first call. */
  async step(how: StepRequest, files: readonly DriverFile[], choice: BootChoice): Promise<void> {
    const machine = this.#run?.machine;
    if (this.phase === 'paused' && machine) this.stepper.go(machine, how);
    else if (this.canStep && how === 'step') await this.#boot(files, choice, true);
  }

  /** Restart: boots anew. The last picture stays until the new machine's first one. */
  async restart(files: readonly DriverFile[], choice: BootChoice): Promise<void> {
    if (!this.canRestart) return;
    await this.#boot(files, choice);
  }

  /** Stop: the page shows it at once; the machine is gone a moment later, and then the promise resolves. */
  async stop(): Promise<void> {
    if (!this.canStop) return;
    const run = this.#run;
    this.phase = 'stopped';
    this.reason = '';
    this.stepper.clear();
    this.#host.requestUpdate();
    if (run) await this.#end(run);
  }

  /** Stops what runs and forgets it, picture and all: what is open now has not run yet. */
  async clear(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    this.stepper.clear();
    this.#findings.clear();
    this.findings = [];
    this.errors = [];
    this.bugCheck = null;
    this.mode = null;
    this.hasPicture = false;
    if (this.phase !== 'checking' && this.phase !== 'unsupported') this.phase = 'idle';
    this.reason = '';
    this.#host.requestUpdate();
    if (!run) return;
    run.ending = true;
    await run.machine?.stop().catch(() => null);
    this.#options.slots().drop(run.slot);
  }

  /** @param paused hold it before the driver's first call */
  async #boot(files: readonly DriverFile[], choice: BootChoice, paused = false): Promise<void> {
    const machineHost = this.#machineHost;
    if (!machineHost) return;
    const [{ name: fileName, source } = { name: 'driver.ts', source: '' }] = files;
    const previous = this.#run;
    const slots = this.#options.slots();
    const inPlace = previous !== null && this.#reusable(previous, choice);
    const run: Run = {
      slot: inPlace ? previous.slot : slots.open(),
      inPlace,
      machine: null,
      inherited: null,
      revealed: false,
      ending: false,
      settled: Promise.resolve(),
    };
    // In place the machine host ends the old machine itself; otherwise it goes while the new one comes, and neither waits.
    if (inPlace) previous.ending = true;
    else if (previous) void this.#end(previous);
    this.#run = run;
    this.#boots++;
    this.#findings.clear();
    this.findings = [];
    this.errors = [];
    this.bugCheck = null;
    this.mode = null;
    this.meter.reset();
    this.bootedWith = choice;
    this.bootedFiles = files;
    this.stepper.clear();
    this.phase = 'starting';
    this.reason = '';
    this.#options.stats();
    this.#options.log({
      source: 'port',
      level: 'info',
      text: `── boot ${this.#boots}: ${fileName}${files.length > 1 ? ` and ${files.length - 1} more` : ''}, ${choice.width}×${choice.height}, engine ${choice.engine} ──`,
    });
    this.#host.requestUpdate();
    run.settled = this.#start(machineHost, run, inPlace ? previous : null, {
      ...(files.length > 1 ? { files } : { source, fileName }),
      monitor: run.slot,
      mode: { width: choice.width, height: choice.height },
      verifier: choice.verifier,
      ...(paused ? { paused } : {}),
      ...(choice.engine === 'auto' ? {} : { engine: choice.engine }),
      onEvent: (event) => this.#take(run, event),
    });
    await run.settled;
  }

  /** @param before whose frame is taken over; its boot must be over first */
  async #start(machineHost: MachineHost, run: Run, before: Run | null, options: BootOptions): Promise<void> {
    try {
      if (before) {
        await before.settled;
        // A frame goes dark with its machine. A still from an earlier takeover is there until `before` has shown something.
        const picture = before.revealed ? await this.#hold(before, patienceMs) : null;
        run.inherited = before.machine ?? before.inherited;
        // Meanwhile another edit wants the frame, or Stop has taken it away.
        if (run !== this.#run || run.ending) return;
        if (!(await stopsSoon(run.inherited, picture))) {
          // Its frame hangs: the new machine gets one of its own, below the last picture, and takes the old one away when it shows.
          run.slot = this.#options.slots().open();
        }
        if (run !== this.#run || run.ending) return;
      }
      const machine = await machineHost.boot({ ...options, monitor: run.slot });
      run.machine = machine;
      // Stopped or restarted while it was starting: nobody wants it any more. Whoever took over its frame ends it.
      if (run.ending || run !== this.#run) {
        if (this.#run?.slot !== run.slot || this.#run === run) await this.#shutDown(run);
      } else {
        if (this.phase === 'starting') this.#enter(run, machine.state, '');
        this.#awaitPicture(run, machine);
      }
    } catch (error) {
      if (run !== this.#run || run.ending) return;
      this.phase = 'rejected';
      this.errors = error instanceof CompileError ? error.errors : [];
      this.reason = messageOf(error);
      this.#options.log({ source: 'port', level: 'error', text: this.reason });
      this.#options.slots().drop(run.slot);
      this.#run = null;
      this.#host.requestUpdate();
    }
  }

  /**
   * Can the next machine take over the frame of this run? It then finds GPU and canvas open, which is quicker. Another engine would
   * need another canvas, and a frame that never showed anything may not be able to.
   */
  #reusable(run: Run, choice: BootChoice): boolean {
    const shows = run.revealed || run.inPlace;
    return shows && !run.ending && run.slot.isConnected && this.bootedWith?.engine === choice.engine;
  }

  #awaitPicture(run: Run, machine: MachineControl): void {
    machine.frames(1).then(
      () => {
        // It resolves as well when the machine ended without a frame; the state event deals with that.
        if (run === this.#run && this.canStop) this.#reveal(run);
      },
      () => {
        // No frame within ten seconds: the driver may still draw one, which the counters will tell.
      },
    );
  }

  #reveal(run: Run): void {
    if (run.revealed) return;
    run.revealed = true;
    this.hasPicture = true;
    this.#host.requestUpdate();
    // A frame that was counted may still be on its way through the GPU: what lies above it goes two frames later, or, where no
    // more come, after a while.
    const later = new Promise((resolve) => setTimeout(resolve, settleMs));
    const more = run.machine?.frames(2).catch(() => later) ?? later;
    void Promise.race([more, later]).then(() => {
      if (run === this.#run && !run.ending) this.#options.slots().reveal(run.slot);
    });
  }

  #enter(run: Run, state: MachineState, reason: string): void {
    if (run.ending) return;
    this.stepper.clear();
    this.phase = state;
    this.reason = reason;
    this.#host.requestUpdate();
  }

  #take(run: Run, event: MachineEvent): void {
    if (run !== this.#run) return;
    switch (event.type) {
      case 'state':
        this.#enter(run, event.state, event.reason ?? '');
        break;
      case 'held':
        if (!run.ending) this.stepper.take(event.hold);
        break;
      case 'log':
        this.#options.log(event);
        break;
      case 'finding':
        this.#findings.add(event.finding);
        this.#updateNextFrame();
        break;
      case 'bugcheck':
        this.bugCheck = event.bugCheck;
        this.#options.log({ source: 'port', level: 'error', text: stopText(event.bugCheck) });
        this.#host.requestUpdate();
        break;
      case 'stats':
        if (run.ending) break;
        this.meter.push(event.stats, (this.#options.now ?? (() => performance.now()))());
        if (event.stats.frames > 0) this.#reveal(run);
        this.#options.stats();
        break;
      case 'mode':
        this.mode = { width: event.width, height: event.height };
        this.#options.slots().shape(run.slot, event.width, event.height);
        this.#host.requestUpdate();
        break;
      case 'engine':
        this.engine = { kind: event.engine, adapter: event.adapter };
        this.#host.requestUpdate();
        break;
    }
  }

  /** Keeps the last picture, if it is to be had soon, and shuts the machine down. */
  async #end(run: Run): Promise<void> {
    if (run.ending) return;
    run.ending = true;
    const { machine } = run;
    const picture = run.revealed ? await this.#hold(run) : null;
    if (machine) await this.#shutDown(run, picture);
    // Still starting: its frame goes now, and with it everything in it.
    else this.#options.slots().drop(run.slot);
  }

  /** Puts the last picture over the run's frame, if it is to be had soon, and gives it. */
  async #hold(run: Run, waitMs = lastPictureMs): Promise<Screen | null> {
    if (!run.machine) return null;
    const late = new Promise<null>((resolve) => setTimeout(resolve, waitMs, null));
    const screen = await Promise.race([run.machine.screen().catch(() => null), late]);
    if (!screen) return null;
    const slots = this.#options.slots();
    slots.reveal(run.slot);
    slots.hold(run.slot, screen);
    return screen;
  }

  async #shutDown(run: Run, picture: Screen | null = null): Promise<void> {
    try {
      await run.machine?.stop({ picture });
    } catch (error) {
      this.#options.log({
        source: 'port',
        level: 'error',
        text: `The machine did not stop cleanly: ${messageOf(error)}`,
      });
    }
    // A frame that another run has taken over is not this one's to take away.
    if (!run.revealed && (this.#run === run || this.#run?.slot !== run.slot)) this.#options.slots().drop(run.slot);
  }

  /** The picture on the monitor; null when there is none. */
  async picture(): Promise<Screen | null> {
    // A machine that is being replaced may answer late or never; what is shared then goes without a picture.
    const late = new Promise<null>((resolve) => setTimeout(resolve, patienceMs, null));
    return (await Promise.race([this.#run?.machine?.screen().catch(() => null), late])) ?? null;
  }

  #updateNextFrame(): void {
    if (this.#frameAsked) return;
    this.#frameAsked = true;
    requestAnimationFrame(() => {
      this.#frameAsked = false;
      this.findings = this.#findings.list;
      this.#host.requestUpdate();
    });
  }
}

/** Ends a machine. @returns false when that takes too long for someone who waits for the next one */
async function stopsSoon(machine: MachineControl | null, picture: Screen | null): Promise<boolean> {
  if (!machine) return true;
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, patienceMs, false));
  return Promise.race([
    machine.stop({ picture }).then(
      () => true,
      () => false,
    ),
    late,
  ]);
}

/** A bug check as a line of the log: what is copied out of it must not hide the crash. */
function stopText(bugCheck: BugCheck): string {
  const place = formatPlace(bugCheck);
  return `*** STOP ${bugCheck.name}: ${bugCheck.message}${place === null ? '' : ` (${place})`}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
