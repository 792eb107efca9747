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
 *  - Local memory is the device's own: nothing of it is pulled or lands, but for what the processor writes through its window.
 */
import { PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import type { LocalMemoryReader } from '../bus/local-memory.ts';
import {
  type PacketName,
  RINGGPU_FLAG_INTERRUPT,
  RINGGPU_FLAG_TEXTURED,
  RINGGPU_FLAG_WINDOW,
} from '../devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_MEMORY,
  RINGGPU_FAULT_READ_ONLY,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_FORMAT_P8,
  RINGGPU_LOCAL_BASE,
} from '../devices/ringgpu/registers.ts';
import { NO_PAGE } from '../memory/page-allocator.ts';
import type { Batch } from './batch.ts';
import { JOB_COPY_TO_SCRATCH, JOB_FENCE, JOB_FILL, JOB_MOVE, MAX_JOBS, shaderOf } from './job.ts';
import { JobGroups } from './job-groups.ts';
import { ENGINE_OPERAND, OPERAND_INDEX } from './operands.ts';
import type { Packet } from './packet-decoder.ts';
import { colourTableFault, outsideMemory, refused, sourceName, trianglesFault } from './packet-faults.ts';
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
  rangeAt,
  readsOf,
  writesAll,
} from './packet-places.ts';
import { PagePulls } from './page-pulls.ts';
import type { Slice, SliceTable } from './slice-table.ts';
import { firstByte, mayOverlap, type Rectangle, rowBytes, rowWords, spanBytes, surfaceFlaw } from './surface.ts';
import { triangleBinWords, triangleTileShift } from './triangle-bins.ts';

/** Packets in a batch, at most. */
export const MAX_PACKETS = 4096;
/** Bytes that one batch pulls before the rest waits for the next; and bytes that its packets read and write. A single packet may exceed both. */
const PULL_BUDGET = 32 * 1024 * 1024;
const WORK_BUDGET = 64 * 1024 * 1024;
/** Pieces of memory that one batch names, at most, likewise; and of which a page of local memory can consist. */
const PIECE_BUDGET = 16384;
const PAGE_PIECES = PAGE_SIZE / 8;
/** Rectangles of a wider pitch touch the pages of their rows; of a smaller, all pages from first byte to last. */
const SPARSE_PITCH = 3 * PAGE_SIZE;

export class Planner {
  readonly #iommu: IommuReader;
  readonly #slices: SliceTable;
  readonly #local: LocalMemoryReader;
  /** Where the processor's window onto local memory begins among all that can be pulled. */
  readonly #localBase: number;
  readonly #pulls: PagePulls;
  readonly #groups = new JobGroups();
  /** The last fence's index in `batch.commands`, and its dword in the aperture, as long as no other job has touched that. */
  #fenceCommand = 0;
  #fencePlace: Rectangle | null = null;

  constructor(
    iommu: IommuReader,
    slices: SliceTable,
    local: LocalMemoryReader,
    localBase: number,
    aperturePages: number,
  ) {
    this.#iommu = iommu;
    this.#slices = slices;
    this.#local = local;
    this.#localBase = localBase;
    this.#pulls = new PagePulls(iommu, aperturePages);
  }

  begin(): void {
    this.#groups.begin();
    this.#fencePlace = null;
  }

  /**
   * Adds a packet to the batch. Returns null when it is in, 'full' when it must wait for the next batch, or why it cannot be
   * executed at all; then the batch is as it was.
   */
  add(batch: Batch, packet: Packet, context: PacketContext): PacketFault | 'full' | null {
    if (batch.closed || batch.packets >= MAX_PACKETS || batch.jobCount + 2 > MAX_JOBS) return 'full';
    const result = this.#plan(batch, packet, context);
    if (result === null) batch.packets++;
    return result;
  }

  #plan(batch: Batch, packet: Packet, context: PacketContext): PacketFault | 'full' | null {
    switch (packet.shape?.name) {
      case 'FENCE':
        return this.#fence(batch, packet, context.fence);
      case 'TIMESTAMP':
        return this.#timestamp(batch, packet);
      case 'WRITE_BACK':
        return this.#writeBack(batch, packet);
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
    this.#pulls.commit(batch);
  }

  /** The batch has landed, or never will. */
  retire(batch: Batch): void {
    this.#pulls.retire(batch);
    for (const slice of batch.slices) this.#slices.release(slice);
  }

  /** The batch was not taken: what the processor wrote into its window has yet to be pulled. */
  cancel(batch: Batch): void {
    const { pulls } = batch;
    for (let i = 0; i < pulls.length; i += 3) {
      const offset = (pulls[i] as number) - this.#localBase;
      if (offset >= 0) this.#local.putBack(offset, pulls[i + 2] as number);
    }
  }

