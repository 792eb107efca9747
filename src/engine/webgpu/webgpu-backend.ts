/**
 * The execution unit on the visitor's GPU. The aperture is one GPUBuffer; a batch is one submission: copies out of a mapped
 * slab, compute, copies into a readback slab; then one mapAsync brings the bytes back.
 */
import { type BoardMemory, PAGE_SIZE } from '../../bus/board-memory.ts';
import { type Backend, type BackendHost, FIRST_APERTURE_PAGES, type Picture, type Submitted } from '../backend.ts';
import { type Batch, READBACK_HEADER } from '../batch.ts';
import { HostMemory } from '../host-memory.ts';
import { JOB_WORDS } from '../job.ts';
import type { Gpu, GpuContext } from './gpu-context.ts';
import { JobEncoder } from './job-encoder.ts';
import { Presenter } from './presenter.ts';
import type { UploadSlab } from './upload-ring.ts';

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
  readonly #jobs = new JobEncoder();
  #host: BackendHost | null = null;
  #gpu: Gpu | null;
  #pages: number;
  #limitPages: number;
  #aperture: GPUBuffer | null = null;
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
    if (batch.binBytes > 0 && !this.#jobs.drawsReady(gpu, batch)) {
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
    if (computes) this.#jobs.encode(encoder, gpu, aperture, batch);
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
    this.#jobs.close();
    this.#aperture = null;
    this.#gpu = null;
  }

  /* What the context says. */

  lost(reason: string): void {
    this.#gpu = null;
    this.#aperture = null;
    this.#jobs.close();
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

  /**
   * Fences and nothing else to execute, as after every frame that the processor drew: the last one's value goes from the slab's
   * copy of its packet to its place. A dispatch would say the same, and cost the browser's poll (see completion-nudge.ts).
   */
  #encodeFence(encoder: GPUCommandEncoder, slab: GPUBuffer, aperture: GPUBuffer, batch: Batch, jobBytes: number): void {
    const value = READBACK_HEADER + jobBytes + batch.fenceWord * 4;
    encoder.copyBufferToBuffer(slab, value, aperture, batch.fenceByte, 4);
  }

  #createAperture(gpu: Gpu): void {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    this.#aperture = gpu.device.createBuffer({ label: 'aperture', size: this.#pages * PAGE_SIZE, usage });
    this.#jobs.rebind();
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
