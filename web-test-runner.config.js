// @ts-check
/**
 * Tests that need a browser: everything below test/ but the folders that drive a browser from outside. Vite serves the
 * modules, first in line, so TypeScript, script texts and headers come from vite.config.ts as in the product.
 */
import { writeFileSync } from 'node:fs';
import { defaultReporter } from '@web/test-runner';
import { playwrightLauncher } from '@web/test-runner-playwright';
import { createServer } from 'vite';
import { browserOptions } from './tools/browser.js';

const vite = await createServer({
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  appType: 'custom',
  logLevel: 'warn',
});

const isolationHeaders = Object.entries(vite.config.server.headers ?? {});

/**
 * Leaves each test's title and outcome where test/conformance/main.ts finds them. @param {any[]} sessions
 */
function writeOutcomes(sessions) {
  const file = process.env.TEST_OUTCOMES;
  if (!file) return;
  /** @type {{ title: string, passed: boolean }[]} */
  const outcomes = [];
  /** @param {import('@web/test-runner').TestSuiteResult | undefined} suite */
  const add = (suite) => {
    for (const test of suite?.tests ?? []) if (!test.skipped) outcomes.push({ title: test.name, passed: test.passed });
    for (const inner of suite?.suites ?? []) add(inner);
  };
  for (const session of sessions) {
    add(session.testResults);
    if (!session.passed && !session.testResults)
      outcomes.push({ title: `${session.testFile} did not load`, passed: false });
  }
  writeFileSync(file, JSON.stringify(outcomes));
}

/** Leaves the counts where tools/test.js finds them. @returns {import('@web/test-runner').Reporter} */
const countReporter = () => ({
  stop({ sessions }) {
    writeOutcomes(sessions);
    const file = process.env.TEST_COUNTS;
    if (!file) return;
    const counts = { passed: 0, failed: 0 };
    /** @param {import('@web/test-runner').TestSuiteResult | undefined} suite */
    const add = (suite) => {
      for (const test of suite?.tests ?? []) if (!test.skipped) counts[test.passed ? 'passed' : 'failed']++;
      for (const inner of suite?.suites ?? []) add(inner);
    };
    for (const session of sessions) {
      add(session.testResults);
      // A file that did not load has no tests to fail: it counts as one.
      if (!session.passed && !session.testResults) counts.failed++;
    }
    writeFileSync(file, JSON.stringify(counts));
  },
});

/** @type {import('@web/test-runner').TestRunnerConfig} */
export default {
  // test/rooms.test.ts has those of the lower rooms.
  files: [
    'test/**/*.test.ts',
    '!test/{e2e,headless,house}/**',
    '!test/{bus,conformance,ddi,devices,display,memory,scenario,videoport}/**',
  ],
  nodeResolve: false,
  // One page at a time: device loss and timing of one test must not be another's.
  concurrency: 1,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 240_000,
  testFramework: { config: { ui: 'bdd', timeout: '60000' } },
  reporters: [defaultReporter({ reportTestProgress: false }), countReporter()],
  browsers: [
    playwrightLauncher({
      launchOptions: await browserOptions(),
      createBrowserContext: ({ browser }) => browser.newContext({ viewport: { width: 1280, height: 720 } }),
    }),
  ],
  middleware: [
    async (context, next) => {
      for (const [name, value] of isolationHeaders) context.set(name, String(value));
      if (context.path === '/' || context.path.startsWith('/__web')) return next();
      await new Promise((resolve, reject) => {
        context.respond = false;
        context.res.statusCode = 200;
        context.res.once('close', () => resolve(undefined));
        vite.middlewares(context.req, context.res, (/** @type {unknown} */ error) => {
          if (error) reject(error);
          else {
            context.respond = true;
            resolve(next());
          }
        });
      });
    },
  ],
  plugins: [{ name: 'close-vite', serverStop: () => vite.close() }],
};
