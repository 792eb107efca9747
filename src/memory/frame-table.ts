/**
 * Which physical frame each virtual page of RAM has. RAM is one block of bytes and mapping moves none of them: a frame
 * number is only the label under which the bus and the devices know a page. The labels are therefore free to be what
 * they are on a machine that has run for a while, scattered, so that a driver that takes a virtual for a physical
 * address, or expects a second page to follow the first, goes wrong at once and not one day in the field.
 *
 * Scattered frames come from the top `ramPages` frame numbers. The numbers below them are what contiguous
 * requests take first, lowest first, so that they are not chopped up; below 1 MiB nothing is ever given out.
 */

/** Frames below 1 MiB, the legacy area of a PC. */
const LEGACY_FRAMES = 256;

/** Neighbouring pages get frames more than this many numbers apart. */
const SCATTER_DISTANCE = 8;

/* The sequence x → x·MULTIPLIER + odd visits every number below a power of two, since MULTIPLIER mod 4 is 1 (Hull and Dobell, 1962). */
const MULTIPLIER = 0x5d588b65;

/** Spreads a seed's bits, so that seeds 1 and 2 lead to unlike sequences. */
function mixed(seed: number): number {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** The machine's physical frames and the pages that have them. See the head of this file. */
export class FrameTable {
  readonly #ramPages: number;
  readonly #frameCount: number;
  /** The copy for the device's side. It is written and never read: a driver gone wrong can reach it. */
  readonly #shared: Int32Array;
  /** For each frame 1 + its page, 0 when it has none. */
  readonly #pageOf: Int32Array;
  /** For each page its frame, 0 when it has none. */
  readonly #frameOf: Int32Array;

  /** Scattered frames are this one and above. */
  readonly #scatterBase: number;
  #scatterFree: number;
  readonly #sequenceMask: number;
  readonly #sequenceShift: number;
  readonly #sequenceStep: number;
  #sequence: number;

  /**
   * @param ramPages pages of RAM
   * @param frameCount frame numbers run from 0 to this, exclusive; to give every page a frame takes `ramPages` + 256
   * @param sharedFrameToPage for each frame 1 + its page, 0 when it has none; kept up to date with `Atomics.store`
   * @param seed the same seed leads to the same frames for the same calls
   *
   * Throws RangeError when a count is no positive integer or `sharedFrameToPage` is shorter than `frameCount`.
   */
  constructor(ramPages: number, frameCount: number, sharedFrameToPage: Int32Array, seed = 1) {
    if (!Number.isInteger(ramPages) || ramPages < 1) {
      throw new RangeError(`FrameTable: ramPages must be a positive integer, not ${ramPages}`);
    }
    if (!Number.isInteger(frameCount) || frameCount <= LEGACY_FRAMES || frameCount > 2 ** 30) {
      throw new RangeError(
        `FrameTable: frameCount must be an integer from ${LEGACY_FRAMES + 1} to 2^30, not ${frameCount}`,
      );
    }
    if (sharedFrameToPage.length < frameCount) {
      throw new RangeError(
        `FrameTable: sharedFrameToPage must have an element for each of ${frameCount} frames, not ${sharedFrameToPage.length}`,
      );
    }
    this.#ramPages = ramPages;
    this.#frameCount = frameCount;
    this.#shared = sharedFrameToPage;
    this.#pageOf = new Int32Array(frameCount);
    this.#frameOf = new Int32Array(ramPages);
    this.#scatterBase = Math.max(LEGACY_FRAMES, frameCount - ramPages);
    this.#scatterFree = frameCount - this.#scatterBase;

    const bits = 32 - Math.clz32(this.#scatterFree - 1);
    this.#sequenceMask = 2 ** bits - 1;
    this.#sequenceShift = (bits + 1) >>> 1;
    this.#sequence = mixed(seed) & this.#sequenceMask;
    this.#sequenceStep = mixed(seed + 1) | 1;
  }

  /** Frame numbers run from 0 to this, exclusive. */
  get frameCount(): number {
    return this.#frameCount;
  }

  /**
   * Gives each page from `firstPage` a frame, far from its neighbours' and never the page's own number as long as more
   * than a few dozen frames are free. Constant time a page until RAM is nearly full. Returns false, with nothing
   * mapped, when frames run out.
   *
   * Throws RangeError when the pages are not in RAM, Error when one is mapped.
   */
  mapScattered(firstPage: number, count: number): boolean {
    this.#requireUnmapped('mapScattered', firstPage, count);
    if (count > this.#scatterFree) return false;
    for (let page = firstPage; page < firstPage + count; page++) this.#map(page, this.#nextScattered(page));
    return true;
  }

  /**
   * Gives the pages from `firstPage` consecutive frames, the lowest that are free, none above `highestFrame`, the first
   * one a multiple of `alignFrames` (a power of two) and not `firstPage` itself, since then virtual and
   * physical addresses would be equal. Returns false, with nothing mapped, when there is no such run.
   *
   * Throws RangeError when the pages are not in RAM or `alignFrames` is not a power of two, Error when a page is
   * mapped.
   */
  mapContiguous(firstPage: number, count: number, highestFrame: number, alignFrames = 1): boolean {
    this.#requireUnmapped('mapContiguous', firstPage, count);
    if (!Number.isInteger(Math.log2(alignFrames)) || alignFrames < 1) {
      throw new RangeError(`FrameTable.mapContiguous: alignFrames must be a power of two, not ${alignFrames}`);
    }
    const lastStart = Math.min(highestFrame, this.#frameCount - 1) - count + 1;
    let start = Math.ceil(LEGACY_FRAMES / alignFrames) * alignFrames;
    while (start <= lastStart) {
      // From the end backwards: the last obstacle decides how far to move on.
      let frame = start + count - 1;
      while (frame >= start && this.#pageOf[frame] === 0) frame--;
      if (frame < start && start !== firstPage) {
        for (let i = 0; i < count; i++) this.#map(firstPage + i, start + i);
        return true;
      }
      start = Math.ceil((Math.max(frame, start) + 1) / alignFrames) * alignFrames;
    }
    return false;
  }

  /**
   * Takes the frames of the pages back. Throws RangeError when the pages are not in RAM, Error when one is not mapped.
   */
  unmap(firstPage: number, count: number): void {
    this.#requirePages('unmap', firstPage, count);
    for (let page = firstPage; page < firstPage + count; page++) {
      if (this.#frameOf[page] === 0) throw new Error(`FrameTable.unmap: page ${page} is not mapped`);
    }
    for (let page = firstPage; page < firstPage + count; page++) {
      const frame = this.#frameOf[page] as number;
      this.#frameOf[page] = 0;
      this.#pageOf[frame] = 0;
      if (frame >= this.#scatterBase) this.#scatterFree++;
      Atomics.store(this.#shared, frame, 0);
    }
  }

  /** The frame of a page; −1 when it has none or there is no such page. */
  frameOf(page: number): number {
    return this.#frameOf[page] || -1;
  }

  /** The page of a frame; −1 when it has none or there is no such frame. */
  pageOf(frame: number): number {
    return (this.#pageOf[frame] ?? 0) - 1;
  }

  /** The frames of `count` pages, −1 for each page that has none. Throws RangeError when the pages are not in RAM. */
  framesOf(firstPage: number, count: number): Int32Array {
    this.#requirePages('framesOf', firstPage, count);
    return this.#frameOf.slice(firstPage, firstPage + count).map((frame) => frame || -1);
  }

  #map(page: number, frame: number): void {
    this.#frameOf[page] = frame;
    this.#pageOf[frame] = page + 1;
    if (frame >= this.#scatterBase) this.#scatterFree--;
    Atomics.store(this.#shared, frame, page + 1);
  }

  /**
   * The next free frame of the sequence that suits the page. The sequence repeats no frame within a round, so the
   * handful that do not suit are soon behind it; when a whole round finds none, the first free one must do.
   */
  #nextScattered(page: number): number {
    const before = this.#frameOf[page - 1] || -Infinity;
    const behind = this.#frameOf[page + 1] || -Infinity;
    let secondBest = 0;
    for (let round = 0; round <= this.#sequenceMask; round++) {
      this.#sequence = (Math.imul(this.#sequence, MULTIPLIER) + this.#sequenceStep) & this.#sequenceMask;
      // The low bits of such a sequence have short cycles: the high ones cover that up, and no two numbers become one.
      const frame = this.#scatterBase + (this.#sequence ^ (this.#sequence >>> this.#sequenceShift));
      if (this.#pageOf[frame] !== 0) continue;
      if (
        frame !== page &&
        Math.abs(frame - before) > SCATTER_DISTANCE &&
        Math.abs(frame - behind) > SCATTER_DISTANCE
      ) {
        return frame;
      }
      if (secondBest === 0) secondBest = frame;
    }
    return secondBest;
  }

  #requireUnmapped(caller: string, firstPage: number, count: number): void {
    this.#requirePages(caller, firstPage, count);
    for (let page = firstPage; page < firstPage + count; page++) {
      if (this.#frameOf[page] !== 0) {
        throw new Error(`FrameTable.${caller}: page ${page} is mapped already, to frame ${this.#frameOf[page]}`);
      }
    }
  }

  #requirePages(caller: string, firstPage: number, count: number): void {
    if (Number.isInteger(firstPage) && Number.isInteger(count) && firstPage >= 0 && count >= 1) {
      if (firstPage + count <= this.#ramPages) return;
    }
    throw new RangeError(
      `FrameTable.${caller}: pages ${firstPage} to ${firstPage + count} (exclusive) are not in RAM, which has ${this.#ramPages}`,
    );
  }
}
