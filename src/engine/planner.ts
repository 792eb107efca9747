/**
 * Turns packets into work: checks every surface against the IOMMU, decides which pages must be pulled, which jobs may
 * run side by side, and which pages belong to the device until their bytes have landed.
 *
 * Rules of ownership, which docs/device.md states for driver authors:
 *
 *  - What a packet reads is pulled when the doorbell is served, but for pages that the device wrote and has not landed yet:
 *    those are the device's own and newer than RAM.
 *  - What a packet writes over wholly is not pulled. Pages that it writes in part are, so that they are whole on the device.
 *  - A fence owns its four bytes and no page.
 */
import { PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import { LOGICAL_LIMIT } from '../bus/iommu.ts';
import { type PacketName, RINGGPU_FLAG_INTERRUPT, RINGGPU_FLAG_TEXTURED } from '../devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_MEMORY,
  RINGGPU_FAULT_READ_ONLY,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_FORMAT_P8,
  RINGGPU_FORMAT_X8R8G8B8,
} from '../devices/ringgpu/registers.ts';
import { NO_PAGE } from '../memory/page-allocator.ts';
import type { Batch } from './batch.ts';
import { JOB_COPY_TO_SCRATCH, JOB_FENCE, JOB_FILL, MAX_JOBS, movesWords } from './job.ts';
import { OPERAND_INDEX } from './operands.ts';
import type { Packet } from './packet-decoder.ts';
import {
  canBecome,
  colourTableAt,
  JOB_KINDS,
  kindFor,
  NO_PLACES,
  type PacketContext,
  type PacketFault,
  type Place,
  type Places,
  readsOf,
  surfaceRefused,
  writesAll,
} from './packet-places.ts';
import type { Slice, SliceTable } from './slice-table.ts';
import { firstByte, mayOverlap, type Rectangle, rowBytes, rowWords, spanBytes, surfaceFault } from './surface.ts';
import { triangleBins, triangleTileShift } from './triangle-bins.ts';

/** Packets in a batch, at most. */
const MAX_PACKETS = 4096;
/** Bytes that one batch pulls before the rest waits for the next; and bytes that its packets read and write. A single packet may exceed both. */
const PULL_BUDGET = 32 * 1024 * 1024;
const WORK_BUDGET = 64 * 1024 * 1024;
/** Pieces of memory that one batch names, at most, likewise. */
const PIECE_BUDGET = 16384;
/** Rectangles of a wider pitch touch the pages of their rows; of a smaller, all pages from first byte to last. */
const SPARSE_PITCH = 3 * PAGE_SIZE;

export class Planner {
  readonly #iommu: IommuReader;
  readonly #slices: SliceTable;
  /** Submissions in flight that write each aperture page. */
  readonly #owned: Uint8Array;
  /** Serial of the batch in which each aperture page became current. */
  readonly #current: Uint32Array;
  /** What the jobs of the last group read and write. */
  readonly #groupReads: Rectangle[] = [];
  readonly #groupWrites: Rectangle[] = [];
  /** The last group may take no more jobs. */
  #groupClosed = false;
  /** Its jobs move words: see `movesWords`. */
  #groupMoves = true;
  /** Fences in flight: bytes in the aperture. */
  readonly #fencesInFlight: number[] = [];

  constructor(iommu: IommuReader, slices: SliceTable, aperturePages: number) {
    this.#iommu = iommu;
    this.#slices = slices;
    this.#owned = new Uint8Array(aperturePages);
    this.#current = new Uint32Array(aperturePages);
  }

  begin(): void {
    this.#groupReads.length = 0;
    this.#groupWrites.length = 0;
    this.#groupClosed = false;
  }

  /**
   * Adds a packet to the batch. Returns null when it is in, 'full' when it must wait for the next batch, or why it cannot be
   * executed at all; then the batch is as it was.
   */
  add(batch: Batch, packet: Packet, context: PacketContext): PacketFault | 'full' | null {
    if (batch.packets >= MAX_PACKETS || batch.jobCount + 2 > MAX_JOBS) return 'full';
    const result = this.#plan(batch, packet, context);
    if (result === null) batch.packets++;
    return result;
  }

