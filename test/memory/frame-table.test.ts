import { expect } from 'chai';
import fc from 'fast-check';
import { FrameTable } from '../../src/memory/frame-table.ts';

const LEGACY_FRAMES = 256;

function machine(pages: number, seed = 1, frames = pages * 2) {
  const shared = new Int32Array(new SharedArrayBuffer(frames * 4));
  return { shared, frames, table: new FrameTable(pages, frames, shared, seed) };
}

/** Frame → page and page → frame are each other's inverse, here and in the device's copy; returns the frames in use. */
function expectBijection({ shared, frames, table }: ReturnType<typeof machine>, pages: number): number {
  let used = 0;
  for (let frame = 0; frame < frames; frame++) {
    const page = table.pageOf(frame);
    expect(shared[frame]).to.equal(page + 1);
    if (page === -1) continue;
    used++;
    expect(frame).to.be.at.least(LEGACY_FRAMES);
    expect(table.frameOf(page)).to.equal(frame);
  }
  const mapped = table.framesOf(0, pages).filter((frame) => frame !== -1);
  expect(mapped.length).to.equal(used);
  return used;
}

describe('frame table', () => {
  it('keeps frames and pages each other’s inverse, through any mapping and unmapping', () => {
    const pages = 512;
    const step = fc.record({
      contiguous: fc.boolean(),
      first: fc.nat(pages - 1),
      count: fc.integer({ min: 1, max: 96 }),
      highest: fc.integer({ min: 0, max: 1100 }),
      align: fc.constantFrom(1, 1, 2, 16, 64),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, seed) => {
        const { table, shared, frames } = machine(pages, seed);
        const owner = new Array<boolean>(pages).fill(false);
        for (const { contiguous, first, count: wanted, highest, align } of steps) {
          const count = Math.min(wanted, pages - first);
          const mapped = owner.slice(first, first + count);
          if (!mapped.includes(false)) {
            table.unmap(first, count);
            owner.fill(false, first, first + count);
          } else if (mapped.includes(true)) {
            const before = table.framesOf(0, pages);
            expect(() => table.unmap(first, count)).to.throw(/not mapped/);
            expect(() => table.mapScattered(first, count)).to.throw(/mapped already/);
            expect(() => table.mapContiguous(first, count, frames)).to.throw(/mapped already/);
            expect(table.framesOf(0, pages)).to.deep.equal(before);
          } else {
            const done = contiguous
              ? table.mapContiguous(first, count, highest, align)
              : table.mapScattered(first, count);
            if (!contiguous) expect(done, 'every page has a frame').to.equal(true);
            owner.fill(done, first, first + count);
          }
          const used = expectBijection({ table, shared, frames }, pages);
          expect(used).to.equal(owner.filter(Boolean).length);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('scatters: neighbours get frames far apart, and no page the frame of its own number', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 900 }), fc.constantFrom(1400, 2048), (seed, busy, count) => {
        const { table } = machine(1024, seed, count);
        if (busy > 0) table.mapScattered(0, busy);
        expect(table.mapScattered(busy, 64)).to.equal(true);
        const frames = table.framesOf(busy, 64);
        for (const [i, frame] of frames.entries()) {
          expect(frame).to.not.equal(busy + i);
          if (i > 0) expect(Math.abs(frame - (frames[i - 1] as number))).to.be.above(8);
        }
      }),
    );
  });

  it('keeps a page that is mapped between two others away from both', () => {
    const { table } = machine(1024, 7);
    table.mapScattered(0, 600);
    for (let page = 1; page < 599; page++) {
      table.unmap(page, 1);
      table.mapScattered(page, 1);
      for (const neighbour of [page - 1, page + 1]) {
        expect(Math.abs(table.frameOf(page) - table.frameOf(neighbour))).to.be.above(8);
      }
    }
  });

  it('gives the same frames for the same seed, and others for another', () => {
    const framesFor = (seed: number) => {
      const { table } = machine(1024, seed);
      table.mapScattered(16, 200);
      return [...table.framesOf(16, 200)];
    };
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(framesFor(seed)).to.deep.equal(framesFor(seed));
        expect(framesFor(seed)).to.not.deep.equal(framesFor(seed + 1));
      }),
      { numRuns: 30 },
    );
  });

  it('finds the lowest run of consecutive frames, aligned and under the ceiling, exactly when there is one', () => {
    const request = fc.record({
      count: fc.integer({ min: 1, max: 60 }),
      highest: fc.integer({ min: 200, max: 1100 }),
      align: fc.constantFrom(1, 1, 4, 32),
    });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), fc.nat(300), (requests, busy) => {
        const { table, frames } = machine(512, busy);
        if (busy > 0) table.mapScattered(0, busy);
        let page = busy;
        for (const { count, highest, align } of requests) {
          if (page + count > 512) break;
          let expected = -1;
          for (let start = LEGACY_FRAMES; start + count - 1 <= Math.min(highest, frames - 1); start++) {
            if (start % align !== 0 || start === page) continue;
            const run = Array.from({ length: count }, (_, i) => table.pageOf(start + i));
            if (run.every((owner) => owner === -1)) {
              expected = start;
              break;
            }
          }
          expect(table.mapContiguous(page, count, highest, align)).to.equal(expected !== -1);
          const wanted = Array.from({ length: count }, (_, i) => (expected === -1 ? -1 : expected + i));
          expect([...table.framesOf(page, count)]).to.deep.equal(wanted);
          page += count;
        }
      }),
    );
  });

  it('leaves long runs for contiguous requests, however much is mapped scattered', () => {
    const { table } = machine(4096);
    table.mapScattered(0, 2048);
    expect(table.mapContiguous(2048, 2048, 4095)).to.equal(true);
  });

  it('never gives contiguous pages the frames of their own numbers', () => {
    const { table } = machine(1024);
    expect(table.mapContiguous(256, 16, 2047)).to.equal(true);
    expect(table.frameOf(256)).to.equal(257);
  });

  it('can give every page of RAM a frame, and again after taking all of them back', () => {
    const pages = 2048;
    const { table, shared, frames } = machine(pages);
    for (let round = 0; round < 3; round++) {
      expect(table.mapContiguous(0, 1500, frames)).to.equal(true);
      table.unmap(0, 1500);
      expect(table.mapScattered(0, pages)).to.equal(true);
      expect(expectBijection({ table, shared, frames }, pages)).to.equal(pages);
      table.unmap(0, pages);
      expect(shared.every((word) => word === 0)).to.equal(true);
    }
  });

  it('maps nothing when frames run out', () => {
    const { table, shared } = machine(100, 1, LEGACY_FRAMES + 10);
    expect(table.mapScattered(0, 11)).to.equal(false);
    expect(table.mapContiguous(0, 11, 1000)).to.equal(false);
    expect(shared.every((word) => word === 0)).to.equal(true);
    expect(table.mapScattered(0, 10)).to.equal(true);
    expect(table.mapContiguous(20, 1, 1000)).to.equal(false);
  });

  it('answers −1 for what is no page or no frame', () => {
    const { table, frames } = machine(256);
    for (const page of [-1, 0, 256]) expect(table.frameOf(page)).to.equal(-1);
    for (const frame of [-1, 0, 300, frames]) expect(table.pageOf(frame)).to.equal(-1);
    expect([...table.framesOf(0, 3)]).to.deep.equal([-1, -1, -1]);
  });

  it('refuses pages outside RAM and arguments that are none', () => {
    const { table, shared } = machine(256);
    for (const [first, count] of [
      [-1, 1],
      [0, 0],
      [0, 257],
      [256, 1],
      [1.5, 1],
    ] as const) {
      expect(() => table.mapScattered(first, count)).to.throw(RangeError, 'mapScattered');
      expect(() => table.mapContiguous(first, count, 500)).to.throw(RangeError, 'mapContiguous');
      expect(() => table.unmap(first, count)).to.throw(RangeError, 'unmap');
      expect(() => table.framesOf(first, count)).to.throw(RangeError, 'framesOf');
    }
    for (const align of [0, 3, -2, 0.5]) {
      expect(() => table.mapContiguous(0, 1, 500, align), `${align}`).to.throw(RangeError, 'alignFrames');
    }
    expect(() => new FrameTable(0, 512, shared)).to.throw(RangeError, 'ramPages');
    expect(() => new FrameTable(256, 256, shared)).to.throw(RangeError, 'frameCount');
    expect(() => new FrameTable(256, 513, shared)).to.throw(RangeError, 'sharedFrameToPage');
  });
});
