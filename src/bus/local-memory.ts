/**
 * The processor's window onto the device's local memory: the bytes as the processor sees them, and a note of every word that it
 * has written and the device has not taken yet. The device's own copy lies on the GPU; it takes those words, and no others,
 * when it is about to use its memory, so that it never loses what it has drawn beside them.
 *
 *   bytes 0 …                     the window, LOCAL_MEMORY_BYTES
 *   behind it                     a bit for each word of the window: written, and not taken
 *   behind that                   a bit for each page: some word's bit may be set
 */
import { type BoardMemory, LOCAL_MEMORY_BYTES, PAGE_SHIFT, PAGE_SIZE } from './board-memory.ts';

const WORDS = LOCAL_MEMORY_BYTES / 4;
const PAGE_WORDS = PAGE_SIZE / 4;
/** Words of bits that stand for the words of one page. */
const MASKS_PER_PAGE = PAGE_WORDS / 32;
const PAGES = LOCAL_MEMORY_BYTES / PAGE_SIZE;

/** What both sides see of the shared buffer. */
class LocalMemory {
  protected readonly bytes: Uint8Array<SharedArrayBuffer>;
  protected readonly words: Uint32Array<SharedArrayBuffer>;
  protected readonly wordMasks: Int32Array;
  protected readonly pageMasks: Int32Array;

  constructor(memory: Pick<BoardMemory, 'local'>) {
    this.bytes = new Uint8Array(memory.local, 0, LOCAL_MEMORY_BYTES);
    this.words = new Uint32Array(memory.local, 0, WORDS);
    this.wordMasks = new Int32Array(memory.local, LOCAL_MEMORY_BYTES, WORDS / 32);
    this.pageMasks = new Int32Array(memory.local, LOCAL_MEMORY_BYTES + WORDS / 8, PAGES / 32);
  }

  /** Notes that the words from `first` up to, but not, `end` are to be taken. They must hold their new values already. */
  protected note(first: number, end: number): void {
    for (let word = first; word < end; word = (word | 31) + 1) {
      const count = Math.min(end - word, 32 - (word & 31));
      Atomics.or(this.wordMasks, word >>> 5, count === 32 ? -1 : ((1 << count) - 1) << (word & 31));
      const page = Math.floor(word / PAGE_WORDS);
      const bit = 1 << (page & 31);
      // A device that has taken the page's bit meanwhile looks at its words' bits after that, and finds ours.
      if ((Atomics.load(this.pageMasks, page >>> 5) & bit) === 0) Atomics.or(this.pageMasks, page >>> 5, bit);
    }
  }
}

/** The processor's side. Offsets and lengths are in bytes, and lie within the memory. */
export class LocalMemoryWindow extends LocalMemory {
  read32(offset: number): number {
    return this.words[offset >>> 2] as number;
  }

  write32(offset: number, value: number): void {
    const word = offset >>> 2;
    this.words[word] = value;
    this.note(word, word + 1);
  }

  /** Copies the window's bytes from an offset on. */
  read(offset: number, into: Uint8Array): void {
    into.set(this.bytes.subarray(offset, offset + into.length));
  }

  /** Writes bytes from an offset on. A word of which they are a part is taken by the device whole. */
  write(offset: number, from: Uint8Array): void {
    this.bytes.set(from, offset);
    this.note(offset >>> 2, (offset + from.length + 3) >>> 2);
  }
}

/** The device's side. */
export class LocalMemoryReader extends LocalMemory {
  /** Pages of which the window holds more than the zeros it was made with. */
  readonly #known = new Uint8Array(PAGES);

  /** Bytes of the window. */
  view(offset: number, bytes: number): Uint8Array {
    return this.bytes.subarray(offset, offset + bytes);
  }

  /** Whether the processor has written anything that was not taken. */
  get written(): boolean {
    for (let i = 0; i < this.pageMasks.length; i++) if (Atomics.load(this.pageMasks, i) !== 0) return true;
    return false;
  }

  /**
   * Takes what the processor has written: calls back for each run of words, in bytes, by rising offset. Goes on while `more()`
   * holds, which is asked before each page. Returns whether everything was taken.
   */
  take(visit: (offset: number, bytes: number) => void, more: () => boolean): boolean {
    for (let i = 0; i < this.pageMasks.length; i++) {
      let pages = Atomics.exchange(this.pageMasks, i, 0);
      while (pages !== 0) {
        if (!more()) {
          Atomics.or(this.pageMasks, i, pages);
          return false;
        }
        const bit = 31 - Math.clz32(pages & -pages);
        pages &= pages - 1;
        this.#takePage(i * 32 + bit, visit);
      }
    }
    return true;
  }

  /** Notes bytes that were taken as if the processor had just written them. */
  putBack(offset: number, bytes: number): void {
    this.note(offset >>> 2, (offset + bytes + 3) >>> 2);
  }

  /** Notes all that the window holds: the device's own copy is lost. */
  putBackAll(): void {
    for (let page = 0; page < PAGES; page++) if (this.#known[page]) this.putBack(page * PAGE_SIZE, PAGE_SIZE);
  }

  /** Puts the device's bytes into the window. Returns how many. */
  refresh(offset: number, bytes: Uint8Array): number {
    this.bytes.set(bytes, offset);
    this.#known.fill(1, offset >>> PAGE_SHIFT, ((offset + bytes.length - 1) >>> PAGE_SHIFT) + 1);
    return bytes.length;
  }

  #takePage(page: number, visit: (offset: number, bytes: number) => void): void {
    this.#known[page] = 1;
    let start = -1;
    const firstMask = page * MASKS_PER_PAGE;
    for (let i = 0; i < MASKS_PER_PAGE; i++) {
      const mask = Atomics.exchange(this.wordMasks, firstMask + i, 0);
      const word = (firstMask + i) * 32;
      if (mask === (start < 0 ? 0 : -1)) continue;
      for (let bit = 0; bit < 32; bit++) {
        const set = ((mask >>> bit) & 1) !== 0;
        if (set === start >= 0) continue;
        if (!set) visit(start * 4, (word + bit - start) * 4);
        start = set ? word + bit : -1;
      }
    }
    if (start >= 0) visit(start * 4, ((page + 1) * PAGE_WORDS - start) * 4);
  }
}
