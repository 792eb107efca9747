/**
 * Rectangles and triangles: the engine on WebGPU against a shader written for nothing but that, and against its twin in
 * software. A measurement is one doorbell, from the packets to the fence, landing and all. Runs in a browser page.
 */
import { RINGGPU_FLAG_TEXTURED, RINGGPU_FORMATS, RINGGPU_PAIR } from '../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FORMAT_A8R8G8B8,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_INT_FENCE,
} from '../src/devices/ringgpu/registers.ts';
import { type Buffer, FakeCpu, gpuContext, type Kind, surface } from '../test/engine/fake-cpu.ts';
import { type BenchRow, finishAsleep, median } from './engine-upload.ts';

const WIDTH = 320;
const HEIGHT = 240;
const PITCH = WIDTH * 4;
/** Fills of a doorbell, each over the one before. */
const FILLS = 32;
/** Triangles of a doorbell: a mesh, where the doorbell itself counts for much, and a scene. */
const MESH = 1000;
const SCENE = 4000;
const REPEATS = 12;
const WARM_UP = 3;

/** One dispatch a fill, as the engine must, and the bytes brought back once. */
const FILL_SHADER = `
@group(0) @binding(0) var<storage, read_write> memory: array<u32>;
@compute @workgroup_size(64)
fn fill(@builtin(global_invocation_id) id: vec3u) {
  for (var i = id.x; i < ${WIDTH * HEIGHT}u; i += ${64 * 256}u) { memory[i] = i; }
}`;

/** Median milliseconds of what `run` does, once it has been done a few times. */
export async function timed(run: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + REPEATS; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return median(times.slice(WARM_UP));
}

/** A compute shader that does one thing to `memory`, its only binding, whatever its entry point is called. */
interface BareShader {
  readonly code: string;
  /** Bytes of its memory, and how many of them are brought back. */
  readonly bytes: number;
  readonly readBytes: number;
  readonly workgroups: number;
  /** Dispatches of a submission, one behind the other. */
  readonly dispatches: number;
}

/** Median milliseconds of one submission of a bare shader, its bytes brought back. */
export async function timedBare({ code, bytes, readBytes, workgroups, dispatches }: BareShader): Promise<number> {
  const { device } = await gpuContext();
  if (!device) throw new Error('timedBare: the GPU is lost');
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const memory = device.createBuffer({ size: bytes, usage });
  const readback = device.createBuffer({ size: readBytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const entries = [{ binding: 0, resource: { buffer: memory } }];
  const bindings = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const milliseconds = await timed(async () => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    for (let i = 0; i < dispatches; i++) pass.dispatchWorkgroups(workgroups);
    pass.end();
    encoder.copyBufferToBuffer(memory, 0, readback, 0, readBytes);
    device.queue.submit([encoder.finish()]);
    await readback.mapAsync(GPUMapMode.READ);
    readback.getMappedRange();
    readback.unmap();
  });
  memory.destroy();
  readback.destroy();
  return milliseconds;
}

/** Milliseconds of the hand-written shader's fills, and of bringing the last one's bytes back. */
function bareFills(): Promise<number> {
  const bytes = PITCH * HEIGHT;
  return timedBare({ code: FILL_SHADER, bytes, readBytes: bytes, workgroups: 256, dispatches: FILLS });
}

async function fills(kind: Kind): Promise<number> {
  const cpu = await FakeCpu.boot(kind, { ramBytes: 16 * 1024 * 1024 });
  cpu.write('INT_ENABLE', RINGGPU_INT_FENCE);
  const target = surface(cpu.allocate(PITCH * HEIGHT), PITCH);
  const milliseconds = await timed(async () => {
    for (let i = 0; i < FILLS; i++) cpu.fill(target, 0, 0, WIDTH, HEIGHT, i);
    await finishAsleep(cpu);
  });
  cpu.close();
  return milliseconds;
}

/** Textured triangles of 128 pixels, scattered over the surface. */
function scatter({ u32 }: Buffer, count: number): void {
  for (let i = 0; i < count; i++) {
    const x = ((i * 97) % (WIDTH - 16)) * 16;
    const y = ((i * 61) % (HEIGHT - 16)) * 16;
    u32.set([x, y, 0xffffffff, 0, x + 256, y, 0xffffffff, 256, x, y + 256, 0xffffffff, 256 << 16], i * 12);
  }
}

async function triangles(kind: Kind, count: number): Promise<number> {
  const cpu = await FakeCpu.boot(kind, { ramBytes: 16 * 1024 * 1024 });
  cpu.write('INT_ENABLE', RINGGPU_INT_FENCE);
  const target = cpu.allocate(PITCH * HEIGHT);
  const texture = cpu.allocate(4096);
  const vertices = cpu.allocate(count * 48);
  scatter(vertices, count);
  const formats = RINGGPU_FORMATS(RINGGPU_FORMAT_X8R8G8B8, RINGGPU_FORMAT_A8R8G8B8);
  const source = [texture.logical, 0, 64, RINGGPU_PAIR(16, 16)];
  const milliseconds = await timed(async () => {
    const destination = [target.logical, 0, PITCH, 0];
    const operands = [...destination, ...source, RINGGPU_PAIR(WIDTH, HEIGHT), formats, vertices.logical, 0, count];
    cpu.packet('DRAW_TRIANGLES', RINGGPU_FLAG_TEXTURED, ...operands);
    await finishAsleep(cpu);
  });
  cpu.close();
  return milliseconds;
}

function row(name: string, value: number, baseline: number, target: number | null = null): BenchRow {
  return { name, value, unit: 'ms', baseline, ratio: value / baseline, target };
}

async function compared(count: number, target: number | null): Promise<BenchRow> {
  const name = `${count} textured triangles of 128 pixels, against the software engine`;
  return row(name, await triangles('webgpu', count), await triangles('software', count), target);
}

/** Compares rectangles and triangles with what else could draw them. */
export async function benchEngineDraw(): Promise<BenchRow[]> {
  const filled = await fills('webgpu');
  const rectangles = `${FILLS} fills of ${WIDTH} × ${HEIGHT}`;
  return [
    row(`${rectangles}, against a shader for nothing else`, filled, await bareFills()),
    row(`${rectangles}, against the software engine`, filled, await fills('software')),
    await compared(MESH, null),
    await compared(SCENE, 1),
  ];
}
