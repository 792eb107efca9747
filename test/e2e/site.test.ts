import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { firstPaintScripts, laterScripts } from '../../tools/script-budget.ts';
import { serviceWorkerText } from '../../tools/service-worker.ts';
import { type BuiltSite, serveBuiltSite } from './built-site.ts';

/** Slow machines are slow; a wait this long has failed. */
const PATIENCE = 45_000;

const running = (page: Page) => page.locator('.state', { hasText: 'Running' }).first().waitFor({ timeout: PATIENCE });

/** Waits until all files of a build are kept: the page itself is the last. */
const kept = (page: Page) =>
  page.waitForFunction(
    async () => {
      for (const name of await caches.keys()) if (await (await caches.open(name)).match('./')) return true;
      return false;
    },
    null,
    { timeout: PATIENCE, polling: 100 },
  );

const buildOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.build);

describe('the built site on a host that sends no headers', { timeout: 300_000 }, () => {
  let site: BuiltSite;
  before(async () => {
    site = await serveBuiltSite({ headers: {} });
  });
  after(() => site?.close());
  // A page that is left open would hold its build's service worker.
  afterEach(async () => {
    for (const page of site.context.pages()) await page.close();
  });

  it('fetches no more than 120 KiB of script, compressed, before the first paint, and 170 KiB more for the editor', () => {
    const first = firstPaintScripts(site.files);
    assert.ok(first.names.length >= 2, first.names.join(', '));
    assert.ok(first.gzip <= 120 * 1024, `${first.gzip} bytes: ${first.names.join(', ')}`);
    const editor = laterScripts(site.files, 'driver-editor');
    assert.ok(editor.gzip <= 170 * 1024, `${editor.gzip} bytes: ${editor.names.join(', ')}`);
  });

  it('becomes isolated by its service worker with one reload, and runs', async () => {
    let visits = 0;
    site.context.once('page', (page) =>
      page.on('framenavigated', (frame) => {
        if (frame === page.mainFrame()) visits++;
      }),
    );
    const { page, errors } = await site.open();
    await running(page);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    assert.equal(visits, 2);
    assert.deepEqual(errors, []);
    await kept(page);
    await page.close();
  });

  it('breaks no rule of its content security policy in a visit: runs, is edited, checked and shared', async () => {
    const { page, errors } = await site.open();
    await running(page);
    await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
    await page.keyboard.press('s');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\nexport const wrong: string = 1;');
    // The type service has come, in its worker.
    await page.locator('.cm-lintRange-error', { hasText: 'wrong' }).waitFor({ timeout: PATIENCE * 2 });
    await running(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await page.getByRole('dialog', { name: 'Share' }).locator('#link').waitFor({ timeout: PATIENCE });
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    assert.deepEqual(errors, []);
    await page.evaluate(() => localStorage.clear());
    await page.close();
  });

  it('lets no text become script in the page, no address but its own be asked, and no frame be opened', async () => {
    const { page } = await site.open();
    await running(page);
    const tried = await page.evaluate(async () => {
      const violated: string[] = [];
      addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violated.push(effectiveDirective));
      const frame = document.createElement('iframe');
      frame.src = 'https://example.org/';
      const attempts: [string, () => unknown][] = [
        ['function', () => new Function('return 1')],
        [
          'markup',
          () => {
            document.body.innerHTML = '<b>x</b>';
          },
        ],
        [
          'script',
          () => {
            document.createElement('script').text = '1';
          },
        ],
        ['worker', () => new Worker('./assets/none.js')],
        ['network', () => fetch('https://example.org/')],
        ['style', () => document.body.setAttribute('style', 'color: red')],
        ['frame', () => document.body.append(frame)],
      ];
      const errors: string[] = [];
      // In a task of the page's own: what a debugger evaluates may make script of text.
      await new Promise((resolve) => setTimeout(resolve));
      for (const [name, attempt] of attempts) {
        try {
          await attempt();
        } catch (error) {
          errors.push(`${name}: ${(error as Error).name}`);
        }
      }
      // The last comes when the frame has been refused.
      for (let tries = 0; tries < 500 && !violated.includes('frame-src'); tries++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return { errors, violated: [...new Set(violated)].sort() };
    });
    assert.deepEqual(tried.errors, [
      'function: EvalError',
      'markup: TypeError',
      'script: TypeError',
      'worker: TypeError',
      'network: TypeError',
    ]);
    assert.deepEqual(tried.violated, ['connect-src', 'frame-src', 'require-trusted-types-for', 'style-src-attr']);
    await page.close();
  });

  it('opens and runs a driver without a network after one visit', async () => {
    site.down = true;
    try {
      const { page, errors } = await site.open('?any');
      await running(page);
      assert.deepEqual(errors, []);
      await page.close();
    } finally {
      site.down = false;
    }
  });

  it('shows a new build at the next visit, and lets an open page of the old one finish with its own files', async () => {
    const { page: old } = await site.open();
    await running(old);
    const html = String(site.files.get('index.html')).replace('<html ', '<html data-build="new" ');
    site.files.set('index.html', html);
    site.files.set('service-worker.js', await serviceWorkerText(site.files));
    const gone = [...site.files.keys()].find((name) => /^assets\/new-driver/.test(name)) ?? '';
    const chunk = site.files.get(gone) ?? '';
    assert.ok(site.files.delete(gone));

    const { page } = await site.open();
    assert.equal(await buildOf(page), 'new');
    await page.close();

    // The host has thrown away what the old page has not asked for yet.
    assert.ok(await old.evaluate(async (address) => Object.keys(await import(address)).length > 0, site.url + gone));
    assert.equal(await buildOf(old), undefined);

    site.files.set(gone, chunk);
    await old.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await old.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting !== null, null, {
      timeout: PATIENCE,
      polling: 100,
    });
    assert.equal(await old.evaluate(async () => (await caches.keys()).length), 2);
    await old.close();
  });

  it('keeps the new build alone when the last page of the old one is closed', async () => {
    const { page } = await site.open();
    await page.waitForFunction(async () => (await caches.keys()).length === 1, null, {
      timeout: PATIENCE,
      polling: 100,
    });
    await running(page);
    await page.close();
    site.down = true;
    try {
      const { page: offline } = await site.open();
      assert.equal(await buildOf(offline), 'new');
      await running(offline);
      await offline.close();
    } finally {
      site.down = false;
    }
  });
});
