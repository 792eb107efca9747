/**
 * The HAL's DMA adapters (DMA_ADAPTER, IoGetDmaAdapter, AllocateCommonBuffer, FreeCommonBuffer): an adapter is a domain
 * of the IOMMU together with the reach of one device. A common buffer has pages for the processor, scattered frames
 * behind them, and a contiguous range of logical addresses for the device; the three numbers are never equal.
 */
import type { IommuWriter } from '../bus/iommu.ts';
import type { Site } from '../ddi/observer.ts';
import { PAGE_SIZE } from '../ddi/types.ts';
import type { AddressSpace, Region } from '../memory/address-space.ts';
import { NO_PAGE } from '../memory/page-allocator.ts';
import { LogicalRange } from './logical-range.ts';
import type { Transfer } from './scatter-gather.ts';

/** Released buffers that are remembered, for the report. */
const HISTORY = 4096;

/** Bits of logical address that a device drives: 24 (16 MiB), 32 (4 GiB) or 64. */
export type Reach = 24 | 32 | 64;

/** DEVICE_DESCRIPTION as the video port fills it in: a bus master of the PCI bus. */
export interface DeviceDescription {
  readonly scatterGather: boolean;
  readonly dma32BitAddresses: boolean;
  readonly dma64BitAddresses: boolean;
  readonly maximumLength: number;
}

/** A common buffer, from allocation to release. */
export interface CommonBuffer {
  readonly virtual: number;
  readonly logical: bigint;
  /** As requested, not rounded. */
  readonly length: number;
  readonly cacheEnabled: boolean;
  readonly region: Region;
  readonly adapter: DmaAdapter;
  readonly site: Site | undefined;
  released: boolean;
  /** Where it was released. */
  releaseSite?: Site | undefined;
}

/** An adapter, from VideoPortGetDmaAdapter to VideoPortPutDmaAdapter. */
export interface DmaAdapter {
  readonly id: number;
  readonly reach: Reach;
  readonly description: DeviceDescription;
  /**
   * Most pages of one common buffer, and of all packet transfers under way: pages(MaximumLength) + 1. The driver cannot
   * see it.
   */
  readonly mapRegisters: number;
  /** Live common buffers by virtual address. */
  readonly buffers: Map<number, CommonBuffer>;
  /** Packet transfers that are not completed. */
  readonly transfers: Set<Transfer>;
  /** Map registers that they use. */
  registersUsed: number;
  /** Transfers ever begun. */
  transfersBegun: number;
  readonly site: Site | undefined;
  /** VideoPortPutDmaAdapter was called. */
  released: boolean;
}

/** 16 MiB reach: logical addresses from 1 MiB. */
const LOW_FIRST = 0x100;
const LOW_END = 0x1000;
/** 4 GiB reach: from 1 GiB. A master's buffer may not cross 4 GiB, and this range does not. */
const MIDDLE_FIRST = 0x4_0000;
/** 64-bit reach: from 32 GiB, so that a driver that drops the high half of an address is found out. */
const HIGH_FIRST = 0x80_0000;

/**
 * Reach of a device on the PCI bus (DEVICE_DESCRIPTION; ddi.md §3.1): Dma64BitAddresses wins; ScatterGather on PCI
 * implies 32 bits; with no flag, 24.
 */
export function reachOf(description: DeviceDescription): Reach {
  if (description.dma64BitAddresses) return 64;
  return description.scatterGather || description.dma32BitAddresses ? 32 : 24;
}

/** All DMA adapters of the machine, and the address ranges that they share. */
export class DmaController {
  readonly #space: AddressSpace;
  readonly #iommu: IommuWriter;
  readonly #ranges: Readonly<Record<Reach, LogicalRange>>;
  /** Device-visible bytes that the engine has room for. */
  readonly #apertureBytes: number;
  #apertureUsed = 0;
  /** Buffers in order of allocation, living and released; the oldest released ones go first when there are too many. */
  readonly #history = new Set<CommonBuffer>();
  #releasedInHistory: CommonBuffer[] = [];
  #nextAdapter = 1;

