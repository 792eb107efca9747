/**
 * How fast pages are allocated and freed while many blocks live, beside two ways of doing without: a general-purpose
 * allocator from the registry, and a bitmap searched from the start. All three serve the same requests in the same run.
 */
import { MemPool } from '@thi.ng/malloc';
import { NO_PAGE, PageAllocator } from '../src/memory/page-allocator.ts';
import type { Row } from './row.ts';

const MAX_COUNT = 64;
const LIVE = [64, 1024, 8192] as const;
const RATE_TARGET = 10;
const SPREAD_TARGET = 30;
const ROUNDS = 7;
/** About how long each candidate churns in a round. */
const ROUND_MS = 60;
const REQUESTS = 65536;

/** What is measured. `allocate` returns a handle that `free` takes, and throws when there is no room. */
interface Candidate {
  allocate(count: number): number;
  free(handle: number, count: number): void;
}

const noRoom = (name: string): never => {
  throw new Error(`pageAllocatorBench: ${name} has no room left, so its figures would mean nothing`);
};

class Binned implements Candidate {
  readonly #allocator: PageAllocator;
  constructor(pages: number) {
    this.#allocator = new PageAllocator(pages);
  }
  allocate(count: number): number {
    const page = this.#allocator.allocate(count);
    return page === NO_PAGE ? noRoom('PageAllocator') : page;
  }
  free(page: number): void {
    this.#allocator.free(page);
  }
}

