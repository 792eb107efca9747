import { expect } from 'chai';
import fc from 'fast-check';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_FORMATS, RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_SURFACE,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_FORMAT_A8R8G8B8,
  RINGGPU_FORMAT_P8,
  RINGGPU_FORMAT_R5G6B5,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_REG,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_SCANOUT_GAMMA,
} from '../../src/devices/ringgpu/registers.ts';
import { type Buffer, FakeCpu, KINDS } from './fake-cpu.ts';

const FORMATS = [RINGGPU_FORMAT_X8R8G8B8, RINGGPU_FORMAT_A8R8G8B8, RINGGPU_FORMAT_R5G6B5, RINGGPU_FORMAT_P8] as const;
const BYTES = [4, 4, 2, 1] as const;
const PITCH = 84;
const ROWS = 24;

type Rgba = readonly [number, number, number, number];

/** A pixel's colour in the plainest words: channels out of bit fields, spread over 0 to 255 by repeating their bits. */
function channels(pixel: number, format: number, table: Uint32Array): Rgba {
  if (format === RINGGPU_FORMAT_P8) return channels(table[pixel] as number, RINGGPU_FORMAT_A8R8G8B8, table);
  if (format === RINGGPU_FORMAT_R5G6B5) {
    const spread = (value: number, bits: number) => Math.floor((value * (2 ** bits + 1)) / 2 ** (2 * bits - 8));
    return [spread(pixel >>> 11, 5), spread((pixel >>> 5) & 63, 6), spread(pixel & 31, 5), 255];
  }
  const alpha = format === RINGGPU_FORMAT_X8R8G8B8 ? 255 : pixel >>> 24;
  return [(pixel >>> 16) & 255, (pixel >>> 8) & 255, pixel & 255, alpha];
}

function pixelOf([red, green, blue, alpha]: Rgba, format: number): number {
  if (format === RINGGPU_FORMAT_R5G6B5) return (red >>> 3) * 2048 + (green >>> 2) * 32 + (blue >>> 3);
  return ((alpha * 256 + red) * 256 + green) * 256 + blue;
}

function over(top: Rgba, under: Rgba): Rgba {
  return top.map((value, i) =>
    Math.min(255, value + Math.round(((under[i] as number) * (255 - top[3])) / 255)),
  ) as unknown as Rgba;
}

function peek(bytes: Uint8Array, format: number, x: number, y: number): number {
  let value = 0;
  const size = BYTES[format] as number;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[y * PITCH + x * size + i] as number);
  return value;
}

function poke(bytes: Uint8Array, format: number, x: number, y: number, value: number): void {
  const size = BYTES[format] as number;
  for (let i = 0; i < size; i++) bytes[y * PITCH + x * size + i] = Math.floor(value / 256 ** i) & 255;
}

const format = fc.constantFrom(...FORMATS);
const coordinate = fc.integer({ min: 0, max: 9 });
const operation = fc.record({
  name: fc.constantFrom<'FILL_RECT' | 'COPY_RECT' | 'BLEND_RECT'>('FILL_RECT', 'COPY_RECT', 'BLEND_RECT'),
  to: fc.constantFrom<0 | 1>(0, 1),
  from: fc.constantFrom<0 | 1>(0, 1),
  toFormat: format,
  fromFormat: format,
  x: coordinate,
  y: coordinate,
  fromX: coordinate,
  fromY: coordinate,
  width: fc.integer({ min: 1, max: 11 }),
  height: fc.integer({ min: 1, max: 11 }),
  colour: fc.integer({ min: 0, max: 0xffff_ffff }),
});

