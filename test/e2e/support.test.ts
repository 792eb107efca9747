import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPage } from '../../src/headless/browser-page.ts';

describe('the page in a browser that lacks something', () => {
  it('without cross-origin isolation and without service workers explains what the server must send, and stays usable', async () => {
    const opened = await openPage('index.html');
    try {
      // Another visitor: the first one's service worker may stand between a reload and the server by now.
      const visitor = await opened.page.context().browser()?.newContext({ serviceWorkers: 'block' });
      assert.ok(visitor);
      const page = await visitor.newPage();
      await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
      const isolation = ['document-isolation-policy', 'cross-origin-opener-policy', 'cross-origin-embedder-policy'];
      await page.route('**/*', async (route) => {
        const response = await route.fetch();
        const headers = Object.fromEntries(
          Object.entries(response.headers()).filter(([name]) => !isolation.includes(name)),
        );
        await route.fulfill({ response, headers });
      });
      await page.goto(opened.page.url());
      await page.getByText('Cross-Origin-Embedder-Policy').first().waitFor();
      assert.equal(await page.evaluate(() => crossOriginIsolated), false);
      assert.equal(await page.locator('iframe').count(), 0);
      assert.ok(await page.getByText('DriverEntry').first().isVisible());
      // What the page still fetches in the background must not fail the test when the page closes.
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    } finally {
      await opened.close();
    }
  });

  it('without WebGPU runs the software engine, says so, and tells how to get WebGPU', async () => {
    const opened = await openPage('index.html');
    try {
      const { page } = opened;
      // What a browser without WebGPU looks like, in the page and in the machine's frame alike.
      await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
      await page.reload();
      await page.getByText('Running', { exact: true }).first().waitFor();
      assert.ok(
        await page
          .getByText(/software engine/i)
          .first()
          .isVisible(),
      );
      assert.ok((await page.getByText(/WebGPU/).count()) > 0);
    } finally {
      await opened.close();
    }
  });

  it('with everything shows mini’s frames, moving', async () => {
    const opened = await openPage('index.html');
    try {
      const { page } = opened;
      await page.getByText('Running', { exact: true }).first().waitFor();
      const monitor = page.locator('iframe').first();
      await page.waitForTimeout(1000);
      const first = await monitor.screenshot();
      await page.waitForTimeout(500);
      assert.notDeepEqual(await monitor.screenshot(), first);
    } finally {
      await opened.close();
    }
  });
});
