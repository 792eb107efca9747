/**
 * Pool memory (ExAllocatePoolWithTag): small blocks lie in slabs, a page of slots of one size each; blocks that no slot
 * holds get whole pages. Every slot begins with a header of eight bytes, as on x86, so that writing beyond a block
 * damages what stands behind it, as it does there; what is true is kept outside of RAM, where no driver reaches it.
 */
import type { Site } from '../ddi/observer.ts';
import { PAGE_SIZE } from '../ddi/types.ts';
import { type AddressSpace, FRESH_BYTE, PADDING_BYTE, type Region } from './address-space.ts';

/** What a block is allocated as. */
export interface PoolKind {
  /** May be paged out: not to be touched at DISPATCH_LEVEL. */
  readonly paged: boolean;
  /** Begins on a line of the processor's cache: a multiple of {@link CACHE_LINE}. */
  readonly cacheAligned: boolean;
}

/** A living block. */
export interface PoolBlock {
  readonly address: number;
  /** As requested, not rounded. */
  readonly bytes: number;
  readonly tag: number;
  readonly paged: boolean;
  readonly site: Site | undefined;
  readonly region: Region;
}

/** What {@link Pool.free} found at an address. Only for `freed` is anything changed. */
export type FreeResult =
  | { readonly kind: 'freed'; readonly block: PoolBlock }
  /** Bytes around the block were written, the first of them at `at`. */
  | { readonly kind: 'damaged'; readonly block: PoolBlock; readonly at: number }
  /** The block was freed before. */
  | { readonly kind: 'double' }
  /** The address lies in a block and is not its beginning. */
  | { readonly kind: 'inside'; readonly block: PoolBlock }
  /** No block was ever there. */
  | { readonly kind: 'foreign' };

/** Bytes in a line of the cache. */
export const CACHE_LINE = 64;
/** What a freed slot holds. */
export const FREED_BYTE = 0xde;

const HEADER = 8;
/** Bytes from one slot to the next, header included. A multiple of the cache line where blocks are aligned to one. */
const STRIDES = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048];
const ALIGNED_STRIDES = [128, 192, 256, 512, 1024, 2048];
/** First word of a header. */
const SIGNATURE = 0x4c4f4f50;
/** Freed whole-page blocks that are remembered. */
const REMEMBERED = 1024;

interface Slab {
  readonly region: Region;
  readonly stride: number;
  /** Address of slot 0's first usable byte. */
  readonly first: number;
  readonly blocks: (PoolBlock | undefined)[];
  /** Free slots, the last freed one last: it is the next to be used, being warm in the cache. */
  readonly free: number[];
  /** Slots that have ever been used. */
  used: number;
  readonly shelf: Slab[];
}

export class Pool {
  readonly #space: AddressSpace;
  readonly #words: Uint32Array;
  /** Slabs with free slots, by kind and stride. */
  readonly #shelves = new Map<number, Slab[]>();
  readonly #slabOfPage = new Map<number, Slab>();
  readonly #large = new Map<number, PoolBlock>();
  readonly #freedLarge = new Set<number>();
  readonly #live = new Set<PoolBlock>();

  constructor(space: AddressSpace) {
    this.#space = space;
    this.#words = new Uint32Array(space.buffer);
  }

  /** Living blocks in order of allocation. */
  get live(): Iterable<PoolBlock> {
    return this.#live;
  }

  /**
   * Allocates a block, filled with a pattern that is not zero. Begins on a multiple of 8.
   * @param bytes 0 gives a block that has no bytes
   * @returns its address, or 0 when memory is short
   */
  allocate(kind: PoolKind, bytes: number, tag: number, site?: Site): number {
    const stride = (kind.cacheAligned ? ALIGNED_STRIDES : STRIDES).find((size) => bytes <= size - HEADER);
    return stride === undefined
      ? this.#allocatePages(kind, bytes, tag, site)
      : this.#allocateSlot(kind, stride, bytes, tag, site);
  }

