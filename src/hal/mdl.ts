/**
 * Memory descriptor lists (MDL): which pages are locked, so that a device may reach them although nobody says when it
 * is done. Locked pages stay where they are: they are resident at any IRQL, and freeing them corrupts the system.
 */
import type { Site } from '../ddi/observer.ts';
import { PAGE_SIZE } from '../ddi/types.ts';

/** A locked range of memory. */
export interface Mdl {
  /** First byte. */
  readonly base: number;
  readonly length: number;
  /** VP_LOCK_OPERATION: what the device may do with the memory. */
  readonly operation: number;
  /** Physical frames of the pages that the range touches, in virtual order. */
  readonly frames: Int32Array;
  readonly site: Site | undefined;
  /** Scatter/gather lists of this memory that are not completed. */
  transfers: number;
  locked: boolean;
}

/** All locked memory. There is never much of it, so it is looked through. */
export class MdlTable {
  readonly #live = new Set<Mdl>();

  /** Locks a range whose pages are mapped. */
  lock(base: number, length: number, operation: number, frames: Int32Array, site: Site | undefined): Mdl {
    const mdl: Mdl = { base, length, operation, frames, site, transfers: 0, locked: true };
    this.#live.add(mdl);
    return mdl;
  }

  unlock(mdl: Mdl): void {
    mdl.locked = false;
    this.#live.delete(mdl);
  }

  /** Locked memory that has a byte in common with a range. */
  overlapping(base: number, length: number): Mdl | undefined {
    for (const mdl of this.#live) if (mdl.base < base + length && base < mdl.base + mdl.length) return mdl;
    return undefined;
  }

  /** Whether the page of an address is locked, and so is resident. */
  resident(address: number): boolean {
    if (this.#live.size === 0) return false;
    const page = Math.floor(address / PAGE_SIZE) * PAGE_SIZE;
    return this.overlapping(page, PAGE_SIZE) !== undefined;
  }

  /** All that is locked, in order. */
  get live(): Iterable<Mdl> {
    return this.#live;
  }
}
