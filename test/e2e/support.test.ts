import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type BuiltSite, serveBuiltSite } from './built-site.ts';

/** Slow machines are slow; a wait this long has failed. */
const PATIENCE = 45_000;

describe('the page in a browser that lacks something', () => {
  let site: BuiltSite;
  before(async () => {
    site = await serveBuiltSite({ headers: {} });
  });
  after(() => site?.close());

  it('without cross-origin isolation and without service workers explains what the server must send, and stays usable', async () => {
    const page = await site.context.newPage();
    await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    await page.goto(site.url);
    await page.getByText('Cross-Origin-Embedder-Policy').first().waitFor({ timeout: PATIENCE });
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);
    assert.equal(await page.locator('iframe').count(), 0);
    assert.ok(await page.getByText('DriverEntry').first().isVisible());
    await page.close();
  });

  it('without WebGPU runs the software engine, says so, and tells how to get WebGPU', async () => {
    const page = await site.context.newPage();
    // What a browser without WebGPU looks like, in the page and in the machine's frame alike.
    await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
    await page.goto(site.url);
    await page.getByText('Running', { exact: true }).first().waitFor({ timeout: PATIENCE });
    const notice = page.getByText(/software engine/i).first();
    await notice.waitFor({ timeout: PATIENCE });
    assert.ok((await page.getByText(/WebGPU/).count()) > 0);
    await page.close();
  });
});
