/**
 * From the doorbell to the interrupt: the engine's whole way (fetch, check, upload, execute, read back, land, raise) against
 * the barest submission with a mapAsync. Runs in a browser page.
 */
import { ATTENTION } from '../src/bus/board-memory.ts';
import { RINGGPU_FLAG_INTERRUPT } from '../src/devices/ringgpu/packets.ts';
import { RINGGPU_INT_FENCE } from '../src/devices/ringgpu/registers.ts';
import { FakeCpu, gpuContext, nextTask } from '../test/engine/fake-cpu.ts';
import { type BenchRow, median } from './engine-upload.ts';

const ROUND_TRIPS = 400;
/** Before the browser has compiled what runs often. */
const WARM_UP = 300;

/** Four bytes to a buffer that is mapped for reading. */
async function bareRoundTrip(device: GPUDevice, source: GPUBuffer, readback: GPUBuffer): Promise<number> {
  const start = performance.now();
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, readback, 0, 4);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const milliseconds = performance.now() - start;
  readback.getMappedRange();
  readback.unmap();
  return milliseconds;
}

/** One fence with interrupt. A processor that spins sees INT_STATUS at the moment at which one that sleeps is woken. */
async function doorbell(cpu: FakeCpu): Promise<number> {
  const { notify } = Atomics;
  let seen = 0;
  Atomics.notify = (array: Int32Array | BigInt64Array, index: number, count?: number) => {
    if (array.buffer === cpu.control.buffer && index === ATTENTION) seen = performance.now();
    return notify(array as Int32Array, index, count);
  };
  Atomics.store(cpu.control, ATTENTION, 0);
  const woken = Atomics.waitAsync(cpu.control, ATTENTION, 0);
  cpu.putFence(RINGGPU_FLAG_INTERRUPT);
  const start = performance.now();
  cpu.doorbell();
  await woken.value;
  Atomics.notify = notify;
  if ((cpu.read('INT_STATUS') & RINGGPU_INT_FENCE) === 0) throw new Error('doorbell: attention without an interrupt');
  cpu.write('INT_STATUS', RINGGPU_INT_FENCE);
  return seen - start;
}

/** Compares a doorbell's way to its interrupt with a bare round trip. */
export async function benchEngineDoorbell(): Promise<BenchRow[]> {
  const { device } = await gpuContext();
  if (!device) throw new Error('benchEngineDoorbell: the GPU is lost');
  const source = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_SRC });
  const readback = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const cpu = await FakeCpu.boot('webgpu');
  cpu.write('INT_ENABLE', RINGGPU_INT_FENCE);
  const bare: number[] = [];
  const engine: number[] = [];
  for (let i = 0; i < WARM_UP + ROUND_TRIPS; i++) {
    bare.push(await bareRoundTrip(device, source, readback));
    await nextTask();
    engine.push(await doorbell(cpu));
    await nextTask();
  }
  cpu.close();
  source.destroy();
  readback.destroy();
  const value = median(engine.slice(WARM_UP));
  const baseline = median(bare.slice(WARM_UP));
  const name = 'doorbell to interrupt, against submit and mapAsync, bare';
  return [{ name, value, unit: 'ms', baseline, ratio: value / baseline, target: 1.2 }];
}
