import { expect } from 'chai';
import fc from 'fast-check';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import {
  RINGGPU_FLAG_TEXTURED,
  RINGGPU_FORMATS,
  RINGGPU_HEADER,
  RINGGPU_PAIR,
} from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_FAULT_LENGTH,
  RINGGPU_FAULT_OPCODE,
  RINGGPU_FAULT_READ_ONLY,
  RINGGPU_FAULT_RING,
  RINGGPU_FAULT_SURFACE,
  RINGGPU_FAULT_TAIL,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_FORMAT_P8,
  RINGGPU_INT_FAULT,
  RINGGPU_LOCAL_HI,
  RINGGPU_REG,
  RINGGPU_STATUS_BUSY,
  RINGGPU_STATUS_FAULTED,
} from '../../src/devices/ringgpu/registers.ts';
import { address, type Buffer, delay, FakeCpu, KINDS, surface } from './fake-cpu.ts';

interface FaultCase {
  readonly name: string;
  readonly code: number;
  /** Makes the mistake; everything but the doorbell. */
  readonly provoke: (cpu: FakeCpu, target: Buffer) => void;
  /** Logical address that the device must name. */
  readonly address?: (cpu: FakeCpu, target: Buffer) => number;
}

const fill = (cpu: FakeCpu, logical: number, pitch: number, size: readonly [number, number], format = 0, xy = 0) =>
  cpu.packet('FILL_RECT', 0, logical, 0, pitch, xy, RINGGPU_PAIR(...size), format, 1);

const CASES: readonly FaultCase[] = [
  { name: 'an opcode of no packet', code: RINGGPU_FAULT_OPCODE, provoke: (cpu) => cpu.put(0x7f00_0001) },
  { name: 'an opcode of 0', code: RINGGPU_FAULT_OPCODE, provoke: (cpu) => cpu.put(0) },
  { name: 'a length of 0', code: RINGGPU_FAULT_LENGTH, provoke: (cpu) => cpu.put(RINGGPU_HEADER('NOP', 0, 0)) },
  {
    name: 'a length that is not the packet’s',
    code: RINGGPU_FAULT_LENGTH,
    provoke: (cpu) => cpu.put(RINGGPU_HEADER('FENCE', 0, 3), 1, 2),
  },
  {
    name: 'a packet that reaches past the tail',
    code: RINGGPU_FAULT_LENGTH,
    provoke: (cpu) => cpu.put(RINGGPU_HEADER('NOP', 0, 9)),
  },
  {
    name: 'an address that is not mapped',
    code: RINGGPU_FAULT_UNMAPPED,
    provoke: (cpu) => fill(cpu, 0x40_0000_00, 64, [4, 4]),
    address: () => 0x40_0000_00,
  },
  {
    name: 'an address beyond what the IOMMU reaches',
    code: RINGGPU_FAULT_UNMAPPED,
    provoke: (cpu) => cpu.packet('FLIP', 0, 0, 0xffff_ffff, 64, RINGGPU_PAIR(4, 4), 0),
    address: () => 0xffff_ffff * 2 ** 32,
  },
  {
    name: 'a surface that reaches out of its buffer',
    code: RINGGPU_FAULT_UNMAPPED,
    provoke: (cpu, target) => fill(cpu, target.logical, 64, [16, 65]),
    address: (_, target) => target.logical + PAGE_SIZE,
  },
  {
    name: 'a surface that begins in one buffer, and a rectangle of it that lies in another',
    code: RINGGPU_FAULT_UNMAPPED,
    provoke: (cpu, target) => {
      const rows = (cpu.allocate(PAGE_SIZE).logical - target.logical) / 64;
      fill(cpu, target.logical, 64, [4, 4], 0, RINGGPU_PAIR(0, rows));
    },
    address: (_, target) => target.logical + PAGE_SIZE,
  },
  {
    name: 'a source that is not mapped',
    code: RINGGPU_FAULT_UNMAPPED,
    provoke: (cpu, target) => cpu.copy(surface(target, 64), 0, 0, { logical: 0x8000, pitch: 64 }, 0, 0, 4, 4),
    address: () => 0x8000,
  },
  {
    name: 'a write to a buffer that is mapped read-only',
    code: RINGGPU_FAULT_READ_ONLY,
    provoke: (cpu) => fill(cpu, cpu.allocate(PAGE_SIZE, false).logical, 64, [4, 4]),
  },
  {
    name: 'a fence address that is not mapped',
    code: RINGGPU_FAULT_UNMAPPED,
    provoke: (cpu) => {
      cpu.write('FENCE_ADDR_LO', 0x9000);
      cpu.putFence();
    },
    address: () => 0x9000,
  },
  {
    name: 'a fence address that is not a multiple of 4',
    code: RINGGPU_FAULT_SURFACE,
    provoke: (cpu) => {
      cpu.write('FENCE_ADDR_LO', cpu.fence.logical + 2);
      cpu.putFence();
    },
  },
  {
    name: 'a surface of no width',
    code: RINGGPU_FAULT_SURFACE,
    provoke: (cpu, target) => fill(cpu, target.logical, 64, [0, 4]),
  },
  {
    name: 'a surface of more than 16384 lines',
    code: RINGGPU_FAULT_SURFACE,
    provoke: (cpu, target) => fill(cpu, target.logical, 64, [4, 16385]),
  },
  {
    name: 'a pitch that is too small',
    code: RINGGPU_FAULT_SURFACE,
    provoke: (cpu, target) => fill(cpu, target.logical, 60, [16, 4]),
  },
  {
    name: 'a rectangle that reaches past its line',
    code: RINGGPU_FAULT_SURFACE,
    provoke: (cpu, target) => fill(cpu, target.logical, 64, [4, 4], 0, 13),
  },
  {
    name: 'a pitch that is not a multiple of 4',
    code: RINGGPU_FAULT_SURFACE,
    provoke: (cpu, target) => fill(cpu, target.logical, 66, [4, 4]),
  },
  {
    name: 'an address that is not a multiple of 4',
    code: RINGGPU_FAULT_SURFACE,
    provoke: (cpu, target) => fill(cpu, target.logical + 1, 64, [4, 4]),
  },
  {
    name: 'a format that there is not',
    code: RINGGPU_FAULT_SURFACE,
    provoke: (cpu, target) => fill(cpu, target.logical, 64, [4, 4], 4),
  },
];

