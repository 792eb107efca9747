/**
 * Takes the words of an INDIRECT's buffer out of RAM, each exactly once, when the device comes to the packet, and refuses buffers
 * that would have it go round in circles.
 */
import { type BoardMemory, PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import { RINGGPU_INDIRECT_DEPTH, RINGGPU_INDIRECT_WORDS } from '../devices/ringgpu/packets.ts';
import { RINGGPU_FAULT_INDIRECT, RINGGPU_FAULT_UNMAPPED, RINGGPU_LOCAL_BASE } from '../devices/ringgpu/registers.ts';
import type { Batch } from './batch.ts';
import { ENGINE_OPERAND } from './operands.ts';
import type { Packet } from './packet-decoder.ts';
import { outsideMemory } from './packet-faults.ts';
import type { PacketFault } from './packet-places.ts';
import type { IndirectBuffer, PacketStream } from './packet-stream.ts';
import { MAX_PACKETS, type Planner } from './planner.ts';

/** Bytes of buffers that are fetched for one batch, before the rest waits for the next. */
const FETCH_BUDGET = 1024 * 1024;

export class IndirectFetch {
  readonly #iommu: IommuReader;
  readonly #planner: Planner;
  readonly #stream: PacketStream;
  readonly #ram: Uint8Array;

  constructor(memory: BoardMemory, iommu: IommuReader, planner: Planner, stream: PacketStream) {
    this.#iommu = iommu;
    this.#planner = planner;
    this.#stream = stream;
    this.#ram = new Uint8Array(memory.ram.buffer);
  }

  /** The packet's buffer; 'full' when the packet must wait for the next batch; or why it cannot be executed at all. */
  fetch(batch: Batch, packet: Packet): IndirectBuffer | PacketFault | 'full' {
    const address = packet.address(ENGINE_OPERAND.INDIRECT_BUFFER);
    const count = packet.word(ENGINE_OPERAND.INDIRECT_WORDS);
    const bytes = count * 4;
    const refused = (why: string) => ({ code: RINGGPU_FAULT_INDIRECT, address, why });
    if (batch.closed || batch.packets >= MAX_PACKETS || batch.fetchBytes > FETCH_BUDGET) return 'full';
    if (address >= RINGGPU_LOCAL_BASE) return refused(`names a buffer in ${outsideMemory(address)}`);
    if (address % 4 !== 0) return refused('names a buffer that is not aligned to 4');
    if (count === 0 || count > RINGGPU_INDIRECT_WORDS) {
      return refused(`names a buffer of ${count} words; it may have 1 to ${RINGGPU_INDIRECT_WORDS}`);
    }
    if (this.#stream.isWithin(address, bytes)) return refused('leads back into a buffer that is being executed');
    if (this.#stream.isDeepest) return refused(`is in the innermost of ${RINGGPU_INDIRECT_DEPTH} buffers already`);
    const place = this.#planner.range(address, bytes, false);
    if ('code' in place) return place;
    // As if every packet before it were finished: what they write there lands first.
    if (this.#planner.isUnsettled(batch, place.slice, address, bytes)) return 'full';

    const words = new Uint32Array(2 ** Math.ceil(Math.log2(count)));
    const missing = this.#copy(new Uint8Array(words.buffer), address, bytes);
    if (missing >= 0) return { code: RINGGPU_FAULT_UNMAPPED, address: missing };
    batch.fetchBytes += bytes;
    batch.packets++;
    return { address, count, words };
  }

  /** Copies bytes out of RAM. Returns the first address that is not mapped, or -1. */
  #copy(into: Uint8Array, address: number, bytes: number): number {
    for (let at = 0; at < bytes; ) {
      const within = (address + at) % PAGE_SIZE;
      const run = Math.min(bytes - at, PAGE_SIZE - within);
      const page = this.#iommu.ramPage((address + at - within) / PAGE_SIZE);
      if (page < 0) return address + at;
      into.set(this.#ram.subarray(page * PAGE_SIZE + within, page * PAGE_SIZE + within + run), at);
      at += run;
    }
    return -1;
  }
}