for (const kind of KINDS) {
  describe(`pixel formats on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let buffers: readonly [Buffer, Buffer];
    let table: Buffer;

    before(async () => {
      cpu = await FakeCpu.boot(kind);
      buffers = [cpu.allocate(PAGE_SIZE), cpu.allocate(PAGE_SIZE)];
      table = cpu.allocate(PAGE_SIZE);
      for (let i = 0; i < 256; i++) table.u32[i] = i * 0x9e3779b1;
      cpu.write('COLOUR_TABLE_LO', table.logical);
    });

    after(() => cpu.close());

    it('are filled, converted and blended as reckoned channel by channel, and no byte beside them changes', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 6 }), fc.nat(), async (operations, seed) => {
          for (const [b, { u32 }] of buffers.entries()) {
            for (let i = 0; i < u32.length; i++) u32[i] = Math.imul(i * 2 + b + seed, 0x9e3779b1);
          }
          const expected = buffers.map(({ u8 }) => u8.slice());
          for (const { name, to, from, toFormat, fromFormat, ...rest } of operations) {
            // Nothing but indices becomes indices.
            const indices = toFormat === RINGGPU_FORMAT_P8 && name !== 'FILL_RECT';
            if (indices && (fromFormat !== RINGGPU_FORMAT_P8 || name === 'BLEND_RECT')) continue;
            const { x, y, fromX, fromY, width, height, colour } = rest;
            const place = [buffers[to].logical, 0, PITCH, RINGGPU_PAIR(x, y)];
            const size = RINGGPU_PAIR(width, height);
            if (name === 'FILL_RECT') cpu.packet(name, 0, ...place, size, toFormat, colour);
            else {
              const source = [buffers[from].logical, 0, PITCH, RINGGPU_PAIR(fromX, fromY)];
              cpu.packet(name, 0, ...place, ...source, size, RINGGPU_FORMATS(toFormat, fromFormat));
            }
            const input = (expected[from] as Uint8Array).slice();
            const output = expected[to] as Uint8Array;
            for (let row = 0; row < height; row++) {
              for (let column = 0; column < width; column++) {
                let value = colour;
                if (name !== 'FILL_RECT') {
                  value = peek(input, fromFormat, fromX + column, fromY + row);
                  const top = channels(value, fromFormat, table.u32);
                  const under = channels(peek(output, toFormat, x + column, y + row), toFormat, table.u32);
                  if (name === 'BLEND_RECT') value = pixelOf(over(top, under), toFormat);
                  else if (toFormat !== fromFormat) value = pixelOf(top, toFormat);
                }
                poke(output, toFormat, x + column, y + row, value);
              }
            }
          }
          await cpu.finish();
          for (const [b, { u8 }] of buffers.entries()) {
            const wrong = u8.findIndex((byte, i) => byte !== expected[b]?.[i]);
            expect(wrong, `byte of buffer ${b}`).to.equal(-1);
          }
        }),
        { numRuns: 100 },
      );
      expect(cpu.events).to.deep.equal([]);
    });

    it('may share a word between packets that follow one another at once', async () => {
      buffers[0].u8.fill(0);
      for (let x = 0; x < 8; x++) {
        const place = [buffers[0].logical, 0, PITCH, RINGGPU_PAIR(x, 0)];
        cpu.packet('FILL_RECT', 0, ...place, RINGGPU_PAIR(1, ROWS), RINGGPU_FORMAT_P8, 0x40 + x);
      }
      await cpu.finish();
      for (let y = 0; y < ROWS; y++) {
        expect([...buffers[0].u8.subarray(y * PITCH, y * PITCH + 9)]).to.deep.equal([
          64, 65, 66, 67, 68, 69, 70, 71, 0,
        ]);
      }
    });

    it('are refused where they cannot be: unknown ones, colours made into indices, a table that is drawn upon', async () => {
      const [first, second] = buffers;
      const place = [first.logical, 0, PITCH, 0];
      const source = [second.logical, 0, PITCH, 0];
      const size = RINGGPU_PAIR(4, 4);
      for (const formats of [4, 0x400, 0x10000, RINGGPU_FORMATS(RINGGPU_FORMAT_P8, RINGGPU_FORMAT_R5G6B5)]) {
        cpu.packet('COPY_RECT', 0, ...place, ...source, size, formats);
        await refused(RINGGPU_FAULT_SURFACE);
      }
      cpu.packet('BLEND_RECT', 0, ...place, ...source, size, RINGGPU_FORMATS(RINGGPU_FORMAT_P8, RINGGPU_FORMAT_P8));
      await refused(RINGGPU_FAULT_SURFACE);
      cpu.write('COLOUR_TABLE_LO', first.logical);
      cpu.packet(
        'COPY_RECT',
        0,
        ...place,
        ...source,
        size,
        RINGGPU_FORMATS(RINGGPU_FORMAT_X8R8G8B8, RINGGPU_FORMAT_P8),
      );
      await refused(RINGGPU_FAULT_SURFACE);
      cpu.write('COLOUR_TABLE_LO', 0);
      cpu.packet(
        'COPY_RECT',
        0,
        ...place,
        ...source,
        size,
        RINGGPU_FORMATS(RINGGPU_FORMAT_X8R8G8B8, RINGGPU_FORMAT_P8),
      );
      await refused(RINGGPU_FAULT_UNMAPPED);
    });

    it('are shown on the monitor, indices by its table, and other pixels by it when GAMMA is set', async () => {
      const [first] = buffers;
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      const shown = async (format: number) => {
        const flips = cpu.engine.counters.frames;
        cpu.packet('FLIP', 0, first.logical, 0, PITCH, RINGGPU_PAIR(3, 2), format);
        await cpu.finish();
        await cpu.until(() => cpu.engine.counters.frames > flips, 'the flip');
        const { pixels } = await cpu.engine.screen();
        return Array.from({ length: 6 }, (_, i) => [...pixels.subarray(i * 4, i * 4 + 3)]);
      };
      const lut = Uint32Array.from({ length: 256 }, (_, i) => Math.imul(i + 7, 0x9e3779b1) >>> 8);
      const pixel = (format: number, i: number) => peek(first.u8, format, i % 3, Math.floor(i / 3));
      const plain = (format: number) =>
        Array.from({ length: 6 }, (_, i) => channels(pixel(format, i), format, lut).slice(0, 3));
      for (let i = 0; i < first.u32.length; i++) first.u32[i] = Math.imul(i + 1, 0x9e3779b1);
      for (const format of [RINGGPU_FORMAT_X8R8G8B8, RINGGPU_FORMAT_A8R8G8B8, RINGGPU_FORMAT_R5G6B5]) {
        expect(await shown(format), `format ${format}`).to.deep.equal(plain(format));
      }
      const grey = Array.from({ length: 6 }, (_, i) => new Array(3).fill(pixel(RINGGPU_FORMAT_P8, i)));
      expect(await shown(RINGGPU_FORMAT_P8), 'the table as it is after a reset').to.deep.equal(grey);
      for (const [i, colour] of lut.entries()) cpu.front.write32(RINGGPU_REG.LUT + 4 * i, colour);
      expect(await shown(RINGGPU_FORMAT_P8)).to.deep.equal(plain(RINGGPU_FORMAT_P8));
      expect(await shown(RINGGPU_FORMAT_R5G6B5)).to.deep.equal(plain(RINGGPU_FORMAT_R5G6B5));
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE | RINGGPU_SCANOUT_GAMMA);
      const corrected = plain(RINGGPU_FORMAT_R5G6B5).map(([red = 0, green = 0, blue = 0]) => [
        ((lut[red] as number) >>> 16) & 255,
        ((lut[green] as number) >>> 8) & 255,
        (lut[blue] as number) & 255,
      ]);
      expect(await shown(RINGGPU_FORMAT_R5G6B5)).to.deep.equal(corrected);
      await cpu.reset();
      expect(cpu.front.read32(RINGGPU_REG.LUT + 4 * 255)).to.equal(0xffffff);
    });

    it('look the same on the canvas as on the monitor that is read back', async () => {
      const canvas = document.createElement('canvas');
      document.body.append(canvas);
      let shown: Uint8ClampedArray = new Uint8ClampedArray(4);
      const onVblank = () => {
        // A canvas can be read in the task in which it was drawn; in others this sees nothing, alpha 0.
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext(
          '2d',
        ) as OffscreenCanvasRenderingContext2D;
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        if (data[3] === 255) shown = data;
      };
      const looked = await FakeCpu.boot(kind, { canvas, onVblank });
      const picture = looked.allocate(PAGE_SIZE);
      for (let i = 0; i < picture.u32.length; i++) picture.u32[i] = Math.imul(i + 1, 0x9e3779b1);
      for (let i = 0; i < 256; i++) looked.front.write32(RINGGPU_REG.LUT + 4 * i, Math.imul(i + 7, 0x9e3779b1) >>> 8);
      looked.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE | RINGGPU_SCANOUT_GAMMA);
      for (const format of FORMATS) {
        looked.packet('FLIP', 0, picture.logical, 0, PITCH, RINGGPU_PAIR(19, 20), format);
        await looked.finish();
        const until = looked.engine.counters.vblanks + 3;
        await looked.until(() => looked.engine.counters.vblanks >= until, 'vblanks');
        const { pixels } = await looked.engine.screen();
        expect([...shown], `format ${format}`).to.deep.equal([...pixels]);
      }
      looked.close();
      canvas.remove();
    });

    async function refused(code: number): Promise<void> {
      cpu.doorbell();
      await cpu.until(() => cpu.read('FAULT_CODE') !== 0, 'a fault');
      expect(cpu.read('FAULT_CODE')).to.equal(code);
      await cpu.reset();
      cpu.setUpRing();
      cpu.write('COLOUR_TABLE_LO', table.logical);
      cpu.events.length = 0;
    }
  });
}
