/**
 * The IOMMU between the device and RAM. A device knows logical addresses only; every access goes through these
 * page tables. They lie in shared memory: the HAL (CPU worker) writes them, the engine (board) walks them.
 *
 * Logical addresses have 36 bits. Two levels, as 32-bit words of one shared buffer:
 *
 *   words 0 … 16383        directory, indexed by address bits 35…22: index of a leaf table + 1, or 0
 *   words 16384 …          queue header: [0] records ever written, [1] records ever read
 *   words 16400 …          queue of 4096 records of 4 words: operation, adapter, logical page, pages
 *   words 32784 …          leaf tables of 1024 words, indexed by address bits 21…12
 *
 * A leaf entry (PTE) is `frame << 12 | flags`. The queue tells the engine when to make or drop the device-visible side
 * of a common buffer, as the invalidation queue of a real IOMMU does. Shape after the Intel VT-d specification, chapter
 * 3 (second-stage translation) and 6.5 (invalidation queue), reduced to what one device needs.
 */
import { type BoardMemory, LANDING, PAGE_SHIFT, PAGE_SIZE, signalDevice } from './board-memory.ts';

/** PTE flags: the page may be read; it may be written too. */
export const PTE_VALID = 1;
export const PTE_WRITABLE = 2;

/** Logical addresses must be below this. */
export const LOGICAL_LIMIT = 2 ** 36;

const DIRECTORY_WORDS = 16384;
const QUEUE_HEADER = DIRECTORY_WORDS;
const QUEUE_RECORDS = QUEUE_HEADER + 16;
const QUEUE_CAPACITY = 4096;
const RECORD_WORDS = 4;
const LEAVES = QUEUE_RECORDS + QUEUE_CAPACITY * RECORD_WORDS;
const LEAF_WORDS = 1024;

/** Operations in the queue. */
const MAP = 1;
const UNMAP = 2;

/** One record of the queue: a range of logical pages got, or lost, its mapping. */
export interface IommuChange {
  readonly operation: 'map' | 'unmap';
  /** Number of the DMA adapter (the domain) that owns the range. */
  readonly adapter: number;
  /** First logical page number (logical address ÷ 4096). */
  readonly page: number;
  readonly pages: number;
}

/** What a logical address means to the device. */
export interface Translation {
  /** Byte offset in RAM. */
  readonly ram: number;
  readonly writable: boolean;
}

/**
 * The engine's view: walks tables, takes changes. Trusts nothing that it reads, since a driver can reach shared memory.
 */
export class IommuReader {
  readonly #words: Int32Array;
  readonly #frames: Int32Array;
  readonly #ramPages: number;

  constructor(memory: BoardMemory) {
    this.#words = new Int32Array(memory.iommu);
    this.#frames = new Int32Array(memory.frames);
    this.#ramPages = memory.ram.buffer.byteLength / PAGE_SIZE;
  }

