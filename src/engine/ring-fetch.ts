/**
 * Takes the ring's bytes out of RAM, each exactly once, at the doorbell that announced it. What is fetched is what is checked,
 * what is sent to the GPU, and what is executed again after a lost GPU: a driver that changes a packet after the
 * doorbell changes nothing.
 */
import { type BoardMemory, PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import { RINGGPU_FAULT_UNMAPPED } from '../devices/ringgpu/registers.ts';
import { type FetchFault, ringFault } from '../devices/ringgpu/ring-check.ts';
import type { RegisterFile } from './register-file.ts';

export class RingFetch {
  readonly #registers: RegisterFile;
  readonly #iommu: IommuReader;
  readonly #ram: Uint8Array;
  /** The ring as fetched: word n is the ring's word n. Its length is that of the ring; 1 before there is one. */
  words: Uint32Array<ArrayBuffer> = new Uint32Array(1);
  #bytes = new Uint8Array(this.words.buffer);
  /** Ring generation that `words` holds. */
  generation = 0;
  /** Byte offset behind the last byte fetched. */
  tail = 0;

  constructor(memory: BoardMemory, registers: RegisterFile, iommu: IommuReader) {
    this.#registers = registers;
    this.#iommu = iommu;
    this.#ram = new Uint8Array(memory.ram.buffer);
    this.generation = registers.ringGeneration;
  }

  /** True when RING_TAIL has moved, or the ring began anew, since the last fetch, or a doorbell was a fault. */
  get due(): boolean {
    return (
      this.#registers.read('RING_TAIL') !== this.tail ||
      this.#registers.ringGeneration !== this.generation ||
      this.#latched() !== null
    );
  }

  /** The fault that a doorbell was, once all that was announced before it is fetched. */
  get badDoorbell(): FetchFault | null {
    const latched = this.#latched();
    return latched?.before === this.tail ? latched.fault : null;
  }

  /** Forgets everything: the ring begins at 0. */
  restart(): void {
    this.generation = this.#registers.ringGeneration;
    this.tail = 0;
  }

  /**
   * Fetches up to RING_TAIL, or up to where it stood when a doorbell was a fault. Returns the bytes fetched, or why nothing can
   * be.
   */
  fetch(): number | FetchFault {
    const written = this.#registers.read('RING_TAIL');
    // After the tail: a doorbell that was a fault before that one is kept by now.
    const latched = this.#latched();
    const tail = latched ? latched.before : written;
    if (tail === this.tail) return 0;
    const size = this.#registers.read('RING_SIZE');
    const base = this.#registers.readAddress('RING_BASE_LO', 'RING_BASE_HI');
    const fault = ringFault({ base, size, tail });
    if (fault) return fault;
    if (this.words.length * 4 !== size) {
      const larger = new Uint32Array(size / 4);
      larger.set(this.words.subarray(0, larger.length));
      this.words = larger;
      this.#bytes = new Uint8Array(larger.buffer);
    }
    const from = this.tail % size;
    const missing = from < tail ? this.#copy(base, from, tail) : this.#copyWrapped(base, from, size, tail);
    if (missing >= 0) {
      const sentence = `The ring's bytes at ${hex(missing)} are not mapped.`;
      return { code: RINGGPU_FAULT_UNMAPPED, address: missing, info: tail, sentence };
    }
    this.tail = tail;
    return from < tail ? tail - from : size - from + tail;
  }

  /** The doorbell that was a fault. What the front has kept is judged again: memory that is shared proves nothing. */
  #latched(): { readonly fault: FetchFault; readonly before: number } | null {
    const bad = this.#registers.badDoorbell;
    const fault = bad && ringFault(bad);
    // Of an older ring nothing can be fetched any more.
    return fault && { fault, before: bad.generation === this.generation ? bad.before : this.tail };
  }

  #copyWrapped(base: number, from: number, size: number, tail: number): number {
    const missing = this.#copy(base, from, size);
    return missing >= 0 ? missing : this.#copy(base, 0, tail);
  }

  #copy(base: number, from: number, end: number): number {
    for (let at = from; at < end; ) {
      const next = Math.min(end, (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE);
      const page = this.#iommu.ramPage((base + at - (at % PAGE_SIZE)) / PAGE_SIZE);
      if (page < 0) return base + at;
      const ram = page * PAGE_SIZE + (at % PAGE_SIZE);
      this.#bytes.set(this.#ram.subarray(ram, ram + next - at), at);
      at = next;
    }
    return -1;
  }
}

/** An address for people. */
export function hex(address: number): string {
  return `0x${address.toString(16)}`;
}
