/**
 * Hands out runs of consecutive pages from a range that may lie anywhere: virtual pages, logical pages, slices of the
 * GPU's aperture. Everything it knows is kept beside that range, never in it, for there is no writing a header into
 * memory that belongs to a device.
 *
 * Free blocks hang in bins by size. A bin's number is a small floating-point number, three bits of mantissa below an
 * exponent, so sizes up to 15 have a bin each and larger ones share one with sizes at most 12.5 % apart. Two levels of
 * bits tell which bins hold anything, so that a block is found with two `Math.clz32`, however many there are. A request
 * is rounded up to the next bin, where every block fits; only when there is none is its own bin searched, block by
 * block, so that a block that would have fitted is never overlooked.
 *
 * A block, free or used, is a node: eight words of one typed array, known by the index of the first, of which 0 is
 * none. The words of a node lie together because a call touches most words of few nodes: with an array to each word,
 * 8,192 live blocks cost a fifth more time than 64.
 */

/** What {@link PageAllocator.allocate} returns when no placement exists. */
export const NO_PAGE = -1;

/** Limits on where a block may lie, both in pages. */
export interface PlacementOptions {
  /** The first page must be a multiple of this power of two, up to 2³⁰. */
  readonly alignPages?: number;
  /** The highest page that the block may contain. */
  readonly maxPage?: number;
}

/** A run of pages that is wholly free or one allocation, as {@link PageAllocator.blocks} lists them. */
export interface PageBlock {
  readonly page: number;
  readonly count: number;
  readonly used: boolean;
}

const MANTISSA_BITS = 3;
const BINS_PER_EXPONENT = 1 << MANTISSA_BITS;
const EXPONENTS = 32;
/** 64 GiB; and every sum of a page number and an alignment stays within 31 bits. */
const MAX_PAGES = 2 ** 24;

/* Words of a node. */

const PAGE = 0; // first page of the block
const COUNT = 1; // pages in it
const USED = 2; // 1 when it is handed out; 0 in spare nodes too
const BEFORE = 3; // the block that ends where this one begins
const BEHIND = 4; // the block that begins where this one ends
const PREVIOUS = 5; // towards the head of the bin's list
const NEXT = 6; // away from it; chains the spare nodes too
const NODE_WORDS = 8; // one to spare: a node is half a cache line

/** The block that begins at page 0. Whatever is split or joined, the lower part keeps its node, so this one stays. */
const FIRST_NODE = NODE_WORDS;
const INITIAL_NODES = 64;

/** Zero bits below the mantissa of a size: bins whose sizes are not rounded have none. */
function roundedBits(count: number): number {
  return count < BINS_PER_EXPONENT ? 0 : 31 - MANTISSA_BITS - Math.clz32(count);
}

/** The bin that a free block of `count` pages hangs in: that of the largest size not above it. */
function binOf(count: number): number {
  if (count < BINS_PER_EXPONENT) return count;
  const bits = roundedBits(count);
  // The mantissa's leading one carries into the exponent, which is what makes bin 8 follow bin 7.
  return (bits << MANTISSA_BITS) + (count >>> bits);
}

/** The lowest bin in which every block has at least `count` pages. */
function fittingBinOf(count: number): number {
  const rounded = count & ((1 << roundedBits(count)) - 1);
  return rounded === 0 ? binOf(count) : binOf(count) + 1;
}

/** An allocator of pages 0 to `pages` − 1. See the head of this file. */
export class PageAllocator {
  /** Pages in the range, free and used. */
  readonly pages: number;

  #freePages: number;

  /** The node of the live block that begins at each page; 0 elsewhere. */
  readonly #nodeAt: Int32Array;

  /** First node of each bin. */
  readonly #heads = new Int32Array(EXPONENTS * BINS_PER_EXPONENT);
  /** For each exponent, a bit for each of its bins that is not empty. */
  readonly #binsFilled = new Uint8Array(EXPONENTS);
  /** A bit for each exponent of which any bin is not empty. */
  #exponentsFilled = 0;

  #nodes = new Int32Array(INITIAL_NODES * NODE_WORDS);
  /** First word that never was a node's. */
  #nodesEnd = FIRST_NODE + NODE_WORDS;
  #spareNode = 0;

  /** @param pages how many pages there are, 1 to 2²⁴; all are free. Throws RangeError for anything else. */
  constructor(pages: number) {
    if (!Number.isInteger(pages) || pages < 1 || pages > MAX_PAGES) {
      throw new RangeError(`PageAllocator: pages must be an integer from 1 to ${MAX_PAGES}, not ${pages}`);
    }
    this.pages = pages;
    this.#freePages = pages;
    this.#nodeAt = new Int32Array(pages);
    this.#nodes[FIRST_NODE + COUNT] = pages;
    this.#hang(FIRST_NODE);
  }

