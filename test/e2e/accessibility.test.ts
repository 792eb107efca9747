import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import type { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { type BuiltSite, serveBuiltSite } from './built-site.ts';

/** One entry of type `layout-shift`; the DOM's types do not have it. */
interface LayoutShift extends PerformanceEntry {
  readonly value: number;
}

declare global {
  interface Window {
    /** axe-core, where the test has put it. */
    axe: { run(options: RunOptions): Promise<AxeResults> };
  }
}

/** Slow machines are slow; a wait this long has failed. */
const PATIENCE = 45_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A driver that crashes on its line 2. */
const CRASHES = 'export function DriverEntry(): number {\n  return (null as any).nothing;\n}\n';

const state = (page: Page, name: string) =>
  page.locator('.state', { hasText: name }).first().waitFor({ timeout: PATIENCE });

/** No rule of axe-core is broken by what the page shows now. */
async function accessible(page: Page, what: string): Promise<void> {
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    // What moves in while it is looked at has colours of its own for a moment.
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
    const { violations } = await window.axe.run({ iframes: false, resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.slice(0, 5).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  });
  assert.deepEqual(violations, [], what);
}

const focused = (page: Page) =>
  page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at === document.body
      ? null
      : (at?.getAttribute('aria-label') ?? (at?.textContent?.trim() || at?.tagName) ?? '');
  });

