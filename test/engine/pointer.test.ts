import { expect } from 'chai';
import fc from 'fast-check';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FORMAT_P8,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_INT_VBLANK,
  RINGGPU_POINTER_ENABLE,
  RINGGPU_POINTER_MONO,
  RINGGPU_REG,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_SCANOUT_GAMMA,
} from '../../src/devices/ringgpu/registers.ts';
import { type Buffer, FakeCpu, gpuContext, KINDS, type Kind, surface } from './fake-cpu.ts';

const WIDTH = 40;
const HEIGHT = 24;
const PITCH = 192;
/** Room for 64 lines of either mask or colours, wider than need be, at an odd place. */
const IMAGE_BYTES = 2 * 64 * 288 + PAGE_SIZE;

/** Everything that decides what the monitor shows. */
interface Scene {
  readonly format: number;
  readonly gamma: boolean;
  readonly mono: boolean;
  readonly width: number;
  readonly height: number;
  /** Words between the lines that are no pixels, and before the first. */
  readonly gap: number;
  readonly offset: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly x: number;
  readonly y: number;
  readonly seed: number;
}

const PLAIN: Scene = {
  format: RINGGPU_FORMAT_X8R8G8B8,
  gamma: false,
  mono: false,
  width: 9,
  height: 7,
  gap: 0,
  offset: 0,
  hotX: 0,
  hotY: 0,
  x: 10,
  y: 5,
  seed: 1,
};

const pitchWords = ({ mono, width, gap }: Scene): number => (mono ? Math.ceil(width / 32) : width) + gap;

/** Words without pattern. */
function noise(words: Uint32Array, seed: number): void {
  let state = seed | 1;
  for (let i = 0; i < words.length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    words[i] = state ^ (state >>> 13);
  }
}

/** One machine whose screen and canvas can be compared. */
class Monitor {
  readonly cpu: FakeCpu;
  readonly picture: Buffer;
  readonly image: Buffer;
  readonly canvas: HTMLCanvasElement;
  readonly #watch: { shown: Uint8ClampedArray | null };

  static async boot(kind: Kind): Promise<Monitor> {
    const canvas = document.createElement('canvas');
    document.body.append(canvas);
    const watch: { shown: Uint8ClampedArray | null } = { shown: null };
    const cpu = await FakeCpu.boot(kind, {
      pacing: 'unpaced',
      canvas,
      onVblank: () => {
        // A canvas can be read in the task in which it was drawn; in others this sees nothing, alpha 0.
        const pixels = readCanvas(canvas);
        if (pixels[3] === 255) watch.shown = pixels;
      },
    });
    return new Monitor(cpu, canvas, watch);
  }

  private constructor(cpu: FakeCpu, canvas: HTMLCanvasElement, watch: { shown: Uint8ClampedArray | null }) {
    this.cpu = cpu;
    this.canvas = canvas;
    this.#watch = watch;
    this.picture = cpu.allocate(PITCH * HEIGHT);
    this.image = cpu.allocate(IMAGE_BYTES);
    for (let i = 0; i < 256; i++) cpu.front.write32(RINGGPU_REG.LUT + 4 * i, lutEntry(i));
    cpu.write('INT_ENABLE', RINGGPU_INT_VBLANK);
  }

