import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { parseArguments, UsageError } from '../../src/headless/arguments.ts';
import { file, folder, headless } from './run-headless.ts';

describe('the arguments of the headless runner', () => {
  const parse = (...argv: string[]) => {
    const options = parseArguments(argv, '/somewhere');
    assert.ok(options !== 'help');
    return options;
  };

  it('have defaults for all but the file', () => {
    assert.deepEqual(parse('drivers/mine.ts'), {
      file: resolve('/somewhere/drivers/mine.ts'),
      typed: 'drivers/mine.ts',
      frames: 60,
      verifier: true,
      timeoutMs: 30_000,
      json: false,
    });
  });

  it('are all understood together, in any order', () => {
    const line =
      '--frames 5 --engine software --no-verifier mine.ts --timeout 1.5 --json --png out.png --trace out.json --mode 800x600x16 --ram 128';
    assert.deepEqual(parse(...line.split(' ')), {
      file: resolve('/somewhere/mine.ts'),
      typed: 'mine.ts',
      frames: 5,
      engine: 'software',
      verifier: false,
      timeoutMs: 1500,
      json: true,
      png: resolve('/somewhere/out.png'),
      trace: resolve('/somewhere/out.json'),
      mode: { width: 800, height: 600, bitsPerPixel: 16 },
      ramBytes: 128 * 2 ** 20,
    });
  });

  const wrong: [string, RegExp][] = [
    ['', /FILE is missing/],
    ['a.ts b.ts', /Only one FILE can boot, but 2 were named: a\.ts, b\.ts/],
    ['a.ts --frames 0', /--frames 0: must be a whole number from 1 to 1000000/],
    ['a.ts --frames 1.5', /--frames 1\.5/],
    ['a.ts --frames=-1', /--frames -1/],
    ['a.ts --frames 0x10', /--frames 0x10/],
    ['a.ts --frames 1000001', /--frames 1000001/],
    ['a.ts --engine vulkan', /--engine vulkan: must be webgpu or software/],
    ['a.ts --timeout 0', /--timeout 0: must be a number of seconds above 0/],
    ['a.ts --timeout soon', /--timeout soon/],
    ['a.ts --timeout 1e3', /--timeout 1e3/],
    ['a.ts --mode 800', /--mode 800: must be WIDTHxHEIGHT/],
    ['a.ts --mode 800x600x24', /--mode 800x600x24: must be WIDTHxHEIGHT or WIDTHxHEIGHTxBITS/],
    ['a.ts --mode 0x600', /--mode width 0/],
    ['a.ts --ram 0', /--ram 0: must be a whole number from 1 to 1024/],
    ['a.ts --ram 1025', /--ram 1025/],
    ['a.ts --png', /--png/],
    ['a.ts --scenario ring --frames 5', /--frames: the scenario says that/],
    ['a.ts --scenario ring --no-verifier', /--no-verifier: the scenario says that/],
    ['a.ts --scenario=', /--scenario: must name a lesson or a file/],
    ['a.ts --json=yes', /--json/],
    ['a.ts --vsync', /--vsync/],
    ['a.ts --trace', /--trace/],
    ['a.ts --trace=', /--trace: must name a file/],
  ];
  for (const [line, message] of wrong) {
    it(`are refused with a reason: ${line || '(none)'}`, () => {
      const argv = line.split(' ').filter(Boolean);
      assert.throws(
        () => parseArguments(argv, '/'),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});

describe('the headless runner, before it opens a browser,', () => {
  it('prints its help on stdout, with every option and every exit status, and exits 0', async () => {
    const { status, stdout, stderr } = await headless(['--help']);
    assert.equal(status, 0);
    assert.equal(stderr, '');
    for (const option of 'frames engine no-verifier timeout mode ram scenario json png trace help'.split(' ')) {
      assert.match(stdout, new RegExp(`^ +--${option}\\b`, 'm'));
    }
    for (const code of [0, 1, 2, 3, 4, 5]) assert.match(stdout, new RegExp(`^ +${code}  \\w`, 'm'));
  });

  it('exits 1 for arguments that make no sense, with the reason on stderr alone', async () => {
    const { status, stdout, stderr } = await headless(['mine.ts', '--engine', 'vulkan', '--json']);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /--engine vulkan: must be webgpu or software/);
  });

  it('exits 1 for a file that is missing, and for a folder', async () => {
    mkdirSync(join(folder, 'drivers'), { recursive: true });
    for (const [name, reason] of [
      ['missing.ts', 'ENOENT'],
      ['drivers', 'EISDIR'],
    ] as const) {
      const { status, stdout, stderr } = await headless([name]);
      assert.equal(status, 1, name);
      assert.equal(stdout, '');
      assert.match(stderr, new RegExp(`^${name}: cannot be read \\(${reason}\\)`));
    }
  });

  it('exits 1 for a scenario that is not there, naming those that are, and for one that makes no sense', async () => {
    const driver = file('driver.ts', '');
    const missing = await headless([driver, '--scenario', 'rings']);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /--scenario rings: cannot be read \(ENOENT\), and is no lesson: .*\bring\b/);
    const broken = await headless([driver, '--scenario', file('scenario.json', '{"name":"x"}')]);
    assert.equal(broken.status, 1);
    assert.match(broken.stderr, /scenario\.json: the scenario: refreshes is missing/);
  });
});
