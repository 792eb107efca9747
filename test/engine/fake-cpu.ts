/**
 * A machine's processor, as far as an engine can tell: RAM with common buffers in it, the IOMMU's tables, a ring, and
 * registers behind the real front. It runs on the page's main thread, so it waits by turning to the event loop.
 */
import {
  type BoardMemory,
  createBoardMemory,
  DEVICE_ATTENTION,
  FRAME_SPREAD,
  PAGE_SIZE,
} from '../../src/bus/board-memory.ts';
import { IommuWriter } from '../../src/bus/iommu.ts';
import { RingGpuFront } from '../../src/devices/ringgpu/front.ts';
import { type PacketName, RINGGPU_HEADER, RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import {
  type RegisterName,
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_LOCAL_BASE,
  RINGGPU_LOCAL_OFFSET,
  RINGGPU_REG,
  RINGGPU_STATUS_RESETTING,
} from '../../src/devices/ringgpu/registers.ts';
import type { EngineTuning } from '../../src/engine/device-engine.ts';
import type { Engine, EngineEvent, EngineOptions, Pacing } from '../../src/engine/engine.ts';
import { createSoftwareEngine } from '../../src/engine/software/software-engine.ts';
import { type GpuContext, openGpuContext } from '../../src/engine/webgpu/gpu-context.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';

export type Kind = Engine['kind'];

export const KINDS: readonly Kind[] = ['webgpu', 'software'];

let context: Promise<GpuContext> | undefined;

/** The GPU, opened once for a test file. */
export function gpuContext(): Promise<GpuContext> {
  context ??= openGpuContext();
  return context;
}

export async function makeEngine(kind: Kind, options: EngineOptions, tuning?: EngineTuning): Promise<Engine> {
  return kind === 'software'
    ? createSoftwareEngine(options, tuning)
    : createWebGpuEngine(await gpuContext(), options, tuning);
}

/** A common buffer. */
export interface Buffer {
  readonly logical: number;
  /** Byte offset in RAM. */
  readonly ram: number;
  readonly bytes: number;
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
}

export interface CpuOptions {
  readonly ramBytes?: number;
  readonly pacing?: Pacing;
  readonly canvas?: HTMLCanvasElement;
  readonly tuning?: EngineTuning;
  readonly ringBytes?: number;
  readonly onVblank?: () => void;
}

export class FakeCpu {
  readonly memory: BoardMemory;
  readonly iommu: IommuWriter;
  readonly front: RingGpuFront;
  readonly control: Int32Array;
  readonly ram: Uint8Array;
  readonly events: EngineEvent[] = [];
  engine!: Engine;
  ring!: Buffer;
  fence!: Buffer;
  /** Byte offset at which the next packet goes. */
  tail = 0;
  #fenceValue = 0;
  #nextPage = 16;
  #nextLogical: number;
  #attention = -1;

  constructor(ramBytes = 8 * 1024 * 1024) {
    this.memory = createBoardMemory(ramBytes);
    this.front = new RingGpuFront(this.memory, null);
    this.control = new Int32Array(this.memory.control);
    this.ram = new Uint8Array(this.memory.ram.buffer);
    // Frames lie scattered: frame f holds page f ÷ 2 for odd f, backwards.
    const frames = new Int32Array(this.memory.frames);
    const pages = ramBytes / PAGE_SIZE;
    for (let page = 0; page < pages; page++) frames[(pages - 1 - page) * FRAME_SPREAD + 1] = page + 1;
    this.iommu = new IommuWriter(this.memory, () => this.engine.service());
    this.#nextLogical = 0x10_0000;
  }

  /** A machine with an engine, its ring set up and enabled, and a fence buffer. */
  static async boot(kind: Kind, options: CpuOptions = {}): Promise<FakeCpu> {
    const cpu = new FakeCpu(options.ramBytes);
    cpu.engine = await makeEngine(
      kind,
      {
        memory: cpu.memory,
        canvas: options.canvas ?? null,
        pacing: options.pacing ?? 'timer',
        onEvent: (event) => cpu.events.push(event),
        ...(options.onVblank && { onVblank: options.onVblank }),
      },
      options.tuning,
    );
    cpu.ring = cpu.allocate(options.ringBytes ?? PAGE_SIZE);
    cpu.fence = cpu.allocate(PAGE_SIZE);
    cpu.setUpRing();
    return cpu;
  }

  setUpRing(): void {
    this.write('RING_BASE_LO', this.ring.logical % 2 ** 32);
    this.write('RING_BASE_HI', Math.floor(this.ring.logical / 2 ** 32));
    this.write('RING_SIZE', this.ring.bytes);
    this.write('FENCE_ADDR_LO', this.fence.logical);
    this.write('CONTROL', RINGGPU_CONTROL_ENABLE);
    this.tail = 0;
  }

  /** Frame numbers of consecutive RAM pages. */
  frames(page: number, count: number): number[] {
    const pages = this.ram.length / PAGE_SIZE;
    return Array.from({ length: count }, (_, i) => (pages - 1 - page - i) * FRAME_SPREAD + 1);
  }

  /** Allocates and maps a common buffer, with an unmapped logical page and a RAM page of 0xA5 on either side. */
  allocate(bytes: number, writable = true): Buffer {
    const pages = Math.ceil(bytes / PAGE_SIZE);
    const page = this.#nextPage + 1;
    this.#nextPage += pages + 1;
    if ((page + pages + 1) * PAGE_SIZE > this.ram.length) throw new Error('FakeCpu.allocate: out of RAM');
    this.ram.fill(0xa5, (page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    this.ram.fill(0xa5, (page + pages) * PAGE_SIZE, (page + pages + 1) * PAGE_SIZE);
    const logical = this.#nextLogical + PAGE_SIZE;
    this.#nextLogical = logical + pages * PAGE_SIZE;
    this.iommu.map(1, logical / PAGE_SIZE, this.frames(page, pages), writable);
    return {
      logical,
      ram: page * PAGE_SIZE,
      bytes,
      u8: this.ram.subarray(page * PAGE_SIZE, page * PAGE_SIZE + bytes),
      u32: new Uint32Array(this.ram.buffer, page * PAGE_SIZE, bytes >>> 2),
    };
  }

  unmap(buffer: Buffer): void {
    this.iommu.unmap(1, buffer.logical / PAGE_SIZE, Math.ceil(buffer.bytes / PAGE_SIZE));
  }

  read(name: RegisterName): number {
    return this.front.read32(RINGGPU_REG[name]);
  }

  /** Writes a register, and lets the engine look if the front asks for its attention, as a board would. */
  write(name: RegisterName, value: number): void {
    this.front.write32(RINGGPU_REG[name], value >>> 0);
    this.serve();
  }

  serve(): void {
    const attention = Atomics.load(this.control, DEVICE_ATTENTION);
    if (attention === this.#attention) return;
    this.#attention = attention;
    this.engine.service();
  }

  /** Puts words into the ring, without telling the device. */
  put(...words: number[]): void {
    for (const word of words) {
      this.ring.u32[this.tail / 4] = word;
      this.tail = (this.tail + 4) % this.ring.bytes;
    }
  }

  /** Writes words into the window onto local memory. */
  writeLocal(offset: number, ...words: number[]): void {
    for (const [i, word] of words.entries()) this.front.write32(RINGGPU_LOCAL_OFFSET + offset + i * 4, word >>> 0);
  }

  /** Words of the window onto local memory. */
  readLocal(offset: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.front.read32(RINGGPU_LOCAL_OFFSET + offset + i * 4));
  }

  /** Brings bytes of local memory into a buffer. */
  writeBack(to: Buffer, offset: number, bytes: number): void {
    this.packet('WRITE_BACK', 0, ...address(to.logical), ...address(RINGGPU_LOCAL_BASE + offset), bytes);
  }

  /** Appends an INDIRECT to packets that lie in a buffer. */
  indirect(buffer: Buffer, words: number, offset = 0): void {
    this.packet('INDIRECT', 0, ...address(buffer.logical + offset), words);
  }

  doorbell(): void {
    this.write('RING_TAIL', this.tail);
  }

  packet(name: PacketName, flags: number, ...operands: number[]): void {
    this.put(RINGGPU_HEADER(name, flags, operands.length + 1), ...operands);
  }

  fill(to: Surface, x: number, y: number, width: number, height: number, colour: number): void {
    this.packet('FILL_RECT', 0, ...place(to), RINGGPU_PAIR(x, y), RINGGPU_PAIR(width, height), 0, colour);
  }

  copy(to: Surface, x: number, y: number, from: Surface, fx: number, fy: number, width: number, height: number): void {
    const target = [...place(to), RINGGPU_PAIR(x, y)];
    const source = [...place(from), RINGGPU_PAIR(fx, fy)];
    this.packet('COPY_RECT', 0, ...target, ...source, RINGGPU_PAIR(width, height), 0);
  }

  flip(surface: Surface, width: number, height: number, flags = 0): void {
    this.packet('FLIP', flags, ...place(surface), RINGGPU_PAIR(width, height), 0);
  }

  /** Appends a fence with the next value. Returns the value. */
  putFence(flags = 0): number {
    this.packet('FENCE', flags, ++this.#fenceValue);
    return this.#fenceValue;
  }

  /** Appends a fence, rings, and waits for it. */
  async finish(): Promise<void> {
    const value = this.putFence();
    this.doorbell();
    await this.until(() => this.read('FENCE_VALUE') === value, `fence ${value}`);
  }

  /** Waits, serving the device, until something holds; rejects after five seconds. */
  async until(done: () => boolean, what = 'it'): Promise<void> {
    for (const start = performance.now(); !done(); ) {
      if (performance.now() - start > 5000) throw new Error(`waited in vain for ${what}: ${this.describe()}`);
      await nextTask();
      this.serve();
    }
  }

  async reset(): Promise<void> {
    this.write('CONTROL', RINGGPU_CONTROL_RESET);
    await this.until(() => (this.read('STATUS') & RINGGPU_STATUS_RESETTING) === 0, 'the reset');
    this.tail = 0;
  }

  describe(): string {
    const names: RegisterName[] = ['STATUS', 'RING_HEAD', 'RING_TAIL', 'FENCE_VALUE', 'FAULT_CODE', 'FAULT_RING'];
    return `${names.map((name) => `${name}=${this.read(name)}`).join(' ')} ${JSON.stringify(this.events, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}`;
  }

  close(): void {
    this.engine.close();
  }
}

/** Where a surface lies. */
export interface Surface {
  readonly logical: number;
  readonly pitch: number;
}

export function surface(buffer: Buffer, pitch: number, offset = 0): Surface {
  return { logical: buffer.logical + offset, pitch };
}

/** A surface in local memory. */
export function localSurface(pitch: number, offset = 0): Surface {
  return { logical: RINGGPU_LOCAL_BASE + offset, pitch };
}

/** Low and high half. */
export function address(logical: number): [number, number] {
  return [logical % 2 ** 32, Math.floor(logical / 2 ** 32)];
}

function place({ logical, pitch }: Surface): number[] {
  return [...address(logical), pitch];
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets the event loop turn once, without the delay of a timer. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
