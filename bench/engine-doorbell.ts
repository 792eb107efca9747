/**
 * From the doorbell to the interrupt: the engine's whole way (fetch, check, upload, execute, read back, land, raise) against
 * the barest submission with a mapAsync. Runs in a browser page.
 */
import { ATTENTION, ATTENTION_INTERRUPT } from '../src/bus/board-memory.ts';
import { RINGGPU_FLAG_INTERRUPT } from '../src/devices/ringgpu/packets.ts';
import { RINGGPU_INT_FENCE } from '../src/devices/ringgpu/registers.ts';
import { FakeCpu, gpuContext, nextTask } from '../test/engine/fake-cpu.ts';
import { type BenchRow, median } from './engine-upload.ts';

const ROUND_TRIPS = 100;

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

/** One fence with interrupt. The moment at which INT_STATUS shows it is taken when the processor's attention is asked for. */
async function doorbell(cpu: FakeCpu): Promise<number> {
  Atomics.and(cpu.control, ATTENTION, ~ATTENTION_INTERRUPT);
  const raised = Atomics.waitAsync(cpu.control, ATTENTION, Atomics.load(cpu.control, ATTENTION));
  cpu.putFence(RINGGPU_FLAG_INTERRUPT);
  const start = performance.now();
  cpu.doorbell();
  await raised.value;
  const milliseconds = performance.now() - start;
  if ((cpu.read('INT_STATUS') & RINGGPU_INT_FENCE) === 0) throw new Error('doorbell: attention without an interrupt');
  cpu.write('INT_STATUS', RINGGPU_INT_FENCE);
  return milliseconds;
}

/** Compares a doorbell's way to its interrupt with a bare round trip. */
export async function benchEngineDoorbell(): Promise<BenchRow[]> {
  const context = await gpuContext();
  const device = context.device;
  if (!device) throw new Error('benchEngineDoorbell: the GPU is lost');
  const source = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_SRC });
  const readback = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const cpu = await FakeCpu.boot('webgpu');
  cpu.write('INT_ENABLE', RINGGPU_INT_FENCE);
  const bare: number[] = [];
  const engine: number[] = [];
  for (let i = 0; i < ROUND_TRIPS + 10; i++) {
    const pair = [await bareRoundTrip(device, source, readback), await doorbell(cpu)] as const;
    await nextTask();
    if (i < 10) continue;
    bare.push(pair[0]);
    engine.push(pair[1]);
  }
  cpu.close();
  source.destroy();
  readback.destroy();
  const value = median(engine);
  const baseline = median(bare);
  return [
    {
      name: 'doorbell to interrupt, against submit and mapAsync',
      value,
      unit: 'ms',
      baseline,
      ratio: value / baseline,
      target: 1.2,
    },
  ];
}