  /** Pulls what the processor has written into its window onto local memory. False when there is more than a batch may pull. */
  pullWindow(batch: Batch): boolean {
    if (!this.#local.written) return true;
    const { aperturePage } = this.#slices.local;
    // Without memory for it, packets that name it fault.
    if (aperturePage === NO_PAGE) return true;
    return this.#local.take(
      (offset, bytes) => {
        batch.pulls.push(this.#localBase + offset, aperturePage * PAGE_SIZE + offset, bytes);
        batch.pullBytes += bytes;
      },
      () => batch.pulls.length / 3 + PAGE_PIECES < PIECE_BUDGET && batch.pullBytes + PAGE_SIZE < PULL_BUDGET,
    );
  }

  /**
   * Pulls [start, start + bytes) of a surface that is shown, which lies in `slice`. Returns the first address that is not mapped,
   * with nothing changed; or -1.
   */
  pull(batch: Batch, slice: Slice, start: number, bytes: number): number {
    if (!slice.local) return this.#pulls.pull(batch, slice, start, bytes);
    this.pullWindow(batch);
    return -1;
  }

  /** Whether bytes in a slice are about to change: packets of this batch, or of one in flight, write their pages. */
  isUnsettled(batch: Batch, slice: Slice, start: number, bytes: number): boolean {
    const first = Math.floor(start / PAGE_SIZE) - slice.page + slice.aperturePage;
    const end = Math.floor((start + bytes - 1) / PAGE_SIZE) - slice.page + slice.aperturePage + 1;
    const { touched } = batch;
    for (let i = 0; i < touched.length; i += 2) {
      const page = touched[i] as number;
      if (page < end && first < page + (touched[i + 1] as number)) return true;
    }
    return this.#pulls.owns(first, end - first);
  }

  /** Finds words that the device reads or writes, beside surfaces: `bytes` in one mapped range. */
  range(base: number, bytes: number, write: boolean): Place | PacketFault {
    return this.#locate(rangeAt(base, bytes), write);
  }

  #timestamp(batch: Batch, packet: Packet): PacketFault | null {
    const address = packet.address(ENGINE_OPERAND.TIMESTAMP_ADDRESS);
    if (address % 8 !== 0) return refused(address, 'writes to an address that is no multiple of 8');
    if (address >= RINGGPU_LOCAL_BASE) return refused(address, `writes to ${outsideMemory(address)}`);
    const place = this.range(address, 8, true);
    if ('code' in place) return place;
    batch.slices.add(place.slice);
    batch.timestamp = { slice: place.slice, address };
    batch.closed = true;
    return null;
  }

