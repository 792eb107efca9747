/** What the ring's registers must hold at a doorbell (docs/device.md, "The ring" and "Errors"). */
import { PAGE_SIZE } from '../../bus/board-memory.ts';
import { LOGICAL_LIMIT } from '../../bus/iommu.ts';
import { RINGGPU_FAULT_RING, RINGGPU_FAULT_TAIL } from './registers.ts';

const MIN_RING_BYTES = 4096;
const MAX_RING_BYTES = 1024 * 1024;

/** The ring's registers, as unsigned numbers. */
export interface RingSetting {
  /** Logical address: RING_BASE, both halves. */
  readonly base: number;
  /** RING_SIZE, in bytes. */
  readonly size: number;
  /** RING_TAIL, in bytes. */
  readonly tail: number;
}

/** Why the ring cannot be fetched. */
export interface FetchFault {
  /** FAULT_CODE */
  readonly code: number;
  /** FAULT_ADDR */
  readonly address: number;
  /** FAULT_INFO */
  readonly info: number;
  /** For people. */
  readonly sentence: string;
}

/** The fault that a doorbell with these registers is, or null. */
export function ringFault({ base, size, tail }: RingSetting): FetchFault | null {
  if (size < MIN_RING_BYTES || size > MAX_RING_BYTES || (size & (size - 1)) !== 0) {
    const sentence = `RING_SIZE ${size} must be a power of two from ${MIN_RING_BYTES} to ${MAX_RING_BYTES}.`;
    return { code: RINGGPU_FAULT_RING, address: base, info: size, sentence };
  }
  if (base % PAGE_SIZE !== 0 || base + size > LOGICAL_LIMIT) {
    const sentence = `RING_BASE 0x${base.toString(16)} must be a multiple of ${PAGE_SIZE} below 2^36.`;
    return { code: RINGGPU_FAULT_RING, address: base, info: size, sentence };
  }
  if (tail >= size || tail % 4 !== 0) {
    const sentence = `RING_TAIL ${tail} must be a multiple of 4 below RING_SIZE ${size}.`;
    return { code: RINGGPU_FAULT_TAIL, address: 0, info: tail, sentence };
  }
  return null;
}
