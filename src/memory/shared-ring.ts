/**
 * A bounded queue of messages in shared memory, one producer and one consumer, on different threads. It is how
 * the CPU worker speaks to the board and back: a worker that never returns to its event loop receives no
 * `message` event, and one that floods `postMessage` would fill the board's queue without bound. A full ring
 * refuses; the producer chooses to drop or to wait.
 *
 * Layout, in 32-bit words: [0] bytes ever written, [1] bytes ever read (both modulo 2³²), [2] messages refused, [3]
 * unused, then the data. A message is a 32-bit length followed by UTF-8 JSON, padded to 4 bytes; it may wrap round the
 * end.
 */
const WRITTEN = 0;
const READ = 1;
const REFUSED = 2;
const HEADER_BYTES = 16;

// Made once, while the globals are still there: a driver's worker loses them before the driver runs.
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class SharedRing {
  readonly #words: Int32Array;
  readonly #data: Uint8Array;
  readonly #capacity: number;

  /** @param buffer from {@link SharedRing.buffer}, the same one on both sides */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.#data = new Uint8Array(buffer, HEADER_BYTES);
    this.#capacity = this.#data.length;
  }

  /** Shared memory for a ring that holds `capacity` bytes, a power of two. */
  static buffer(capacity: number): SharedArrayBuffer {
    if (capacity < 16 || (capacity & (capacity - 1)) !== 0) {
      throw new RangeError(`SharedRing: capacity must be a power of two of at least 16, not ${capacity}`);
    }
    return new SharedArrayBuffer(HEADER_BYTES + capacity);
  }

  /** Messages that did not fit since the ring was made. */
  get refused(): number {
    return Atomics.load(this.#words, REFUSED);
  }

  /** True when nothing waits to be read. */
  get empty(): boolean {
    return Atomics.load(this.#words, WRITTEN) === Atomics.load(this.#words, READ);
  }

  /** Appends a message. Returns false, and counts it as refused, when there is no room. */
  push(message: unknown): boolean {
    const text = encoder.encode(JSON.stringify(message));
    const size = 4 + ((text.length + 3) & ~3);
    const written = Atomics.load(this.#words, WRITTEN);
    const used = (written - Atomics.load(this.#words, READ)) >>> 0;
    if (size > this.#capacity - used) {
      Atomics.add(this.#words, REFUSED, 1);
      return false;
    }
    const header = new Uint8Array(new Uint32Array([text.length]).buffer);
    this.#write(written, header);
    this.#write(written + 4, text);
    Atomics.store(this.#words, WRITTEN, (written + size) | 0);
    return true;
  }

  /**
   * Takes the oldest message, or undefined when there is none. The other side may be hostile (a driver can reach
   * shared memory): a length that cannot be, or text that is not JSON, empties the ring and throws.
   */
  shift(): unknown {
    const read = Atomics.load(this.#words, READ);
    const available = (Atomics.load(this.#words, WRITTEN) - read) >>> 0;
    if (available === 0) return undefined;
    const length = new DataView(this.#read(read, 4).buffer).getUint32(0, true);
    const size = 4 + Math.ceil(length / 4) * 4;
    if (available > this.#capacity || size > available) {
      Atomics.store(this.#words, READ, Atomics.load(this.#words, WRITTEN));
      throw new Error(`SharedRing: damaged message of ${length} bytes`);
    }
    const text = this.#read(read + 4, length);
    Atomics.store(this.#words, READ, (read + size) | 0);
    return JSON.parse(decoder.decode(text));
  }

  #write(position: number, bytes: Uint8Array): void {
    const at = (position >>> 0) & (this.#capacity - 1);
    const first = Math.min(bytes.length, this.#capacity - at);
    this.#data.set(bytes.subarray(0, first), at);
    this.#data.set(bytes.subarray(first), 0);
  }

  /** A private copy: TextDecoder refuses shared memory. */
  #read(position: number, count: number): Uint8Array<ArrayBuffer> {
    const at = (position >>> 0) & (this.#capacity - 1);
    const copy = new Uint8Array(count);
    const first = Math.min(count, this.#capacity - at);
    copy.set(this.#data.subarray(at, at + first));
    copy.set(this.#data.subarray(0, count - first), first);
    return copy;
  }
}
