import { expect } from 'chai';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_FLAG_INTERRUPT, RINGGPU_HEADER } from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_READ_ONLY,
  RINGGPU_FAULT_SURFACE,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_LOCAL_BASE,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_STATUS_BUSY,
  RINGGPU_STATUS_FAULTED,
} from '../../src/devices/ringgpu/registers.ts';
import { address, type Buffer, FakeCpu, KINDS, surface } from './fake-cpu.ts';

for (const kind of KINDS) {
  describe(`TIMESTAMP on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let times: Buffer;
    let longs: BigUint64Array;

    before(async () => {
      cpu = await FakeCpu.boot(kind);
      times = cpu.allocate(PAGE_SIZE);
      longs = new BigUint64Array(cpu.ram.buffer, times.ram, 16);
    });

    beforeEach(() => {
      longs.fill(0n);
    });

    after(() => cpu.close());

    const stamp = (index: number) => cpu.packet('TIMESTAMP', 0, ...address(times.logical + index * 8));

    it('writes a time that grows from packet to packet, and from doorbell to doorbell', async () => {
      for (let i = 0; i < 4; i++) stamp(i);
      await cpu.finish();
      for (let i = 4; i < 6; i++) stamp(i);
      await cpu.finish();
      const seen = [...longs.subarray(0, 6)].map(Number);
      expect(seen[0]).to.be.greaterThan(0);
      for (let i = 1; i < seen.length; i++) expect(seen[i]).to.be.greaterThan(seen[i - 1] as number);
      expect(longs[6]).to.equal(0n);
    });

    it('is written when everything before it has landed, and before anything behind it begins', async () => {
      const from = cpu.allocate(PAGE_SIZE);
      cpu.fill(surface(from, 64), 0, 0, 16, 16, 1);
      stamp(0);
      // Two words of the time go elsewhere, then another colour over them.
      cpu.copy(surface(from, 64), 0, 0, surface(times, 64), 0, 0, 2, 1);
      cpu.fill(surface(times, 64), 0, 0, 2, 1, 7);
      await cpu.finish();
      const copied = (from.u32[0] as number) + (from.u32[1] as number) * 2 ** 32;
      expect(copied).to.be.greaterThan(1);
      expect(longs[0]).to.equal(0x0000_0007_0000_0007n);
      expect(from.u32[2]).to.equal(1);
    });

    it('must go to system memory that is writable, at a multiple of 8', async () => {
      const readOnly = cpu.allocate(PAGE_SIZE, false);
      for (const [at, code] of [
        [times.logical + 4, RINGGPU_FAULT_SURFACE],
        [RINGGPU_LOCAL_BASE, RINGGPU_FAULT_SURFACE],
        [readOnly.logical, RINGGPU_FAULT_READ_ONLY],
        [0x9000, RINGGPU_FAULT_UNMAPPED],
      ] as const) {
        cpu.packet('TIMESTAMP', 0, ...address(at));
        cpu.doorbell();
        await cpu.until(() => (cpu.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0, 'the fault');
        expect(cpu.read('FAULT_CODE')).to.equal(code);
        await cpu.reset();
        cpu.setUpRing();
      }
    });

    it('goes nowhere when its buffer is released in flight, and that is reported', async () => {
      const gone = cpu.allocate(PAGE_SIZE);
      cpu.events.length = 0;
      const target = cpu.allocate(PAGE_SIZE);
      cpu.fill(surface(target, 64), 0, 0, 16, 16, 1);
      cpu.packet('TIMESTAMP', 0, ...address(gone.logical));
      const value = cpu.putFence();
      cpu.doorbell();
      cpu.unmap(gone);
      await cpu.until(() => cpu.read('FENCE_VALUE') === value, 'the fence');
      expect(gone.u8.every((byte) => byte === 0)).to.equal(true);
      expect(cpu.events.map((event) => event.kind)).to.deep.equal(['released-in-flight']);
    });
  });

  describe(`WAIT_VBLANK on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let target: Buffer;

    before(async () => {
      cpu = await FakeCpu.boot(kind);
      target = cpu.allocate(PAGE_SIZE);
    });

    after(() => cpu.close());

    const wait = () => cpu.put(RINGGPU_HEADER('WAIT_VBLANK'));

    it('holds what comes behind it until the next vertical blank, and nothing before it', async () => {
      cpu.fill(surface(target, 64), 0, 0, 1, 1, 1);
      const value = cpu.putFence();
      const offset = cpu.tail;
      wait();
      cpu.fill(surface(target, 64), 0, 0, 1, 1, 2);
      cpu.doorbell();
      await cpu.until(() => cpu.read('FENCE_VALUE') === value, 'the fence before it');
      const seen = cpu.read('VBLANK_COUNT');
      // The vertical blank may have come between the two looks.
      if (cpu.read('RING_HEAD') === offset) {
        expect(target.u32[0]).to.equal(1);
        expect(cpu.read('STATUS') & RINGGPU_STATUS_BUSY).to.equal(RINGGPU_STATUS_BUSY);
      }
      await cpu.finish();
      expect(target.u32[0]).to.equal(2);
      expect(cpu.read('VBLANK_COUNT')).to.be.at.least(seen);
    });

    it('lasts one vertical blank each', async () => {
      const before = cpu.read('VBLANK_COUNT');
      for (let i = 0; i < 3; i++) wait();
      await cpu.finish();
      expect(cpu.read('VBLANK_COUNT') - before).to.be.at.least(3);
    });

    it('behind a FLIP goes on when that is on the screen', async () => {
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      const other = cpu.allocate(PAGE_SIZE);
      for (const shown of [target, other]) {
        cpu.flip(surface(shown, 64), 16, 16, RINGGPU_FLAG_INTERRUPT);
        wait();
        await cpu.finish();
        expect(cpu.read('SCANOUT_ACTIVE_LO')).to.equal(shown.logical);
      }
    });

    it('is over with a reset', async () => {
      wait();
      cpu.doorbell();
      await cpu.reset();
      cpu.setUpRing();
      cpu.fill(surface(target, 64), 0, 0, 1, 1, 3);
      await cpu.finish();
      expect(target.u32[0]).to.equal(3);
    });

    it('does not wait long for a driver that acknowledges no vertical blank, where none paces the monitor', async () => {
      const hasty = await FakeCpu.boot(kind, { pacing: 'unpaced' });
      for (let i = 0; i < 5; i++) hasty.put(RINGGPU_HEADER('WAIT_VBLANK'));
      await hasty.finish();
      expect(hasty.read('VBLANK_COUNT')).to.be.at.least(5);
      hasty.close();
    });
  });
}
