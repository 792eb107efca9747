/** Keeps a machine's trace on the board: what the processor wrote into its ring, and what the device did. */
import type { EngineMoment } from '../engine/engine.ts';
import { TRACE_RECORD, TraceRing } from '../memory/trace-ring.ts';
import { TRACE_DEVICE, type Trace } from './trace-records.ts';

/** Records in the processor's ring: at a port call a microsecond, what it does between two looks of the board. */
const RING_RECORDS = 65_536;
/** Records that are kept: the newest. */
const MAX_RECORDS = 400_000;

export class TraceRecorder {
  /** The processor's ring. */
  readonly buffer = TraceRing.buffer(RING_RECORDS);
  readonly #ring = new TraceRing(this.buffer);
  readonly #max: number;
  #records: number[] = [];
  #dropped = 0;
  /** As the processor said. */
  functions: readonly string[] = [];

  /** @param max records that are kept */
  constructor(max = MAX_RECORDS) {
    this.#max = max;
  }

  /** Takes what the processor has recorded. */
  collect(): void {
    this.#ring.drain((time, kind, a, b) => this.#records.push(time, kind, a, b));
    this.#limit();
  }

  /** The device did something. */
  moment(moment: EngineMoment, a: number, b: number): void {
    this.#records.push(performance.timeOrigin + performance.now(), TRACE_DEVICE[moment], a, b);
  }

  /** The trace so far. */
  trace(): Trace {
    this.collect();
    const records = Float64Array.from(this.#records);
    return { records, dropped: this.#dropped + this.#ring.dropped, functions: this.functions };
  }

  /** Lets the oldest go, many at once: half as many again may stand meanwhile. */
  #limit(): void {
    const count = this.#records.length / TRACE_RECORD;
    if (count <= this.#max * 1.5) return;
    this.#dropped += count - this.#max;
    this.#records = this.#records.slice(-this.#max * TRACE_RECORD);
  }
}