  #plan(batch: Batch, packet: Packet, context: PacketContext): PacketFault | 'full' | null {
    switch (packet.shape?.name) {
      case 'FENCE':
        return this.#fence(batch, packet, context.fence);
      case 'FILL_RECT':
      case 'COPY_RECT':
      case 'BLEND_RECT':
      case 'DRAW_TRIANGLES':
      case 'FLIP':
        return this.#transfer(batch, packet, context);
      default:
        return null;
    }
  }

  /** The batch has been submitted: what it writes belongs to the device from now on. */
  commit(batch: Batch): void {
    for (const slice of batch.slices) slice.users++;
    this.#own(batch, 1);
    if (batch.fenceByte >= 0) this.#fencesInFlight.push(batch.fenceByte);
  }

  /** The batch has landed, or never will. */
  retire(batch: Batch): void {
    this.#own(batch, -1);
    if (batch.fenceByte >= 0) this.#fencesInFlight.splice(this.#fencesInFlight.indexOf(batch.fenceByte), 1);
    for (const slice of batch.slices) this.#slices.release(slice);
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
        this.#takeBack(batch, mark, bytesBefore);
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

  /** Appends a run of whole pages, leaving out the fences in it that have not landed. */
  #addRun(batch: Batch, ram: number, aperture: number, bytes: number): void {
    for (const fence of this.#fencesInFlight) {
      if (fence < aperture || fence >= aperture + bytes) continue;
      const before = fence - aperture;
      if (before > 0) this.#addRun(batch, ram, aperture, before);
      if (before + 4 < bytes) this.#addRun(batch, ram + before + 4, fence + 4, bytes - before - 4);
      return;
    }
    batch.pulls.push(ram, aperture, bytes);
    batch.pullBytes += bytes;
  }

  #takeBack(batch: Batch, mark: number, bytes: number): void {
    for (let i = mark; i < batch.pulls.length; i += 3) {
      const aperture = batch.pulls[i + 1] as number;
      const end = aperture + (batch.pulls[i + 2] as number);
      for (let page = Math.floor(aperture / PAGE_SIZE); page * PAGE_SIZE < end; page++) this.#current[page] = 0;
    }
    batch.pulls.length = mark;
    batch.pullBytes = bytes;
  }

  #fence(batch: Batch, packet: Packet, address: number): PacketFault | null {
    if (address !== 0) {
      const rectangle = { base: address, pitch: 4, x: 0, y: 0, width: 1, height: 1, format: RINGGPU_FORMAT_X8R8G8B8 };
      const place = this.#place(rectangle, true);
      if ('code' in place) return place;
      this.#addJob(batch, JOB_FENCE, packet, { ...NO_PLACES, destination: place });
      batch.slices.add(place.slice);
      batch.fenceSlice = place.slice;
      batch.fenceAddress = address;
      batch.fenceByte = place.aperture.base;
      batch.fenceWord = packet.at + OPERAND_INDEX.FENCE_VALUE;
      batch.fenceJobs++;
    }
    batch.fences++;
    batch.fenceValue = packet.word(OPERAND_INDEX.FENCE_VALUE);
    batch.fenceInterrupt ||= (packet.flags & RINGGPU_FLAG_INTERRUPT) !== 0;
    return null;
  }

  /** All that reads surfaces, writes one, or both. */
  #transfer(batch: Batch, packet: Packet, context: PacketContext): PacketFault | 'full' | null {
    const places = this.#places(packet, context);
    if ('code' in places) return places;
    const { destination, source } = places;
    const used = [destination, ...readsOf(places)].filter((place) => place !== null);
    const bytes = used.reduce((sum, { logical }) => sum + spanBytes(logical), 0);
    if (batch.packets > 0) {
      if (batch.pullBytes + bytes > PULL_BUDGET || batch.workBytes + bytes > WORK_BUDGET) return 'full';
      if (batch.pulls.length / 3 + batch.touched.length / 2 > PIECE_BUDGET) return 'full';
    }
    // What is read first: where a copy overlaps itself, what it writes over it also reads.
    const mark = batch.pulls.length;
    const bytesBefore = batch.pullBytes;
    let missing = -1;
    for (const place of readsOf(places)) if (missing < 0) missing = this.#pullRectangle(batch, place);
    if (missing < 0 && destination) {
      missing = writesAll(packet) ? this.#pullEdges(batch, destination) : this.#pullRectangle(batch, destination);
    }
    if (missing >= 0) {
      this.#takeBack(batch, mark, bytesBefore);
      return { code: RINGGPU_FAULT_UNMAPPED, address: missing };
    }
    batch.workBytes += bytes;
    for (const { slice } of used) batch.slices.add(slice);
    if (destination) {
      this.#touch(batch, destination);
      batch.writes.push({ slice: destination.slice, rectangle: destination.logical });
      this.#addTransferJobs(batch, packet, { ...places, destination });
    } else if (source) {
      const { base, pitch, width, height, format } = source.logical;
      const interrupt = (packet.flags & RINGGPU_FLAG_INTERRUPT) !== 0;
      batch.flip = { base, pitch, width, height, format, interrupt };
    }
    return null;
  }

  /** Everything that a packet names, found good; or what is wrong with it. */
  #places(packet: Packet, { colourTable }: PacketContext): Places | PacketFault {
    const shape = packet.shape as NonNullable<Packet['shape']>;
    const destination = shape.destination && this.#place(packet.rectangle(shape.destination), true);
    if (destination && 'code' in destination) return destination;
    const reads = shape.source && (!shape.vertices || (packet.flags & RINGGPU_FLAG_TEXTURED) !== 0);
    const source = reads && shape.source ? this.#place(packet.rectangle(shape.source), false) : null;
    if (source && 'code' in source) return source;
    if (destination && !canBecome(packet, destination, source)) return surfaceRefused(destination);
    const triangles = shape.vertices && this.#place(packet.triangles(shape.vertices), false);
    if (triangles && 'code' in triangles) return triangles;

    const { format } = source?.logical ?? {};
    const looksUp = destination && format === RINGGPU_FORMAT_P8 && destination.logical.format !== RINGGPU_FORMAT_P8;
    const table = looksUp ? this.#place(colourTableAt(colourTable), false) : null;
    if (table && 'code' in table) return table;
    // A copy may overlap itself. Nothing else that is read may change while it is read.
    const steady = shape.vertices ? [source, table, triangles] : [table];
    for (const place of steady) {
      if (place && destination && mayOverlap(place.aperture, destination.aperture)) return surfaceRefused(place);
    }
    return { destination, source, table, triangles };
  }

  #addTransferJobs(batch: Batch, packet: Packet, places: Places & { readonly destination: Place }): void {
    const { destination, source } = places;
    const [kindOfAll = JOB_FILL, fromScratch = 0] = JOB_KINDS[packet.shape?.name as PacketName] ?? [];
    const kind = kindFor(kindOfAll, destination.logical, source?.logical);
    if (places.triangles) {
      this.#groupClosed = true;
      this.#addJob(batch, kind, packet, places);
      this.#groupClosed = true;
    } else if (!source || !mayOverlap(destination.aperture, source.aperture)) {
      this.#addJob(batch, kind, packet, places);
    } else {
      // Scratch is one place: nobody shares a group with either half.
      const { width, height } = source.logical;
      batch.scratchBytes = Math.max(batch.scratchBytes, width * height * 4);
      this.#groupClosed = true;
      this.#addJob(batch, JOB_COPY_TO_SCRATCH, packet, { ...NO_PLACES, source });
      this.#groupClosed = true;
      this.#addJob(batch, fromScratch, packet, { ...places, source: null });
      this.#groupClosed = true;
    }
  }

  #addJob(batch: Batch, kind: number, packet: Packet, places: Places): void {
    const { destination, source, table, triangles } = places;
    const reads = readsOf(places);
    const depends =
      this.#groupClosed ||
      movesWords(kind) !== this.#groupMoves ||
      (destination !== null && touchesAny(destination.aperture, this.#groupReads)) ||
      (destination !== null && touchesAny(destination.aperture, this.#groupWrites)) ||
      reads.some(({ aperture }) => touchesAny(aperture, this.#groupWrites));
    if (depends) this.begin();
    this.#groupMoves = movesWords(kind);
    if (destination) this.#groupWrites.push(destination.aperture);
    for (const { aperture } of reads) this.#groupReads.push(aperture);
    const wordOf = (place: Place | null) => (place ? place.aperture.base / 4 : 0);
    const { width, height } = (destination ?? (source as Place)).logical;
    const columns = destination ? rowWords(destination.logical) : width;
    const { ringWord, ring } = batch;
    let tileShift = 0;
    if (triangles) {
      const { height: count } = triangles.logical;
      tileShift = triangleTileShift(columns, height, count);
      const { tiles, words } = triangleBins(columns, height, count, tileShift);
      batch.binBytes = Math.max(batch.binBytes, tiles * words * 4);
    }
    batch.addJob(depends, [
      ...[kind, packet.at, ringWord, ring.length - 1],
      ...[wordOf(destination), wordOf(source), width, height],
      ...[columns, wordOf(table), wordOf(triangles), triangles ? triangles.logical.height : 0],
      tileShift,
    ]);
  }

  /** Checks a rectangle, and finds it in the aperture. */
  #place(rectangle: Rectangle, write: boolean): Place | PacketFault {
    const code = surfaceFault(rectangle);
    if (code !== 0) return { code, address: rectangle.base };
    const start = firstByte(rectangle);
    const end = start + spanBytes(rectangle);
    const slice = start < LOGICAL_LIMIT ? this.#slices.find(start) : undefined;
    if (!slice) return { code: RINGGPU_FAULT_UNMAPPED, address: start };
    const sliceEnd = (slice.page + slice.pages) * PAGE_SIZE;
    if (end > sliceEnd) return { code: RINGGPU_FAULT_UNMAPPED, address: sliceEnd };
    if (slice.aperturePage === NO_PAGE) return { code: RINGGPU_FAULT_MEMORY, address: start };
    if (write) {
      const missing = this.#iommu.firstUnmapped(start, end - start, true);
      if (missing >= 0) {
        const mapped = this.#iommu.ramPage(Math.floor(missing / PAGE_SIZE)) >= 0;
        return { code: mapped ? RINGGPU_FAULT_READ_ONLY : RINGGPU_FAULT_UNMAPPED, address: missing };
      }
    }
    const base = rectangle.base + (slice.aperturePage - slice.page) * PAGE_SIZE;
    return { slice, logical: rectangle, aperture: { ...rectangle, base } };
  }

  /** Pulls what a rectangle reads. */
  #pullRectangle(batch: Batch, { slice, logical }: Place): number {
    return forEachPiece(logical, (start, bytes) => this.pull(batch, slice, start, bytes));
  }

  /** Pulls the pages that a rectangle writes in part. The others are current once it has been executed. */
  #pullEdges(batch: Batch, { slice, logical }: Place): number {
    if (logical.pitch <= SPARSE_PITCH && logical.height > 1 && logical.pitch !== rowBytes(logical)) {
      return this.pull(batch, slice, firstByte(logical), spanBytes(logical));
    }
    return forEachPiece(logical, (start, bytes) => {
      const end = start + bytes;
      const whole = Math.ceil(start / PAGE_SIZE);
      const wholeEnd = Math.floor(end / PAGE_SIZE);
      if (wholeEnd < whole) return this.pull(batch, slice, start, bytes);
      const missing = start < whole * PAGE_SIZE ? this.pull(batch, slice, start, 1) : -1;
      if (missing >= 0) return missing;
      this.#current.fill(
        batch.serial,
        slice.aperturePage + whole - slice.page,
        slice.aperturePage + wholeEnd - slice.page,
      );
      return end > wholeEnd * PAGE_SIZE ? this.pull(batch, slice, end - 1, 1) : -1;
    });
  }

  #touch(batch: Batch, { slice, logical }: Place): void {
    forEachPiece(logical, (start, bytes) => {
      const first = Math.floor(start / PAGE_SIZE);
      const last = Math.floor((start + bytes - 1) / PAGE_SIZE);
      batch.touched.push(slice.aperturePage + first - slice.page, last - first + 1);
      return -1;
    });
  }

  #own(batch: Batch, change: number): void {
    for (let i = 0; i < batch.touched.length; i += 2) {
      const first = batch.touched[i] as number;
      const end = first + (batch.touched[i + 1] as number);
      for (let page = first; page < end; page++) this.#owned[page] = (this.#owned[page] as number) + change;
    }
  }
}

function touchesAny(rectangle: Rectangle, others: readonly Rectangle[]): boolean {
  for (const other of others) if (mayOverlap(rectangle, other)) return true;
  return false;
}

/**
 * Calls back for each piece of memory that a rectangle touches: all of it when its pitch is small, else row by row.
 * Stops at, and returns, the first result that is not negative; else -1.
 */
function forEachPiece(rectangle: Rectangle, visit: (start: number, bytes: number) => number): number {
  const start = firstByte(rectangle);
  if (rectangle.pitch <= SPARSE_PITCH || rectangle.pitch === rowBytes(rectangle)) {
    return visit(start, spanBytes(rectangle));
  }
  for (let row = 0; row < rectangle.height; row++) {
    const result = visit(start + row * rectangle.pitch, rowBytes(rectangle));
    if (result >= 0) return result;
  }
  return -1;
}
