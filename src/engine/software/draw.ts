/**
 * Triangles in TypeScript: the twin of webgpu/draw.wgsl. It goes through a triangle's box row by row instead of through a
 * tile's triangles; each pixel meets the same triangles in the same order, and the same whole numbers.
 */
import {
  RINGGPU_FLAG_BLEND,
  RINGGPU_FLAG_GOURAUD,
  RINGGPU_FLAG_TEXTURED,
  RINGGPU_VERTEX_WORDS,
} from '../../devices/ringgpu/packets.ts';
import { RINGGPU_FORMAT_P8 } from '../../devices/ringgpu/registers.ts';
import { OPERAND_INDEX } from '../operands.ts';
import { blend, fromColour, modulate, toColour } from '../pixel-formats.ts';
import { load, type Place, placeOf, store } from './place.ts';

/** Subpixels in a pixel, from one vertex of a triangle to another at most, and of a coordinate at most. */
const SUBPIXEL_SHIFT = 4;
const SUBPIXELS = 1 << SUBPIXEL_SHIFT;
const MAX_SPAN = 32767;
const MAX_COORDINATE = 1048576;

/** Weights of the three vertices are parts of this. */
const WEIGHT_SHIFT = 15;
const WHOLE_WEIGHT = 1 << WEIGHT_SHIFT;

interface Brush {
  readonly flags: number;
  readonly texture: Place;
  readonly textureWidth: number;
  readonly textureHeight: number;
  /** Word index of the colour table. */
  readonly table: number;
}

interface Vertex {
  readonly x: number;
  readonly y: number;
  readonly colour: number;
  readonly uv: number;
}

/** Executes one job that draws triangles; `operand` reads its packet. */
export function drawTriangles(aperture: Uint32Array, job: Uint32Array, operand: (index: number) => number): void {
  const [, , destination = 0, source = 0, width = 0, height = 0, , table = 0, vertices = 0, count = 0] = job;
  const formats = operand(OPERAND_INDEX.DRAW_FORMATS);
  const pitch = operand(OPERAND_INDEX.DRAW_DESTINATION_PITCH);
  const to = placeOf(aperture, destination, pitch, operand(OPERAND_INDEX.DRAW_DESTINATION_XY), formats & 0xff);
  const extent = operand(OPERAND_INDEX.DRAW_SOURCE_SIZE);
  const brush: Brush = {
    flags: (operand(0) >>> 16) & 0xff,
    texture: placeOf(aperture, source, operand(OPERAND_INDEX.DRAW_SOURCE_PITCH), 0, formats >>> 8),
    textureWidth: extent & 0xffff,
    textureHeight: extent >>> 16,
    table,
  };
  const vertexAt = (index: number): Vertex => {
    const at = vertices + index * RINGGPU_VERTEX_WORDS;
    const word = (n: number) => aperture[at + n] as number;
    return { x: word(0) | 0, y: word(1) | 0, colour: word(2), uv: word(3) };
  };
  for (let i = 0; i < count * 3; i += 3) {
    drawTriangle(to, width, height, brush, vertexAt(i), vertexAt(i + 1), vertexAt(i + 2));
  }
}

/** Twice the area of three points: positive when the last lies to the right of the way from the first to the second. */
function edge(a: Vertex, b: Vertex, x: number, y: number): number {
  return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
}

/** What an edge must be at least for a pixel to be covered: middles on top edges and left ones belong to the triangle. */
function least(a: Vertex, b: Vertex): number {
  return b.y < a.y || (b.y === a.y && b.x > a.x) ? 0 : 1;
}

