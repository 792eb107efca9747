/** Slabs (MAP_READ | COPY_DST) through which bytes come back from the GPU. They are kept unmapped, and mapped as far as they were used. */
import { slabFits, slabSize } from './slab-size.ts';

/** Slabs, and bytes in them, that are kept for the next readback. */
const MAX_FREE = 8;
const MAX_FREE_BYTES = 64 * 1024 * 1024;

export class ReadbackRing {
  readonly #device: GPUDevice;
  /** The one used last at the end. */
  readonly #free: GPUBuffer[] = [];
  #freeBytes = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer of at least `bytes`, to be copied into. */
  take(bytes: number): GPUBuffer {
    const index = this.#free.findLastIndex(({ size }) => slabFits(size, bytes));
    if (index >= 0) {
      const buffer = this.#free.splice(index, 1)[0] as GPUBuffer;
      this.#freeBytes -= buffer.size;
      return buffer;
    }
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    return this.#device.createBuffer({ label: 'readback slab', size: slabSize(bytes), usage });
  }

  /** Takes a buffer back, mapped or not. */
  give(buffer: GPUBuffer): void {
    buffer.unmap();
    this.#free.push(buffer);
    this.#freeBytes += buffer.size;
    while (this.#free.length > MAX_FREE || this.#freeBytes > MAX_FREE_BYTES) {
      const oldest = this.#free.shift() as GPUBuffer;
      this.#freeBytes -= oldest.size;
      oldest.destroy();
    }
  }
}
