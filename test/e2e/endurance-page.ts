/** Boots and stops machines in one page, as often as it is told. */

import type { GpuHoldings } from '../../src/machine/gpu-ledger.ts';
import { Machine } from '../../src/machine/machine.ts';
import mini from '../../src/miniports/mini.ts?raw';

declare global {
  interface Performance {
    /** Chromium's own. */
    readonly memory?: { readonly usedJSHeapSize: number };
  }
  interface Window {
    /** Boots and stops `count` times, waiting for a frame each time; what the board holds of the GPU afterwards. */
    bootAndStop(count: number): Promise<GpuHoldings>;
  }
}

/** mini with one mode that is smaller than any of its own: it is the boot that is done a thousand times here, not the drawing. */
const small = mini
  .replace(/ {2}\{ width: (800|1024|1280|1920), height: \d+ \},\n/g, '')
  .replace('{ width: 640, height: 480 }', '{ width: 160, height: 120 }');

window.bootAndStop = async (count) => {
  let last: Machine | undefined;
  for (let i = 0; i < count; i++) {
    last = await Machine.boot({ source: small, engine: 'webgpu', pacing: 'unpaced', ramBytes: 8 * 1024 * 1024 });
    await last.frames(1);
    const report = await last.stop({ graceMs: 5000 });
    if (report.findings.length > 0 || report.bugCheck) throw new Error(`boot ${i}: ${JSON.stringify(report)}`);
  }
  if (!last) throw new Error('nothing was booted');
  return last.holdings();
};