/** MemPool keeps a header in each block, so a page is 64 of its bytes; it gets a tenth more room to make up for that. */
class Pool implements Candidate {
  readonly #pool: MemPool;
  constructor(pages: number) {
    this.#pool = new MemPool({ size: Math.ceil(pages * 1.1) * 64 + 4096, align: 16 });
  }
  allocate(count: number): number {
    return this.#pool.malloc(count * 64) || noRoom('MemPool');
  }
  free(address: number): void {
    if (!this.#pool.free(address)) throw new Error(`pageAllocatorBench: MemPool did not know block ${address}`);
  }
}

/** A bit for each page, looked at a word at a time wherever a whole word is the same. */
class Bitmap implements Candidate {
  readonly #pages: number;
  readonly #words: Int32Array;
  constructor(pages: number) {
    this.#pages = pages;
    this.#words = new Int32Array(Math.ceil(pages / 32));
  }
  allocate(count: number): number {
    let page = this.#next(0, 0);
    while (page + count <= this.#pages) {
      const end = this.#next(page, -1);
      if (end - page >= count) {
        this.#flip(page, count);
        return page;
      }
      page = this.#next(end, 0);
    }
    return noRoom('the bitmap');
  }
  free(page: number, count: number): void {
    this.#flip(page, count);
  }
  /** The first page from `page` on that is free (`wanted` 0) or used (−1). */
  #next(page: number, wanted: 0 | -1): number {
    // Bits that are not as wanted become 0, and those before `page` too.
    let found = ~((this.#words[page >>> 5] ?? 0) ^ wanted) & (-1 << (page & 31));
    let word = page >>> 5;
    while (found === 0) {
      if (++word >= this.#words.length) return this.#pages;
      found = ~((this.#words[word] as number) ^ wanted);
    }
    return Math.min(this.#pages, word * 32 + 31 - Math.clz32(found & -found));
  }
  #flip(page: number, count: number): void {
    let at = page;
    while (at < page + count) {
      const bits = Math.min(32 - (at & 31), page + count - at);
      this.#words[at >>> 5] = (this.#words[at >>> 5] as number) ^ ((-1 >>> (32 - bits)) << (at & 31));
      at += bits;
    }
  }
}

/** The same pseudo-random requests for everyone: which block is freed, and how many pages are then allocated. */
function requests(live: number): { slots: Uint16Array; counts: Uint8Array } {
  const slots = new Uint16Array(REQUESTS);
  const counts = new Uint8Array(REQUESTS);
  let bits = 0x2545f491;
  const next = (): number => {
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    return bits >>> 0;
  };
  for (let i = 0; i < REQUESTS; i++) {
    slots[i] = next() % live;
    counts[i] = 1 + (next() % MAX_COUNT);
  }
  return { slots, counts };
}

/** A candidate with its live blocks: every step frees a random one and allocates another of a random size. */
class Churn {
  /** Of each round, in millions of operations a second; a step is two. */
  readonly #rates: number[] = [];
  readonly #candidate: Candidate;
  readonly #slots: Uint16Array;
  readonly #counts: Uint8Array;
  readonly #handles: Int32Array;
  readonly #sizes: Uint8Array;
  #at = 0;
  readonly #stepsPerRound: number;

  constructor(candidate: Candidate, live: number) {
    this.#candidate = candidate;
    ({ slots: this.#slots, counts: this.#counts } = requests(live));
    this.#handles = new Int32Array(live);
    this.#sizes = this.#counts.slice(0, live);
    for (let slot = 0; slot < live; slot++) this.#handles[slot] = candidate.allocate(this.#sizes[slot] as number);

    // Until most of the first blocks are gone there are few holes between them, which flatters whoever searches holes.
    let steps = live * 2;
    let elapsed = this.#time(steps);
    // The fast ones then need more steps than that, to be compiled and for the clock to see them.
    while (elapsed < ROUND_MS / 2) {
      steps *= 2;
      elapsed = this.#time(steps);
    }
    this.#stepsPerRound = Math.ceil((steps * ROUND_MS) / elapsed);
  }

  get medianRate(): number {
    return median(this.#rates);
  }

  round(): void {
    this.#rates.push((2 * this.#stepsPerRound) / this.#time(this.#stepsPerRound) / 1000);
  }

  /** Milliseconds that so many steps take. */
  #time(steps: number): number {
    const start = performance.now();
    for (let i = 0; i < steps; i++) {
      const at = this.#at++ & (REQUESTS - 1);
      const slot = this.#slots[at] as number;
      const size = this.#counts[at] as number;
      this.#candidate.free(this.#handles[slot] as number, this.#sizes[slot] as number);
      this.#handles[slot] = this.#candidate.allocate(size);
      this.#sizes[slot] = size;
    }
    return performance.now() - start;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] as number;
}

/** How far, in percent, the rates stray from the first at most. */
function spread(rates: readonly number[]): number {
  const [first = 0] = rates;
  return Math.max(...rates.map((rate) => Math.abs(rate / first - 1) * 100));
}

/**
 * Churns with 64, 1,024 and 8,192 live blocks of 1 to 64 pages in a range about half full. One operation is one
 * allocation or one release. Each figure is the median of {@link ROUNDS} rounds, and the rounds of all candidates
 * alternate, so that a busy moment of the machine hits all alike. Takes about 10 s; throws when a candidate runs out of room.
 */
export async function pageAllocatorBench(): Promise<Row[]> {
  const churns = LIVE.map((live) => ({
    live,
    binned: new Churn(new Binned(live * MAX_COUNT), live),
    pool: new Churn(new Pool(live * MAX_COUNT), live),
    bitmap: new Churn(new Bitmap(live * MAX_COUNT), live),
  }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { binned, pool, bitmap } of churns) {
      binned.round();
      pool.round();
      bitmap.round();
      // Lets the page answer, and the collector run outside the rounds.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  const rows = churns.flatMap(({ live, binned, pool, bitmap }) =>
    (
      [
        ['@thi.ng/malloc MemPool', pool],
        ['bitmap, first fit', bitmap],
      ] as const
    ).map(([baseline, churn]): Row => {
      const value = binned.medianRate;
      const baselineValue = churn.medianRate;
      return {
        name: `page allocator beside ${baseline}, ${live.toLocaleString('en')} live blocks`,
        value,
        unit: 'M operations/s',
        baseline,
        baselineValue,
        ratio: value / baselineValue,
        target: `≥ ${RATE_TARGET} M operations/s`,
        met: value >= RATE_TARGET,
      };
    }),
  );
  const value = spread(churns.map(({ binned }) => binned.medianRate));
  const baselineValue = spread(churns.map(({ pool }) => pool.medianRate));
  rows.push({
    name: 'page allocator, change of speed from 64 to 8,192 live blocks',
    value,
    unit: '%',
    baseline: '@thi.ng/malloc MemPool',
    baselineValue,
    ratio: value / baselineValue,
    target: `≤ ${SPREAD_TARGET} %`,
    met: value <= SPREAD_TARGET,
  });
  return rows;
}
