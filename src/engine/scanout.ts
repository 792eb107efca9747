/**
 * The monitor's side of the device: which surface is on show, latched at each vertical blank. A FLIP that has retired
 * since the last one wins; else the SCANOUT registers, if the processor has changed them. A surface named by the registers is
 * pulled at every vblank, as a display reads its memory at every refresh; one that a FLIP names came with its packet. One in local
 * memory is shown where it lies, with what the processor has written there. The pointer's image is pulled at every vblank too.
 *
 * A monitor outlives its machines. Until this one's first frame it is left as the one before has left it, and it keeps its picture
 * from the moment at which the machine is asked to stop, whatever the driver's shutdown does to the screen.
 */
import { PAGE_SIZE } from '../bus/board-memory.ts';
import type { IommuReader } from '../bus/iommu.ts';
import {
  type RegisterName,
  RINGGPU_FORMAT_P8,
  RINGGPU_INT_FLIP,
  RINGGPU_INT_VBLANK,
  RINGGPU_LOCAL_BASE,
  RINGGPU_LOCAL_BYTES,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_SCANOUT_GAMMA,
} from '../devices/ringgpu/registers.ts';
import { NO_PAGE } from '../memory/page-allocator.ts';
import type { Backend, Picture } from './backend.ts';
import type { Flip } from './batch.ts';
import type { CommandProcessor } from './command-processor.ts';
import type { EngineCounters, EngineEvent, Screen } from './engine.ts';
import { toScreen } from './pixels.ts';
import { pointerWords } from './pointer-pixels.ts';
import { PointerPlane } from './pointer-plane.ts';
import type { RegisterFile } from './register-file.ts';
import { hex } from './ring-fetch.ts';
import type { Slice, SliceTable } from './slice-table.ts';
import { pixelShift, type Rectangle, spanBytes, surfaceFlaw } from './surface.ts';

/** Before the first mode. */
const DARK_WIDTH = 640;
const DARK_HEIGHT = 480;

const LATCHED: readonly RegisterName[] = [
  'SCANOUT_BASE_LO',
  'SCANOUT_BASE_HI',
  'SCANOUT_PITCH',
  'SCANOUT_FORMAT',
  'SCANOUT_SIZE',
];

/** Entries of the monitor's table. */
const LUT_ENTRIES = 256;

/** Refreshes that may be under way on the GPU. */
const MAX_PRESENTING = 2;

export class Scanout {
  readonly #registers: RegisterFile;
  readonly #iommu: IommuReader;
  readonly #slices: SliceTable;
  readonly #backend: Backend;
  readonly #processor: CommandProcessor;
  readonly #counters: EngineCounters;
  readonly #onEvent: (event: EngineEvent) => void;
  readonly #ramBytes: number;
  readonly #pointer: PointerPlane;
  /** Registers as they stood at the last latch. */
  #latched: readonly number[] = LATCHED.map(() => 0);
  #flip: Flip | null = null;
  /** Vblanks since reset. */
  #vblanks = 0;
  /** The monitor's table at the last vblank; null when the surface on show does not use it. */
  #lut: Uint32Array | null = null;
  /** SCANOUT_CONTROL.ENABLE at the last vblank. */
  #enabled = false;
  /** What the monitor shows; null: darkness. */
  #surface: Rectangle | null = null;
  /** It is read anew at every vblank. */
  #live = false;
  /** What is on the monitor may differ from what is in the aperture. */
  #stale = true;
  /** The monitor keeps what it shows. */
  #frozen = false;
  /** What was last shown: the picture's first word, or -1, how much of it, and the pointer's first word, or -1. */
  #shownWord = -1;
  #shownVisible = 0;
  #shownPointer = -1;
  /** An address without mapping that has been reported. */
  #reported = -1;
  #width = DARK_WIDTH;
  #height = DARK_HEIGHT;

