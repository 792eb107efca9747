/**
 * The GPU, opened once by the board and kept through many boots: device, pipelines, staging slabs, and the job table. When
 * the device is lost, the context opens another, and tells the engines that use it.
 */
import { JOB_TABLE_WORDS, JOB_WORDS, MAX_JOBS } from '../job.ts';
import { OPERAND_INDEX } from '../operands.ts';
import blendText from './blend.wgsl?raw';
import { CompletionNudge } from './completion-nudge.ts';
import executeText from './execute.wgsl?raw';
import jobText from './job.wgsl?raw';
import moveText from './move.wgsl?raw';
import pixelsText from './pixels.wgsl?raw';
import presentText from './present.wgsl?raw';
import { ReadbackRing } from './readback-ring.ts';
import { TrianglePipelines } from './triangle-pipelines.ts';
import { UploadRing } from './upload-ring.ts';

/** How often a lost device is asked for again, and after how many milliseconds each time. */
const RETRY_MS = [0, 100, 1000];
/** Devices that may be lost within {@link LOSS_WINDOW_MS}: a GPU that does nothing but die is given up. */
const MAX_LOSSES = 8;
const LOSS_WINDOW_MS = 10_000;
/** Aperture, at most: WGSL reaches no further with a 32-bit word index, and browsers bind no more than 2 GiB. */
const MAX_APERTURE_BYTES = 1024 ** 3;

/** Bytes that one binding of the job table shows: a group of jobs. */
export const JOB_GROUP_BYTES = MAX_JOBS * JOB_WORDS * 4;

/** What an engine hears from the context. */
export interface ContextListener {
  /** The device is gone, and every buffer with it. */
  lost(reason: string): void;
  /** There is another: `context.gpu`. */
  restored(): void;
  /** There will be no other. */
  gone(sentence: string): void;
  /** An upload slab has become free, or what draws triangles has been made. */
  slabReady(): void;
}

/** Everything that lives and dies with a device. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly uploads: UploadRing;
  readonly readbacks: ReadbackRing;
  readonly nudge: CompletionNudge;
  readonly executeLayout: GPUBindGroupLayout;
  /** For jobs that move words; its layout is the same. */
  readonly fillPipeline: GPUComputePipeline;
  readonly copyPipeline: GPUComputePipeline;
  readonly movePipeline: GPUComputePipeline;
  /** For jobs that blend whole words; its layout is the same. */
  readonly blendPipeline: GPUComputePipeline;
  readonly executePipeline: GPUComputePipeline;
  /** For jobs that draw triangles; their layout is the same. */
  readonly triangles: TrianglePipelines;
  readonly presentLayout: GPUBindGroupLayout;
  readonly presentPipeline: GPURenderPipeline;
  readonly presentFormat: GPUTextureFormat;
  /** The job table, as the shader reads it. */
  readonly jobs: GPUBuffer;
  /** Stands in for scratch memory where no job needs any. */
  readonly noScratch: GPUBuffer;
}

export class GpuContext {
  /** Name of the GPU, for people. */
  readonly adapter: string;
  /** Validation errors that the browser reported, oldest first, at most 16. A sound engine causes none. */
  readonly errors: string[] = [];
  /** Pages that the last machine's aperture had grown to: the next one, mostly the same driver, begins with as many, within reason. */
  aperturePages = 0;
  readonly #listeners = new Set<ContextListener>();
  #gpu: Gpu | null;
  #closed = false;
  /** Times of losses. */
  #losses: number[] = [];
  #goneSentence = '';

  /** @internal Use {@link openGpuContext}. */
  constructor(adapter: string, gpu: Gpu) {
    this.adapter = adapter;
    this.#gpu = gpu;
    this.#watch(gpu);
  }

  /** The device and what belongs to it; null between a loss and its end. */
  get gpu(): Gpu | null {
    return this.#gpu;
  }

  /** The device, for whoever wants to measure or to destroy it; null as above. */
  get device(): GPUDevice | null {
    return this.#gpu?.device ?? null;
  }

