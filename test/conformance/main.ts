/**
 * `npm run conformance`: runs the rules of the VideoPort functions in a real browser and writes docs/conformance.md.
 * `--json` prints `{ functions: [{ name, rules, passed }], callbacks, total, passed }`. Ends with 1 when a function has no
 * rule or a rule fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conformance, type KnownFunction, type Outcome, toMarkdown } from './table.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const json = process.argv.includes('--json');
const file = join(mkdtempSync(join(tmpdir(), 'videoport-conformance-')), 'outcomes.json');
const tests = readdirSync(join(root, 'test/videoport')).filter((name) => name.endsWith('.test.ts'));

const { status } = spawnSync(
  process.execPath,
  ['node_modules/@web/test-runner/dist/bin.js', '--files', ...tests.map((name) => `test/videoport/${name}`)],
  { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, TEST_OUTCOMES: file } },
);
if (!existsSync(file)) {
  console.error(`conformance: the test runner ended with ${status} and left no outcomes`);
  process.exit(1);
}

const known = JSON.parse(readFileSync(join(root, 'test/conformance/exports.json'), 'utf8')) as KnownFunction[];
const outcomes = JSON.parse(readFileSync(file, 'utf8')) as Outcome[];
const table = conformance(known, outcomes);
const docs = join(root, 'docs');
mkdirSync(docs, { recursive: true });
const page = join(docs, 'conformance.md');
writeFileSync(page, toMarkdown(known, table));
// As the linter wants it: tables with even columns.
spawnSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', page], { cwd: root });

if (json) console.log(JSON.stringify(table, null, 2));
else console.log(`${table.passed} of ${table.total} functions pass all their rules: docs/conformance.md`);
for (const { name, rules } of table.functions) {
  if (rules.length === 0) console.error(`${name} has no rule`);
  for (const rule of rules) if (!rule.passed) console.error(`${name}: ${rule.sentence}: fails`);
}
for (const { title, passed } of outcomes) if (!passed) console.error(`failed: ${title}`);
process.exit(table.passed === table.total && status === 0 ? 0 : 1);
