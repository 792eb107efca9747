/**
 * Which slice of the aperture stands for which logical pages. A slice is the device-visible side of one common buffer:
 * consecutive logical pages, consecutive aperture pages. The IOMMU's queue says when they come and go. Local memory is a slice
 * too, one that stays.
 */
import { LOCAL_MEMORY_BYTES, PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuChange } from '../bus/iommu.ts';
import { LOGICAL_LIMIT } from '../bus/iommu.ts';
import { RINGGPU_LOCAL_BASE } from '../devices/ringgpu/registers.ts';
import { NO_PAGE, PageAllocator } from '../memory/page-allocator.ts';

/** Slices at most: a driver that scribbles over the IOMMU's queue gets no more. */
const MAX_SLICES = 16384;

const LOGICAL_PAGES = LOGICAL_LIMIT / PAGE_SIZE;

/** The device-visible side of a mapped range. */
export interface Slice {
  /** First logical page. */
  readonly page: number;
  readonly pages: number;
  /** First page in the aperture; NO_PAGE when the GPU had not the memory. */
  aperturePage: number;
  /** Its mapping is gone: nothing of it may land any more. */
  dead: boolean;
  /** It stands for local memory: nothing of it is pulled out of RAM or lands there. */
  readonly local: boolean;
  /** Submissions in flight that use it. Its pages are handed to no one else before they are done. */
  users: number;
}

/** What the table needs of the aperture. */
export interface ApertureSize {
  /** Pages now. */
  readonly pages: number;
  /** Pages that it can ever have. */
  readonly limitPages: number;
  /** Makes it larger, keeping what is in it. False when the memory cannot be had. */
  grow(pages: number): boolean;
}

export class SliceTable {
  readonly #aperture: ApertureSize;
  readonly #ramPages: number;
  readonly #allocator: PageAllocator;
  /** By rising logical page, never overlapping. */
  readonly #slices: Slice[] = [];
  /** Its place in the aperture is taken when it is first used. */
  readonly #local: Slice = {
    page: RINGGPU_LOCAL_BASE / PAGE_SIZE,
    pages: LOCAL_MEMORY_BYTES / PAGE_SIZE,
    aperturePage: NO_PAGE,
    dead: false,
    local: true,
    users: 0,
  };

  /** @param ramPages pages of RAM: no honest range is longer */
  constructor(aperture: ApertureSize, ramPages: number) {
    this.#aperture = aperture;
    this.#ramPages = ramPages;
    this.#allocator = new PageAllocator(aperture.limitPages);
  }

  /** Live slices. */
  get slices(): readonly Slice[] {
    return this.#slices;
  }

  /** Pages of the aperture that are in use. */
  get usedPages(): number {
    return this.#allocator.pages - this.#allocator.freePages;
  }

  /** The slice of local memory. Its `aperturePage` is NO_PAGE when the GPU has not the memory. */
  get local(): Slice {
    if (this.#local.aperturePage === NO_PAGE) this.#local.aperturePage = this.reserve(this.#local.pages);
    return this.#local;
  }

  /** The slice in which an address lies: a logical one, or one of local memory. */
  find(address: number): Slice | undefined {
    if (address >= RINGGPU_LOCAL_BASE)
      return address < RINGGPU_LOCAL_BASE + LOCAL_MEMORY_BYTES ? this.local : undefined;
    const page = Math.floor(address / PAGE_SIZE);
    const slice = this.#slices[this.#above(page) - 1];
    return slice && page < slice.page + slice.pages ? slice : undefined;
  }

  /** Follows one change of the IOMMU. Returns a slice for which there was no memory, or null. */
  apply(change: IommuChange): Slice | null {
    const { page, operation } = change;
    const end = Math.min(page + change.pages, LOGICAL_PAGES);
    if (page >= end || end - page > this.#ramPages) return null;
    this.#clear(page, end);
    return operation === 'map' ? this.#add(page, end - page) : null;
  }

  /** Tries again for slices that had no memory. Returns one that still has none, or null. */
  retry(): Slice | null {
    for (const slice of this.#slices) {
      if (slice.aperturePage !== NO_PAGE) continue;
      slice.aperturePage = this.reserve(slice.pages);
      if (slice.aperturePage === NO_PAGE) return slice;
    }
    return null;
  }

  /** Takes aperture pages that stand for no logical ones, growing the aperture if need be. NO_PAGE when there are none. */
  reserve(pages: number): number {
    for (;;) {
      const maxPage = this.#aperture.pages - 1;
      const page = this.#allocator.allocate(pages, { maxPage });
      if (page !== NO_PAGE) return page;
      const larger = Math.min(this.#aperture.limitPages, this.#aperture.pages * 2);
      if (larger <= this.#aperture.pages || !this.#aperture.grow(larger)) return NO_PAGE;
    }
  }

  /** Gives back pages that {@link reserve} returned. */
  unreserve(page: number): void {
    this.#allocator.free(page);
  }

  /** A submission that used the slice is done with it. */
  release(slice: Slice): void {
    slice.users--;
    this.#freeIfUnused(slice);
  }

  /** Forgets where slices lie and places them anew, after the aperture was lost. Returns one that has no memory, or null. */
  replace(): Slice | null {
    for (const slice of [...this.#slices, this.#local]) {
      if (slice.aperturePage !== NO_PAGE) this.#allocator.free(slice.aperturePage);
      slice.aperturePage = NO_PAGE;
    }
    return this.retry();
  }

  /** Index of the first slice that begins above a logical page. */
  #above(page: number): number {
    let low = 0;
    let high = this.#slices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#slices[middle] as Slice).page <= page) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops what is mapped in [page, end). A range that reaches beyond keeps its other part, as a slice of its own. */
  #clear(page: number, end: number): void {
    let index = this.#above(page);
    const before = this.#slices[index - 1];
    if (before && before.page + before.pages > page) index--;
    let last = index;
    const parts: [number, number][] = [];
    for (let slice = this.#slices[last]; slice && slice.page < end; slice = this.#slices[++last]) {
      const sliceEnd = slice.page + slice.pages;
      if (slice.page < page) parts.push([slice.page, page - slice.page]);
      if (sliceEnd > end) parts.push([end, sliceEnd - end]);
      slice.dead = true;
      this.#freeIfUnused(slice);
    }
    this.#slices.splice(index, last - index);
    for (const [first, pages] of parts) this.#add(first, pages);
  }

  #add(page: number, pages: number): Slice | null {
    const aperturePage = this.#slices.length < MAX_SLICES ? this.reserve(pages) : NO_PAGE;
    const slice: Slice = { page, pages, aperturePage, dead: false, local: false, users: 0 };
    if (this.#slices.length < MAX_SLICES) this.#slices.splice(this.#above(page), 0, slice);
    return aperturePage === NO_PAGE ? slice : null;
  }

  #freeIfUnused(slice: Slice): void {
    if (!slice.dead || slice.users > 0 || slice.aperturePage === NO_PAGE) return;
    this.#allocator.free(slice.aperturePage);
    slice.aperturePage = NO_PAGE;
  }
}
