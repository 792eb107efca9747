/**
 * Sizes of staging slabs. A browser copies a mapped slab whole, however little of it was written, so a slab may not be much
 * larger than what it carries; and it is used again only when sizes repeat, so there may not be too many of them.
 */

const SMALLEST = 4096;

/** The slab size for `bytes`: at most an eighth larger, or 4 KiB; always a multiple of 4 KiB. */
export function slabSize(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  const step = Math.max(SMALLEST, 2 ** (Math.floor(Math.log2(bytes)) - 3));
  return Math.ceil(bytes / step) * step;
}

/** Whether a slab of `size` bytes may carry `bytes`: not when most of it would be copied for nothing. */
export function slabFits(size: number, bytes: number): boolean {
  return size >= bytes && size <= Math.max(16 * 1024, slabSize(bytes) * 1.5);
}
