/** A part of the bus's logical addresses, for adapters of one reach. */
import { NO_PAGE, PageAllocator } from '../memory/page-allocator.ts';

/**
 * Ranges that rest after their release. A doorbell that was rung before a buffer's release may be fetched after it: were the
 * addresses another buffer's by then, the device would write there, and nobody would know.
 */
const RESTING = 16;

export class LogicalRange {
  readonly #firstPage: number;
  readonly #allocator: PageAllocator;
  /** Released, and not yet to be had again, the oldest first. */
  readonly #resting: number[] = [];

  /** @param firstPage the first page's number on the bus */
  constructor(firstPage: number, pages: number) {
    this.#firstPage = firstPage;
    this.#allocator = new PageAllocator(pages);
  }

  /** Takes pages in a row. Returns the first one's number on the bus; NO_PAGE when there are not so many. */
  allocate(pages: number): number {
    let slot = this.#allocator.allocate(pages);
    // Better soon than not at all.
    while (slot === NO_PAGE && this.#resting.length > 0) {
      this.#allocator.free(this.#resting.shift() as number);
      slot = this.#allocator.allocate(pages);
    }
    return slot === NO_PAGE ? NO_PAGE : this.#firstPage + slot;
  }

  /** Gives back all pages that were taken from `page` on. */
  free(page: number): void {
    this.#resting.push(page - this.#firstPage);
    if (this.#resting.length > RESTING) this.#allocator.free(this.#resting.shift() as number);
  }
}
