/** The site as `npm run build` makes it, served from memory below a folder, as any static host would. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { browserOptions } from '../../tools/browser.js';
import { isolationHeaders } from '../../tools/isolation-headers.ts';
import { bundlePage } from '../../tools/page-bundle.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

/** The site, its server and a browser. */
export interface BuiltSite {
  /** Address of the page, below a folder: relative URLs are all that works there. */
  readonly url: string;
  /** Files by name: `index.html`, `assets/…`. A change is served from then on. */
  readonly files: Map<string, string | Uint8Array>;
  /** Paths that were asked for, the site's folder left out. */
  readonly requests: string[];
  /** Set: the server ends every connection without a word, as a network that is gone. */
  down: boolean;
  readonly context: BrowserContext;
  /** Opens a page; what goes wrong in it is collected in `errors`. */
  open(path?: string): Promise<{ readonly page: Page; readonly errors: string[] }>;
  /** Opens a page of another origin, which sends no headers, with `path` of the site in a frame. */
  openForeign(path: string): Promise<Page>;
  close(): Promise<void>;
}

/** In the machine's frame: every second animation frame is left out. Text, since a transpiled function would want its helpers. */
const HALF_THE_FRAMES = `if (location.href === 'about:srcdoc') {
  const request = requestAnimationFrame.bind(globalThis);
  const cancel = cancelAnimationFrame.bind(globalThis);
  const second = new Map();
  globalThis.requestAnimationFrame = (callback) => {
    const first = request(() => {
      second.set(first, request((now) => {
        second.delete(first);
        callback(now);
      }));
    });
    return first;
  };
  globalThis.cancelAnimationFrame = (first) => {
    cancel(second.get(first) ?? first);
    second.delete(first);
  };
}`;

/** How the site is served and seen. */
export interface SiteOptions {
  /** Of the window, in CSS pixels. */
  readonly size?: { readonly width: number; readonly height: number };
  /** The visitor's monitor has 30 Hz: where the GPU is emulated, frames are most of what an open page costs. */
  readonly calm?: boolean;
  /** Sent with every file of the site; those of vite.config.ts when there are none here. */
  readonly headers?: Readonly<Record<string, string>>;
}

export async function serveBuiltSite(options: SiteOptions = {}): Promise<BuiltSite> {
  const { size = { width: 1280, height: 720 }, headers = isolationHeaders, calm = true } = options;
  const files = await bundlePage('index.html', { site: true });
  const requests: string[] = [];
  const server = createServer((request, response) => {
    if (site.down) {
      request.socket.destroy();
      return;
    }
    if (request.url?.startsWith('/foreign?')) {
      // A page of somebody else: no headers, and a frame with ours in it.
      const frame = decodeURIComponent(request.url.slice('/foreign?'.length));
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end(
        `<!doctype html><title>foreign</title><iframe src="${frame}" width="900" height="500" allow="cross-origin-isolated"></iframe>`,
      );
      return;
    }
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.replace(/^\/some\/folder\//, '');
    const name = path === '' ? 'index.html' : path;
    const body = request.url?.startsWith('/some/folder/') ? files.get(name) : undefined;
    requests.push(name);
    const type = CONTENT_TYPES[extname(name)] ?? 'application/octet-stream';
    response.writeHead(body === undefined ? 404 : 200, { ...headers, 'Content-Type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/folder/`;
  const browser: Browser = await chromium.launch(await browserOptions());
  const context = await browser.newContext({ viewport: size });
  if (calm) await context.addInitScript(HALF_THE_FRAMES);
  const site: BuiltSite = {
    url,
    files,
    requests,
    down: false,
    context,
    async open(path = '') {
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(url + path);
      return { page, errors };
    },
    async openForeign(path) {
      const page = await context.newPage();
      await page.goto(
        `${new URL(url).origin.replace('127.0.0.1', 'localhost')}/foreign?${encodeURIComponent(url + path)}`,
      );
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
  return site;
}
