import { expect } from 'chai';
import { Machine } from '../../src/machine/machine.ts';
import type { BootOptions, MachineControl } from '../../src/machine/machine-types.ts';
import source from '../../src/miniports/pointer.ts?raw';

type Picture = Awaited<ReturnType<MachineControl['screen']>>;

function boot(options: Partial<BootOptions>, edited = source): Promise<MachineControl> {
  return Machine.boot({ source: edited, fileName: 'pointer.ts', pacing: 'unpaced', ...options });
}

/** pointer with its hand held still after so many steps, and with shapes that stay for fewer vertical blanks. */
function resting(steps: number, blanksAShape = 180): string {
  const step = '  pointer.step++;\n';
  const shape = 'const BLANKS_A_SHAPE = 180;';
  if (!source.includes(step) || !source.includes(shape)) throw new Error('pointer.ts has changed: see this test');
  return source
    .replace(step, `  if (pointer.step < ${steps}) pointer.step++;\n`)
    .replace(shape, `const BLANKS_A_SHAPE = ${blanksAShape};`);
}

/** pointer without one. */
function pointerless(): string {
  const shape = '  const shape = pointer.enabled ?';
  if (!source.includes(shape)) throw new Error('pointer.ts has changed: see this test');
  return source.replace(shape, '  const shape = false ?');
}

/** Waits until the driver has served so many vertical blanks. */
async function interrupts(machine: MachineControl, count: number): Promise<void> {
  for (const start = performance.now(); (await machine.report()).interrupts < count; ) {
    if (performance.now() - start > 20_000) throw new Error(`waited in vain for ${count} interrupts`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Pixels in which two pictures differ, and the smallest rectangle around them. */
function changes(a: Picture, b: Picture) {
  const [before, after] = [new Uint32Array(a.pixels.buffer), new Uint32Array(b.pixels.buffer)];
  const box = { count: 0, left: a.width, top: a.height, right: 0, bottom: 0 };
  for (let i = 0; i < before.length; i++) {
    if (before[i] === after[i]) continue;
    const [x, y] = [i % a.width, Math.floor(i / a.width)];
    box.count++;
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x + 1);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return box;
}

function expectClean(report: Awaited<ReturnType<MachineControl['stop']>>): void {
  expect(report.findings).to.deep.equal([]);
  expect(report.bugCheck).to.equal(null);
  expect(report.commonBuffers.every((buffer) => buffer.released)).to.equal(true);
}

describe('the driver pointer', () => {
  for (const engine of ['webgpu', 'software'] as const) {
    it(`moves a pointer over one frame on the ${engine} engine, at the cost of an image a vblank, and shuts down clean`, async () => {
      const machine = await boot({ engine });
      await machine.frames(1);
      await interrupts(machine, 3);
      const first = await machine.screen();
      const before = await machine.report();
      await interrupts(machine, before.interrupts + 20);
      const second = await machine.screen();
      const after = await machine.report();
      expect(changes(first, second).count).to.be.within(50, 2 * 64 * 64);
      expect(after.frames).to.equal(1);
      expect(after.doorbells).to.equal(1);
      const refreshes = after.interrupts - before.interrupts;
      expect((after.dmaReadBytes - before.dmaReadBytes) / refreshes, 'bytes a refresh').to.be.at.most(2 * 16 * 1024);
      expectClean(await machine.stop({ graceMs: 5000 }));
    });
  }

  it('shows the arrow that the display driver sent, then a cross, a ring and a glow', async () => {
    const still = async (engine: 'webgpu' | 'software', steps: number, edited: string, empty: Picture | null) => {
      const machine = await boot({ engine }, edited);
      await machine.frames(1);
      await interrupts(machine, steps + 4);
      let picture = await machine.screen();
      // On a busy machine a refresh may find no room for the image: the next one does.
      for (let more = 5; empty && more < 30 && changes(picture, empty).count === 0; more++) {
        await interrupts(machine, steps + more);
        picture = await machine.screen();
      }
      expectClean(await machine.stop({ graceMs: 5000 }));
      return picture;
    };
    const bare = await still('webgpu', 0, pointerless(), null);
    // The last step of each shape's turn.
    for (const [steps, width, height] of [
      [3, 12, 17],
      [7, 33, 33],
      [11, 32, 32],
      [15, 64, 64],
    ] as const) {
      const webgpu = await still('webgpu', steps, resting(steps, 4), bare);
      const box = changes(webgpu, bare);
      expect(box.right - box.left, 'width').to.be.within(width * 0.7, width);
      expect(box.bottom - box.top, 'height').to.be.within(height * 0.7, height);
      if (steps !== 11) continue;
      const software = await still('software', steps, resting(steps, 4), bare);
      expect(changes(webgpu, software).count, 'the ring on both engines').to.equal(0);
    }
  });

  it('has the same picture in every depth, up to 3840×2160, on both engines bit for bit', async () => {
    for (const [width, height, bitsPerPixel, names] of [
      [640, 480, 8, ['webgpu', 'software']],
      [800, 600, 16, ['webgpu', 'software']],
      [3840, 2160, 32, ['webgpu']],
    ] as const) {
      const hashes: string[] = [];
      for (const engine of names) {
        const machine = await boot({ engine, mode: { width, height, bitsPerPixel } }, pointerless());
        await machine.frames(1);
        const report = await machine.stop({ graceMs: 5000 });
        const screen = await machine.screen();
        expect([screen.width, screen.height]).to.deep.equal([width, height]);
        const pixels = new Uint32Array(screen.pixels.buffer);
        // The taskbar, and the window's light ground.
        const at = (x: number, y: number) => pixels[Math.floor(y * height) * width + Math.floor(x * width)] as number;
        const brightness = (pixel: number) => ((pixel & 255) + ((pixel >> 8) & 255) + ((pixel >> 16) & 255)) / 3;
        expect(brightness(at(0.9, 0.97))).to.be.below(60);
        expect(brightness(at(0.35, 0.58))).to.be.above(200);
        expectClean(report);
        expect(report.log.filter((line) => line.includes('offers no mode'))).to.deep.equal([]);
        hashes.push(report.screen.sha256);
      }
      expect(new Set(hashes).size).to.equal(1);
    }
  });
});
