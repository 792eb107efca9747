/**
 * The walls behind the first one. A driver finds no fetch, no storage, no frame to call by name (test/machine/isolation.test.ts);
 * here it is supposed that one got past that: code runs in a worker as the board makes them, with all that browsers
 * give to workers, and in the machine's frame itself, where the board lives. What it does is looked at from outside: servers that count
 * what arrives, what the page's origin has stored, and all that the browser says of windows, downloads, dialogs and navigations.
 */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Frame, Page } from 'playwright-core';
import { type BrowserPage, openPage } from '../../src/headless/browser-page.ts';
import type { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { type BuiltSite, serveBuiltSite } from './built-site.ts';

declare global {
  interface Window {
    /** What came to the page by a broadcast, a message or a changed prototype. */
    arrived: string[];
  }
  interface ObjectConstructor {
    readonly polluted?: unknown;
  }
}

/** Slow machines are slow; a wait this long has failed. */
const PATIENCE = 45_000;

const FROM_WORKER = readFileSync(new URL('attack-from-worker.js', import.meta.url), 'utf8');
const FROM_FRAME = readFileSync(new URL('attack-from-frame.js', import.meta.url), 'utf8');

/** A stranger's servers. */
interface Stranger {
  /** Of the one that speaks HTTP and takes every connection, `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Of the one that takes datagrams. */
  readonly datagrams: number;
  /** Everything that came, a line each. */
  readonly heard: string[];
  close(): void;
}

async function listen(): Promise<Stranger> {
  const heard: string[] = [];
  const http: Server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response
      .writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' })
      .end();
  });
  http.on('connection', () => heard.push('a connection'));
  http.on('upgrade', ({ url }, socket) => {
    heard.push(`upgrade ${url}`);
    socket.destroy();
  });
  const udp: Socket = createSocket('udp4').on('message', () => heard.push('a datagram'));
  await Promise.all([
    new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve)),
    new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve)),
  ]);
  return {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    datagrams: udp.address().port,
    heard,
    close() {
      http.closeAllConnections();
      http.close();
      udp.close();
    },
  };
}

/** Where an attack aims. */
interface Aim {
  /** The stranger's origin. */
  readonly stranger: string;
  /** The stranger's port for datagrams. */
  readonly datagrams: number;
  /** The page's own address, where the same things might be allowed to the page. */
  readonly home: string;
}

