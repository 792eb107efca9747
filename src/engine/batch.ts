/**
 * One submission to the device's execution unit: what it needs pulled out of RAM, what it executes, what it wrote, and
 * what the processor is told when all that has landed. Batches are made once and used again: a frame allocates nothing.
 */
import { PAGE_SHIFT, PAGE_SIZE } from '../bus/board-memory.ts';
import { GROUP_ALIGNMENT, JOB_COLUMNS, JOB_HEIGHT, JOB_TABLE_WORDS, JOB_WORDS, MAX_JOBS } from './job.ts';
import type { Packet } from './packet-decoder.ts';
import { type Position, RING_START } from './packet-stream.ts';
import type { Slice } from './slice-table.ts';
import type { Rectangle } from './surface.ts';

/** Bytes at the start of the readback that carry the batch's serial number through the device and back. */
export const READBACK_HEADER = 16;

/** A surface that a FLIP names. */
export interface Flip {
  readonly base: number;
  readonly pitch: number;
  readonly width: number;
  readonly height: number;
  readonly format: number;
  /** Raise INT_FLIP when it takes effect. */
  readonly interrupt: boolean;
}

/** A rectangle that the device wrote, to be landed in RAM. */
export interface Write {
  readonly slice: Slice;
  /** In logical addresses. */
  readonly rectangle: Rectangle;
}

/** Words of the packets that one batch sends to the device, at most: as many as have jobs. */
export const COMMAND_WORDS = MAX_JOBS * 16;

/** Local memory that goes into the processor's window. */
export interface Refresh {
  /** Byte in the aperture. */
  readonly aperture: number;
  /** Byte in local memory. */
  readonly offset: number;
  readonly bytes: number;
}

/** `filling`: being planned · `flying`: submitted · `done`: executed, its bytes wait to be landed. */
export type BatchState = 'filling' | 'flying' | 'done';

export class Batch {
  state: BatchState = 'filling';
  /** Number of the submission. */
  serial = 0;
  /** Ring generation to which its packets belong. */
  generation = 0;
  /** Packets in it. */
  packets = 0;

  /* What goes to the device. */

  /** Pieces of memory to pull: where in the machine (host-memory.ts), byte in the aperture, bytes; and so on. All multiples of 4. */
  readonly pulls: number[] = [];
  pullBytes = 0;
  /** Packets that the device executes, word for word, and where in the aperture they go. */
  readonly commands: Uint32Array<ArrayBuffer> = new Uint32Array(COMMAND_WORDS);
  commandWords = 0;
  commandPlace = 0;
  /** Bytes that were fetched from buffers of INDIRECTs for it. */
  fetchBytes = 0;
  /** It takes no more packets. */
  closed = false;
  /** The jobs in the order of their packets, and the number of each one's group. */
  readonly jobs: Uint32Array<ArrayBuffer> = new Uint32Array(MAX_JOBS * JOB_WORDS);
  readonly jobGroups = new Uint16Array(MAX_JOBS);
  jobCount = 0;
  /** The job table, for a device that executes group by group; as many of its slots are in use. */
  readonly table: Uint32Array<ArrayBuffer> = new Uint32Array(JOB_TABLE_WORDS);
  jobSlots = 0;
  readonly #nextSlot = new Uint16Array(MAX_JOBS);
  /** Groups of jobs: first slot, jobs, widest, highest; and so on. */
  readonly groups: number[] = [];
  scratchBytes = 0;
  /** Scratch memory in which the GPU notes which triangles touch which tiles. */
  binBytes = 0;

  /* What comes back. */

  /** Pieces of the aperture to read back: byte in the aperture, bytes, byte in the readback; and so on, by rising address. */
  readonly reads: number[] = [];
  /** Bytes read back, header included. 0 when nothing was written. */
  readBytes = 0;
  /** The bytes, while the batch is done and not yet released; null when there are none. */
  bytes: Uint8Array | null = null;

  /* What it means to the processor. */

  readonly writes: Write[] = [];
  readonly refreshes: Refresh[] = [];
  /** Where the time goes at which it retires. */
  timestamp: { readonly slice: Slice; readonly address: number } | null = null;
  /** Bytes that its packets read and write: a measure of the work that planning and executing it is. */
  workBytes = 0;
  /** Aperture pages that it writes: first, count; and so on. They belong to the device until it retires. */
  readonly touched: number[] = [];
  /** Slices that it uses. */
  readonly slices = new Set<Slice>();
  /** Fences in it, the last one's value, and whether any asks for an interrupt. */
  fences = 0;
  fenceValue = 0;
  fenceInterrupt = false;
  /** Where the fence value goes: the slice, logical address, byte in the aperture. */
  fenceSlice: Slice | null = null;
  fenceAddress = 0;
  fenceByte = -1;
  /** Word in `commands` of the last fence's value, and fences among the jobs. */
  fenceWord = 0;
  fenceJobs = 0;
  /** Byte in the readback at which the fence value lies. */
  fenceOffset = -1;
  flip: Flip | null = null;
  /** Where the device stands after it. */
  end: Position = RING_START;

  /** Makes it empty. */
  begin(serial: number, generation: number): void {
    this.state = 'filling';
    this.serial = serial;
    this.generation = generation;
    this.packets = 0;
    this.pulls.length = 0;
    this.pullBytes = 0;
    this.commandWords = 0;
    this.fetchBytes = 0;
    this.closed = false;
    this.jobSlots = 0;
    this.jobCount = 0;
    this.groups.length = 0;
    this.scratchBytes = 0;
    this.binBytes = 0;
    this.reads.length = 0;
    this.readBytes = 0;
    this.bytes = null;
    this.writes.length = 0;
    this.refreshes.length = 0;
    this.timestamp = null;
    this.workBytes = 0;
    this.touched.length = 0;
    this.slices.clear();
    this.fences = 0;
    this.fenceInterrupt = false;
    this.fenceSlice = null;
    this.fenceByte = -1;
    this.fenceJobs = 0;
    this.flip = null;
  }

