/** The jobs of webgpu/execute.wgsl, in TypeScript: each reads its packet out of the ring in the aperture, as the shader does. */
import type { Batch } from '../batch.ts';
import { JOB_COPY, JOB_COPY_FROM_SCRATCH, JOB_COPY_TO_SCRATCH, JOB_FENCE, JOB_FILL, JOB_WORDS } from '../job.ts';
import { OPERAND_INDEX } from '../operands.ts';

/** Executes a batch's jobs, group by group, on the words of the aperture. */
export function executeJobs(aperture: Uint32Array, batch: Batch): void {
  const scratch = batch.scratchBytes > 0 ? new Uint32Array(batch.scratchBytes / 4) : aperture;
  for (let group = 0; group < batch.groups.length; group += 4) {
    const first = batch.groups[group] as number;
    const end = first + (batch.groups[group + 1] as number);
    for (let slot = first; slot < end; slot++) execute(aperture, scratch, batch.jobs, slot * JOB_WORDS);
  }
}

function execute(aperture: Uint32Array, scratch: Uint32Array, jobs: Uint32Array, at: number): void {
  const packet = jobs[at + 1] as number;
  const ring = jobs[at + 2] as number;
  const mask = jobs[at + 3] as number;
  const destination = jobs[at + 4] as number;
  const source = jobs[at + 5] as number;
  const width = jobs[at + 6] as number;
  const height = jobs[at + 7] as number;
  const operand = (index: number) => aperture[ring + ((packet + index) & mask)] as number;
  /** Words from row to row. */
  const pitch = (index: number) => operand(index) >>> 2;
  /** Word index of a rectangle's first pixel. Surfaces may begin below 0, modulo 2³². */
  const first = (surface: number, xy: number, rowWords: number) =>
    (surface + (operand(xy) >>> 16) * rowWords + (operand(xy) & 0xffff)) >>> 0;

  switch (jobs[at]) {
    case JOB_FENCE:
      aperture[destination] = operand(OPERAND_INDEX.FENCE_VALUE);
      break;
    case JOB_FILL: {
      const rowWords = pitch(OPERAND_INDEX.FILL_PITCH);
      const colour = operand(OPERAND_INDEX.FILL_COLOUR);
      let to = first(destination, OPERAND_INDEX.FILL_XY, rowWords);
      for (let row = 0; row < height; row++, to += rowWords) aperture.fill(colour, to, to + width);
      break;
    }
    case JOB_COPY:
    case JOB_COPY_TO_SCRATCH:
    case JOB_COPY_FROM_SCRATCH: {
      const fromAperture = jobs[at] !== JOB_COPY_FROM_SCRATCH;
      const toAperture = jobs[at] !== JOB_COPY_TO_SCRATCH;
      const fromRow = fromAperture ? pitch(OPERAND_INDEX.COPY_SOURCE_PITCH) : width;
      const toRow = toAperture ? pitch(OPERAND_INDEX.COPY_DESTINATION_PITCH) : width;
      let from = fromAperture ? first(source, OPERAND_INDEX.COPY_SOURCE_XY, fromRow) : 0;
      let to = toAperture ? first(destination, OPERAND_INDEX.COPY_DESTINATION_XY, toRow) : 0;
      const input = fromAperture ? aperture : scratch;
      const output = toAperture ? aperture : scratch;
      for (let row = 0; row < height; row++, from += fromRow, to += toRow) {
        output.set(input.subarray(from, from + width), to);
      }
      break;
    }
  }
}