  /** Pages not handed out, in however many pieces. */
  get freePages(): number {
    return this.#freePages;
  }

  /** Pages of the largest free block: the largest `count` that {@link allocate} can serve, or 0 when all is used. */
  get largestFree(): number {
    if (this.#exponentsFilled === 0) return 0;
    const exponent = 31 - Math.clz32(this.#exponentsFilled);
    const bin = exponent * BINS_PER_EXPONENT + 31 - Math.clz32(this.#binsFilled[exponent] as number);
    let largest = 0;
    for (let node = this.#heads[bin] as number; node !== 0; node = this.#nodes[node + NEXT] as number) {
      largest = Math.max(largest, this.#nodes[node + COUNT] as number);
    }
    return largest;
  }

  /**
   * Takes `count` consecutive pages and returns the first, or {@link NO_PAGE} when they exist nowhere, or nowhere
   * that `options` allow; it never fails while a placement exists. Without options it takes constant time as
   * long as a block of the next bin is free; with them it looks at the free blocks one by one.
   *
   * Throws RangeError when `count` is not a positive integer, `alignPages` not a power of two up to 2³⁰, or `maxPage`
   * not a number.
   */
  allocate(count: number, options?: PlacementOptions): number {
    // `| 0` also refuses what no range can hold, before the bits of its size are looked at.
    if ((count | 0) !== count || count < 1) return this.#refuse(count);
    if (count > this.#freePages) {
      if (options !== undefined) checkOptions(options);
      return NO_PAGE;
    }
    if (options !== undefined) return this.#allocateWithin(count, options);

    let node = this.#firstFrom(fittingBinOf(count));
    if (node === 0) {
      node = this.#heads[binOf(count)] as number;
      while (node !== 0 && (this.#nodes[node + COUNT] as number) < count) node = this.#nodes[node + NEXT] as number;
      if (node === 0) return NO_PAGE;
    }
    this.#unhang(node);
    return this.#take(node, count);
  }

  /** Gives back the block that begins at `page`. Throws RangeError when no live block begins there. */
  free(page: number): void {
    let node = this.#nodeAt[page];
    if (!node) throw new RangeError(`PageAllocator.free: no live block begins at page ${page}`);
    this.#nodeAt[page] = 0;
    this.#nodes[node + USED] = 0;
    this.#freePages += this.#nodes[node + COUNT] as number;

    const behind = this.#nodes[node + BEHIND] as number;
    if (behind !== 0 && this.#nodes[behind + USED] === 0) {
      this.#unhang(behind);
      this.#absorbBehind(node, behind);
    }
    const before = this.#nodes[node + BEFORE] as number;
    if (before !== 0 && this.#nodes[before + USED] === 0) {
      this.#unhang(before);
      this.#absorbBehind(before, node);
      node = before;
    }
    this.#hang(node);
  }

  /** Pages of the live block that begins at `page`; 0 when none does. */
  blockSize(page: number): number {
    const node = this.#nodeAt[page];
    return node ? (this.#nodes[node + COUNT] as number) : 0;
  }

  /** Every block by rising page. Do not allocate or free while walking. */
  *blocks(): Generator<PageBlock> {
    for (let node = FIRST_NODE; node !== 0; node = this.#nodes[node + BEHIND] as number) {
      yield {
        page: this.#nodes[node + PAGE] as number,
        count: this.#nodes[node + COUNT] as number,
        used: this.#nodes[node + USED] === 1,
      };
    }
  }

  #refuse(count: number): number {
    if (Number.isInteger(count) && count > 0) return NO_PAGE;
    throw new RangeError(`PageAllocator.allocate: count must be a positive integer, not ${count}`);
  }

  #allocateWithin(count: number, options: PlacementOptions): number {
    checkOptions(options);
    const align = options.alignPages ?? 1;
    const limit = options.maxPage ?? this.pages;
    for (let bin = binOf(count); bin < this.#heads.length; bin++) {
      for (let node = this.#heads[bin] as number; node !== 0; node = this.#nodes[node + NEXT] as number) {
        const page = this.#nodes[node + PAGE] as number;
        const start = (page + align - 1) & -align;
        const end = start + count;
        if (end > page + (this.#nodes[node + COUNT] as number) || end - 1 > limit) continue;
        this.#unhang(node);
        if (start === page) return this.#take(node, count);
        const rest = this.#split(node, start - page);
        this.#hang(node);
        return this.#take(rest, count);
      }
    }
    return NO_PAGE;
  }

  /** Marks the first `count` pages of a free block, which hangs in no bin, as used, and hangs up what is left over. */
  #take(node: number, count: number): number {
    if ((this.#nodes[node + COUNT] as number) > count) this.#hang(this.#split(node, count));
    const page = this.#nodes[node + PAGE] as number;
    this.#nodes[node + USED] = 1;
    this.#nodeAt[page] = node;
    this.#freePages -= count;
    return page;
  }

  /** The head of the lowest bin that is not empty, from `bin` upwards; 0 when all are. */
  #firstFrom(bin: number): number {
    let exponent = bin >>> MANTISSA_BITS;
    let bins = (this.#binsFilled[exponent] as number) & (-1 << (bin & (BINS_PER_EXPONENT - 1)));
    if (bins === 0) {
      const exponents = this.#exponentsFilled & (-2 << exponent);
      if (exponents === 0) return 0;
      exponent = lowestBit(exponents);
      bins = this.#binsFilled[exponent] as number;
    }
    return this.#heads[(exponent << MANTISSA_BITS) + lowestBit(bins)] as number;
  }

  #hang(node: number): void {
    const bin = binOf(this.#nodes[node + COUNT] as number);
    const head = this.#heads[bin] as number;
    this.#nodes[node + PREVIOUS] = 0;
    this.#nodes[node + NEXT] = head;
    this.#heads[bin] = node;
    if (head !== 0) {
      this.#nodes[head + PREVIOUS] = node;
      return;
    }
    const exponent = bin >>> MANTISSA_BITS;
    this.#binsFilled[exponent] = (this.#binsFilled[exponent] as number) | (1 << (bin & (BINS_PER_EXPONENT - 1)));
    this.#exponentsFilled |= 1 << exponent;
  }

  #unhang(node: number): void {
    const previous = this.#nodes[node + PREVIOUS] as number;
    const next = this.#nodes[node + NEXT] as number;
    if (next !== 0) this.#nodes[next + PREVIOUS] = previous;
    if (previous !== 0) {
      this.#nodes[previous + NEXT] = next;
      return;
    }
    const bin = binOf(this.#nodes[node + COUNT] as number);
    this.#heads[bin] = next;
    if (next !== 0) return;
    const exponent = bin >>> MANTISSA_BITS;
    const left = (this.#binsFilled[exponent] as number) & ~(1 << (bin & (BINS_PER_EXPONENT - 1)));
    this.#binsFilled[exponent] = left;
    if (left === 0) this.#exponentsFilled &= ~(1 << exponent);
  }

  /**
   * Cuts a block that hangs in no bin after `count` pages, and returns the node of the rest, which hangs in none
   * either.
   */
  #split(node: number, count: number): number {
    const rest = this.#newNode();
    const behind = this.#nodes[node + BEHIND] as number;
    this.#nodes[rest + PAGE] = (this.#nodes[node + PAGE] as number) + count;
    this.#nodes[rest + COUNT] = (this.#nodes[node + COUNT] as number) - count;
    this.#nodes[node + COUNT] = count;
    this.#nodes[rest + BEFORE] = node;
    this.#nodes[rest + BEHIND] = behind;
    this.#nodes[node + BEHIND] = rest;
    if (behind !== 0) this.#nodes[behind + BEFORE] = rest;
    return rest;
  }

  /** Joins `upper`, the block behind `lower`, to it; neither hangs in a bin. */
  #absorbBehind(lower: number, upper: number): void {
    const behind = this.#nodes[upper + BEHIND] as number;
    this.#nodes[lower + COUNT] = (this.#nodes[lower + COUNT] as number) + (this.#nodes[upper + COUNT] as number);
    this.#nodes[lower + BEHIND] = behind;
    if (behind !== 0) this.#nodes[behind + BEFORE] = lower;
    this.#nodes[upper + NEXT] = this.#spareNode;
    this.#spareNode = upper;
  }

  #newNode(): number {
    const spare = this.#spareNode;
    if (spare !== 0) {
      this.#spareNode = this.#nodes[spare + NEXT] as number;
      return spare;
    }
    if (this.#nodesEnd === this.#nodes.length) {
      const larger = new Int32Array(this.#nodes.length * 2);
      larger.set(this.#nodes);
      this.#nodes = larger;
    }
    const node = this.#nodesEnd;
    this.#nodesEnd += NODE_WORDS;
    return node;
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function checkOptions(options: PlacementOptions): void {
  const { alignPages = 1, maxPage = 0 } = options;
  if ((alignPages | 0) !== alignPages || alignPages < 1 || (alignPages & (alignPages - 1)) !== 0) {
    throw new RangeError(`PageAllocator.allocate: alignPages must be a power of two up to 2^30, not ${alignPages}`);
  }
  if (Number.isNaN(maxPage)) throw new RangeError('PageAllocator.allocate: maxPage must be a number, not NaN');
}
