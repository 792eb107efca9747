/**
 * Which pages of the aperture are pulled out of RAM for a batch, and which are not: those that the batch has pulled already, and
 * those that belong to the device, since it wrote them and their bytes have not landed.
 */
import { PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import type { Batch } from './batch.ts';
import type { Slice } from './slice-table.ts';

export class PagePulls {
  readonly #iommu: IommuReader;
  /** Submissions in flight that write each aperture page. */
  readonly #owned: Uint8Array;
  /** Serial of the batch in which each aperture page became current. */
  readonly #current: Uint32Array;
  /** Fences in flight: bytes in the aperture. A fence owns its four bytes and no page. */
  readonly #fences: number[] = [];

  constructor(iommu: IommuReader, aperturePages: number) {
    this.#iommu = iommu;
    this.#owned = new Uint8Array(aperturePages);
    this.#current = new Uint32Array(aperturePages);
  }

  /**
   * Pulls [start, start + bytes), which lies in `slice`, page by page, but for what the device owns and what is current. Returns
   * the first address that is not mapped, with nothing changed; or -1.
   */
  pull(batch: Batch, slice: Slice, start: number, bytes: number): number {
    const mark = batch.pulls.length;
    const bytesBefore = batch.pullBytes;
    const last = Math.floor((start + bytes - 1) / PAGE_SIZE);
    let runRam = 0;
    let runAperture = 0;
    let runBytes = 0;
    for (let page = Math.floor(start / PAGE_SIZE); page <= last; page++) {
      const ram = this.#iommu.ramPage(page);
      if (ram < 0) {
        if (runBytes > 0) this.#addRun(batch, runRam, runAperture, runBytes);
        this.takeBack(batch, mark, bytesBefore);
        return Math.max(start, page * PAGE_SIZE);
      }
      const aperture = slice.aperturePage + page - slice.page;
      if ((this.#owned[aperture] as number) > 0 || this.#current[aperture] === batch.serial) continue;
      this.#current[aperture] = batch.serial;
      if (ram * PAGE_SIZE === runRam + runBytes && aperture * PAGE_SIZE === runAperture + runBytes) {
        runBytes += PAGE_SIZE;
        continue;
      }
      if (runBytes > 0) this.#addRun(batch, runRam, runAperture, runBytes);
      runRam = ram * PAGE_SIZE;
      runAperture = aperture * PAGE_SIZE;
      runBytes = PAGE_SIZE;
    }
    if (runBytes > 0) this.#addRun(batch, runRam, runAperture, runBytes);
    return -1;
  }

  /** Drops the pulls behind `mark`, so that `bytes` are left. */
  takeBack(batch: Batch, mark: number, bytes: number): void {
    for (let i = mark; i < batch.pulls.length; i += 3) {
      const aperture = batch.pulls[i + 1] as number;
      const end = aperture + (batch.pulls[i + 2] as number);
      for (let page = Math.floor(aperture / PAGE_SIZE); page * PAGE_SIZE < end; page++) this.#current[page] = 0;
    }
    batch.pulls.length = mark;
    batch.pullBytes = bytes;
  }

  /** Pages that the batch will have written wholly: they are current without being pulled. */
  setCurrent(batch: Batch, first: number, end: number): void {
    this.#current.fill(batch.serial, first, end);
  }

  /** Whether any of `pages` aperture pages from `first` on belongs to the device. */
  owns(first: number, pages: number): boolean {
    for (let page = first; page < first + pages; page++) if ((this.#owned[page] as number) > 0) return true;
    return false;
  }

  /** The batch has been submitted: what it writes belongs to the device from now on. */
  commit(batch: Batch): void {
    this.#own(batch, 1);
    if (batch.fenceByte >= 0) this.#fences.push(batch.fenceByte);
  }

  /** The batch has landed, or never will. */
  retire(batch: Batch): void {
    this.#own(batch, -1);
    if (batch.fenceByte >= 0) this.#fences.splice(this.#fences.indexOf(batch.fenceByte), 1);
  }

  #own(batch: Batch, change: number): void {
    for (let i = 0; i < batch.touched.length; i += 2) {
      const first = batch.touched[i] as number;
      const end = first + (batch.touched[i + 1] as number);
      for (let page = first; page < end; page++) this.#owned[page] = (this.#owned[page] as number) + change;
    }
  }

  /** Appends a run of whole pages, leaving out the fences in it that have not landed. */
  #addRun(batch: Batch, ram: number, aperture: number, bytes: number): void {
    for (const fence of this.#fences) {
      if (fence < aperture || fence >= aperture + bytes) continue;
      const before = fence - aperture;
      if (before > 0) this.#addRun(batch, ram, aperture, before);
      if (before + 4 < bytes) this.#addRun(batch, ram + before + 4, fence + 4, bytes - before - 4);
      return;
    }
    batch.pulls.push(ram, aperture, bytes);
    batch.pullBytes += bytes;
  }
}
