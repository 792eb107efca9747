/** The page in which `npm run soak` plays random streams on both engines. */
import fc from 'fast-check';
import { gpuContext } from '../engine/fake-cpu.ts';
import { streams } from '../engine/streams.ts';
import { Twins } from '../engine/twins.ts';

/** What came of some streams. */
export interface SoakRound {
  readonly played: number;
  /** Streams that ended in a fault, on both engines alike. */
  readonly faulted: number;
  /** Null when the engines agreed. */
  readonly failure: {
    readonly message: string;
    /** The smallest stream found that fails, and its noise: an entry of test/engine/stream-regressions.ts. */
    readonly entry: string;
  } | null;
}

/** What `main.ts` finds in the page. */
export interface Soak {
  adapter(): Promise<string>;
  /** Plays `count` streams of up to `packets` packets, the same ones for the same seed. */
  round(count: number, packets: number, seed: number): Promise<SoakRound>;
}

declare global {
  interface Window {
    /** Set by `test/soak/page.ts`. */
    soak?: Soak;
  }
}

let booted: Promise<Twins> | undefined;

window.soak = {
  async adapter() {
    return (await gpuContext()).adapter;
  },
  async round(count, packets, seed) {
    booted ??= Twins.boot();
    const twins = await booted;
    let played = 0;
    let faulted = 0;
    const property = fc.asyncProperty(streams(packets), fc.integer(), async (stream, noise) => {
      played++;
      if ((await twins.play(stream, noise)) !== 0) faulted++;
    });
    const result = await fc.check(property, { numRuns: count, seed });
    const { errors } = await gpuContext();
    if (!result.failed && errors.length === 0) return { played, faulted, failure: null };
    // A failure may leave the machines in any state.
    twins.close();
    booted = undefined;
    const message = [describe(result.errorInstance), ...errors].filter(Boolean).join('\n');
    return { played, faulted, failure: { message, entry: JSON.stringify(result.counterexample ?? []) } };
  },
};

/** What went wrong; of two states that should be one, the parts that differ. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error ?? '');
  const { actual, expected } = error as Error & { actual?: unknown; expected?: unknown };
  if (typeof actual !== 'object' || typeof expected !== 'object' || !actual || !expected) return error.message;
  const other = expected as Readonly<Record<string, unknown>>;
  const parts = Object.entries(actual).map(([name, value]) => [
    name,
    JSON.stringify(value),
    JSON.stringify(other[name]),
  ]);
  const different = parts.filter(([, webgpu, software]) => webgpu !== software);
  return different
    .map(([name, webgpu, software]) => `${name}\n  webgpu   ${webgpu}\n  software ${software}`)
    .join('\n');
}
