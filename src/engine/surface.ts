/** Rectangles of pixels in logical memory, and the rules by which the device accepts them. */
import { RINGGPU_FORMAT_P8, RINGGPU_FORMAT_R5G6B5 } from '../devices/ringgpu/registers.ts';

/** Logarithm of a word's pixels: 0, 1 or 2, for pixels of 32, 16 or 8 bits. */
export function pixelShift(format: number): number {
  return format < RINGGPU_FORMAT_R5G6B5 ? 0 : format - 1;
}

/** Bytes of a pixel. */
export function pixelBytes(format: number): number {
  return 4 >>> pixelShift(format);
}

/** Width and height of a surface or rectangle, at most. */
export const MAX_EXTENT = 16384;

/** A rectangle of a surface. All but the coordinates is in bytes. */
export interface Rectangle {
  /** Logical address of the surface's first pixel. */
  readonly base: number;
  readonly pitch: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly format: number;
}

/** Logical address of the rectangle's first byte. */
export function firstByte(rectangle: Rectangle): number {
  return rectangle.base + rectangle.y * rectangle.pitch + rectangle.x * pixelBytes(rectangle.format);
}

/** Bytes of one of the rectangle's rows. */
export function rowBytes(rectangle: Rectangle): number {
  return rectangle.width * pixelBytes(rectangle.format);
}

/** Bytes from the rectangle's first to behind its last. */
export function spanBytes(rectangle: Rectangle): number {
  return (rectangle.height - 1) * rectangle.pitch + rowBytes(rectangle);
}

/** Words, whole or in part, in each of its rows. Rows begin on a word, since bases and pitches do. */
export function rowWords({ x, width, format }: Rectangle): number {
  const shift = pixelShift(format);
  return ((x + width - 1) >>> shift) - (x >>> shift) + 1;
}

/** Why a rectangle cannot be, whatever is mapped, as the end of a sentence for people; null for one that can. */
export function surfaceFlaw({ base, pitch, x, width, height, format }: Rectangle): string | null {
  if (format > RINGGPU_FORMAT_P8) return `there is no format ${format}`;
  if (base % 4 !== 0) return 'its address is no multiple of 4';
  if (pitch % 4 !== 0) return `its pitch of ${pitch} is no multiple of 4`;
  if (width === 0 || width > MAX_EXTENT || height === 0 || height > MAX_EXTENT) {
    return `its size is ${width} × ${height}; either may be 1 to ${MAX_EXTENT}`;
  }
  const needed = (x + width) * pixelBytes(format);
  return pitch < needed ? `its pitch of ${pitch} is below the ${needed} bytes to the rectangle's right edge` : null;
}

/**
 * Whether two rectangles of device-visible memory may share a word, which is what the device writes at once. Exact where their pitches are
 * the same, or one of them has no gaps; else by their spans.
 */
export function mayOverlap(a: Rectangle, b: Rectangle): boolean {
  const start = firstWord(a);
  const otherStart = firstWord(b);
  if (wordEnd(a) <= otherStart || wordEnd(b) <= start) return false;
  const rows = gapless(a) ? 1 : a.height;
  const otherRows = gapless(b) ? 1 : b.height;
  if (rows === 1 && otherRows === 1) return true;
  if (rows > 1 && otherRows > 1 && a.pitch !== b.pitch) return true;
  // Two rows share a word when the one begins less than its own words before the other, or less than the other's behind it: there is such a
  // pair if a number of pitches lies between.
  const pitch = (rows > 1 ? a.pitch : b.pitch) / 4;
  const words = rows > 1 ? rowWords(a) : wordEnd(a) - start;
  const otherWords = otherRows > 1 ? rowWords(b) : wordEnd(b) - otherStart;
  const ahead = start - otherStart;
  const fewest = Math.max(Math.floor((ahead - otherWords) / pitch) + 1, 1 - rows);
  const most = Math.min(Math.ceil((ahead + words) / pitch) - 1, otherRows - 1);
  return fewest <= most;
}

/** Whether its rows lie one behind the other without a word between. */
function gapless(rectangle: Rectangle): boolean {
  return rectangle.height === 1 || rowWords(rectangle) * 4 === rectangle.pitch;
}

function firstWord(rectangle: Rectangle): number {
  return Math.floor(firstByte(rectangle) / 4);
}

function wordEnd(rectangle: Rectangle): number {
  return Math.ceil((firstByte(rectangle) + spanBytes(rectangle)) / 4);
}

/** Whether every byte of `inner` is one of `outer`; false when that is not plain to see. */
export function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    outer.base === inner.base &&
    outer.pitch === inner.pitch &&
    outer.format === inner.format &&
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}
