/** What a page says to a machine, and what it hears. `machine.ts` implements it. */
import type { WantedMode } from '../display/modes.ts';
import type { Pacing, Screen } from '../engine/engine.ts';
import type { DriverFile } from './driver-files.ts';
import type { BugCheck, Finding, Report } from './report.ts';
import type { TraceDocument } from './trace-document.ts';

/**
 * `booting` from boot until the first mode is set · `running` · `paused`: is held before its next call of the port, see
 * {@link MachineControl.held} · `stopped` by request · `failed`: the driver
 * did not start (no DriverEntry, it threw, it returned a failure) · `crashed`: bug check
 */
export type MachineState = 'booting' | 'running' | 'paused' | 'stopped' | 'failed' | 'crashed';

/** What `Machine.boot` takes. */
export interface BootOptions {
  /** The driver: one TypeScript (or JavaScript) file. Its name, as findings show it, is `fileName`, by default `driver.ts`. */
  readonly source?: string;
  readonly fileName?: string;
  /** Or a driver of several files, in the place of `source`. The first is the entry: it exports DriverEntry and imports the others. */
  readonly files?: readonly DriverFile[];
  /** Default: `webgpu` where there is an adapter, else `software`. Asking for `webgpu` where there is none fails. */
  readonly engine?: 'webgpu' | 'software';
  /** Default true: Driver Verifier's rules are checked. */
  readonly verifier?: boolean;
  /** RAM in bytes, 1 MiB to 1 GiB, a multiple of 64 KiB. Default 64 MiB. */
  readonly ramBytes?: number;
  /** Default `display`. */
  readonly pacing?: Pacing;
  /**
   * Screen size, and bits of a pixel, that the display driver asks for; the nearest mode that the miniport offers is set.
   * Default 640×480, in as many bits as there are.
   */
  readonly mode?: WantedMode;
  /** Where the monitor goes: an element in a document. Without it the machine has a monitor that nobody sees. */
  readonly monitor?: HTMLElement;
  /** Record what processor and device do, for {@link MachineControl.trace}. Default false. */
  readonly trace?: boolean;
  /** Seconds that one callback may run before bug check 0xEA. Default 5. */
  readonly watchdogSeconds?: number;
  /** Default false. True: is paused from the beginning, and so held before the driver's very first call. */
  readonly paused?: boolean;
  /** Called for each event below. What it throws is reported as the page's own error. */
  readonly onEvent?: (event: MachineEvent) => void;
}

/** Counters as they stand now; the page takes differences. */
export interface MachineStats {
  readonly frames: number;
  readonly vblanks: number;
  readonly interrupts: number;
  readonly dpcs: number;
  readonly doorbells: number;
  readonly fences: number;
  readonly dmaReadBytes: number;
  readonly dmaWriteBytes: number;
  /** VideoPort calls. */
  readonly calls: number;
}

/** Where a paused machine's processor stands: before a call of the port that the driver is about to make. */
export interface Hold {
  /** The function, such as `VideoPortAllocateCommonBuffer`. */
  readonly call: string;
  /** Its arguments in brief, in order; those that were left out at the end are not there. */
  readonly parameters: readonly string[];
  /** The callback that makes the call, such as `HwVidFindAdapter`; null outside any. */
  readonly callback: string | null;
  /** As the DDK names it: `PASSIVE_LEVEL`. */
  readonly irql: string;
  /** The driver's own line; null when none was found. Lines and columns count from 1. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Who called that place, innermost first, as `file:line:column`: at most three. */
  readonly callers: readonly string[];
}

/** What a machine tells while it lives. */
export type MachineEvent =
  | { readonly type: 'state'; readonly state: MachineState; readonly reason?: string }
  /** One line of the log. `source`: driver = VideoPortDebugPrint; port = the system; device = the board. */
  | {
      readonly type: 'log';
      readonly source: 'driver' | 'port' | 'device';
      readonly level: 'error' | 'warn' | 'trace' | 'info';
      readonly text: string;
    }
  /** The processor of a paused machine has come to a call, and stands there. */
  | { readonly type: 'held'; readonly hold: Hold }
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'bugcheck'; readonly bugCheck: BugCheck }
  /** About four times a second. */
  | { readonly type: 'stats'; readonly stats: MachineStats }
  /** A mode was set. `instead`: why it is not the one asked for, if it is not. */
  | { readonly type: 'mode'; readonly width: number; readonly height: number; readonly instead: string | null }
  /** The engine that serves this machine is known. */
  | { readonly type: 'engine'; readonly engine: 'webgpu' | 'software'; readonly adapter: string };

/** What keeps the driver's source from being compiled; lines and columns count from 1. */
export interface SourceError {
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Thrown by `Machine.boot` when the source does not compile. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly errors: readonly SourceError[];
  constructor(errors: readonly SourceError[]) {
    super(errors.map((error) => `${error.file}:${error.line}:${error.column}: ${error.message}`).join('\n'));
    this.errors = errors;
  }
}

/** Why this browser cannot run a machine at all, or only with the software engine. */
export type Support =
  | { readonly kind: 'full' }
  /** No WebGPU: the software engine works. */
  | { readonly kind: 'no-webgpu'; readonly reason: string }
  /** No SharedArrayBuffer, so no machine. */
  | { readonly kind: 'not-isolated'; readonly reason: string };

/** What `stop` takes. */
export interface StopOptions {
  /** Milliseconds that the driver may take for its shutdown. Default 80. */
  readonly graceMs?: number;
  /**
   * The last picture, where the caller has just read it: reading it again would take as long again. `unread`: nobody will ask for
   * it, so it is not read, and the report's screen is of no size.
   */
  readonly picture?: Screen | 'unread' | null;
}

/**
 * A running machine. `Machine` in `machine.ts` has the static side: `Machine.boot(options): Promise<Machine>` resolves
 * when the worker has started (see the state events for the rest), rejects with {@link CompileError} or an Error that
 * says what is missing; `Machine.support(): Promise<Support>`.
 */
export interface MachineControl {
  readonly state: MachineState;
  readonly engine: 'webgpu' | 'software';
  /** Resolves when `count` more frames were shown, or the machine ended; rejects after `timeoutMs` (default 20 s). */
  frames(count: number, timeoutMs?: number): Promise<void>;
  /** The picture on the monitor. */
  screen(): Promise<Screen>;
  /** The report so far. */
  report(): Promise<Report>;
  /** What was recorded so far, as a file that trace viewers open; also after the stop. Rejects when `trace` was not asked for. */
  trace(): Promise<TraceDocument>;
  /** Where the processor stands; null while it runs, and in a paused machine until the driver comes to a call. */
  readonly held: Hold | null;
  /**
   * Holds the processor before the driver's next call of the port. A driver that computes, waits or is not called by
   * anyone goes on until it makes one; the device goes on in any case. Does nothing unless it boots or runs.
   */
  pause(): void;
  /** Lets a paused machine go on. */
  resume(): void;
  /** From a hold to the next call of the port, in whatever callback that is. Does nothing while nothing is held. */
  step(): void;
  /**
   * From a hold to the first call after the present callback has returned: in the callback that it interrupted or was
   * called from, else in the next one. Does nothing while nothing is held.
   */
  stepOut(): void;
  /**
   * Shuts down, leak check included, and by force when the driver takes longer than `graceMs` (default 80: a stop is
   * over within 100 ms); resolves with the last report. Stopping twice gives the same report.
   */
  stop(options?: StopOptions): Promise<Report>;
}
