import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { firstPaintScripts, laterScripts } from '../../tools/script-budget.ts';
import { serviceWorkerText } from '../../tools/service-worker.ts';
import { type BuiltSite, serveBuiltSite } from './built-site.ts';

/** Slow machines are slow; a wait this long has failed. */
const PATIENCE = 45_000;

const running = (page: Page) => page.locator('.state', { hasText: 'Running' }).first().waitFor({ timeout: PATIENCE });

/** Waits until `condition` holds in the page. (Playwright's own waiting takes a promise for a truth.) */
async function until(page: Page, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await page.evaluate(condition))) {
    assert.ok(Date.now() < end, `this did not become true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits until all files of a build are kept: the page itself is the last. */
const kept = (page: Page) =>
  until(page, async () => {
    for (const name of await caches.keys()) if (await (await caches.open(name)).match('./')) return true;
    return false;
  });

const buildOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.build);

describe('the built site on a host that sends no headers', { timeout: 300_000 }, () => {
  let site: BuiltSite;
  before(async () => {
    site = await serveBuiltSite({ headers: {} });
  });
  after(() => site?.close());
  // A page that is left open would hold its build's service worker.
  afterEach(async () => {
    for (const page of site.context.pages()) {
      if (page.url().startsWith(site.url)) await page.evaluate(() => localStorage.clear());
      await page.close();
    }
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

  it('breaks no rule of its content security policy in a long visit, and its editor comes to rest each time', async () => {
    const page = await site.context.newPage();
    /** Errors, of which a broken rule is one, and what the editor says when its layout depends on itself; of page and frames. */
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || /Measure loop|Viewport failed/.test(message.text()))
        complaints.push(message.text());
    });
    const { keyboard } = page;
    const press = async (...keys: string[]) => {
      for (const key of keys) await keyboard.press(key);
    };
    const shown = (selector: string, hasText?: string | RegExp) =>
      page
        .locator(selector, hasText === undefined ? {} : { hasText })
        .first()
        .waitFor({ timeout: PATIENCE });
    await page.goto(`${site.url}?tour`);
    await running(page);
    await shown('.cm-content');
    for (let card = 0; card < 3; card++) await page.locator('vp-tour [data-next]').click({ timeout: PATIENCE });
    await press('Escape');

    const whole = await page.evaluate(
      () => document.querySelector<PlaygroundApp>('vp-playground')?.desk.workspace.current.source ?? '',
    );
    const edit = (text: string) =>
      page.evaluate((source) => document.querySelector<PlaygroundApp>('vp-playground')?.desk.edit(source), text);

    // Typed over lines and words, joined, cut, found, put in order.
    await press('s', 'Control+Home');
    for (let times = 0; times < 4; times++) {
      await press('ArrowDown', 'ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowRight');
      await keyboard.type('//');
    }
    await press('PageDown', 'PageDown', 'Shift+PageDown', 'Backspace', 'End', 'Delete', 'Home', 'Backspace');
    await press('Control+a');
    await keyboard.type('x');
    await press('Control+z');
    await edit(whole);
    await press('Control+f');
    await shown('.cm-search');
    await keyboard.type('Video');
    await press('Enter', 'Escape', 'Shift+Alt+f', 'Control+End');
    await keyboard.type('\nexport const wrong: string = 1;\nVideoPortStallEx');
    // The type service has come, in its worker.
    await shown('.cm-lintRange-error', 'wrong');
    await press('Control+Space');
    await shown('.cm-tooltip-autocomplete');
    await press('Enter', 'Escape');
    await page.locator('.cm-lintRange-error', { hasText: 'wrong' }).hover({ timeout: PATIENCE });
    await shown('.cm-tooltip-hover');

    await press('Escape');
    for (const [key, name] of [
      ['?', 'Keyboard shortcuts'],
      ['d', 'Drivers'],
      ['h', 'Share'],
    ] as const) {
      await press(key);
      await page.getByRole('dialog', { name }).waitFor({ timeout: PATIENCE });
      if (key === 'h') await shown('#link');
      await press('t', 'Escape');
    }
    await press('t');
    await page.locator('[data-lessons]').click();
    await shown('vp-lesson .outcome', /^\d of \d met/);
    for (const width of [360, 1280]) await page.setViewportSize({ width, height: 720 });
    await edit('export const DriverEntry = () => null.x;');
    await page.locator('.state', { hasText: 'Crashed' }).first().waitFor({ timeout: PATIENCE });
    assert.deepEqual(complaints, []);
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

  it('lets a driver load nothing: no script from its own site, another, or an address that holds it', async () => {
    const { page } = await site.open();
    await running(page);
    const source = `export function DriverEntry(): number {
  const load = new Function('address', 'return import(address)');
  const addresses = [
    '${site.url}leak', './leak', '/leak', 'https://example.org/leak', 'ws://127.0.0.1/leak',
    'data:text/javascript,0', 'blob:${new URL(site.url).origin}/0', 'blob:null/0', 'about:blank', 'javascript:0',
  ];
  for (const address of addresses) load(address);
  for (const name of ['Worker', 'importScripts', 'fetch', 'XMLHttpRequest', 'WebSocket', 'open', 'parent', 'top'])
    if (new Function('return typeof ' + name)() !== 'undefined') console.log('reached', name);
  console.log('tried', addresses.length);
  const end = Date.now() + 300;
  while (Date.now() < end);
  return 0xc0000001;
}`;
    const log = await page.evaluate(async (text) => {
      const app = document.querySelector<PlaygroundApp>('vp-playground');
      const holder = document.createElement('div');
      document.body.append(holder);
      const machine = await app?.machineHost?.boot({ source: text, monitor: holder });
      return (await machine?.stop({ graceMs: 20_000 }))?.log.filter((line) => line.startsWith('driver'));
    }, source);
    assert.deepEqual(log, ['driver info: tried 10']);
    assert.deepEqual(
      site.requests.filter((name) => name.includes('leak')),
      [],
    );
    assert.equal(site.context.pages().length, 1);
  });

  it('in a frame of another page says why nothing runs there, and opens in its own tab with the code as it was edited', async () => {
    const foreign = await site.openForeign('?embed');
    const frame = foreign.frames()[1];
    assert.ok(frame);
    await foreign.frameLocator('iframe').getByText('isolated page').waitFor({ timeout: PATIENCE });
    await frame.evaluate(() => {
      const desk = document.querySelector<PlaygroundApp>('vp-playground')?.desk;
      desk?.edit(`${desk.workspace.current.source}// edited in the frame\n`);
    });
    const opened = site.context.waitForEvent('page');
    await foreign.frameLocator('iframe').getByText('Open in its own tab').click();
    const page = await opened;
    await page.getByRole('button', { name: 'Run' }).first().click({ timeout: PATIENCE });
    await running(page);
    assert.equal(new URL(page.url()).search, '');
    assert.match(
      (await page.evaluate(
        () => document.querySelector<PlaygroundApp>('vp-playground')?.desk.workspace.current.source,
      )) ?? '',
      /\/\/ edited in the frame\n$/,
    );
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
    await until(old, async () => (await navigator.serviceWorker.ready).waiting !== null);
    assert.equal(await old.evaluate(async () => (await caches.keys()).length), 2);
    await old.close();
  });

  it('keeps the new build alone when the last page of the old one is closed', async () => {
    // A page that is opened before the browser has taken notice of the other's end belongs to the old build's worker still.
    for (let caches = 2, visits = 0; caches > 1; visits++) {
      assert.ok(visits < 50, 'the old build is never given up');
      const { page } = await site.open();
      caches = await page.evaluate(async () => (await window.caches.keys()).length);
      await page.close();
    }
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
