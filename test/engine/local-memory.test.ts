import { expect } from 'chai';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import {
  RINGGPU_FLAG_TEXTURED,
  RINGGPU_FLAG_WINDOW,
  RINGGPU_FORMATS,
  RINGGPU_PAIR,
} from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_MEMORY,
  RINGGPU_FAULT_READ_ONLY,
  RINGGPU_FAULT_SURFACE,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_INT_LOST,
  RINGGPU_LOCAL_BASE,
  RINGGPU_LOCAL_BYTES,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_STATUS_FAULTED,
} from '../../src/devices/ringgpu/registers.ts';
import { address, type Buffer, FakeCpu, gpuContext, KINDS, localSurface, surface } from './fake-cpu.ts';

/** Where the monitor's first pixel is red, green and blue. */
async function firstPixel(cpu: FakeCpu): Promise<number[]> {
  const { pixels } = await cpu.engine.screen();
  return [...pixels.subarray(0, 3)];
}

for (const kind of KINDS) {
  describe(`local memory on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let system: Buffer;

    before(async () => {
      cpu = await FakeCpu.boot(kind);
      system = cpu.allocate(2 * PAGE_SIZE);
    });

    beforeEach(() => {
      system.u8.fill(0);
    });

    after(async () => {
      cpu.close();
      if (kind === 'webgpu') expect((await gpuContext()).errors).to.deep.equal([]);
    });

    /** Words of local memory as the device has them. */
    async function deviceWords(offset: number, count: number): Promise<number[]> {
      const into = system.u32.subarray(PAGE_SIZE / 4);
      cpu.packet(
        'WRITE_BACK',
        0,
        ...address(system.logical + PAGE_SIZE),
        ...address(RINGGPU_LOCAL_BASE + offset),
        count * 4,
      );
      await cpu.finish();
      return [...into.subarray(0, count)];
    }

    async function faulted(code: number, at: number): Promise<void> {
      cpu.doorbell();
      await cpu.until(() => (cpu.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0, 'the fault');
      expect(cpu.read('FAULT_CODE')).to.equal(code);
      expect(cpu.read('FAULT_ADDR_LO') + cpu.read('FAULT_ADDR_HI') * 2 ** 32).to.equal(at);
      await cpu.reset();
      cpu.setUpRing();
    }

    it('says how much there is, and is all zeros', async () => {
      expect(cpu.read('LOCAL_SIZE')).to.equal(RINGGPU_LOCAL_BYTES);
      expect(await deviceWords(RINGGPU_LOCAL_BYTES - 16, 4)).to.deep.equal([0, 0, 0, 0]);
    });

    it('is destination, source and texture, and nothing of it moves: WRITE_BACK alone brings bytes to system memory', async () => {
      const screen = localSurface(64, 0x10000);
      const sprite = localSurface(64, 0x20000);
      const written = cpu.engine.counters.dmaWriteBytes;
      cpu.fill(screen, 0, 0, 16, 8, 0x111111);
      cpu.fill(sprite, 0, 0, 4, 4, 0xff222222);
      cpu.copy(screen, 4, 0, sprite, 0, 0, 4, 4);
      const vertices = cpu.allocate(PAGE_SIZE);
      vertices.u32.set([0, 64, 0xffffffff, 0, 256, 64, 0xffffffff, 64, 0, 128, 0xffffffff, 64 << 16]);
      cpu.packet(
        'DRAW_TRIANGLES',
        RINGGPU_FLAG_TEXTURED,
        ...[...address(screen.logical), 64, 0, ...address(sprite.logical), 64, RINGGPU_PAIR(4, 4)],
        ...[RINGGPU_PAIR(16, 8), RINGGPU_FORMATS(0, 1), ...address(vertices.logical), 1],
      );
      await cpu.finish();
      expect(cpu.engine.counters.dmaWriteBytes - written, 'the fence alone').to.equal(4);
      const line = await deviceWords(0x10000, 8);
      expect(line).to.deep.equal([...Array(4).fill(0x111111), ...Array(4).fill(0xff222222)]);
      expect((await deviceWords(0x10000 + 4 * 64, 1))[0], 'a textured pixel').to.equal(0xff222222);
      expect(cpu.readLocal(0x10000, 2), 'the window').to.deep.equal([0, 0]);
    });

    it('may be copied from system memory and back, in order', async () => {
      for (let i = 0; i < 64; i++) system.u32[i] = i + 1;
      cpu.copy(localSurface(64, 0x30000), 0, 0, surface(system, 64), 0, 0, 16, 4);
      cpu.fill(localSurface(64, 0x30000), 0, 0, 1, 1, 99);
      cpu.copy(surface(system, 64, 1024), 0, 0, localSurface(64, 0x30000), 0, 0, 16, 4);
      await cpu.finish();
      expect([...system.u32.subarray(256, 260)]).to.deep.equal([99, 2, 3, 4]);
      expect(system.u32[256 + 63]).to.equal(64);
    });

    it('overlapping itself is copied as through a third place', async () => {
      cpu.writeLocal(0x38000, 1, 2, 3, 4, 5, 6, 7, 8);
      cpu.copy(localSurface(64, 0x38000), 1, 0, localSurface(64, 0x38000), 0, 0, 7, 1);
      expect(await deviceWords(0x38000, 8)).to.deep.equal([1, 1, 2, 3, 4, 5, 6, 7]);
    });

    it('has what the processor wrote before the doorbell, and keeps what the device drew between those words', async () => {
      cpu.fill(localSurface(64, 0x40000), 0, 0, 8, 1, 7);
      await cpu.finish();
      cpu.writeLocal(0x40000 + 8, 42);
      cpu.writeLocal(0x40000 + 16, 43, 44);
      expect(await deviceWords(0x40000, 8)).to.deep.equal([7, 7, 42, 7, 43, 44, 7, 7]);
    });

    it('takes many scattered words, none of them twice', async () => {
      const before = cpu.engine.counters.dmaReadBytes;
      for (let i = 0; i < 20000; i++) cpu.writeLocal(0x100000 + i * 8, i);
      expect(await deviceWords(0x100000 + 19998 * 8, 4)).to.deep.equal([19998, 0, 19999, 0]);
      // The words, the packets' own bytes, and the pages that WRITE_BACK writes in part.
      expect(cpu.engine.counters.dmaReadBytes - before).to.be.within(20000 * 4, 20000 * 4 + 2 * PAGE_SIZE);
    });

    it('shows in the window what WRITE_BACK with WINDOW brings there, as it was at that packet', async () => {
      cpu.fill(localSurface(64, 0x50000), 0, 0, 4, 1, 5);
      cpu.packet('WRITE_BACK', RINGGPU_FLAG_WINDOW, 0xdead, 0xbeef, ...address(RINGGPU_LOCAL_BASE + 0x50004), 8);
      cpu.fill(localSurface(64, 0x50000), 0, 0, 4, 1, 6);
      await cpu.finish();
      expect(cpu.readLocal(0x50000, 4)).to.deep.equal([0, 5, 5, 0]);
    });

    it('is shown in place: by FLIP, by the registers, and with what the processor writes there without a doorbell', async () => {
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      cpu.fill(localSurface(64, 0x60000), 0, 0, 16, 16, 0x102030);
      cpu.flip(localSurface(64, 0x60000), 16, 16);
      await cpu.finish();
      const shown = (base: number) => cpu.read('SCANOUT_ACTIVE_LO') === base && cpu.read('SCANOUT_ACTIVE_HI') === 0x10;
      await cpu.until(() => shown(0x60000), 'the flip');
      expect(await firstPixel(cpu)).to.deep.equal([0x10, 0x20, 0x30]);
      const vblanks = cpu.read('VBLANK_COUNT');
      cpu.writeLocal(0x60000, 0x405060);
      await cpu.until(() => cpu.read('VBLANK_COUNT') > vblanks + 1, 'a refresh');
      expect(await firstPixel(cpu)).to.deep.equal([0x40, 0x50, 0x60]);
      cpu.writeLocal(0x70000, 0x708090);
      cpu.write('SCANOUT_BASE_LO', 0x70000);
      await cpu.until(() => shown(0x70000), 'the registers’ surface');
      expect(await firstPixel(cpu)).to.deep.equal([0x70, 0x80, 0x90]);
      const before = cpu.engine.counters.dmaReadBytes;
      const seen = cpu.read('VBLANK_COUNT');
      await cpu.until(() => cpu.read('VBLANK_COUNT') > seen + 1, 'another refresh');
      expect(cpu.engine.counters.dmaReadBytes - before, 'bytes that a refresh moves').to.equal(0);
    });

    const end = RINGGPU_LOCAL_BASE + RINGGPU_LOCAL_BYTES;
    it('ends somewhere: a surface or a WRITE_BACK that reaches beyond is a fault, with the device’s sentence', async () => {
      cpu.events.length = 0;
      cpu.fill(localSurface(64, RINGGPU_LOCAL_BYTES - 64), 0, 0, 16, 2, 1);
      await faulted(RINGGPU_FAULT_UNMAPPED, end);
      expect(cpu.events[0]?.sentence).to.include('beyond the end of local memory');
      cpu.fill(localSurface(64, RINGGPU_LOCAL_BYTES), 0, 0, 1, 1, 1);
      await faulted(RINGGPU_FAULT_UNMAPPED, end);
      cpu.writeBack(system, RINGGPU_LOCAL_BYTES - 4, 8);
      await faulted(RINGGPU_FAULT_UNMAPPED, end);
    });

    it('is written back to system memory that is mapped, and writable, and from local memory only', async () => {
      const local = address(RINGGPU_LOCAL_BASE);
      const readOnly = cpu.allocate(PAGE_SIZE, false);
      cpu.writeBack(readOnly, 0, 8);
      await faulted(RINGGPU_FAULT_READ_ONLY, readOnly.logical);
      cpu.packet('WRITE_BACK', 0, 0x9000, 0, ...local, 8);
      await faulted(RINGGPU_FAULT_UNMAPPED, 0x9000);
      cpu.packet('WRITE_BACK', 0, ...address(system.logical), ...address(system.logical), 8);
      await faulted(RINGGPU_FAULT_SURFACE, system.logical);
      cpu.packet('WRITE_BACK', 0, ...address(RINGGPU_LOCAL_BASE + 64), ...local, 8);
      await faulted(RINGGPU_FAULT_SURFACE, RINGGPU_LOCAL_BASE + 64);
      for (const bytes of [0, 6]) {
        cpu.writeBack(system, 0, bytes);
        await faulted(RINGGPU_FAULT_SURFACE, RINGGPU_LOCAL_BASE);
      }
      cpu.packet('WRITE_BACK', 0, ...address(system.logical + 2), ...local, 8);
      await faulted(RINGGPU_FAULT_SURFACE, system.logical + 2);
      cpu.write('FENCE_ADDR_LO', 0x1000);
      cpu.write('FENCE_ADDR_HI', 0x10);
      cpu.putFence();
      await faulted(RINGGPU_FAULT_SURFACE, RINGGPU_LOCAL_BASE + 0x1000);
    });

    it('outlives a reset', async () => {
      cpu.fill(localSurface(64, 0x80000), 0, 0, 2, 1, 123);
      await cpu.finish();
      await cpu.reset();
      cpu.setUpRing();
      expect(await deviceWords(0x80000, 2)).to.deep.equal([123, 123]);
    });

    it('that the GPU has not the room for is a memory fault of the packets that name it, and of no others', async () => {
      const small = await FakeCpu.boot(kind, { tuning: { apertureLimit: 8 * 1024 * 1024 } });
      const target = small.allocate(PAGE_SIZE);
      small.writeLocal(0, 1);
      small.fill(surface(target, 64), 0, 0, 1, 1, 5);
      small.fill(localSurface(64), 0, 0, 1, 1, 5);
      small.doorbell();
      await small.until(() => (small.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0, 'the fault');
      expect(small.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_MEMORY);
      expect(target.u32[0]).to.equal(5);
      small.close();
    });
  });
}

describe('local memory of a lost GPU', () => {
  it('holds again what its window holds: what the processor wrote; what the device alone had is lost', async () => {
    const context = await gpuContext();
    await context.ready();
    const cpu = await FakeCpu.boot('webgpu');
    const system = cpu.allocate(PAGE_SIZE);
    cpu.writeLocal(0, 1, 2, 3, 4);
    cpu.fill(localSurface(64), 1, 0, 1, 1, 99);
    cpu.fill(localSurface(64, 8192), 0, 0, 1, 1, 98);
    await cpu.finish();
    context.device?.destroy();
    await cpu.until(() => (cpu.read('INT_STATUS') & RINGGPU_INT_LOST) !== 0, 'INT_LOST');
    cpu.writeBack(system, 0, 16);
    await cpu.finish();
    expect([...system.u32.subarray(0, 4)]).to.deep.equal([1, 2, 3, 4]);
    cpu.writeBack(system, 8192, 4);
    await cpu.finish();
    expect(system.u32[0]).to.equal(0);
    cpu.close();
  });
});
