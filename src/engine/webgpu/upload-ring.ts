/**
 * Mapped memory through which bytes reach the GPU: slabs (MAP_WRITE | COPY_SRC) that are mapped again right after the
 * submission that used them, so that the next frame finds one mapped. The ring is capped: a page that keeps mapping new
 * slabs ends in a lost device.
 */
import { slabFits, slabSize } from './slab-size.ts';

/** Slabs, and bytes in them, at most. A single slab may be larger, when it is the only one. */
const MAX_SLABS = 12;
const MAX_BYTES = 128 * 1024 * 1024;

/** A slab, mapped while its owner writes it. */
export interface UploadSlab {
  readonly buffer: GPUBuffer;
  readonly size: number;
  /** Its bytes, while mapped. */
  bytes: Uint8Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
}

export class UploadRing {
  readonly #device: GPUDevice;
  readonly #onReady: () => void;
  /** Mapped and free, the one used last at the end. */
  readonly #free: UploadSlab[] = [];
  #slabs = 0;
  #bytes = 0;

  /** @param onReady called whenever a slab has become free */
  constructor(device: GPUDevice, onReady: () => void) {
    this.#device = device;
    this.#onReady = onReady;
  }

  /**
   * A mapped slab of at least `bytes`; null when all are in use and there may be no more: `onReady` follows; or when the
   * device has been lost, of which it has yet to tell. Throws RangeError when the browser has not the memory for another.
   */
  take(bytes: number): UploadSlab | null {
    let best = -1;
    for (let i = this.#free.length - 1; i >= 0; i--) {
      const { size } = this.#free[i] as UploadSlab;
      if (slabFits(size, bytes) && (best < 0 || size < (this.#free[best] as UploadSlab).size)) best = i;
    }
    if (best >= 0) {
      const slab = this.#free.splice(best, 1)[0] as UploadSlab;
      // A destroyed device unmaps its buffers at once, and says that it is lost only later.
      return slab.buffer.mapState === 'mapped' ? slab : null;
    }

    const size = slabSize(bytes);
    while (this.#free.length > 0 && !this.#roomFor(size)) this.#destroy(this.#free.shift() as UploadSlab);
    if (this.#slabs > 0 && !this.#roomFor(size)) return null;
    // Born mapped, and empty: the only use of mappedAtCreation.
    const usage = GPUBufferUsage.MAP_WRITE | GPUBufferUsage.COPY_SRC;
    const buffer = this.#device.createBuffer({ label: 'upload slab', size, usage, mappedAtCreation: true });
    this.#slabs++;
    this.#bytes += size;
    return mapped(buffer, size);
  }

  /** Unmaps a slab, for the submission that copies out of it. */
  close(slab: UploadSlab): void {
    slab.buffer.unmap();
  }

  /** The submission that uses the slab has been made: maps it again. Resolves when that is done: true; or never will be: false. */
  recycle(slab: UploadSlab): Promise<boolean> {
    return slab.buffer.mapAsync(GPUMapMode.WRITE).then(
      () => {
        this.#free.push(mapped(slab.buffer, slab.size));
        this.#onReady();
        return true;
      },
      () => {
        // Lost, or an invalid buffer: of no more use.
        this.#destroy(slab);
        return false;
      },
    );
  }

  #roomFor(size: number): boolean {
    return this.#slabs < MAX_SLABS && this.#bytes + size <= MAX_BYTES;
  }

  #destroy(slab: UploadSlab): void {
    slab.buffer.destroy();
    this.#slabs--;
    this.#bytes -= slab.size;
  }
}

function mapped(buffer: GPUBuffer, size: number): UploadSlab {
  const range = buffer.getMappedRange();
  return { buffer, size, bytes: new Uint8Array(range), words: new Uint32Array(range) };
}
