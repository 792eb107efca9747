import type { MachineStats } from '../machine/machine-types.ts';

/** One number for each counter of {@link MachineStats}. */
export type Rates = { readonly [Name in keyof MachineStats]: number };

interface Sample {
  readonly at: number;
  readonly stats: MachineStats;
}

const names = [
  'frames',
  'vblanks',
  'interrupts',
  'dpcs',
  'doorbells',
  'fences',
  'dmaReadBytes',
  'dmaWriteBytes',
  'calls',
] as const satisfies readonly (keyof MachineStats)[];

/** @returns for each counter `of(name)` */
function forEachCounter(of: (name: keyof MachineStats) => number): Rates {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Rates;
}

/**
 * Turns the counters that a machine reports about four times a second into rates.
 * The figures are taken over the last second (the sum of the successive differences in it), because a quarter of a
 * second holds only 15 frames and would make 60 frames per second jump between 56 and 64.
 */
export class RateMeter {
  readonly #windowMs: number;
  #samples: Sample[] = [];
  #latestChange: Rates | null = null;

  /** @param windowMs how far back the rates look, in milliseconds */
  constructor(windowMs = 1000) {
    this.#windowMs = windowMs;
  }

  /** The last counters, as they came. */
  get totals(): MachineStats | null {
    return this.#samples.at(-1)?.stats ?? null;
  }

  /** Per second; null until two samples are there. */
  get rates(): Rates | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at <= first.at) return null;
    const seconds = (last.at - first.at) / 1000;
    return forEachCounter((name) => (last.stats[name] - first.stats[name]) / seconds);
  }

  /** By how much each counter grew between the last two samples; null until two are there. */
  get latestChange(): Rates | null {
    return this.#latestChange;
  }

  /**
   * Takes the counters as they stood at `at`.
   * @param at milliseconds, as `performance.now()` gives them
   */
  push(stats: MachineStats, at: number): void {
    const previous = this.#samples.at(-1);
    // Counters only grow: smaller ones are another machine's, and a difference between two machines means nothing.
    if (previous && names.some((name) => stats[name] < previous.stats[name])) this.reset();
    const before = this.#samples.at(-1);
    this.#latestChange = before ? forEachCounter((name) => stats[name] - before.stats[name]) : null;
    this.#samples.push({ at, stats });
    // The oldest sample kept is the youngest one that is a whole window old.
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) <= at - this.#windowMs) this.#samples.shift();
  }

  /** Forgets everything: another machine's counters come next. */
  reset(): void {
    this.#samples = [];
    this.#latestChange = null;
  }
}
