import { expect } from 'chai';
import { ATTENTION, ATTENTION_INTERRUPT, LANDING, PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_FLAG_INTERRUPT, RINGGPU_HEADER, RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import {
  REGISTER_WORD,
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_INT_FENCE,
  RINGGPU_STATUS_BUSY,
} from '../../src/devices/ringgpu/registers.ts';
import { address, delay, FakeCpu, KINDS, surface } from './fake-cpu.ts';

/** Notes every atomic write to a machine's memory, by what it is, while `run` runs. */
async function traceWrites(cpu: FakeCpu, run: () => Promise<void>): Promise<string[]> {
  const { store, or, add } = Atomics;
  const notes: string[] = [];
  const names = new Map(Object.entries(REGISTER_WORD).map(([name, word]) => [word as number, name]));
  const note = (array: ArrayBufferView, index: number) => {
    if (array.buffer === cpu.memory.registers) notes.push(names.get(index) ?? String(index));
    if (array.buffer === cpu.memory.ram.buffer) notes.push('RAM');
    if (array.buffer === cpu.memory.control && index === ATTENTION) notes.push('attention');
    if (array.buffer === cpu.memory.control && index === LANDING) notes.push('landing');
  };
  const noted = <F extends (array: Int32Array, index: number, value: number) => number>(real: F) =>
    ((array: Int32Array, index: number, value: number) => {
      note(array, index);
      return real(array, index, value);
    }) as unknown;
  Object.assign(Atomics, { store: noted(store), or: noted(or), add: noted(add) });
  try {
    await run();
  } finally {
    Object.assign(Atomics, { store, or, add });
  }
  return notes;
}

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
      const expected = new Uint32Array(64 * 64);
      for (let y = 5; y < 12; y++) expected.fill(0x11223344, y * 64 + 3, y * 64 + 13);
      expect([...target.u32]).to.deep.equal([...expected]);
      expect(cpu.fence.u32[0]).to.equal(1);
      expect(cpu.read('RING_HEAD')).to.equal(cpu.tail);
      expect(cpu.engine.counters).to.include({ fences: 1, submissions: 1, dmaWriteBytes: 10 * 7 * 4 + 4 });
      expect(cpu.events).to.deep.equal([]);
    });

    it('shows bytes in RAM before registers, and registers before the interrupt', async () => {
      const target = cpu.allocate(PAGE_SIZE);
      cpu.write('INT_ENABLE', RINGGPU_INT_FENCE);
      cpu.fill(surface(target, 64), 0, 0, 4, 4, 7);
      const value = cpu.putFence(RINGGPU_FLAG_INTERRUPT);
      const notes = await traceWrites(cpu, async () => {
        cpu.doorbell();
        await cpu.until(() => cpu.read('FENCE_VALUE') === value);
      });
      const order = notes.filter((name) => !['STATUS', 'VBLANK_COUNT', 'RING_TAIL'].includes(name));
      const first = order.indexOf('landing');
      expect(order.slice(first, first + 7)).to.deep.equal([
        'landing',
        'RAM',
        'landing',
        'FENCE_VALUE',
        'RING_HEAD',
        'INT_STATUS',
        'attention',
      ]);
      expect(Atomics.load(cpu.control, ATTENTION) & ATTENTION_INTERRUPT).to.equal(ATTENTION_INTERRUPT);
    });

    it('lets a processor spin on plain memory, and find every byte before the fence there', async () => {
      const target = cpu.allocate(512 * 1024);
      const source = `onmessage = ({ data: { ram, fence, first, words } }) => {
        const memory = new Int32Array(ram);
        postMessage('ready');
        const end = performance.now() + 2000;
        while (Atomics.load(memory, fence) !== 1 && performance.now() < end);
        let wrong = 0;
        for (let i = 0; i < words; i++) if (memory[first + i] !== 77) wrong++;
        postMessage(wrong);
      };`;
      const url = URL.createObjectURL(new Blob([source]));
      const worker = new Worker(url);
      const said: unknown[] = [];
      worker.onmessage = ({ data }) => said.push(data);
      const words = target.bytes / 4;
      worker.postMessage({ ram: cpu.memory.ram.buffer, fence: cpu.fence.ram / 4, first: target.ram / 4, words });
      await cpu.until(() => said.length === 1);
      cpu.fill(surface(target, 2048), 0, 0, 512, 256, 77);
      cpu.putFence();
      cpu.doorbell();
      await cpu.until(() => said.length === 2);
      worker.terminate();
      URL.revokeObjectURL(url);
      expect(said[1]).to.equal(0);
    });

    it('goes round and round, packets across the end included', async () => {
      const target = cpu.allocate(PAGE_SIZE);
      // 8 + 2 words a turn: the ring of 1024 words ends in every word of a packet in time.
      for (let turn = 1; turn <= 230; turn++) {
        cpu.fill(surface(target, 64), 1, 1, 2, 2, turn);
        if (turn % 23 === 0) {
          await cpu.finish();
          expect(target.u32[17]).to.equal(turn);
        }
      }
      expect(cpu.read('FAULT_CODE')).to.equal(0);
      expect(cpu.tail).to.be.lessThan(PAGE_SIZE);
    });

    it('executes what the doorbell announced, whatever the driver makes of it afterwards', async () => {
      const target = cpu.allocate(PAGE_SIZE);
      cpu.fill(surface(target, 64), 0, 0, 4, 4, 0x1111);
      cpu.putFence();
      cpu.doorbell();
      cpu.ring.u32.fill(0xffff_ffff);
      await cpu.until(() => cpu.read('FENCE_VALUE') === 1);
      expect(target.u32[0]).to.equal(0x1111);
    });

    it('has two submissions in flight, and retires them in order', async () => {
      const target = cpu.allocate(PAGE_SIZE);
      const seen: number[] = [];
      for (let value = 1; value <= 2; value++) {
        cpu.fill(surface(target, 64), 0, 0, 4, 4, value);
        cpu.putFence();
        cpu.doorbell();
      }
      expect(cpu.read('STATUS') & RINGGPU_STATUS_BUSY).to.equal(RINGGPU_STATUS_BUSY);
      expect(cpu.read('FENCE_VALUE'), 'nothing has retired within the doorbell').to.equal(0);
      await cpu.until(() => {
        const value = cpu.read('FENCE_VALUE');
        if (value !== seen.at(-1)) seen.push(value);
        if (value > 0) expect(target.u32[0]).to.equal(value);
        return value === 2;
      });
      expect(cpu.engine.counters.submissions).to.equal(2);
      expect(cpu.read('STATUS') & RINGGPU_STATUS_BUSY).to.equal(0);
    });

    it('takes more doorbells than it can have in flight, and a ring full of packets at once', async () => {
      const target = cpu.allocate(PAGE_SIZE);
      for (let i = 0; i < 20; i++) {
        cpu.fill(surface(target, 64), i % 16, 0, 1, 1, i);
        cpu.doorbell();
      }
      await cpu.finish();
      expect(target.u32[3]).to.equal(19);
      while (cpu.tail < PAGE_SIZE - 64) cpu.putFence();
      await cpu.finish();
      expect(cpu.fence.u32[0]).to.equal(cpu.read('FENCE_VALUE'));
      await cpu.engine.idle();
    });

    it('writes no fence to memory when FENCE_ADDR is 0, but to its register', async () => {
      cpu.write('FENCE_ADDR_LO', 0);
      await cpu.finish();
      expect(cpu.read('FENCE_VALUE')).to.equal(1);
      expect(cpu.fence.u32[0]).to.equal(0);
    });

    it('keeps its order at the fence dword too: a fill behind the fence wins, a fence behind the fill as well', async () => {
      const value = cpu.putFence();
      cpu.fill(surface(cpu.fence, 64), 0, 0, 2, 1, 0xf111);
      cpu.doorbell();
      await cpu.until(() => cpu.read('FENCE_VALUE') === value);
      expect([...cpu.fence.u32.subarray(0, 2)]).to.deep.equal([0xf111, 0xf111]);
      cpu.fill(surface(cpu.fence, 64), 0, 0, 2, 1, 0xf222);
      await cpu.finish();
      expect([...cpu.fence.u32.subarray(0, 2)]).to.deep.equal([value + 1, 0xf222]);
    });

    it('ignores flags that a packet has not', async () => {
      const target = cpu.allocate(PAGE_SIZE);
      cpu.packet('FILL_RECT', 0xff, ...address(target.logical), 64, 0, RINGGPU_PAIR(2, 2), 0, 0x600d);
      await cpu.finish();
      expect(target.u32[1]).to.equal(0x600d);
    });

    it('skips NOPs of any length, and raises nothing for fences without INTERRUPT', async () => {
      cpu.put(RINGGPU_HEADER('NOP', 0, 5), 1, 2, 3, 4);
      cpu.put(RINGGPU_HEADER('NOP'));
      await cpu.finish();
      expect(cpu.read('INT_STATUS') & RINGGPU_INT_FENCE).to.equal(0);
    });

    it('waits with its doorbells until CONTROL.ENABLE is set', async () => {
      cpu.write('CONTROL', 0);
      cpu.putFence();
      cpu.doorbell();
      await delay(20);
      expect(cpu.read('FENCE_VALUE')).to.equal(0);
      cpu.write('CONTROL', RINGGPU_CONTROL_ENABLE);
      await cpu.until(() => cpu.read('FENCE_VALUE') === 1);
    });

    it('begins anew when RING_SIZE is written, and moves no new head for old packets', async () => {
      const larger = cpu.allocate(4 * PAGE_SIZE);
      cpu.putFence();
      cpu.doorbell();
      cpu.ring = larger;
      cpu.setUpRing();
      expect(cpu.read('RING_HEAD')).to.equal(0);
      await cpu.until(() => cpu.read('FENCE_VALUE') === 1);
      expect(cpu.read('RING_HEAD'), 'an old packet moved the new head').to.equal(0);
      await cpu.finish();
      expect(cpu.read('RING_HEAD')).to.equal(8);
    });

    it('is at power-on state after a reset, with nothing landing that was in flight', async () => {
      const target = cpu.allocate(PAGE_SIZE);
      cpu.write('SCRATCH', 5);
      cpu.fill(surface(target, 64), 0, 0, 4, 4, 9);
      cpu.putFence();
      cpu.doorbell();
      await cpu.reset();
      await delay(20);
      expect(target.u32[0]).to.equal(0);
      expect(cpu.fence.u32[0]).to.equal(0);
      expect(cpu.read('FENCE_VALUE')).to.equal(0);
      expect(cpu.read('SCRATCH')).to.equal(0);
      expect(cpu.read('CONTROL')).to.equal(0);
      cpu.setUpRing();
      cpu.fill(surface(target, 64), 0, 0, 4, 4, 10);
      await cpu.finish();
      expect(target.u32[0]).to.equal(10);
    });

    it('is silent once closed: nothing lands, nothing is reported', async () => {
      const target = cpu.allocate(PAGE_SIZE);
      cpu.fill(surface(target, 64), 0, 0, 4, 4, 9);
      cpu.putFence();
      cpu.doorbell();
      cpu.close();
      const before = cpu.read('VBLANK_COUNT');
      await delay(40);
      expect(target.u32[0]).to.equal(0);
      expect(cpu.read('FENCE_VALUE')).to.equal(0);
      expect(cpu.read('VBLANK_COUNT')).to.equal(before);
      cpu.engine.service();
      await cpu.engine.idle();
      expect(cpu.events).to.deep.equal([]);
    });
  });
}
