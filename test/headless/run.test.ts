import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import type { Report } from '../../src/machine/report.ts';
import type { TraceDocument } from '../../src/machine/trace-document.ts';
import type { ScenarioResult } from '../../src/scenario/scenario.ts';
import { file, folder, headless, lesson, shipped } from './run-headless.ts';

const mini = readFileSync(shipped('mini'), 'utf8');

/** A driver in the temporary folder that is mini but for some replacements. Returns its name and its text. */
function variant(name: string, ...changes: readonly (readonly [from: string, to: string])[]) {
  let text = mini;
  for (const [from, to] of changes) {
    assert.equal(text.split(from).length, 2, `mini.ts has exactly one ${from}`);
    text = text.replace(from, () => to);
  }
  file(name, text);
  return { name, text };
}

/** Line, from 1, of the only place where a text occurs. */
function lineOf(text: string, part: string): number {
  assert.equal(text.split(part).length, 2, `exactly one ${part}`);
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

/** Software engine and few frames: quick, for runs that are about something else. */
const QUICK = ['--engine', 'software', '--frames', '3'];

/** Width, height and RGBA bytes of a PNG file as browsers write it: 8 bits a channel, not interlaced. */
function decodePng(bytes: Buffer) {
  assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth, colour] = [bytes[24], bytes[25]];
  assert.equal(depth, 8);
  const channels = colour === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const data = bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at));
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(data);
  }
  const raw = inflateSync(Buffer.concat(parts));
  const pitch = width * channels;
  const lines = Buffer.alloc(height * pitch);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (pitch + 1)];
    for (let x = 0; x < pitch; x++) {
      const left = x < channels ? 0 : (lines[y * pitch + x - channels] ?? 0);
      const up = y === 0 ? 0 : (lines[(y - 1) * pitch + x] ?? 0);
      const corner = y === 0 || x < channels ? 0 : (lines[(y - 1) * pitch + x - channels] ?? 0);
      const nearest = [left, up, corner].reduce((best, each) => {
        const goal = left + up - corner;
        return Math.abs(goal - each) < Math.abs(goal - best) ? each : best;
      });
      const guess = [0, left, up, (left + up) >> 1, nearest][filter ?? 0] ?? 0;
      lines[y * pitch + x] = (raw[y * (pitch + 1) + 1 + x] ?? 0) + guess;
    }
  }
  const pixels = Buffer.alloc(width * height * 4, 255);
  for (let i = 0; i < width * height; i++) lines.copy(pixels, i * 4, i * channels, (i + 1) * channels);
  return { width, height, pixels };
}