/** Where a machine runs. */
interface Place {
  readonly page: Page;
  /** The page's address without its last part. */
  readonly home: string;
  /** What the page's own server was asked for. */
  readonly requests: readonly string[];
  /** Boots a machine in the page and sees it draw. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/** The built site, whose own policy holds in the frame too. */
async function builtSite(): Promise<Place> {
  const site: BuiltSite = await serveBuiltSite();
  const { page } = await site.open();
  return {
    page,
    home: site.url.replace(/\/$/, ''),
    requests: site.requests,
    async run() {
      const boots = () =>
        page.evaluate(() => document.querySelector<PlaygroundApp>('vp-playground')?.session.boots ?? 0);
      const before = await boots();
      if (before > 0) await page.getByRole('button', { name: 'Restart' }).click({ timeout: PATIENCE });
      const end = Date.now() + PATIENCE;
      while (before > 0 && (await boots()) === before && Date.now() < end) await page.waitForTimeout(50);
      await page.locator('.state', { hasText: 'Running' }).first().waitFor({ timeout: PATIENCE });
    },
    close: () => site.close(),
  };
}

/** A page without any policy of its own in its markup, as the development server and the command line have them. */
async function barePage(): Promise<Place> {
  const opened: BrowserPage = await openPage('test/e2e/endurance.html');
  const requests: string[] = [];
  opened.page.on('requestfinished', (request) => requests.push(request.url()));
  return {
    page: opened.page,
    home: new URL(opened.page.url()).origin,
    requests,
    async run() {
      await opened.page.evaluate(() => window.bootAndStop(1));
    },
    close: () => opened.close(),
  };
}

for (const [where, make] of [
  ['in the built page', builtSite],
  ['in a page without a policy', barePage],
] as const) {
  describe(`who gets past the first wall ${where}`, { timeout: 120_000 }, () => {
    let place: Place;
    let stranger: Stranger;
    /** What the browser says that should not happen. */
    const happened: string[] = [];

    const frame = (): Frame => {
      const found = place.page.frames().find((each) => each.parentFrame() !== null);
      assert.ok(found, 'the machine’s frame');
      return found;
    };
    const aim = (): Aim => ({ stranger: stranger.origin, datagrams: stranger.datagrams, home: place.home });

    /** Does something in the frame, as its own script would, with a click of the visitor's. */
    const attack = (code: string) => frame().evaluate<string[]>(`${FROM_FRAME}\n${code}`);

    /** What the page's origin keeps, by the name of the thing, and what the page was told. */
    const kept = () =>
      place.page.evaluate(async () => {
        const everything = await Promise.all([
          (await indexedDB.databases()).map(({ name }) => `database ${name}`),
          (await caches.keys()).map((name) => `cache ${name}`),
          Object.keys(localStorage).map((name) => `local ${name}`),
          Object.keys(sessionStorage).map((name) => `session ${name}`),
          document.cookie ? [`cookie ${document.cookie}`] : [],
          navigator.storage.getDirectory().then(async (root) => {
            const names: string[] = [];
            for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys())
              names.push(`file ${name}`);
            return names;
          }),
          Object.polluted === undefined ? [] : ['polluted'],
          window.arrived,
        ]);
        return everything.flat().filter((name) => /leak|polluted|worker|frame/.test(name));
      });

    /** Nothing has come anywhere. */
    const nothingCame = async (reached: readonly string[], attempts: RegExp) => {
      assert.match(reached.at(-1) ?? '', attempts);
      assert.deepEqual(reached.slice(0, -1), [], 'what the attacker got');
      assert.deepEqual(stranger.heard, [], 'what the stranger’s servers got');
      assert.deepEqual(
        place.requests.filter((address) => address.includes('leak')),
        [],
        'what the page’s server got',
      );
      assert.deepEqual(await kept(), [], 'what stays');
      assert.deepEqual(happened, [], 'what the browser did');
    };

    before(async () => {
      [place, stranger] = await Promise.all([make(), listen()]);
      const { page } = place;
      await place.run();
      await page.evaluate(() => {
        window.arrived = [];
        new BroadcastChannel('leak').onmessage = ({ data }) => window.arrived.push(`broadcast from ${data}`);
      });
      page.on('download', (download) => happened.push(`download of ${download.suggestedFilename()}`));
      page.on('dialog', (dialog) => {
        happened.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('popup', (popup) => happened.push(`window ${popup.url()}`));
      page.on('crash', () => happened.push('crash'));
      page.on('close', () => happened.push('close'));
      page.on('framenavigated', (each) => {
        if (each === page.mainFrame()) happened.push(`navigation to ${each.url()}`);
      });
    });
    after(async () => {
      stranger?.close();
      await place?.close();
    });

    it('in a worker, with everything that workers have, reaches no network, no storage and no page', async () => {
      const body = `${FROM_WORKER}
onmessage = ({ data }) => attackFromWorker(data).then(postMessage, (error) => postMessage([String(error)]));`;
      const reached = await attack(`askWorker(${JSON.stringify(body)}, ${JSON.stringify(aim())})`);
      await nothingCame(reached, /^25 attempts$/);
    });

    it('in the machine’s frame, with a click of the visitor’s, reaches none of them either', async () => {
      const reached = await frame().evaluate<string[]>(`${FROM_FRAME}
attackFromFrame(${JSON.stringify(aim())})`);
      await nothingCame(reached, /^\d\d attempts$/);
    });

    it('can take the frame nowhere, and ends its own machine alone: the next one boots', async () => {
      const ways = [
        `location.assign('${stranger.origin}/leak')`,
        `document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: '0; url=${place.home}/leak' }))`,
        `document.body.appendChild(Object.assign(document.createElement('a'), { href: '${stranger.origin}/leak', download: 'leak' })).click()`,
        "location.assign('about:blank')",
      ];
      // In the built page a boot is more than a boot: half of the ways, to which the page's policy says no.
      for (const way of make === builtSite ? ways.slice(0, 2) : ways) {
        const here = frame();
        await here.evaluate(`setTimeout(() => { ${way} })`);
        // The page takes a frame away whose document is another.
        for (const end = Date.now() + PATIENCE; !here.isDetached(); await place.page.waitForTimeout(20))
          assert.ok(Date.now() < end, `the frame is still there after ${way}`);
        await place.run();
        await nothingCame(['1 attempts'], /1/);
      }
    });
  });
}