  /** Programs a scene, and waits until it is on the monitor. */
  async show(scene: Scene): Promise<void> {
    const { cpu, picture, image } = this;
    noise(picture.u32, scene.seed);
    noise(image.u32, scene.seed + 1);
    cpu.write('SCANOUT_BASE_LO', picture.logical);
    cpu.write('SCANOUT_PITCH', PITCH);
    cpu.write('SCANOUT_FORMAT', scene.format);
    cpu.write('SCANOUT_SIZE', RINGGPU_PAIR(WIDTH, HEIGHT));
    cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE | (scene.gamma ? RINGGPU_SCANOUT_GAMMA : 0));
    this.point(scene);
    await this.refresh();
  }

  point(scene: Scene): void {
    const { cpu, image } = this;
    cpu.write('POINTER_BASE_LO', image.logical + scene.offset * 4);
    cpu.write('POINTER_PITCH', pitchWords(scene) * 4);
    cpu.write('POINTER_SIZE', RINGGPU_PAIR(scene.width, scene.height));
    cpu.write('POINTER_HOT_SPOT', RINGGPU_PAIR(scene.hotX, scene.hotY));
    cpu.write('POINTER_POSITION', RINGGPU_PAIR(scene.x, scene.y));
    cpu.write('POINTER_CONTROL', RINGGPU_POINTER_ENABLE | (scene.mono ? RINGGPU_POINTER_MONO : 0));
  }

  /** Two vertical blanks: the first may have come while registers were written. */
  async refresh(): Promise<void> {
    const { cpu } = this;
    for (let i = 0; i < 2; i++) {
      const before = cpu.read('VBLANK_COUNT');
      cpu.write('INT_STATUS', RINGGPU_INT_VBLANK);
      await cpu.until(() => cpu.read('VBLANK_COUNT') !== before, 'a vblank');
    }
  }

  /**
   * Where monitor or canvas differ from a picture; 'none' when both show it. On a busy machine the GPU may have no slab free
   * for a refresh, which then shows what the last one did: so it may take some.
   */
  async differsFrom(wanted: Uint8ClampedArray): Promise<string> {
    let told = '';
    for (let refreshes = 0; refreshes < 20 && told !== 'none'; refreshes++) {
      if (refreshes > 0) await this.refresh();
      const { width, height, pixels } = await this.cpu.engine.screen();
      expect([width, height]).to.deep.equal([WIDTH, HEIGHT]);
      const [screen, canvas] = [pixels, this.#watch.shown ?? new Uint8ClampedArray()].map((shown) =>
        difference(shown, wanted),
      );
      told = screen !== 'none' ? `screen ${screen}` : canvas !== 'none' ? `canvas ${canvas}` : 'none';
    }
    return told;
  }

  close(): void {
    this.cpu.close();
    this.canvas.remove();
  }
}

function readCanvas(canvas: HTMLCanvasElement): Uint8ClampedArray {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  if (!copy) throw new Error('readCanvas: no 2d context');
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, canvas.width, canvas.height).data;
}

const lutEntry = (n: number): number => Math.imul(n + 7, 0x9e3779b1) >>> 8;

/** Red, green and blue that the monitor must show, reckoned with fractions and from the datasheet alone. */
function expected(scene: Scene, picture: Uint8Array, image: Uint8Array): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const below = surfaceColour(picture, scene.format, x, y);
      const [u, v] = [x - scene.x + scene.hotX, y - scene.y + scene.hotY];
      const over = u >= 0 && v >= 0 && u < scene.width && v < scene.height;
      const mixed = over ? pointed(scene, image, u, v, below) : below;
      const shown =
        scene.gamma && scene.format !== RINGGPU_FORMAT_P8
          ? mixed.map((value, channel) => (lutEntry(value) >>> (16 - 8 * channel)) & 255)
          : mixed;
      pixels.set(shown, (y * WIDTH + x) * 4);
    }
  }
  return pixels;
}

function surfaceColour(bytes: Uint8Array, format: number, x: number, y: number): number[] {
  const byte = (at: number) => bytes[y * PITCH + at] as number;
  if (format === RINGGPU_FORMAT_P8) return [16, 8, 0].map((shift) => (lutEntry(byte(x)) >>> shift) & 255);
  if (format < 2) return [2, 1, 0].map((channel) => byte(4 * x + channel));
  const word = byte(2 * x) | (byte(2 * x + 1) << 8);
  const wide = (value: number, bits: number) => (value << (8 - bits)) | (value >>> (2 * bits - 8));
  return [wide(word >>> 11, 5), wide((word >>> 5) & 63, 6), wide(word & 31, 5)];
}

function pointed(scene: Scene, image: Uint8Array, u: number, v: number, below: readonly number[]): number[] {
  const pitch = pitchWords(scene) * 4;
  const line = scene.offset * 4 + v * pitch;
  if (scene.mono) {
    const bit = (at: number) => ((image[at + (u >> 3)] as number) >> (7 - (u & 7))) & 1;
    return below.map((value) => (bit(line) ? value : 0) ^ (bit(line + scene.height * pitch) ? 255 : 0));
  }
  const at = line + 4 * u;
  const alpha = image[at + 3] as number;
  return below.map((value, channel) =>
    Math.min(255, (image[at + 2 - channel] as number) + Math.round((value * (255 - alpha)) / 255)),
  );
}

/** The first pixel in which two pictures differ; short enough to be shown. */
function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): string {
  if (a.length !== b.length) return `lengths ${a.length} and ${b.length}`;
  const at = a.findIndex((value, index) => value !== b[index]);
  if (at < 0) return 'none';
  const pixel = at >> 2;
  const show = (pixels: Uint8ClampedArray) => [...pixels.subarray(pixel * 4, pixel * 4 + 4)].join();
  return `(${pixel % WIDTH}, ${Math.floor(pixel / WIDTH)}): ${show(a)} and ${show(b)}`;
}

