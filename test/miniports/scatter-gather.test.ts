import { expect } from 'chai';
import { Machine } from '../../src/machine/machine.ts';
import source from '../../src/miniports/scatter-gather.ts?raw';

/** The picture that the driver draws. */
function expected(width: number, height: number, number: number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x + number * 2;
      const v = y + number;
      const light = ((u >> 5) ^ (v >> 5)) & 1;
      const at = (y * width + x) * 4;
      pixels[at] = light ? 40 + ((u & 31) << 1) : 200 - ((v & 31) << 1);
      pixels[at + 1] = light ? 60 + (v & 31) : 170 - (u & 31);
      pixels[at + 2] = light ? 110 + ((u + v) & 63) : 120;
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** Number of the picture that a screen shows, by comparing all of it with each; -1 when it is none of them. */
function pictureNumber(screen: {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}) {
  for (let number = 0; number < 200; number++) {
    const picture = expected(screen.width, screen.height, number);
    if (picture.every((value, i) => i % 4 === 3 || value === screen.pixels[i])) return number;
  }
  return -1;
}

for (const engine of ['webgpu', 'software'] as const) {
  describe(`the scatter-gather miniport with the ${engine} engine`, () => {
    it('shows whole pictures out of locked pool memory, each in several transfers, and gives everything back', async () => {
      const machine = await Machine.boot({ source, fileName: 'scatter-gather.ts', engine, pacing: 'unpaced' });
      await machine.frames(8);
      const screen = await machine.screen();
      const report = await machine.stop();
      expect(report.findings).to.deep.equal([]);
      expect(report.bugCheck).to.equal(null);
      expect([screen.width, screen.height]).to.deep.equal([640, 480]);
      expect(pictureNumber(screen)).to.be.at.least(5);
      // 1.2 MB in transfers of 260 KiB at most: five for each picture, each with its fence.
      expect(report.fences).to.be.at.least(5 * 7);
      expect(report.commonBuffers.every((buffer) => buffer.released)).to.equal(true);
    });
    it('stops at a read-only fault when a packet writes into memory that was locked for reading', async () => {
      const wrong = source.replace(
        'let to = frame.logical + BigInt(ext.done);',
        'let to = list.Elements[0]?.Address ?? 0n;',
      );
      expect(wrong).not.to.equal(source);
      const machine = await Machine.boot({ source: wrong, fileName: 'wrong.ts', engine, pacing: 'unpaced' });
      const deadline = performance.now() + 30_000;
      while ((await machine.report()).findings.length === 0 && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 20));
      const report = await machine.stop();
      expect(report.findings[0]?.message).to.match(/read-only/);
      expect(report.findings.some((finding) => finding.message.includes('never'))).to.equal(false);
    });
  });
}
