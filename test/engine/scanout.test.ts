import { expect } from 'chai';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_FLAG_INTERRUPT, RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import { RINGGPU_INT_FLIP, RINGGPU_INT_VBLANK, RINGGPU_SCANOUT_ENABLE } from '../../src/devices/ringgpu/registers.ts';
import type { Pacing, Screen } from '../../src/engine/engine.ts';
import { type Buffer, delay, FakeCpu, KINDS, type Kind, surface } from './fake-cpu.ts';

const WIDTH = 48;
const HEIGHT = 20;
/** Wider than the surface: what lies between its lines is not shown. */
const PITCH = 256;

function paint(buffer: Buffer, seed: number): void {
  for (let i = 0; i < buffer.u32.length; i++) buffer.u32[i] = (i * 2654435761 + seed) >>> 0;
}

/** What a monitor must show of a buffer. */
function pictureOf(buffer: Buffer): string {
  const pixels: number[] = [];
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const at = y * PITCH + x * 4;
      const [blue = 0, green = 0, red = 0] = buffer.u8.subarray(at, at + 3);
      pixels.push(red, green, blue, 255);
    }
  }
  return summary(pixels);
}

/** Short enough to be shown when it is not what was expected. */
function summary(bytes: ArrayLike<number>): string {
  return `${Array.from({ length: 8 }, (_, i) => bytes[i])} … ${hash(bytes)}`;
}

function isBlack({ pixels }: Screen): boolean {
  return pixels.every((value, index) => value === (index % 4 === 3 ? 255 : 0));
}

function program(cpu: FakeCpu, buffer: Buffer): void {
  cpu.write('SCANOUT_BASE_LO', buffer.logical);
  cpu.write('SCANOUT_PITCH', PITCH);
  cpu.write('SCANOUT_SIZE', RINGGPU_PAIR(WIDTH, HEIGHT));
}

async function vblanks(cpu: FakeCpu, count: number): Promise<void> {
  const until = cpu.engine.counters.vblanks + count;
  await cpu.until(() => cpu.engine.counters.vblanks >= until, `${count} vblanks`);
}