  constructor(
    registers: RegisterFile,
    iommu: IommuReader,
    slices: SliceTable,
    backend: Backend,
    processor: CommandProcessor,
    counters: EngineCounters,
    ramBytes: number,
    onEvent: (event: EngineEvent) => void,
  ) {
    this.#registers = registers;
    this.#iommu = iommu;
    this.#slices = slices;
    this.#backend = backend;
    this.#processor = processor;
    this.#counters = counters;
    this.#ramBytes = ramBytes;
    this.#onEvent = onEvent;
    this.#pointer = new PointerPlane(registers, iommu, slices, (address) =>
      this.#reportUnmapped(address, 'there is no pointer'),
    );
  }

  /** Shows `flip` from the next vblank on, unless another comes before. */
  flip(flip: Flip): void {
    this.#flip = flip;
  }

  get flipWaiting(): boolean {
    return this.#flip !== null;
  }

  /** The GPU keeps up with the refreshes asked of it. */
  get ready(): boolean {
    return this.#backend.presenting < MAX_PRESENTING;
  }

  /** The aperture may look different. */
  touch(): void {
    this.#stale = true;
  }

  /** The aperture is a new one, and empty. */
  refetch(): void {
    this.#stale = true;
    this.#pointer.forget();
    this.#pull(this.#surface);
  }

  /** From now on the monitor keeps what it shows. All else goes on, {@link screen} too. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Power-on state; the registers have it already. */
  reset(): void {
    this.#vblanks = 0;
    this.#lut = null;
    this.#enabled = false;
    this.#latched = LATCHED.map(() => 0);
    this.#flip = null;
    this.#surface = null;
    this.#live = false;
    this.#pointer.reset();
    this.#stale = true;
    this.#reported = -1;
  }

  /** A vertical blank: latches, shows, counts, and tells the processor. Returns the flip that took effect, or null. */
  vblank(): Flip | null {
    const control = this.#registers.read('SCANOUT_CONTROL');
    const enabled = (control & RINGGPU_SCANOUT_ENABLE) !== 0;
    const flip = this.#flip;
    this.#flip = null;
    this.#enabled = enabled;
    if (flip) this.#takeFlip(flip, enabled);
    else if (enabled) this.#takeRegisters();
    const shown = enabled ? this.#surface : null;
    this.#takeLut(shown !== null && (shown.format === RINGGPU_FORMAT_P8 || (control & RINGGPU_SCANOUT_GAMMA) !== 0));
    if (this.#pointer.latch()) this.#stale = true;
    if (shown) this.#pull(this.#live || shown.base >= RINGGPU_LOCAL_BASE ? shown : null);
    this.#registers.writeAddress('SCANOUT_ACTIVE_LO', 'SCANOUT_ACTIVE_HI', shown?.base ?? 0);
    this.#counters.vblanks++;
    this.#registers.write('VBLANK_COUNT', ++this.#vblanks);
    if (this.ready) this.#present();
    this.#registers.raise(RINGGPU_INT_VBLANK | (flip?.interrupt ? RINGGPU_INT_FLIP : 0));
    return flip;
  }

  /** The picture on the monitor; null when the GPU was lost while it was read. */
  async screen(): Promise<Screen | null> {
    const picture = this.#picture();
    if (!picture) return this.darkness();
    const { width, height, visibleWords, pitchWords, pointer } = picture;
    const words = Math.min(
      visibleWords,
      (height - 1) * pitchWords + Math.ceil(width / 2 ** pixelShift(picture.format)),
    );
    const [memory, image] = await Promise.all([
      this.#backend.read(picture.word, words),
      pointer && this.#backend.read(pointer.word, pointerWords(pointer)),
    ]);
    if (!memory || (pointer && !image)) return null;
    return { width, height, pixels: toScreen(memory, picture, image) };
  }

  /** A monitor that shows nothing. */
  darkness(): Screen {
    const width = this.#width;
    const height = this.#height;
    const pixels = new Uint8ClampedArray(width * height * 4);
    new Uint32Array(pixels.buffer).fill(0xff00_0000);
    return { width, height, pixels };
  }

  #takeFlip(flip: Flip, enabled: boolean): void {
    this.#registers.writeAddress('SCANOUT_BASE_LO', 'SCANOUT_BASE_HI', flip.base);
    this.#registers.write('SCANOUT_PITCH', flip.pitch);
    this.#registers.write('SCANOUT_FORMAT', flip.format);
    this.#registers.write('SCANOUT_SIZE', (flip.height << 16) | flip.width);
    this.#latched = LATCHED.map((name) => this.#registers.read(name));
    this.#latch({ ...flip, x: 0, y: 0 }, false, enabled);
  }

  #takeRegisters(): void {
    const now = LATCHED.map((name) => this.#registers.read(name));
    if (now.every((value, index) => value === this.#latched[index])) return;
    this.#latched = now;
    const [low = 0, high = 0, pitch = 0, format = 0, size = 0] = now;
    const base = low + high * 2 ** 32;
    const surface = { base, pitch, format, x: 0, y: 0, width: size & 0xffff, height: size >>> 16 };
    const good = surfaceFlaw(surface) === null && spanBytes(surface) <= Math.max(this.#ramBytes, RINGGPU_LOCAL_BYTES);
    this.#latch(good ? surface : null, good, good);
  }

  /** Latches the monitor's table, if it is used. The same array stands for the same colours. */
  #takeLut(used: boolean): void {
    const before = this.#lut;
    if (!used) this.#lut = null;
    else {
      const now = Uint32Array.from({ length: LUT_ENTRIES }, (_, entry) => this.#registers.readAt('LUT', entry));
      if (!before?.every((colour, entry) => colour === now[entry])) this.#lut = now;
    }
    if (this.#lut !== before) this.#stale = true;
  }

  #latch(surface: Rectangle | null, live: boolean, counts: boolean): void {
    this.#surface = surface;
    this.#live = live;
    this.#stale = true;
    this.#reported = -1;
    if (counts) this.#counters.frames++;
    if (!surface) return;
    this.#width = surface.width;
    this.#height = surface.height;
  }

  /** Bytes of a surface that can be shown: up to the first that is not mapped. */
  #visibleBytes(surface: Rectangle, slice: Slice | undefined): number {
    if (!slice || slice.aperturePage === NO_PAGE) return 0;
    const mapped = (slice.page + slice.pages) * PAGE_SIZE - surface.base;
    return Math.min(spanBytes(surface), mapped);
  }

  /** Pulls what a refresh reads: a surface, unless it came with its FLIP, and the pointer's image. */
  #pull(surface: Rectangle | null): void {
    const pointer = this.#pointer.read();
    if (!surface && !pointer) return;
    const { planner } = this.#processor;
    const batch = this.#processor.take();
    const slice = surface ? this.#slices.find(surface.base) : undefined;
    const bytes = surface ? this.#visibleBytes(surface, slice) : 0;
    if (surface && slice && bytes > 0) {
      const unmapped = slice.local ? -1 : this.#iommu.firstUnmapped(surface.base, bytes);
      const mapped = unmapped < 0 ? bytes : unmapped - surface.base;
      if (mapped > 0) planner.pull(batch, slice, surface.base, mapped);
    }
    if (pointer) planner.pull(batch, pointer.slice, pointer.base, pointer.bytes);
    const taken = batch.pullBytes > 0 && this.#backend.submit(batch) === 'taken';
    if (taken) {
      this.#counters.dmaReadBytes += batch.pullBytes;
      this.#stale = true;
    }
    // Without a free slab this refresh shows what the last one did. What the device drew itself needs no pull.
    if (pointer && (taken || batch.pullBytes === 0)) this.#pointer.arrive(pointer);
    if (!taken) this.#processor.cancel(batch);
  }

  /** Where the surface on show lies; null: the monitor is dark. */
  #picture(): Picture | null {
    const surface = this.#surface;
    if (!this.#enabled || !surface) return null;
    const slice = this.#slices.find(surface.base);
    const bytes = this.#visibleBytes(surface, slice);
    if (bytes < spanBytes(surface)) this.#report(surface.base + Math.max(0, bytes));
    if (!slice || bytes <= 0) return null;
    return {
      word: (surface.base + (slice.aperturePage - slice.page) * PAGE_SIZE) / 4,
      pitchWords: surface.pitch / 4,
      width: surface.width,
      height: surface.height,
      visibleWords: Math.ceil(bytes / 4),
      format: surface.format,
      lut: this.#lut,
      pointer: this.#pointer.picture(),
    };
  }

  #present(): void {
    if (this.#frozen || this.#counters.frames === 0) return;
    const picture = this.#picture();
    const word = picture?.word ?? -1;
    const visible = picture?.visibleWords ?? 0;
    const pointer = picture?.pointer?.word ?? -1;
    const same = word === this.#shownWord && visible === this.#shownVisible && pointer === this.#shownPointer;
    if (same && !this.#stale) return;
    if (!this.#backend.present(picture)) return;
    this.#stale = false;
    this.#shownWord = word;
    this.#shownVisible = visible;
    this.#shownPointer = pointer;
  }

  #report(address: number): void {
    if (this.#reported === address) return;
    this.#reported = address;
    this.#reportUnmapped(address, 'the screen is black there');
  }

  #reportUnmapped(address: number, consequence: string): void {
    const sentence = `Scanout found nothing mapped at ${hex(address)}: ${consequence}.`;
    this.#onEvent({ kind: 'scanout-unmapped', address: BigInt(address), sentence });
  }
}
