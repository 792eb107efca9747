/**
 * A bounded queue of trace records in shared memory, one producer and one consumer, on different threads. A record is four
 * numbers, so that writing one costs a few stores: what is traced shall not be slowed by being looked at. A full ring drops
 * the newest record and counts it.
 *
 * Layout: 32-bit words [0] records ever written, [1] ever read (both modulo 2³²), [2] dropped, [3] unused; then the records,
 * each four 64-bit floats: time in milliseconds, kind, and two numbers that the kind gives a meaning.
 */
const WRITTEN = 0;
const READ = 1;
const DROPPED = 2;
const HEADER_BYTES = 16;

/** Numbers in a record. */
export const TRACE_RECORD = 4;

export class TraceRing {
  readonly #words: Int32Array;
  readonly #data: Float64Array;
  readonly #capacity: number;

  /** @param buffer from {@link TraceRing.buffer}, the same one on both sides */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.#data = new Float64Array(buffer, HEADER_BYTES);
    this.#capacity = this.#data.length / TRACE_RECORD;
  }

  /** Shared memory for a ring of `records`, a power of two. */
  static buffer(records: number): SharedArrayBuffer {
    if (records < 1 || (records & (records - 1)) !== 0) {
      throw new RangeError(`TraceRing: records must be a power of two, not ${records}`);
    }
    return new SharedArrayBuffer(HEADER_BYTES + records * TRACE_RECORD * 8);
  }

  /** Records that found no room since the ring was made. */
  get dropped(): number {
    return Atomics.load(this.#words, DROPPED) >>> 0;
  }

  /** Appends a record. */
  push(time: number, kind: number, a: number, b: number): void {
    const written = Atomics.load(this.#words, WRITTEN);
    if ((written - Atomics.load(this.#words, READ)) >>> 0 >= this.#capacity) {
      Atomics.add(this.#words, DROPPED, 1);
      return;
    }
    const at = ((written >>> 0) & (this.#capacity - 1)) * TRACE_RECORD;
    this.#data[at] = time;
    this.#data[at + 1] = kind;
    this.#data[at + 2] = a;
    this.#data[at + 3] = b;
    Atomics.store(this.#words, WRITTEN, (written + 1) | 0);
  }

  /** Takes all records that wait, oldest first. The other side may be hostile: what its counters claim beyond a full ring is not believed. */
  drain(visit: (time: number, kind: number, a: number, b: number) => void): void {
    const written = Atomics.load(this.#words, WRITTEN);
    const read = Atomics.load(this.#words, READ);
    const waiting = Math.min((written - read) >>> 0, this.#capacity);
    for (let i = 0; i < waiting; i++) {
      const at = (((read + i) >>> 0) & (this.#capacity - 1)) * TRACE_RECORD;
      const number = (index: number) => this.#data[at + index] ?? 0;
      visit(number(0), number(1), number(2), number(3));
    }
    Atomics.store(this.#words, READ, written);
  }
}
