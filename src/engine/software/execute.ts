/** The jobs of webgpu/execute.wgsl, in TypeScript: each reads its packet out of the ring in the aperture, as the shader does. */
import { RINGGPU_FORMAT_P8 } from '../../devices/ringgpu/registers.ts';
import type { Batch } from '../batch.ts';
import {
  JOB_BLEND,
  JOB_BLEND_FROM_SCRATCH,
  JOB_COPY,
  JOB_COPY_FROM_SCRATCH,
  JOB_COPY_TO_SCRATCH,
  JOB_FENCE,
  JOB_FILL,
  JOB_WORDS,
} from '../job.ts';
import { OPERAND_INDEX } from '../operands.ts';
import { blend, fromColour, toColour } from '../pixel-formats.ts';
import { pixelShift } from '../surface.ts';

/** Executes a batch's jobs, group by group, on the words of the aperture. */
export function executeJobs(aperture: Uint32Array, batch: Batch): void {
  const scratch = batch.scratchBytes > 0 ? new Uint32Array(batch.scratchBytes / 4) : aperture;
  for (let group = 0; group < batch.groups.length; group += 4) {
    const first = batch.groups[group] as number;
    const end = first + (batch.groups[group + 1] as number);
    for (let slot = first; slot < end; slot++) execute(aperture, scratch, batch.jobs, slot * JOB_WORDS);
  }
}

/** A rectangle of a surface, or of scratch memory. */
interface Place {
  readonly memory: Uint32Array;
  /** Of the row in which the rectangle begins. Surfaces may begin below 0, modulo 2³². */
  readonly word: number;
  readonly pitchWords: number;
  readonly x: number;
  readonly format: number;
  readonly shift: number;
}

function execute(aperture: Uint32Array, scratch: Uint32Array, jobs: Uint32Array, at: number): void {
  const [kind, packet, ring, mask, destination, source, width, height, , table] = jobs.subarray(
    at,
    at + JOB_WORDS,
  ) as unknown as [number, number, number, number, number, number, number, number, number, number];
  const operand = (index: number) => aperture[ring + ((packet + index) & mask)] as number;
  const place = (surface: number, pitch: number, xy: number, format: number): Place => {
    const pitchWords = pitch >>> 2;
    const word = (surface + (xy >>> 16) * pitchWords) >>> 0;
    return { memory: aperture, word, pitchWords, x: xy & 0xffff, format, shift: pixelShift(format) };
  };

  if (kind === JOB_FENCE) {
    aperture[destination] = operand(OPERAND_INDEX.FENCE_VALUE);
    return;
  }
  if (kind === JOB_FILL) {
    const format = operand(OPERAND_INDEX.FILL_FORMAT);
    const xy = operand(OPERAND_INDEX.FILL_XY);
    const to = place(destination, operand(OPERAND_INDEX.FILL_PITCH), xy, format);
    const colour = operand(OPERAND_INDEX.FILL_COLOUR);
    if (to.shift === 0) {
      for (let y = 0; y < height; y++) {
        const start = (to.word + y * to.pitchWords + to.x) >>> 0;
        aperture.fill(colour, start, start + width);
      }
    } else eachPixel(to, width, height, () => colour);
    return;
  }

  const formats = operand(OPERAND_INDEX.COPY_FORMATS);
  const from = place(
    source,
    operand(OPERAND_INDEX.COPY_SOURCE_PITCH),
    operand(OPERAND_INDEX.COPY_SOURCE_XY),
    formats >>> 8,
  );
  if (kind === JOB_COPY_TO_SCRATCH) {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) scratch[y * width + x] = load(from, x, y);
    return;
  }
  const to = place(
    destination,
    operand(OPERAND_INDEX.COPY_DESTINATION_PITCH),
    operand(OPERAND_INDEX.COPY_DESTINATION_XY),
    formats & 0xff,
  );
  const isCopy = kind === JOB_COPY || kind === JOB_COPY_FROM_SCRATCH;
  const isDirect = kind === JOB_COPY || kind === JOB_BLEND;
  if (isCopy && from.format === to.format && to.shift === 0) {
    for (let y = 0; y < height; y++) {
      const input = isDirect ? aperture : scratch;
      const start = isDirect ? (from.word + y * from.pitchWords + from.x) >>> 0 : y * width;
      aperture.set(input.subarray(start, start + width), (to.word + y * to.pitchWords + to.x) >>> 0);
    }
    return;
  }
  const { format } = from;
  const colourOf = (pixel: number) =>
    toColour(pixel, format, format === RINGGPU_FORMAT_P8 ? (aperture[table + pixel] as number) : 0);
  const read = isDirect
    ? (x: number, y: number) => load(from, x, y)
    : (x: number, y: number) => scratch[y * width + x] as number;
  if (kind === JOB_BLEND || kind === JOB_BLEND_FROM_SCRATCH) {
    eachPixel(to, width, height, (x, y, before) =>
      fromColour(blend(colourOf(read(x, y)), toColour(before, to.format, 0)), to.format),
    );
  } else if (from.format === to.format) eachPixel(to, width, height, read);
  else eachPixel(to, width, height, (x, y) => fromColour(colourOf(read(x, y)), to.format));
}

/** Word index of the word in which a pixel of a rectangle stands. */
function wordOf({ word, pitchWords, x: left, shift }: Place, x: number, y: number): number {
  return (word + y * pitchWords + ((left + x) >>> shift)) >>> 0;
}

/** The pixel at x, y of a rectangle, as it stands in memory. */
function load(place: Place, x: number, y: number): number {
  const word = place.memory[wordOf(place, x, y)] as number;
  if (place.shift === 0) return word;
  const bits = 32 >>> place.shift;
  return (word >>> (((place.x + x) & ((1 << place.shift) - 1)) * bits)) & (2 ** bits - 1);
}

/** Puts what `result` makes of each pixel of a rectangle in its place, and changes no other. */
function eachPixel(
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