for (const kind of KINDS) {
  describe(`scanout on the ${kind} engine`, () => {
    let cpu: FakeCpu;
    let front: Buffer;
    let back: Buffer;

    const boot = async (pacing: Pacing = 'timer', canvas?: HTMLCanvasElement, onVblank = () => {}) => {
      cpu = await FakeCpu.boot(kind, { pacing, onVblank, ...(canvas && { canvas }) });
      front = cpu.allocate(PITCH * HEIGHT);
      back = cpu.allocate(PITCH * HEIGHT);
      paint(front, 1);
      paint(back, 2);
    };

    afterEach(() => cpu.close());

    it('is black, 640 by 480, before the first mode', async () => {
      await boot();
      const screen = await cpu.engine.screen();
      expect([screen.width, screen.height]).to.deep.equal([640, 480]);
      expect(isBlack(screen)).to.equal(true);
    });

    it('shows the surface that the registers name, and what the processor writes to it', async () => {
      await boot();
      program(cpu, front);
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      await vblanks(cpu, 2);
      const screen = await cpu.engine.screen();
      expect([screen.width, screen.height]).to.deep.equal([WIDTH, HEIGHT]);
      expect(summary(screen.pixels)).to.equal(pictureOf(front));
      expect(cpu.read('SCANOUT_ACTIVE_LO')).to.equal(front.logical);
      paint(front, 3);
      await vblanks(cpu, 2);
      expect(summary((await cpu.engine.screen()).pixels)).to.equal(pictureOf(front));
      expect(cpu.engine.counters.frames).to.equal(1);
    });

    it('shows a flipped surface as it was at the doorbell, and tells its registers', async () => {
      await boot();
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      cpu.flip(surface(back, PITCH), WIDTH, HEIGHT);
      const expected = pictureOf(back);
      await cpu.finish();
      paint(back, 9);
      await vblanks(cpu, 2);
      expect(summary((await cpu.engine.screen()).pixels)).to.equal(expected);
      expect(cpu.read('SCANOUT_BASE_LO')).to.equal(back.logical);
      expect(cpu.read('SCANOUT_ACTIVE_LO')).to.equal(back.logical);
      expect(cpu.read('SCANOUT_PITCH')).to.equal(PITCH);
      expect(cpu.read('SCANOUT_SIZE')).to.equal(RINGGPU_PAIR(WIDTH, HEIGHT));
      expect(cpu.engine.counters.frames).to.equal(1);
    });

    it('shows what the device drew, in the submission of the flip and after it', async () => {
      await boot();
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      cpu.fill(surface(back, PITCH), 0, 0, WIDTH, HEIGHT, 0x00abcdef);
      cpu.flip(surface(back, PITCH), WIDTH, HEIGHT);
      await cpu.finish();
      await vblanks(cpu, 2);
      const screen = await cpu.engine.screen();
      expect([...screen.pixels.subarray(0, 4)]).to.deep.equal([0xab, 0xcd, 0xef, 255]);
      cpu.fill(surface(back, PITCH), 0, 0, 1, 1, 0x00123456);
      await cpu.finish();
      await vblanks(cpu, 2);
      expect([...(await cpu.engine.screen()).pixels.subarray(0, 4)]).to.deep.equal([0x12, 0x34, 0x56, 255]);
    });

    it('lets the last of several flips win, and interrupts when it takes effect', async () => {
      await boot();
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      program(cpu, front);
      await vblanks(cpu, 2);
      cpu.write('INT_STATUS', 0xffff_ffff);
      cpu.flip(surface(front, PITCH), WIDTH, HEIGHT);
      cpu.flip(surface(back, PITCH), WIDTH, HEIGHT, RINGGPU_FLAG_INTERRUPT);
      cpu.doorbell();
      await cpu.until(() => (cpu.read('INT_STATUS') & RINGGPU_INT_FLIP) !== 0, 'INT_FLIP');
      expect(cpu.read('SCANOUT_ACTIVE_LO')).to.equal(back.logical);
      expect(cpu.engine.counters.frames).to.equal(2);
      expect(summary((await cpu.engine.screen()).pixels)).to.equal(pictureOf(back));
    });

    it('goes dark without ENABLE, and shows the same surface again with it', async () => {
      await boot();
      program(cpu, front);
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      await vblanks(cpu, 2);
      cpu.write('SCANOUT_CONTROL', 0);
      await vblanks(cpu, 2);
      expect(isBlack(await cpu.engine.screen())).to.equal(true);
      expect(cpu.read('SCANOUT_ACTIVE_LO')).to.equal(0);
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      await vblanks(cpu, 2);
      expect(summary((await cpu.engine.screen()).pixels)).to.equal(pictureOf(front));
    });

    it('is black where nothing is mapped, and says so once', async () => {
      await boot();
      program(cpu, front);
      // Twice as high as its buffer.
      cpu.write('SCANOUT_SIZE', RINGGPU_PAIR(WIDTH, 64));
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      await vblanks(cpu, 3);
      const screen = await cpu.engine.screen();
      expect(screen.height).to.equal(64);
      expect(summary(screen.pixels.subarray(0, WIDTH * HEIGHT * 4))).to.equal(pictureOf(front));
      expect(screen.pixels.subarray(32 * WIDTH * 4).every((value, i) => value === (i % 4 === 3 ? 255 : 0))).to.equal(
        true,
      );
      const kinds = cpu.events.map((event) => event.kind);
      expect(kinds).to.deep.equal(['scanout-unmapped']);
      expect(cpu.events[0]).to.include({ address: BigInt(front.logical + 2 * PAGE_SIZE) });
    });

    it('goes black when the surface on show is released', async () => {
      await boot();
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      cpu.flip(surface(back, PITCH), WIDTH, HEIGHT);
      await cpu.finish();
      await vblanks(cpu, 2);
      cpu.unmap(back);
      await vblanks(cpu, 2);
      expect(isBlack(await cpu.engine.screen())).to.equal(true);
      expect(cpu.events.map((event) => event.kind)).to.deep.equal(['scanout-unmapped']);
    });

    it('counts and announces every vblank', async () => {
      await boot();
      cpu.write('INT_ENABLE', RINGGPU_INT_VBLANK);
      cpu.write('INT_STATUS', RINGGPU_INT_VBLANK);
      const before = cpu.read('VBLANK_COUNT');
      await cpu.until(() => (cpu.read('INT_STATUS') & RINGGPU_INT_VBLANK) !== 0, 'a vblank');
      expect(cpu.read('VBLANK_COUNT')).to.equal(before + 1);
      const start = performance.now();
      await vblanks(cpu, 12);
      expect(performance.now() - start, 'twelve at 60 Hz').to.be.within(150, 400);
    });

    it('comes as fast as the driver acknowledges when unpaced, and no faster', async () => {
      await boot('unpaced');
      cpu.write('INT_ENABLE', RINGGPU_INT_VBLANK);
      const start = performance.now();
      for (let i = 0; i < 100; i++) {
        const before = cpu.read('VBLANK_COUNT');
        cpu.write('INT_STATUS', RINGGPU_INT_VBLANK);
        await cpu.until(() => cpu.read('VBLANK_COUNT') !== before, 'the next vblank');
      }
      expect(performance.now() - start, '100 vblanks').to.be.lessThan(400);
      const before = cpu.read('VBLANK_COUNT');
      await delay(50);
      expect(cpu.read('VBLANK_COUNT') - before, 'unacknowledged, in 50 ms').to.be.within(2, 20);
    });

    it('shows every flip of a driver that waits for each, when unpaced', async () => {
      await boot('unpaced');
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      for (let i = 0; i < 50; i++) {
        cpu.write('INT_STATUS', RINGGPU_INT_FLIP | RINGGPU_INT_VBLANK);
        cpu.flip(surface(i % 2 ? front : back, PITCH), WIDTH, HEIGHT, RINGGPU_FLAG_INTERRUPT);
        cpu.doorbell();
        await cpu.until(() => (cpu.read('INT_STATUS') & RINGGPU_INT_FLIP) !== 0, 'INT_FLIP');
      }
      expect(cpu.engine.counters.frames).to.equal(50);
    });

    it('follows the page’s own frames when paced by the display', async () => {
      await boot('display');
      await vblanks(cpu, 5);
      expect(cpu.read('VBLANK_COUNT')).to.be.at.least(5);
    });

    it('puts the same picture on the canvas, which takes the surface’s size', async () => {
      const canvas = document.createElement('canvas');
      document.body.append(canvas);
      let shown = '';
      await boot('timer', canvas, () => {
        // A canvas can be read in the task in which it was drawn; in others this sees nothing, alpha 0.
        const pixels = readCanvas(canvas);
        if (pixels[3] === 255) shown = summary(pixels);
      });
      program(cpu, front);
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      await vblanks(cpu, 3);
      expect([canvas.width, canvas.height]).to.deep.equal([WIDTH, HEIGHT]);
      expect(shown).to.equal(pictureOf(front));
      cpu.flip(surface(back, PITCH), WIDTH, HEIGHT);
      await cpu.finish();
      await vblanks(cpu, 2);
      expect(shown).to.equal(pictureOf(back));
      cpu.write('SCANOUT_CONTROL', 0);
      await vblanks(cpu, 2);
      expect(shown).to.equal(BLACK);
      canvas.remove();
    });

    it('leaves the monitor as it is from freeze on, and until the next machine has a frame', async () => {
      const canvas = document.createElement('canvas');
      document.body.append(canvas);
      const shown: string[] = [];
      const look = () => {
        const pixels = readCanvas(canvas);
        if (pixels[3] === 255) shown.push(summary(pixels));
      };
      await boot('timer', canvas, look);
      cpu.flip(surface(front, PITCH), WIDTH, HEIGHT);
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      await cpu.finish();
      await vblanks(cpu, 2);
      expect(shown.at(-1)).to.equal(pictureOf(front));
      cpu.engine.freeze();
      shown.length = 0;
      cpu.write('SCANOUT_CONTROL', 0);
      await vblanks(cpu, 2);
      expect(isBlack(await cpu.engine.screen()), 'the device goes on').to.equal(true);
      cpu.close();
      await boot('timer', canvas, look);
      await vblanks(cpu, 2);
      expect(shown.filter((picture) => picture !== pictureOf(front))).to.deep.equal([]);
      expect([canvas.width, canvas.height]).to.deep.equal([WIDTH, HEIGHT]);
      cpu.flip(surface(back, PITCH), WIDTH, HEIGHT);
      cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      await cpu.finish();
      await vblanks(cpu, 2);
      expect(shown.at(-1)).to.equal(pictureOf(back));
      expect(shown).not.to.include(BLACK);
      canvas.remove();
    });
  });
}

