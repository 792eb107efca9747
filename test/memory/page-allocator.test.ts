import { expect } from 'chai';
import fc from 'fast-check';
import { NO_PAGE, PageAllocator } from '../../src/memory/page-allocator.ts';

/** What an allocator must know, in its slowest form: a flag for each page. */
class Bitmap {
  readonly used: boolean[];
  /** First page and size of each live block. */
  readonly live = new Map<number, number>();

  constructor(pages: number) {
    this.used = new Array<boolean>(pages).fill(false);
  }

  /** The lowest placement that the limits allow, or NO_PAGE. */
  firstFit(count: number, align = 1, maxPage = this.used.length - 1): number {
    for (let page = 0; page + count - 1 <= Math.min(maxPage, this.used.length - 1); page += align) {
      if (!this.used.slice(page, page + count).includes(true)) return page;
    }
    return NO_PAGE;
  }

  /** Every run of equal pages, with live blocks apart. */
  blocks(): { page: number; count: number; used: boolean }[] {
    const blocks = [];
    for (let page = 0; page < this.used.length; ) {
      const used = this.used[page] === true;
      let count = this.live.get(page) ?? 0;
      if (!used) while (this.used[page + count] === false) count++;
      blocks.push({ page, count, used });
      page += count;
    }
    return blocks;
  }
}

function expectSame(model: Bitmap, allocator: PageAllocator): void {
  const blocks = model.blocks();
  expect([...allocator.blocks()]).to.deep.equal(blocks);
  const free = blocks.filter((block) => !block.used).map((block) => block.count);
  expect(allocator.freePages).to.equal(free.reduce((sum, count) => sum + count, 0));
  expect(allocator.largestFree).to.equal(Math.max(0, ...free));
  for (let page = 0; page < model.used.length; page++) {
    expect(allocator.blockSize(page)).to.equal(model.live.get(page) ?? 0);
  }
}

type Step = fc.Command<Bitmap, PageAllocator>;

class Allocate implements Step {
  readonly count: number;
  readonly limits: { alignPages?: number; maxPage?: number } | undefined;
  constructor(count: number, limits?: { alignPages?: number; maxPage?: number }) {
    this.count = count;
    this.limits = limits;
  }
  check(): boolean {
    return true;
  }
  run(model: Bitmap, allocator: PageAllocator): void {
    const { alignPages = 1, maxPage = model.used.length - 1 } = this.limits ?? {};
    const exists = model.firstFit(this.count, alignPages, maxPage) !== NO_PAGE;
    const page = allocator.allocate(this.count, this.limits);
    expect(page !== NO_PAGE, 'a placement is found exactly when one exists').to.equal(exists);
    if (exists) {
      expect(page % alignPages).to.equal(0);
      expect(page).to.be.at.least(0);
      expect(page + this.count - 1).to.be.at.most(Math.min(maxPage, model.used.length - 1));
      expect(model.used.slice(page, page + this.count), 'pages handed out twice').to.not.include(true);
      model.used.fill(true, page, page + this.count);
      model.live.set(page, this.count);
    }
    expectSame(model, allocator);
  }
  toString(): string {
    return `allocate(${this.count}${this.limits ? `, ${JSON.stringify(this.limits)}` : ''})`;
  }
}

class FreeLive implements Step {
  readonly pick: number;
  constructor(pick: number) {
    this.pick = pick;
  }
  check(model: Readonly<Bitmap>): boolean {
    return model.live.size > 0;
  }
  run(model: Bitmap, allocator: PageAllocator): void {
    const [page, count] = [...model.live][this.pick % model.live.size] as [number, number];
    allocator.free(page);
    model.used.fill(false, page, page + count);
    model.live.delete(page);
    expectSame(model, allocator);
    expect(() => allocator.free(page)).to.throw(RangeError, `page ${page}`);
  }
  toString(): string {
    return `free(live[${this.pick}])`;
  }
}

class FreeElsewhere implements Step {
  readonly page: number;
  constructor(page: number) {
    this.page = page;
  }
  check(model: Readonly<Bitmap>): boolean {
    return !model.live.has(this.page);
  }
  run(model: Bitmap, allocator: PageAllocator): void {
    expect(() => allocator.free(this.page)).to.throw(RangeError, `page ${this.page}`);
    expectSame(model, allocator);
  }
  toString(): string {
    return `free(${this.page})`;
  }
}

const counts = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 90 }));
const limits = fc.record(
  { alignPages: fc.integer({ min: 0, max: 8 }).map((bits) => 2 ** bits), maxPage: fc.integer({ min: -1, max: 420 }) },
  { requiredKeys: [] },
);
const steps = fc.commands(
  [
    counts.map((count) => new Allocate(count)),
    fc.tuple(counts, limits).map(([count, where]) => new Allocate(count, where)),
    fc.nat(1000).map((pick) => new FreeLive(pick)),
    fc.integer({ min: -2, max: 420 }).map((page) => new FreeElsewhere(page)),
  ],
  { maxCommands: 80, size: '+1' },
);

