/**
 * Frames from RAM to where a shader sees them: the engine, FLIP by FLIP, against the barest WebGPU that moves the same bytes out
 * of the same shared memory. Runs in a browser page. Rounds of all contenders alternate, so that whatever else the machine does
 * falls on each alike; a figure is the median of its rounds.
 */
import { FakeCpu, gpuContext, surface } from '../test/engine/fake-cpu.ts';

/** A measured figure beside what it is measured against. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the same work takes without us, in the same run. */
  readonly baseline: number;
  /** value ÷ baseline. */
  readonly ratio: number;
  /** Largest ratio that is good enough; null: for information. */
  readonly target: number | null;
}

const WIDTH = 1920;
const HEIGHT = 1080;
const FRAME_BYTES = WIDTH * HEIGHT * 4;
const FRAMES = 30;
const IN_FLIGHT = 2;

/** Median of some figures. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

/** Milliseconds per frame of `count` frames, which `run` delivers. */
async function perFrame(run: (count: number) => Promise<void>, count: number): Promise<number> {
  const start = performance.now();
  await run(count);
  return (performance.now() - start) / count;
}

/** Two 1080p surfaces that are flipped in turn, each flip with its fence. */
function engineFrames(cpu: FakeCpu): (count: number) => Promise<void> {
  const buffers = [cpu.allocate(FRAME_BYTES), cpu.allocate(FRAME_BYTES)] as const;
  let frame = 0;
  return async (count) => {
    const fences: number[] = [];
    for (let i = 0; i < count; i++) {
      const buffer = buffers[frame++ & 1] as (typeof buffers)[0];
      buffer.u32[0] = frame;
      cpu.flip(surface(buffer, WIDTH * 4), WIDTH, HEIGHT);
      fences.push(cpu.putFence());
      cpu.doorbell();
      if (fences.length === IN_FLIGHT) {
        const oldest = fences.shift() as number;
        await fenceReached(cpu, oldest);
      }
    }
    await fenceReached(cpu, fences.at(-1) as number);
  };
}

/** Resolves in the task in which the fence has been reached, without looking again and again. */
function fenceReached(cpu: FakeCpu, value: number): Promise<void> {
  return cpu.until(() => cpu.read('FENCE_VALUE') >= value, `fence ${value}`);
}

/** Three slabs that are mapped again after each use, one copy a frame. */
function bareSlabs(device: GPUDevice, ram: Uint8Array): (count: number) => Promise<void> {
  const usage = GPUBufferUsage.MAP_WRITE | GPUBufferUsage.COPY_SRC;
  const target = device.createBuffer({ size: FRAME_BYTES, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  const slabs = Array.from({ length: 3 }, () => {
    const buffer = device.createBuffer({ size: FRAME_BYTES, usage, mappedAtCreation: true });
    return { buffer, mapped: Promise.resolve(undefined as undefined) };
  });
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
function writeTextures(device: GPUDevice, ram: Uint8Array): (count: number) => Promise<void> {
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
  const context = await gpuContext();
  const device = context.device;
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
    row('1080p frames to the device, against mapped slabs', two, bare, 1.1),
    row('1080p frames to the device, against writeTexture', two, texture, 0.5),
    row('1080p frames, one submission in flight, against two', one, two, null),
    row('1080p frames, three submissions in flight, against two', three, two, null),
  ];
}
