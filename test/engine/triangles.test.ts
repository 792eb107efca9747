import { expect } from 'chai';
import fc from 'fast-check';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import {
  RINGGPU_FLAG_BLEND,
  RINGGPU_FLAG_GOURAUD,
  RINGGPU_FLAG_TEXTURED,
  RINGGPU_FORMATS,
  RINGGPU_PAIR,
} from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_SURFACE,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_FORMAT_A8R8G8B8,
  RINGGPU_FORMAT_P8,
  RINGGPU_FORMAT_R5G6B5,
} from '../../src/devices/ringgpu/registers.ts';
import { type Buffer, FakeCpu, KINDS } from './fake-cpu.ts';

const WIDTH = 40;
const HEIGHT = 40;
const PITCH = WIDTH * 4;
const SENTINEL = 0x5a5a5a5a;

/** In sixteenths of a pixel. */
interface Point {
  readonly x: number;
  readonly y: number;
}

type Triangle = readonly [Point, Point, Point];

/** x, y, colour, u and v of each vertex. */
type Vertex = readonly [x: number, y: number, colour: number, u?: number, v?: number];

const point = fc.record({ x: fc.integer({ min: -300, max: 900 }), y: fc.integer({ min: -300, max: 900 }) });
const triangle: fc.Arbitrary<Triangle> = fc.tuple(point, point, point);

/** Whether a triangle covers the middle of a pixel: exact, and by the words of the rule (docs/device.md, Triangles). */
function covers([p, q, r]: Triangle, x: number, y: number): boolean {
  const cross = (a: Point, b: Point, at: Point) => (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x);
  const turn = cross(p, q, r);
  if (turn === 0) return false;
  const corners = turn > 0 ? [p, q, r] : [p, r, q];
  const middle = { x: x * 16 + 8, y: y * 16 + 8 };
  return corners.every((from, i) => {
    const to = corners[(i + 1) % 3] as Point;
    const side = cross(from, to, middle);
    if (side !== 0) return side > 0;
    const isTop = from.y === to.y && to.x > from.x;
    const isLeft = to.y < from.y;
    return isTop || isLeft;
  });
}

