import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import type { FrameLocator, Page } from 'playwright-core';
import type { MachineControl } from '../../src/machine/machine-types.ts';
import type { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { type BuiltSite, serveBuiltSite } from './built-site.ts';

declare global {
  interface Window {
    /** Milliseconds from the last edit to the first frame of what it booted. */
    firstFrame: number | null;
    /** How much each layout shift moved, as browsers count it. */
    jumps: number[];
  }
}

/** Slow machines are slow; a wait this long has failed. */
const PATIENCE = 45_000;

/** Colour of the monitor's middle, from a screenshot of one pixel. */
async function colourOf(page: Page): Promise<[number, number, number]> {
  const box = await page.locator('vp-monitor').boundingBox();
  assert.ok(box);
  const clip = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2), width: 1, height: 1 };
  const png = await page.screenshot({ clip });
  const data: Buffer[] = [];
  // Chunks: length, name, data, checksum.
  for (let at = 8, length = 0; at < png.length; at += length + 12) {
    length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
  }
  // One line of one pixel: a byte that names the filter, which changes nothing here, then red, green, blue.
  const [, red = 0, green = 0, blue = 0] = inflateSync(Buffer.concat(data));
  return [red, green, blue];
}

const state = (page: Page | FrameLocator, name: string) => page.locator('.state', { hasText: name }).first();

async function running(page: Page | FrameLocator): Promise<void> {
  await state(page, 'Running').waitFor({ timeout: PATIENCE });
}

async function moving(page: Page): Promise<void> {
  const first = await colourOf(page);
  for (let tries = 0; tries < 100; tries++) {
    if (String(await colourOf(page)) !== String(first)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`the monitor shows ${first} for ever`);
}

const boots = (page: Page) =>
  page.evaluate(() => document.querySelector<PlaygroundApp>('vp-playground')?.session.boots);

/** At least so many: where typing is slow, a pause in the middle boots what is there. */
async function booted(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => (document.querySelector<PlaygroundApp>('vp-playground')?.session.boots ?? 0) >= wanted,
    count,
    { timeout: PATIENCE },
  );
}

/** Waits for the editor and puts the keyboard focus into it. */
async function editing(page: Page): Promise<void> {
  await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
  await page.keyboard.press('s');
}