  /** Frees the block that begins at an address, unless something is wrong with it. */
  free(address: number): FreeResult {
    const slab = this.#slabOfPage.get(Math.floor(address / PAGE_SIZE));
    if (!slab) {
      const block = this.#large.get(address);
      if (!block) {
        const around = this.find(address);
        if (around) return { kind: 'inside', block: around };
        return { kind: this.#freedLarge.has(address) ? 'double' : 'foreign' };
      }
      const damaged = this.damageOf(block);
      if (damaged >= 0) return { kind: 'damaged', block, at: damaged };
      this.#large.delete(address);
      this.#live.delete(block);
      this.#space.unmap(block.region);
      if (this.#freedLarge.size >= REMEMBERED) this.#freedLarge.clear();
      this.#freedLarge.add(address);
      return { kind: 'freed', block };
    }
    const slot = Math.floor((address - slab.first + HEADER) / slab.stride);
    const block = slab.blocks[slot];
    if (!block) return { kind: address === slab.first + slot * slab.stride && slot < slab.used ? 'double' : 'foreign' };
    if (block.address !== address) return { kind: 'inside', block };
    const damaged = this.damageOf(block);
    if (damaged >= 0) return { kind: 'damaged', block, at: damaged };
    this.#live.delete(block);
    slab.blocks[slot] = undefined;
    this.#space.bytes.fill(FREED_BYTE, address, address + slab.stride - HEADER);
    if (slab.free.push(slot) === 1) slab.shelf.push(slab);
    // An empty slab goes, but for the last one of its shelf: a driver that allocates and frees in turns meets it again.
    if (slab.free.length === slab.blocks.length && slab.shelf.length > 1) {
      slab.shelf.splice(slab.shelf.indexOf(slab), 1);
      this.#slabOfPage.delete(slab.region.firstPage);
      this.#space.unmap(slab.region);
    }
    return { kind: 'freed', block };
  }

  /** The living block in which an address lies, its padding included. */
  find(address: number): PoolBlock | undefined {
    const slab = this.#slabOfPage.get(Math.floor(address / PAGE_SIZE));
    if (slab) return slab.blocks[Math.floor((address - slab.first + HEADER) / slab.stride)];
    const region = this.#space.regionAt(address);
    return region && this.#large.get(region.base);
  }

  /** Whether the page of an address belongs to this pool. */
  owns(address: number): boolean {
    return this.#slabOfPage.has(Math.floor(address / PAGE_SIZE)) || this.find(address) !== undefined;
  }

  /** Address of the first damaged byte around a block: its header, its padding, the next slot's header. -1: none. */
  damageOf(block: PoolBlock): number {
    const slab = this.#slabOfPage.get(block.region.firstPage);
    if (!slab) return this.#space.damagedPadding(block.region);
    const { bytes } = this.#space;
    const header = this.#damagedHeader(block);
    if (header >= 0) return header;
    const end = block.address + slab.stride - HEADER;
    for (let at = block.address + block.bytes; at < end; at++) if (bytes[at] !== PADDING_BYTE) return at;
    const next = this.find(end + HEADER);
    return next && next.region === block.region ? this.#damagedHeader(next) : -1;
  }

  #damagedHeader(block: PoolBlock): number {
    const word = (block.address - HEADER) / 4;
    if (this.#words[word] !== SIGNATURE) return block.address - HEADER;
    return this.#words[word + 1] !== block.tag ? block.address - 4 : -1;
  }

  #allocatePages(kind: PoolKind, bytes: number, tag: number, site: Site | undefined): number {
    const region = this.#space.map(kind.paged ? 'paged-pool' : 'pool', bytes, 0, site);
    if (!region) return 0;
    const block: PoolBlock = { address: region.base, bytes, tag, paged: kind.paged, site, region };
    this.#large.set(region.base, block);
    this.#freedLarge.delete(region.base);
    this.#live.add(block);
    return region.base;
  }

  #allocateSlot(kind: PoolKind, stride: number, bytes: number, tag: number, site: Site | undefined): number {
    const key = stride * 4 + (kind.paged ? 2 : 0) + (kind.cacheAligned ? 1 : 0);
    let shelf = this.#shelves.get(key);
    if (!shelf) {
      shelf = [];
      this.#shelves.set(key, shelf);
    }
    const slab = shelf.at(-1) ?? this.#newSlab(kind, stride, shelf);
    if (!slab) return 0;
    const slot = slab.free.pop() as number;
    if (slab.free.length === 0) shelf.pop();
    slab.used = Math.max(slab.used, slot + 1);
    const address = slab.first + slot * stride;
    const block: PoolBlock = { address, bytes, tag: tag >>> 0, paged: kind.paged, site, region: slab.region };
    slab.blocks[slot] = block;
    this.#words[(address - HEADER) / 4] = SIGNATURE;
    this.#words[(address - HEADER) / 4 + 1] = tag;
    this.#space.bytes.fill(FRESH_BYTE, address, address + bytes);
    this.#space.bytes.fill(PADDING_BYTE, address + bytes, address + stride - HEADER);
    this.#live.add(block);
    return address;
  }

  #newSlab(kind: PoolKind, stride: number, shelf: Slab[]): Slab | null {
    const region = this.#space.map(kind.paged ? 'paged-pool' : 'pool', PAGE_SIZE);
    if (!region) return null;
    const lead = kind.cacheAligned ? CACHE_LINE : HEADER;
    const slots = Math.floor((PAGE_SIZE - lead + HEADER) / stride);
    const slab: Slab = {
      region,
      stride,
      first: region.base + lead,
      blocks: new Array<PoolBlock | undefined>(slots).fill(undefined),
      free: Array.from({ length: slots }, (_, i) => slots - 1 - i),
      used: 0,
      shelf,
    };
    this.#slabOfPage.set(region.firstPage, slab);
    shelf.push(slab);
    return slab;
  }
}
