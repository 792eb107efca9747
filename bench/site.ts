/** The built page as a visitor meets it: bytes before the first paint, cold load → first frame, edit → first frame. Runs in Node. */

import { pauseMs } from '../src/playground/live-run.ts';
import type { PlaygroundApp } from '../src/playground/playground-app.ts';
import { type BuiltSite, serveBuiltSite } from '../test/e2e/built-site.ts';
import { firstPaintScripts, laterScripts } from '../tools/script-budget.ts';
import type { Row } from './row.ts';

const ROUNDS = 20;
const PATIENCE = 60_000;

declare global {
  interface Window {
    /** When the last edit was made and when its machine showed its first frame, in the page's milliseconds. */
    edited: number;
    framed: number;
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** One visit with nothing cached: when something was painted, and when the first frame was on the monitor. */
async function coldLoad(site: BuiltSite): Promise<{ readonly paint: number; readonly frame: number }> {
  const browser = site.context.browser();
  if (!browser) throw new Error('the browser is gone');
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  try {
    const page = await context.newPage();
    await page.goto(site.url);
    const frame = await page.waitForFunction(
      () => document.querySelector<PlaygroundApp>('vp-playground')?.session.hasPicture && performance.now(),
      null,
      { timeout: PATIENCE },
    );
    return {
      paint: await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0),
      frame: Number(await frame.jsonValue()),
    };
  } finally {
    await context.close();
  }
}

/** Milliseconds from the end of the pause after an edit to the first frame of what it booted. */
async function edits(site: BuiltSite): Promise<number[]> {
  const { page } = await site.open();
  await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
  await page.locator('.state', { hasText: 'Running' }).first().waitFor({ timeout: PATIENCE });
  await page.evaluate(() => {
    const app = document.querySelector<PlaygroundApp>('vp-playground');
    const host = app?.machineHost;
    if (!app || !host) throw new Error('there is no machine host');
    const boot = host.boot;
    host.boot = async (options) => {
      const machine = await boot(options);
      void machine.frames(1).then(() => {
        window.framed = performance.now();
      });
      return machine;
    };
  });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await page.evaluate((text) => {
      const desk = document.querySelector<PlaygroundApp>('vp-playground')?.desk;
      window.framed = 0;
      window.edited = performance.now();
      desk?.edit(`${desk.workspace.current.source}\n${text}`);
    }, `// edit ${round}`);
    await page.waitForFunction(() => window.framed > 0, null, { timeout: PATIENCE });
    times.push((await page.evaluate(() => window.framed - window.edited)) - pauseMs);
    // The new picture has taken the old one's place, as it has before anybody types on.
    await page.waitForTimeout(500);
  }
  await page.close();
  return times;
}

/** Measures the built site in a browser of its own. */
export async function siteBench(): Promise<Row[]> {
  const site = await serveBuiltSite({ calm: false });
  try {
    const row = (
      name: string,
      unit: string,
      value: number,
      [baseline, baselineValue]: readonly [string, number],
      limit: number | null,
    ): Row => ({
      name,
      value,
      unit,
      baseline,
      baselineValue,
      ratio: value / baselineValue,
      target: limit === null ? '' : `≤ ${limit} ${unit}`,
      met: limit === null || value <= limit,
    });
    const kilobytes = ({ gzip }: { readonly gzip: number }) => gzip / 1024;
    const first = kilobytes(firstPaintScripts(site.files));
    const editor = kilobytes(laterScripts(site.files, 'driver-editor'));
    const machine = kilobytes(laterScripts(site.files, 'machine'));
    const loads: { readonly paint: number; readonly frame: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) loads.push(await coldLoad(site));
    const paint = median(loads.map((load) => load.paint));
    const frame = median(loads.map((load) => load.frame));
    const edited = median(await edits(site));
    const beside: readonly [string, number] = ['script before the first paint', first];
    return [
      row(
        'script before the first paint, gzip',
        'KiB',
        first,
        ['the whole of it until the first frame', first + machine],
        120,
      ),
      row('the editor’s script, gzip', 'KiB', editor, beside, 170),
      row('the machine’s script, gzip', 'KiB', machine, beside, null),
      row(`cold load → first paint (median of ${ROUNDS})`, 'ms', paint, ['first frame', frame], null),
      row(`cold load → first frame (median of ${ROUNDS})`, 'ms', frame, ['first paint', paint], null),
      row(
        `end of the pause after an edit → first frame (median of ${ROUNDS})`,
        'ms',
        edited,
        ['the pause', pauseMs],
        150,
      ),
    ];
  } finally {
    await site.close();
  }
}