for (const kind of KINDS) {
  describe(`triangles on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let target: Buffer;
    let texture: Buffer;
    let vertices: Buffer;

    before(async () => {
      cpu = await FakeCpu.boot(kind);
      target = cpu.allocate(PITCH * HEIGHT);
      texture = cpu.allocate(PAGE_SIZE);
      vertices = cpu.allocate(64 * 1024);
    });

    beforeEach(() => {
      target.u32.fill(SENTINEL);
    });

    after(() => cpu.close());

    /** Puts a packet for what `list` holds, three vertices a triangle, clipped to a rectangle. */
    function put(
      list: readonly Vertex[],
      {
        flags = 0,
        formats = 0,
        xy = 0,
        size = RINGGPU_PAIR(WIDTH, HEIGHT),
        textureSize = RINGGPU_PAIR(16, 16),
        source = texture.logical,
        from = vertices.logical,
      } = {},
    ): void {
      for (const [i, [x, y, colour, u = 0, v = 0]] of list.entries()) {
        vertices.u32.set([x, y, colour, RINGGPU_PAIR(u, v)], i * 4);
      }
      const destination = [target.logical, 0, PITCH, xy];
      const operands = [...destination, source, 0, 64, textureSize, size, formats, from, 0, list.length / 3];
      cpu.packet('DRAW_TRIANGLES', flags, ...operands);
    }

    const flat = (triangles: readonly Triangle[], colour: (i: number) => number): Vertex[] =>
      triangles.flatMap((one, i) => one.map(({ x, y }): Vertex => [x, y, colour(i)]));

    const pixel = (x: number, y: number) => target.u32[y * WIDTH + x] as number;

    async function refused(code: number): Promise<void> {
      cpu.doorbell();
      await cpu.until(() => cpu.read('FAULT_CODE') !== 0, 'a fault');
      expect(cpu.read('FAULT_CODE')).to.equal(code);
      await cpu.reset();
      cpu.setUpRing();
      cpu.events.length = 0;
    }

    it('cover the pixels whose middles lie in them, by the top-left rule, later ones over earlier', async () => {
      const clip = fc.record({
        x: fc.integer({ min: 0, max: 9 }),
        y: fc.integer({ min: 0, max: 9 }),
        width: fc.integer({ min: 1, max: 31 }),
        height: fc.integer({ min: 1, max: 31 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(triangle, { minLength: 1, maxLength: 8 }),
          clip,
          async (triangles, { x, y, ...size }) => {
            target.u32.fill(SENTINEL);
            put(
              flat(triangles, (i) => i),
              { xy: RINGGPU_PAIR(x, y), size: RINGGPU_PAIR(size.width, size.height) },
            );
            await cpu.finish();
            for (let row = 0; row < HEIGHT; row++) {
              for (let column = 0; column < WIDTH; column++) {
                const inside = column >= x && column < x + size.width && row >= y && row < y + size.height;
                const last = inside ? triangles.findLastIndex((one) => covers(one, column, row)) : -1;
                expect(pixel(column, row), `${column}, ${row}`).to.equal(last < 0 ? SENTINEL : last);
              }
            }
          },
        ),
        { numRuns: 60 },
      );
    });

    it('that share edges cover each pixel between them once, however the mesh is cut', async () => {
      await fc.assert(
        fc.asyncProperty(point, fc.array(point, { minLength: 4, maxLength: 4 }), async (centre, jitter) => {
          // A fan around a point somewhere in a square, the square's corners moved: every pixel is covered once or not at all.
          const at = { x: 160 + (Math.abs(centre.x) % 320), y: 160 + (Math.abs(centre.y) % 320) };
          const corners = [
            [0, 0],
            [639, 0],
            [639, 639],
            [0, 639],
          ].map(([x = 0, y = 0], i) => ({
            x: x + ((((jitter[i] as Point).x % 100) + 100) % 100),
            y: y + ((((jitter[i] as Point).y % 100) + 100) % 100),
          })) as [Point, Point, Point, Point];
          const fan = corners.map((corner, i): Triangle => [at, corner, corners[(i + 1) % 4] as Point]);
          target.u32.fill(0);
          put(
            flat(fan, () => 1),
            { flags: RINGGPU_FLAG_BLEND, formats: RINGGPU_FORMATS(RINGGPU_FORMAT_A8R8G8B8, 0) },
          );
          await cpu.finish();
          // Alpha 0 over what is there adds 1 for each triangle.
          for (let y = 0; y < HEIGHT; y++) {
            for (let x = 0; x < WIDTH; x++) {
              const times = fan.filter((one) => covers(one, x, y)).length;
              expect(pixel(x, y), `${x}, ${y}`).to.equal(times);
              if (x >= 7 && y >= 7 && x < 39 && y < 39) expect(times, `inside, ${x}, ${y}`).to.equal(1);
            }
          }
        }),
        { numRuns: 25 },
      );
    });

    it('with GOURAUD run from colour to colour, within one step of the true plane', async () => {
      const corners: Vertex[] = [
        [0, 0, 0xff000000],
        [640, 0, 0xffff0000],
        [0, 640, 0x0000ff80],
      ];
      put(corners, { flags: RINGGPU_FLAG_GOURAUD });
      await cpu.finish();
      for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH - 1 - y; x++) {
          const right = (x + 0.5) / 40;
          const down = (y + 0.5) / 40;
          const colour = pixel(x, y);
          expect((colour >>> 16) & 255, `red at ${x}, ${y}`).to.be.closeTo(255 * right, 1);
          expect((colour >>> 8) & 255, `green at ${x}, ${y}`).to.be.closeTo(255 * down, 1);
          expect(colour & 255, `blue at ${x}, ${y}`).to.be.closeTo(128 * down, 1);
          expect(colour >>> 24, `alpha at ${x}, ${y}`).to.be.closeTo(255 * (1 - down), 1);
        }
      }
    });

    it('with TEXTURED show the texture pixel for pixel where it is as large, times the colour, and its edge beyond', async () => {
      for (let i = 0; i < 256; i++) texture.u32[i] = 0xff000000 | (i << 8) | (i ^ 0x55);
      const quad = (x: number, y: number, size: number, colour: number): Vertex[] => {
        const corner = (dx: number, dy: number): Vertex => [
          (x + dx * size) * 16,
          (y + dy * size) * 16,
          colour,
          dx * size * 16,
          dy * size * 16,
        ];
        return [corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 0), corner(1, 1), corner(0, 1)];
      };
      put([...quad(2, 3, 16, 0xffffffff), ...quad(20, 18, 20, 0xffff8000)], { flags: RINGGPU_FLAG_TEXTURED });
      await cpu.finish();
      for (let y = 0; y < 20; y++) {
        for (let x = 0; x < 20; x++) {
          const texel = texture.u32[Math.min(y, 15) * 16 + Math.min(x, 15)] as number;
          if (x < 16 && y < 16) expect(pixel(2 + x, 3 + y), `${x}, ${y}`).to.equal(texel);
          const shaded = (0xff000000 | (Math.round((((texel >>> 8) & 255) * 128) / 255) << 8)) >>> 0;
          expect(pixel(20 + x, 18 + y), `shaded, ${x}, ${y}`).to.equal(shaded);
        }
      }
      expect(pixel(1, 3)).to.equal(SENTINEL);
      expect(pixel(18, 3)).to.equal(SENTINEL);
    });

    it('draw on R5G6B5, from any texture, two pixels a word', async () => {
      texture.u8.fill(7, 0, 1024);
      const table = cpu.allocate(PAGE_SIZE);
      table.u32[7] = 0x80402010;
      cpu.write('COLOUR_TABLE_LO', table.logical);
      target.u32.fill(0xffff_ffff);
      const formats = RINGGPU_FORMATS(RINGGPU_FORMAT_R5G6B5, RINGGPU_FORMAT_P8);
      const corners: Vertex[] = [
        [0, 0, 0xffffffff],
        [16 * 80, 0, 0xffffffff],
        [0, 16 * 80, 0xffffffff],
      ];
      const rest = { flags: RINGGPU_FLAG_TEXTURED | RINGGPU_FLAG_BLEND, formats };
      put(corners, { ...rest, xy: RINGGPU_PAIR(1, 0), size: RINGGPU_PAIR(3, 1) });
      await cpu.finish();
      // 255 × 127 ÷ 255 = 127 of white shines through: BF, 9F, 8F.
      const mixed = ((0xbf >>> 3) << 11) | ((0x9f >>> 2) << 5) | (0x8f >>> 3);
      expect([...new Uint16Array(target.u8.buffer, target.ram, 6)]).to.deep.equal([
        65535,
        mixed,
        mixed,
        mixed,
        65535,
        65535,
      ]);
    });

    it('by the thousand keep their order', async () => {
      const list = Array.from({ length: 1000 }, (_, i): Triangle => {
        const x = (i * 7) % 400;
        const y = (i * 13) % 400;
        return [
          { x, y },
          { x: x + 220, y: y + 10 },
          { x: x + 30, y: y + 200 },
        ];
      });
      put(flat(list, (i) => i));
      await cpu.finish();
      for (let y = 0; y < HEIGHT; y += 3) {
        for (let x = 0; x < WIDTH; x += 3) {
          const last = list.findLastIndex((one) => covers(one, x, y));
          expect(pixel(x, y), `${x}, ${y}`).to.equal(last < 0 ? SENTINEL : last);
        }
      }
    });

    it('that are too large for the device’s numbers draw nothing, up to the limit exactly', async () => {
      const sized = (span: number): Vertex[] => [
        [0, 0, 1],
        [span, 0, 1],
        [0, span, 1],
      ];
      put(sized(32768));
      put([
        [2 ** 31 - 1, 0, 1],
        [-(2 ** 31), 0, 1],
        [0, 2 ** 31 - 1, 1],
      ]);
      await cpu.finish();
      expect(target.u32.every((value) => value === SENTINEL)).to.equal(true);
      put(sized(32767));
      await cpu.finish();
      expect(target.u32.every((value) => value === 1)).to.equal(true);
    });

    it('are refused where they read what they write, or there are none, or too many, or nothing is there', async () => {
      const one = flat(
        [
          [
            { x: 0, y: 0 },
            { x: 99, y: 0 },
            { x: 0, y: 99 },
          ],
        ],
        () => 1,
      );
      put(one, { source: target.logical, flags: RINGGPU_FLAG_TEXTURED });
      await refused(RINGGPU_FAULT_SURFACE);
      put(one, { from: target.logical });
      await refused(RINGGPU_FAULT_SURFACE);
      put([]);
      await refused(RINGGPU_FAULT_SURFACE);
      put(one, { formats: RINGGPU_FORMAT_P8 });
      await refused(RINGGPU_FAULT_SURFACE);
      put(one, { from: vertices.logical + 64 * 1024 - 16 });
      await refused(RINGGPU_FAULT_UNMAPPED);
      put(one, { source: 0 });
      await cpu.finish();
      expect(pixel(0, 0), 'without TEXTURED nobody reads the source').to.equal(1);
    });
  });
}
