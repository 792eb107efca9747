/**
 * What the device can pull out of the machine: RAM and, behind it, the processor's window onto local memory. One number names a
 * byte of either.
 */
import { type BoardMemory, LOCAL_MEMORY_BYTES } from '../bus/board-memory.ts';

export class HostMemory {
  readonly #ram: Uint8Array;
  readonly #local: Uint8Array;

  constructor(memory: BoardMemory) {
    this.#ram = new Uint8Array(memory.ram.buffer);
    this.#local = new Uint8Array(memory.local, 0, LOCAL_MEMORY_BYTES);
  }

  /** Where the window begins. */
  get localBase(): number {
    return this.#ram.length;
  }

  /** Bytes that lie in one of the two. */
  view(at: number, bytes: number): Uint8Array {
    const inLocal = at - this.#ram.length;
    return inLocal < 0 ? this.#ram.subarray(at, at + bytes) : this.#local.subarray(inLocal, inLocal + bytes);
  }
}
