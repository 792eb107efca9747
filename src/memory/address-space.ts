/**
 * The virtual address space: who owns which pages of RAM. A virtual address is a byte offset in RAM, so mapping a page
 * moves no bytes; it gives the page an owner and a physical frame. The first 64 KiB are never mapped (NULL, I/O ports),
 * as in Windows, and everything beyond RAM's end is device windows, which only VideoPortRead/Write functions may touch.
 */
import type { Site } from '../ddi/observer.ts';
import { PAGE_SIZE } from '../ddi/types.ts';
import type { FrameTable } from './frame-table.ts';
import { NO_PAGE, PageAllocator } from './page-allocator.ts';

/** Pages below this one are never mapped. */
const FIRST_PAGE = 16;
/**
 * Pages below this one, 16 MiB, are mapped when there are no others: there lie the logical addresses of devices that reach no
 * further, and a virtual address given to such a device must not happen to be one.
 */
const FIRST_PREFERRED_PAGE = 4096;

/** What every byte of freshly allocated memory holds: nobody may count on zeros. */
export const FRESH_BYTE = 0xa5;
const FRESH_WORD = FRESH_BYTE * 0x0101_0101;
/** What surrounds a buffer within its pages; Driver Verifier uses the same value. */
export const PADDING_BYTE = 0x0f;

/** What a range of mapped pages is for. */
export type RegionKind = 'common-buffer' | 'pool' | 'paged-pool' | 'contiguous' | 'system';

/** A range of mapped pages with one owner. */
export interface Region {
  readonly kind: RegionKind;
  readonly firstPage: number;
  readonly pages: number;
  /** First usable byte. */
  readonly base: number;
  /** Usable bytes from base; the rest of the pages is padding. */
  readonly length: number;
  /** Where the driver allocated it, when it did. */
  readonly site: Site | undefined;
}

/** Thrown by {@link AddressSpace.require}: the access that a processor would have trapped. */
export class PageFault extends Error {
  override readonly name = 'PageFault';
  /** The first address without a page. */
  readonly address: number;
  constructor(address: number, sentence: string) {
    super(sentence);
    this.address = address;
  }
}

