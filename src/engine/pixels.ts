/** From the surface's pixel format to what canvases and pictures want. */
import { RINGGPU_FORMAT_P8 } from '../devices/ringgpu/registers.ts';
import type { Picture } from './backend.ts';
import { toColour } from './pixel-formats.ts';
import { pixelShift } from './surface.ts';

/**
 * RGBA bytes of a picture, alpha 255, top line first.
 * @param words memory from the picture's first pixel on; pixels that it has not, or that are not mapped, are black
 */
export function toScreen(words: Uint32Array, picture: Picture): Uint8ClampedArray<ArrayBuffer> {
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
      const colour = lut ? lookUp(pixel, format, lut) : toColour(pixel, format, 0);
      // Bytes B, G, R, A become R, G, B, A: red and blue change places.
      out[y * width + x] = 0xff00_0000 | ((colour & 0xff) << 16) | (colour & 0xff00) | ((colour >>> 16) & 0xff);
    }
  }
  return pixels;
}

/** A pixel's colour by the monitor's table: its entry, or each of its channels' entry's channel. */
function lookUp(pixel: number, format: number, lut: Uint32Array): number {
  if (format === RINGGPU_FORMAT_P8) return lut[pixel] as number;
  const colour = toColour(pixel, format, 0);
  const red = (lut[(colour >>> 16) & 0xff] as number) & 0xff_0000;
  const green = (lut[(colour >>> 8) & 0xff] as number) & 0xff00;
  return red | green | ((lut[colour & 0xff] as number) & 0xff);
}
