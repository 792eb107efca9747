import { expect } from 'chai';
import { FakeCpu, KINDS, surface } from './fake-cpu.ts';

for (const kind of KINDS) {
  describe(`the ring on the ${kind} engine`, () => {
    let cpu: FakeCpu;

    beforeEach(async () => {
      cpu = await FakeCpu.boot(kind);
    });

    afterEach(() => cpu.close());

    it('executes a fill and a fence, whose bytes come to lie in RAM', async () => {
      const target = cpu.allocate(64 * 64 * 4);
      cpu.fill(surface(target, 256), 3, 5, 10, 7, 0x11223344);
      await cpu.finish();
      expect(target.u32[5 * 64 + 3]).to.equal(0x11223344);
      expect(target.u32[11 * 64 + 12]).to.equal(0x11223344);
      expect(target.u32[11 * 64 + 13]).to.equal(0);
      expect(cpu.fence.u32[0]).to.equal(1);
      expect(cpu.read('RING_HEAD')).to.equal(cpu.tail);
      expect(cpu.events).to.deep.equal([]);
    });
  });
}
