/** What the pointer makes of the colours below it: the twin of `with_pointer` in webgpu/present.wgsl. */
import type { PointerPicture } from './backend.ts';
import { blend } from './pixel-formats.ts';

/** Words of the pointer's image, from its first pixel to its last. */
export function pointerWords({ width, height, pitchWords, mono }: PointerPicture): number {
  return mono ? (2 * height - 1) * pitchWords + Math.ceil(width / 32) : (height - 1) * pitchWords + width;
}

/**
 * A colour, A8R8G8B8, with the pointer's pixel (x, y) over it. Where the AND mask has a 1 the colour stays, else it becomes
 * black; where the XOR mask has a 1, the outcome is inverted.
 * @param image memory from the pointer's first pixel on
 */
export function pointerOver(
  image: Uint32Array,
  { height, pitchWords, mono }: PointerPicture,
  x: number,
  y: number,
  below: number,
): number {
  const row = y * pitchWords;
  if (!mono) return blend(image[row + x] as number, below);
  // Eight pixels a byte, the first in its highest bit.
  const bit = (x & 24) + 7 - (x & 7);
  const word = row + (x >>> 5);
  const keep = ((image[word] as number) >>> bit) & 1;
  const turn = ((image[word + height * pitchWords] as number) >>> bit) & 1;
  return ((keep ? below : 0) ^ (turn ? 0xff_ffff : 0)) >>> 0;
}
