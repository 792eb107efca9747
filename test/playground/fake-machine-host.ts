/**
 * A scripted machine for the tests of the page. It is a double, and the only one in the house: a page must be tried with
 * events (a crash, a thousand log lines, a machine that hangs while it starts) that a real machine gives only when it
 * pleases. That real machines give these events is tested where they are made and end to end.
 */
import type { Screen } from '../../src/engine/engine.ts';
import type {
  BootOptions,
  Hold,
  MachineControl,
  MachineEvent,
  MachineState,
  MachineStats,
  StopOptions,
  Support,
} from '../../src/machine/machine-types.ts';
import type { BugCheck, Finding, Report } from '../../src/machine/report.ts';
import type { MachineHost } from '../../src/playground/machine-host.ts';

/** A machine that does what the test says. Like a real one it puts an iframe into the monitor and leaves it there. */
export class FakeMachine implements MachineControl {
  readonly options: BootOptions;
  readonly frame: HTMLIFrameElement;
  state: MachineState = 'booting';
  readonly engine: 'webgpu' | 'software';
  stops = 0;
  resumes = 0;
  /** What was asked of it while it was held. */
  readonly steps: ('step' | 'out')[] = [];
  held: Hold | null = null;
  /** With what `stop` was called last. */
  stoppedWith: StopOptions | null = null;
  #frameWaiters: { readonly shown: () => void; readonly late: (error: Error) => void }[] = [];

  constructor(options: BootOptions) {
    this.options = options;
    this.engine = options.engine ?? 'webgpu';
    // As real machines do: a frame that is there already is used again.
    this.frame = options.monitor?.querySelector('iframe') ?? document.createElement('iframe');
    this.frame.title = 'Monitor';
    if (!this.frame.isConnected) options.monitor?.append(this.frame);
  }

  /** Says something to the page. */
  emit(event: MachineEvent): void {
    if (event.type === 'state') {
      this.state = event.state;
      this.held = null;
    }
    if (event.type === 'held') this.held = event.hold;
    this.options.onEvent?.(event);
  }

  /** What a machine says when it comes up: engine, mode, state. */
  comeUp(): void {
    this.emit({ type: 'engine', engine: this.engine, adapter: 'Example GPU 4000' });
    this.emit({
      type: 'mode',
      width: this.options.mode?.width ?? 640,
      height: this.options.mode?.height ?? 480,
      instead: null,
    });
    this.emit({ type: 'state', state: 'running' });
  }

  /** The first frame is on the screen. */
  showFrame(): void {
    for (const { shown } of this.#frameWaiters.splice(0)) shown();
  }

  /** Whoever waits for a frame has waited long enough. */
  showNothing(): void {
    for (const { late } of this.#frameWaiters.splice(0)) late(new Error('no frames came in time'));
  }

  /** For how long, in milliseconds, its first frame was waited for. */
  patience: number | undefined;

  frames(_count: number, timeoutMs?: number): Promise<void> {
    this.patience ??= timeoutMs;
    return new Promise((shown, late) => this.#frameWaiters.push({ shown, late }));
  }

  trace(): Promise<never> {
    return Promise.reject(new Error('a fake machine is not traced'));
  }

  screen(): Promise<Screen> {
    return Promise.resolve({ width: 2, height: 1, pixels: new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255]) });
  }

  report(): Promise<Report> {
    return Promise.resolve(emptyReport);
  }

  pause(): void {
    this.emit({ type: 'state', state: 'paused' });
  }

  resume(): void {
    this.resumes++;
    this.emit({ type: 'state', state: 'running' });
  }

  step(): void {
    this.#goOn('step');
  }

  stepOut(): void {
    this.#goOn('out');
  }

  #goOn(how: 'step' | 'out'): void {
    if (!this.held) return;
    this.held = null;
    this.steps.push(how);
  }

  stop(options?: StopOptions): Promise<Report> {
    this.stops++;
    this.stoppedWith = options ?? null;
    this.emit({ type: 'state', state: 'stopped' });
    return Promise.resolve(emptyReport);
  }
}

/** Boots fake machines. */
export class FakeMachineHost implements MachineHost {
  readonly machines: FakeMachine[] = [];
  /** What the browser is said to be able to do. */
  supported: Support = { kind: 'full' };
  /** Thrown by the next boot. */
  refusal: Error | null = null;
  /** While set, boots do not resolve until it does. */
  delay: Promise<void> | null = null;

  /** The machine booted last. */
  get machine(): FakeMachine {
    const machine = this.machines.at(-1);
    if (!machine) throw new Error('FakeMachineHost: nothing was booted');
    return machine;
  }

  async boot(options: BootOptions): Promise<MachineControl> {
    const { refusal } = this;
    this.refusal = null;
    if (refusal) throw refusal;
    const { monitor } = options;
    const before = monitor && this.machines.findLast((machine) => machine.options.monitor === monitor);
    if (before && before.stops === 0) await before.stop();
    const machine = new FakeMachine(options);
    this.machines.push(machine);
    await this.delay;
    return machine;
  }

  support(): Promise<Support> {
    return Promise.resolve(this.supported);
  }
}

/** Counters, all zero but those given. */
export function statsOf(some: Partial<MachineStats>): MachineStats {
  return {
    frames: 0,
    vblanks: 0,
    interrupts: 0,
    dpcs: 0,
    doorbells: 0,
    fences: 0,
    dmaReadBytes: 0,
    dmaWriteBytes: 0,
    calls: 0,
    ...some,
  };
}

/** A finding at a line of the driver. */
export function findingAt(line: number | null, some: Partial<Finding> = {}): Finding {
  return {
    rule: 'release-mismatch',
    code: '0xE6/03',
    parameters: ['0x3', '0x20000', '0x0', '0x0'],
    message: 'VideoPortReleaseCommonBuffer: Length is 4096; the buffer at 0x20000 was allocated with 8192.',
    file: line === null ? null : 'mini.ts',
    line,
    column: line === null ? null : 3,
    callers: [],
    ...some,
  };
}

/** A hold before a call at a line of the driver. */
export function holdAt(line: number | null, some: Partial<Hold> = {}): Hold {
  return {
    call: 'VideoPortAllocateCommonBuffer',
    parameters: ['ext', '0x80000001', '4096', 'out', 'TRUE', '0'],
    callback: 'HwVidFindAdapter',
    irql: 'PASSIVE_LEVEL',
    file: line === null ? null : 'mini.ts',
    line,
    column: line === null ? null : 3,
    callers: [],
    ...some,
  };
}

/** A crash of Driver Verifier's DMA kind. */
export const dmaViolation: BugCheck = {
  code: 0xe6,
  name: 'DRIVER_VERIFIER_DMA_VIOLATION',
  parameters: ['0x3', '0x20000', '0xfe000000', '0x0'],
  message: 'VideoPortReleaseCommonBuffer: Length is 4096; the buffer at 0x20000 was allocated with 8192.',
  file: 'mini.ts',
  line: 12,
  column: 5,
  callers: [],
};

const emptyReport: Report = {
  engine: 'webgpu',
  adapter: 'Example GPU 4000',
  frames: 0,
  interrupts: 0,
  dpcs: 0,
  doorbells: 0,
  fences: 0,
  dmaReadBytes: 0,
  dmaWriteBytes: 0,
  commonBuffers: [],
  findings: [],
  bugCheck: null,
  shutdown: 'complete',
  screen: { width: 640, height: 480, sha256: '' },
  log: [],
  durationMs: 0,
};
