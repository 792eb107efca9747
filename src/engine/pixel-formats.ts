/**
 * Pixel formats and what is reckoned in them: the twin of webgpu/pixels.wgsl, line by line. Colours are A8R8G8B8, arithmetic
 * is in whole numbers, and every result is an unsigned 32-bit number.
 */
import { RINGGPU_FORMAT_P8, RINGGPU_FORMAT_R5G6B5, RINGGPU_FORMAT_X8R8G8B8 } from '../devices/ringgpu/registers.ts';

/** A pixel of any format as A8R8G8B8; `entry` is the colour table's, which counts for P8 only. */
export function toColour(pixel: number, format: number, entry: number): number {
  switch (format) {
    case RINGGPU_FORMAT_X8R8G8B8:
      return (pixel | 0xff00_0000) >>> 0;
    case RINGGPU_FORMAT_R5G6B5: {
      const red = ((pixel >>> 8) & 0xf8) | (pixel >>> 13);
      const green = ((pixel >>> 3) & 0xfc) | ((pixel >>> 9) & 3);
      const blue = ((pixel << 3) & 0xf8) | ((pixel >>> 2) & 7);
      return (0xff00_0000 | (red << 16) | (green << 8) | blue) >>> 0;
    }
    case RINGGPU_FORMAT_P8:
      return entry;
    default:
      return pixel;
  }
}

/** A8R8G8B8 as a pixel of another format; P8 is none of them. */
export function fromColour(colour: number, format: number): number {
  if (format === RINGGPU_FORMAT_R5G6B5) {
    return ((colour >>> 8) & 0xf800) | ((colour >>> 5) & 0x07e0) | ((colour >>> 3) & 0x001f);
  }
  return colour;
}

/** a × b ÷ 255 to the nearest, for a and b up to 255, in both 16-bit halves of a word. */
function scalePair(pair: number, factor: number): number {
  // No more than 255 × 255 + 128 in either half: nothing is carried over, and Math.imul keeps 32 bits.
  const product = Math.imul(pair, factor) + 0x0080_0080;
  return ((product + ((product >>> 8) & 0x00ff_00ff)) >>> 8) & 0x00ff_00ff;
}

/** Each channel of a colour times a factor of 0 to 255, which stands for 0 to 1. */
export function scale(colour: number, factor: number): number {
  return (scalePair(colour & 0x00ff_00ff, factor) | (scalePair((colour >>> 8) & 0x00ff_00ff, factor) << 8)) >>> 0;
}

/** The sum of two channel pairs, each no more than 255. */
function addPair(a: number, b: number): number {
  const sum = a + b;
  const over = (sum >>> 8) & 0x0001_0001;
  return (sum | (over * 0xff)) & 0x00ff_00ff;
}

/** A premultiplied colour over another: over + under × (1 − alpha), each channel no more than 255. */
export function blend(over: number, under: number): number {
  const rest = scale(under, 255 - (over >>> 24));
  const even = addPair(over & 0x00ff_00ff, rest & 0x00ff_00ff);
  const odd = addPair((over >>> 8) & 0x00ff_00ff, (rest >>> 8) & 0x00ff_00ff);
  return (even | (odd << 8)) >>> 0;
}

/** Channel times channel, 255 standing for 1. */
export function modulate(colour: number, by: number): number {
  if (by === 0xffff_ffff) return colour;
  const alpha = scalePair(colour >>> 24, by >>> 24);
  const red = scalePair((colour >>> 16) & 0xff, (by >>> 16) & 0xff);
  const green = scalePair((colour >>> 8) & 0xff, (by >>> 8) & 0xff);
  const blue = scalePair(colour & 0xff, by & 0xff);
  return ((alpha << 24) | (red << 16) | (green << 8) | blue) >>> 0;
}
