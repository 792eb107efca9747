/** Rectangles of the aperture, and how pixels are read from them and written to them. */
import { pixelShift } from '../surface.ts';

/** A rectangle of a surface in the aperture. */
export interface Place {
  readonly memory: Uint32Array;
  /** Of the row in which the rectangle begins. Surfaces may begin below 0, modulo 2³². */
  readonly word: number;
  readonly pitchWords: number;
  readonly x: number;
  readonly y: number;
  readonly format: number;
  readonly shift: number;
}

/**
 * A rectangle out of a packet's operands.
 * @param surface word index of the surface's first pixel
 * @param pitch in bytes
 */
export function placeOf(memory: Uint32Array, surface: number, pitch: number, xy: number, format: number): Place {
  const pitchWords = pitch >>> 2;
  const word = (surface + (xy >>> 16) * pitchWords) >>> 0;
  return { memory, word, pitchWords, x: xy & 0xffff, y: xy >>> 16, format, shift: pixelShift(format) };
}

/** Word index of the word in which a pixel of a rectangle stands. */
function wordOf({ word, pitchWords, x: left, shift }: Place, x: number, y: number): number {
  return (word + y * pitchWords + ((left + x) >>> shift)) >>> 0;
}

/** The pixel at x, y of a rectangle, as it stands in memory. */
export function load(place: Place, x: number, y: number): number {
  const word = place.memory[wordOf(place, x, y)] as number;
  if (place.shift === 0) return word;
  const bits = 32 >>> place.shift;
  return (word >>> (((place.x + x) & ((1 << place.shift) - 1)) * bits)) & (2 ** bits - 1);
}

/** Puts what `result` makes of each pixel of a rectangle in its place, and changes no other. */
export function eachPixel(
  to: Place,
  width: number,
  height: number,
  result: (x: number, y: number, before: number) => number,
): void {
  const bits = 32 >>> to.shift;
  const mask = (2 ** bits - 1) >>> 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = wordOf(to, x, y);
      const word = to.memory[at] as number;
      const bit = ((to.x + x) & ((1 << to.shift) - 1)) * bits;
      const pixel = result(x, y, ((word >>> bit) & mask) >>> 0) & mask;
      to.memory[at] = (word & ~(mask << bit)) | (pixel << bit);
    }
  }
}

/** Writes one pixel, and changes no other. */
export function store(to: Place, x: number, y: number, pixel: number): void {
  const at = wordOf(to, x, y);
  if (to.shift === 0) {
    to.memory[at] = pixel;
    return;
  }
  const bits = 32 >>> to.shift;
  const mask = 2 ** bits - 1;
  const bit = ((to.x + x) & ((1 << to.shift) - 1)) * bits;
  to.memory[at] = ((to.memory[at] as number) & ~(mask << bit)) | ((pixel & mask) << bit);
}
