import { expect } from 'chai';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_MEMORY,
  RINGGPU_INT_LOST,
  RINGGPU_POINTER_ENABLE,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_STATUS_FAULTED,
} from '../../src/devices/ringgpu/registers.ts';
import { openGpuContext } from '../../src/engine/webgpu/gpu-context.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { type Buffer, delay, FakeCpu, gpuContext, surface } from './fake-cpu.ts';

async function lose(): Promise<void> {
  (await gpuContext()).device?.destroy();
}

describe('a lost GPU', () => {
  let cpu: FakeCpu;
  let target: Buffer;

  beforeEach(async () => {
    await (await gpuContext()).ready();
    cpu = await FakeCpu.boot('webgpu');
    target = cpu.allocate(PAGE_SIZE);
  });

  afterEach(() => cpu.close());

  const restored = () => cpu.until(() => (cpu.read('INT_STATUS') & RINGGPU_INT_LOST) !== 0, 'INT_LOST');

  it('in the middle of a frame costs nothing: its packets are executed again, once', async () => {
    target.u32[0] = 41;
    // Were this executed twice, the second time would copy what the first one wrote.
    cpu.copy(surface(target, 64), 1, 0, surface(target, 64), 0, 0, 8, 1);
    cpu.fill(surface(target, 64), 0, 0, 1, 1, 42);
    cpu.putFence();
    cpu.doorbell();
    await lose();
    await restored();
    await cpu.until(() => cpu.read('FENCE_VALUE') === 1);
    expect([...target.u32.subarray(0, 3)]).to.deep.equal([42, 41, 0]);
    expect(cpu.events.map((event) => event.kind)).to.deep.equal(['lost']);
    expect(cpu.events[0]).to.have.property('sentence').that.includes('3 packets');
  });

  it('costs nothing to a doorbell that comes before the browser has told of the loss', async () => {
    target.u32.fill(7);
    // The slab that this used is mapped again a little later, and unmapped by the loss.
    await cpu.finish();
    await delay(50);
    const { device } = await gpuContext();
    cpu.copy(surface(target, 64), 0, 4, surface(target, 64), 0, 0, 4, 1);
    cpu.putFence();
    device?.destroy();
    cpu.doorbell();
    await restored();
    await cpu.until(() => cpu.read('FENCE_VALUE') === 2);
    expect(target.u32[64]).to.equal(7);
    expect(cpu.events.map((event) => event.kind)).to.deep.equal(['lost']);
  });

  it('leaves buffers as they were, for packets that come while it is away and after', async () => {
    target.u32.fill(7);
    await cpu.finish();
    await lose();
    cpu.copy(surface(target, 64), 0, 4, surface(target, 64), 0, 0, 4, 1);
    cpu.fill(surface(target, 64), 0, 0, 4, 1, 8);
    cpu.putFence();
    cpu.doorbell();
    await restored();
    await cpu.until(() => cpu.read('FENCE_VALUE') === 2);
    expect(target.u32[64]).to.equal(7);
    expect(target.u32[0]).to.equal(8);
  });

  it('comes back with the picture and the pointer that were on the monitor, and frames go on', async () => {
    const pointer = cpu.allocate(4);
    pointer.u32.fill(0xff998877);
    cpu.write('POINTER_BASE_LO', pointer.logical);
    cpu.write('POINTER_PITCH', 4);
    cpu.write('POINTER_SIZE', RINGGPU_PAIR(1, 1));
    cpu.write('POINTER_POSITION', RINGGPU_PAIR(2, 0));
    cpu.write('POINTER_CONTROL', RINGGPU_POINTER_ENABLE);
    target.u32.fill(0x00c0ffee);
    cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
    cpu.flip(surface(target, 64), 16, 16);
    await cpu.finish();
    await cpu.until(() => cpu.engine.counters.frames === 1);
    await lose();
    const { pixels } = await cpu.engine.screen();
    expect([...pixels.subarray(0, 4)]).to.deep.equal([0xc0, 0xff, 0xee, 255]);
    expect([...pixels.subarray(8, 12)]).to.deep.equal([0x99, 0x88, 0x77, 255]);
    const before = cpu.read('VBLANK_COUNT');
    await cpu.until(() => cpu.read('VBLANK_COUNT') > before + 1);
    target.u32.fill(0x00123456);
    cpu.flip(surface(target, 64), 16, 16);
    await cpu.finish();
    await cpu.until(() => cpu.engine.counters.frames === 2);
    expect([...(await cpu.engine.screen()).pixels.subarray(0, 4)]).to.deep.equal([0x12, 0x34, 0x56, 255]);
  });

  it('may be lost again at once', async () => {
    cpu.fill(surface(target, 64), 0, 0, 4, 4, 5);
    cpu.putFence();
    cpu.doorbell();
    await lose();
    await restored();
    await lose();
    cpu.write('INT_STATUS', RINGGPU_INT_LOST);
    await restored();
    await cpu.until(() => cpu.read('FENCE_VALUE') === 1);
    expect(target.u32[0]).to.equal(5);
  });

  it('that cannot be had again stops the device with a sentence, and no promise rejects', async () => {
    const rejections: unknown[] = [];
    const note = (event: PromiseRejectionEvent) => {
      rejections.push(event.reason);
      event.preventDefault();
    };
    window.addEventListener('unhandledrejection', note);
    const { requestAdapter } = GPU.prototype;
    const context = await openGpuContext();
    const events: string[] = [];
    const other = new FakeCpu();
    other.engine = await createWebGpuEngine(context, {
      memory: other.memory,
      canvas: null,
      pacing: 'timer',
      onEvent: (event) => events.push(`${event.kind}: ${event.sentence}`),
    });
    other.ring = other.allocate(PAGE_SIZE);
    other.fence = other.allocate(PAGE_SIZE);
    other.setUpRing();
    try {
      GPU.prototype.requestAdapter = async () => null;
      other.putFence();
      other.doorbell();
      context.device?.destroy();
      await other.until(() => (other.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0, 'the fault');
      expect(other.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_MEMORY);
      expect(events[0]).to.match(/^lost: The GPU was lost .* cannot be had again: WebGPU found no GPU/);
      await other.engine.idle();
      await other.engine.screen();
      await other.reset();
      expect(other.read('FAULT_CODE'), 'a reset does not help').to.equal(RINGGPU_FAULT_MEMORY);
      const refusal = await context.ready().then(
        () => '',
        (error: Error) => error.message,
      );
      expect(refusal).to.include('cannot be had again');
    } finally {
      GPU.prototype.requestAdapter = requestAdapter;
      other.close();
      context.close();
      window.removeEventListener('unhandledrejection', note);
    }
    expect(rejections).to.deep.equal([]);
  });

  it('is no business of an engine that was closed', async () => {
    cpu.putFence();
    cpu.doorbell();
    cpu.close();
    await lose();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(cpu.events).to.deep.equal([]);
    expect(cpu.read('INT_STATUS') & RINGGPU_INT_LOST).to.equal(0);
  });
});

describe('a GPU whose memory is full', () => {
  it('makes do with a smaller aperture, filled anew from memory, and a memory fault for what finds no place', async () => {
    const cpu = await FakeCpu.boot('webgpu', { ramBytes: 32 * 1024 * 1024 });
    const small = cpu.allocate(PAGE_SIZE);
    small.u32.fill(6);
    // The GPU of a test has memory enough: it only says that it has not.
    const { popErrorScope } = GPUDevice.prototype;
    GPUDevice.prototype.popErrorScope = async function (this: GPUDevice) {
      await popErrorScope.call(this);
      return new GPUOutOfMemoryError('not enough');
    };
    try {
      const large = cpu.allocate(6 * 1024 * 1024);
      cpu.engine.service();
      await cpu.until(() => (cpu.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0, 'the fault');
      expect(cpu.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_MEMORY);
      expect(cpu.read('FAULT_ADDR_LO')).to.equal(large.logical);
      cpu.unmap(large);
    } finally {
      GPUDevice.prototype.popErrorScope = popErrorScope;
    }
    await cpu.reset();
    cpu.setUpRing();
    cpu.copy(surface(small, 64), 0, 8, surface(small, 64), 0, 0, 16, 1);
    cpu.fill(surface(small, 64), 0, 0, 1, 1, 7);
    await cpu.finish();
    expect([small.u32[0], small.u32[128]]).to.deep.equal([7, 6]);
    cpu.close();
  });
});

describe('opening the GPU', () => {
  it('fails in plain words where there is no adapter', async () => {
    const { requestAdapter } = GPU.prototype;
    GPU.prototype.requestAdapter = async () => null;
    try {
      const refusal = await openGpuContext().then(
        () => '',
        (error: Error) => error.message,
      );
      expect(refusal).to.match(/WebGPU found no GPU/);
    } finally {
      GPU.prototype.requestAdapter = requestAdapter;
    }
  });
});
