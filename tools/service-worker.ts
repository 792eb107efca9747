/** Adds `service-worker.js` to the built site, with the list of the site's files and their hashes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import type { Site } from '../src/site/site-files.ts';
import { bundleScript, hashOf } from './script-text.ts';

const ENTRY = fileURLToPath(new URL('../src/site/service-worker.ts', import.meta.url));
/** Read by hosts, never by a page. */
const NOT_SERVED: ReadonlySet<string> = new Set(['_headers']);

/** The site as its service worker knows it. @param files contents by name */
export function siteOf(files: ReadonlyMap<string, string | Uint8Array>): Site {
  const hashes = [...files]
    .filter(([name]) => !NOT_SERVED.has(name) && name !== 'service-worker.js')
    // Hosts redirect index.html to the folder, and a redirected answer cannot stand for a page.
    .map(([name, content]): [string, string] => [name === 'index.html' ? '' : name, hashOf(content)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const version = createHash('sha256').update(JSON.stringify(hashes)).digest('hex').slice(0, 16);
  return { version, files: Object.fromEntries(hashes) };
}

/** The service worker's text for a site with these files. */
export async function serviceWorkerText(files: ReadonlyMap<string, string | Uint8Array>): Promise<string> {
  const { text } = await bundleScript(ENTRY, { minify: true, alias: [] });
  return `const SITE = ${JSON.stringify(siteOf(files))};\n${text}`;
}

/** The plugin; it does nothing for builds of other pages than index.html. */
export function serviceWorker(): Plugin {
  let publicDir = '';
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      publicDir = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        if (!bundle['index.html']) return;
        const files = new Map<string, string | Uint8Array>();
        if (publicDir) for (const name of readdirSync(publicDir)) files.set(name, readFileSync(join(publicDir, name)));
        for (const file of Object.values(bundle)) {
          files.set(file.fileName, file.type === 'chunk' ? file.code : file.source);
        }
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: await serviceWorkerText(files) });
      },
    },
  };
}
