/**
 * Rectangles of a whole 1920×1080 picture in local memory: the engine on WebGPU against a compute shader that was written for
 * nothing but that one rectangle. A measurement is one doorbell, from the packet to its fence in memory; beside it one submission
 * of the bare shader, and four bytes brought back. Runs in a browser page.
 */
import { RINGGPU_FORMATS, RINGGPU_PAIR } from '../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FORMAT_A8R8G8B8,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_INT_FENCE,
} from '../src/devices/ringgpu/registers.ts';
import { address, FakeCpu, localSurface } from '../test/engine/fake-cpu.ts';
import { timed, timedBare } from './engine-draw.ts';
import { type BenchRow, finishAsleep } from './engine-upload.ts';

const WIDTH = 1920;
const HEIGHT = 1080;
const PITCH = WIDTH * 4;
const PICTURE = WIDTH * HEIGHT;
/** Bare shader: words that a workgroup of 64 goes through. */
const CHUNK = 2048;

/** The work of each bare shader on word `i`; the second picture lies behind the first. */
const BODIES = {
  FILL_RECT: 'memory[i] = 0x00336699u;',
  COPY_RECT: `memory[i] = memory[i + ${PICTURE}u];`,
  BLEND_RECT: `
    let over = memory[i + ${PICTURE}u];
    let under = memory[i];
    let rest = 255u - (over >> 24u);
    let even = (under & 0x00ff00ffu) * rest + 0x00800080u;
    let odd = ((under >> 8u) & 0x00ff00ffu) * rest + 0x00800080u;
    let scaled = (((even + ((even >> 8u) & 0x00ff00ffu)) >> 8u) & 0x00ff00ffu) | ((odd + ((odd >> 8u) & 0x00ff00ffu)) & 0xff00ff00u);
    memory[i] = over + scaled;`,
} as const;
type Rectangle = keyof typeof BODIES;

function bare(rectangle: Rectangle): Promise<number> {
  const code = `
@group(0) @binding(0) var<storage, read_write> memory: array<u32>;
@compute @workgroup_size(64)
fn work(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let end = min((group.x + 1u) * ${CHUNK}u, ${PICTURE}u);
  for (var i = group.x * ${CHUNK}u + lane; i < end; i += 64u) { ${BODIES[rectangle]} }
}`;
  return timedBare({ code, bytes: PICTURE * 8, readBytes: 4, workgroups: Math.ceil(PICTURE / CHUNK), dispatches: 1 });
}

async function engine(rectangle: Rectangle): Promise<number> {
  const cpu = await FakeCpu.boot('webgpu');
  cpu.write('INT_ENABLE', RINGGPU_INT_FENCE);
  const to = localSurface(PITCH, 0);
  const from = localSurface(PITCH, PICTURE * 4);
  const size = RINGGPU_PAIR(WIDTH, HEIGHT);
  const formats = RINGGPU_FORMATS(
    RINGGPU_FORMAT_X8R8G8B8,
    rectangle === 'BLEND_RECT' ? RINGGPU_FORMAT_A8R8G8B8 : RINGGPU_FORMAT_X8R8G8B8,
  );
  const milliseconds = await timed(async () => {
    if (rectangle === 'FILL_RECT') cpu.fill(to, 0, 0, WIDTH, HEIGHT, 0x336699);
    else {
      const target = [...address(to.logical), PITCH, 0];
      cpu.packet(rectangle, 0, ...target, ...address(from.logical), PITCH, 0, size, formats);
    }
    await finishAsleep(cpu);
  });
  cpu.close();
  return milliseconds;
}

/** Compares each rectangle with its bare shader. */
export async function benchEngineRectangles(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [rectangle, target] of [
    ['FILL_RECT', 1.25],
    ['COPY_RECT', 1.25],
    ['BLEND_RECT', 1.5],
  ] as const) {
    const value = await engine(rectangle);
    const baseline = await bare(rectangle);
    const name = `${rectangle} of ${WIDTH}×${HEIGHT}, against a shader for nothing else`;
    rows.push({ name, value, unit: 'ms', baseline, ratio: value / baseline, target });
  }
  return rows;
}
