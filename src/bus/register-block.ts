/** What a device shows to the bus: a block of 32-bit registers, read and written synchronously by the processor. */
export interface RegisterBlock {
  /** Bytes that the block decodes. */
  readonly size: number;
  /** Reads the register at a byte offset, a multiple of 4 below size. */
  read32(offset: number): number;
  /** Writes it, with whatever that sets off. */
  write32(offset: number, value: number): void;
  /** Copies bytes from an offset on, where the block is memory; returns false where it is not, with nothing copied. */
  readBytes?(offset: number, into: Uint8Array): boolean;
  /** Writes bytes from an offset on, likewise. */
  writeBytes?(offset: number, from: Uint8Array): boolean;
}

/** 8-, 16- or 32-bit access, as the processor's instruction says. */
export type AccessSize = 1 | 2 | 4;

/**
 * Reads 1, 2 or 4 bytes: the lane of the 32-bit register in which they lie. An access may not straddle two registers.
 */
export function readLane(block: RegisterBlock, offset: number, size: AccessSize): number {
  const word = block.read32(offset & ~3);
  if (size === 4) return word >>> 0;
  const shift = (offset & 3) * 8;
  return (word >>> shift) & (size === 1 ? 0xff : 0xffff);
}

/** Writes 1, 2 or 4 bytes. Narrow writes are merged into the register, which is then written whole. */
export function writeLane(block: RegisterBlock, offset: number, size: AccessSize, value: number): void {
  if (size === 4) {
    block.write32(offset & ~3, value >>> 0);
    return;
  }
  const shift = (offset & 3) * 8;
  const mask = (size === 1 ? 0xff : 0xffff) << shift;
  block.write32(offset & ~3, ((block.read32(offset & ~3) & ~mask) | ((value << shift) & mask)) >>> 0);
}