  /** Bytes that an aperture may have. */
  get apertureBytes(): number {
    const limits = this.#gpu?.device.limits;
    return limits ? Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize, MAX_APERTURE_BYTES) : 0;
  }

  attach(listener: ContextListener): void {
    this.#listeners.add(listener);
  }

  detach(listener: ContextListener): void {
    this.#listeners.delete(listener);
  }

  /** Resolves when there is a device; rejects when there will be none. */
  ready(): Promise<void> {
    if (this.#gpu) return Promise.resolve();
    if (this.#goneSentence) return Promise.reject(new Error(this.#goneSentence));
    return new Promise((resolve, reject) => {
      const listener: ContextListener = {
        lost: () => {},
        slabReady: () => {},
        restored: () => {
          this.detach(listener);
          resolve();
        },
        gone: (sentence) => {
          this.detach(listener);
          reject(new Error(sentence));
        },
      };
      this.attach(listener);
    });
  }

  /** Gives the GPU back. */
  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#gpu?.device.destroy();
    this.#gpu = null;
    this.#goneSentence = 'The GPU was given back.';
  }

  /** @internal */
  slabReady(): void {
    for (const listener of this.#listeners) listener.slabReady();
  }

  #watch(gpu: Gpu): void {
    gpu.device.onuncapturederror = ({ error }) => {
      if (this.errors.length < 16) this.errors.push(error.message);
    };
    gpu.device.lost.then(({ message, reason }) => {
      gpu.nudge.close();
      if (this.#closed || this.#gpu !== gpu) return;
      this.#gpu = null;
      this.#reopen(message || reason);
    });
  }

  async #reopen(reason: string): Promise<void> {
    for (const listener of [...this.#listeners]) listener.lost(reason);
    const now = performance.now();
    this.#losses = [...this.#losses.filter((time) => now - time < LOSS_WINDOW_MS), now];
    let why = `it was lost ${this.#losses.length} times within ${LOSS_WINDOW_MS / 1000} seconds`;
    if (this.#losses.length <= MAX_LOSSES) {
      for (const delay of RETRY_MS) {
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
        try {
          const gpu = await openGpu(() => this.slabReady());
          if (this.#closed) {
            gpu.device.destroy();
            return;
          }
          this.#gpu = gpu;
          this.#watch(gpu);
          for (const listener of [...this.#listeners]) listener.restored();
          return;
        } catch (error) {
          why = error instanceof Error ? error.message : String(error);
        }
      }
    }
    if (this.#closed) return;
    this.#goneSentence = `The GPU was lost (${reason}) and cannot be had again: ${why}.`;
    for (const listener of [...this.#listeners]) listener.gone(this.#goneSentence);
  }
}

/** Opens the visitor's GPU. Rejects with an Error that says in plain words why there is none. */
export async function openGpuContext(): Promise<GpuContext> {
  let context: GpuContext | undefined;
  const gpu = await openGpu(() => context?.slabReady());
  context = new GpuContext(adapterName(gpu.device.adapterInfo), gpu);
  return context;
}

function adapterName({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed GPU';
}

async function openGpu(onReady: () => void): Promise<Gpu> {
  if (!navigator.gpu) throw new Error('this browser has no WebGPU (navigator.gpu is missing)');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('WebGPU found no GPU that it may use (requestAdapter returned null)');
  const { maxBufferSize, maxStorageBufferBindingSize, maxTextureDimension2D } = adapter.limits;
  const device = await adapter.requestDevice({
    label: 'RingGPU',
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize, maxTextureDimension2D },
  });
  const presentFormat = navigator.gpu.getPreferredCanvasFormat();
  const executeLayout = device.createBindGroupLayout({
    label: 'execute',
    entries: [
      { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'storage' } },
      { binding: 1, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'read-only-storage', hasDynamicOffset: true } },
      { binding: 2, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'storage' } },
    ],
  });
  const presentLayout = device.createBindGroupLayout({
    label: 'present',
    entries: [
      { binding: 0, visibility: GPUShaderStage.FRAGMENT, buffer: { type: 'read-only-storage' } },
      { binding: 1, visibility: GPUShaderStage.FRAGMENT, buffer: { type: 'uniform' } },
    ],
  });
  const presentModule = device.createShaderModule({ label: 'present', code: pixelsText + presentText });
  const module = device.createShaderModule({
    label: 'execute',
    code: pixelsText + jobText + moveText + blendText + executeText,
  });
  const layout = device.createPipelineLayout({ bindGroupLayouts: [executeLayout] });
  const pipeline = (entryPoint: string) =>
    device.createComputePipelineAsync({
      label: entryPoint,
      layout,
      compute: { module, entryPoint, constants: OPERAND_INDEX },
    });
  const [fillPipeline, copyPipeline, movePipeline, blendPipeline, executePipeline, presentPipeline] = await Promise.all(
    [
      pipeline('fill_words'),
      pipeline('copy_words'),
      pipeline('move_words'),
      pipeline('blend_words'),
      pipeline('execute'),
      device.createRenderPipelineAsync({
        label: 'present',
        layout: device.createPipelineLayout({ bindGroupLayouts: [presentLayout] }),
        vertex: { module: presentModule, entryPoint: 'corner' },
        fragment: { module: presentModule, entryPoint: 'pixel', targets: [{ format: presentFormat }] },
      }),
    ],
  );
  return {
    device,
    uploads: new UploadRing(device, onReady),
    readbacks: new ReadbackRing(device),
    nudge: new CompletionNudge(device.queue),
    executeLayout,
    fillPipeline,
    copyPipeline,
    movePipeline,
    blendPipeline,
    executePipeline,
    triangles: new TrianglePipelines(device, layout, onReady),
    presentLayout,
    presentPipeline,
    presentFormat,
    jobs: device.createBuffer({
      label: 'jobs',
      // A group is bound whole, wherever it begins.
      size: JOB_TABLE_WORDS * 4 + JOB_GROUP_BYTES,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    }),
    noScratch: device.createBuffer({ label: 'no scratch', size: 16, usage: GPUBufferUsage.STORAGE }),
  };
}
