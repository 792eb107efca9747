/**
 * Runs the ring: fetches packets, has batches of them executed, lands what they wrote, and tells the processor, in the
 * order that docs/device.md promises: bytes in RAM, then registers, then the interrupt. A fault waits until everything
 * before it has retired, and stops the ring there.
 */
import { type BoardMemory, PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_FAULT_LENGTH,
  RINGGPU_FAULT_MEMORY,
  RINGGPU_FAULT_OPCODE,
  RINGGPU_FAULT_READ_ONLY,
  RINGGPU_FAULT_SURFACE,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_INT_FAULT,
  RINGGPU_INT_FENCE,
  RINGGPU_STATUS_BUSY,
  RINGGPU_STATUS_FAULTED,
} from '../devices/ringgpu/registers.ts';
import { NO_PAGE } from '../memory/page-allocator.ts';
import type { Backend } from './backend.ts';
import { Batch, type Flip } from './batch.ts';
import type { EngineCounters, EngineEvent } from './engine.ts';
import { Landing, type Stray } from './landing.ts';
import { Packet } from './packet-decoder.ts';
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
  readonly info: number;
  readonly sentence: string;
}

const FAULT_TEXT: Readonly<Record<number, string>> = {
  [RINGGPU_FAULT_OPCODE]: 'has an opcode that the packet table does not list',
  [RINGGPU_FAULT_LENGTH]: 'has a length that its opcode does not allow, or reaches past RING_TAIL',
  [RINGGPU_FAULT_UNMAPPED]: 'names a logical address that no common buffer has',
  [RINGGPU_FAULT_READ_ONLY]: 'writes to memory that is mapped read-only',
  [RINGGPU_FAULT_SURFACE]: 'names a surface that cannot be: see its address, pitch, size and format',
  [RINGGPU_FAULT_MEMORY]: 'names a common buffer for which the GPU had not the memory',
};

export class CommandProcessor {
  readonly #registers: RegisterFile;
  readonly #backend: Backend;
  readonly #slices: SliceTable;
  readonly #counters: EngineCounters;
  readonly #host: ProcessorHost;
  readonly #maxInFlight: number;
  readonly #fetch: RingFetch;
  readonly #landing: Landing;
  readonly #packet = new Packet();
  readonly #strays: Stray[] = [];
  readonly #spare: Batch[] = [];
  /** Submitted, oldest first: batches retire in this order, whatever order they are done in. */
  #flights: Batch[] = [];
  #serial = 0;
  /** Byte offset of the next packet to plan. */
  #scan = 0;
  /** Byte offset of the first packet that has not retired. */
  #head = 0;
  /** First aperture page of the ring's device-visible copy. */
  #ringPage = NO_PAGE;
  #stop: Stop | null = null;
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
    this.#fetch = new RingFetch(memory, registers, iommu);
    this.#landing = new Landing(memory, iommu);
    this.planner = new Planner(iommu, slices, backend.limitPages);
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
    return this.#running && (this.#scan !== this.#fetch.tail || this.#fetch.due);
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

  /**
   * Goes as far as it can: fetches, plans, submits. Fetches once: a processor that rings without end finds its next doorbell
   * served by the next call.
   */
  pump(): void {
    let going = this.#running && this.#flights.length < this.#maxInFlight && this.#fetchDue();
    while (going) {
      going = this.#scan !== this.#fetch.tail && this.#submitNext();
      going &&= this.#flights.length < this.#maxInFlight && this.#running;
    }
    this.#applyStop();
    this.#showBusy();
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
    this.#stop = { code, address, offset: this.#scan, info: 0, sentence };
    this.#applyStop();
    this.#showBusy();
  }

  /** Power-on state: what is in flight never lands. */
  reset(): void {
    this.#dropFlights();
    this.#stop = null;
    this.#fetch.restart();
    this.#scan = 0;
    this.#head = 0;
  }

  /** The aperture is lost: what is in flight is executed again, from RING_HEAD, once there is another. Returns how many packets. */
  suspend(): number {
    const packets = this.#flights.reduce((sum, batch) => sum + batch.packets, 0);
    this.#dropFlights();
    // A fault behind those packets will be found again.
    this.#stop = null;
    this.#scan = this.#head;
    this.#suspended = true;
    return packets;
  }

  /** There is an aperture again. The ring's copy finds its place anew at the next batch. */
  resume(): void {
    this.#suspended = false;
  }

  /** Gives the ring's device-visible copy back. */
  releaseRing(): void {
    if (this.#ringPage !== NO_PAGE) this.#slices.unreserve(this.#ringPage);
    this.#ringPage = NO_PAGE;
  }

  #dropFlights(): void {
    this.#backend.abandon();
    for (const batch of this.#flights) {
      this.planner.retire(batch);
      this.give(batch);
    }
    this.#flights = [];
  }

