/** A page of this project in a headless browser: what the command line and the benchmarks run in. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { browserOptions } from '../../tools/browser.js';
import { pageHeaders } from '../../tools/isolation-headers.ts';
import { bundlePage } from '../../tools/page-bundle.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** An open page, its browser and its server. */
export interface BrowserPage {
  readonly page: Page;
  /** The browser's version, such as `147.0.7727.0`. */
  readonly version: string;
  /** Rejects when browser or page die before `close`. Race everything that waits for the page against it. */
  readonly died: Promise<never>;
  /** Closes page, browser and server. A second call does nothing. */
  close(): Promise<void>;
}

/** Serves the files, by their names, on a free port of this machine, with the headers that make a page cross-origin isolated. */
async function serve(files: ReadonlyMap<string, string | Uint8Array>): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const body = files.get(path.slice(1));
    const headers = { ...pageHeaders, 'Content-Type': CONTENT_TYPES[extname(path)] ?? 'application/octet-stream' };
    response.writeHead(body === undefined ? 404 : 200, headers).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

/** The browser; signals are the caller's business, so that one place decides what closes when. */
async function launch(): Promise<Browser> {
  return chromium.launch({
    ...(await browserOptions()),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/**
 * Opens a page of the project in a headless browser.
 * @param html the page, relative to the project's root, such as `src/headless/page.html`
 * @throws Error when the page does not build or the browser does not start; nothing is left open then
 */
export async function openPage(html: string): Promise<BrowserPage> {
  const [served, launched] = await Promise.allSettled([bundlePage(html, { site: false }).then(serve), launch()]);
  const server = served.status === 'fulfilled' ? served.value : undefined;
  const browser = launched.status === 'fulfilled' ? launched.value : undefined;

  let closing = false;
  const close = async () => {
    if (closing) return;
    closing = true;
    server?.closeAllConnections();
    server?.close();
    await browser?.close();
  };

  if (!server || !browser) {
    await close();
    throw served.status === 'rejected' ? served.reason : (launched as PromiseRejectedResult).reason;
  }
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    const died = new Promise<never>((_, reject) => {
      const fail = (what: string) => () => {
        if (!closing) reject(new Error(`The browser's ${what} before the run was over.`));
      };
      browser.once('disconnected', fail('process ended'));
      page.once('crash', fail('page crashed'));
      page.once('close', fail('page was closed'));
    });
    // Whoever races it hears of it; with nobody racing, it must not end the process.
    died.catch(() => {});
    page.on('pageerror', (error) => console.error(`page: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`page: ${message.text()}`);
    });
    const { port } = server.address() as AddressInfo;
    await Promise.race([page.goto(`http://127.0.0.1:${port}/${html}`), died]);
    return { page, version: browser.version(), died, close };
  } catch (error) {
    await close();
    throw error;
  }
}
