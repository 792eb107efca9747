import { expect } from 'chai';
import { RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_MEMORY,
  RINGGPU_INT_VBLANK,
  RINGGPU_POINTER_ENABLE,
  RINGGPU_SCANOUT_ENABLE,
} from '../../src/devices/ringgpu/registers.ts';
import { slabFits, slabSize } from '../../src/engine/webgpu/slab-size.ts';
import { delay, FakeCpu, gpuContext, surface } from './fake-cpu.ts';

/** Watches the real WebGPU objects while `run` runs. */
async function watch(run: () => Promise<void>) {
  const seen = {
    writes: 0,
    submits: 0,
    maps: 0,
    mappedAtCreation: [] as GPUBufferDescriptor[],
    /** Usages of copy sources, and of what was written while it was mapped. */
    sources: new Set<number>(),
    shaders: 0,
  };
  const undo: (() => void)[] = [];
  const hook = <T extends object, K extends keyof T>(
    prototype: T,
    name: K,
    look: (self: T, args: unknown[]) => void,
  ) => {
    const real = prototype[name] as (...args: unknown[]) => unknown;
    prototype[name] = function (this: T, ...args: unknown[]) {
      look(this, args);
      return real.apply(this, args);
    } as T[K];
    undo.push(() => {
      prototype[name] = real as T[K];
    });
  };
  hook(GPUQueue.prototype, 'writeBuffer', () => seen.writes++);
  hook(GPUQueue.prototype, 'writeTexture', () => seen.writes++);
  hook(GPUQueue.prototype, 'copyExternalImageToTexture', () => seen.writes++);
  hook(GPUQueue.prototype, 'submit', (_, [lists]) => {
    if ((lists as unknown[]).length > 0) seen.submits++;
  });
  hook(GPUBuffer.prototype, 'mapAsync', (_, [mode]) => {
    if (mode === GPUMapMode.READ) seen.maps++;
  });
  hook(GPUDevice.prototype, 'createShaderModule', () => seen.shaders++);
  hook(GPUDevice.prototype, 'createBuffer', (_, [descriptor]) => {
    const asked = descriptor as GPUBufferDescriptor;
    if (asked.mappedAtCreation) seen.mappedAtCreation.push(asked);
  });
  hook(GPUCommandEncoder.prototype, 'copyBufferToBuffer', (_, [source]) => {
    seen.sources.add((source as GPUBuffer).usage);
  });
  try {
    await run();
  } finally {
    for (const one of undo) one();
  }
  return seen;
}