const between = (min: number, max: number) => fc.integer({ min, max });
const scenes: fc.Arbitrary<Scene> = fc.record({
  format: between(0, 3),
  gamma: fc.boolean(),
  mono: fc.boolean(),
  width: between(1, 64),
  height: between(1, 64),
  gap: between(0, 3),
  offset: between(0, 5),
  hotX: fc.oneof(between(0, 64), fc.constantFrom(0, 65535)),
  hotY: fc.oneof(between(0, 64), fc.constantFrom(0, 65535)),
  x: fc.oneof(between(-70, WIDTH + 70), fc.constantFrom(-32768, 32767)),
  y: fc.oneof(between(-70, HEIGHT + 70), fc.constantFrom(-32768, 32767)),
  seed: between(0, 0xffff),
});

/** Inside, on every edge and corner, one pixel in, just beyond, and as far away as numbers go. */
const POSITIONS = [
  [10, 5],
  [0, 0],
  [-8, 0],
  [0, -6],
  [-8, -6],
  [WIDTH - 1, HEIGHT - 1],
  [WIDTH - 4, 3],
  [3, HEIGHT - 2],
  [-9, 4],
  [4, -7],
  [WIDTH, 4],
  [4, HEIGHT],
  [-32768, -32768],
  [32767, 32767],
] as const;

