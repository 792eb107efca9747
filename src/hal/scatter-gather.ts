/**
 * Packet DMA (GetScatterGatherList, PutScatterGatherList): locked memory gets logical addresses for one transfer. An
 * adapter whose device takes lists gets one element for each run of consecutive physical frames, as memory lies; for
 * the others the map registers make one range of it. Map registers are limited, so a transfer may be shorter than was
 * asked.
 */
import type { Site } from '../ddi/observer.ts';
import { PAGE_SIZE } from '../ddi/types.ts';
import type { DmaAdapter, DmaController } from './dma-adapter.ts';
import type { Mdl } from './mdl.ts';

/** Logical pages in a row that belong to a transfer. */
interface Run {
  readonly page: number;
  readonly pages: number;
}

/** A transfer, from VideoPortStartDma to VideoPortCompleteDma. */
export interface Transfer {
  readonly adapter: DmaAdapter;
  readonly mdl: Mdl;
  readonly elements: readonly { readonly address: bigint; readonly length: number }[];
  /** Bytes in all. */
  readonly length: number;
  readonly writeToDevice: boolean;
  readonly registers: number;
  readonly runs: readonly Run[];
  readonly site: Site | undefined;
}

/**
 * Maps `length` bytes at `offset` of locked memory, or as many as the adapter's free map registers hold.
 * Read-only for the device when the transfer goes to it. Returns a reason when nothing can be mapped; nothing is then.
 */
export function beginTransfer(
  dma: DmaController,
  adapter: DmaAdapter,
  mdl: Mdl,
  offset: number,
  length: number,
  writeToDevice: boolean,
  site: Site | undefined,
): Transfer | { readonly refused: string } {
  const free = adapter.mapRegisters - adapter.registersUsed;
  const within = (mdl.base + offset) % PAGE_SIZE;
  const bytes = Math.min(length, free * PAGE_SIZE - within);
  if (length === 0) return { refused: 'there are no bytes to map' };
  if (free <= 0 || bytes <= 0)
    return { refused: `all ${adapter.mapRegisters} map registers of the adapter are in use` };
  const registers = Math.ceil((within + bytes) / PAGE_SIZE);
  const firstFrame = Math.floor(((mdl.base % PAGE_SIZE) + offset) / PAGE_SIZE);
  const frames = mdl.frames.subarray(firstFrame, firstFrame + registers);
  const runs: Run[] = [];
  const elements: { address: bigint; length: number }[] = [];
  let at = within;
  let left = bytes;
  for (const piece of adapter.description.scatterGather ? consecutive(frames) : [frames]) {
    const page = dma.mapPages(adapter, piece, !writeToDevice);
    if (typeof page !== 'number') {
      for (const run of runs) dma.unmapPages(adapter, run.page, run.pages);
      return page;
    }
    runs.push({ page, pages: piece.length });
    const count = Math.min(left, piece.length * PAGE_SIZE - at);
    elements.push({ address: BigInt(page) * BigInt(PAGE_SIZE) + BigInt(at), length: count });
    left -= count;
    at = 0;
  }
  const transfer: Transfer = { adapter, mdl, elements, length: bytes, writeToDevice, registers, runs, site };
  adapter.registersUsed += registers;
  adapter.transfers.add(transfer);
  adapter.transfersBegun++;
  mdl.transfers++;
  return transfer;
}

/** Takes the logical addresses back: when it returns, the device writes there no more. */
export function endTransfer(dma: DmaController, transfer: Transfer): void {
  const { adapter, mdl, runs, registers } = transfer;
  for (const run of runs) dma.unmapPages(adapter, run.page, run.pages);
  adapter.registersUsed -= registers;
  adapter.transfers.delete(transfer);
  mdl.transfers--;
}

/** Cuts frame numbers into runs that count up by one. */
function consecutive(frames: Int32Array): Int32Array[] {
  const pieces: Int32Array[] = [];
  let start = 0;
  for (let i = 1; i <= frames.length; i++) {
    if (i < frames.length && frames[i] === (frames[i - 1] as number) + 1) continue;
    pieces.push(frames.subarray(start, i));
    start = i;
  }
  return pieces;
}
