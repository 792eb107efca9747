// @ts-check
/**
 * `npm test`: types and lint, then the tests in a real browser beside those that drive a browser from outside.
 * Ends with `N passed, N failed` on a line of its own. Arguments are test files; all of them when there are none.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'videoport-test-'));
const chosen = process.argv.slice(2);

/** Folders whose tests run in Node and drive the product from outside, those that take longest first. */
const outside = ['e2e', 'headless', 'house'];

/** Jobs at a time: each spends much of its time waiting for a browser, or for what a page promises. */
const LANES = 2;

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * Runs a command, and gives its exit status. What it says is shown when it is over, in one piece.
 * @param {string[]} command
 * @param {Record<string, string>} env
 * @returns {Promise<number>}
 */
const run = (command, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    /** @type {Buffer[]} */
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => said.push(data));
    child.on('close', (status) => {
      process.stdout.write(Buffer.concat(said), () => resolve(status ?? 1));
    });
  });

/** A step that is no test suite itself counts as one test. @param {string} name @param {string[]} command */
const step = (name, command) => async () => {
  const passed = (await run(command)) === 0;
  console.log(`${passed ? 'ok' : 'FAILED'}: ${name}`);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1 };
};

/** A suite that failed as a whole counts as one failed test. @param {number} status @param {Counts} counts */
const judged = (status, { passed, failed }) => ({ passed, failed: status !== 0 && failed === 0 ? 1 : failed });

/** The tests that run in a browser. @param {string[]} files all of them when there are none */
const browserTests = (files) => async () => {
  const counts = join(folder, 'browser.json');
  const status = await run(
    ['node_modules/@web/test-runner/dist/bin.js', ...(files.length > 0 ? ['--files', ...files] : [])],
    { TEST_COUNTS: counts },
  );
  return existsSync(counts) ? judged(status, JSON.parse(readFileSync(counts, 'utf8'))) : { passed: 0, failed: 1 };
};

/** A file of tests that run in Node. @param {string} file */
const outsideTests = (file) => async () => {
  const tap = join(folder, `${file.replaceAll(/\W/g, '-')}.tap`);
  const status = await run([
    '--import',
    'tsx',
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${tap}`,
    file,
  ]);
  const text = existsSync(tap) ? readFileSync(tap, 'utf8') : '';
  return judged(status, {
    passed: Number(/^# pass (\d+)$/m.exec(text)?.[1] ?? 0),
    failed: Number(/^# fail (\d+)$/m.exec(text)?.[1] ?? 0),
  });
};

const isOutside = (/** @type {string} */ file) => outside.some((name) => file.includes(`test/${name}/`));
const inBrowser = chosen.filter((file) => !isOutside(file));
const inNode = chosen.length
  ? chosen.filter(isOutside)
  : outside.flatMap((name) =>
      readdirSync(join(root, 'test', name), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts'))
        .map((file) => join('test', name, file)),
    );

/** What is to be done, in the order in which it begins. @type {(() => Promise<Counts>)[]} */
const jobs = [
  ...(chosen.length === 0
    ? [
        step('types', ['node_modules/typescript/bin/tsc', '--noEmit']),
        step('lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']),
      ]
    : []),
  ...(chosen.length === 0 || inBrowser.length > 0 ? [browserTests(inBrowser)] : []),
  ...inNode.map(outsideTests),
];

const total = { passed: 0, failed: 0 };
const work = async () => {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    const { passed, failed } = await job();
    total.passed += passed;
    total.failed += failed;
  }
};
await Promise.all(Array.from({ length: LANES }, work));

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
