/**
 * Frames from RAM to where a shader sees them: the engine, FLIP by FLIP, against the barest WebGPU that moves the same bytes out
 * of the same shared memory. Runs in a browser page. Rounds of all contenders alternate, so that whatever else the machine does
 * falls on each alike; a figure is the median of its rounds.
 */
import { ATTENTION } from '../src/bus/board-memory.ts';
import { RINGGPU_FLAG_INTERRUPT } from '../src/devices/ringgpu/packets.ts';
import { RINGGPU_INT_FENCE } from '../src/devices/ringgpu/registers.ts';
import { type Buffer, FakeCpu, gpuContext, surface } from '../test/engine/fake-cpu.ts';

/** A measured figure beside what it is measured against, which its name says behind `, against `. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the baseline takes, in the same run. */
  readonly baseline: number;
  /** value ÷ baseline. */
  readonly ratio: number;
  /** Largest ratio that is good enough; null: for information. */
  readonly target: number | null;
}

const WIDTH = 1920;
const HEIGHT = 1080;
const FRAME_BYTES = WIDTH * HEIGHT * 4;
const FRAMES = 20;
const IN_FLIGHT = 2;

/** Median of some figures. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Delivers so many frames. */
type Contender = (count: number) => Promise<void>;

/** Milliseconds per frame. */
async function perFrame(run: Contender, count: number): Promise<number> {
  const start = performance.now();
  await run(count);
  return (performance.now() - start) / count;
}

/** Two 1080p surfaces that are flipped in turn, each flip with its fence, which interrupts. */
function engineFrames(cpu: FakeCpu): Contender {
  const buffers = [cpu.allocate(FRAME_BYTES), cpu.allocate(FRAME_BYTES)] as const;
  cpu.write('INT_ENABLE', RINGGPU_INT_FENCE);
  let frame = 0;
  return async (count) => {
    let fence = 0;
    for (let i = 0; i < count; i++) {
      const buffer = buffers[frame++ & 1] as Buffer;
      buffer.u32[0] = frame;
      cpu.flip(surface(buffer, WIDTH * 4), WIDTH, HEIGHT);
      fence = cpu.putFence(RINGGPU_FLAG_INTERRUPT);
      cpu.doorbell();
      if (i >= IN_FLIGHT - 1) await fenceReached(cpu, fence - (IN_FLIGHT - 1));
    }
    await fenceReached(cpu, fence);
  };
}

/** Sleeps until interrupts have brought a fence: a processor that polls would take the core on which an emulated GPU works. */
async function fenceReached(cpu: FakeCpu, value: number): Promise<void> {
  for (;;) {
    Atomics.store(cpu.control, ATTENTION, 0);
    if (cpu.read('FENCE_VALUE') >= value) return;
    await Atomics.waitAsync(cpu.control, ATTENTION, 0).value;
  }
}

/** Rings for what has been put into the ring, with a fence behind it, and sleeps until that has passed. INT_FENCE must be enabled. */
export async function finishAsleep(cpu: FakeCpu): Promise<void> {
  const fence = cpu.putFence(RINGGPU_FLAG_INTERRUPT);
  cpu.doorbell();
  await fenceReached(cpu, fence);
}

/** Three slabs that are mapped again after each use, one copy a frame. */
function bareSlabs(device: GPUDevice, ram: Uint8Array): Contender {
  const usage = GPUBufferUsage.MAP_WRITE | GPUBufferUsage.COPY_SRC;
  const target = device.createBuffer({ size: FRAME_BYTES, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  const slabs = Array.from({ length: 3 }, () => ({
    buffer: device.createBuffer({ size: FRAME_BYTES, usage, mappedAtCreation: true }),
    mapped: Promise.resolve<undefined>(undefined),
  }));
  let frame = 0;
  return async (count) => {
    const done: Promise<undefined>[] = [];
    for (let i = 0; i < count; i++) {
      const slab = slabs[frame++ % slabs.length] as (typeof slabs)[0];
      await slab.mapped;
      new Uint8Array(slab.buffer.getMappedRange()).set(ram);
      slab.buffer.unmap();
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(slab.buffer, 0, target, 0, FRAME_BYTES);
      device.queue.submit([encoder.finish()]);
      slab.mapped = slab.buffer.mapAsync(GPUMapMode.WRITE);
      done.push(slab.mapped);
      if (done.length === IN_FLIGHT) await done.shift();
    }
    await Promise.all(done);
  };
}

/** The usual way of showing a picture. */
function writeTextures(device: GPUDevice, ram: Uint8Array): Contender {
  const texture = device.createTexture({
    size: [WIDTH, HEIGHT],
    format: 'bgra8unorm',
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
  });
  return async (count) => {
    const done: Promise<undefined>[] = [];
    for (let i = 0; i < count; i++) {
      device.queue.writeTexture({ texture }, ram, { bytesPerRow: WIDTH * 4 }, [WIDTH, HEIGHT]);
      device.queue.submit([]);
      done.push(device.queue.onSubmittedWorkDone());
      if (done.length === IN_FLIGHT) await done.shift();
    }
    await Promise.all(done);
  };
}

/** Compares ways to bring 1080p frames to the GPU. */
export async function benchEngineUpload(rounds = 7): Promise<BenchRow[]> {
  const { device } = await gpuContext();
  if (!device) throw new Error('benchEngineUpload: the GPU is lost');
  const cpus = await Promise.all(
    [2, 1, 3].map((inFlight) => FakeCpu.boot('webgpu', { ramBytes: 32 * 1024 * 1024, tuning: { inFlight } })),
  );
  const ram = (cpus[0] as FakeCpu).ram.subarray(1024 * 1024, 1024 * 1024 + FRAME_BYTES);
  const contenders = [...cpus.map(engineFrames), bareSlabs(device, ram), writeTextures(device, ram)];
  const times = contenders.map((): number[] => []);
  for (const contender of contenders) await contender(4);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) times[index]?.push(await perFrame(contender, FRAMES));
  }
  for (const cpu of cpus) cpu.close();
  const [two = 0, one = 0, three = 0, bare = 0, texture = 0] = times.map(median);
  const row = (name: string, value: number, baseline: number, target: number | null): BenchRow => {
    return { name, value, unit: 'ms/frame', baseline, ratio: value / baseline, target };
  };
  return [
    row('1080p frames to the device, against three mapped slabs, bare', two, bare, 1.1),
    row('1080p frames to the device, against queue.writeTexture', two, texture, 0.5),
    row('1080p frames, two submissions in flight, against one', two, one, null),
    row('1080p frames, two submissions in flight, against three', two, three, null),
  ];
}
