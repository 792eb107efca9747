/**
 * The pointer plane: a small image that scanout lays over the picture, wherever the registers say. It is latched at each
 * vertical blank like the surface, and its image is read at each, so a pointer moves without anybody drawing a frame.
 */
import { PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import {
  type RegisterName,
  RINGGPU_POINTER_ENABLE,
  RINGGPU_POINTER_EXTENT,
  RINGGPU_POINTER_MONO,
} from '../devices/ringgpu/registers.ts';
import { NO_PAGE } from '../memory/page-allocator.ts';
import type { PointerPicture } from './backend.ts';
import type { RegisterFile } from './register-file.ts';
import type { Slice, SliceTable } from './slice-table.ts';

/** Bytes from line to line stay below this, so that one refresh reads no more than a few megabytes. */
const PITCH_LIMIT = 65536;

const LATCHED: readonly RegisterName[] = [
  'POINTER_CONTROL',
  'POINTER_BASE_LO',
  'POINTER_BASE_HI',
  'POINTER_PITCH',
  'POINTER_SIZE',
  'POINTER_HOT_SPOT',
  'POINTER_POSITION',
];

/** The pointer's image in logical memory. */
interface Image {
  readonly base: number;
  readonly pitch: number;
  readonly width: number;
  readonly height: number;
  readonly mono: boolean;
  /** From its first to behind its last. */
  readonly bytes: number;
}

/** Memory that the next refresh reads: `bytes` from logical address `base` on, all in one slice. */
export interface PointerRead {
  readonly slice: Slice;
  readonly base: number;
  readonly bytes: number;
}

export class PointerPlane {
  readonly #registers: RegisterFile;
  readonly #iommu: IommuReader;
  readonly #slices: SliceTable;
  readonly #onUnmapped: (address: number) => void;
  #latched: readonly number[] = LATCHED.map(() => 0);
  /** What is latched, when it can be: null without a pointer. */
  #image: Image | null = null;
  #x = 0;
  #y = 0;
  /** The slice in which the image has arrived: before that there is nothing to show. */
  #arrived: Slice | null = null;
  /** An address without mapping that has been reported. */
  #reported = -1;

  /** @param onUnmapped called once for each place where an image should be and nothing is mapped */
  constructor(registers: RegisterFile, iommu: IommuReader, slices: SliceTable, onUnmapped: (address: number) => void) {
    this.#registers = registers;
    this.#iommu = iommu;
    this.#slices = slices;
    this.#onUnmapped = onUnmapped;
  }

  /** Power-on state; the registers have it already. */
  reset(): void {
    this.#latched = LATCHED.map(() => 0);
    this.#image = null;
    this.#arrived = null;
    this.#reported = -1;
  }

  /** A vertical blank: takes over what the registers say. Returns whether that is anything new. */
  latch(): boolean {
    const before = this.#latched;
    const now = LATCHED.map((name) => this.#registers.read(name));
    if (now.every((value, index) => value === before[index])) return false;
    this.#latched = now;
    const [control = 0, low = 0, high = 0, pitch = 0, size = 0, hotSpot = 0, position = 0] = now;
    this.#x = ((position << 16) >> 16) - (hotSpot & 0xffff);
    this.#y = (position >> 16) - (hotSpot >>> 16);
    if (now.slice(0, 5).some((value, index) => value !== before[index])) {
      this.#image = imageOf(control, low + high * 2 ** 32, pitch, size & 0xffff, size >>> 16);
      this.#arrived = null;
      this.#reported = -1;
    }
    return true;
  }

  /** What this refresh must read of the image; null when there is no pointer, or nothing mapped where it should be. */
  read(): PointerRead | null {
    const image = this.#image;
    if (!image) return null;
    const { base, bytes } = image;
    const slice = this.#slices.find(base);
    const sliceEnd = slice ? (slice.page + slice.pages) * PAGE_SIZE : base;
    const mapped = Math.min(bytes, sliceEnd - base);
    const unmapped = !slice ? base : slice.local ? -1 : this.#iommu.firstUnmapped(base, mapped);
    const missing = unmapped >= 0 ? unmapped : sliceEnd < base + bytes ? sliceEnd : -1;
    if (slice && missing < 0) return slice.aperturePage === NO_PAGE ? null : { slice, base, bytes };
    this.#arrived = null;
    if (this.#reported !== missing) {
      this.#reported = missing;
      this.#onUnmapped(missing);
    }
    return null;
  }

  /** The image is on its way to the aperture, before whatever is submitted from now on. */
  arrive({ slice }: PointerRead): void {
    this.#arrived = slice;
  }

  /** The aperture is a new one, and empty. */
  forget(): void {
    this.#arrived = null;
  }

  /** The pointer as it is to be shown; null: there is none. */
  picture(): PointerPicture | null {
    const image = this.#image;
    const slice = this.#arrived;
    if (!image || !slice || slice.dead || slice.aperturePage === NO_PAGE) return null;
    const { base, pitch, width, height, mono } = image;
    const word = (base + (slice.aperturePage - slice.page) * PAGE_SIZE) / 4;
    return { word, pitchWords: pitch / 4, width, height, x: this.#x, y: this.#y, mono };
  }
}

/** The image that the registers describe; null when they want none, or one that cannot be. */
function imageOf(control: number, base: number, pitch: number, width: number, height: number): Image | null {
  const mono = (control & RINGGPU_POINTER_MONO) !== 0;
  const lineBytes = mono ? Math.ceil(width / 32) * 4 : width * 4;
  const good =
    (control & RINGGPU_POINTER_ENABLE) !== 0 &&
    base % 4 === 0 &&
    pitch % 4 === 0 &&
    pitch >= lineBytes &&
    pitch < PITCH_LIMIT &&
    width > 0 &&
    width <= RINGGPU_POINTER_EXTENT &&
    height > 0 &&
    height <= RINGGPU_POINTER_EXTENT;
  const lines = mono ? 2 * height : height;
  return good ? { base, pitch, width, height, mono, bytes: (lines - 1) * pitch + lineBytes } : null;
}
