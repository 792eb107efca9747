// @ts-check
/**
 * `npm test`: types and lint, then the tests in a real browser, then those that drive a browser from outside.
 * Ends with `N passed, N failed` on a line of its own. Arguments are test files; all of them when there are none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'videoport-test-'));
const total = { passed: 0, failed: 0 };
const chosen = process.argv.slice(2);

/** Folders whose tests run in Node and drive the product from outside. */
const outside = ['house', 'headless', 'e2e'];

/**
 * @param {string[]} command
 * @param {Record<string, string>} env
 */
const run = (command, env = {}) =>
  spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;

/** Counts a step that is no test suite itself as one test. @param {string} name @param {string[]} command */
const step = (name, command) => {
  const passed = run(command) === 0;
  console.log(`${passed ? 'ok' : 'FAILED'}: ${name}`);
  total[passed ? 'passed' : 'failed']++;
};

if (chosen.length === 0) {
  step('types', ['node_modules/typescript/bin/tsc', '--noEmit']);
  step('lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']);
}

const isOutside = (/** @type {string} */ file) => outside.some((name) => file.includes(`test/${name}/`));
const inBrowser = chosen.filter((file) => !isOutside(file));
if (chosen.length === 0 || inBrowser.length > 0) {
  const counts = join(folder, 'browser.json');
  const status = run(
    ['node_modules/@web/test-runner/dist/bin.js', ...(inBrowser.length > 0 ? ['--files', ...inBrowser] : [])],
    { TEST_COUNTS: counts },
  );
  if (existsSync(counts)) {
    const { passed, failed } = JSON.parse(readFileSync(counts, 'utf8'));
    total.passed += passed;
    total.failed += status !== 0 && failed === 0 ? 1 : failed;
  } else total.failed++;
}

const nodeFiles = chosen.length
  ? chosen.filter(isOutside)
  : outside.flatMap((name) => {
      const place = join(root, 'test', name);
      return existsSync(place)
        ? readdirSync(place, { recursive: true, encoding: 'utf8' })
            .filter((file) => file.endsWith('.test.ts'))
            .map((file) => join('test', name, file))
        : [];
    });
if (nodeFiles.length > 0) {
  const tap = join(folder, 'outside.tap');
  const status = run([
    '--import',
    'tsx',
    '--test',
    // Two at a time: each spends much of its time waiting for a browser, or for what a page promises.
    '--test-concurrency=2',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${tap}`,
    ...nodeFiles,
  ]);
  const text = existsSync(tap) ? readFileSync(tap, 'utf8') : '';
  const passed = Number(/^# pass (\d+)$/m.exec(text)?.[1] ?? 0);
  const failed = Number(/^# fail (\d+)$/m.exec(text)?.[1] ?? 0);
  total.passed += passed;
  total.failed += status !== 0 && failed === 0 ? 1 : failed;
}

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
