/**
 * Writes into RAM what the device wrote: byte for byte that, and never a neighbour's. Between the two changes of the
 * LANDING word nobody else gives those pages a new use (see `IommuWriter.unmap`), provided that every page's entry
 * is looked at again in between.
 */
import { type BoardMemory, LANDING, PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import type { LocalMemoryReader } from '../bus/local-memory.ts';
import type { Batch, Write } from './batch.ts';
import { contains, firstByte, rowBytes, spanBytes } from './surface.ts';

/** Bytes that found no page to land in, since their common buffer was released meanwhile. */
export interface Stray {
  readonly address: number;
  readonly bytes: number;
}

export class Landing {
  readonly #control: Int32Array;
  readonly #ram: Uint8Array;
  readonly #ramWords: Int32Array;
  readonly #ramLongs: BigInt64Array;
  readonly #iommu: IommuReader;
  readonly #local: LocalMemoryReader;
  /** Microseconds: the device's time when it was last written. */
  #time = 0;

  constructor(memory: BoardMemory, iommu: IommuReader, local: LocalMemoryReader) {
    this.#control = new Int32Array(memory.control);
    this.#ram = new Uint8Array(memory.ram.buffer);
    this.#ramWords = new Int32Array(memory.ram.buffer);
    this.#ramLongs = new BigInt64Array(memory.ram.buffer);
    this.#iommu = iommu;
    this.#local = local;
  }

  /**
   * Lands a batch. Returns the bytes landed, and puts what could not be into `strays`.
   * @param takeChanges follows the IOMMU's queue; called once RAM is ours to write
   */
  land(batch: Batch, takeChanges: () => void, strays: Stray[]): number {
    const { bytes, timestamp } = batch;
    if (!bytes && !timestamp) return 0;
    let landed = 0;
    Atomics.add(this.#control, LANDING, 1);
    takeChanges();
    if (bytes) landed += this.#landBatch(batch, bytes, strays);
    if (timestamp) {
      if (this.#landTime(timestamp)) landed += 8;
      else strays.push({ address: timestamp.address, bytes: 8 });
    }
    Atomics.add(this.#control, LANDING, 1);
    Atomics.notify(this.#control, LANDING);
    return landed;
  }

  #landBatch(batch: Batch, bytes: Uint8Array, strays: Stray[]): number {
    let landed = 0;
    for (const [index, write] of batch.writes.entries()) {
      if (isCovered(batch.writes, index)) continue;
      const wanted = rowBytes(write.rectangle) * write.rectangle.height;
      const done = write.slice.dead ? 0 : this.#landRectangle(batch, bytes, write);
      if (done < wanted) strays.push({ address: firstByte(write.rectangle), bytes: wanted - done });
      landed += done;
    }
    for (const { aperture, offset, bytes: count } of batch.refreshes) {
      const at = batch.stagingOffset(aperture);
      landed += this.#local.refresh(offset, bytes.subarray(at, at + count));
    }
    if (batch.fenceSlice) {
      if (this.#landFence(batch, bytes)) landed += 4;
      else strays.push({ address: batch.fenceAddress, bytes: 4 });
    }
    return landed;
  }

  /** The device's time goes on by a microsecond at least from one packet that asks for it to the next. */
  #landTime({ slice, address }: NonNullable<Batch['timestamp']>): boolean {
    const page = this.#iommu.ramPage(Math.floor(address / PAGE_SIZE), true);
    if (page < 0 || slice.dead) return false;
    this.#time = Math.max(this.#time + 1, Math.floor(performance.now() * 1000));
    Atomics.store(this.#ramLongs, (page * PAGE_SIZE + (address % PAGE_SIZE)) / 8, BigInt(this.#time));
    return true;
  }

  /** The dword on which the processor may spin comes last, and whole. */
  #landFence(batch: Batch, bytes: Uint8Array): boolean {
    const page = this.#iommu.ramPage(Math.floor(batch.fenceAddress / PAGE_SIZE), true);
    if (page < 0 || batch.fenceSlice?.dead) return false;
    const value = new DataView(bytes.buffer, bytes.byteOffset).getInt32(batch.fenceOffset, true);
    Atomics.store(this.#ramWords, (page * PAGE_SIZE + (batch.fenceAddress % PAGE_SIZE)) / 4, value);
    return true;
  }

  #landRectangle(batch: Batch, bytes: Uint8Array, { slice, rectangle }: Write): number {
    const toAperture = (slice.aperturePage - slice.page) * PAGE_SIZE;
    const start = firstByte(rectangle);
    const bytesPerRow = rowBytes(rectangle);
    if (rectangle.pitch === bytesPerRow) {
      return this.#landBytes(bytes, batch.stagingOffset(start + toAperture), start, spanBytes(rectangle));
    }
    let landed = 0;
    for (let row = 0; row < rectangle.height; row++) {
      const logical = start + row * rectangle.pitch;
      landed += this.#landBytes(bytes, batch.stagingOffset(logical + toAperture), logical, bytesPerRow);
    }
    return landed;
  }

  /** Lands consecutive bytes, in runs as long as RAM's pages lie. */
  #landBytes(bytes: Uint8Array, offset: number, logical: number, count: number): number {
    let landed = 0;
    let done = 0;
    while (done < count) {
      const address = logical + done;
      const page = this.#iommu.ramPage(Math.floor(address / PAGE_SIZE), true);
      let run = Math.min(count - done, PAGE_SIZE - (address % PAGE_SIZE));
      if (page >= 0) {
        let next = page + 1;
        while (done + run < count && this.#iommu.ramPage(Math.floor((address + run) / PAGE_SIZE), true) === next) {
          run = Math.min(count - done, run + PAGE_SIZE);
          next++;
        }
        this.#ram.set(bytes.subarray(offset + done, offset + done + run), page * PAGE_SIZE + (address % PAGE_SIZE));
        landed += run;
      }
      done += run;
    }
    return landed;
  }
}

/** Whether a later write of the batch covers this one wholly, so that landing it would only write the same bytes twice. */
function isCovered(writes: readonly Write[], index: number): boolean {
  const { slice, rectangle } = writes[index] as Write;
  for (let later = index + 1; later < writes.length; later++) {
    const other = writes[later] as Write;
    if (other.slice === slice && contains(other.rectangle, rectangle)) return true;
  }
  return false;
}
