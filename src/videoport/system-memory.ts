/**
 * The driver's way to its memory: `mem`, which gives checked typed views, and the same checks for functions that take
 * addresses. An access to a page that is not mapped is a page fault: in kernel mode, bug check 0x50.
 */
import { PAGE_FAULT_IN_NONPAGED_AREA } from '../ddi/bug-checks.ts';
import { DISPATCH_LEVEL } from '../ddi/constants.ts';
import type { Layout, Members, Structure } from '../ddi/layout.ts';
import type { PVOID } from '../ddi/types.ts';
import { hex, PageFault } from '../memory/address-space.ts';
import { told } from './arguments.ts';
import { port } from './port.ts';

/**
 * Makes sure that `count` bytes at an address may be touched; does not return otherwise. No bytes at all may be asked for
 * anywhere: a copy of length 0 touches neither side, so both may be NULL.
 */
export function requireMapped(address: PVOID, count: number, what: string, write: boolean): void {
  if (count !== 0) requirePages(address, count, what, write);
}

/** The same for a view or a structure, which has to lie somewhere even if it is empty. */
function requirePages(address: PVOID, count: number, what: string, write: boolean): void {
  if (typeof address !== 'number' || typeof count !== 'number') notNumbers(address, count, what, write);
  try {
    const region = port.space.require(address, count, what);
    if (region.kind === 'pool' || region.kind === 'paged-pool') checkPool(address, count, what, write, region.kind);
    const outside = address < region.base || address + count > region.base + region.length;
    if (outside && region.kind === 'common-buffer' && count > 0) {
      port.observer?.report(
        'view-past-end',
        [address, count, region.base, region.length],
        `${what}: ${count} bytes at ${hex(address)} reach outside the common buffer of ${region.length} bytes at ${hex(region.base)}`,
      );
    }
  } catch (error) {
    if (!(error instanceof PageFault)) throw error;
    port.processor.bugCheck(PAGE_FAULT_IN_NONPAGED_AREA, [error.address, write ? 1 : 0, 0, 0], error.message, error);
  }
}

/** An address or a length that is no number at all is as good as a wild pointer. */
function notNumbers(address: unknown, count: unknown, what: string, write: boolean): never {
  const [name, value] = typeof address === 'number' ? ['length', count] : ['address', address];
  return port.processor.bugCheck(
    PAGE_FAULT_IN_NONPAGED_AREA,
    [0, write ? 1 : 0, 0, 0],
    `${what}: the ${name} is ${told(value)}; it must be a number`,
  );
}

/**
 * What Driver Verifier finds on pool memory: touching paged memory at DISPATCH_LEVEL (it takes all of it out of RAM
 * when the IRQL rises; without it the memory happens to be there), and, as its special pool does, touching what is
 * outside a block.
 */
function checkPool(address: PVOID, count: number, what: string, write: boolean, kind: 'pool' | 'paged-pool'): void {
  const { observer, processor, pool, locked } = port;
  if (!observer || count === 0) return;
  if (kind === 'paged-pool' && processor.irql >= DISPATCH_LEVEL && !locked.resident(address)) {
    observer.report(
      'paged-access',
      [address, processor.irql, write ? 1 : 0, 0],
      `${what}: paged memory at ${hex(address)} was ${write ? 'written' : 'read'} at IRQL ${processor.irql}; above APC_LEVEL it may be paged out`,
    );
  }
  const block = pool.find(address);
  if (block && address >= block.address && address + count <= block.address + block.bytes) return;
  if (!block && !pool.owns(address)) return;
  observer.report(
    'pool-view',
    [address, count, block?.address ?? 0, block?.bytes ?? 0],
    block
      ? `${what}: ${count} bytes at ${hex(address)} reach outside the pool block of ${block.bytes} bytes at ${hex(block.address)}`
      : `${what}: ${count} bytes at ${hex(address)} lie in pool that is freed, or was never allocated`,
  );
}

/** Checks the range of a view. Unaligned addresses are refused: a typed view cannot have them. */
function buffer(name: string, size: number, address: PVOID, count: number): SharedArrayBuffer {
  requirePages(address, size === 1 ? count : count * size, `mem.${name}`, true);
  if (address % size !== 0)
    throw new RangeError(`mem.${name}: ${hex(address)} is not a multiple of ${size}; use mem.u8`);
  return port.space.buffer;
}

/**
 * The machine's memory, as typed views of the bytes themselves: what you write through one, the device finds when it
 * reads the page. A view covers exactly the elements asked for; indices beyond them do nothing.
 */
export const mem = {
  /** `count` bytes at an address. */
  u8: (address: PVOID, count: number) => new Uint8Array(buffer('u8', 1, address, count), address, count),
  /** `count` 16-bit numbers. */
  u16: (address: PVOID, count: number) => new Uint16Array(buffer('u16', 2, address, count), address, count),
  /** `count` unsigned 32-bit numbers. */
  u32: (address: PVOID, count: number) => new Uint32Array(buffer('u32', 4, address, count), address, count),
  /** `count` signed 32-bit numbers. */
  i32: (address: PVOID, count: number) => new Int32Array(buffer('i32', 4, address, count), address, count),
  /** `count` single-precision numbers. */
  f32: (address: PVOID, count: number) => new Float32Array(buffer('f32', 4, address, count), address, count),
} as const;

/** A structure in memory: size and member offsets, reading and writing at an address. */
export interface MemoryStructure<M extends Members> extends Layout<M> {
  /** Reads all members. */
  read(address: PVOID): Structure<M>;
  /** Writes the members given; the others keep their bytes. */
  write(address: PVOID, value: Partial<Structure<M>>): void;
}

/** Gives a layout the machine's memory. */
export function inMemory<M extends Members>(layout: Layout<M>): MemoryStructure<M> {
  return {
    ...layout,
    read(address) {
      requireMapped(address, layout.size, `${layout.name}.read`, false);
      return layout.readFrom(new DataView(port.space.buffer), address);
    },
    write(address, value) {
      requireMapped(address, layout.size, `${layout.name}.write`, true);
      layout.writeTo(new DataView(port.space.buffer), address, value);
    },
  };
}
