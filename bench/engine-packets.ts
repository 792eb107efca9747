/**
 * The command processor: what a packet that does nothing costs, how many dispatches a frame's packets become, and how many bytes
 * 3840×2160 frames move, out of system memory and in local memory. Runs in a browser page.
 */
import {
  RINGGPU_FLAG_TEXTURED,
  RINGGPU_FORMATS,
  RINGGPU_HEADER,
  RINGGPU_PAIR,
} from '../src/devices/ringgpu/packets.ts';
import { RINGGPU_SCANOUT_ENABLE } from '../src/devices/ringgpu/registers.ts';
import { address, FakeCpu, localSurface, type Surface, surface } from '../test/engine/fake-cpu.ts';
import { type BenchRow, median } from './engine-upload.ts';

const RING_BYTES = 1024 * 1024;
const NOPS = RING_BYTES / 4 - 8;
const NOP_ROUNDS = 8;

const WIDTH = 3840;
const HEIGHT = 2160;
const PITCH = WIDTH * 4;
const FRAME_BYTES = PITCH * HEIGHT;
const FRAMES = 8;

/** A frame of a game: a picture, so many sprites laid over it one after the other, and a mesh. */
const SPRITES = 100;
const SPRITE = 32;
const TRIANGLES = 200;

/** Fills of a pixel, each over the one before: a dispatch each. Two doorbells, whose difference is dispatches alone. */
const FEW_FILLS = 8;
const MANY_FILLS = 200;

const MEGA = 1_000_000;

/** Nanoseconds a NOP, from the doorbell to the fence behind it. */
async function nops(): Promise<number> {
  const cpu = await FakeCpu.boot('webgpu', { ringBytes: RING_BYTES });
  const times: number[] = [];
  for (let round = 0; round < NOP_ROUNDS; round++) {
    for (let i = 0; i < NOPS; i++) cpu.put(RINGGPU_HEADER('NOP', 0, 1));
    const start = performance.now();
    await cpu.finish();
    times.push(((performance.now() - start) * MEGA) / NOPS);
  }
  cpu.close();
  return median(times.slice(1));
}

/** Microseconds that one more dispatch costs a doorbell. */
async function dispatchCost(): Promise<number> {
  const cpu = await FakeCpu.boot('webgpu');
  const target = surface(cpu.allocate(4096), 64);
  const milliseconds = async (fills: number) => {
    const times: number[] = [];
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < fills; i++) cpu.fill(target, 0, 0, 1, 1, i);
      const start = performance.now();
      await cpu.finish();
      times.push(performance.now() - start);
    }
    return median(times.slice(5));
  };
  const few = await milliseconds(FEW_FILLS);
  const many = await milliseconds(MANY_FILLS);
  cpu.close();
  return ((many - few) * 1000) / (MANY_FILLS - FEW_FILLS);
}