function drawTriangle(to: Place, width: number, height: number, brush: Brush, a: Vertex, v: Vertex, w: Vertex): void {
  const left = Math.min(a.x, v.x, w.x);
  const top = Math.min(a.y, v.y, w.y);
  const right = Math.max(a.x, v.x, w.x);
  const bottom = Math.max(a.y, v.y, w.y);
  if (Math.min(left, top) < -MAX_COORDINATE || Math.max(right, bottom) > MAX_COORDINATE) return;
  if (right - left > MAX_SPAN || bottom - top > MAX_SPAN) return;
  const signed = edge(a, v, w.x, w.y);
  if (signed === 0) return;
  const area = Math.abs(signed);
  const b = signed > 0 ? v : w;
  const c = signed > 0 ? w : v;

  // Pixels whose middles lie in the box, and in the packet's rectangle.
  const half = SUBPIXELS / 2;
  const firstX = Math.max(to.x, (left + half - 1) >> SUBPIXEL_SHIFT);
  const lastX = Math.min(to.x + width - 1, (right - half) >> SUBPIXEL_SHIFT);
  const firstY = Math.max(to.y, (top + half - 1) >> SUBPIXEL_SHIFT);
  const lastY = Math.min(to.y + height - 1, (bottom - half) >> SUBPIXEL_SHIFT);
  const leastA = least(b, c);
  const leastB = least(c, a);
  const leastC = least(a, b);
  const shift = Math.max(0, 16 - Math.clz32(area));
  const whole = area >>> shift;
  for (let y = firstY; y <= lastY; y++) {
    const middle = y * SUBPIXELS + half;
    for (let x = firstX; x <= lastX; x++) {
      const px = x * SUBPIXELS + half;
      const toB = edge(c, a, px, middle);
      const toC = edge(a, b, px, middle);
      if (toB < leastB || toC < leastC || edge(b, c, px, middle) < leastA) continue;
      let colour = a.colour;
      if (brush.flags & (RINGGPU_FLAG_GOURAUD | RINGGPU_FLAG_TEXTURED)) {
        const weightB = Math.floor(((toB >>> shift) * WHOLE_WEIGHT) / whole);
        const weightC = Math.floor(((toC >>> shift) * WHOLE_WEIGHT) / whole);
        colour = shade(brush, WHOLE_WEIGHT - weightB - weightC, weightB, weightC, a, b, c);
      }
      if (brush.flags & RINGGPU_FLAG_BLEND) {
        colour = blend(colour, toColour(load(to, x - to.x, y - to.y), to.format, 0));
      }
      store(to, x - to.x, y - to.y, fromColour(colour, to.format));
    }
  }
}

/** A pixel's colour, given how much each vertex counts there. */
function shade(
  brush: Brush,
  weightA: number,
  weightB: number,
  weightC: number,
  a: Vertex,
  b: Vertex,
  c: Vertex,
): number {
  const mean = (ofA: number, ofB: number, ofC: number) =>
    (weightA * ofA + weightB * ofB + weightC * ofC + WHOLE_WEIGHT / 2) >>> WEIGHT_SHIFT;
  const channel = (bit: number) => mean((a.colour >>> bit) & 255, (b.colour >>> bit) & 255, (c.colour >>> bit) & 255);
  const runs = (brush.flags & RINGGPU_FLAG_GOURAUD) !== 0;
  const colour = runs ? ((channel(24) << 24) | (channel(16) << 16) | (channel(8) << 8) | channel(0)) >>> 0 : a.colour;
  if ((brush.flags & RINGGPU_FLAG_TEXTURED) === 0) return colour;
  const { texture, textureWidth, textureHeight, table } = brush;
  const u = mean(a.uv & 0xffff, b.uv & 0xffff, c.uv & 0xffff) >>> SUBPIXEL_SHIFT;
  const v = mean(a.uv >>> 16, b.uv >>> 16, c.uv >>> 16) >>> SUBPIXEL_SHIFT;
  const pixel = load(texture, Math.min(u, textureWidth - 1), Math.min(v, textureHeight - 1));
  const entry = texture.format === RINGGPU_FORMAT_P8 ? (texture.memory[table + pixel] as number) : 0;
  return modulate(toColour(pixel, texture.format, entry), colour);
}