describe('for everybody, the built page', { timeout: 300_000 }, () => {
  let site: BuiltSite;
  before(async () => {
    site = await serveBuiltSite();
  });
  after(() => site?.close());

  /** Opens the page for one test, and leaves nothing of it. */
  const visit =
    (path: string, test: (page: Page) => Promise<void>, prepare: (page: Page) => Promise<unknown> = async () => {}) =>
    async () => {
      const page = await site.context.newPage();
      try {
        await prepare(page);
        await page.goto(site.url + path);
        await test(page);
      } finally {
        await page.evaluate(() => localStorage.clear());
        await page.close();
      }
    };

  it(
    'breaks no rule of axe-core: both themes, every dialog, an error, a crash',
    visit('', async (page) => {
      await state(page, 'Running');
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      for (const theme of ['light', 'dark']) {
        if ((await page.evaluate(() => document.querySelector<PlaygroundApp>('vp-playground')?.theme)) !== theme)
          await page.keyboard.press('t');
        await accessible(page, theme);
        for (const [key, name] of [
          ['?', 'Keyboard shortcuts'],
          ['d', 'Drivers'],
          ['h', 'Share'],
        ] as const) {
          await page.keyboard.press(key);
          await page.getByRole('dialog', { name }).waitFor();
          if (key === 'h') await page.locator('#link').waitFor({ timeout: PATIENCE });
          await accessible(page, `${name}, ${theme}`);
          await page.keyboard.press('Escape');
        }
      }
      const edit = (text: string) =>
        page.evaluate((source) => document.querySelector<PlaygroundApp>('vp-playground')?.desk.edit(source), text);
      await edit('const half = (;');
      await page.getByText('1 error').first().waitFor({ timeout: PATIENCE });
      await accessible(page, 'a compile error');
      await edit(CRASHES);
      await state(page, 'Crashed');
      await accessible(page, 'a crash');
    }),
  );

  it(
    'breaks none with a lesson beside the editor, all of it opened, in both themes, and 360 pixels wide',
    visit('?lesson=common-buffer', async (page) => {
      const lesson = page.locator('vp-lesson');
      await lesson.locator('.outcome', { hasText: / met\.$/ }).waitFor({ timeout: PATIENCE });
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      // The Tab key begins at the top, though the lesson has led to a line of the source.
      await page.keyboard.press('Tab');
      await page.getByRole('radio', { name: 'Learn' }).and(page.locator(':focus')).waitFor({ timeout: PATIENCE });
      await lesson.locator('details').evaluateAll((all) => {
        for (const details of all) (details as HTMLDetailsElement).open = true;
      });
      await accessible(page, 'a lesson');
      await page.keyboard.press('t');
      await page.setViewportSize({ width: 360, height: 640 });
      await accessible(page, 'a lesson, the other theme, 360 px');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    }),
  );

  it(
    'breaks none 360 pixels wide, and needs no sideways scrolling there',
    visit('', async (page) => {
      await page.setViewportSize({ width: 360, height: 640 });
      await state(page, 'Running');
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      await accessible(page, '360 px');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
      await page.keyboard.press('d');
      await page.getByRole('dialog', { name: 'Drivers' }).waitFor();
      await accessible(page, 'drivers, 360 px');
    }),
  );

  it(
    'breaks none in any layout, at any size, in either theme, and nothing lies outside the window',
    visit('', async (page) => {
      await state(page, 'Running');
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      for (const [width, height] of [
        [1920, 1080],
        [1280, 720],
        [360, 740],
      ] as const) {
        await page.setViewportSize({ width, height });
        for (const key of ['1', '2', '3']) {
          await page.keyboard.press(key);
          await page.keyboard.press('t');
          const what = `layout ${key}, ${width}×${height}`;
          await page
            .locator(key === '1' ? 'vp-course li' : 'vp-monitor')
            .first()
            .waitFor();
          await accessible(page, what);
          const { scrollWidth, scrollHeight } = await page.evaluate(() => {
            const { scrollWidth, scrollHeight } = document.documentElement;
            return { scrollWidth, scrollHeight };
          });
          assert.equal(scrollWidth, width, what);
          if (width > 960) assert.equal(scrollHeight, height, what);
          const monitor = await page.locator('vp-monitor').boundingBox();
          assert.ok(monitor && monitor.width * monitor.height > width * height * (key === '3' ? 0.3 : 0.08), what);
        }
      }
      await page.setViewportSize({ width: 3840, height: 2160 });
      const monitor = await page.locator('vp-monitor').boundingBox();
      assert.ok(monitor && monitor.width > 2400 && monitor.height > 1900, 'four thousand dots wide');
      const letters = await page
        .locator('.cm-content')
        .evaluate((text) => Number.parseFloat(getComputedStyle(text).fontSize));
      assert.ok(letters >= 40, `to be read from the back: ${letters} px`);
    }),
  );

  for (const path of ['?embed', '?embed=monitor'])
    it(
      `breaks none as ${path}`,
      visit(path, async (page) => {
        await page.setViewportSize({ width: 700, height: 480 });
        await page.getByRole('button', { name: 'Run' }).first().waitFor({ timeout: PATIENCE });
        await accessible(page, path);
      }),
    );

  for (const path of ['', '?embed', '?embed=monitor'])
    it(
      `moves nothing about once it is painted: ${path || 'the page'}`,
      visit(path, async (page) => {
        if (path) {
          // Some time to do it in: the editor takes the place of the plain text.
          if (path === '?embed') await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
          await page.getByRole('button', { name: 'Run' }).first().click({ timeout: PATIENCE });
        }
        await state(page, 'Running');
        const shift = await page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              new PerformanceObserver((list) =>
                resolve(list.getEntries().reduce((sum, entry) => sum + (entry as LayoutShift).value, 0)),
              ).observe({ type: 'layout-shift', buffered: true });
              // No entry at all: nothing moved.
              setTimeout(resolve, 500, 0);
            }),
        );
        assert.ok(shift < 0.01, `layout shift ${shift}`);
      }),
    );

  it(
    'breaks none where no machine can run',
    visit(
      '',
      async (page) => {
        await state(page, 'Cannot run here');
        await accessible(page, 'not isolated');
      },
      (page) =>
        page.addInitScript(() => {
          Object.defineProperty(window, 'crossOriginIsolated', { value: false });
          Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
        }),
    ),
  );

  it(
    'gives the focus back when a dialog closes, and lets the Tab key through from end to end',
    visit('', async (page) => {
      await state(page, 'Running');
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      for (const name of ['Keyboard shortcuts', 'Drivers', 'Share']) {
        const button = page.getByRole('button', { name, exact: true });
        await button.focus();
        await page.keyboard.press('Enter');
        await page.getByRole('dialog', { name }).waitFor();
        for (let presses = 0; presses < 40; presses++) await page.keyboard.press('Tab');
        assert.ok(await page.getByRole('dialog', { name }).isVisible());
        await page.keyboard.press('Escape');
        assert.equal(await focused(page), await button.evaluate((element) => element.getAttribute('aria-label')));
      }
      // The editor takes Tab for itself; Escape leaves it.
      const passed: string[] = [];
      for (let presses = 0; presses < 80; presses++) {
        await page.keyboard.press('Tab');
        const at = await focused(page);
        if (at === null) break;
        passed.push(at);
        if (at.startsWith('Driver source')) await page.keyboard.press('Escape');
      }
      assert.ok(passed.length < 80, `the Tab key comes to no end: ${passed.join(', ')}`);
      assert.ok(passed.includes('Log'), passed.join(', '));
      assert.ok(
        passed.some((name) => name.startsWith('Driver source')),
        passed.join(', '),
      );
    }),
  );

  it(
    'stands still for those who want no motion',
    visit(
      '',
      async (page) => {
        await state(page, 'Running');
        await page.waitForFunction(
          () => (document.querySelector<PlaygroundApp>('vp-playground')?.session.meter.latestChange?.frames ?? 0) > 0,
          null,
          { timeout: PATIENCE },
        );
        await page.keyboard.press('d');
        await page.getByRole('dialog', { name: 'Drivers' }).waitFor();
        assert.deepEqual(
          await page.evaluate(() =>
            document
              .getAnimations()
              .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 50)
              .map(({ effect }) => (effect as KeyframeEffect).target?.outerHTML.slice(0, 80)),
          ),
          [],
        );
      },
      (page) => page.emulateMedia({ reducedMotion: 'reduce' }),
    ),
  );
});
