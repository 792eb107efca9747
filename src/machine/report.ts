/**
 * What a machine says of its run: the object that `npm run headless -- FILE --json` prints and `machine.report()`
 * returns.
 */

/** A broken rule, with the place in the driver's source. */
export interface Finding {
  /** Rule name of the verifier's catalogue, such as `release-mismatch`. */
  readonly rule: string;
  /**
   * As Windows names it: `0xE6/03` for bug check 0xE6 with first parameter 3; the rule's name where Windows has none.
   */
  readonly code: string;
  /** Four parameters, in hexadecimal with `0x`. */
  readonly parameters: readonly string[];
  /** What happened, in a sentence. */
  readonly message: string;
  /** Where in the driver: null when no line of it is to blame. Lines and columns count from 1. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Who called that place, innermost first, as `file:line:column`: at most three. */
  readonly callers: readonly string[];
}

/** A crash, as Windows would show it. */
export interface BugCheck {
  /** The number, such as 0xE6. */
  readonly code: number;
  /** Its name, such as DRIVER_VERIFIER_DMA_VIOLATION. */
  readonly name: string;
  readonly parameters: readonly string[];
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Who called that place, innermost first, as `file:line:column`: at most three. */
  readonly callers: readonly string[];
}

/** A common buffer that the driver allocated, living or released. Addresses in hexadecimal with `0x`. */
export interface CommonBufferRecord {
  readonly virtual: string;
  readonly logical: string;
  readonly length: number;
  readonly cacheEnabled: boolean;
  readonly released: boolean;
}

/**
 * How the machine ended. `complete`: the driver shut down, and leaks were looked for · `forced`: it did not finish in
 * the time it was given, so what it still held is not known · `none`: it crashed or failed before, had not begun, or still runs
 */
export type Shutdown = 'complete' | 'forced' | 'none';

/** The whole report. Counters count from boot. */
export interface Report {
  readonly engine: 'webgpu' | 'software';
  /** The GPU's name. */
  readonly adapter: string;
  readonly frames: number;
  readonly interrupts: number;
  readonly dpcs: number;
  readonly doorbells: number;
  readonly fences: number;
  readonly dmaReadBytes: number;
  readonly dmaWriteBytes: number;
  readonly commonBuffers: readonly CommonBufferRecord[];
  readonly findings: readonly Finding[];
  readonly bugCheck: BugCheck | null;
  readonly shutdown: Shutdown;
  readonly screen: { readonly width: number; readonly height: number; readonly sha256: string };
  /** The log: DebugPrint, and what port and machine have to say. Oldest lines go when it grows past 10,000. */
  readonly log: readonly string[];
  readonly durationMs: number;
}
