/**
 * The execution unit on the visitor's GPU. The aperture is one GPUBuffer; a batch is one submission: copies out of a mapped
 * slab, compute, copies into a readback slab; then one mapAsync brings the bytes back.
 */
import { type BoardMemory, PAGE_SIZE } from '../../bus/board-memory.ts';
import { type Backend, type BackendHost, FIRST_APERTURE_PAGES, type Picture, type Submitted } from '../backend.ts';
import { type Batch, READBACK_HEADER } from '../batch.ts';
import { HostMemory } from '../host-memory.ts';
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
import { type Gpu, type GpuContext, JOB_GROUP_BYTES } from './gpu-context.ts';
import { Presenter } from './presenter.ts';
import type { DrawPipelines } from './triangle-pipelines.ts';
import type { UploadSlab } from './upload-ring.ts';

/** Words of a tile, which one workgroup executes: as in execute.wgsl. */
const TILE_WIDTH = 1024;
const TILE_HEIGHT = 8;

/** Triangles of a workgroup that bins them, and lanes of each; words across, and rows, of a workgroup that draws them: as in draw.wgsl. */
const BIN_TRIANGLES = 64;
const BIN_LANES = 4;
const DRAW_WORDS = 64;
const DRAW_ROWS = 64;

/** Pages of an aperture at its beginning, at most: 64 MiB. */
const MOST_FIRST_PAGES = (64 * 1024 * 1024) / PAGE_SIZE;

/** Slabs up to this size are mapped again only when their batch is done. */
const SMALL_SLAB = 64 * 1024;

export class WebGpuBackend implements Backend {
  readonly kind = 'webgpu';
  readonly #context: GpuContext;
  readonly #memory: HostMemory;
  readonly #presenter: Presenter;
  /** Readback slabs of batches that are done. */
  readonly #readbacks = new Map<Batch, GPUBuffer>();
  readonly #dynamicOffset = new Uint32Array(1);
  #host: BackendHost | null = null;
  #gpu: Gpu | null;
  #pages: number;
  #limitPages: number;
  #aperture: GPUBuffer | null = null;
  #scratch: GPUBuffer | null = null;
  #executeBindings: GPUBindGroup | null = null;
  /** Counts what made everything in flight void. */
  #epoch = 0;
  /** A submission was refused for want of a slab, or of the pipelines that draw triangles. */
  #refused = false;