// Two at a time: each spends much of its time waiting for a browser to start.
describe('the headless runner', { concurrency: 2 }, () => {
  it('runs the shipped driver clean on the GPU: status 0, the whole report on stdout, nothing else', async () => {
    const { status, stdout, stderr } = await headless([shipped('mini'), '--engine', 'webgpu', '--json']);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual(Object.keys(report), [
      'engine',
      'adapter',
      'frames',
      'interrupts',
      'dpcs',
      'doorbells',
      'fences',
      'dmaReadBytes',
      'dmaWriteBytes',
      'commonBuffers',
      'findings',
      'bugCheck',
      'shutdown',
      'screen',
      'log',
      'durationMs',
    ]);
    assert.equal(report.engine, 'webgpu');
    assert.notEqual(report.adapter, '');
    assert.ok(report.frames >= 60, `${report.frames} frames`);
    assert.ok(report.interrupts >= 59 && report.dpcs >= 59, `${report.interrupts} interrupts, ${report.dpcs} DPCs`);
    assert.ok(report.doorbells >= 60 && report.fences >= 59, `${report.doorbells} doorbells, ${report.fences} fences`);
    assert.ok(report.dmaReadBytes >= 60 * 640 * 480 * 4, `${report.dmaReadBytes} bytes read`);
    assert.ok(report.dmaWriteBytes >= 59 * 4, `${report.dmaWriteBytes} bytes written`);
    assert.deepEqual(report.findings, []);
    assert.equal(report.bugCheck, null);
    assert.equal(report.commonBuffers.length, 5);
    for (const buffer of report.commonBuffers) {
      assert.match(buffer.virtual, /^0x[0-9a-f]+$/i);
      assert.match(buffer.logical, /^0x[0-9a-f]+$/i);
      assert.equal(buffer.cacheEnabled, true);
      assert.equal(buffer.released, true);
      assert.ok(buffer.length >= 4096);
    }
    assert.equal(report.screen.width, 640);
    assert.equal(report.screen.height, 480);
    assert.match(report.screen.sha256, /^[0-9a-f]{64}$/);
    assert.ok(report.log.some((line) => line.includes('mini: interrupt level')));
    assert.ok(report.durationMs > 0);
  });

  it('boots a file from anywhere in the mode asked for, and writes the screen of its report as a PNG file', async () => {
    const { name } = variant('elsewhere.ts');
    const { status, stdout, stderr } = await headless([
      ...[name, ...QUICK, '--mode', '800x600', '--ram', '32', '--json', '--png', 'screen.png', '--trace', 'trace.json'],
    ]);
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout) as Report;
    assert.equal(report.engine, 'software');
    assert.ok(report.frames >= 3);
    const { traceEvents } = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')) as TraceDocument;
    assert.ok(traceEvents.some(({ name, ph }) => name === 'VideoPortAllocateCommonBuffer' && ph === 'B'));
    const { width, height, pixels } = decodePng(readFileSync(join(folder, 'screen.png')));
    assert.deepEqual([width, height], [800, 600]);
    assert.deepEqual([report.screen.width, report.screen.height], [800, 600]);
    assert.equal(createHash('sha256').update(pixels).digest('hex'), report.screen.sha256);
    assert.ok(new Set(pixels).size > 16, 'there is a picture on it');
  });

  it('exits 3 where the driver has not the mode asked for, and says on stderr which it set and which it offers', async () => {
    const { status, stdout, stderr } = await headless([shipped('mini'), ...QUICK, '--mode', '1000x700', '--json']);
    assert.equal(status, 3, stderr);
    assert.match(stderr, /^Another mode: the miniport offers no mode 1000×700: \d+×\d+ was set, out of 640×480×32, /m);
    assert.deepEqual((JSON.parse(stdout) as Report).findings, []);
  });

  it('prints a summary without --json', async () => {
    const { status, stdout, stderr } = await headless([shipped('mini'), ...QUICK]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /mini\.ts: \d+ frames in [\d.]+ s, [\d.,]+ frames\/s, engine software/);
    assert.match(stdout, /5 allocated .*, 5 released$/m);
    assert.match(stdout, /^No findings, no bug check\.$/m);
  });

  it('exits 5 when the source does not compile, with file:line:column on stderr and the file as it was typed', async () => {
    file('broken.ts', 'export const fine = 1;\n\nexport function DriverEntry( {\n');
    const { status, stdout, stderr } = await headless(['./broken.ts', '--json']);
    assert.equal(status, 5);
    assert.equal(stdout, '');
    assert.match(stderr, /^\.\/broken\.ts:[34]:\d+: \S/m);
  });

  it('follows relative imports from disk, and names the file of an error as a terminal can open it', async () => {
    mkdirSync(join(folder, 'parts/lib'), { recursive: true });
    file('parts/lib/names.ts', "export { hello } from '../hello';\n");
    file(
      'parts/hello.ts',
      "import type {} from './nowhere.ts';\n\nexport const hello = () => { throw new Error('hello') };\n",
    );
    file('parts/main.ts', "import { hello } from './lib/names.ts';\nhello();\nexport const DriverEntry = 0;\n");
    const ran = await headless(['parts/main.ts', ...QUICK]);
    assert.equal(ran.status, 3, ran.stderr);
    assert.match(ran.stdout, /hello\.ts:3:\d+: main\.ts threw Error: hello/);

    file('parts/wrong.ts', "import './main.ts';\nimport './missing.ts';\n");
    file('parts/lib/names.ts', "export { hello } from '../gone';\n");
    const refused = await headless(['parts/wrong.ts', ...QUICK]);
    assert.equal(refused.status, 5);
    assert.match(refused.stderr, /^parts\/wrong\.ts:2:\d+: there is no file '\.\/missing\.ts'/m);
    assert.match(refused.stderr, /^parts\/lib\/names\.ts:1:\d+: there is no file '\.\.\/gone'/m);
  });

  it('exits 2 for a bug check and names it with its line', async () => {
    const wrong = 'AllocateShared(ext, PAGE_SIZE); // in a DPC';
    const { name, text } = variant('crash.ts', [
      '  if (ext.mode) ShowNextFrame(ext);\n}',
      `  ${wrong}\n  if (ext.mode) ShowNextFrame(ext);\n}`,
    ]);
    const { status, stdout, stderr } = await headless([name, ...QUICK, '--json']);
    assert.equal(status, 2, stderr);
    const { bugCheck } = JSON.parse(stdout) as Report;
    assert.equal(bugCheck?.code, 0xe6);
    assert.equal(bugCheck?.name, 'DRIVER_VERIFIER_DMA_VIOLATION');
    assert.equal(bugCheck?.file, 'crash.ts');
    const call = lineOf(text, 'VideoPortAllocateCommonBuffer(ext, ext.adapter');
    assert.ok([call, lineOf(text, wrong)].includes(bugCheck?.line ?? 0), `line ${bugCheck?.line}`);
    assert.match(stderr, /^Bug check 0x000000E6 DRIVER_VERIFIER_DMA_VIOLATION/m);
    assert.match(stderr, /^ {2}crash\.ts:\d+:\d+: /m);
  });

  const leaky = [
    ['  for (const buffer of [...ext.frames, ext.fencePage, ext.ring]) ReleaseShared(ext, buffer);\n', ''],
    ['  VideoPortPutDmaAdapter(ext, ext.adapter);\n  return NO_ERROR;\n', '  return NO_ERROR;\n'],
  ] as const;

  it('exits 3 for findings and shows them with their lines', async () => {
    const { name, text } = variant('leak.ts', ...leaky);
    const { status, stdout } = await headless([name, ...QUICK]);
    assert.equal(status, 3);
    const call = lineOf(text, 'VideoPortAllocateCommonBuffer(ext, ext.adapter');
    assert.match(stdout, new RegExp(`^ {2}leak\\.ts:${call}:\\d+: leak \\(`, 'm'));
    assert.match(stdout, /^Log/m);
  });

  it('finds nothing of the kind with --no-verifier', async () => {
    const { name } = variant('unchecked.ts', ...leaky);
    const { status, stdout, stderr } = await headless([name, ...QUICK, '--no-verifier', '--json']);
    assert.equal(status, 0, stderr);
    assert.deepEqual((JSON.parse(stdout) as Report).findings, []);
  });

  it('exits 3 for a driver that does not start, and says why', async () => {
    const { name } = variant('absent.ts', ['!== RINGGPU_ID) return', '=== RINGGPU_ID) return']);
    const { status, stdout } = await headless([name, ...QUICK]);
    assert.equal(status, 3);
    assert.match(stdout, /^The driver did not start: .*\S/m);
  });

  it('exits 4 when the frames do not come in time, and still reports', async () => {
    const { name } = variant('still.ts', ['RINGGPU_INT_VBLANK | RINGGPU_INT_FAULT', 'RINGGPU_INT_FAULT']);
    const { status, stdout, stderr, ms } = await headless([name, ...QUICK, '--timeout', '1', '--json']);
    assert.equal(status, 4, stderr);
    assert.equal((JSON.parse(stdout) as Report).frames, 1);
    assert.match(stderr, /^Time-out: 1 of 3 frames came within 1 s\.$/m);
    assert.ok(ms < 25_000, `took ${ms} ms`);
  });

  it('exits 3, not 4, when a finding explains why the frames did not come', async () => {
    const { name } = variant('fault.ts', ["Put(ext, RINGGPU_HEADER('FLIP'))", 'Put(ext, 0xff000006)']);
    const { status, stdout } = await headless([name, ...QUICK, '--timeout', '2']);
    assert.equal(status, 3);
    assert.match(stdout, /^Time-out: /m);
    assert.match(stdout, /device-fault/);
  });

  it('checks a lesson’s scenario: status 0 for what meets it, and every check in the JSON', async () => {
    const { status, stdout, stderr } = await headless([lesson('ring'), '--scenario', 'ring', '--json']);
    assert.equal(status, 0, stderr);
    const { scenario } = JSON.parse(stdout) as { scenario: ScenarioResult };
    assert.deepEqual([scenario.name, scenario.passed], ['ring', true]);
    for (const check of scenario.checks) assert.deepEqual(Object.keys(check), ['text', 'passed', 'actual']);
  });

  it('checks a scenario in a file, and exits 3 when it is not met, with what was there instead', async () => {
    const scenario = {
      name: 'wide',
      machine: { width: 1024, height: 768 },
      refreshes: 10,
      expect: [
        { kind: 'size', width: 1024, height: 768, text: 'The mode is set.' },
        { kind: 'log', contains: 'never said', text: 'It speaks.' },
      ],
    };
    const { status, stdout } = await headless([
      shipped('mini'),
      '--engine',
      'software',
      '--scenario',
      file('wide.json', JSON.stringify(scenario)),
    ]);
    assert.equal(status, 3);
    assert.match(stdout, /^ {2}✓ The mode is set\.\n {2}✗ It speaks\. But: no such line in the log\.$/m);
    assert.match(stdout, /^Scenario wide: 1 expectation not met\.$/m);
  });

  const slow = variant('slow.ts', ['RINGGPU_INT_VBLANK | RINGGPU_INT_FAULT', 'RINGGPU_INT_FAULT']);
  /** The browsers that a process has started; none when it is gone. */
  const browsersOf = (pid: number): number[] => {
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .split(' ')
        .filter((child) => child && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('remote-debugging'))
        .map(Number);
    } catch {
      // A process may end between being listed and being looked at.
      return [];
    }
  };
  /** Waits until a runner's browser is there and has had a moment to get into its run, and calls `then` with it. */
  const onceRunning = (pid: number, then: (browser: number) => void) => {
    const timer = setInterval(() => {
      const [browser] = browsersOf(pid);
      if (browser === undefined && existsSync(`/proc/${pid}`)) return;
      clearInterval(timer);
      if (browser !== undefined) setTimeout(() => then(browser), 1500);
    }, 100);
  };
  const linux = process.platform === 'linux' ? {} : { skip: 'looks for processes as Linux lists them' };

  it('ends at once on Ctrl-C and takes its browser along', linux, async () => {
    let browser = 0;
    const { status, stdout, stderr, ms } = await headless([slow.name, ...QUICK], (pid) =>
      onceRunning(pid, (found) => {
        browser = found;
        process.kill(pid, 'SIGINT');
      }),
    );
    assert.equal(status, 130, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /Stopped by SIGINT/);
    assert.ok(ms < 25_000, `took ${ms} ms`);
    assert.ok(browser > 0 && !existsSync(`/proc/${browser}`), 'the browser is gone');
  });

  it('ends with status 1 when its browser is killed', linux, async () => {
    const { status, stdout, stderr, ms } = await headless([slow.name, ...QUICK], (pid) =>
      onceRunning(pid, (browser) => process.kill(browser, 'SIGKILL')),
    );
    assert.equal(status, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /browser/i);
    assert.ok(ms < 25_000, `took ${ms} ms`);
  });
});
