import { expect } from 'chai';
import fc from 'fast-check';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { type Buffer, FakeCpu, KINDS, surface } from './fake-cpu.ts';

const BUFFER_BYTES = 3 * PAGE_SIZE;

/** A rectangle somewhere in a buffer, with a pitch of its own: all that a packet says, and no more than it may. */
interface Area {
  readonly buffer: 0 | 1;
  /** Words. */
  readonly offset: number;
  readonly pitch: number;
  readonly x: number;
  readonly y: number;
}

type Step =
  | {
      readonly kind: 'fill';
      readonly to: Area;
      readonly width: number;
      readonly height: number;
      readonly colour: number;
    }
  | { readonly kind: 'copy'; readonly to: Area; readonly from: Area; readonly width: number; readonly height: number }
  /** The processor writes a word, after everything before is done. */
  | { readonly kind: 'store'; readonly buffer: 0 | 1; readonly word: number; readonly value: number }
  /** A doorbell between packets. */
  | { readonly kind: 'doorbell' };

const buffer = fc.constantFrom<0 | 1>(0, 1);
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const area = fc.record({
  buffer,
  offset: fc.integer({ min: 0, max: 600 }),
  pitch: fc.constantFrom(40, 64, 130),
  x: fc.integer({ min: 0, max: 9 }),
  y: fc.integer({ min: 0, max: 5 }),
});
const width = fc.integer({ min: 1, max: 30 });
const height = fc.integer({ min: 1, max: 12 });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fill' as const), to: area, width, height, colour: word }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('copy' as const), to: area, from: area, width, height }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      buffer,
      word: fc.integer({ min: 0, max: BUFFER_BYTES / 4 - 1 }),
      value: word,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('doorbell' as const) }) },
);

const start = ({ offset, pitch, x, y }: Area) => offset + y * pitch + x;

/** What a step does, in the plainest words. */
function oracle(memory: readonly Uint32Array[], step: Step): void {
  if (step.kind === 'doorbell') return;
  if (step.kind === 'store') {
    (memory[step.buffer] as Uint32Array)[step.word] = step.value;
    return;
  }
  const to = memory[step.to.buffer] as Uint32Array;
  const picked: number[] = [];
  for (let row = 0; row < step.height; row++) {
    for (let column = 0; column < step.width; column++) {
      if (step.kind === 'fill') picked.push(step.colour);
      else picked.push(memory[step.from.buffer]?.[start(step.from) + row * step.from.pitch + column] as number);
    }
  }
  for (const [i, pixel] of picked.entries()) {
    to[start(step.to) + Math.floor(i / step.width) * step.to.pitch + (i % step.width)] = pixel;
  }
}

async function perform(cpu: FakeCpu, buffers: readonly Buffer[], step: Step): Promise<void> {
  const place = (area: Area) => surface(buffers[area.buffer] as Buffer, area.pitch * 4, area.offset * 4);
  if (step.kind === 'fill') {
    cpu.fill(place(step.to), step.to.x, step.to.y, step.width, step.height, step.colour);
  } else if (step.kind === 'copy') {
    const { to, from } = step;
    cpu.copy(place(to), to.x, to.y, place(from), from.x, from.y, step.width, step.height);
  } else if (step.kind === 'store') {
    await cpu.finish();
    (buffers[step.buffer] as Buffer).u32[step.word] = step.value;
  } else cpu.doorbell();
}

