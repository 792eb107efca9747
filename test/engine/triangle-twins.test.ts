import { expect } from 'chai';
import fc from 'fast-check';
import { RINGGPU_FORMATS, RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FORMAT_A8R8G8B8,
  RINGGPU_FORMAT_P8,
  RINGGPU_FORMAT_R5G6B5,
  RINGGPU_FORMAT_X8R8G8B8,
} from '../../src/devices/ringgpu/registers.ts';
import { type Buffer, FakeCpu, KINDS } from './fake-cpu.ts';

const WIDTH = 150;
const HEIGHT = 140;
const PITCH = 640;
const TEXTURE_BYTES = 64 * 64 * 4;

/** A machine with one of the engines, and the same bytes at the same addresses as the other. */
interface Twin {
  readonly cpu: FakeCpu;
  readonly target: Buffer;
  readonly texture: Buffer;
  readonly vertices: Buffer;
}

/** Near the picture in sixteenths of a pixel, far beyond it, and at the limits of what the device can reckon with. */
const coordinate = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -400, max: 2800 }) },
  { weight: 3, arbitrary: fc.integer({ min: -17000, max: 17000 }) },
  { weight: 1, arbitrary: fc.constantFrom(-16384, 16383, 16384, -32767, 32767, -1048576, 1048576, 1048577) },
);
const colour = fc.oneof(fc.constantFrom(0, 0xffffffff, 0xff808080, 0x80808080), fc.nat(0xffffffff));
const subtexels = fc.oneof(fc.integer({ min: 0, max: 1100 }), fc.constantFrom(0xffff, 0x8000, 0x7fff));
const vertex = fc.tuple(coordinate, coordinate, colour, subtexels, subtexels);

const targetFormat = fc.constantFrom(RINGGPU_FORMAT_X8R8G8B8, RINGGPU_FORMAT_A8R8G8B8, RINGGPU_FORMAT_R5G6B5);
const textureFormat = fc.oneof(targetFormat, fc.constant(RINGGPU_FORMAT_P8));

const draw = fc.record({
  triangles: fc.array(fc.tuple(vertex, vertex, vertex), { minLength: 1, maxLength: 70, size: 'max' }),
  flags: fc.integer({ min: 0, max: 7 }),
  target: targetFormat,
  texture: textureFormat,
  corner: fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })),
  textureSize: fc.tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 })),
});

describe('triangles of every size, flag and format', () => {
  const twins: Twin[] = [];

  before(async () => {
    for (const kind of KINDS) {
      const cpu = await FakeCpu.boot(kind);
      const [target, texture, vertices] = [PITCH * HEIGHT, TEXTURE_BYTES, 64 * 1024].map((bytes) =>
        cpu.allocate(bytes),
      ) as [Buffer, Buffer, Buffer];
      texture.u32.forEach((_, i) => {
        texture.u32[i] = Math.imul(i + 1, 0x9e3779b1);
      });
      cpu.write('COLOUR_TABLE_LO', texture.logical);
      twins.push({ cpu, target, texture, vertices });
    }
  });

  after(() => {
    for (const { cpu } of twins) cpu.close();
  });

  it('leave the same bytes on both engines', async () => {
    await fc.assert(
      fc.asyncProperty(draw, async ({ triangles, flags, target, texture, corner, textureSize }) => {
        const size = RINGGPU_PAIR(WIDTH - corner[0], HEIGHT - corner[1]);
        const left = await Promise.all(
          twins.map(async (twin) => {
            twin.target.u32.fill(0xa5c3_960f);
            for (const [i, [x, y, own, u, v]] of triangles.flat().entries()) {
              twin.vertices.u32.set([x, y, own, RINGGPU_PAIR(u, v)], i * 4);
            }
            const destination = [twin.target.logical, 0, PITCH, RINGGPU_PAIR(...corner)];
            const source = [twin.texture.logical, 0, 256, RINGGPU_PAIR(...textureSize)];
            const list = [twin.vertices.logical, 0, triangles.length];
            twin.cpu.packet(
              'DRAW_TRIANGLES',
              flags,
              ...destination,
              ...source,
              size,
              RINGGPU_FORMATS(target, texture),
              ...list,
            );
            await twin.cpu.finish();
            return twin.target.u32.slice();
          }),
        );
        const [one, other] = left as [Uint32Array, Uint32Array];
        const differs = one.findIndex((word, i) => word !== other[i]);
        expect(differs, `word ${differs % (PITCH / 4)} of row ${Math.floor(differs / (PITCH / 4))}`).to.equal(-1);
      }),
      { numRuns: 150 },
    );
  });
});
