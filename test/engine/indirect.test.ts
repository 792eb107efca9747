import { expect } from 'chai';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_HEADER, RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_INDIRECT,
  RINGGPU_FAULT_LENGTH,
  RINGGPU_FAULT_OPCODE,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_INT_LOST,
  RINGGPU_LOCAL_BASE,
  RINGGPU_STATUS_BUSY,
  RINGGPU_STATUS_FAULTED,
} from '../../src/devices/ringgpu/registers.ts';
import { address, type Buffer, FakeCpu, gpuContext, KINDS, surface } from './fake-cpu.ts';

/** Puts packets into a buffer. Returns how many words they are. */
function put(buffer: Buffer, at: number, ...packets: number[][]): number {
  const words = packets.flat();
  buffer.u32.set(words, at / 4);
  return words.length;
}

const fill = (to: Buffer, x: number, colour: number) => [
  ...[RINGGPU_HEADER('FILL_RECT'), ...address(to.logical), 256, RINGGPU_PAIR(x, 0), RINGGPU_PAIR(1, 1), 0, colour],
];
/** One pixel to the right of another, with what is there. */
const copy = (to: Buffer, x: number) => [
  ...[RINGGPU_HEADER('COPY_RECT'), ...address(to.logical), 256, x + 1],
  ...[...address(to.logical), 256, x, RINGGPU_PAIR(1, 1), 0],
];
const call = (buffer: Buffer, words: number, offset = 0) => [
  ...[RINGGPU_HEADER('INDIRECT'), ...address(buffer.logical + offset), words],
];