describe('the built page', { timeout: 600_000 }, () => {
  let site: BuiltSite;

  before(async () => {
    site = await serveBuiltSite();
  });
  after(() => site?.close());

  /** Opens the page for one test, which finds nothing of another's and leaves nothing open. */
  const visit = (path: string, test: (page: Page, errors: readonly string[]) => Promise<void>) => async () => {
    const { page, errors } = await site.open(path);
    try {
      await test(page, errors);
    } finally {
      await page.evaluate(() => localStorage.clear());
      await page.close();
    }
  };

  it('names nothing by an absolute address, so that it can lie in any folder', () => {
    const html = String(site.files.get('index.html'));
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    assert.ok(addresses.length >= 3, html);
    for (const address of addresses) assert.match(address, /^\.\//);
  });

  it('says in _headers what makes it cross-origin isolated', () => {
    const headers = String(site.files.get('_headers'));
    for (const line of [
      'Document-Isolation-Policy: isolate-and-require-corp',
      'Cross-Origin-Opener-Policy: same-origin',
    ])
      assert.ok(headers.includes(line), headers);
  });

  it(
    'boots mini, and its frames move',
    visit('', async (page, errors) => {
      await running(page);
      await moving(page);
      assert.deepEqual(errors, []);
    }),
  );

  it(
    'teaches: a lesson opened by its address, even if that is reloaded at once, is not done yet, and with its solution in the editor it is',
    visit('?lesson=common-buffer', async (page, errors) => {
      await page.reload({ waitUntil: 'commit' });
      const lesson = page.locator('vp-lesson');
      await lesson.locator('.outcome', { hasText: /^\d of \d met/ }).waitFor({ timeout: PATIENCE });
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      await lesson.locator('.solution summary').click();
      await lesson.locator('[data-solution]').click();
      await lesson.locator('.outcome', { hasText: 'All met: the lesson is done.' }).waitFor({ timeout: PATIENCE });
      await lesson.locator('[data-on]', { hasText: 'The ring' }).waitFor({ timeout: PATIENCE });
      assert.deepEqual(errors, []);
    }),
  );

  it(
    'boots an edit, with the last frame on the monitor until the next, and finds it again after a reload',
    visit('', async (page, errors) => {
      await running(page);
      await moving(page);
      await editing(page);
      await page.evaluate(() => {
        const host = document.querySelector<PlaygroundApp>('vp-playground')?.machineHost;
        if (!host) throw new Error('there is no machine host');
        const boot = host.boot;
        window.firstFrame = null;
        let edited = 0;
        document
          .querySelector('vp-playground')
          ?.shadowRoot?.querySelector('vp-editor')
          ?.addEventListener('edit', () => {
            edited = performance.now();
          });
        host.boot = async (options) => {
          const machine: MachineControl = await boot(options);
          void machine.frames(1).then(() => {
            window.firstFrame = performance.now() - edited;
          });
          return machine;
        };
      });
      const times: number[] = [];
      for (let round = 1; round <= 3; round++) {
        await page.keyboard.press('Control+End');
        await page.keyboard.type(round === 1 ? '\n// e' : 'e');
        const colours: string[] = [];
        while ((await page.evaluate(() => window.firstFrame)) === null) {
          const colour = await colourOf(page);
          // mini's darkest blue is 46.
          assert.ok(
            colour[2] >= 40,
            `the monitor went dark while round ${round} booted: ${[...colours, colour].join(' ')}`,
          );
          colours.push(String(colour));
        }
        times.push(Math.round((await page.evaluate(() => window.firstFrame)) ?? 0));
        await page.evaluate(() => {
          window.firstFrame = null;
        });
        await running(page);
      }
      console.log(`edit → first frame, the pause of 300 ms included: ${times.join(', ')} ms`);
      assert.ok(((await boots(page)) ?? 0) >= 4);
      await moving(page);
      await page.reload();
      await running(page);
      await page.locator('[role=tab]', { hasText: 'my-mini.ts' }).waitFor();
      assert.match(
        (await page.evaluate(
          () => document.querySelector<PlaygroundApp>('vp-playground')?.desk.workspace.current.source,
        )) ?? '',
        /\/\/ eee$/,
      );
      assert.deepEqual(errors, []);
    }),
  );

  it(
    'shows a compile error in the margin while frames go on',
    visit('', async (page) => {
      await running(page);
      await editing(page);
      await page.keyboard.press('Control+End');
      await page.keyboard.type('\nconst half = (;');
      await page.locator('.cm-lint-marker-error').first().waitFor({ timeout: PATIENCE });
      await page.getByText('1 error: the last good version runs on').waitFor();
      const before = await boots(page);
      await moving(page);
      assert.equal(await boots(page), before);
    }),
  );

  it(
    'underlines a type error, which keeps nothing from running, when the type service has come',
    visit('', async (page) => {
      await running(page);
      await editing(page);
      await page.keyboard.press('Control+End');
      await page.keyboard.type('\nexport const wrong: string = 1;');
      await page.locator('.cm-lintRange-error', { hasText: 'wrong' }).waitFor({ timeout: PATIENCE * 2 });
      await booted(page, 2);
      await running(page);
    }),
  );

  it(
    'gives a link that opens the same driver in the same layout elsewhere, which runs when Run is pressed',
    visit('', async (page) => {
      await running(page);
      await editing(page);
      await page.keyboard.press('Control+End');
      await page.keyboard.type('\n// from me to you');
      await booted(page, 2);
      await page.keyboard.press('Escape');
      await page.keyboard.press('3');
      await page.getByRole('separator', { name: 'Machine and source' }).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Shift+ArrowRight');
      const divider = (of: Page) => of.getByRole('separator', { name: 'Machine and source' }).boundingBox();
      const before = await divider(page);
      await page.keyboard.press('h');
      const link = await page.locator('#link').inputValue();
      assert.match(link, /#v1\.mini@[\da-f]{8}\.[\w-]+$/);
      assert.ok(link.length - site.url.length <= 300, link);
      await page
        .getByRole('button', { name: 'Stop', includeHidden: true })
        .evaluate((button: HTMLElement) => button.click());
      await page.evaluate(() => localStorage.clear());
      await visit(link.slice(site.url.length), async (other, errors) => {
        await other.getByText('This driver came by a link').waitFor({ timeout: PATIENCE });
        await other.locator('.cm-content').waitFor({ timeout: PATIENCE });
        assert.equal(await boots(other), 0);
        await other.getByRole('radio', { name: 'Present', checked: true }).waitFor();
        const after = await divider(other);
        assert.ok(Math.abs((after?.x ?? 0) - (before?.x ?? 999)) < 8, `${before?.x} → ${after?.x}`);
        await other.getByRole('button', { name: 'Run' }).first().click();
        await running(other);
        await moving(other);
        assert.match(
          (await other.evaluate(
            () => document.querySelector<PlaygroundApp>('vp-playground')?.desk.workspace.current.source,
          )) ?? '',
          /\/\/ from me to you$/,
        );
        assert.deepEqual(errors, []);
      })();
    }),
  );

  it(
    'says of a damaged link what is wrong, keeps it, and opens nothing else',
    visit('#v1.mini@b9532a9b.m6pZ2suzza3UBRVResDjPBcyMipj', async (page) => {
      await page.getByText('This link is damaged').waitFor({ timeout: PATIENCE });
      assert.equal(await page.evaluate(() => location.hash), '#v1.mini@b9532a9b.m6pZ2suzza3UBRVResDjPBcyMipj');
      assert.equal(await boots(page), 0);
    }),
  );

  it(
    'lets nothing jump while machine, editor and tour arrive',
    visit('?tour', async (page, errors) => {
      await page.evaluate(() => {
        window.jumps = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            window.jumps.push((entry as PerformanceEntry & { readonly value: number }).value);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await running(page);
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      const card = page.getByRole('dialog', { name: 'This is a real driver at work' });
      await card.waitFor({ timeout: PATIENCE });
      await moving(page);
      const jumps = await page.evaluate(() => window.jumps);
      const sum = jumps.reduce((total, value) => total + value, 0);
      assert.ok(sum <= 0.01, `cumulative layout shift: ${jumps.join(' + ')}`);
      await page.keyboard.press('Escape');
      await card.waitFor({ state: 'detached' });
      assert.equal(await page.evaluate(() => localStorage.getItem('videoport.tour')), 'seen');
      assert.deepEqual(errors, []);
    }),
  );

  it(
    'keeps a divider where it was put, over the monitor and a reload',
    visit('', async (page) => {
      await running(page);
      const divider = page.getByRole('separator', { name: 'Machine and source' });
      const left = async () => (await divider.boundingBox())?.x ?? 0;
      const before = await left();
      await page.mouse.move(before + 4, 300);
      await page.mouse.down();
      // Across the monitor, which is a frame of its own.
      for (const x of [600, 500, 420]) await page.mouse.move(x, 300);
      await page.mouse.up();
      const after = await left();
      assert.ok(Math.abs(after - 416) <= 2, `${before} → ${after}`);
      await page.reload();
      await running(page);
      assert.ok(Math.abs((await left()) - after) <= 1);
      // A lesson takes room beside the machine; the monitor stays.
      await page.locator('[data-lessons]').click();
      await page.locator('vp-lesson .outcome', { hasText: /^\d of \d met/ }).waitFor({ timeout: PATIENCE });
      assert.ok(((await page.locator('vp-monitor').boundingBox())?.height ?? 0) > 100);
    }),
  );

  it(
    'is laid out as somebody wants it, which moves nothing of the machine, and finds it so after a reload',
    visit('', async (page, errors) => {
      await running(page);
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      await page.getByRole('radio', { name: 'Present' }).click();
      await page.locator('vp-header').waitFor({ state: 'detached' });
      await page.keyboard.press('ArrowLeft');
      await page.getByRole('radio', { name: 'Debug', checked: true }).and(page.locator(':focus')).waitFor();
      assert.ok((await page.locator('vp-findings').isVisible()) && (await page.locator('vp-log').isVisible()));
      await page.keyboard.press('3');
      await moving(page);
      assert.equal(await boots(page), 1);
      await page.reload();
      await running(page);
      const { width = 0, height = 0 } = (await page.locator('vp-monitor').boundingBox()) ?? {};
      assert.ok(width > 800 && height > 600, `${width}×${height}`);
      assert.deepEqual(errors, []);
    }),
  );

  it(
    'stops, runs again and restarts',
    visit('', async (page) => {
      await running(page);
      await page.getByRole('button', { name: 'Stop' }).click();
      await state(page, 'Stopped').waitFor();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await running(page);
      await page.getByRole('button', { name: 'Restart' }).click();
      await booted(page, 3);
      await running(page);
      await moving(page);
    }),
  );

  it(
    'steps from the driver’s first call on, shows each call and its line, and lets it go on',
    visit('', async (page, errors) => {
      await running(page);
      await page.locator('.cm-content').waitFor({ timeout: PATIENCE });
      await page.keyboard.press('Control+.');
      await state(page, 'Stopped').waitFor({ timeout: PATIENCE });
      const at = async (call: string, where: string) => {
        await page.locator('vp-hold div', { hasText: call }).waitFor({ timeout: PATIENCE });
        await page.locator('vp-hold .where', { hasText: where }).waitFor({ timeout: PATIENCE });
      };
      await page.keyboard.press('F10');
      await at('VideoPortInitialize(', 'DriverEntry · PASSIVE_LEVEL · mini.ts:');
      await page.keyboard.press('F10');
      await at('VideoPortGetAccessRanges(ext, 0, 0, 2, [], 0, 0, out)', 'HwVidFindAdapter');
      const line = page.locator('.cm-line.vp-hold', { hasText: 'VideoPortGetAccessRanges(ext, 0, NULL, 2' });
      await line.waitFor({ timeout: PATIENCE });
      assert.ok(await line.isVisible());
      await page.keyboard.press('Shift+F11');
      await at('VideoPortWriteRegisterUlong', 'HwVidInitialize');
      await page.keyboard.press('F8');
      await running(page);
      await moving(page);
      assert.equal(await page.locator('.vp-hold').count(), 0);
      assert.deepEqual(errors, []);
    }),
  );

  it(
    'keeps a driver in two files, finds and formats in them, and a link brings both back',
    visit('', async (page, errors) => {
      await running(page);
      await editing(page);
      const tab = (name: string) => page.getByRole('tab', { name });
      const editor = page.locator('.cm-content');
      await page.getByRole('button', { name: 'Add a file' }).click();
      await page.keyboard.type('speed');
      await page.keyboard.press('Enter');
      await tab('speed.ts').and(page.locator('[aria-selected=true]')).waitFor();
      await editor.filter({ hasText: 'export {};' }).waitFor();
      await page.keyboard.press('s');
      await page.keyboard.press('Control+A');
      await page.keyboard.press('Delete');
      // Not key by key: the editor would close the brackets.
      await page.keyboard.insertText('export const faster=( n:number )=>{\nreturn n*2\n}\n');
      await page.keyboard.press('Shift+Alt+F');
      await page
        .locator('.cm-line', { hasText: 'export const faster = (n: number) => {' })
        .waitFor({ timeout: PATIENCE * 2 });
      await page.locator('.cm-line', { hasText: /^ {2}return n \* 2$/ }).waitFor();

      await tab('my-mini.ts').click();
      await editor.filter({ hasText: 'miniport' }).waitFor();
      await page.keyboard.press('s');
      await page.keyboard.press('Control+Home');
      await page.keyboard.insertText("import { faster } from './speed';\nconsole.log('twice', faster(21));\n");
      await page.locator('vp-log .row', { hasText: 'twice 42' }).first().waitFor({ timeout: PATIENCE });

      await page.keyboard.press('Control+F');
      await page.keyboard.type('twice');
      await page.locator('.cm-searchMatch').first().waitFor();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('.cm-search').count(), 0);

      await page.keyboard.press('Escape');
      await page.keyboard.press('h');
      const link = page.getByRole('dialog', { name: 'Share' }).locator('#link');
      await link.waitFor({ timeout: PATIENCE });
      const address = await link.inputValue();
      assert.match(address, /#v2\./);
      await page.evaluate(() => localStorage.clear());
      const second = await site.context.newPage();
      try {
        await second.goto(address);
        await second.getByRole('tab', { name: 'speed.ts' }).waitFor({ timeout: PATIENCE });
        await second.locator('.cm-selectionMatch, .cm-selectionBackground').first().waitFor({ timeout: PATIENCE });
        await second.getByRole('button', { name: 'Run', exact: true }).first().click();
        await running(second);
        await second.locator('vp-log .row', { hasText: 'twice 42' }).first().waitFor({ timeout: PATIENCE });
      } finally {
        await second.close();
      }
      assert.deepEqual(errors, []);
    }),
  );

  it(
    'can be used by keyboard alone: into the source, out of it, and on',
    visit('', async (page) => {
      await running(page);
      await editing(page);
      const focused = () =>
        page.evaluate(() => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          return at?.getAttribute('aria-label') ?? at?.id ?? at?.tagName ?? '';
        });
      assert.match(await focused(), /^Driver source/);
      await page.keyboard.press('Tab');
      assert.match(await focused(), /^Driver source/, 'Tab writes in the source');
      await page.keyboard.press('Escape');
      assert.equal(await focused(), 'tab-0');
      const passed: string[] = [];
      for (let presses = 0; presses < 3; presses++) {
        await page.keyboard.press('Tab');
        passed.push(await focused());
      }
      assert.ok(
        passed.every((name) => !name.startsWith('Driver source')),
        passed.join(', '),
      );
      // In a list of choice letters choose an entry: back to the tab before it.
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('d');
      await page.getByRole('dialog', { name: 'Drivers' }).waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('s');
      await page.keyboard.press('Control+.');
      await state(page, 'Stopped').waitFor();
      await page.keyboard.press('Control+Enter');
      await running(page);
    }),
  );

  it('runs in a frame of a page that sends no headers, on a click', async () => {
    const page = await site.openForeign('?embed');
    try {
      const frame = page.frameLocator('iframe');
      await frame.getByRole('button', { name: 'Run' }).first().click({ timeout: PATIENCE });
      await running(frame);
    } finally {
      await page.close();
    }
  });
});
