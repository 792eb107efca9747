/**
 * Runs the ring: fetches packets, has batches of them executed, lands what they wrote, and tells the processor, in the
 * order that docs/device.md promises: bytes in RAM, then registers, then the interrupt. A fault waits until everything
 * before it has retired, and stops the ring there.
 */
import { type BoardMemory, PAGE_SIZE, signalDevice } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import { LocalMemoryReader } from '../bus/local-memory.ts';
import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_FAULT_LENGTH,
  RINGGPU_FAULT_MEMORY,
  RINGGPU_FAULT_OPCODE,
  RINGGPU_FAULT_READ_ONLY,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_INT_FAULT,
  RINGGPU_INT_FENCE,
  RINGGPU_STATUS_BUSY,
  RINGGPU_STATUS_FAULTED,
} from '../devices/ringgpu/registers.ts';
import type { FetchFault } from '../devices/ringgpu/ring-check.ts';
import { NO_PAGE } from '../memory/page-allocator.ts';
import type { Backend } from './backend.ts';
import { Batch, COMMAND_WORDS, type Flip } from './batch.ts';
import type { EngineCounters, EngineEvent } from './engine.ts';
import { HostMemory } from './host-memory.ts';
import { IndirectFetch } from './indirect-fetch.ts';
import { Landing, type Stray } from './landing.ts';
import { Packet } from './packet-decoder.ts';
import type { PacketContext, PacketFault } from './packet-places.ts';
import { PacketStream, type Position, RING_START } from './packet-stream.ts';
import { Planner } from './planner.ts';
import type { RegisterFile } from './register-file.ts';
import { hex, RingFetch } from './ring-fetch.ts';
import type { SliceTable } from './slice-table.ts';

/** What the ring needs of the engine around it. */
export interface ProcessorHost {
  readonly onEvent: (event: EngineEvent) => void;
  /** Follows the IOMMU's queue. */
  takeChanges(): void;
  /** A FLIP has retired. */
  flip(flip: Flip): void;
  /** A batch of the ring was submitted. */
  submitted(batch: Batch): void;
  /** A batch retired: the aperture may look different. */
  retired(batch: Batch): void;
}

interface Stop {
  readonly code: number;
  readonly address: number;
  readonly offset: number;
  /** Logical address of the packet, if it is not in the ring; else 0. */
  readonly packet: number;
  readonly info: number;
  readonly sentence: string;
}

/** Batches that one call plans at most when they are done at once: NOPs, of which INDIRECTs can make any number. */
const MAX_IDLE_BATCHES = 64;

/** WAIT_VBLANK: none is met · one waits · the vertical blank that it waited for has come. */
type VblankWait = 'none' | 'waiting' | 'come';

const FAULT_TEXT: Readonly<Record<number, string>> = {
  [RINGGPU_FAULT_OPCODE]: 'has an opcode that the packet table does not list',
  [RINGGPU_FAULT_UNMAPPED]: 'names memory that does not lie in one common buffer',
  [RINGGPU_FAULT_READ_ONLY]: 'writes to memory that is mapped read-only',
  [RINGGPU_FAULT_MEMORY]: 'names memory for which the GPU had not the room',
};

export class CommandProcessor {
  readonly #registers: RegisterFile;
  readonly #backend: Backend;
  readonly #slices: SliceTable;
  readonly #counters: EngineCounters;
  readonly #host: ProcessorHost;
  readonly #maxInFlight: number;
  readonly #control: Int32Array;
  readonly #fetch: RingFetch;
  readonly #stream: PacketStream;
  readonly #indirect: IndirectFetch;
  readonly #landing: Landing;
  readonly #local: LocalMemoryReader;
  readonly #packet = new Packet();
  readonly #strays: Stray[] = [];
  readonly #spare: Batch[] = [];
  /** Submitted, oldest first: batches retire in this order, whatever order they are done in. */
  #flights: Batch[] = [];
  #serial = 0;
  /** The first packet that has not retired. */
  #head: Position = RING_START;
  /** First aperture page of the packets that the device executes. */
  #commandPage = NO_PAGE;
  #stop: Stop | null = null;
  #vblank: VblankWait = 'none';
  #suspended = false;
  readonly planner: Planner;

