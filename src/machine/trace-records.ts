/**
 * What a machine's trace is made of, on its way from the processor and the device to whoever reads it. A record is four
 * numbers (see `memory/trace-ring.ts`): time in milliseconds since 1970, one of the kinds below, and two more.
 */
import type { EngineMoment } from '../engine/engine.ts';

/** The driver is called: index of the callback in CALLBACKS, IRQL. */
export const TRACE_CALLBACK = 0;
/** It has returned: index of the callback, 0. */
export const TRACE_CALLBACK_END = 1;
/** The driver calls the port: index of the function in {@link Trace.functions}, IRQL. */
export const TRACE_CALL = 2;
/** It has returned: index of the function, 0. */
export const TRACE_CALL_END = 3;
/** What the device does: see {@link EngineMoment} for the two numbers. */
export const TRACE_DEVICE: Readonly<Record<EngineMoment, number>> = {
  submitted: 4,
  retired: 5,
  vblank: 6,
  flip: 7,
  interrupt: 8,
};

/** A machine's trace as it was recorded. */
export interface Trace {
  /** Records, TRACE_RECORD numbers each. Those of the processor and those of the device are each in order, but not both together. */
  readonly records: Float64Array<ArrayBuffer>;
  /** Records that are not there: the processor was quicker than its recorder, or they were too many, and the oldest went. */
  readonly dropped: number;
  /** Names of the port's functions, by the index that records give. */
  readonly functions: readonly string[];
}
