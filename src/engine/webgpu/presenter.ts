/** Draws a surface of the aperture to the canvas, whose size follows the surface's. */
import type { Picture, PointerPicture } from '../backend.ts';
import type { Gpu } from './gpu-context.ts';

/** As present.wgsl has it: four words, eight of the pointer, and the monitor's table. */
const MODE_BYTES = 16 + 32 + 1024;
const POINTER_WORD = 4;
const LUT_WORD = 12;

export class Presenter {
  readonly #canvas: HTMLCanvasElement | null;
  readonly #context: GPUCanvasContext | null;
  #presenting = 0;
  /** Counts devices. */
  #epoch = 0;
  /** For which device the canvas is configured. */
  #configured: GPUDevice | null = null;
  #mode: GPUBuffer | null = null;
  #bindings: GPUBindGroup | null = null;
  /** What the mode buffer holds. */
  #modeKey = '';
  #lut: Uint32Array | null = null;

  constructor(canvas: HTMLCanvasElement | null) {
    this.#canvas = canvas;
    this.#context = canvas?.getContext('webgpu') ?? null;
  }

  /** Refreshes that the GPU has not finished. */
  get presenting(): number {
    return this.#presenting;
  }

  /** Shows a picture, or darkness. Returns false when that could not be done just now. */
  present(gpu: Gpu, aperture: GPUBuffer, picture: Picture | null): boolean {
    const canvas = this.#canvas;
    const context = this.#context;
    if (!canvas || !context) return true;
    const { device } = gpu;
    const limit = device.limits.maxTextureDimension2D;
    if (picture && (picture.width > limit || picture.height > limit)) return true;
    const encoder = device.createCommandEncoder();
    const recycle = picture ? this.#setMode(gpu, encoder, picture) : () => {};
    if (!recycle) return false;
    // A canvas that changes its size, or its device, is dark until something is drawn: so not before it is certain that something is.
    if (picture) {
      if (canvas.width !== picture.width) canvas.width = picture.width;
      if (canvas.height !== picture.height) canvas.height = picture.height;
    }
    if (this.#configured !== device) {
      context.configure({ device, format: gpu.presentFormat, alphaMode: 'opaque' });
      this.#configured = device;
    }
    const view = context.getCurrentTexture().createView();
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store', clearValue: [0, 0, 0, 1] }],
    });
    if (picture) {
      pass.setPipeline(gpu.presentPipeline);
      pass.setBindGroup(0, this.#bind(gpu, aperture));
      pass.draw(3, 1, 0, picture.word);
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
    recycle();
    const epoch = this.#epoch;
    const done = () => {
      if (epoch === this.#epoch) this.#presenting--;
    };
    this.#presenting++;
    device.queue.onSubmittedWorkDone().then(done, done);
    return true;
  }

  /** The aperture is another buffer. */
  rebind(): void {
    this.#bindings = null;
  }

  /** The device is gone, and all that was made with it. */
  forget(): void {
    this.#epoch++;
    this.#presenting = 0;
    this.#configured = null;
    this.#bindings = null;
    this.#modeKey = '';
    this.#mode?.destroy();
    this.#mode = null;
  }

  /** The last picture stays on the canvas: it would go dark for a moment before the next machine's first one. */
  close(): void {
    this.forget();
  }

  /** Sends the mode to the GPU if it is a new one. Returns what to do after the submission; null when there is no slab. */
  #setMode(gpu: Gpu, encoder: GPUCommandEncoder, picture: Picture): (() => void) | null {
    const { pitchWords, visibleWords, format, lut, pointer } = picture;
    const pointerMode = pointer ? pointerModeOf(pointer) : NO_POINTER;
    const key = `${pitchWords} ${visibleWords} ${format} ${pointerMode}`;
    if (key === this.#modeKey && lut === this.#lut) return () => {};
    const slab = gpu.uploads.take(MODE_BYTES);
    if (!slab) return null;
    slab.words.set([pitchWords, visibleWords, format, lut ? 1 : 0]);
    slab.words.set(pointerMode, POINTER_WORD);
    if (lut) slab.words.set(lut, LUT_WORD);
    gpu.uploads.close(slab);
    this.#mode ??= gpu.device.createBuffer({
      label: 'mode',
      size: MODE_BYTES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    encoder.copyBufferToBuffer(slab.buffer, 0, this.#mode, 0, MODE_BYTES);
    this.#modeKey = key;
    this.#lut = lut;
    return () => void gpu.uploads.recycle(slab);
  }

  #bind(gpu: Gpu, aperture: GPUBuffer): GPUBindGroup {
    this.#bindings ??= gpu.device.createBindGroup({
      label: 'present',
      layout: gpu.presentLayout,
      entries: [
        { binding: 0, resource: { buffer: aperture } },
        { binding: 1, resource: { buffer: this.#mode as GPUBuffer } },
      ],
    });
    return this.#bindings;
  }
}

/** No pixel lies under a pointer of size 0. */
const NO_POINTER: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0];

/** The struct Pointer of present.wgsl. */
function pointerModeOf({ x, y, width, height, word, pitchWords, mono }: PointerPicture): readonly number[] {
  return [x, y, width, height, word, pitchWords, mono ? 1 : 0, 0];
}
