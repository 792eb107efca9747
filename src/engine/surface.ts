/** Rectangles of pixels in logical memory, and the rules by which the device accepts them. */
import { RINGGPU_FAULT_NONE, RINGGPU_FAULT_SURFACE, RINGGPU_FORMAT_X8R8G8B8 } from '../devices/ringgpu/registers.ts';

/** Bytes of a pixel, in the one format there is. */
export const PIXEL_BYTES = 4;

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
  return rectangle.base + rectangle.y * rectangle.pitch + rectangle.x * PIXEL_BYTES;
}

/** Bytes from the rectangle's first to behind its last. */
export function spanBytes(rectangle: Rectangle): number {
  return (rectangle.height - 1) * rectangle.pitch + rectangle.width * PIXEL_BYTES;
}

/** RINGGPU_FAULT_SURFACE for a rectangle that cannot be, whatever is mapped; RINGGPU_FAULT_NONE for one that can. */
export function surfaceFault({ base, pitch, x, width, height, format }: Rectangle): number {
  const good =
    format === RINGGPU_FORMAT_X8R8G8B8 &&
    base % 4 === 0 &&
    pitch % 4 === 0 &&
    width > 0 &&
    width <= MAX_EXTENT &&
    height > 0 &&
    height <= MAX_EXTENT &&
    pitch >= (x + width) * PIXEL_BYTES;
  return good ? RINGGPU_FAULT_NONE : RINGGPU_FAULT_SURFACE;
}

/** Whether two rectangles of device-visible memory may share a byte. Exact within one surface, else by their spans. */
export function mayOverlap(a: Rectangle, b: Rectangle): boolean {
  const aStart = firstByte(a);
  const bStart = firstByte(b);
  if (aStart + spanBytes(a) <= bStart || bStart + spanBytes(b) <= aStart) return false;
  if (a.base !== b.base || a.pitch !== b.pitch) return true;
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Whether every byte of `inner` is one of `outer`; false when that is not plain to see. */
export function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    outer.base === inner.base &&
    outer.pitch === inner.pitch &&
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}