const copy = (cpu: FakeCpu, destination: number, source: number, formats: number, pitch = 64) =>
  cpu.packet('COPY_RECT', 0, destination, 0, 64, 0, source, 0, pitch, 0, RINGGPU_PAIR(4, 4), formats);

const draw = (cpu: FakeCpu, { logical }: Buffer, texture: number, vertices: number, count: number) =>
  cpu.packet(
    ...(['DRAW_TRIANGLES', texture === 0 ? 0 : RINGGPU_FLAG_TEXTURED, logical, 0, 64, 0] as const),
    ...[texture, 0, 64, RINGGPU_PAIR(4, 4), RINGGPU_PAIR(4, 4), 0, vertices, 0, count],
  );

const fenceAt = (cpu: FakeCpu, low: number, high = 0) => {
  cpu.write('FENCE_ADDR_LO', low);
  cpu.write('FENCE_ADDR_HI', high);
  cpu.putFence();
};

const P8_SOURCE = RINGGPU_FORMATS(0, RINGGPU_FORMAT_P8);

/** Mistakes, and what is said of them. */
const SENTENCES: readonly [provoke: (cpu: FakeCpu, target: Buffer) => void, sentence: RegExp][] = [
  [(cpu) => cpu.put(RINGGPU_HEADER('FENCE', 0, 3), 1, 2), /FENCE .* has a length of 3 words; it must have 2\.$/],
  [(cpu) => cpu.put(RINGGPU_HEADER('NOP', 0, 0)), /has a length of 0 words; it must have 1 at least\.$/],
  [(cpu) => cpu.put(RINGGPU_HEADER('NOP', 0, 9)), /NOP .* reaches past RING_TAIL\.$/],
  [
    (cpu, { u32, logical }) => {
      u32[512] = RINGGPU_HEADER('NOP', 0, 9);
      cpu.packet('INDIRECT', 0, logical + 2048, 0, 1);
    },
    /NOP at 0x[0-9a-f]+, to which .* reaches past the end of the buffer\.$/,
  ],
  [
    (cpu, { logical }) => fill(cpu, logical + 1, 64, [4, 4]),
    /a destination that cannot be: its address is no multiple/,
  ],
  [(cpu, { logical }) => fill(cpu, logical, 66, [4, 4]), /its pitch of 66 is no multiple of 4/],
  [(cpu, { logical }) => fill(cpu, logical, 60, [16, 4]), /its pitch of 60 is below the 64 bytes/],
  [(cpu, { logical }) => fill(cpu, logical, 64, [0, 4]), /its size is 0 × 4; either may be 1 to 16384/],
  [(cpu, { logical }) => fill(cpu, logical, 64, [4, 4], 4), /there is no format 4/],
  [(cpu, { logical }) => copy(cpu, logical, logical, 0, 2), /a source that cannot be: its pitch of 2/],
  [(cpu, { logical }) => cpu.packet('FLIP', 0, logical, 0, 64, 0, 0), /a surface that cannot be: its size is 0 × 0/],
  [(cpu, { logical }) => copy(cpu, logical, logical, RINGGPU_FORMAT_P8), /writes P8 pixels, as only FILL_RECT does/],
  [(cpu, { logical }) => copy(cpu, logical, logical + 2048, P8_SOURCE), /P8 pixels, but COLOUR_TABLE is 0\.$/],
  [
    (cpu, { logical }) => {
      cpu.write('COLOUR_TABLE_LO', logical + 2);
      copy(cpu, logical, logical + 2048, P8_SOURCE);
    },
    /P8 pixels, but COLOUR_TABLE is no multiple of 4/,
  ],
  [(cpu, target) => draw(cpu, target, 0, target.logical + 2048, 0), /draws 0 triangles; it may draw 1 to 16384/],
  [(cpu, target) => draw(cpu, target, 0, target.logical + 2048, 16385), /draws 16385 triangles/],
  [(cpu, target) => draw(cpu, target, 0, target.logical + 2, 1), /names vertices whose address is no multiple of 4/],
  [(cpu, target) => draw(cpu, target, 0, target.logical, 1), /writes over its vertices/],
  [(cpu, target) => draw(cpu, target, target.logical, target.logical + 2048, 1), /writes over its texture/],
  [(cpu, target) => draw(cpu, target, 1, target.logical + 2048, 1), /a texture that cannot be: its address/],
  [(cpu) => fenceAt(cpu, cpu.fence.logical + 2), /writes to FENCE_ADDR, which is no multiple of 4/],
  [(cpu) => fenceAt(cpu, 0, RINGGPU_LOCAL_HI), /writes to local memory: see FENCE_ADDR/],
  [(cpu) => fenceAt(cpu, 0, 0x11), /writes to memory beyond the end of local memory: see FENCE_ADDR/],
];