  constructor(context: GpuContext, memory: BoardMemory, canvas: HTMLCanvasElement | null, limitPages: number) {
    this.#context = context;
    this.#gpu = context.gpu;
    this.#memory = new HostMemory(memory);
    this.#limitPages = limitPages;
    this.#pages = Math.min(Math.max(FIRST_APERTURE_PAGES, context.aperturePages), limitPages);
    this.#presenter = new Presenter(canvas);
    if (this.#gpu) this.#createAperture(this.#gpu);
    context.attach(this);
  }

  get adapter(): string {
    return this.#context.adapter;
  }

  get pages(): number {
    return this.#pages;
  }

  get limitPages(): number {
    return this.#limitPages;
  }

  get presenting(): number {
    return this.#presenter.presenting;
  }

  attach(host: BackendHost): void {
    this.#host = host;
  }

  /** Doubles the aperture, say, carrying its bytes over on the GPU. Whether there was memory for it is known only later. */
  grow(pages: number): boolean {
    if (pages > this.#limitPages) return false;
    const before = this.#pages;
    const old = this.#aperture;
    const gpu = this.#gpu;
    this.#pages = pages;
    if (!gpu || !old) return true;
    const { device } = gpu;
    device.pushErrorScope('out-of-memory');
    this.#createAperture(gpu);
    const encoder = device.createCommandEncoder({ label: 'aperture growth' });
    encoder.copyBufferToBuffer(old, 0, this.#aperture as unknown as GPUBuffer, 0, before * PAGE_SIZE);
    device.queue.submit([encoder.finish()]);
    old.destroy();
    device.popErrorScope().then(
      (error) => {
        if (error && gpu === this.#gpu) this.#shrink(gpu, before);
      },
      () => {}, // The device was lost meanwhile: that comes by another way.
    );
    return true;
  }

  submit(batch: Batch): Submitted {
    const gpu = this.#gpu;
    const aperture = this.#aperture;
    if (!gpu || !aperture) return 'later';
    if (batch.binBytes > 0 && !this.#drawsReady(gpu, batch)) {
      this.#refused = true;
      return 'later';
    }
    const computes = batch.jobCount > batch.fenceJobs;
    const jobBytes = computes ? batch.jobSlots * JOB_WORDS * 4 : 0;
    const commandBytes = batch.commandWords * 4;
    let slab: UploadSlab | null;
    try {
      slab = gpu.uploads.take(READBACK_HEADER + jobBytes + commandBytes + batch.pullBytes);
    } catch {
      return 'never'; // RangeError: the browser has not the memory.
    }
    this.#refused = !slab;
    if (!slab) return 'later';
    const { device } = gpu;
    this.#fill(slab, batch, jobBytes);
    gpu.uploads.close(slab);

    const encoder = device.createCommandEncoder();
    this.#encodePulls(encoder, gpu, slab.buffer, aperture, batch, jobBytes);
    if (computes) this.#encodeJobs(encoder, gpu, aperture, batch);
    else if (batch.jobCount > 0) this.#encodeFence(encoder, slab.buffer, aperture, batch, jobBytes);
    const readback = batch.readBytes > 0 ? gpu.readbacks.take(batch.readBytes) : null;
    if (readback) {
      encoder.copyBufferToBuffer(slab.buffer, 0, readback, 0, READBACK_HEADER);
      const { reads } = batch;
      for (let i = 0; i < reads.length; i += 3) {
        encoder.copyBufferToBuffer(
          aperture,
          reads[i] as number,
          readback,
          reads[i + 2] as number,
          reads[i + 1] as number,
        );
      }
    }
    device.queue.submit([encoder.finish()]);
    if (!readback) {
      // Nothing is written, so nothing is executed: it is done when its bytes have been copied out of the slab.
      this.#awaitUpload(batch, gpu.uploads.recycle(slab));
    } else if (slab.size <= SMALL_SLAB) {
      // There are plenty of those: the processor's interrupt comes first.
      this.#awaitReadback(gpu, batch, readback, computes, slab);
    } else {
      this.#awaitReadback(gpu, batch, readback, computes, null);
      gpu.uploads.recycle(slab);
    }
    return 'taken';
  }

  release(batch: Batch): void {
    const readback = this.#readbacks.get(batch);
    if (readback) this.#gpu?.readbacks.give(readback);
    this.#readbacks.delete(batch);
    batch.bytes = null;
  }

  abandon(): void {
    this.#epoch++;
    for (const readback of this.#readbacks.values()) this.#gpu?.readbacks.give(readback);
    this.#readbacks.clear();
  }

  present(picture: Picture | null): boolean {
    if (!this.#gpu || !this.#aperture) return false;
    return this.#presenter.present(this.#gpu, this.#aperture, picture);
  }

  async read(word: number, words: number): Promise<Uint32Array | null> {
    const gpu = this.#gpu;
    if (!gpu || !this.#aperture) return null;
    const bytes = words * 4;
    const readback = gpu.readbacks.take(bytes);
    const encoder = gpu.device.createCommandEncoder({ label: 'screen' });
    encoder.copyBufferToBuffer(this.#aperture, word * 4, readback, 0, bytes);
    gpu.device.queue.submit([encoder.finish()]);
    try {
      await readback.mapAsync(GPUMapMode.READ, 0, bytes);
    } catch {
      return null; // Lost.
    }
    const copy = new Uint32Array(readback.getMappedRange(0, bytes).slice(0));
    gpu.readbacks.give(readback);
    return copy;
  }

  close(): void {
    this.abandon();
    this.#context.detach(this);
    this.#context.aperturePages = Math.min(this.#pages, MOST_FIRST_PAGES);
    this.#host = null;
    this.#presenter.close();
    this.#aperture?.destroy();
    this.#scratch?.destroy();
    this.#aperture = null;
    this.#scratch = null;
    this.#executeBindings = null;
    this.#gpu = null;
  }

  /* What the context says. */

  lost(reason: string): void {
    this.#gpu = null;
    this.#aperture = null;
    this.#scratch = null;
    this.#executeBindings = null;
    this.#presenter.forget();
    this.#host?.lost(reason);
    this.#readbacks.clear();
  }

  restored(): void {
    this.#gpu = this.#context.gpu;
    if (!this.#gpu) return;
    this.#createAperture(this.#gpu);
    this.#host?.restored();
  }

  gone(sentence: string): void {
    this.#host?.gone(sentence);
  }

  slabReady(): void {
    if (!this.#refused) return;
    this.#refused = false;
    this.#host?.ready();
  }

  /** The serial number, the job table, the packets, and what was pulled, one behind the other. */
  #fill(slab: UploadSlab, batch: Batch, jobBytes: number): void {
    const { commands, commandWords, pulls } = batch;
    let at = READBACK_HEADER;
    slab.words[0] = batch.serial;
    slab.words.set(batch.table.subarray(0, jobBytes / 4), at / 4);
    at += jobBytes;
    slab.words.set(commands.subarray(0, commandWords), at / 4);
    at += commandWords * 4;
    for (let i = 0; i < pulls.length; i += 3) {
      const bytes = pulls[i + 2] as number;
      slab.bytes.set(this.#memory.view(pulls[i] as number, bytes), at);
      at += bytes;
    }
  }

  /** The same, from the slab to where it belongs. */
  #encodePulls(
    encoder: GPUCommandEncoder,
    gpu: Gpu,
    slab: GPUBuffer,
    aperture: GPUBuffer,
    batch: Batch,
    jobBytes: number,
  ): void {
    const { commandWords, commandPlace, pulls } = batch;
    let at = READBACK_HEADER;
    if (jobBytes > 0) encoder.copyBufferToBuffer(slab, at, gpu.jobs, 0, jobBytes);
    at += jobBytes;
    if (jobBytes > 0 && commandWords > 0) {
      encoder.copyBufferToBuffer(slab, at, aperture, commandPlace * 4, commandWords * 4);
    }
    at += commandWords * 4;
    for (let i = 0; i < pulls.length; i += 3) {
      const bytes = pulls[i + 2] as number;
      encoder.copyBufferToBuffer(slab, at, aperture, pulls[i + 1] as number, bytes);
      at += bytes;
    }
  }

  #encodeJobs(encoder: GPUCommandEncoder, gpu: Gpu, aperture: GPUBuffer, batch: Batch): void {
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

  /** Whether all that draws a batch's triangles has been made; asks for what has not. */
  #drawsReady(gpu: Gpu, batch: Batch): boolean {
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

  /**
   * Fences and nothing else to execute, as after every frame that the processor drew: the last one's value goes from the slab's
   * copy of its packet to its place. A dispatch would say the same, and cost the browser's poll (see completion-nudge.ts).
   */
  #encodeFence(encoder: GPUCommandEncoder, slab: GPUBuffer, aperture: GPUBuffer, batch: Batch, jobBytes: number): void {
    const value = READBACK_HEADER + jobBytes + batch.fenceWord * 4;
    encoder.copyBufferToBuffer(slab, value, aperture, batch.fenceByte, 4);
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

  #createAperture(gpu: Gpu): void {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    this.#aperture = gpu.device.createBuffer({ label: 'aperture', size: this.#pages * PAGE_SIZE, usage });
    this.#executeBindings = null;
    this.#presenter.rebind();
  }

  /** The GPU had not the memory for a larger aperture: makes do with what it had before, filled anew from RAM. */
  #shrink(gpu: Gpu, pages: number): void {
    this.#limitPages = Math.min(this.#limitPages, pages);
    this.#pages = this.#limitPages;
    this.#aperture?.destroy();
    this.#host?.lost('its memory is full');
    this.#createAperture(gpu);
    this.#host?.restored();
  }

  /** @param slab an upload slab that is to be mapped again when the batch is done */
  #awaitReadback(gpu: Gpu, batch: Batch, readback: GPUBuffer, computes: boolean, slab: UploadSlab | null): void {
    const epoch = this.#epoch;
    const { readBytes, serial } = batch;
    if (computes) gpu.nudge.begin();
    const settle = () => {
      if (computes) gpu.nudge.end();
      if (slab) gpu.uploads.recycle(slab);
    };
    readback.mapAsync(GPUMapMode.READ, 0, readBytes).then(
      () => {
        if (epoch === this.#epoch) this.#complete(batch, readback, readBytes, serial);
        else gpu.readbacks.give(readback);
        settle();
      },
      (error: unknown) => {
        // AbortError: lost or closed, which comes by another way.
        if (epoch === this.#epoch && (error as Error).name !== 'AbortError') this.#broken();
        settle();
      },
    );
  }

  #complete(batch: Batch, readback: GPUBuffer, readBytes: number, serial: number): void {
    const range = readback.getMappedRange(0, readBytes);
    this.#readbacks.set(batch, readback);
    // The number went through the GPU with everything else: had the submission been refused, it would not be here.
    if (new Uint32Array(range, 0, 1)[0] !== serial) {
      this.#broken();
      return;
    }
    batch.bytes = new Uint8Array(range);
    this.#host?.completed(batch);
  }

  #awaitUpload(batch: Batch, recycled: Promise<boolean>): void {
    const epoch = this.#epoch;
    recycled.then((mapped) => {
      if (mapped && epoch === this.#epoch) this.#host?.completed(batch);
    });
  }

  #broken(): void {
    this.#host?.broken('The browser refused a submission: the GPU may be out of memory.');
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
