import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { contentPolicyMeta } from './tools/content-policy.ts';
import { isolationHeaders, pageHeaders } from './tools/isolation-headers.ts';
import { openAddress } from './tools/open-address.ts';
import { scriptText } from './tools/script-text.ts';
import { serviceWorker } from './tools/service-worker.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

/** `videoport` and `ringgpu`, the modules that miniports import, resolve to the rooms that implement them. */
const alias = {
  videoport: `${root}src/videoport/index.ts`,
  ringgpu: `${root}src/devices/ringgpu/index.ts`,
};

/** Hashes of the scripts that the page puts into frames. */
const inlineScripts = new Set<string>();

export default defineConfig({
  base: './',
  resolve: { alias },
  plugins: [
    scriptText((hash) => inlineScripts.add(hash)),
    contentPolicyMeta(inlineScripts),
    serviceWorker(),
    openAddress(),
  ],
  server: { headers: pageHeaders },
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
      'lit/directives/keyed.js',
      'lit/directives/repeat.js',
      'lit/directives/unsafe-html.js',
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
  // On a busy machine the bundler would print how long plugins took, between what the command line prints.
  build: { target: 'es2022', rolldownOptions: { checks: { bundlerTimings: false } } },
});