  #writeBack(batch: Batch, packet: Packet): PacketFault | 'full' | null {
    const bytes = packet.word(ENGINE_OPERAND.WRITE_BACK_BYTES);
    const from = packet.address(ENGINE_OPERAND.WRITE_BACK_SOURCE);
    const to = packet.address(ENGINE_OPERAND.WRITE_BACK_DESTINATION);
    const isRefresh = (packet.flags & RINGGPU_FLAG_WINDOW) !== 0;
    if (from < RINGGPU_LOCAL_BASE) return refused(from, 'copies from memory that is not local');
    if (bytes === 0 || bytes % 4 !== 0)
      return refused(from, `copies ${bytes} bytes, which is no multiple of 4 above 0`);
    if (from % 4 !== 0) return refused(from, 'copies from an address that is no multiple of 4');
    const source = this.range(from, bytes, false);
    if ('code' in source) return source;
    if (!isRefresh && to >= RINGGPU_LOCAL_BASE) return refused(to, `copies to ${outsideMemory(to)}`);
    if (!isRefresh && to % 4 !== 0) return refused(to, 'copies to an address that is no multiple of 4');
    const destination = isRefresh ? null : this.range(to, bytes, true);
    if (destination && 'code' in destination) return destination;
    if (batch.packets > 0 && batch.workBytes + bytes > WORK_BUDGET) return 'full';
    if (destination) {
      const mark = batch.pulls.length;
      const bytesBefore = batch.pullBytes;
      const missing = this.#pullEdges(batch, destination);
      if (missing >= 0) {
        this.#pulls.takeBack(batch, mark, bytesBefore);
        return { code: RINGGPU_FAULT_UNMAPPED, address: missing };
      }
      this.#write(batch, destination);
      this.#addJob(batch, JOB_MOVE, 0, { ...NO_PLACES, destination, source });
    } else {
      const { base } = source.aperture;
      batch.touched.push(
        Math.floor(base / PAGE_SIZE),
        Math.ceil((base + bytes) / PAGE_SIZE) - Math.floor(base / PAGE_SIZE),
      );
      batch.refreshes.push({ aperture: base, offset: from - RINGGPU_LOCAL_BASE, bytes });
      // What a later packet writes there is not to be seen in the window.
      batch.closed = true;
    }
    batch.slices.add(source.slice);
    batch.workBytes += bytes;
    return null;
  }

  #fence(batch: Batch, packet: Packet, address: number): PacketFault | null {
    if (address !== 0) {
      if (address >= RINGGPU_LOCAL_BASE) return refused(address, `writes to ${outsideMemory(address)}: see FENCE_ADDR`);
      if (address % 4 !== 0) return refused(address, 'writes to FENCE_ADDR, which is no multiple of 4');
      const place = this.range(address, 4, true);
      if ('code' in place) return place;
      // Where nobody has looked at the last fence's value, this one takes its place.
      const isLatest = this.#fencePlace?.base === place.aperture.base;
      const command = batch.addCommand(packet, isLatest ? this.#fenceCommand : undefined);
      if (!isLatest) {
        this.#addJob(batch, JOB_FENCE, command, { ...NO_PLACES, destination: place });
        this.#fenceCommand = command;
        this.#fencePlace = place.aperture;
        batch.fenceJobs++;
      }
      batch.slices.add(place.slice);
      batch.fenceSlice = place.slice;
      batch.fenceAddress = address;
      batch.fenceByte = place.aperture.base;
      batch.fenceWord = command + OPERAND_INDEX.FENCE_VALUE;
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
      this.#pulls.takeBack(batch, mark, bytesBefore);
      return { code: RINGGPU_FAULT_UNMAPPED, address: missing };
    }
    batch.workBytes += bytes;
    for (const { slice } of used) batch.slices.add(slice);
    if (destination) {
      this.#write(batch, destination);
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
    const destination = shape.destination && this.#place(packet.rectangle(shape.destination), true, 'a destination');
    if (destination && 'code' in destination) return destination;
    const reads = shape.source && (!shape.vertices || (packet.flags & RINGGPU_FLAG_TEXTURED) !== 0);
    const source =
      reads && shape.source ? this.#place(packet.rectangle(shape.source), false, sourceName(packet)) : null;
    if (source && 'code' in source) return source;
    if (destination && !canBecome(packet, destination, source)) {
      return refused(destination.logical.base, 'writes P8 pixels, as only FILL_RECT does, and COPY_RECT from P8');
    }
    const vertices = shape.vertices && packet.triangles(shape.vertices);
    const triangles = vertices && (trianglesFault(vertices) ?? this.#locate(vertices, false));
    if (triangles && 'code' in triangles) return triangles;

    const { format } = source?.logical ?? {};
    const looksUp = destination && format === RINGGPU_FORMAT_P8 && destination.logical.format !== RINGGPU_FORMAT_P8;
    const table = looksUp ? this.#place(colourTableAt(colourTable), false, 'a colour table') : null;
    if (table && 'code' in table) return colourTableFault(table, colourTable);
    // A copy may overlap itself. Nothing else that is read may change while it is read.
    const steady = shape.vertices ? [source, table, triangles] : [table];
    for (const place of steady) {
      if (place && destination && mayOverlap(place.aperture, destination.aperture)) {
        const what = place === table ? 'its colour table' : place === triangles ? 'its vertices' : 'its texture';
        return refused(place.logical.base, `writes over ${what}`);
      }
    }
    return { destination, source, table, triangles };
  }

  #addTransferJobs(batch: Batch, packet: Packet, places: Places & { readonly destination: Place }): void {
    const { destination, source } = places;
    const [kindOfAll = JOB_FILL, fromScratch = 0] = JOB_KINDS[packet.shape?.name as PacketName] ?? [];
    const kind = kindFor(kindOfAll, destination.logical, source?.logical);
    const command = batch.addCommand(packet);
    if (places.triangles) {
      this.#addJob(batch, kind, command, places, true);
    } else if (!source || !mayOverlap(destination.aperture, source.aperture)) {
      this.#addJob(batch, kind, command, places);
    } else {
      const { width, height } = source.logical;
      batch.scratchBytes = Math.max(batch.scratchBytes, width * height * 4);
      this.#addJob(batch, JOB_COPY_TO_SCRATCH, command, { ...NO_PLACES, source }, true);
      this.#addJob(batch, fromScratch, command, { ...places, source: null }, true);
    }
  }

  /**
   * @param command index of the packet's header in `batch.commands`
   * @param alone it uses scratch memory, which is one place
   */
  #addJob(batch: Batch, kind: number, command: number, places: Places, alone = false): void {
    const { destination, source, table, triangles } = places;
    const writes = destination?.aperture ?? null;
    const reads = readsOf(places).map(({ aperture }) => aperture);
    const fence = this.#fencePlace;
    if (fence && ((writes && mayOverlap(fence, writes)) || reads.some((read) => mayOverlap(fence, read)))) {
      this.#fencePlace = null;
    }
    const wordOf = (place: Place | null) => (place ? place.aperture.base / 4 : 0);
    const { width, height } = (destination ?? (source as Place)).logical;
    const columns = destination ? rowWords(destination.logical) : width;
    let tileShift = 0;
    if (triangles) {
      const { height: count } = triangles.logical;
      tileShift = triangleTileShift(columns, height, count);
      batch.binBytes = Math.max(batch.binBytes, triangleBinWords(columns, height, count, tileShift) * 4);
    }
    const group = this.#groups.place({ writes, reads, shader: shaderOf(kind), alone, columns, rows: height });
    batch.addJob(group, [
      ...[kind, batch.commandPlace + command, wordOf(destination), wordOf(source), width, height],
      ...[columns, wordOf(table), wordOf(triangles), triangles ? triangles.logical.height : 0],
      tileShift,
    ]);
  }

  /**
   * Checks a rectangle, and finds it in the aperture.
   * @param what it is to the packet, for people
   */
  #place(rectangle: Rectangle, write: boolean, what: string): Place | PacketFault {
    const flaw = surfaceFlaw(rectangle);
    return flaw === null
      ? this.#locate(rectangle, write)
      : refused(rectangle.base, `names ${what} that cannot be: ${flaw}`);
  }

  /** Finds a rectangle in the aperture. */
  #locate(rectangle: Rectangle, write: boolean): Place | PacketFault {
    const start = firstByte(rectangle);
    const end = start + spanBytes(rectangle);
    const slice = this.#slices.find(start);
    if (!slice) return unmapped(start);
    // A surface that begins in one buffer does not reach into another, not even past all of the rest of its own.
    const first = this.#slices.find(rectangle.base);
    if (first && first !== slice) return unmapped((first.page + first.pages) * PAGE_SIZE);
    const sliceEnd = (slice.page + slice.pages) * PAGE_SIZE;
    if (end > sliceEnd) return unmapped(sliceEnd);
    if (slice.aperturePage === NO_PAGE) return { code: RINGGPU_FAULT_MEMORY, address: start };
    if (write && !slice.local) {
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
    if (slice.local) return -1;
    return forEachPiece(logical, (start, bytes) => this.#pulls.pull(batch, slice, start, bytes));
  }

  /** Pulls the pages that a rectangle writes in part. The others are current once it has been executed. */
  #pullEdges(batch: Batch, { slice, logical }: Place): number {
    if (slice.local) return -1;
    if (logical.pitch <= SPARSE_PITCH && logical.height > 1 && logical.pitch !== rowBytes(logical)) {
      return this.#pulls.pull(batch, slice, firstByte(logical), spanBytes(logical));
    }
    return forEachPiece(logical, (start, bytes) => {
      const end = start + bytes;
      const whole = Math.ceil(start / PAGE_SIZE);
      const wholeEnd = Math.floor(end / PAGE_SIZE);
      if (wholeEnd < whole) return this.#pulls.pull(batch, slice, start, bytes);
      const missing = start < whole * PAGE_SIZE ? this.#pulls.pull(batch, slice, start, 1) : -1;
      if (missing >= 0) return missing;
      const toAperture = slice.aperturePage - slice.page;
      this.#pulls.setCurrent(batch, whole + toAperture, wholeEnd + toAperture);
      return end > wholeEnd * PAGE_SIZE ? this.#pulls.pull(batch, slice, end - 1, 1) : -1;
    });
  }

  /** The batch writes a rectangle: its pages belong to the device, and its bytes will land. */
  #write(batch: Batch, { slice, logical }: Place): void {
    if (slice.local) return;
    batch.writes.push({ slice, rectangle: logical });
    forEachPiece(logical, (start, bytes) => {
      const first = Math.floor(start / PAGE_SIZE);
      const last = Math.floor((start + bytes - 1) / PAGE_SIZE);
      batch.touched.push(slice.aperturePage + first - slice.page, last - first + 1);
      return -1;
    });
  }
}

function unmapped(address: number): PacketFault {
  const why = 'names an address beyond the end of local memory';
  return { code: RINGGPU_FAULT_UNMAPPED, address, ...(address >= RINGGPU_LOCAL_BASE && { why }) };
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