describe('the way of the bytes', () => {
  const slabUsage = () => GPUBufferUsage.MAP_WRITE | GPUBufferUsage.COPY_SRC;
  const apertureUsage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

  it('to the GPU is through mapped slabs and no other, which are used again and again', async () => {
    const canvas = document.createElement('canvas');
    const cpu = await FakeCpu.boot('webgpu', { canvas });
    const frames = [cpu.allocate(640 * 480 * 4), cpu.allocate(640 * 480 * 4)];
    cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
    const seen = await watch(async () => {
      for (let i = 0; i < 40; i++) {
        const frame = surface(frames[i % 2] as (typeof frames)[0], 2560);
        frames[i % 2]?.u32.fill(i);
        cpu.fill(frame, 10, 10, 10, 10, i);
        cpu.flip(frame, 640, 480);
        await cpu.finish();
      }
      await delay(40);
    });
    cpu.close();
    expect(seen.writes).to.equal(0);
    expect(seen.shaders, 'shaders made after boot').to.equal(0);
    expect([...seen.sources].sort()).to.deep.equal([slabUsage(), apertureUsage()].sort());
    for (const descriptor of seen.mappedAtCreation) expect(descriptor.usage).to.equal(slabUsage());
    expect(seen.mappedAtCreation.length, 'slabs for 40 frames').to.be.at.most(8);
    expect((await gpuContext()).errors).to.deep.equal([]);
  });

  it('is the same for a pointer that moves at every vblank', async () => {
    const canvas = document.createElement('canvas');
    const cpu = await FakeCpu.boot('webgpu', { canvas, pacing: 'unpaced' });
    const frame = cpu.allocate(64 * 64 * 4);
    const image = cpu.allocate(64 * 64 * 4);
    cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
    cpu.flip(surface(frame, 256), 64, 64);
    await cpu.finish();
    cpu.write('POINTER_BASE_LO', image.logical);
    cpu.write('POINTER_PITCH', 256);
    cpu.write('POINTER_SIZE', RINGGPU_PAIR(64, 64));
    cpu.write('POINTER_CONTROL', RINGGPU_POINTER_ENABLE);
    cpu.write('INT_ENABLE', RINGGPU_INT_VBLANK);
    const seen = await watch(async () => {
      for (let i = 0; i < 40; i++) {
        const before = cpu.read('VBLANK_COUNT');
        image.u32.fill(i);
        cpu.write('POINTER_POSITION', RINGGPU_PAIR(i, 5));
        cpu.write('INT_STATUS', RINGGPU_INT_VBLANK);
        await cpu.until(() => cpu.read('VBLANK_COUNT') !== before, 'a vblank');
      }
    });
    cpu.close();
    expect([seen.writes, seen.shaders, seen.maps]).to.deep.equal([0, 0, 0]);
    expect([...seen.sources]).to.deep.equal([slabUsage()]);
    for (const descriptor of seen.mappedAtCreation) expect(descriptor.usage).to.equal(slabUsage());
    expect(seen.mappedAtCreation.length, 'slabs for 40 refreshes').to.be.at.most(12);
    expect((await gpuContext()).errors).to.deep.equal([]);
  });

  it('takes one submission and one mapAsync per doorbell', async () => {
    const cpu = await FakeCpu.boot('webgpu');
    const seen = await watch(async () => {
      for (let i = 0; i < 10; i++) await cpu.finish();
    });
    cpu.close();
    expect([seen.submits, seen.maps]).to.deep.equal([10, 10]);
  });

  it('ends at a submission that the browser refuses: what comes back is not taken for what was asked', async () => {
    const cpu = await FakeCpu.boot('webgpu');
    const target = cpu.allocate(4096);
    cpu.fill(surface(target, 64), 0, 0, 4, 4, 1);
    await cpu.finish();
    const { submit } = GPUQueue.prototype;
    GPUQueue.prototype.submit = () => undefined;
    try {
      cpu.fill(surface(target, 64), 0, 0, 4, 4, 2);
      cpu.putFence();
      cpu.doorbell();
      await cpu.until(() => cpu.read('FAULT_CODE') !== 0, 'the fault');
    } finally {
      GPUQueue.prototype.submit = submit;
    }
    expect(cpu.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_MEMORY);
    expect(target.u32[0]).to.equal(1);
    expect(cpu.read('FENCE_VALUE')).to.equal(1);
    await cpu.reset();
    cpu.setUpRing();
    cpu.fill(surface(target, 64), 0, 0, 4, 4, 3);
    await cpu.finish();
    expect(target.u32[0]).to.equal(3);
    cpu.close();
  });

  it('costs no validation error, whatever is drawn', async () => {
    expect((await gpuContext()).errors).to.deep.equal([]);
  });
});

describe('slab sizes', () => {
  it('are at most an eighth larger than what they carry, or 4 KiB', () => {
    for (let bytes = 1; bytes < 2 ** 28; bytes = Math.ceil(bytes * 1.01)) {
      const size = slabSize(bytes);
      expect(size % 4096).to.equal(0);
      expect(size).to.be.within(bytes, bytes + Math.max(4096, bytes / 8));
      expect(slabFits(size, bytes)).to.equal(true);
      expect(slabFits(size * 4 + 16384, bytes)).to.equal(false);
      expect(slabFits(bytes - 1, bytes)).to.equal(false);
    }
  });
});
