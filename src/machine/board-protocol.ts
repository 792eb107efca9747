/**
 * What passes between the three places where code runs. App page ↔ board: messages over a port. Board ↔ CPU worker: one
 * message at boot, then JSON through the rings of `board-memory.ts`, since the worker never returns to its event loop.
 */
import type { BoardMemory } from '../bus/board-memory.ts';
import type { WantedMode } from '../display/modes.ts';
import type { EngineEvent, Pacing } from '../engine/engine.ts';
import type { GeneratedPosition } from '../verifier/source-position.ts';
import type { RawFinding } from '../verifier/verifier.ts';
import type { LogLevel, LogSource } from '../videoport/port.ts';
import type { Program } from './compile.ts';
import type { GpuHoldings } from './gpu-ledger.ts';
import type { MachineStats } from './machine-types.ts';
import type { CommonBufferRecord, Shutdown } from './report.ts';
import type { Trace } from './trace-records.ts';

/** How a machine is to be put together. */
export interface BoardOptions {
  readonly engine: 'webgpu' | 'software' | undefined;
  readonly verifier: boolean;
  readonly ramBytes: number;
  readonly pacing: Pacing;
  readonly mode: WantedMode;
  readonly watchdogSeconds: number;
  /** Hold before the driver's first call. */
  readonly paused: boolean;
  /** Record what processor and device do. */
  readonly trace: boolean;
}

/** A bug check as it leaves the worker. */
export interface RawBugCheck {
  readonly code: number;
  readonly parameters: readonly string[];
  readonly message: string;
  /** The place, then its callers. */
  readonly positions: readonly GeneratedPosition[];
}

/** The one `message` that the worker gets. */
export interface CpuBoot {
  readonly memory: BoardMemory;
  readonly program: Program;
  readonly verifier: boolean;
  readonly mode: WantedMode;
  /** Most bytes that the device can see at once. */
  readonly apertureBytes: number;
  /** Where a traced processor writes its records: see `memory/trace-ring.ts`. */
  readonly trace: SharedArrayBuffer | null;
}

/** Where a processor is held, as it leaves the worker. */
export interface RawHold {
  /** The port's function that is about to be called. */
  readonly call: string;
  /** Its arguments, as `argument-text.ts` writes them. */
  readonly parameters: readonly string[];
  readonly callback: string | null;
  readonly irql: string;
  /** The place, then its callers. */
  readonly positions: readonly GeneratedPosition[];
}

/** From the worker, through the ring `events`. */
export type CpuEvent =
  | { readonly type: 'log'; readonly source: LogSource; readonly level: LogLevel; readonly text: string }
  | { readonly type: 'finding'; readonly finding: RawFinding }
  | { readonly type: 'bugcheck'; readonly bugCheck: RawBugCheck }
  /** All common buffers, in as many messages as it takes. */
  | { readonly type: 'common-buffers'; readonly list: readonly CommonBufferRecord[]; readonly last: boolean }
  | { readonly type: 'mode'; readonly width: number; readonly height: number; readonly instead: string | null }
  | { readonly type: 'running' }
  | { readonly type: 'held'; readonly hold: RawHold }
  /** Of a traced processor: names of the port's functions, by the index that records give. */
  | { readonly type: 'traced-functions'; readonly names: readonly string[] }
  | { readonly type: 'failed'; readonly reason: string; readonly positions: readonly GeneratedPosition[] }
  /** The answer to `where`. */
  | { readonly type: 'whereabouts'; readonly positions: readonly GeneratedPosition[] }
  /** Shut down: nothing more comes. */
  | { readonly type: 'done' };

/** To the worker, through the ring `commands`. */
export type CpuCommand =
  | { readonly type: 'stop' }
  /** Say where the driver is: taken at its next call of the port, or in its wait. */
  | { readonly type: 'where' }
  /** Send `common-buffers`. */
  | { readonly type: 'common-buffers' }
  /** The device met something; the worker knows where in the driver it began. BigInts as decimal strings. */
  | { readonly type: 'device-event'; readonly event: SerializedEngineEvent };

/** An engine event in JSON: the address as a decimal string, 0 where the event has none. */
export interface SerializedEngineEvent {
  readonly kind: EngineEvent['kind'];
  readonly code: number;
  readonly address: string;
  readonly ringOffset: number;
  readonly info: number;
  readonly sentence: string;
}

/**
 * `pause`: hold before the next call of the port · `resume` · `step`: from a hold to the next call · `leave`: from a hold
 * to the first call after the present callback has returned
 */
export type HoldRequest = 'pause' | 'resume' | 'step' | 'leave';

/** App page → board. Requests carry a number that the answer repeats. */
export type BoardRequest =
  | { readonly type: 'boot'; readonly id: number; readonly program: Program; readonly options: BoardOptions }
  /** `graceMs`: how long a driver that gets on with its shutdown may take. */
  | { readonly type: 'stop'; readonly id: number; readonly graceMs: number }
  | { readonly type: 'screen'; readonly id: number }
  | { readonly type: 'frames'; readonly id: number; readonly count: number }
  | { readonly type: 'common-buffers'; readonly id: number }
  | { readonly type: 'stats'; readonly id: number }
  /** Destroys the GPU device on purpose: for trying device loss. */
  | { readonly type: 'lose-device'; readonly id: number }
  | { readonly type: 'hold'; readonly id: number; readonly how: HoldRequest }
  /** What has been recorded; for a machine that is traced. */
  | { readonly type: 'trace'; readonly id: number }
  /** What the board holds of the GPU; the one request that needs no machine. */
  | { readonly type: 'holdings'; readonly id: number }
  /** Frees the machine; the picture stays. */
  | { readonly type: 'close'; readonly id: number };

/** Answers to requests. */
export interface BoardAnswers {
  readonly boot: { readonly engine: 'webgpu' | 'software'; readonly adapter: string };
  readonly stop: { readonly stats: MachineStats; readonly shutdown: Shutdown };
  readonly screen: { readonly width: number; readonly height: number; readonly pixels: Uint8ClampedArray<ArrayBuffer> };
  readonly frames: null;
  readonly 'common-buffers': { readonly list: readonly CommonBufferRecord[] };
  readonly stats: { readonly stats: MachineStats };
  readonly 'lose-device': null;
  readonly hold: null;
  readonly trace: Trace;
  readonly close: null;
  readonly holdings: GpuHoldings;
}

/** Board → app page. */
export type BoardMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly message: string }
  /** Events of the worker and of the board, in order, in batches. */
  | { readonly type: 'events'; readonly events: readonly (CpuEvent | BoardEvent)[] };

/** What the board itself has to say. */
export type BoardEvent =
  | { readonly type: 'stats'; readonly stats: MachineStats }
  | { readonly type: 'dropped'; readonly lines: number }
  /** The driver was ended by force: why, and where it was, if it has said so. */
  | { readonly type: 'forced'; readonly doing: string; readonly positions: readonly GeneratedPosition[] };
