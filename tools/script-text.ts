/**
 * `import text, { hash } from './board.ts?script'`: a module with everything that it imports, as one classic script's
 * text. The board lives in a frame of opaque origin, whose scripts must be inline and whose workers must be classic blob
 * workers, so both are carried as text, in development and in the build alike.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Alias, build, type Plugin } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const QUERY = '?script';

/** A script, and the files that it was made of. */
export interface BundledScript {
  readonly text: string;
  readonly files: readonly string[];
}

/** What a content security policy calls a script or a file, as `sha256-…`. */
export const hashOf = (content: string | Uint8Array): string =>
  `sha256-${createHash('sha256').update(content).digest('base64')}`;

/** Bundles the module `entry` into a classic script that may stand between script tags. */
export async function bundleScript(
  entry: string,
  { minify, alias }: { readonly minify: boolean; readonly alias: readonly Alias[] },
): Promise<BundledScript> {
  const result = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    resolve: { alias: [...alias] },
    plugins: [scriptText()],
    build: {
      write: false,
      minify,
      target: 'es2022',
      modulePreload: false,
      lib: { entry, formats: ['iife'], name: 'script' },
    },
  });
  const output = (Array.isArray(result) ? result : [result])[0];
  const chunk = output && 'output' in output ? output.output.find(({ type }) => type === 'chunk') : undefined;
  if (chunk?.type !== 'chunk') throw new Error(`${entry}: no output`);
  return {
    // The end of a script element and the beginning of a comment mean something inside a script element.
    text: chunk.code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'),
    files: chunk.moduleIds.filter((id) => !id.startsWith('\0')).map((id) => id.replace(/\?.*$/, '')),
  };
}

/** The plugin that answers `?script`. @param loaded is told the hash of each script that was imported */
export function scriptText(loaded: (hash: string) => void = () => {}): Plugin {
  let minify = false;
  let alias: readonly Alias[] = [];
  return {
    name: 'script-text',
    enforce: 'pre',
    configResolved(config) {
      minify = config.command === 'build';
      alias = config.resolve.alias;
    },
    async load(id) {
      if (!id.endsWith(QUERY)) return;
      const { text, files } = await bundleScript(id.slice(0, -QUERY.length), { minify, alias });
      for (const file of files) this.addWatchFile(file);
      const hash = hashOf(text);
      loaded(hash);
      return `export default ${JSON.stringify(text)}; export const hash = ${JSON.stringify(hash)};`;
    },
  };
}
