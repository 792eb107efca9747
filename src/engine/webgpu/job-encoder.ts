/** A batch's jobs as dispatches: which pipeline for each group, with what bound, in how many workgroups. */
import type { Batch } from '../batch.ts';
import {
  JOB_COPY,
  JOB_FENCE,
  JOB_FILL,
  JOB_PACKET,
  JOB_TILE_SHIFT,
  JOB_TRIANGLES,
  JOB_WORDS,
  type JobShader,
  shaderOf,
} from '../job.ts';
import { triangleBinWords } from '../triangle-bins.ts';
import { type Gpu, JOB_GROUP_BYTES } from './gpu-context.ts';
import type { DrawPipelines } from './triangle-pipelines.ts';

/** Words of a tile, which one workgroup executes: as in execute.wgsl. */
const TILE_WIDTH = 1024;
const TILE_HEIGHT = 8;

/** Triangles of a workgroup that bins them, and lanes of each; words across, and rows, of a workgroup that draws them: as in draw.wgsl. */
const BIN_TRIANGLES = 64;
const BIN_LANES = 4;
const DRAW_WORDS = 64;
const DRAW_ROWS = 64;

/** Puts jobs into command encoders. It owns the scratch memory that they use. */
export class JobEncoder {
  readonly #dynamicOffset = new Uint32Array(1);
  #scratch: GPUBuffer | null = null;
  #executeBindings: GPUBindGroup | null = null;

  /** Adds what a batch executes to a submission. */
  encode(encoder: GPUCommandEncoder, gpu: Gpu, aperture: GPUBuffer, batch: Batch): void {
    const bindings = this.#bindings(gpu, aperture, Math.max(batch.scratchBytes, batch.binBytes));
    const { groups } = batch;
    let pass = encoder.beginComputePass();
    for (let i = 0; i < groups.length; i += 4) {
      const slot = groups[i] as number;
      const jobs = groups[i + 1] as number;
      const columns = groups[i + 2] as number;
      const rows = groups[i + 3] as number;
      const first = slot * JOB_WORDS;
      const shader = shaderOf(batch.table[first] as number);
      const draw = shader === 'draw' ? drawPipelines(gpu, batch, first) : null;
      if (draw) {
        pass.end();
        this.#clearBins(encoder, batch.table, first, columns, rows);
        pass = encoder.beginComputePass();
      }
      this.#dynamicOffset[0] = first * 4;
      pass.setBindGroup(0, bindings, this.#dynamicOffset, 0, 1);
      if (draw) {
        pass.setPipeline(draw.bin);
        pass.dispatchWorkgroups(Math.ceil((batch.table[first + JOB_TRIANGLES] as number) / BIN_TRIANGLES), BIN_LANES);
        pass.setPipeline(draw.draw);
        pass.dispatchWorkgroups(Math.ceil(columns / DRAW_WORDS), Math.ceil(rows / DRAW_ROWS));
      } else {
        pass.setPipeline(pipelineFor(gpu, shader, batch.table, slot, jobs));
        pass.dispatchWorkgroups(Math.ceil(columns / TILE_WIDTH), Math.ceil(rows / TILE_HEIGHT), jobs);
      }
    }
    pass.end();
  }

  /** Whether all that draws a batch's triangles has been made; asks for what has not. Encode only then. */
  drawsReady(gpu: Gpu, batch: Batch): boolean {
    let ready = true;
    for (let i = 0; i < batch.groups.length; i += 4) {
      const first = (batch.groups[i] as number) * JOB_WORDS;
      const draws = shaderOf(batch.table[first] as number) === 'draw';
      if (draws && !drawPipelines(gpu, batch, first)) ready = false;
    }
    return ready;
  }

  /** Makes scratch memory ready for one packet's triangles. */
  #clearBins(encoder: GPUCommandEncoder, table: Uint32Array, first: number, columns: number, rows: number): void {
    if (!this.#scratch) return;
    const triangles = table[first + JOB_TRIANGLES] as number;
    const words = triangleBinWords(columns, rows, triangles, table[first + JOB_TILE_SHIFT] as number);
    encoder.clearBuffer(this.#scratch, 0, words * 4);
  }

  /** There is another aperture. */
  rebind(): void {
    this.#executeBindings = null;
  }

  /** Gives scratch memory back. It may be used again, also with another device. */
  close(): void {
    this.#scratch?.destroy();
    this.#scratch = null;
    this.#executeBindings = null;
  }

  #bindings(gpu: Gpu, aperture: GPUBuffer, scratchBytes: number): GPUBindGroup {
    if (scratchBytes > (this.#scratch?.size ?? 0)) {
      this.#scratch?.destroy();
      const size = Math.max(64 * 1024, 2 ** Math.ceil(Math.log2(scratchBytes)));
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      this.#scratch = gpu.device.createBuffer({ label: 'scratch', size, usage });
      this.#executeBindings = null;
    }
    this.#executeBindings ??= gpu.device.createBindGroup({
      label: 'execute',
      layout: gpu.executeLayout,
      entries: [
        { binding: 0, resource: { buffer: aperture } },
        { binding: 1, resource: { buffer: gpu.jobs, size: JOB_GROUP_BYTES } },
        { binding: 2, resource: { buffer: this.#scratch ?? gpu.noScratch } },
      ],
    });
    return this.#executeBindings;
  }
}

/** What executes the triangles of the job at a word of the table; null while that is being made. */
function drawPipelines(gpu: Gpu, batch: Batch, first: number): DrawPipelines | null {
  const packet = (batch.table[first + JOB_PACKET] as number) - batch.commandPlace;
  return gpu.triangles.for((index) => batch.commands[packet + index] as number);
}

/** The pipeline for a group of jobs of one shader, which begin at slot `first` of the table. */
function pipelineFor(gpu: Gpu, shader: JobShader, table: Uint32Array, first: number, jobs: number): GPUComputePipeline {
  if (shader !== 'move') return shader === 'blend' ? gpu.blendPipeline : gpu.executePipeline;
  let kind = JOB_FENCE;
  for (let slot = first; slot < first + jobs; slot++) {
    const next = table[slot * JOB_WORDS] as number;
    if (next === JOB_FENCE || next === kind) continue;
    if (kind !== JOB_FENCE) return gpu.movePipeline;
    kind = next;
  }
  return kind === JOB_FILL ? gpu.fillPipeline : kind === JOB_COPY ? gpu.copyPipeline : gpu.movePipeline;
}