/** A dark monitor of the surface's size. */
const BLACK = summary(Array.from({ length: WIDTH * HEIGHT * 4 }, (_, i) => (i % 4 === 3 ? 255 : 0)));

/** The pixels of a canvas. */
function readCanvas(canvas: HTMLCanvasElement): Uint8ClampedArray {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  if (!copy) throw new Error('readCanvas: no 2d context');
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, canvas.width, canvas.height).data;
}

describe('both engines', () => {
  /** One scenario with a bit of everything; what is left of it. */
  async function play(kind: Kind): Promise<object> {
    const cpu = await FakeCpu.boot(kind, { pacing: 'timer' });
    const pictures = [cpu.allocate(PITCH * HEIGHT), cpu.allocate(PITCH * HEIGHT)] as const;
    paint(pictures[0], 5);
    cpu.write('SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
    cpu.copy(surface(pictures[1], PITCH), 3, 1, surface(pictures[0], PITCH), 0, 0, 40, 15);
    cpu.fill(surface(pictures[1], PITCH), 10, 10, 9, 9, 0x123456);
    cpu.copy(surface(pictures[1], PITCH), 5, 5, surface(pictures[1], PITCH), 2, 3, 30, 12);
    cpu.flip(surface(pictures[1], PITCH), WIDTH, HEIGHT, RINGGPU_FLAG_INTERRUPT);
    await cpu.finish();
    await vblanks(cpu, 2);
    cpu.put(0x0badf00d);
    cpu.doorbell();
    await cpu.engine.idle();
    const registers = new Int32Array(cpu.memory.registers).slice();
    registers[0x80 / 4] = 0; // VBLANK_COUNT is the clock's
    const { width, height, pixels } = await cpu.engine.screen();
    const { dmaReadBytes, dmaWriteBytes, fences, frames, submissions } = cpu.engine.counters;
    const counters = { dmaReadBytes, dmaWriteBytes, fences, frames, submissions };
    const state = { ram: hash(cpu.ram), registers: [...registers], screen: [width, height, hash(pixels)], counters };
    cpu.close();
    return { ...state, events: cpu.events };
  }

  it('leave the same memory, registers, picture and counters behind', async () => {
    expect(await play('webgpu')).to.deep.equal(await play('software'));
  });
});

function hash(bytes: ArrayLike<number>): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) value = Math.imul(value ^ (bytes[i] as number), 0x01000193);
  return value >>> 0;
}