/** Dispatches that the device is asked for while something runs. */
async function dispatches(run: () => Promise<void>): Promise<number> {
  const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  let count = 0;
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (this: GPUComputePassEncoder, ...sizes) {
    count++;
    return dispatchWorkgroups.apply(this, sizes);
  };
  try {
    await run();
  } finally {
    GPUComputePassEncoder.prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
  return count;
}

/** Dispatches of a doorbell with a whole frame behind it. */
async function frameDispatches(): Promise<number> {
  const cpu = await FakeCpu.boot('webgpu', { ringBytes: 64 * 1024 });
  const vertices = cpu.allocate(TRIANGLES * 48);
  const screen = localSurface(PITCH);
  const picture = localSurface(PITCH / 4, FRAME_BYTES / 4);
  const texture = localSurface(SPRITE * 4, FRAME_BYTES / 2);
  const formats = RINGGPU_FORMATS(0, 1);
  const count = await dispatches(async () => {
    cpu.fill(screen, 0, 0, 960, 540, 0);
    cpu.copy(screen, 0, 0, picture, 0, 0, 640, 400);
    for (let i = 0; i < SPRITES; i++) {
      const at = RINGGPU_PAIR((i * 97) % 900, (i * 61) % 500);
      const target = [...address(screen.logical), PITCH, at];
      const source = [...address(texture.logical), SPRITE * 4, 0];
      cpu.packet('BLEND_RECT', 0, ...target, ...source, RINGGPU_PAIR(SPRITE, SPRITE), formats);
      if (i % 10 === 0) cpu.putFence();
    }
    const target = [...address(screen.logical), PITCH, 0];
    const source = [...address(texture.logical), SPRITE * 4, RINGGPU_PAIR(SPRITE, SPRITE)];
    const mesh = [...address(vertices.logical), TRIANGLES];
    cpu.packet('DRAW_TRIANGLES', RINGGPU_FLAG_TEXTURED, ...target, ...source, RINGGPU_PAIR(960, 540), formats, ...mesh);
    cpu.flip(screen, 960, 540);
    await cpu.finish();
  });
  cpu.close();
  return count;
}

/** What a frame costs. */
interface Frame {
  /** Bytes that cross between the machine and the GPU, either way. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Frames that are flipped, each with a fence. The monitor is on, so each is scanned out too. */
async function frames(cpu: FakeCpu, shown: Surface): Promise<Frame> {
  cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
  const frame = async () => {
    cpu.flip(shown, WIDTH, HEIGHT);
    await cpu.finish();
    const vblanks = cpu.read('VBLANK_COUNT');
    await cpu.until(() => cpu.read('VBLANK_COUNT') !== vblanks, 'a refresh');
  };
  for (let i = 0; i < 2; i++) await frame();
  const { counters } = cpu.engine;
  const before = counters.dmaReadBytes + counters.dmaWriteBytes;
  const start = performance.now();
  for (let i = 0; i < FRAMES; i++) await frame();
  const milliseconds = (performance.now() - start) / FRAMES;
  const bytes = (counters.dmaReadBytes + counters.dmaWriteBytes - before) / FRAMES;
  cpu.close();
  return { bytes, milliseconds };
}

function boot(): Promise<FakeCpu> {
  const canvas = document.createElement('canvas');
  document.body.replaceChildren(canvas);
  return FakeCpu.boot('webgpu', { ramBytes: 64 * 1024 * 1024, pacing: 'unpaced', canvas });
}

/** Measures the command processor, and 3840×2160 frames. */
export async function benchEnginePackets(): Promise<BenchRow[]> {
  const nop = await nops();
  const dispatched = await frameDispatches();
  const cost = await dispatchCost();
  const cpu = await boot();
  const system = await frames(cpu, surface(cpu.allocate(FRAME_BYTES), PITCH));
  const local = await frames(await boot(), localSurface(PITCH));
  const row = (name: string, value: number, unit: string, baseline: number, target: number | null): BenchRow => {
    return { name, value, unit, baseline, ratio: value / baseline, target };
  };
  return [
    row('a NOP in a full ring of 1 MiB, against a million a second', nop, 'ns', 1000, 1),
    row(`a doorbell with ${SPRITES} sprites and a mesh, against 20 dispatches`, dispatched, 'dispatches', 20, 1),
    row('one dispatch more in a doorbell, against 22 µs', cost, 'µs', 22, 1),
    row(
      '3840×2160 flip and refresh, system memory, against its pixels',
      system.bytes / MEGA,
      'MB',
      FRAME_BYTES / MEGA,
      1.01,
    ),
    row(
      '3840×2160 flip and refresh, local memory, against system memory',
      local.bytes / MEGA,
      'MB',
      system.bytes / MEGA,
      0.001,
    ),
    row(
      '3840×2160 flip and refresh, local memory, against system memory',
      local.milliseconds,
      'ms',
      system.milliseconds,
      null,
    ),
  ];
}