for (const kind of KINDS) {
  describe(`rectangles on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let buffers: Buffer[];

    before(async () => {
      cpu = await FakeCpu.boot(kind);
      buffers = [cpu.allocate(BUFFER_BYTES), cpu.allocate(BUFFER_BYTES)];
    });

    after(() => cpu.close());

    it('are filled and copied as the plainest loop would, and no byte beside them changes', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), word, async (steps, seed) => {
          for (const [b, { u32 }] of buffers.entries()) for (let i = 0; i < u32.length; i++) u32[i] = seed + i * 3 + b;
          const expected = buffers.map(({ u32 }) => u32.slice());
          for (const one of steps) {
            oracle(expected, one);
            await perform(cpu, buffers, one);
          }
          await cpu.finish();
          for (const [b, { u32, ram }] of buffers.entries()) {
            expect(firstDifference(u32, expected[b] as Uint32Array), `word of buffer ${b}`).to.equal(-1);
            for (const edge of [ram - PAGE_SIZE, ram + BUFFER_BYTES]) {
              expect(
                cpu.ram.subarray(edge, edge + PAGE_SIZE).every((byte) => byte === 0xa5),
                'guards',
              ).to.equal(true);
            }
          }
          expect(cpu.events).to.deep.equal([]);
        }),
        { numRuns: 60 },
      );
    });

    it('copy within a surface as if through a third place, in all directions', async () => {
      const target = surface(buffers[0] as Buffer, 256);
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
        [3, 2],
        [-3, -2],
        [2, -1],
      ] as const) {
        const { u32 } = buffers[0] as Buffer;
        for (let i = 0; i < u32.length; i++) u32[i] = i;
        cpu.copy(target, 10 + dx, 8 + dy, target, 10, 8, 20, 15);
        await cpu.finish();
        for (let y = 0; y < 15; y++) {
          for (let x = 0; x < 20; x++) {
            const read = u32[(8 + dy + y) * 64 + 10 + dx + x];
            expect(read, `${dx},${dy} at ${x},${y}`).to.equal((8 + y) * 64 + 10 + x);
          }
        }
      }
    });

    it('may be larger than many tiles, with a pitch of many pages', async () => {
      const big = cpu.allocate(1024 * 1024);
      const wide = surface(big, 65536);
      cpu.fill(wide, 100, 1, 700, 14, 0xabcdef01);
      cpu.copy(wide, 2000, 0, wide, 100, 1, 700, 14);
      await cpu.finish();
      expect(big.u32[16384 + 100]).to.equal(0xabcdef01);
      expect(big.u32[14 * 16384 + 799]).to.equal(0xabcdef01);
      expect(big.u32[13 * 16384 + 2699]).to.equal(0xabcdef01);
      expect(big.u32[13 * 16384 + 2700]).to.equal(0);
      expect(big.u32[16384 + 99]).to.equal(0);
    });

    it('read what the processor wrote since, and what the device has not yet landed', async () => {
      const { u32 } = buffers[0] as Buffer;
      const target = surface(buffers[0] as Buffer, 256);
      const other = buffers[1] as Buffer;
      u32.fill(1);
      await cpu.finish();
      u32[0] = 5;
      cpu.copy(surface(other, 256), 0, 0, target, 0, 0, 1, 1);
      cpu.doorbell();
      cpu.fill(target, 4, 4, 2, 2, 6);
      cpu.doorbell();
      // The page is the device's by now: this copy must see 6, which is not in RAM.
      cpu.copy(surface(other, 256), 1, 0, target, 4, 4, 1, 1);
      await cpu.finish();
      expect(other.u32[0]).to.equal(5);
      expect(other.u32[1]).to.equal(6);
    });

    it('see what the processor writes beside a fence that has not landed', async () => {
      const shared = cpu.allocate(PAGE_SIZE);
      const copy = buffers[1] as Buffer;
      cpu.write('FENCE_ADDR_LO', shared.logical + 64);
      for (let value = 1; value <= 4; value++) {
        shared.u32[0] = value;
        shared.u32[1023] = value;
        cpu.copy(surface(copy, 64), value, 0, surface(shared, 64), 0, 0, 1, 1);
        cpu.copy(surface(copy, 64), value, 1, surface(shared, 4096), 1023, 0, 1, 1);
        cpu.putFence();
        cpu.doorbell();
      }
      cpu.write('FENCE_ADDR_LO', cpu.fence.logical);
      await cpu.finish();
      // With two in flight the later doorbells may see later values, but never older ones than their own.
      for (let value = 1; value <= 4; value++) {
        expect(copy.u32[value], `word before, doorbell ${value}`).to.be.at.least(value);
        expect(copy.u32[16 + value], `word behind, doorbell ${value}`).to.be.at.least(value);
      }
    });
  });
}

function firstDifference(a: Uint32Array, b: Uint32Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}
