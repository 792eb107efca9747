/**
 * The site's service worker, for two things that a static host may not give: the headers that isolate the page, and the
 * page without a network.
 *
 * How versions stay apart: the page itself comes from the network whenever there is one, so a new build is seen at
 * once; what it loads has names that contain a hash of the content, so a page only ever gets what it was built with. All files of
 * one build are kept, each checked against its hash, in a cache of that build's own. A newer service worker fills its own
 * cache first, and takes over, and removes the older cache, when the last page of the older build is closed.
 */
import { ISOLATION } from './isolation.ts';
import type { Site } from './site-files.ts';

/** Put before this script by tools/service-worker.ts. */
declare const SITE: Site;

interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface RequestEvent extends LifeEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
/** What is used of ServiceWorkerGlobalScope; the DOM's types do not have it. */
interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  addEventListener(type: 'install' | 'activate' | 'message', listener: (event: LifeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
}

/** How long the network may take to bring the page when there is a kept one. */
const PATIENCE_MS = 3000;
/** Files below this folder have a hash in their names. */
const HASHED = 'assets/';

const scope = globalThis as unknown as WorkerScope;
const folder = scope.registration.scope;
/** Other sites may lie on the same origin: the cache's name tells whose it is. */
const cachePrefix = `videoport ${folder} `;
const cacheName = cachePrefix + SITE.version;

let keeping: Promise<void> | null = null;

/** Fills the cache with whatever is missing. Rejects when the server does not have this build, or not any more. */
async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  const kept = new Set((await cache.keys()).map(({ url }) => url));
  const store = async (path: string): Promise<void> => {
    const { href } = new URL(path, folder);
    if (kept.has(href)) return;
    const response = await fetch(href, {
      integrity: SITE.files[path] ?? '',
      cache: path.startsWith(HASHED) ? 'default' : 'no-cache',
    });
    if (!response.ok) throw new Error(`${href}: ${response.status}`);
    await cache.put(href, response);
  };
  await Promise.all(Object.keys(SITE.files).map((path) => (path === '' ? undefined : store(path))));
  // The page comes last: where it is kept, everything is.
  await store('');
}

/** As {@link fill}, once at a time, and again after a failure. */
function keep(): Promise<void> {
  keeping ??= fill().catch((error: unknown) => {
    keeping = null;
    throw error;
  });
  return keeping;
}

async function kept(url: string): Promise<Response | undefined> {
  return (await caches.open(cacheName)).match(url, { ignoreSearch: true });
}

/** With the headers that isolate a page, unless the host sends its own. */
function isolated(response: Response): Response {
  const { headers: sent, status } = response;
  // A redirect that the browser is to follow has no status here, and may not be touched.
  if (status === 0 || sent.has('Cross-Origin-Embedder-Policy') || sent.has('Document-Isolation-Policy'))
    return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** From the network; what is kept where that fails or, with `patience`, takes too long. */
async function fresh(request: Request, url: string, patience: boolean): Promise<Response> {
  const answer = fetch(request);
  const network = answer.then((response) => {
    if (response.status >= 500) throw new Error(`${url}: ${response.status}`);
    return response;
  });
  const late = new Promise<never>((_, reject) => {
    if (patience) setTimeout(reject, PATIENCE_MS, new Error(`${url}: no answer`));
  });
  try {
    return await Promise.race([network, late]);
  } catch {
    // Nothing is kept: then the server's own words, or the browser's.
    return (await kept(url)) ?? answer;
  }
}

async function answer(request: Request, path: string): Promise<Response> {
  if (path in SITE.files && path.startsWith(HASHED)) return (await kept(request.url)) ?? fetch(request);
  if (path === '' || path === 'index.html') return fresh(request, folder, true);
  return path in SITE.files ? fresh(request, request.url, false) : fetch(request);
}

scope.addEventListener('install', (event) => {
  // The first one has a page to isolate and no time to lose; the page asks it to keep the files later.
  if (scope.registration.active) event.waitUntil(keep());
});

scope.addEventListener('activate', (event) => {
  const clean = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(cachePrefix) && name !== cacheName);
    await Promise.all(old.map((name) => caches.delete(name)));
  };
  event.waitUntil(clean());
});

scope.addEventListener('message', (event) => {
  event.waitUntil(keep());
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const place = origin + pathname;
  if (request.method !== 'GET' || !place.startsWith(folder)) return;
  event.respondWith(answer(request, place.slice(folder.length)).then(isolated));
});
