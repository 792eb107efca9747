/** The life of the machines that a page boots, one after the other: what the page shows and what its buttons do. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Screen } from '../engine/engine.ts';
import type { DriverFile } from '../machine/driver-files.ts';
import {
  CompileError,
  type MachineEvent,
  type MachineState,
  type SourceError,
  type Support,
} from '../machine/machine-types.ts';
import type { BugCheck } from '../machine/report.ts';
import type { BootChoice } from './boot-choice.ts';
import { type FindingGroup, FindingGroups } from './finding-groups.ts';
import { formatPlace } from './format.ts';
import type { LogLine } from './log-view.ts';
import type { MachineHost } from './machine-host.ts';
import { MachineRun } from './machine-run.ts';
import { isBootable, isLive, type Phase } from './phase.ts';
import type { PictureStack } from './picture-stack.ts';
import { RateMeter } from './rate-meter.ts';
import { Stepper, type StepRequest } from './stepper.ts';

/** What the page supplies. */
export interface SessionOptions {
  readonly slots: () => PictureStack;
  readonly log: (line: LogLine) => void;
  /** Called after each `stats` event, when {@link Session.meter} has taken it. */
  readonly stats: () => void;
  /** Milliseconds; injectable for tests. Default `performance.now`. */
  readonly now?: () => number;
}

/** How long a picture that is asked for is waited for, in milliseconds. */
const patienceMs = 1000;

/**
 * Boots, stops and restarts machines and keeps what they say. The host element updates when something of it changed:
 * at once for states, once a frame for what comes in crowds.
 */
export class Session implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: SessionOptions;
  readonly #findings = new FindingGroups();
  #machineHost: MachineHost | null = null;
  #run: MachineRun | null = null;
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
  /** Is there a picture on the monitor, be it the last one of the machine before? */
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
    return isBootable(this.phase);
  }

  get canStop(): boolean {
    return isLive(this.phase);
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

  /** Boots another driver, whatever runs: the last one's picture is not taken for its own for long. */
  async change(files: readonly DriverFile[], choice: BootChoice): Promise<void> {
    if (this.phase !== 'checking' && this.phase !== 'unsupported')
      await this.#boot(files, choice, { driver: 'another' });
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
    else if (this.canStep && how === 'step') await this.#boot(files, choice, { paused: true });
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
    await run?.end();
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
    await run?.remove();
  }

  /**
   * @param options.paused hold it before the driver's first call
   * @param options.driver is it the one that ran before, or another?
   */
  async #boot(
    files: readonly DriverFile[],
    choice: BootChoice,
    { paused = false, driver = 'edited' }: { paused?: boolean; driver?: 'edited' | 'another' } = {},
  ): Promise<void> {
    const machineHost = this.#machineHost;
    if (!machineHost) return;
    const [{ name: fileName, source } = { name: 'driver.ts', source: '' }] = files;
    const previous = this.#run;
    // A frame of the same engine is taken over, and its machine ended first; else the old machine goes while the new one comes.
    const inPlace = previous?.reusable && this.bootedWith?.engine === choice.engine;
    if (!inPlace) void previous?.end();
    const run: MachineRun = new MachineRun(this.#options.slots(), inPlace ? previous : null, driver, {
      booted: ({ state }) => {
        if (this.phase === 'starting') this.#enter(run, state, '');
      },
      refused: (error) => this.#reject(error),
      shown: () => this.#show(true),
      dark: () => this.#show(false),
      unclean: (error) => {
        const text = `The machine did not stop cleanly: ${messageOf(error)}`;
        this.#options.log({ source: 'port', level: 'error', text });
      },
    });
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
    // Asked for before anything is drawn: the page draws while the board works.
    const settled = run.boot(machineHost, {
      ...(files.length > 1 ? { files } : { source, fileName }),
      mode: { width: choice.width, height: choice.height },
      verifier: choice.verifier,
      ...(paused ? { paused } : {}),
      ...(choice.engine === 'auto' ? {} : { engine: choice.engine }),
      onEvent: (event) => this.#take(run, event),
    });
    this.#options.stats();
    this.#options.log({
      source: 'port',
      level: 'info',
      text: `── boot ${this.#boots}: ${fileName}${files.length > 1 ? ` and ${files.length - 1} more` : ''}, ${choice.width}×${choice.height}, engine ${choice.engine} ──`,
    });
    this.#host.requestUpdate();
    await settled;
  }

  #reject(error: unknown): void {
    this.phase = 'rejected';
    this.errors = error instanceof CompileError ? error.errors : [];
    this.reason = messageOf(error);
    this.#options.log({ source: 'port', level: 'error', text: this.reason });
    this.#run = null;
    this.#host.requestUpdate();
  }

  #show(picture: boolean): void {
    this.hasPicture = picture;
    this.#host.requestUpdate();
  }

  #enter(run: MachineRun, state: MachineState, reason: string): void {
    if (run.ending) return;
    this.stepper.clear();
    this.phase = state;
    this.reason = reason;
    this.#host.requestUpdate();
  }

  #take(run: MachineRun, event: MachineEvent): void {
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
        if (event.stats.frames > 0) run.counted();
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

/** A bug check as a line of the log: what is copied out of it must not hide the crash. */
function stopText(bugCheck: BugCheck): string {
  const place = formatPlace(bugCheck);
  return `*** STOP ${bugCheck.name}: ${bugCheck.message}${place === null ? '' : ` (${place})`}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
