import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/** `videoport` and `ringgpu`, the modules that miniports import, resolve to the rooms that implement them. */
const alias = {
  videoport: `${root}src/videoport/index.ts`,
  ringgpu: `${root}src/devices/ringgpu/index.ts`,
};

/**
 * `import text from './cpu-worker.ts?script'`: a module with everything that it imports, as one classic script's
 * text. The board lives in a frame of opaque origin, whose scripts must be inline and whose workers must be classic blob
 * workers, so both are carried as text, in development and in the build alike.
 */
function scriptText(): Plugin {
  let minify = false;
  return {
    name: 'script-text',
    enforce: 'pre',
    configResolved(config) {
      minify = config.command === 'build';
    },
    async load(id) {
      if (!id.endsWith('?script')) return;
      const entry = id.slice(0, -'?script'.length);
      const result = await build({
        configFile: false,
        root,
        logLevel: 'warn',
        resolve: { alias },
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
      if (!output || !('output' in output)) throw new Error(`${entry}: no output`);
      for (const chunk of output.output) {
        if (chunk.type !== 'chunk') continue;
        for (const module of chunk.moduleIds) {
          if (!module.startsWith('\0')) this.addWatchFile(module.replace(/\?.*$/, ''));
        }
        return `export default ${JSON.stringify(chunk.code)};`;
      }
    },
  };
}

/** Cross-origin isolation, without which there is no SharedArrayBuffer; the first works inside foreign pages too. */
export const isolationHeaders = {
  'Document-Isolation-Policy': 'isolate-and-require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

export default defineConfig({
  base: './',
  resolve: { alias },
  plugins: [scriptText()],
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  optimizeDeps: {
    // Named here so that the first visit does not stop to find them.
    include: [
      'sucrase',
      'acorn',
      '@sveltejs/acorn-typescript',
      '@jridgewell/trace-mapping',
      'lit',
      'lit/decorators.js',
      'lit/directives/repeat.js',
      '@codemirror/autocomplete',
      '@codemirror/commands',
      '@codemirror/lang-javascript',
      '@codemirror/language',
      '@codemirror/lint',
      '@codemirror/search',
      '@codemirror/state',
      '@codemirror/view',
      '@lezer/highlight',
      'fflate',
      'typescript-service',
      'chai',
      'fast-check',
    ],
  },
  // The type service's worker: a module, as the page's own scripts are.
  worker: { format: 'es', plugins: () => [scriptText()] },
  build: { target: 'es2022' },
});
