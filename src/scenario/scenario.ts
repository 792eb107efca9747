/**
 * A scenario: how a machine is put together, and what is expected of the driver that boots in it. Plain data, so that the very same one
 * is checked in the page, by the command line and in tests, and can stand in a JSON file.
 */

/** Figures of a report, by their names there. */
export const figures = [
  'frames',
  'interrupts',
  'dpcs',
  'doorbells',
  'fences',
  'dmaReadBytes',
  'dmaWriteBytes',
] as const;

/** One of them. */
export type Figure = (typeof figures)[number];

/** A number that lies between two others, both allowed; what is left out is no limit. */
export interface Limits {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A figure of the report; with `per` its ratio to another, such as doorbells for each frame. */
export interface FigureExpectation extends Limits {
  readonly kind: 'figure';
  readonly figure: Figure;
  readonly per?: Figure;
}

/** How many common buffers there are of those that have all that is named here. Without limits: at least one. */
export interface CommonBufferExpectation extends Limits {
  readonly kind: 'common-buffers';
  /** Bytes, as the driver asked for them. */
  readonly length?: number;
  readonly cacheEnabled?: boolean;
  /** Whether it was released, at the latest when the system shut down. */
  readonly released?: boolean;
}

/** The size of the picture on the monitor, in pixels. */
export interface SizeExpectation {
  readonly kind: 'size';
  readonly width: number;
  readonly height: number;
}

/** A rectangle of the monitor of which every pixel has one and the same colour. */
export interface AreaExpectation {
  readonly kind: 'area';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** `#rrggbb`; left out: whichever it is. */
  readonly colour?: string;
}

/** The whole picture, by the SHA-256 of its RGBA bytes in hexadecimal: what a report calls `screen.sha256`. */
export interface PictureExpectation {
  readonly kind: 'picture';
  readonly sha256: string;
}

/** A line of the log that contains a text. */
export interface LogExpectation {
  readonly kind: 'log';
  readonly contains: string;
}

/** How often a function of the port was called, by its trace. Without limits: at least once. */
export interface CallExpectation extends Limits {
  readonly kind: 'calls';
  /** Such as `VideoPortQueueDpc`. */
  readonly function: string;
  /** The callback that made the call, such as `HwVidInterrupt`; left out: whichever. */
  readonly from?: string;
}

/** One thing that is expected. */
export type Expectation = (
  | FigureExpectation
  | CommonBufferExpectation
  | SizeExpectation
  | AreaExpectation
  | PictureExpectation
  | LogExpectation
  | CallExpectation
) & {
  /** What is expected, in words, for people. */
  readonly text: string;
  /** What most likely is wrong when it is not met, in a sentence. */
  readonly why?: string;
};

/** How the machine is put together; what is left out is as usual. */
export interface ScenarioMachine {
  readonly width?: number;
  readonly height?: number;
  readonly ramMiB?: number;
  readonly verifier?: boolean;
}

/** The whole of it. */
export interface Scenario {
  readonly name: string;
  readonly machine?: ScenarioMachine;
  /**
   * How long it runs at most, in vertical blanks of the machine, from the moment when a mode is set. It ends earlier when everything
   * is met that can be met before the shutdown.
   */
  readonly refreshes: number;
  readonly expect: readonly Expectation[];
  /** Rules of Driver Verifier that the driver must break, by their names in a report; none when left out. */
  readonly findings?: readonly string[];
}

/** How one expectation came out. */
export interface Check {
  /** What was expected. */
  readonly text: string;
  readonly passed: boolean;
  /** What was there instead, or as well. */
  readonly actual: string;
}

/** How a whole scenario came out. */
export interface ScenarioResult {
  readonly name: string;
  readonly passed: boolean;
  /** One for each of `expect`, in that order, then those that every scenario has: the driver's life, and the rules. */
  readonly checks: readonly Check[];
}