  constructor(
    memory: BoardMemory,
    registers: RegisterFile,
    iommu: IommuReader,
    slices: SliceTable,
    backend: Backend,
    counters: EngineCounters,
    maxInFlight: number,
    host: ProcessorHost,
  ) {
    this.#registers = registers;
    this.#backend = backend;
    this.#slices = slices;
    this.#counters = counters;
    this.#host = host;
    this.#maxInFlight = maxInFlight;
    this.#control = new Int32Array(memory.control);
    this.#fetch = new RingFetch(memory, registers, iommu);
    this.#stream = new PacketStream(this.#fetch);
    this.#local = new LocalMemoryReader(memory);
    this.#landing = new Landing(memory, iommu, this.#local);
    this.planner = new Planner(iommu, slices, this.#local, new HostMemory(memory).localBase, backend.limitPages);
    this.#indirect = new IndirectFetch(memory, iommu, this.planner, this.#stream);
  }

  /** True when nothing is in flight and nothing that could be executed waits. */
  get idle(): boolean {
    return this.#flights.length === 0 && this.#stop === null && !this.#suspended && !this.#pending;
  }

  get #running(): boolean {
    const enabled = (this.#registers.read('CONTROL') & RINGGPU_CONTROL_ENABLE) !== 0;
    return enabled && !this.#suspended && this.#stop === null && !this.#faulted;
  }

  get #faulted(): boolean {
    return (this.#registers.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0;
  }

  get #pending(): boolean {
    return this.#running && (!this.#stream.atEnd || this.#fetch.due);
  }