  /** True when there is nothing to do but to move RING_HEAD on. */
  get idle(): boolean {
    return this.workBytes === 0 && this.jobCount === 0 && this.pullBytes === 0;
  }

  /** Sends a packet to the device, in the place of another of the same length if `at` names one. Returns the index of its header in `commands`. */
  addCommand(packet: Packet, at = this.commandWords): number {
    for (let i = 0; i < packet.words; i++) this.commands[at + i] = packet.word(i);
    this.commandWords = Math.max(this.commandWords, at + packet.words);
    return at;
  }

  /** Adds a job to a group. `words` is as job.ts has it. */
  addJob(group: number, words: readonly number[]): void {
    // Numbers beyond 32 bits and below 0 are stored modulo 2³², as the shader reckons.
    for (let i = 0; i < JOB_WORDS; i++) this.jobs[this.jobCount * JOB_WORDS + i] = words[i] ?? 0;
    this.jobGroups[this.jobCount++] = group;
  }

  /** Makes it ready for the device, once all packets are in. */
  finish(): void {
    this.#layOutJobs();
    this.#planReadback();
  }

  /** The jobs group by group, as the device gets them. */
  #layOutJobs(): void {
    const { groups, jobGroups, jobs, table } = this;
    for (let job = 0; job < this.jobCount; job++) {
      const group = (jobGroups[job] as number) * 4;
      const columns = jobs[job * JOB_WORDS + JOB_COLUMNS] as number;
      const rows = jobs[job * JOB_WORDS + JOB_HEIGHT] as number;
      while (groups.length <= group) groups.push(0, 0, 0, 0);
      (groups[group + 1] as number)++;
      groups[group + 2] = Math.max(groups[group + 2] as number, columns);
      groups[group + 3] = Math.max(groups[group + 3] as number, rows);
    }
    for (let group = 0; group < groups.length; group += 4) {
      groups[group] = Math.ceil(this.jobSlots / GROUP_ALIGNMENT) * GROUP_ALIGNMENT;
      this.jobSlots = (groups[group] as number) + (groups[group + 1] as number);
      this.#nextSlot[group / 4] = groups[group] as number;
    }
    for (let job = 0; job < this.jobCount; job++) {
      const group = jobGroups[job] as number;
      const slot = this.#nextSlot[group] as number;
      this.#nextSlot[group] = slot + 1;
      table.set(jobs.subarray(job * JOB_WORDS, (job + 1) * JOB_WORDS), slot * JOB_WORDS);
    }
  }

  /** Plans what is read back. */
  #planReadback(): void {
    const { reads, touched } = this;
    sortPairs(touched);
    let offset = READBACK_HEADER;
    for (let i = 0; i < touched.length; i += 2) {
      const start = (touched[i] as number) * PAGE_SIZE;
      const end = start + (touched[i + 1] as number) * PAGE_SIZE;
      const last = reads.length - 3;
      const lastEnd = last < 0 ? -1 : (reads[last] as number) + (reads[last + 1] as number);
      if (start > lastEnd) {
        reads.push(start, end - start, offset);
        offset += end - start;
      } else if (end > lastEnd) {
        reads[last + 1] = end - (reads[last] as number);
        offset += end - lastEnd;
      }
    }
    // Ownership is counted page by page, so each page must stand here once.
    touched.length = 0;
    for (let i = 0; i < reads.length; i += 3) {
      touched.push((reads[i] as number) >>> PAGE_SHIFT, (reads[i + 1] as number) >>> PAGE_SHIFT);
    }
    if (this.fenceByte >= 0) {
      this.fenceOffset = this.stagingOffset(this.fenceByte);
      if (this.fenceOffset < 0) {
        this.fenceOffset = offset;
        reads.push(this.fenceByte, 4, offset);
        offset += 4;
      }
    }
    // The serial number alone says that what was submitted has been executed.
    this.readBytes = reads.length === 0 && this.jobCount === 0 ? 0 : offset;
  }

  /** Where a byte of a touched page lies in the readback, or -1 when its page is not among them. */
  stagingOffset(apertureByte: number): number {
    const { reads } = this;
    let low = 0;
    let high = this.touched.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((reads[middle * 3] as number) <= apertureByte) low = middle + 1;
      else high = middle;
    }
    const at = (low - 1) * 3;
    if (at < 0) return -1;
    const into = apertureByte - (reads[at] as number);
    return into < (reads[at + 1] as number) ? (reads[at + 2] as number) + into : -1;
  }
}

/** Sorts pairs by their first number, in place. */
function sortPairs(pairs: number[]): void {
  let sorted = true;
  for (let i = 2; i < pairs.length; i += 2) sorted &&= (pairs[i] as number) >= (pairs[i - 2] as number);
  if (sorted) return;
  const order = Array.from(
    { length: pairs.length / 2 },
    (_, i) => [pairs[2 * i], pairs[2 * i + 1]] as [number, number],
  );
  order.sort((a, b) => a[0] - b[0]);
  for (const [i, [first, count]] of order.entries()) {
    pairs[2 * i] = first;
    pairs[2 * i + 1] = count;
  }
}
