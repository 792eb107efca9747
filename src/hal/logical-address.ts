/** What is known of a logical address that the device could not use: for the sentence and the place of a finding. */
import type { Site } from '../ddi/observer.ts';
import { PAGE_SIZE } from '../ddi/types.ts';
import { hex } from '../memory/address-space.ts';
import type { CommonBuffer } from './dma-adapter.ts';

const PAGE = BigInt(PAGE_SIZE);

/** First byte behind a buffer's pages: the device sees whole pages. */
function endOf({ logical, length }: CommonBuffer): bigint {
  return ((logical + BigInt(length) + PAGE - 1n) / PAGE) * PAGE;
}

/** In words: "the common buffer of 4096 bytes at 0x0040000000". */
function nameOf({ logical, length }: CommonBuffer): string {
  return `the common buffer of ${length} bytes at ${hex(logical, 10)}`;
}

/** The buffer that lay at the address until it was released, if it was the last there. */
function releasedAt(history: readonly CommonBuffer[], address: bigint): CommonBuffer | undefined {
  const last = history.findLast((buffer) => address >= buffer.logical && address < endOf(buffer));
  return last?.released ? last : undefined;
}

/** Where the driver released the buffer that lay at the address; undefined when none did. */
export function releaseSite(history: Iterable<CommonBuffer>, address: bigint): Site | undefined {
  return releasedAt([...history], address)?.releaseSite;
}

/**
 * Says of an address what a driver's author may not have thought of: a sentence with a space before it, or nothing.
 * @param history all common buffers, in order of allocation
 */
export function explainLogical(history: Iterable<CommonBuffer>, address: bigint): string {
  const buffers = [...history];
  const released = releasedAt(buffers, address);
  if (released) return ` ${capital(nameOf(released))} was there until the driver released it.`;
  const before = buffers.findLast((buffer) => !buffer.released && endOf(buffer) === address);
  if (before) return ` There ends ${nameOf(before)}: what a packet names may not leave its buffer.`;
  return '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
