/**
 * What the two engines do not share: where the device-visible memory is, and who executes. Everything above this interface
 * (fetching, checking, ordering, landing, faults, scanout) is one implementation for both.
 */
import { PAGE_SIZE } from '../bus/board-memory.ts';
import type { Batch } from './batch.ts';
import type { ApertureSize } from './slice-table.ts';

/** The pointer's image in the aperture, and where on the screen it lies. */
export interface PointerPicture {
  /** First pixel, as a word index in the aperture. */
  readonly word: number;
  readonly pitchWords: number;
  readonly width: number;
  readonly height: number;
  /** The screen's pixel on which its first one lies; it may hang over every edge. */
  readonly x: number;
  readonly y: number;
  /** AND mask, XOR mask behind it; else A8R8G8B8, premultiplied. */
  readonly mono: boolean;
}

/** A surface in the aperture, as scanout shows it. */
export interface Picture {
  /** First pixel, as a word index in the aperture. */
  readonly word: number;
  readonly pitchWords: number;
  readonly width: number;
  readonly height: number;
  /** Words from the first pixel on that are mapped: pixels behind them are black. */
  readonly visibleWords: number;
  readonly format: number;
  /** The monitor's table, 256 words; null when pixels do not go through it. It never changes: another table is another array. */
  readonly lut: Uint32Array | null;
  /** What lies over it; null: nothing. */
  readonly pointer: PointerPicture | null;
}

/** Pages of an aperture at its smallest. */
export const FIRST_APERTURE_PAGES = (4 * 1024 * 1024) / PAGE_SIZE;

/** `taken`: it will be completed · `later`: not now, `ready` follows · `never`: there is not the memory. */
export type Submitted = 'taken' | 'later' | 'never';

/** How a backend reports to its engine. */
export interface BackendHost {
  /** A batch is done: its bytes wait in `batch.bytes`. Never called from within `submit`. */
  completed(batch: Batch): void;
  /** A submission that was refused would be taken now. */
  ready(): void;
  /** The aperture is gone, and everything in flight with it. `restored` or `gone` follows. */
  lost(reason: string): void;
  /** There is an empty aperture again, of as many pages as `backend.pages` says. */
  restored(): void;
  /** There will be no other. */
  gone(sentence: string): void;
  /** Something that was taken cannot be completed, although the GPU is there. */
  broken(sentence: string): void;
}

export interface Backend extends ApertureSize {
  readonly kind: 'webgpu' | 'software';
  /** Name of the GPU. */
  readonly adapter: string;
  /** Refreshes of the monitor that the GPU has not finished. */
  readonly presenting: number;
  /** Sets whom the backend reports to. Called once, before anything else. */
  attach(host: BackendHost): void;
  /** Pulls, executes and reads back a batch. By the time it returns, every byte that it needs of RAM has been read. */
  submit(batch: Batch): Submitted;
  /** The bytes of a completed batch are not needed any more. */
  release(batch: Batch): void;
  /** Forgets what is in flight: none of it will be reported. */
  abandon(): void;
  /** Refreshes the monitor; null: with darkness. Returns false when that could not be done just now. */
  present(picture: Picture | null): boolean;
  /** Words of the aperture, after everything submitted so far; null when they were lost. */
  read(word: number, words: number): Promise<Uint32Array | null>;
  close(): void;
}
