import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPage } from '../../src/headless/browser-page.ts';

/** As many as the page must bear without growing. */
const BOOTS = 1000;
/** What the staging rings may hold more after a thousand boots than after twenty; a thousand frames would be 75 MiB. */
const STAGING_CAP = 4 * 1024 * 1024;

describe('a page', () => {
  it(`boots and stops ${BOOTS} machines without growing in workers, frames, or live GPU bytes`, {
    timeout: 240_000,
  }, async () => {
    const opened = await openPage('test/e2e/endurance.html');
    try {
      const cdp = await opened.page.context().newCDPSession(opened.page);
      const heap = async () => {
        await cdp.send('HeapProfiler.collectGarbage');
        return (await opened.page.evaluate(() => performance.memory?.usedJSHeapSize)) ?? 0;
      };
      const boot = (count: number) =>
        Promise.race([opened.page.evaluate((n) => window.bootAndStop(n), count), opened.died]);
      const first = await boot(20);
      const heapFirst = await heap();
      const start = Date.now();
      const last = await boot(BOOTS - 20);
      console.log(`${((Date.now() - start) / (BOOTS - 20)).toFixed(1)} ms a boot, first frame and stop included`);
      // Staging slabs are kept for the next boot, up to a cap; nothing else stays.
      assert.ok(
        last.bufferBytes <= first.bufferBytes + STAGING_CAP,
        `${JSON.stringify(first)} grew to ${JSON.stringify(last)}`,
      );
      assert.equal(last.devices, 1);
      // A worker that was told to end takes a moment to be gone; one waits for the next boot, or is about to.
      for (let i = 0; i < 50 && opened.page.workers().length > 1; i++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      assert.ok(opened.page.workers().length <= 1, `${opened.page.workers().length} workers`);
      assert.equal(opened.page.frames().length, 2);
      const grown = (await heap()) - heapFirst;
      assert.ok(grown < 20 * 1024 * 1024, `the page's heap grew by ${grown} bytes`);
    } finally {
      await opened.close();
    }
  });
});