for (const kind of KINDS) {
  describe(`the pointer on the ${kind} engine`, () => {
    let monitor: Monitor;

    beforeEach(async () => {
      monitor = await Monitor.boot(kind);
    });

    afterEach(() => monitor.close());

    it('lies over the picture, wherever it is moved, and the canvas shows the same', async () => {
      await monitor.show(PLAIN);
      const { frames } = monitor.cpu.engine.counters;
      for (const mono of [false, true]) {
        for (const [x, y] of POSITIONS) {
          const scene = { ...PLAIN, mono, x, y };
          monitor.point(scene);
          await monitor.refresh();
          const wanted = expected(scene, monitor.picture.u8, monitor.image.u8);
          expect(await monitor.differsFrom(wanted), `${mono ? 'masks' : 'colours'} at ${x}, ${y}`).to.equal('none');
        }
      }
      expect(monitor.cpu.engine.counters.frames - frames, 'frames').to.equal(0);
      expect(monitor.cpu.events).to.deep.equal([]);
    });

    it('costs its image a refresh and no more, while the picture under it was flipped once', async () => {
      const { cpu, picture, image } = monitor;
      noise(picture.u32, 1);
      noise(image.u32, 2);
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      cpu.flip(surface(picture, PITCH), WIDTH, HEIGHT);
      await cpu.finish();
      monitor.point(PLAIN);
      await monitor.refresh();
      const before = { ...cpu.engine.counters };
      for (const x of [-3, 20, 39]) {
        cpu.write('POINTER_POSITION', RINGGPU_PAIR(x, 11));
        await monitor.refresh();
        const wanted = expected({ ...PLAIN, x, y: 11 }, picture.u8, image.u8);
        expect(await monitor.differsFrom(wanted)).to.equal('none');
      }
      const { vblanks, dmaReadBytes, frames } = cpu.engine.counters;
      expect(dmaReadBytes - before.dmaReadBytes).to.be.within(1, (vblanks - before.vblanks) * PAGE_SIZE);
      expect(frames).to.equal(before.frames);
    });

    it('changes when the processor writes its image', async () => {
      await monitor.show(PLAIN);
      noise(monitor.image.u32, 77);
      await monitor.refresh();
      const wanted = expected(PLAIN, monitor.picture.u8, monitor.image.u8);
      expect(await monitor.differsFrom(wanted)).to.equal('none');
    });

    it('shows what the device draws into its image', async () => {
      await monitor.show(PLAIN);
      const { cpu, image } = monitor;
      cpu.fill(surface(image, PLAIN.width * 4), 0, 0, PLAIN.width, PLAIN.height, 0x80402010);
      await cpu.finish();
      await monitor.refresh();
      expect(image.u32[0]).to.equal(0x80402010);
      const wanted = expected(PLAIN, monitor.picture.u8, image.u8);
      expect(await monitor.differsFrom(wanted)).to.equal('none');
    });

    it('is not there without ENABLE, with registers that cannot be, or on a dark monitor', async () => {
      const bare = (scene: Scene) => expected({ ...scene, x: 1000 }, monitor.picture.u8, monitor.image.u8);
      await monitor.show(PLAIN);
      for (const [name, value] of [
        ['POINTER_CONTROL', RINGGPU_POINTER_MONO],
        ['POINTER_SIZE', RINGGPU_PAIR(65, 7)],
        ['POINTER_SIZE', RINGGPU_PAIR(9, 65)],
        ['POINTER_SIZE', RINGGPU_PAIR(0, 7)],
        ['POINTER_SIZE', 0xffff_ffff],
        ['POINTER_PITCH', 32],
        ['POINTER_PITCH', 38],
        ['POINTER_PITCH', 65536],
        ['POINTER_BASE_LO', monitor.image.logical + 2],
      ] as const) {
        monitor.point(PLAIN);
        await monitor.refresh();
        expect(await monitor.differsFrom(expected(PLAIN, monitor.picture.u8, monitor.image.u8))).to.equal('none');
        monitor.cpu.write(name, value);
        await monitor.refresh();
        expect(await monitor.differsFrom(bare(PLAIN)), `${name} ${value}`).to.equal('none');
      }
      monitor.point(PLAIN);
      monitor.cpu.write('SCANOUT_CONTROL', 0);
      await monitor.refresh();
      const black = new Uint8ClampedArray(WIDTH * HEIGHT * 4).map((_, i) => (i % 4 === 3 ? 255 : 0));
      expect(await monitor.differsFrom(black)).to.equal('none');
      expect(monitor.cpu.events).to.deep.equal([]);
    });

    it('is not there where its image is not mapped, which is told once; the picture stays', async () => {
      const { cpu, picture, image } = monitor;
      await monitor.show({ ...PLAIN, x: 1000 });
      const bare = expected({ ...PLAIN, x: 1000 }, picture.u8, image.u8);
      // Its last line begins where the buffer ends.
      const offset = image.bytes - 6 * PLAIN.width * 4;
      monitor.point({ ...PLAIN, offset: offset / 4 });
      await monitor.refresh();
      await monitor.refresh();
      expect(await monitor.differsFrom(bare)).to.equal('none');
      const end = image.logical + Math.ceil(image.bytes / PAGE_SIZE) * PAGE_SIZE;
      expect(cpu.events.map(({ kind }) => kind)).to.deep.equal(['scanout-unmapped']);
      expect(cpu.events[0]).to.include({ address: BigInt(end) });
      expect(cpu.events[0]?.sentence).to.match(/there is no pointer/);

      monitor.point(PLAIN);
      await monitor.refresh();
      expect(await monitor.differsFrom(expected(PLAIN, picture.u8, image.u8))).to.equal('none');
      monitor.cpu.unmap(image);
      await monitor.refresh();
      await monitor.refresh();
      expect(await monitor.differsFrom(bare), 'after its release').to.equal('none');
      expect(cpu.events.slice(1)).to.deep.include.members([
        {
          kind: 'scanout-unmapped',
          address: BigInt(image.logical),
          sentence: `Scanout found nothing mapped at 0x${image.logical.toString(16).toUpperCase()}: there is no pointer.`,
        },
      ]);
      expect(cpu.events.length).to.equal(2);
    });

    it('is gone after a reset', async () => {
      await monitor.show(PLAIN);
      await monitor.cpu.reset();
      expect(monitor.cpu.read('POINTER_CONTROL')).to.equal(0);
      expect(monitor.cpu.read('POINTER_POSITION')).to.equal(0);
    });
  });
}

describe('the pointer on both engines', () => {
  it('is the same, bit for bit and as the datasheet says, in 150 random scenes', async function () {
    this.timeout(60_000);
    const monitors = [await Monitor.boot('webgpu'), await Monitor.boot('software')] as const;
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        await Promise.all(monitors.map((monitor) => monitor.show(scene)));
        for (const monitor of monitors) {
          const wanted = expected(scene, monitor.picture.u8, monitor.image.u8);
          expect(await monitor.differsFrom(wanted), monitor.cpu.engine.kind).to.equal('none');
        }
      }),
      { numRuns: 150 },
    );
    for (const monitor of monitors) {
      expect(monitor.cpu.events).to.deep.equal([]);
      monitor.close();
    }
    expect((await gpuContext()).errors).to.deep.equal([]);
  });
});
