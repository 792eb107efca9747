import { expect } from 'chai';
import { Machine } from '../../src/machine/machine.ts';
import type { BootOptions } from '../../src/machine/machine-types.ts';
import classic from '../../src/miniports/classic.ts?raw';

async function boot(source: string, options: Partial<BootOptions> = {}) {
  return Machine.boot({ source, fileName: 'classic.ts', pacing: 'unpaced', ...options });
}

/** classic with `code` at the beginning of one of its functions. */
function classicWith(functionName: string, code: string): string {
  const head = new RegExp(`(function ${functionName}\\([^]*?\\)(?:: [\\w | ]+)? \\{\n)`);
  if (!head.test(classic)) throw new Error(`classic.ts has no function ${functionName}`);
  return classic.replace(head, (match) => `${match}${code}\n`);
}

/** The pixel at a place, 0xRRGGBB. */
const pixel = (screen: { width: number; pixels: Uint8ClampedArray }, x: number, y: number): number => {
  const at = (y * screen.width + x) * 4;
  return ((screen.pixels[at] ?? 0) << 16) | ((screen.pixels[at + 1] ?? 0) << 8) | (screen.pixels[at + 2] ?? 0);
};

for (const engine of ['webgpu', 'software'] as const) {
  describe(`classic.ts on the ${engine} engine`, () => {
    for (const [depth, mode] of [
      ['a 32-bit mode', { width: 640, height: 480 }],
      ['a palette mode', { width: 320, height: 240 }],
    ] as const) {
      it(`shows a moving picture and the pointer in ${depth}, and ends without a finding, everything released`, async () => {
        const machine = await boot(classic, { engine, mode });
        await machine.frames(6);
        const first = await machine.screen();
        await machine.frames(12);
        const second = await machine.screen();
        expect([first.width, first.height]).to.deep.equal([mode.width, mode.height]);
        expect(first.pixels).not.to.deep.equal(second.pixels);
        expect(new Set(new Uint32Array(second.pixels.buffer)).size).to.be.above(100);
        // The arrow's tip in the middle of the screen: black outline, and white within.
        const [x, y] = [mode.width / 2, mode.height / 2];
        expect(pixel(second, x, y)).to.equal(0x000000);
        expect(pixel(second, x + 1, y + 3)).to.equal(0xffffff);
        const report = await machine.stop({ graceMs: 5000 });
        expect(report.findings).to.deep.equal([]);
        expect(report.bugCheck).to.equal(null);
        expect(report.commonBuffers.length).to.equal(6);
        expect(report.commonBuffers.every((buffer) => buffer.released)).to.equal(true);
        expect(report.log).to.include('port trace: child 1 arrived: monitor "Classic 16""');
      });
    }
  });
}

describe('classic.ts', () => {
  it('is shut down by HwVidResetHw when the system crashes: the first bug check stands, and the HAL gets the screen', async () => {
    const source = classicWith('MovePicture', "  if (ext.frameNumber === 5) throw new Error('crash of a test');");
    const machine = await boot(source, { engine: 'software' });
    await machine.ended;
    let report = await machine.report();
    for (let i = 0; i < 50 && !report.log.some((line) => line.includes('HwVidResetHw')); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      report = await machine.report();
    }
    expect(report.log).to.include('port trace: HwVidResetHw returned false: the HAL sets the text mode');
    expect(report.bugCheck?.message).to.match(/crash of a test/);
    expect(report.findings).to.deep.equal([]);
    await machine.stop({ graceMs: 5000 });
  });

  it('keeps the first bug check when HwVidResetHw crashes too, and reports the forbidden call', async () => {
    const source = classicWith('MovePicture', "  if (ext.frameNumber === 5) throw new Error('the first');").replace(
      'function HwVidResetHw(ext: DeviceExtension): boolean {',
      "function HwVidResetHw(ext: DeviceExtension): boolean {\n  VideoPortDebugPrint(Info, 'too late');",
    );
    const machine = await boot(source, { engine: 'software' });
    await machine.ended;
    let report = await machine.report();
    for (let i = 0; i < 50 && report.findings.length === 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      report = await machine.report();
    }
    expect(report.bugCheck?.message).to.match(/the first/);
    expect(report.findings.map((finding) => finding.code)).to.deep.equal(['0x0A']);
    expect(report.findings[0]?.message).to.match(/VideoPortDebugPrint was called at HIGH_LEVEL in HwVidResetHw/);
    await machine.stop({ graceMs: 5000 });
  });

  it('recovers when the device refuses a packet', async () => {
    const source = classicWith('Compose', '  if (ext.frameNumber === 8) Put(ext, 0xff000001);');
    const machine = await boot(source, { engine: 'software' });
    await machine.frames(20);
    const report = await machine.stop({ graceMs: 5000 });
    expect(report.findings.map((finding) => finding.rule)).to.deep.equal(['device-fault']);
    expect(report.frames).to.be.at.least(20);
  });

  it('gives back what it got when memory is short, and says so in the DDK’s words', async () => {
    const machine = await boot(classic, { engine: 'software', ramBytes: 8 * 1024 * 1024 });
    await machine.ended;
    const report = await machine.stop({ graceMs: 5000 });
    expect(machine.state).to.equal('failed');
    expect(report.log.join()).to.match(/HwVidFindAdapter returned ERROR_NOT_ENOUGH_MEMORY/);
    expect(report.findings).to.deep.equal([]);
    expect(report.commonBuffers.every((buffer) => buffer.released)).to.equal(true);
  });
});