  /** RAM page behind a logical page, or -1 when nothing is mapped there (or, with `write`, not for writing). */
  ramPage(logicalPage: number, write = false): number {
    if (logicalPage < 0 || logicalPage >= LOGICAL_LIMIT / PAGE_SIZE) return -1;
    const leaf = Atomics.load(this.#words, logicalPage >>> 10) - 1;
    if (leaf < 0) return -1;
    const at = LEAVES + leaf * LEAF_WORDS + (logicalPage & 1023);
    if (at >= this.#words.length) return -1;
    const pte = Atomics.load(this.#words, at);
    const wanted = write ? PTE_VALID | PTE_WRITABLE : PTE_VALID;
    if ((pte & wanted) !== wanted) return -1;
    const page = Atomics.load(this.#frames, Math.min(pte >>> PAGE_SHIFT, this.#frames.length - 1)) - 1;
    return page < this.#ramPages ? page : -1;
  }

  /** What the device meets at a logical address, or null: a DMA fault. */
  translate(logical: number, write = false): Translation | null {
    const page = this.ramPage(Math.floor(logical / PAGE_SIZE), write);
    if (page < 0) return null;
    return {
      ram: page * PAGE_SIZE + (logical % PAGE_SIZE),
      writable: this.ramPage(Math.floor(logical / PAGE_SIZE), true) >= 0,
    };
  }

  /**
   * First logical address in [logical, logical + count) that is not mapped (for writing, with `write`), or -1 when all
   * are.
   */
  firstUnmapped(logical: number, count: number, write = false): number {
    const last = Math.floor((logical + count - 1) / PAGE_SIZE);
    for (let page = Math.floor(logical / PAGE_SIZE); page <= last; page++) {
      if (this.ramPage(page, write) < 0) return Math.max(logical, page * PAGE_SIZE);
    }
    return -1;
  }

  /** Takes the changes queued since the last call, oldest first. */
  takeChanges(): IommuChange[] {
    const words = this.#words;
    const changes: IommuChange[] = [];
    const written = Atomics.load(words, QUEUE_HEADER);
    let read = Atomics.load(words, QUEUE_HEADER + 1);
    if ((written - read) >>> 0 > QUEUE_CAPACITY) read = (written - QUEUE_CAPACITY) | 0;
    while (read !== written) {
      const at = QUEUE_RECORDS + ((read >>> 0) % QUEUE_CAPACITY) * RECORD_WORDS;
      changes.push({
        operation: words[at] === MAP ? 'map' : 'unmap',
        adapter: words[at + 1] ?? 0,
        page: (words[at + 2] ?? 0) >>> 0,
        pages: (words[at + 3] ?? 0) >>> 0,
      });
      read = (read + 1) | 0;
    }
    Atomics.store(words, QUEUE_HEADER + 1, read);
    Atomics.notify(words, QUEUE_HEADER + 1);
    return changes;
  }
}

/** The HAL's side: writes tables, queues changes. One per machine, in the CPU worker. */
export class IommuWriter {
  readonly #words: Int32Array;
  readonly #control: Int32Array;
  readonly #wait: (words: Int32Array, index: number, value: number) => void;
  readonly #freeLeaves: number[] = [];
  /** Live entries per leaf table, so that an empty one is used again. */
  readonly #live: Uint16Array;
  #nextLeaf = 0;

  /**
   * @param wait blocks until the word is no longer `value`, when the queue is full or the engine is writing RAM. The
   *   default sleeps; a page's main thread may not sleep and must pass its own.
   */
  constructor(
    memory: Pick<BoardMemory, 'iommu' | 'control'>,
    wait: (words: Int32Array, index: number, value: number) => void = (words, index, value) => {
      Atomics.wait(words, index, value, 10);
    },
  ) {
    this.#words = new Int32Array(memory.iommu);
    this.#control = new Int32Array(memory.control);
    this.#wait = wait;
    this.#live = new Uint16Array(Math.floor((this.#words.length - LEAVES) / LEAF_WORDS));
  }

  /**
   * Maps `frames` (physical frame numbers) at consecutive logical pages, and tells the engine. Returns false, with
   * nothing mapped, when there is no leaf table left.
   */
  map(adapter: number, page: number, frames: ArrayLike<number>, writable = true): boolean {
    const first = page >>> 10;
    const last = (page + frames.length - 1) >>> 10;
    let missing = 0;
    for (let directory = first; directory <= last; directory++) if (this.#words[directory] === 0) missing++;
    if (missing > this.#freeLeaves.length + this.#live.length - this.#nextLeaf) return false;
    const flags = writable ? PTE_VALID | PTE_WRITABLE : PTE_VALID;
    for (let i = 0; i < frames.length; i++) {
      const leaf = this.#leafFor((page + i) >>> 10);
      this.#live[leaf] = (this.#live[leaf] ?? 0) + 1;
      Atomics.store(
        this.#words,
        LEAVES + leaf * LEAF_WORDS + ((page + i) & 1023),
        ((frames[i] ?? 0) << PAGE_SHIFT) | flags,
      );
    }
    this.#queue(MAP, adapter, page, frames.length);
    return true;
  }

  /**
   * Unmaps a range. When it returns, the engine has stopped writing to those pages: they may be used for something
   * else.
   */
  unmap(adapter: number, page: number, pages: number): void {
    for (let i = 0; i < pages; i++) {
      const directory = (page + i) >>> 10;
      const leaf = (this.#words[directory] ?? 0) - 1;
      if (leaf < 0) continue;
      Atomics.store(this.#words, LEAVES + leaf * LEAF_WORDS + ((page + i) & 1023), 0);
      const live = (this.#live[leaf] ?? 1) - 1;
      this.#live[leaf] = live;
      if (live === 0) {
        Atomics.store(this.#words, directory, 0);
        this.#freeLeaves.push(leaf);
      }
    }
    // Told before waiting. An engine that makes LANDING odd from here on finds the change in the queue and drops what
    // it had for these pages, even when they are mapped anew meanwhile; one that made it odd before is waited for.
    this.#queue(UNMAP, adapter, page, pages);
    let landing = Atomics.load(this.#control, LANDING);
    while (landing & 1) {
      this.#wait(this.#control, LANDING, landing);
      landing = Atomics.load(this.#control, LANDING);
    }
  }

  #leafFor(directory: number): number {
    const present = (this.#words[directory] ?? 0) - 1;
    if (present >= 0) return present;
    const leaf = this.#freeLeaves.pop() ?? this.#nextLeaf++;
    Atomics.store(this.#words, directory, leaf + 1);
    return leaf;
  }

  #queue(operation: number, adapter: number, page: number, pages: number): void {
    const words = this.#words;
    const written = Atomics.load(words, QUEUE_HEADER);
    let read = Atomics.load(words, QUEUE_HEADER + 1);
    while ((written - read) >>> 0 >= QUEUE_CAPACITY) {
      signalDevice(this.#control);
      this.#wait(words, QUEUE_HEADER + 1, read);
      read = Atomics.load(words, QUEUE_HEADER + 1);
    }
    const at = QUEUE_RECORDS + ((written >>> 0) % QUEUE_CAPACITY) * RECORD_WORDS;
    words[at] = operation;
    words[at + 1] = adapter;
    words[at + 2] = page;
    words[at + 3] = pages;
    Atomics.store(words, QUEUE_HEADER, (written + 1) | 0);
  }
}
