/** Entry of `npm run bench [-- NAME …]`: measures in a headless browser and writes bench/results.json. */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BrowserPage, openPage } from '../src/headless/browser-page.ts';
import type { Row } from './row.ts';
import { siteBench } from './site.ts';
import { table } from './table.ts';

const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));

const HELP = `Measures in a headless browser.

Usage: npm run bench [-- NAME …]

Without NAME, all benchmarks run and bench/results.json is written; with names, only those run and nothing is written.
Set CHROME_PATH to measure in your own Chrome on your own GPU.

Exit status: 0 all ran, 1 one did not or the arguments make no sense. A missed target is shown, and is no failure:
the targets are for a quiet machine.
`;

/** Benchmarks that drive the built site from outside; they run last. */
const OUTSIDE: Readonly<Record<string, () => Promise<readonly Row[]>>> = { site: siteBench };

/** The page's benchmarks, and what it says of its machine. */
async function describe({ page, version }: BrowserPage) {
  const seen = await page.evaluate(async () => {
    if (!window.bench) throw new Error('bench/page.ts did not start: see the messages above.');
    return { names: window.bench.names, adapter: await window.bench.adapter(), cores: window.bench.cores };
  });
  return { ...seen, browser: `Chromium ${version}` };
}

/** Runs one benchmark in a page of its own, so that none finds what another left: compiled code, GPU memory, garbage. */
async function measure({ page, died }: BrowserPage, name: string): Promise<readonly Row[]> {
  await Promise.race([page.reload(), died]);
  const rows = page.evaluate((asked) => {
    if (!window.bench) throw new Error('bench/page.ts did not start: see the messages above.');
    return window.bench.run(asked);
  }, name);
  rows.catch(() => {});
  return Promise.race([rows, died]);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const opened = await openPage('bench/page.html');
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => void opened.close().finally(() => process.exit(status)));
  }
  try {
    const { names: inside, adapter, cores, browser } = await describe(opened);
    const names = [...inside, ...Object.keys(OUTSIDE)];
    const unknown = positionals.filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      console.error(`${unknown.join(', ')}: no such benchmark; there are ${names.join(', ')}.`);
      return 1;
    }
    const chosen = positionals.length > 0 ? names.filter((name) => positionals.includes(name)) : names;
    const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
    console.log(`${browser}, ${adapter}, ${processor}, ${cores} of ${availableParallelism()} cores\n`);

    const results: { readonly name: string; readonly rows: readonly Row[] }[] = [];
    let failed = 0;
    for (const name of chosen) {
      try {
        const rows = await (OUTSIDE[name]?.() ?? measure(opened, name));
        results.push({ name, rows });
        console.log(`${name}\n${table(rows)}\n`);
      } catch (error) {
        failed++;
        console.error(`${name}: ${error instanceof Error ? error.message : error}\n`);
      }
    }
    if (positionals.length === 0 && failed === 0) {
      const date = new Date().toISOString();
      await writeFile(RESULTS, `${JSON.stringify({ date, browser, adapter, processor, cores, results }, null, 2)}\n`);
      console.log('Written to bench/results.json.');
    }
    return failed === 0 ? 0 : 1;
  } finally {
    await opened.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
setTimeout(() => process.exit(), 1000).unref();
