/** From the surface's pixel format to what canvases and pictures want. */
import type { Picture } from './backend.ts';

/**
 * RGBA bytes of a picture, alpha 255, top line first.
 * @param words memory from the picture's first pixel on; pixels that it has not, or that are not mapped, are black
 */
export function toScreen(words: Uint32Array, picture: Picture): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, pitchWords } = picture;
  const available = Math.min(words.length, picture.visibleWords);
  const pixels = new Uint8ClampedArray(width * height * 4);
  const out = new Uint32Array(pixels.buffer).fill(0xff00_0000);
  for (let y = 0; y < height; y++) {
    const row = y * pitchWords;
    const visible = Math.min(width, available - row);
    for (let x = 0; x < visible; x++) {
      const pixel = words[row + x] as number;
      // Bytes B, G, R, X become R, G, B, A: red and blue change places.
      out[y * width + x] = 0xff00_0000 | ((pixel & 0xff) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 0xff);
    }
  }
  return pixels;
}