for (const kind of KINDS) {
  describe(`INDIRECT on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let target: Buffer;
    let buffers: Buffer[];

    before(async () => {
      cpu = await FakeCpu.boot(kind);
      target = cpu.allocate(PAGE_SIZE);
      buffers = Array.from({ length: 5 }, () => cpu.allocate(2 * PAGE_SIZE));
    });

    beforeEach(() => {
      for (const { u8 } of [target, ...buffers]) u8.fill(0);
      cpu.events.length = 0;
    });

    after(async () => {
      cpu.close();
      if (kind === 'webgpu') expect((await gpuContext()).errors).to.deep.equal([]);
    });

    const buffer = (index: number) => buffers[index] as Buffer;

    async function faulted(code: number): Promise<void> {
      cpu.doorbell();
      await cpu.until(() => (cpu.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0, 'the fault');
      expect(cpu.read('FAULT_CODE')).to.equal(code);
    }

    async function revive(): Promise<void> {
      await cpu.reset();
      cpu.setUpRing();
    }

    it('executes the packets of its buffer in its own place, then goes on behind itself', async () => {
      const words = put(buffer(0), 64, fill(target, 1, 1), copy(target, 1));
      cpu.put(...fill(target, 0, 9), ...fill(target, 1, 9));
      cpu.indirect(buffer(0), words, 64);
      cpu.put(...copy(target, 2), ...fill(target, 1, 3));
      await cpu.finish();
      expect([...target.u32.subarray(0, 5)]).to.deep.equal([9, 3, 1, 1, 0]);
      expect(cpu.read('RING_HEAD')).to.equal(cpu.tail);
    });

    it('nests four deep, and comes back out of buffers that end with one', async () => {
      const last = put(buffer(3), 0, fill(target, 3, 4));
      const third = put(buffer(2), 0, fill(target, 2, 3), call(buffer(3), last));
      const second = put(buffer(1), 0, fill(target, 1, 2), call(buffer(2), third));
      const first = put(buffer(0), 0, call(buffer(1), second), fill(target, 0, 1));
      cpu.indirect(buffer(0), first);
      cpu.put(...fill(target, 4, 5));
      await cpu.finish();
      expect([...target.u32.subarray(0, 5)]).to.deep.equal([1, 2, 3, 4, 5]);
    });

    it('sees what packets before it wrote into its buffer', async () => {
      const words = put(buffer(0), 0, fill(target, 0, 1));
      const colourAt = words - 1;
      cpu.fill(surface(buffer(0), 256), colourAt, 0, 1, 1, 77);
      cpu.indirect(buffer(0), words);
      cpu.fill(surface(buffer(0), 256), colourAt, 0, 1, 1, 78);
      cpu.indirect(buffer(0), words);
      cpu.put(...copy(target, 0));
      await cpu.finish();
      expect([...target.u32.subarray(0, 2)]).to.deep.equal([78, 78]);
    });

    it('draws from more packets than a batch holds, and holds its fence until they are done', async () => {
      const packets = Array.from({ length: 250 }, (_, i) => fill(target, i % 64, i));
      const words = put(buffer(0), 0, ...packets);
      for (let i = 0; i < 4; i++) cpu.indirect(buffer(0), words);
      await cpu.finish();
      expect(target.u32[249 % 64]).to.equal(249);
      expect(target.u32[63]).to.equal(191);
    });

    const CASES: readonly [string, number, () => number[]][] = [
      ['of a buffer into itself', RINGGPU_FAULT_INDIRECT, () => call(buffer(0), put(buffer(0), 0, call(buffer(0), 4)))],
      [
        'of two buffers into each other',
        RINGGPU_FAULT_INDIRECT,
        () => {
          put(buffer(1), 0, call(buffer(0), 4));
          return call(buffer(0), put(buffer(0), 0, call(buffer(1), 4)));
        },
      ],
      [
        'of five buffers within one another',
        RINGGPU_FAULT_INDIRECT,
        () => {
          for (const [i, each] of buffers.slice(0, 4).entries()) put(each, 0, call(buffer(i + 1), 4));
          put(buffer(4), 0, [RINGGPU_HEADER('NOP', 0, 4)]);
          return call(buffer(0), 4);
        },
      ],
      ['to an address that is no multiple of 4', RINGGPU_FAULT_INDIRECT, () => call(buffer(0), 4, 2)],
      ['to no words', RINGGPU_FAULT_INDIRECT, () => call(buffer(0), 0)],
      ['to too many words', RINGGPU_FAULT_INDIRECT, () => call(buffer(0), 65537)],
      [
        'to local memory',
        RINGGPU_FAULT_INDIRECT,
        () => [RINGGPU_HEADER('INDIRECT'), ...address(RINGGPU_LOCAL_BASE), 4],
      ],
      ['to nothing', RINGGPU_FAULT_UNMAPPED, () => [RINGGPU_HEADER('INDIRECT'), 0x9000, 0, 4]],
      ['that leaves its common buffer', RINGGPU_FAULT_UNMAPPED, () => call(buffer(0), 9, 2 * PAGE_SIZE - 32)],
    ];
    for (const [name, code, packet] of CASES) {
      it(`is a fault ${name}, with everything before it done`, async () => {
        cpu.put(...fill(target, 0, 5));
        const offset = cpu.tail;
        cpu.put(...packet());
        await faulted(code);
        expect(target.u32[0]).to.equal(5);
        expect(cpu.read('FAULT_RING')).to.equal(offset);
        expect(cpu.read('RING_HEAD')).to.equal(offset);
        await revive();
        cpu.put(...fill(target, 0, 6));
        await cpu.finish();
        expect(target.u32[0]).to.equal(6);
      });
    }

    it('tells where in its buffer a packet is at fault', async () => {
      const before = put(buffer(0), 0, fill(target, 0, 5));
      buffer(0).u32[before] = 0x7f00_0001;
      cpu.put(RINGGPU_HEADER('NOP', 0, 3), 0, 0);
      const offset = cpu.tail;
      cpu.indirect(buffer(0), before + 1);
      await faulted(RINGGPU_FAULT_OPCODE);
      expect(target.u32[0]).to.equal(5);
      expect(cpu.read('FAULT_RING')).to.equal(offset);
      expect(cpu.read('FAULT_INFO')).to.equal(0x7f00_0001);
      expect(cpu.read('FAULT_PACKET_LO')).to.equal(buffer(0).logical + before * 4);
      expect(cpu.events[0]?.sentence).to.include(`INDIRECT at ring offset 0x${offset.toString(16)} led`);
      await revive();
      expect(cpu.read('FAULT_PACKET_LO')).to.equal(0);
      buffer(0).u32[0] = RINGGPU_HEADER('NOP', 0, 9);
      cpu.indirect(buffer(0), 8);
      await faulted(RINGGPU_FAULT_LENGTH);
      await revive();
    });

    it('makes of a few packets so many that none could wait for them, and a reset ends it at once', async () => {
      // 1 + 500 × (1 + 500 × (1 + 500 × 500)) packets and more.
      const calls = (to: Buffer, words: number) => Array.from({ length: 500 }, () => call(to, words));
      put(
        buffer(3),
        0,
        Array.from({ length: 500 }, () => RINGGPU_HEADER('NOP', 0, 1)),
      );
      put(buffer(2), 0, ...calls(buffer(3), 500));
      put(buffer(1), 0, ...calls(buffer(2), 2000));
      put(buffer(0), 0, ...calls(buffer(1), 2000));
      cpu.indirect(buffer(0), 2000);
      const start = performance.now();
      cpu.doorbell();
      expect(performance.now() - start, 'milliseconds that the page stood still').to.be.lessThan(5000);
      expect(cpu.read('STATUS') & RINGGPU_STATUS_BUSY).to.equal(RINGGPU_STATUS_BUSY);
      await revive();
      cpu.put(...fill(target, 0, 6));
      await cpu.finish();
      expect(target.u32[0]).to.equal(6);
    });
  });
}

describe('INDIRECT on a GPU that is lost', () => {
  it('goes on in the middle of its buffer: what had landed is not executed again', async () => {
    const context = await gpuContext();
    await context.ready();
    const cpu = await FakeCpu.boot('webgpu', { tuning: { inFlight: 1 } });
    const target = cpu.allocate(PAGE_SIZE);
    const list = cpu.allocate(16 * PAGE_SIZE);
    // All pixels move to the right, nine times in a buffer: were any of them executed twice, they would have moved further.
    const passes = Array.from({ length: 9 * 63 }, (_, i) => copy(target, 62 - (i % 63)));
    const words = put(list, 0, ...passes);
    for (let i = 0; i < 64; i++) target.u32[i] = i;
    cpu.indirect(list, words);
    cpu.indirect(list, words);
    cpu.putFence();
    cpu.doorbell();
    await cpu.until(() => cpu.engine.counters.submissions > 0, 'the first batch');
    context.device?.destroy();
    await cpu.until(() => (cpu.read('INT_STATUS') & RINGGPU_INT_LOST) !== 0, 'INT_LOST');
    await cpu.until(() => cpu.read('FENCE_VALUE') === 1, 'the fence');
    expect([...target.u32.subarray(0, 64)]).to.deep.equal(Array.from({ length: 64 }, (_, i) => Math.max(0, i - 18)));
    cpu.close();
  });
});
