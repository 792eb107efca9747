/** From the surface's pixel format to what canvases and pictures want. */
import { RINGGPU_FORMAT_P8 } from '../devices/ringgpu/registers.ts';
import type { Picture } from './backend.ts';
import { toColour } from './pixel-formats.ts';
import { pointerOver } from './pointer-pixels.ts';
import { pixelShift } from './surface.ts';

/**
 * RGBA bytes of a picture, alpha 255, top line first.
 * @param words memory from the picture's first pixel on; pixels that it has not, or that are not mapped, are black
 * @param image memory from the pointer's first pixel on; null when there is no pointer
 */
export function toScreen(
  words: Uint32Array,
  picture: Picture,
  image: Uint32Array | null,
): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, pitchWords, format, lut } = picture;
  const shift = pixelShift(format);
  const bits = 32 >>> shift;
  const mask = (2 ** bits - 1) >>> 0;
  const available = Math.min(words.length, picture.visibleWords);
  const pixels = new Uint8ClampedArray(width * height * 4);
  const out = new Uint32Array(pixels.buffer).fill(0xff00_0000);
  for (let y = 0; y < height; y++) {
    const row = y * pitchWords;
    const visible = Math.min(width, (available - row) << shift);
    for (let x = 0; x < visible; x++) {
      const word = words[row + (x >>> shift)] as number;
      const pixel = ((word >>> ((x & ((1 << shift) - 1)) * bits)) & mask) >>> 0;
      out[y * width + x] = toRgba(throughTable(toDisplay(pixel, format, lut), format, lut));
    }
  }
  const { pointer } = picture;
  if (!pointer || !image) return pixels;
  // Once more, where the pointer lies: it comes between the surface's colours and the monitor's table.
  const bottom = Math.min(height, pointer.y + pointer.height);
  const right = Math.min(width, pointer.x + pointer.width);
  for (let y = Math.max(0, pointer.y); y < bottom; y++) {
    const row = y * pitchWords;
    const visible = Math.min(right, (available - row) << shift);
    for (let x = Math.max(0, pointer.x); x < visible; x++) {
      const word = words[row + (x >>> shift)] as number;
      const pixel = ((word >>> ((x & ((1 << shift) - 1)) * bits)) & mask) >>> 0;
      const below = toDisplay(pixel, format, lut);
      const colour = pointerOver(image, pointer, x - pointer.x, y - pointer.y, below);
      out[y * width + x] = toRgba(throughTable(colour, format, lut));
    }
  }
  return pixels;
}

/** A pixel's colour: of a P8 pixel, its entry in the monitor's table. */
function toDisplay(pixel: number, format: number, lut: Uint32Array | null): number {
  return toColour(pixel, format, format === RINGGPU_FORMAT_P8 && lut ? (lut[pixel] as number) : 0);
}

/** What the monitor's table makes of a colour: of each channel, that channel of its entry. P8 pixels have been there. */
function throughTable(colour: number, format: number, lut: Uint32Array | null): number {
  if (!lut || format === RINGGPU_FORMAT_P8) return colour;
  const red = (lut[(colour >>> 16) & 0xff] as number) & 0xff_0000;
  const green = (lut[(colour >>> 8) & 0xff] as number) & 0xff00;
  return red | green | ((lut[colour & 0xff] as number) & 0xff);
}

/** Bytes B, G, R, A become R, G, B, 255: red and blue change places. */
function toRgba(colour: number): number {
  return 0xff00_0000 | ((colour & 0xff) << 16) | (colour & 0xff00) | ((colour >>> 16) & 0xff);
}