  /** Fetches what RING_TAIL announces. False when the ring is stopped. */
  #fetchDue(): boolean {
    if (!this.#fetch.due) return true;
    if (this.#registers.ringGeneration !== this.#fetch.generation) {
      // RING_SIZE was written. Packets of the old ring that are in flight still land, but move no head.
      this.#fetch.restart();
      this.#scan = 0;
      this.#head = 0;
    }
    const length = this.#fetch.words.length;
    const fetched = this.#fetch.fetch();
    if (typeof fetched === 'object') {
      this.#stop = { ...fetched, offset: this.#scan };
      return false;
    }
    this.#counters.dmaReadBytes += fetched;
    if (this.#fetch.words.length !== length) this.releaseRing();
    // A ring that shrank under our feet: no honest driver does that without beginning anew.
    this.#scan %= this.#fetch.words.length * 4;
    // After the tail was read: what a driver mapped before it rang is in the queue by now, though it may not have been when
    // this service began.
    this.#host.takeChanges();
    return this.#running;
  }

  /** Plans one batch and has it executed. False when that must wait. */
  #submitNext(): boolean {
    const ring = this.#fetch.words;
    const ringBytes = ring.length * 4;
    if (this.#ringPage === NO_PAGE) {
      this.#ringPage = this.#slices.reserve(Math.ceil(ringBytes / PAGE_SIZE));
      if (this.#ringPage === NO_PAGE) {
        this.fail(RINGGPU_FAULT_MEMORY, 0, 'The GPU has not the memory for the ring.');
        return false;
      }
    }
    const batch = this.take();
    batch.ring = ring;
    batch.ringWord = (this.#ringPage * PAGE_SIZE) / 4;
    batch.ringFirst = this.#scan / 4;
    const stop = this.#plan(batch);
    const end = (this.#scan + batch.ringCount * 4) % ringBytes;
    batch.head = end;
    if (batch.packets > 0) {
      batch.planReadback();
      if (batch.idle) {
        batch.state = 'done';
      } else {
        const submitted = this.#backend.submit(batch);
        if (submitted !== 'taken') {
          this.give(batch);
          if (submitted === 'never')
            this.fail(RINGGPU_FAULT_MEMORY, 0, 'The browser has not the memory for a transfer.');
          return false;
        }
        batch.state = 'flying';
        this.#counters.dmaReadBytes += batch.pullBytes;
      }
      this.planner.commit(batch);
      this.#flights.push(batch);
      this.#host.submitted(batch);
      this.#scan = end;
    } else this.give(batch);
    this.#stop = stop;
    this.#retireDone();
    return stop === null;
  }

  /** Puts packets into the batch until it is full, the fetched ones end, or one is at fault. */
  #plan(batch: Batch): Stop | null {
    const { words: ring, tail } = this.#fetch;
    const context = {
      fence: this.#registers.readAddress('FENCE_ADDR_LO', 'FENCE_ADDR_HI'),
      colourTable: this.#registers.readAddress('COLOUR_TABLE_LO', 'COLOUR_TABLE_HI'),
    };
    const available = (((tail - this.#scan) / 4) & (ring.length - 1)) >>> 0;
    this.planner.begin();
    while (batch.ringCount < available) {
      const at = (batch.ringFirst + batch.ringCount) & (ring.length - 1);
      const code = this.#packet.decode(ring, at, available - batch.ringCount);
      const result = code !== 0 ? { code, address: 0 } : this.planner.add(batch, this.#packet, context);
      if (result === 'full') return null;
      if (result !== null) {
        const name = this.#packet.shape?.name ?? 'The packet';
        const where = result.address === 0 ? '' : ` (logical address ${hex(result.address)})`;
        const sentence = `${name} at ring offset ${hex(at * 4)} ${FAULT_TEXT[result.code]}${where}.`;
        return { ...result, offset: at * 4, info: this.#packet.header, sentence };
      }
      batch.ringCount += this.#packet.words;
    }
    return null;
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
    const { head, generation, idle } = batch;
    this.#counters.dmaWriteBytes += this.#landing.land(batch, () => this.#host.takeChanges(), this.#strays);
    this.planner.retire(batch);
    if (batch.fences > 0) this.#registers.write('FENCE_VALUE', batch.fenceValue);
    if (generation === this.#registers.ringGeneration) {
      this.#head = head;
      this.#registers.write('RING_HEAD', head);
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
    const { code, address, offset, info, sentence } = stop;
    this.#stop = null;
    this.#registers.write('FAULT_CODE', code);
    this.#registers.writeAddress('FAULT_ADDR_LO', 'FAULT_ADDR_HI', address);
    this.#registers.write('FAULT_RING', offset);
    this.#registers.write('FAULT_INFO', info);
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
