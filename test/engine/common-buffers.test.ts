import { expect } from 'chai';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import {
  RINGGPU_FAULT_MEMORY,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_STATUS_FAULTED,
} from '../../src/devices/ringgpu/registers.ts';
import { type Buffer, FakeCpu, KINDS, surface } from './fake-cpu.ts';

for (const kind of KINDS) {
  describe(`common buffers on the ${kind} engine`, () => {
    let cpu: FakeCpu;

    beforeEach(async () => {
      cpu = await FakeCpu.boot(kind, { ramBytes: 32 * 1024 * 1024 });
    });

    afterEach(() => cpu.close());

    it('that are released while a submission writes them stay as they were, and the driver hears of it', async () => {
      const released = cpu.allocate(PAGE_SIZE);
      const kept = cpu.allocate(PAGE_SIZE);
      cpu.fill(surface(released, 64), 0, 0, 16, 4, 1);
      cpu.fill(surface(kept, 64), 0, 0, 16, 4, 2);
      cpu.putFence();
      cpu.doorbell();
      cpu.unmap(released);
      await cpu.until(() => cpu.read('FENCE_VALUE') === 1);
      expect(released.u8.every((byte) => byte === 0)).to.equal(true);
      expect(kept.u32[63]).to.equal(2);
      expect(cpu.events).to.have.length(1);
      expect(cpu.events[0]).to.include({
        kind: 'released-in-flight',
        address: BigInt(released.logical),
        bytes: 256,
      });
    });

    it('that take the logical address of one released in flight receive none of its bytes', async () => {
      const released = cpu.allocate(PAGE_SIZE);
      const heir = cpu.allocate(PAGE_SIZE);
      cpu.fill(surface(released, 64), 0, 0, 16, 4, 1);
      cpu.putFence();
      cpu.doorbell();
      cpu.unmap(released);
      cpu.unmap(heir);
      cpu.iommu.map(2, released.logical / PAGE_SIZE, cpu.frames(heir.ram / PAGE_SIZE, 1));
      await cpu.until(() => cpu.read('FENCE_VALUE') === 1);
      expect(heir.u8.every((byte) => byte === 0)).to.equal(true);
      const target = surface({ ...heir, logical: released.logical }, 64);
      cpu.fill(target, 0, 0, 1, 1, 3);
      await cpu.finish();
      expect(heir.u32[0]).to.equal(3);
    });

    it('that come while a released one is still in flight have nothing to do with it', async () => {
      const result = cpu.allocate(PAGE_SIZE);
      const released = cpu.allocate(PAGE_SIZE);
      cpu.fill(surface(released, 64), 0, 0, 16, 16, 1);
      cpu.doorbell();
      cpu.unmap(released);
      cpu.engine.service();
      const heir = cpu.allocate(PAGE_SIZE);
      heir.u32.fill(99);
      cpu.copy(surface(result, 64), 0, 0, surface(heir, 64), 0, 0, 16, 16);
      await cpu.finish();
      expect(result.u32[0]).to.equal(99);
      expect(result.u32[255]).to.equal(99);
    });

    it('cannot be used any more once they are released', async () => {
      const released = cpu.allocate(PAGE_SIZE);
      cpu.unmap(released);
      cpu.fill(surface(released, 64), 0, 0, 1, 1, 1);
      cpu.doorbell();
      await cpu.until(() => (cpu.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0);
      expect(cpu.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_UNMAPPED);
    });

    it('may be many and large: the aperture grows, and nothing is lost that was in flight', async () => {
      const small = cpu.allocate(PAGE_SIZE);
      cpu.fill(surface(small, 64), 0, 0, 16, 16, 0x5a5a);
      cpu.doorbell();
      // Seven megabytes in a four-megabyte aperture, while a submission is in flight.
      const large: Buffer[] = [];
      for (let i = 0; i < 7; i++) large.push(cpu.allocate(1024 * 1024));
      cpu.copy(surface(large[6] as Buffer, 4096), 0, 0, surface(small, 64), 0, 0, 16, 16);
      for (const [i, buffer] of large.entries()) cpu.fill(surface(buffer, 4096), 1000, 255, 24, 1, i);
      await cpu.finish();
      expect(small.u32[255]).to.equal(0x5a5a);
      expect(large[6]?.u32[15 * 1024 + 15]).to.equal(0x5a5a);
      for (const [i, buffer] of large.entries()) expect(buffer.u32.at(-1)).to.equal(i);
      expect(cpu.events).to.deep.equal([]);
    });

    it('come and go ten thousand times in the room of a few', async () => {
      const page = 0x20_0000 / PAGE_SIZE;
      for (let i = 0; i < 10_000; i++) {
        cpu.iommu.map(1, page, cpu.frames(20, 200));
        cpu.iommu.unmap(1, page, 200);
      }
      await cpu.finish();
      expect(cpu.events).to.deep.equal([]);
    });

    it('that lose part of their pages keep the others', async () => {
      const buffer = cpu.allocate(3 * PAGE_SIZE);
      cpu.iommu.unmap(1, buffer.logical / PAGE_SIZE + 1, 1);
      cpu.fill(surface(buffer, 64), 0, 0, 16, 1, 1);
      cpu.fill(surface(buffer, 64, 2 * PAGE_SIZE), 0, 0, 16, 1, 2);
      await cpu.finish();
      expect(buffer.u32[0]).to.equal(1);
      expect(buffer.u32[2048]).to.equal(2);
    });
  });

  describe(`common buffers that the ${kind} engine has no memory for`, () => {
    it('stop the ring with a memory fault; released, they let a reset bring it back', async () => {
      const limited = await FakeCpu.boot(kind, {
        ramBytes: 32 * 1024 * 1024,
        tuning: { apertureLimit: 6 * 1024 * 1024 },
      });
      try {
        const fits = limited.allocate(1024 * 1024);
        const tooLarge = limited.allocate(6 * 1024 * 1024);
        limited.engine.service();
        expect(limited.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_MEMORY);
        expect(limited.read('FAULT_ADDR_LO')).to.equal(tooLarge.logical);
        limited.unmap(tooLarge);
        await limited.reset();
        limited.setUpRing();
        limited.fill(surface(fits, 4096), 0, 0, 1024, 256, 8);
        await limited.finish();
        expect(fits.u32.at(-1)).to.equal(8);
      } finally {
        limited.close();
      }
    });
  });
}
