import { expect } from 'chai';
import fc from 'fast-check';
import { TraceRing } from '../../src/memory/trace-ring.ts';

/** Everything that waits. */
function drained(ring: TraceRing): number[][] {
  const records: number[][] = [];
  ring.drain((...record) => records.push(record));
  return records;
}

describe('a trace ring', () => {
  it('gives back what was written, in order, and counts what found no room, however writing and reading alternate', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 30 }), (bursts) => {
        const buffer = TraceRing.buffer(8);
        const producer = new TraceRing(buffer);
        const consumer = new TraceRing(buffer);
        let next = 0;
        let dropped = 0;
        for (const burst of bursts) {
          const expected: number[][] = [];
          for (let i = 0; i < burst; i++, next++) {
            producer.push(next + 0.5, 1, next, -next);
            if (i < 8) expected.push([next + 0.5, 1, next, -next]);
            else dropped++;
          }
          expect(drained(consumer)).to.deep.equal(expected);
        }
        expect(consumer.dropped).to.equal(dropped);
      }),
    );
  });

  it('survives counters that a hostile producer wrote: never more than it holds', () => {
    const buffer = TraceRing.buffer(8);
    new Int32Array(buffer)[0] = -5;
    const ring = new TraceRing(buffer);
    expect(drained(ring).length).to.equal(8);
    expect(drained(ring)).to.deep.equal([]);
  });

  it('has a size that is a power of two', () => {
    expect(() => TraceRing.buffer(12)).to.throw(RangeError, '12');
  });
});