  /** A batch for whatever the caller wants pulled, with a serial of its own. Not for the ring: it lands nothing. */
  take(): Batch {
    const batch = this.#spare.pop() ?? new Batch();
    this.#serial = (this.#serial + 1) >>> 0 || 1;
    batch.begin(this.#serial, this.#fetch.generation);
    return batch;
  }

  give(batch: Batch): void {
    this.#spare.push(batch);
  }

  /** Takes a batch back that was not submitted. */
  cancel(batch: Batch): void {
    this.planner.cancel(batch);
    this.give(batch);
  }

  /** A WAIT_VBLANK holds the ring. */
  get waitsForVblank(): boolean {
    return this.#vblank === 'waiting';
  }

  /** A vertical blank: what it brought stands in the registers. */
  vblank(): void {
    if (this.#vblank !== 'waiting') return;
    this.#vblank = 'come';
    this.pump();
  }

  /**
   * Goes as far as it can: fetches, plans, submits. Fetches once: a processor that rings without end finds its next doorbell
   * served by the next call.
   */
  pump(): void {
    const fault = this.#running && this.#flights.length < this.#maxInFlight ? this.#fetchDue() : null;
    let going = this.#running && this.#flights.length < this.#maxInFlight;
    for (let batches = 0; going && !this.#stream.atEnd && !this.#holds; batches++) {
      if (batches > MAX_IDLE_BATCHES) {
        // The rest is for another turn of the event loop.
        signalDevice(this.#control);
        break;
      }
      going = this.#submitNext() && this.#flights.length < this.#maxInFlight && this.#running;
    }
    // What was fetched earlier comes before it; where that must wait, the fault will be found again.
    if (fault && this.#running && this.#stream.atEnd) {
      this.#stop = { ...fault, offset: this.#stream.ringOffset, packet: 0 };
    }
    this.#applyStop();
    this.#showBusy();
  }

  /** A TIMESTAMP in flight: what comes behind it waits until it has retired. */
  get #holds(): boolean {
    return this.#flights.at(-1)?.timestamp != null;
  }

  /** A batch of ours is done. Returns false when it is none of ours. */
  completed(batch: Batch): boolean {
    if (!this.#flights.includes(batch)) return false;
    batch.state = 'done';
    this.#retireDone();
    this.pump();
    return true;
  }

  /** Stops the ring where it stands, for a reason that no packet is to blame for. */
  fail(code: number, address: number, sentence: string): void {
    if (this.#stop || this.#faulted) return;
    this.#stop = { code, address, offset: this.#stream.ringOffset, packet: 0, info: 0, sentence };
    this.#applyStop();
    this.#showBusy();
  }

  /** Power-on state: what is in flight never lands. */
  reset(): void {
    this.#dropFlights();
    this.#stop = null;
    this.#restart();
  }

  /** The aperture is lost: what is in flight is executed again, from RING_HEAD, once there is another. Returns how many packets. */
  suspend(): number {
    const packets = this.#flights.reduce((sum, batch) => sum + batch.packets, 0);
    for (const batch of this.#flights) this.planner.cancel(batch);
    this.#dropFlights();
    // A fault behind those packets will be found again.
    this.#stop = null;
    this.#stream.position = this.#head;
    this.#vblank = 'none';
    this.#suspended = true;
    return packets;
  }

  /** There is an aperture again. */
  resume(): void {
    this.#suspended = false;
  }

  /** The aperture is empty: what executes finds its place anew, and local memory holds again what the processor wrote there. */
  refill(): void {
    if (this.#commandPage !== NO_PAGE) this.#slices.unreserve(this.#commandPage);
    this.#commandPage = NO_PAGE;
    this.#local.putBackAll();
  }

  #dropFlights(): void {
    this.#backend.abandon();
    for (const batch of this.#flights) {
      this.planner.retire(batch);
      this.give(batch);
    }
    this.#flights = [];
  }

  /** The ring begins at 0. */
  #restart(): void {
    this.#fetch.restart();
    this.#stream.position = RING_START;
    this.#head = RING_START;
    this.#vblank = 'none';
  }

  /** Fetches what RING_TAIL announces. Returns why that cannot be. */
  #fetchDue(): FetchFault | null {
    if (!this.#fetch.due) return null;
    if (this.#registers.ringGeneration !== this.#fetch.generation) {
      // RING_SIZE was written. Packets of the old ring that are in flight still land, but move no head.
      this.#restart();
    }
    const fetched = this.#fetch.fetch();
    if (typeof fetched === 'object') return fetched;
    this.#counters.dmaReadBytes += fetched;
    // A ring that shrank under our feet: no honest driver does that without beginning anew.
    this.#stream.wrap();
    // After the tail was read: what a driver mapped before it rang is in the queue by now, though it may not have been when
    // this service began.
    this.#host.takeChanges();
    return this.#fetch.badDoorbell;
  }

  /** Plans one batch and has it executed. False when that must wait. */
  #submitNext(): boolean {
    if (this.#commandPage === NO_PAGE) {
      this.#commandPage = this.#slices.reserve(Math.ceil((COMMAND_WORDS * 4) / PAGE_SIZE));
      if (this.#commandPage === NO_PAGE) {
        this.fail(RINGGPU_FAULT_MEMORY, 0, 'The GPU has not the memory for the packets.');
        return false;
      }
    }
    const before = this.#stream.position;
    const batch = this.take();
    batch.commandPlace = (this.#commandPage * PAGE_SIZE) / 4;
    const stop = this.planner.pullWindow(batch) ? this.#plan(batch) : null;
    batch.end = this.#stream.position;
    if (batch.packets === 0 && batch.pullBytes === 0) {
      this.give(batch);
      this.#stop = stop;
      this.#retireDone();
      return false;
    }
    batch.finish();
    if (batch.idle) {
      batch.state = 'done';
    } else {
      const submitted = this.#backend.submit(batch);
      if (submitted !== 'taken') {
        this.cancel(batch);
        this.#stream.position = before;
        if (submitted === 'never') this.fail(RINGGPU_FAULT_MEMORY, 0, 'The browser has not the memory for a transfer.');
        return false;
      }
      batch.state = 'flying';
    }
    this.#counters.dmaReadBytes += batch.pullBytes + batch.fetchBytes;
    this.planner.commit(batch);
    this.#flights.push(batch);
    this.#host.submitted(batch);
    this.#stop = stop;
    this.#retireDone();
    return stop === null;
  }

  /** Puts packets into the batch until it is full, the fetched ones end, or one is at fault. */
  #plan(batch: Batch): Stop | null {
    const context = {
      fence: this.#registers.readAddress('FENCE_ADDR_LO', 'FENCE_ADDR_HI'),
      colourTable: this.#registers.readAddress('COLOUR_TABLE_LO', 'COLOUR_TABLE_HI'),
    };
    this.planner.begin();
    while (!this.#stream.atEnd) {
      const code = this.#stream.decode(this.#packet);
      const result = code !== 0 ? { code, address: 0 } : this.#add(batch, context);
      if (result === 'full') return null;
      if (result !== null) return this.#stopAt(result);
    }
    return null;
  }

  /** Adds the next packet to the batch, and goes on behind it, or into the buffer that it names. */
  #add(batch: Batch, context: PacketContext): PacketFault | 'full' | null {
    const packet = this.#packet;
    switch (packet.shape?.name) {
      case 'INDIRECT': {
        const buffer = this.#indirect.fetch(batch, packet);
        if (buffer === 'full' || 'code' in buffer) return buffer;
        this.#stream.enter(buffer);
        return null;
      }
      case 'WAIT_VBLANK':
        if (batch.packets > 0) return 'full';
        if (this.#vblank === 'come') {
          this.#vblank = 'none';
          batch.packets++;
          batch.closed = true;
          this.#stream.skip(packet.words);
          return null;
        }
        if (this.#flights.length === 0) this.#vblank = 'waiting';
        return 'full';
      default: {
        const result = this.planner.add(batch, packet, context);
        if (result === null) this.#stream.skip(packet.words);
        return result;
      }
    }
  }

  /** Why the ring stops at the next packet. */
  #stopAt({ code, address, why }: PacketFault): Stop {
    const { ringOffset, packetAddress } = this.#stream;
    const name = this.#packet.shape?.name ?? 'The packet';
    const place =
      packetAddress === 0
        ? `ring offset ${hex(ringOffset)}`
        : `${hex(packetAddress)}, to which the INDIRECT at ring offset ${hex(ringOffset)} led,`;
    const flaw =
      code === RINGGPU_FAULT_LENGTH
        ? this.#packet.lengthFlaw(packetAddress === 0 ? 'RING_TAIL' : 'the end of the buffer')
        : (why ?? FAULT_TEXT[code]);
    const where = address === 0 ? '' : ` (logical address ${hex(address)})`;
    const sentence = `${name} at ${place} ${flaw}${where}.`;
    return { code, address, offset: ringOffset, packet: packetAddress, info: this.#packet.header, sentence };
  }

  #retireDone(): void {
    for (let batch = this.#flights[0]; batch?.state === 'done'; batch = this.#flights[0]) {
      this.#flights.shift();
      this.#retire(batch);
      this.give(batch);
    }
    this.#applyStop();
  }

  #retire(batch: Batch): void {
    const { end, generation, idle } = batch;
    this.#counters.dmaWriteBytes += this.#landing.land(batch, () => this.#host.takeChanges(), this.#strays);
    this.planner.retire(batch);
    if (batch.fences > 0) this.#registers.write('FENCE_VALUE', batch.fenceValue);
    if (generation === this.#registers.ringGeneration) {
      this.#head = end;
      this.#registers.write('RING_HEAD', end.ring);
      // The front sets it to 0 whenever it begins a new ring, which may be just now.
      if (generation !== this.#registers.ringGeneration) this.#registers.write('RING_HEAD', 0);
    }
    this.#counters.fences += batch.fences;
    if (!idle) this.#counters.submissions++;
    if (batch.flip) this.#host.flip(batch.flip);
    this.#showBusy();
    if (batch.fenceInterrupt) this.#registers.raise(RINGGPU_INT_FENCE);
    if (!idle) this.#backend.release(batch);
    for (const { address, bytes } of this.#strays.splice(0)) {
      const sentence = `${bytes} bytes that the device wrote to ${hex(address)} went nowhere: their common buffer was released while the submission was in flight.`;
      this.#host.onEvent({ kind: 'released-in-flight', address: BigInt(address), bytes, sentence });
    }
    this.#host.retired(batch);
  }

  /** Stops the ring, once everything before the fault has retired. */
  #applyStop(): void {
    const stop = this.#stop;
    if (!stop || this.#flights.length > 0 || this.#faulted) return;
    const { code, address, offset, packet, info, sentence } = stop;
    this.#stop = null;
    this.#registers.write('FAULT_CODE', code);
    this.#registers.writeAddress('FAULT_ADDR_LO', 'FAULT_ADDR_HI', address);
    this.#registers.write('FAULT_RING', offset);
    this.#registers.write('FAULT_INFO', info);
    this.#registers.writeAddress('FAULT_PACKET_LO', 'FAULT_PACKET_HI', packet);
    this.#registers.setBits('STATUS', RINGGPU_STATUS_FAULTED);
    this.#showBusy();
    this.#registers.raise(RINGGPU_INT_FAULT);
    this.#host.onEvent({
      kind: 'fault',
      code,
      address: BigInt(address),
      ringOffset: offset,
      info,
      sentence,
    });
  }

  #showBusy(): void {
    const busy = this.#flights.length > 0 || this.#stop !== null || this.#suspended || this.#pending;
    if (busy) this.#registers.setBits('STATUS', RINGGPU_STATUS_BUSY);
    else this.#registers.clearBits('STATUS', RINGGPU_STATUS_BUSY);
  }
}