describe('page allocator', () => {
  it('does what a bitmap would, whatever is allocated and freed, under whatever limits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), steps, (pages, commands) => {
        fc.modelRun(() => ({ model: new Bitmap(pages), real: new PageAllocator(pages) }), commands);
      }),
      { numRuns: 150 },
    );
  });

  it('is one free block again when everything has been freed, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(counts, fc.nat())), limits, (requests, where) => {
        const allocator = new PageAllocator(400);
        const taken = requests.map(([count, order], i) => ({
          page: allocator.allocate(count, i % 2 ? where : undefined),
          order,
        }));
        taken.sort((a, b) => a.order - b.order);
        for (const { page } of taken) if (page !== NO_PAGE) allocator.free(page);
        expect([...allocator.blocks()]).to.deep.equal([{ page: 0, count: 400, used: false }]);
        expect(allocator.largestFree).to.equal(400);
      }),
    );
  });

  it('finds a block of exactly the right size where rounding up would overlook it', () => {
    // 17 pages round up to the bin of 18, and 1,000,001 to one whose blocks are larger than the whole range.
    for (const pages of [17, 19, 37, 1000, 1_000_001]) {
      const allocator = new PageAllocator(pages);
      expect(allocator.allocate(pages)).to.equal(0);
      expect(allocator.largestFree).to.equal(0);
      expect(allocator.allocate(1)).to.equal(NO_PAGE);
      allocator.free(0);
      expect(allocator.largestFree).to.equal(pages);
    }
  });

  it('prefers a block that just fits to cutting up a larger one', () => {
    const allocator = new PageAllocator(1000);
    const hole = allocator.allocate(10);
    allocator.allocate(1);
    allocator.free(hole);
    expect(allocator.allocate(10)).to.equal(hole);
  });

  it('keeps its books when every page of a large range is a block of its own', () => {
    const pages = 5000;
    const allocator = new PageAllocator(pages);
    const taken = new Set<number>();
    for (let i = 0; i < pages; i++) taken.add(allocator.allocate(1));
    expect(taken.size).to.equal(pages);
    expect(allocator.allocate(1)).to.equal(NO_PAGE);
    for (let page = 0; page < pages; page += 2) allocator.free(page);
    expect(allocator.freePages).to.equal(pages / 2);
    expect(allocator.allocate(2)).to.equal(NO_PAGE);
    for (let page = 1; page < pages; page += 2) allocator.free(page);
    expect([...allocator.blocks()]).to.have.length(1);
  });

  it('serves a ceiling and an alignment from the middle of a block and gives back both ends', () => {
    const allocator = new PageAllocator(1000);
    allocator.allocate(3);
    expect(allocator.allocate(16, { alignPages: 64, maxPage: 79 })).to.equal(64);
    expect([...allocator.blocks()]).to.deep.equal([
      { page: 0, count: 3, used: true },
      { page: 3, count: 61, used: false },
      { page: 64, count: 16, used: true },
      { page: 80, count: 920, used: false },
    ]);
    expect(allocator.allocate(16, { alignPages: 64, maxPage: 79 })).to.equal(NO_PAGE);
    expect(allocator.allocate(1, { maxPage: -1 })).to.equal(NO_PAGE);
    expect(allocator.allocate(16, { alignPages: 2 ** 30 })).to.equal(NO_PAGE);
  });

  it('returns no page for more than there are, and refuses what is no count', () => {
    const allocator = new PageAllocator(8);
    for (const count of [9, 2 ** 31, 2 ** 40]) expect(allocator.allocate(count)).to.equal(NO_PAGE);
    for (const count of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => allocator.allocate(count), `${count}`).to.throw(RangeError, `not ${count}`);
    }
    expect(allocator.freePages).to.equal(8);
  });

  it('refuses limits that are none', () => {
    const allocator = new PageAllocator(8);
    for (const alignPages of [0, 3, -4, 1.5, 2 ** 31]) {
      expect(() => allocator.allocate(1, { alignPages }), `${alignPages}`).to.throw(RangeError, 'power of two');
      expect(() => allocator.allocate(9, { alignPages }), `${alignPages}`).to.throw(RangeError, 'power of two');
    }
    expect(() => allocator.allocate(1, { maxPage: Number.NaN })).to.throw(RangeError, 'maxPage');
  });

  it('refuses a range that has no pages or too many', () => {
    for (const pages of [0, -1, 1.5, 2 ** 24 + 1]) {
      expect(() => new PageAllocator(pages), `${pages}`).to.throw(RangeError, `not ${pages}`);
    }
  });
});
