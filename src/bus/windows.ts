/**
 * Register windows: where device memory appears to the driver. Windows lie beyond the end of RAM, one window a
 * mapping, so a register address is never a RAM address; I/O ports keep their bus numbers, below 64 KiB, as on x86.
 */
import { PAGE_SHIFT, PAGE_SIZE } from './board-memory.ts';
import type { PciBus } from './pci.ts';
import type { RegisterBlock } from './register-block.ts';

/** First address of the windows: above the largest RAM. */
const WINDOW_BASE = 0xf000_0000;
/** Up to the end of a 32-bit address, but for its last page. */
const WINDOW_PAGES = 0xffff;

/** A mapped piece of device memory. */
export interface Window {
  /** Virtual address that the driver got. */
  readonly address: number;
  readonly length: number;
  readonly block: RegisterBlock;
  /** Offset in the block at which the window begins. */
  readonly blockOffset: number;
  /** How many times it was mapped: VideoPortGetDeviceBase counts references. */
  references: number;
}

/** Thrown when an address is no register that the driver has mapped. */
export class NoRegister extends Error {
  override readonly name = 'NoRegister';
}

export class Windows {
  readonly #bus: PciBus;
  /** The window at each page beyond WINDOW_BASE. */
  readonly #pages: (Window | undefined)[] = new Array<Window | undefined>(WINDOW_PAGES).fill(undefined);
  readonly #live = new Set<Window>();

  constructor(bus: PciBus) {
    this.#bus = bus;
  }

  /**
   * Maps device memory at bus address `address`. Mapping the same range again gives the same address. Returns null when
   * no device decodes the whole range, or the window space is full.
   */
  map(address: number, length: number): Window | null {
    const target = this.#bus.decode(address, false);
    if (!target || length < 1 || length > target.left) return null;
    for (const window of this.#live) {
      if (window.block === target.block && window.blockOffset === target.offset && window.length === length) {
        window.references++;
        return window;
      }
    }
    return this.mapBlock(target.block, target.offset, length);
  }

  /** Maps `length` bytes of a block from an offset on, at a place of their own. Returns null when there is no room. */
  mapBlock(block: RegisterBlock, offset: number, length: number): Window | null {
    const within = offset % PAGE_SIZE;
    const pages = Math.ceil((within + length) / PAGE_SIZE);
    let first = 0;
    for (let page = 0; page < WINDOW_PAGES && page - first < pages; page++) if (this.#pages[page]) first = page + 1;
    if (first + pages > WINDOW_PAGES) return null;
    const window: Window = {
      address: WINDOW_BASE + first * PAGE_SIZE + within,
      length,
      block,
      blockOffset: offset,
      references: 1,
    };
    this.#pages.fill(window, first, first + pages);
    this.#live.add(window);
    return window;
  }

  /** The window that contains an address. */
  at(address: number): Window | undefined {
    return address >= WINDOW_BASE ? this.#pages[(address - WINDOW_BASE) >>> PAGE_SHIFT] : undefined;
  }

  /** Gives one reference back; the last one unmaps the window. */
  unmap(window: Window): void {
    if (--window.references > 0) return;
    const first = (window.address - WINDOW_BASE) >>> PAGE_SHIFT;
    const last = (window.address + window.length - 1 - WINDOW_BASE) >>> PAGE_SHIFT;
    this.#pages.fill(undefined, first, last + 1);
    this.#live.delete(window);
  }

  /** All windows, for the leak report. */
  live(): Window[] {
    return [...this.#live];
  }
}
