/** The page that benchmarks run in. A new one is one more line in {@link BENCHES}. */
import type { BenchRow } from './engine-upload.ts';
import type { Row } from './row.ts';

/** A benchmark of the engines says what it was measured against in its name, and bounds only the ratio. */
function against(rows: readonly BenchRow[]): Row[] {
  return rows.map(({ name, value, unit, baseline, ratio, target }) => {
    return {
      name,
      value,
      unit,
      baseline: name.split(', against ')[1] ?? '',
      baselineValue: baseline,
      ratio,
      target: target === null ? '' : `≤ ${target}×`,
      met: target === null || ratio <= target,
    };
  });
}

/** Each benchmark by the name that `npm run bench -- NAME` takes, in the order in which they run. */
const BENCHES: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  'page-allocator': async () => (await import('./page-allocator.ts')).pageAllocatorBench(),
  'engine-upload': async () => against(await (await import('./engine-upload.ts')).benchEngineUpload()),
  'port-calls': async () => (await import('./port-calls.ts')).portCallsBench(),
  links: async () => (await import('./links.ts')).linkBench(),
  boot: async () => (await import('./boot.ts')).bootBench(),
  'engine-draw': async () => against(await (await import('./engine-draw.ts')).benchEngineDraw()),
  'engine-packets': async () => against(await (await import('./engine-packets.ts')).benchEnginePackets()),
  'engine-rectangles': async () => against(await (await import('./engine-rectangles.ts')).benchEngineRectangles()),
  'engine-doorbell': async () => against(await (await import('./engine-doorbell.ts')).benchEngineDoorbell()),
};

/** What `bench/main.ts` finds in the page. */
export interface Bench {
  readonly names: readonly string[];
  /** The GPU that WebGPU names, or why there is none. */
  adapter(): Promise<string>;
  /** Logical processors, as the page sees them. */
  readonly cores: number;
  run(name: string): Promise<readonly Row[]>;
}

declare global {
  interface Window {
    /** Set by `bench/page.ts` for `bench/main.ts`. */
    bench?: Bench;
  }
}

window.bench = {
  names: Object.keys(BENCHES),
  cores: navigator.hardwareConcurrency,
  async adapter() {
    const info = (await navigator.gpu?.requestAdapter())?.info;
    if (!info) return 'none: no WebGPU here';
    return [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(' ');
  },
  async run(name) {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`${name} is no benchmark; there are ${Object.keys(BENCHES).join(', ')}`);
    return bench();
  },
};
