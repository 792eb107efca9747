/** The jobs of webgpu/execute.wgsl, in TypeScript: each reads its packet out of the aperture, as the shader does. */
import { RINGGPU_FORMAT_P8 } from '../../devices/ringgpu/registers.ts';
import type { Batch } from '../batch.ts';
import {
  JOB_BLEND_FROM_SCRATCH,
  JOB_CONVERT,
  JOB_COPY,
  JOB_COPY_FROM_SCRATCH,
  JOB_COPY_TO_SCRATCH,
  JOB_DRAW,
  JOB_FENCE,
  JOB_FILL,
  JOB_FILL_NARROW,
  JOB_MOVE,
  JOB_WORDS,
} from '../job.ts';
import { OPERAND_INDEX } from '../operands.ts';
import { blend, fromColour, toColour } from '../pixel-formats.ts';
import { drawTriangles } from './draw.ts';
import { eachPixel, load, placeOf } from './place.ts';

/** Executes a batch's jobs on the words of the aperture, in the order of their packets: the measure of every other order. */
export function executeJobs(aperture: Uint32Array, batch: Batch): void {
  const scratch = batch.scratchBytes > 0 ? new Uint32Array(batch.scratchBytes / 4) : aperture;
  for (let job = 0; job < batch.jobCount; job++) execute(aperture, scratch, batch.jobs, job * JOB_WORDS);
}

function execute(aperture: Uint32Array, scratch: Uint32Array, jobs: Uint32Array, at: number): void {
  const [kind, packet, destination, source, width, height, , table] = jobs.subarray(at, at + JOB_WORDS) as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const operand = (index: number) => aperture[packet + index] as number;
  const place = (surface: number, pitch: number, xy: number, format: number) =>
    placeOf(aperture, surface, pitch, xy, format);

  if (kind === JOB_FENCE) {
    aperture[destination] = operand(OPERAND_INDEX.FENCE_VALUE);
    return;
  }
  if (kind === JOB_MOVE) {
    aperture.copyWithin(destination, source, source + width);
    return;
  }
  if (kind === JOB_DRAW) {
    drawTriangles(aperture, jobs.subarray(at, at + JOB_WORDS), operand);
    return;
  }
  if (kind === JOB_FILL || kind === JOB_FILL_NARROW) {
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
  const isCopy = kind === JOB_COPY || kind === JOB_CONVERT || kind === JOB_COPY_FROM_SCRATCH;
  const isScratch = kind === JOB_COPY_FROM_SCRATCH || kind === JOB_BLEND_FROM_SCRATCH;
  if (isCopy && from.format === to.format && to.shift === 0) {
    for (let y = 0; y < height; y++) {
      const input = isScratch ? scratch : aperture;
      const start = isScratch ? y * width : (from.word + y * from.pitchWords + from.x) >>> 0;
      aperture.set(input.subarray(start, start + width), (to.word + y * to.pitchWords + to.x) >>> 0);
    }
    return;
  }
  const { format } = from;
  const colourOf = (pixel: number) =>
    toColour(pixel, format, format === RINGGPU_FORMAT_P8 ? (aperture[table + pixel] as number) : 0);
  const read = isScratch
    ? (x: number, y: number) => scratch[y * width + x] as number
    : (x: number, y: number) => load(from, x, y);
  if (!isCopy) {
    eachPixel(to, width, height, (x, y, before) =>
      fromColour(blend(colourOf(read(x, y)), toColour(before, to.format, 0)), to.format),
    );
  } else if (from.format === to.format) eachPixel(to, width, height, read);
  else eachPixel(to, width, height, (x, y) => fromColour(colourOf(read(x, y)), to.format));
}