  /**
   * @param apertureBytes most bytes that all common buffers together may have, as the GPU's limits say
   */
  constructor(space: AddressSpace, iommu: IommuWriter, apertureBytes: number) {
    this.#space = space;
    this.#iommu = iommu;
    this.#apertureBytes = apertureBytes;
    const pages = space.bytes.length / PAGE_SIZE;
    this.#ranges = {
      24: new LogicalRange(LOW_FIRST, LOW_END - LOW_FIRST),
      32: new LogicalRange(MIDDLE_FIRST, pages * 2),
      64: new LogicalRange(HIGH_FIRST, pages * 2),
    };
  }

  /** Makes an adapter (IoGetDmaAdapter). */
  createAdapter(description: DeviceDescription, site?: Site): DmaAdapter {
    return {
      id: this.#nextAdapter++,
      reach: reachOf(description),
      description,
      mapRegisters: Math.ceil(description.maximumLength / PAGE_SIZE) + 1,
      buffers: new Map(),
      transfers: new Set(),
      registersUsed: 0,
      transfersBegun: 0,
      site,
      released: false,
    };
  }

  /**
   * AllocateCommonBuffer. The buffer takes whole pages; with `centred` it lies in their middle, as Driver Verifier
   * places it ((pages − length) ÷ 2), so only lengths that are a multiple of a page begin on a page. Returns null and a
   * reason when the device cannot have such a buffer; nothing stays allocated then.
   */
  allocateCommonBuffer(
    adapter: DmaAdapter,
    length: number,
    cacheEnabled: boolean,
    centred: boolean,
    site?: Site,
  ): CommonBuffer | { readonly refused: string } {
    if (length === 0) return { refused: 'a length of 0 bytes' };
    const pages = Math.ceil(length / PAGE_SIZE);
    if (pages > adapter.mapRegisters) {
      return {
        refused: `${pages} pages, and the adapter has ${adapter.mapRegisters} map registers: MaximumLength was ${adapter.description.maximumLength}`,
      };
    }
    const bytes = pages * PAGE_SIZE;
    if (this.#apertureUsed + bytes > this.#apertureBytes)
      return { refused: `the device can see ${this.#apertureBytes} bytes at most in all` };
    const offset = centred ? Math.floor((bytes - length) / 2 / 8) * 8 : 0;
    const region = this.#space.map('common-buffer', length, offset, site);
    if (!region) return { refused: `no ${pages} pages of memory in a row (${this.#space.freeBytes} bytes are free)` };
    const range = this.#ranges[adapter.reach];
    const page = range.allocate(pages);
    if (page === NO_PAGE) {
      this.#space.unmap(region);
      return { refused: `no ${pages} pages in a row among the ${adapter.reach}-bit logical addresses` };
    }
    if (!this.#iommu.map(adapter.id, page, this.#space.framesOf(region))) {
      this.#space.unmap(region);
      range.free(page);
      return { refused: 'no page table left in the IOMMU' };
    }
    this.#apertureUsed += bytes;
    const buffer: CommonBuffer = {
      virtual: region.base,
      logical: BigInt(page) * BigInt(PAGE_SIZE) + BigInt(offset),
      length,
      cacheEnabled,
      region,
      adapter,
      site,
      released: false,
    };
    this.#history.add(buffer);
    adapter.buffers.set(buffer.virtual, buffer);
    return buffer;
  }

  /** FreeCommonBuffer: when it returns, the device writes there no more. */
  freeCommonBuffer(buffer: CommonBuffer, site?: Site): void {
    const { adapter, region } = buffer;
    const page = Number(buffer.logical / BigInt(PAGE_SIZE));
    const range = this.#ranges[adapter.reach];
    this.#iommu.unmap(adapter.id, page, region.pages);
    range.free(page);
    this.#space.unmap(region);
    this.#apertureUsed -= region.pages * PAGE_SIZE;
    adapter.buffers.delete(buffer.virtual);
    buffer.released = true;
    buffer.releaseSite = site;
    this.#releasedInHistory.push(buffer);
    if (this.#releasedInHistory.length > 2 * HISTORY) {
      for (const old of this.#releasedInHistory.slice(0, HISTORY)) this.#history.delete(old);
      this.#releasedInHistory = this.#releasedInHistory.slice(HISTORY);
    }
  }

  /**
   * Maps frames at logical addresses in a row, for one packet transfer. The page behind them stays unmapped: a device
   * that runs on beyond the range faults.
   * @param writable whether the device may write there
   * @returns the first logical page, or why there is none
   */
  mapPages(adapter: DmaAdapter, frames: Int32Array, writable: boolean): number | { readonly refused: string } {
    const page = this.reservePages(adapter, frames.length + 1);
    if (typeof page !== 'number') return page;
    const refused = this.mapReserved(adapter, page, frames, writable);
    if (refused === null) return page;
    this.releasePages(adapter, page);
    return refused;
  }

  /** Undoes {@link mapPages}: when it returns, the device writes there no more. */
  unmapPages(adapter: DmaAdapter, page: number, pages: number): void {
    this.unmapReserved(adapter, page, pages);
    this.releasePages(adapter, page);
  }

  /** Takes logical pages in a row, at which nothing is mapped yet. */
  reservePages(adapter: DmaAdapter, pages: number): number | { readonly refused: string } {
    const page = this.#ranges[adapter.reach].allocate(pages);
    return page === NO_PAGE
      ? { refused: `no ${pages} pages in a row among the ${adapter.reach}-bit logical addresses` }
      : page;
  }

  /** Gives reserved pages back, all that begin at `page`. Nothing may be mapped there. */
  releasePages(adapter: DmaAdapter, page: number): void {
    this.#ranges[adapter.reach].free(page);
  }

  /** Maps frames within reserved pages. Returns null, or why it cannot be. */
  mapReserved(
    adapter: DmaAdapter,
    page: number,
    frames: Int32Array,
    writable: boolean,
  ): { readonly refused: string } | null {
    const bytes = frames.length * PAGE_SIZE;
    if (this.#apertureUsed + bytes > this.#apertureBytes)
      return { refused: `the device can see ${this.#apertureBytes} bytes at most in all` };
    if (!this.#iommu.map(adapter.id, page, frames, writable)) return { refused: 'no page table left in the IOMMU' };
    this.#apertureUsed += bytes;
    return null;
  }

  /** Undoes {@link mapReserved} for the same pages. */
  unmapReserved(adapter: DmaAdapter, page: number, pages: number): void {
    this.#iommu.unmap(adapter.id, page, pages);
    this.#apertureUsed -= pages * PAGE_SIZE;
  }

  /** All living common buffers and the last few thousand released ones, in order of allocation. */
  get history(): Iterable<CommonBuffer> {
    return this.#history;
  }
}