async function faulted(cpu: FakeCpu): Promise<void> {
  await cpu.until(() => (cpu.read('STATUS') & RINGGPU_STATUS_FAULTED) !== 0, 'the fault');
}

/** Resets, and shows that the device works. */
async function revive(cpu: FakeCpu, target: Buffer): Promise<void> {
  await cpu.reset();
  expect(cpu.read('FAULT_CODE')).to.equal(0);
  cpu.setUpRing();
  cpu.fill(surface(target, 64), 0, 0, 4, 4, 0x600d);
  await cpu.finish();
  expect(target.u32[0]).to.equal(0x600d);
}

for (const kind of KINDS) {
  describe(`faults on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let target: Buffer;

    before(async () => {
      cpu = await FakeCpu.boot(kind);
      target = cpu.allocate(PAGE_SIZE);
    });

    beforeEach(() => {
      cpu.events.length = 0;
      target.u8.fill(0);
    });

    after(() => cpu.close());

    for (const { name, code, provoke, address } of CASES) {
      it(`stop the ring at ${name}, with everything before it done, and a reset brings it back`, async () => {
        cpu.write('INT_ENABLE', RINGGPU_INT_FAULT);
        cpu.fill(surface(target, 64), 0, 0, 2, 2, 0xbef0);
        const offset = cpu.tail;
        provoke(cpu, target);
        const header = cpu.ring.u32[offset / 4];
        cpu.doorbell();
        await faulted(cpu);
        expect(cpu.read('FAULT_CODE')).to.equal(code);
        expect(cpu.read('FAULT_RING')).to.equal(offset);
        expect(cpu.read('FAULT_INFO')).to.equal(header);
        expect(cpu.read('RING_HEAD')).to.equal(offset);
        expect(cpu.read('INT_STATUS') & RINGGPU_INT_FAULT).to.equal(RINGGPU_INT_FAULT);
        expect(cpu.read('STATUS') & RINGGPU_STATUS_BUSY).to.equal(0);
        if (address) {
          const low = cpu.read('FAULT_ADDR_LO');
          expect(low + cpu.read('FAULT_ADDR_HI') * 2 ** 32).to.equal(address(cpu, target));
        }
        expect(target.u32[0], 'the packet before the fault').to.equal(0xbef0);
        expect(cpu.events.map((event) => event.kind)).to.deep.equal(['fault']);

        cpu.tail = offset;
        cpu.fill(surface(target, 64), 0, 0, 2, 2, 0xdead);
        cpu.doorbell();
        await delay(5);
        expect(target.u32[0], 'doorbells are ignored').to.equal(0xbef0);
        await revive(cpu, target);
      });
    }

    it('say in words what is wrong: which operand or register, its value and its limit', async () => {
      for (const [provoke, sentence] of SENTENCES) {
        cpu.events.length = 0;
        provoke(cpu, target);
        cpu.doorbell();
        await faulted(cpu);
        expect(cpu.events.map((event) => event.sentence).join()).to.match(sentence);
        await revive(cpu, target);
      }
    });

    for (const [name, tail] of [
      ['behind the ring', PAGE_SIZE + 4],
      ['at its very end', PAGE_SIZE],
      ['that is not a multiple of 4', 6],
    ] as const) {
      it(`stop the ring at a tail ${name}, which FAULT_INFO shows`, async () => {
        cpu.write('RING_TAIL', tail);
        await faulted(cpu);
        expect(cpu.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_TAIL);
        expect(cpu.read('FAULT_INFO')).to.equal(tail);
        await revive(cpu, target);
      });
    }

    for (const [name, register, value] of [
      ['of no power of two', 'RING_SIZE', 12288],
      ['that is too small', 'RING_SIZE', 2048],
      ['that is too large', 'RING_SIZE', 2 * 1024 * 1024],
      ['that begins within a page', 'RING_BASE_LO', 0x10_0010],
    ] as const) {
      it(`stop a ring ${name}`, async () => {
        cpu.write(register, value);
        cpu.write('RING_TAIL', 8);
        await faulted(cpu);
        expect(cpu.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_RING);
        await revive(cpu, target);
      });
    }

    for (const [name, hide] of [
      ['a tail that is right', (tail) => cpu.front.write32(RINGGPU_REG.RING_TAIL, tail)],
      ['the tail that there was', (_, before) => cpu.front.write32(RINGGPU_REG.RING_TAIL, before)],
      ['another wrong tail', () => cpu.front.write32(RINGGPU_REG.RING_TAIL, 10)],
      ['a ring that is not enabled', () => cpu.front.write32(RINGGPU_REG.CONTROL, 0)],
    ] as readonly [string, (tail: number, before: number) => void][]) {
      it(`stop the ring at a wrong tail, whatever is written before the device looks: ${name}`, async () => {
        // More batches than can be in flight, which come before the fault, and a packet that comes behind it.
        for (let i = 0; i < 3; i++) {
          cpu.fill(surface(target, 64), 0, 0, 2, 2, 0xbef0 + i);
          cpu.packet('TIMESTAMP', 0, ...address(target.logical + 2048));
        }
        const before = cpu.tail;
        cpu.front.write32(RINGGPU_REG.RING_TAIL, before);
        cpu.fill(surface(target, 64), 0, 0, 2, 2, 0xdead);
        cpu.front.write32(RINGGPU_REG.RING_TAIL, 6);
        hide(cpu.tail, before);
        cpu.serve();
        cpu.write('CONTROL', RINGGPU_CONTROL_ENABLE);
        await faulted(cpu);
        expect(cpu.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_TAIL);
        expect(cpu.read('FAULT_INFO')).to.equal(6);
        expect(cpu.read('FAULT_RING')).to.equal(before);
        expect(cpu.read('RING_HEAD')).to.equal(before);
        expect(target.u32[0]).to.equal(0xbef2);
        await revive(cpu, target);
      });
    }

    for (const [name, register, wrong] of [
      ['size', 'RING_SIZE', 12288],
      ['base', 'RING_BASE_LO', 0x10_0010],
    ] as const) {
      it(`stop a ring of a wrong ${name} at its doorbell, though it is set right before the device looks`, async () => {
        const right = cpu.read(register);
        cpu.front.write32(RINGGPU_REG[register], wrong);
        cpu.front.write32(RINGGPU_REG.RING_TAIL, 8);
        cpu.front.write32(RINGGPU_REG[register], right);
        cpu.serve();
        await faulted(cpu);
        expect(cpu.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_RING);
        await revive(cpu, target);
      });
    }

    it('are none in a wrong tail that is set right before the ring is enabled, or that a reset follows', async () => {
      for (const order of ['enable', 'reset'] as const) {
        if (order === 'enable') cpu.write('CONTROL', 0);
        cpu.front.write32(RINGGPU_REG.RING_TAIL, 6);
        if (order === 'reset') await cpu.reset();
        cpu.setUpRing();
        cpu.fill(surface(target, 64), 0, 0, 4, 4, 0x600d);
        await cpu.finish();
        expect(target.u32[0]).to.equal(0x600d);
        expect(cpu.read('FAULT_CODE')).to.equal(0);
      }
    });

    it('stop a ring that is not mapped', async () => {
      cpu.write('RING_BASE_LO', 0x7000_0000);
      cpu.write('RING_TAIL', 8);
      await faulted(cpu);
      expect(cpu.read('FAULT_CODE')).to.equal(RINGGPU_FAULT_UNMAPPED);
      expect(cpu.read('FAULT_ADDR_LO')).to.equal(0x7000_0000 + cpu.read('FAULT_RING'));
      await revive(cpu, target);
    });

    it('are all that garbage in the ring can cause: memory beside the buffers stays as it was', async () => {
      const words = fc.oneof(
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.constantFrom(
          RINGGPU_HEADER('FILL_RECT'),
          RINGGPU_HEADER('COPY_RECT'),
          RINGGPU_HEADER('FLIP', 1),
          RINGGPU_HEADER('FENCE', 1),
          RINGGPU_HEADER('NOP', 0, 2),
          0,
          64,
          4096,
          target.logical,
          target.logical + 2048,
          cpu.ring.logical,
          RINGGPU_PAIR(1, 1),
          RINGGPU_PAIR(16, 16),
          RINGGPU_PAIR(16384, 16384),
          RINGGPU_PAIR(0xffff, 0xffff),
        ),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 200 }), async (garbage) => {
          cpu.put(...garbage);
          cpu.doorbell();
          await cpu.engine.idle();
          expect(guardsIntact(cpu, target)).to.equal(true);
          await revive(cpu, target);
        }),
        { numRuns: 60 },
      );
    });

    it('are all that garbage in registers and tables can cause', async () => {
      const where = fc.constantFrom('registers' as const, 'iommu' as const, 'control' as const);
      const write = fc.tuple(where, fc.nat(), fc.integer());
      await fc.assert(
        fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 60 }), async (writes) => {
          const victim = await FakeCpu.boot(kind, { ramBytes: 1024 * 1024, pacing: 'unpaced' });
          try {
            for (const [name, index, value] of writes) {
              const memory = new Int32Array(victim.memory[name]);
              // Of the tables, the parts that mean something: a few directory words, the queue, the first leaf.
              const places = [index % 64, 16384 + (index % 64), 32784 + (index % 2048)];
              const at = name === 'iommu' ? (places[index % 3] as number) : index % Math.min(memory.length, 64);
              memory[at] = value;
              if (index % 4 === 0) victim.engine.service();
            }
            victim.engine.service();
            await delay(1);
            await victim.engine.screen();
            victim.engine.service();
          } finally {
            victim.close();
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}

function guardsIntact(cpu: FakeCpu, buffer: Buffer): boolean {
  return [buffer.ram - PAGE_SIZE, buffer.ram + buffer.bytes].every((edge) =>
    cpu.ram.subarray(edge, edge + PAGE_SIZE).every((byte) => byte === 0xa5),
  );
}
