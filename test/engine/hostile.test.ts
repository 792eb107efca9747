import { expect } from 'chai';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_HEADER, RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import { REGISTER_WORD, RINGGPU_CONTROL_ENABLE, RINGGPU_LOCAL_HI } from '../../src/devices/ringgpu/registers.ts';
import { FakeCpu, gpuContext, KINDS, nextTask, surface } from './fake-cpu.ts';

/** Runs in a worker: scribbles plausible nonsense all over what a driver can reach, as fast as it can, until it is ended. */
const VANDAL = `onmessage = ({ data: { ram, registers, iommu, local, ringWord, ringWords, packets, words, sane } }) => {
  const memory = new Int32Array(ram);
  const file = new Int32Array(registers);
  const tables = new Int32Array(iommu);
  const window = new Int32Array(local);
  let seed = 1;
  const random = (limit) => {
    seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (seed >>> 1) % limit;
  };
  const any = () => (random(4) ? words[random(words.length)] : random(0x7fffffff)) | 0;
  for (let turn = 0; ; turn++) {
    // Now and then a driver's day begins well: a reset, a ring, and a packet or two that make sense.
    if (turn % 64 === 0) {
      for (const [word, value] of sane) Atomics.store(file, word, value);
      Atomics.add(file, 1023, 1);
      const choice = packets[random(packets.length)];
      for (let i = 0; i < choice.length; i++) Atomics.store(memory, ringWord + i, choice[i]);
      Atomics.store(file, sane[0][0], choice.length * 4);
      const end = performance.now() + random(3);
      while (performance.now() < end);
      continue;
    }
    for (let i = 0; i < 40; i++) Atomics.store(memory, ringWord + random(ringWords), any());
    if (!random(8)) Atomics.store(file, sane[0][0], random(ringWords) * 4);
    if (!random(16)) Atomics.store(file, random(64), any());
    if (!random(16)) Atomics.store(file, 1023, any());
    if (!random(16)) Atomics.store(tables, 16384 + random(80), random(2) ? random(200) : any());
    if (!random(64)) Atomics.store(tables, 32784 + random(2048), any());
    if (!random(4)) Atomics.store(window, window.length - 1 - random(random(2) ? 256 : 262400), any());
  }
};`;

for (const kind of KINDS) {
  describe(`a driver that goes wild, on the ${kind} engine`, () => {
    it('keeps the engine busy and does it no harm, and the next machine none', async () => {
      const cpu = await FakeCpu.boot(kind, { pacing: 'unpaced', ringBytes: 4 * PAGE_SIZE });
      const target = cpu.allocate(64 * 1024);
      const url = URL.createObjectURL(new Blob([VANDAL]));
      const worker = new Worker(url);
      worker.postMessage({
        ram: cpu.memory.ram.buffer,
        registers: cpu.memory.registers,
        iommu: cpu.memory.iommu,
        local: cpu.memory.local,
        ringWord: cpu.ring.ram / 4,
        ringWords: cpu.ring.bytes / 4,
        // RING_TAIL first: the packets set it again.
        sane: [
          [REGISTER_WORD.RING_TAIL, 0],
          [REGISTER_WORD.RING_BASE_LO, cpu.ring.logical],
          [REGISTER_WORD.RING_BASE_HI, 0],
          [REGISTER_WORD.RING_SIZE, cpu.ring.bytes],
          [REGISTER_WORD.FENCE_ADDR_LO, cpu.fence.logical],
          [REGISTER_WORD.FENCE_ADDR_HI, 0],
          [REGISTER_WORD.STATUS, 0],
          [REGISTER_WORD.CONTROL, RINGGPU_CONTROL_ENABLE],
        ],
        packets: [
          [RINGGPU_HEADER('FENCE', 1), 9, RINGGPU_HEADER('FENCE'), 10],
          [RINGGPU_HEADER('FILL_RECT'), target.logical, 0, 256, 0, RINGGPU_PAIR(64, 64), 0, 7],
          [
            ...[RINGGPU_HEADER('DRAW_TRIANGLES', 7), target.logical, 0, 256, 0, target.logical + 32768, 0, 256],
            ...[RINGGPU_PAIR(64, 64), RINGGPU_PAIR(64, 64), 1, target.logical + 49152, 0, 100],
          ],
          [RINGGPU_HEADER('FLIP', 1), target.logical, 0, 256, RINGGPU_PAIR(64, 64), 0],
          [RINGGPU_HEADER('INDIRECT'), cpu.ring.logical + PAGE_SIZE, 0, 1024, RINGGPU_HEADER('WAIT_VBLANK')],
          [RINGGPU_HEADER('FILL_RECT'), 0, RINGGPU_LOCAL_HI, 256, 0, RINGGPU_PAIR(64, 64), 0, 7],
          [RINGGPU_HEADER('WRITE_BACK'), target.logical, 0, 0, RINGGPU_LOCAL_HI, 4096],
          [
            RINGGPU_HEADER('TIMESTAMP'),
            target.logical,
            0,
            RINGGPU_HEADER('WRITE_BACK', 1),
            0,
            0,
            0,
            RINGGPU_LOCAL_HI,
            64,
          ],
        ],
        words: [
          RINGGPU_HEADER('FILL_RECT'),
          RINGGPU_HEADER('COPY_RECT'),
          RINGGPU_HEADER('BLEND_RECT'),
          RINGGPU_HEADER('DRAW_TRIANGLES', 7),
          RINGGPU_HEADER('FENCE', 1),
          RINGGPU_HEADER('FLIP', 1),
          RINGGPU_HEADER('NOP'),
          RINGGPU_HEADER('INDIRECT'),
          RINGGPU_HEADER('TIMESTAMP'),
          RINGGPU_HEADER('WRITE_BACK'),
          RINGGPU_HEADER('WAIT_VBLANK'),
          RINGGPU_LOCAL_HI,
          target.logical,
          target.logical + 4096,
          cpu.ring.logical,
          RINGGPU_PAIR(8, 8),
          RINGGPU_PAIR(16384, 16384),
          256,
          0,
          0,
          1,
        ],
      });
      let longest = 0;
      for (const end = performance.now() + 700; performance.now() < end; ) {
        const start = performance.now();
        cpu.engine.service();
        longest = Math.max(longest, performance.now() - start);
        await nextTask();
      }
      worker.terminate();
      URL.revokeObjectURL(url);
      cpu.close();
      // It is tens of milliseconds; on a machine that does other things besides, a second. What has no limit would be longer than any.
      expect(longest, 'longest call of service(), in ms').to.be.lessThan(10_000);
      expect(cpu.engine.counters.vblanks).to.be.greaterThan(0);
      expect(cpu.engine.counters.submissions, 'it was not idle').to.be.greaterThan(0);

      const next = await FakeCpu.boot(kind);
      const picture = next.allocate(PAGE_SIZE);
      next.fill(surface(picture, 64), 0, 0, 16, 16, 4);
      await next.finish();
      expect(picture.u32[255]).to.equal(4);
      next.close();
      if (kind === 'webgpu') expect((await gpuContext()).errors).to.deep.equal([]);
    });
  });
}
