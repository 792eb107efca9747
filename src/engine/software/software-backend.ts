/**
 * The execution unit in TypeScript: the twin of webgpu/execute.wgsl, word for word. It has an aperture of its own beside
 * RAM, pulls and lands the same bytes at the same moments, and completes its batches later, from a task of their own, so that
 * a driver cannot tell the engines apart but by their speed.
 */
import { type BoardMemory, PAGE_SIZE } from '../../bus/board-memory.ts';
import { type Backend, type BackendHost, FIRST_APERTURE_PAGES, type Picture, type Submitted } from '../backend.ts';
import { type Batch, READBACK_HEADER } from '../batch.ts';
import { HostMemory } from '../host-memory.ts';
import { toScreen } from '../pixels.ts';
import { executeJobs } from './execute.ts';

export class SoftwareBackend implements Backend {
  readonly kind = 'software';
  readonly adapter = 'software';
  readonly presenting = 0;
  readonly limitPages: number;
  readonly #memory: HostMemory;
  readonly #canvas: CanvasRenderingContext2D | null;
  readonly #channel = new MessageChannel();
  /** Batches executed, with the epoch in which they were submitted. */
  readonly #executed: { readonly batch: Batch; readonly epoch: number; readonly staging: Uint8Array | null }[] = [];
  /** Readback memory that is not in use. */
  readonly #spare: Uint8Array[] = [];
  #words: Uint32Array<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;
  #host: BackendHost | null = null;
  #epoch = 0;

  constructor(memory: BoardMemory, canvas: HTMLCanvasElement | null, limitPages: number) {
    this.limitPages = limitPages;
    this.#memory = new HostMemory(memory);
    this.#canvas = canvas?.getContext('2d', { alpha: false }) ?? null;
    this.#words = new Uint32Array((Math.min(FIRST_APERTURE_PAGES, limitPages) * PAGE_SIZE) / 4);
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#channel.port1.onmessage = () => this.#complete();
  }

  get pages(): number {
    return this.#bytes.length / PAGE_SIZE;
  }

  attach(host: BackendHost): void {
    this.#host = host;
  }

  grow(pages: number): boolean {
    try {
      const larger = new Uint32Array((pages * PAGE_SIZE) / 4);
      larger.set(this.#words);
      this.#words = larger;
      this.#bytes = new Uint8Array(larger.buffer);
      return true;
    } catch {
      return false; // RangeError: the page has not the memory.
    }
  }

  submit(batch: Batch): Submitted {
    const { pulls, reads, commands, commandWords, commandPlace } = batch;
    for (let i = 0; i < pulls.length; i += 3) {
      this.#bytes.set(this.#memory.view(pulls[i] as number, pulls[i + 2] as number), pulls[i + 1] as number);
    }
    this.#words.set(commands.subarray(0, commandWords), commandPlace);
    executeJobs(this.#words, batch);
    const staging = batch.readBytes > 0 ? this.#stage(batch.readBytes) : null;
    for (let i = 0; staging && i < reads.length; i += 3) {
      const start = reads[i] as number;
      staging.set(this.#bytes.subarray(start, start + (reads[i + 1] as number)), reads[i + 2] as number);
    }
    this.#executed.push({ batch, epoch: this.#epoch, staging });
    this.#channel.port2.postMessage(null);
    return 'taken';
  }

  release(batch: Batch): void {
    if (batch.bytes) this.#spare.push(batch.bytes);
    batch.bytes = null;
  }

  abandon(): void {
    this.#epoch++;
  }

  present(picture: Picture | null): boolean {
    const context = this.#canvas;
    if (!context) return true;
    if (!picture) {
      context.fillStyle = '#000';
      context.fillRect(0, 0, context.canvas.width, context.canvas.height);
      return true;
    }
    const { word, width, height, pointer } = picture;
    if (context.canvas.width !== width) context.canvas.width = width;
    if (context.canvas.height !== height) context.canvas.height = height;
    const pixels = toScreen(this.#words.subarray(word), picture, pointer && this.#words.subarray(pointer.word));
    context.putImageData(new ImageData(pixels, width, height), 0, 0);
    return true;
  }

  async read(word: number, words: number): Promise<Uint32Array> {
    return this.#words.slice(word, word + words);
  }

  close(): void {
    this.#epoch++;
    this.#host = null;
    this.#channel.port1.onmessage = null;
    this.#channel.port1.close();
    this.#words = new Uint32Array(0);
    this.#bytes = new Uint8Array(0);
    this.#spare.length = 0;
    this.#executed.length = 0;
  }

  #complete(): void {
    const next = this.#executed.shift();
    if (!next || next.epoch !== this.#epoch) return;
    next.batch.bytes = next.staging;
    this.#host?.completed(next.batch);
  }

  /** Memory for a readback, twice as large as need be at most. */
  #stage(bytes: number): Uint8Array {
    const index = this.#spare.findIndex(({ length }) => length >= bytes && length <= bytes * 2 + PAGE_SIZE);
    if (index >= 0) return this.#spare.splice(index, 1)[0] as Uint8Array;
    this.#spare.length = 0;
    return new Uint8Array(Math.ceil((bytes + READBACK_HEADER) / PAGE_SIZE) * PAGE_SIZE);
  }
}
