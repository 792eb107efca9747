/**
 * Pages of the project, bundled through vite.config.ts, and kept in node_modules/.cache until a file changes that they could be made of:
 * the command line starts a second sooner for it, and the tests bundle each page once.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/pages');
/** Bundles that are kept; there are few pages, each in two or three states between which one goes to and fro. */
const KEPT = 20;

/** Files by name, such as `assets/index-DklYIDSX.js`: texts as text, the rest as bytes. */
export type PageFiles = Map<string, string | Uint8Array>;

/** How a page is bundled. */
export interface PageBundleOptions {
  /** As for visitors: minified, and with the files of public/ beside it. */
  readonly site: boolean;
}

/** All files below a folder or, if it is one itself, the file; sorted. */
function filesIn(path: string): string[] {
  const whole = join(root, path);
  if (!statSync(whole).isDirectory()) return [path];
  return readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

/** What pages are made of. */
const SOURCES = 'src test bench public tools index.html vite.config.ts tsconfig.json package-lock.json'.split(' ');

/** Stands for everything that a bundle depends on. */
function fingerprint(html: string, options: PageBundleOptions): string {
  const hash = createHash('sha256').update(JSON.stringify([html, options, process.version]));
  for (const path of SOURCES.flatMap(filesIn)) {
    const content = readFileSync(join(root, path));
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}

const isText = (name: string): boolean => /\.(?:html|js|css|json|svg)$/.test(name) || !name.includes('.');

/** What an earlier call has left. */
function read(folder: string): PageFiles {
  const files: PageFiles = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1).replaceAll('\\', '/');
    const content = readFileSync(path);
    files.set(name, isText(name) ? content.toString() : content);
  }
  return files;
}

/** Leaves a bundle for the next call, and lets the ones go that were not asked for in the longest time. */
function keep(files: PageFiles, folder: string): void {
  const fresh = `${folder}.${process.pid}`;
  for (const [name, content] of files) {
    mkdirSync(dirname(join(fresh, name)), { recursive: true });
    writeFileSync(join(fresh, name), content);
  }
  // Two processes may bundle the same at once: the first rename wins, the other's copy goes.
  try {
    renameSync(fresh, folder);
  } catch {
    rmSync(fresh, { recursive: true, force: true });
  }
  const age = (name: string): number => statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const old = readdirSync(cache).sort((a, b) => age(b) - age(a));
  for (const name of old.slice(KEPT)) rmSync(join(cache, name), { recursive: true, force: true });
}

/**
 * The files of a page with all that it imports.
 * @param html the page, relative to the project's root, such as `src/headless/page.html`
 * @throws Error when it does not build
 */
export async function bundlePage(html: string, options: PageBundleOptions): Promise<PageFiles> {
  const folder = join(cache, fingerprint(html, options));
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date());
    return read(folder);
  }
  // Only now, because Vite takes half a second to load.
  const { build } = await import('vite');
  const result = await build({
    root,
    configFile: `${root}vite.config.ts`,
    logLevel: 'error',
    publicDir: options.site ? 'public' : false,
    build: {
      write: false,
      ...(!options.site && { minify: false, reportCompressedSize: false, rollupOptions: { input: `${root}${html}` } }),
    },
  });
  const files: PageFiles = new Map();
  for (const output of Array.isArray(result) ? result : [result]) {
    if (!('output' in output)) throw new Error(`${html}: Vite gave no output`);
    for (const file of output.output) files.set(file.fileName, file.type === 'chunk' ? file.code : file.source);
  }
  if (options.site)
    for (const name of readdirSync(`${root}public`)) files.set(name, readFileSync(`${root}public/${name}`));
  keep(files, folder);
  return files;
}