/** `0x00120000`: how addresses are shown everywhere. What is no address shows as the number that it is. */
export function hex(value: number | bigint, digits = 8): string {
  if (value < 0 || (typeof value === 'number' && !Number.isInteger(value))) return String(value);
  return `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;
}

export class AddressSpace {
  /** All of RAM, a byte an element. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly #buffer: SharedArrayBuffer;
  readonly #words: Uint32Array;
  readonly #allocator: PageAllocator;
  /** First of the pages that are kept until there are no others; NO_PAGE: they are in use like all. */
  #reserve = NO_PAGE;
  readonly #frames: FrameTable;
  /** For each page the region that owns it. */
  readonly #owner: (Region | undefined)[];

  constructor(ram: WebAssembly.Memory, frames: FrameTable) {
    this.#buffer = ram.buffer as unknown as SharedArrayBuffer;
    this.bytes = new Uint8Array(this.#buffer);
    this.#words = new Uint32Array(this.#buffer);
    const pages = this.#buffer.byteLength / PAGE_SIZE;
    this.#allocator = new PageAllocator(pages);
    if (this.#allocator.allocate(FIRST_PAGE) !== 0)
      throw new Error('AddressSpace: the allocator does not begin at page 0');
    if (pages >= 2 * FIRST_PREFERRED_PAGE) this.#reserve = this.#allocator.allocate(FIRST_PREFERRED_PAGE - FIRST_PAGE);
    this.#frames = frames;
    this.#owner = new Array<Region | undefined>(pages).fill(undefined);
  }

  /** Bytes of RAM that are not mapped. */
  get freeBytes(): number {
    const reserved = this.#reserve === NO_PAGE ? 0 : FIRST_PREFERRED_PAGE - FIRST_PAGE;
    return (this.#allocator.freePages + reserved) * PAGE_SIZE;
  }

  /** The first physical address above RAM. */
  get physicalEnd(): number {
    return this.#frames.frameCount * PAGE_SIZE;
  }

  /** The shared buffer behind RAM, for typed views. */
  get buffer(): SharedArrayBuffer {
    return this.#buffer;
  }

  /**
   * Maps whole pages for `length` bytes, which begin at `offset` in the first page. Fills the buffer with {@link
   * FRESH_BYTE} and what surrounds it with {@link PADDING_BYTE}. Returns null when there are not enough pages in a row,
   * or frames.
   */
  map(kind: RegionKind, length: number, offset = 0, site?: Site): Region | null {
    return this.#map(kind, length, offset, site, (firstPage, pages) => this.#frames.mapScattered(firstPage, pages));
  }

  /**
   * The same with frames that follow each other, none above `highestAddress` (a physical address, the last one that is
   * allowed). Returns null when there is no such run.
   */
  mapContiguous(kind: RegionKind, length: number, highestAddress: bigint, site?: Site): Region | null {
    // Only whole frames below the limit count.
    const highest = (highestAddress + 1n) / BigInt(PAGE_SIZE) - 1n;
    const highestFrame = Number(highest < 0x4000_0000n ? highest : 0x4000_0000n);
    return this.#map(kind, length, 0, site, (firstPage, pages) =>
      this.#frames.mapContiguous(firstPage, pages, highestFrame),
    );
  }

  /** Pages in a row; the kept ones join the others when it takes them. */
  #allocate(pages: number): number {
    const firstPage = this.#allocator.allocate(pages);
    if (firstPage !== NO_PAGE || this.#reserve === NO_PAGE) return firstPage;
    this.#allocator.free(this.#reserve);
    this.#reserve = NO_PAGE;
    return this.#allocator.allocate(pages);
  }

  #map(
    kind: RegionKind,
    length: number,
    offset: number,
    site: Site | undefined,
    giveFrames: (firstPage: number, pages: number) => boolean,
  ): Region | null {
    // What a driver asks for may be any number; there are no pages for one that is no length.
    if (!Number.isSafeInteger(length) || length < 1) return null;
    const pages = Math.ceil((offset + length) / PAGE_SIZE);
    const firstPage = this.#allocate(pages);
    if (firstPage === NO_PAGE) return null;
    if (!giveFrames(firstPage, pages)) {
      this.#allocator.free(firstPage);
      return null;
    }
    const base = firstPage * PAGE_SIZE + offset;
    const region: Region = { kind, firstPage, pages, base, length, site };
    this.#owner.fill(region, firstPage, firstPage + pages);
    // Whole pages by words (four times as quick on shared memory), then the edges by bytes.
    this.#words.fill(FRESH_WORD, (firstPage * PAGE_SIZE) / 4, ((firstPage + pages) * PAGE_SIZE) / 4);
    this.bytes.fill(PADDING_BYTE, firstPage * PAGE_SIZE, base);
    this.bytes.fill(PADDING_BYTE, base + length, (firstPage + pages) * PAGE_SIZE);
    return region;
  }

  /** Unmaps a region. Using it afterwards is a page fault until its pages get another owner. */
  unmap(region: Region): void {
    this.#owner.fill(undefined, region.firstPage, region.firstPage + region.pages);
    this.#frames.unmap(region.firstPage, region.pages);
    this.#allocator.free(region.firstPage);
  }

  /** Physical frame numbers of a region's pages, in virtual order. */
  framesOf(region: Region): Int32Array {
    return this.#frames.framesOf(region.firstPage, region.pages);
  }

  /** Physical frame numbers of the pages that a mapped range touches, in virtual order. */
  framesAt(address: number, count: number): Int32Array {
    const firstPage = Math.floor(address / PAGE_SIZE);
    return this.#frames.framesOf(firstPage, Math.floor((address + count - 1) / PAGE_SIZE) - firstPage + 1);
  }

  /** The region that owns the page of an address. */
  regionAt(address: number): Region | undefined {
    return this.#owner[Math.floor(address / PAGE_SIZE)];
  }

  /** Physical address of a mapped virtual one, or null. */
  physical(address: number): bigint | null {
    const frame = this.regionAt(address) ? this.#frames.frameOf(Math.floor(address / PAGE_SIZE)) : -1;
    return frame < 0 ? null : BigInt(frame) * BigInt(PAGE_SIZE) + BigInt(address % PAGE_SIZE);
  }

  /**
   * Makes sure that `count` bytes at `address` are mapped, and returns the region of the first. Throws {@link
   * PageFault} that names the first address that is not, and `what` wanted it.
   */
  require(address: number, count: number, what: string): Region {
    const first = this.#owner[Math.floor(address / PAGE_SIZE)];
    if (first && address + count <= (first.firstPage + first.pages) * PAGE_SIZE && count >= 0) return first;
    if (!Number.isInteger(address) || !Number.isInteger(count) || count < 0) {
      throw new PageFault(
        Number.isFinite(address) ? Math.trunc(address) : 0,
        `${what}: address ${address} and count ${count} must be whole numbers, the count not negative`,
      );
    }
    for (let page = Math.floor(address / PAGE_SIZE); page * PAGE_SIZE < address + Math.max(1, count); page++) {
      if (!this.#owner[page]) {
        const fault = Math.max(address, page * PAGE_SIZE);
        throw new PageFault(fault, `${what}: ${hex(fault)} ${this.#explain(fault)}`);
      }
    }
    return first as Region;
  }

  /**
   * Looks at the padding around a region. Returns the address of the first damaged byte, or -1.
   */
  damagedPadding(region: Region): number {
    const start = region.firstPage * PAGE_SIZE;
    const end = start + region.pages * PAGE_SIZE;
    for (let at = start; at < region.base; at++) if (this.bytes[at] !== PADDING_BYTE) return at;
    for (let at = region.base + region.length; at < end; at++) if (this.bytes[at] !== PADDING_BYTE) return at;
    return -1;
  }

  #explain(address: number): string {
    if (address < 0) return 'is no address';
    if (address < FIRST_PAGE * PAGE_SIZE) return 'lies in the first 64 KiB, which are never mapped: a NULL pointer?';
    if (address < this.#buffer.byteLength) return 'is not mapped: freed, or never allocated';
    return 'lies beyond RAM: device registers are reached with VideoPortRead/WriteRegister, and a logical address is for the device only';
  }
}
