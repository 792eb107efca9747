/** How many bytes of script a visitor's browser fetches before it can show something, from a build's own files. */
import { gzipSync } from 'node:zlib';

/** A build's files by name. */
type Files = ReadonlyMap<string, string | Uint8Array>;

/** Scripts, and what they weigh together when each is compressed by itself. */
export interface ScriptWeight {
  readonly names: readonly string[];
  /** Bytes after gzip. */
  readonly gzip: number;
}

/** The scripts that `name` cannot run without: itself, and what it imports at once, to the end. */
function closure(files: Files, name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  // Bundled chunks import by plain statements; `import(` fetches something later.
  for (const [, path = ''] of String(files.get(name)).matchAll(/(?:\bfrom|\bimport)\s*["'](\.\/[^"']+\.js)["']/g))
    closure(files, new URL(path, `file:///${name}`).pathname.slice(1), found);
  return found;
}

function weigh(files: Files, names: Iterable<string>): ScriptWeight {
  const list = [...names];
  const gzip = list.reduce((sum, name) => sum + gzipSync(files.get(name) ?? '', { level: 9 }).length, 0);
  return { names: list, gzip };
}

/** What the page's own markup asks for: without it nothing is painted. */
export function firstPaintScripts(files: Files): ScriptWeight {
  const html = String(files.get('index.html'));
  const names = new Set<string>();
  for (const [, path = ''] of html.matchAll(/<script[^>]*\ssrc="\.\/([^"]+)"/g)) closure(files, path, names);
  return weigh(files, names);
}

/** What a chunk brings besides. @param chunk its name without hash, such as `driver-editor`; throws when there is none */
export function laterScripts(files: Files, chunk: string): ScriptWeight {
  const name = [...files.keys()].find((file) => file.startsWith(`assets/${chunk}-`) && file.endsWith('.js'));
  if (!name) throw new Error(`the build has no chunk ${chunk}`);
  const already = new Set(firstPaintScripts(files).names);
  return weigh(
    files,
    [...closure(files, name)].filter((script) => !already.has(script)),
  );
}
