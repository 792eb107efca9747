import { expect } from 'chai';
import fc from 'fast-check';
import { SharedRing } from '../../src/memory/shared-ring.ts';

describe('shared ring', () => {
  it('gives back every message in order, whatever the interleaving and the wrapping', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ maxLength: 40 }), { nil: null })), (steps) => {
        const buffer = SharedRing.buffer(128);
        const producer = new SharedRing(buffer);
        const consumer = new SharedRing(buffer);
        const expected: string[] = [];
        for (const step of steps) {
          if (step === null) expect(consumer.shift()).to.equal(expected.shift());
          else if (producer.push(step)) expected.push(step);
        }
        for (const message of expected) expect(consumer.shift()).to.equal(message);
        expect(consumer.empty).to.equal(true);
      }),
    );
  });

  it('refuses a message for which there is no room, and counts it', () => {
    const ring = new SharedRing(SharedRing.buffer(16));
    expect(ring.push('a long message that does not fit')).to.equal(false);
    expect(ring.refused).to.equal(1);
    expect(ring.empty).to.equal(true);
  });

  it('throws on a damaged message and is empty afterwards', () => {
    const buffer = SharedRing.buffer(64);
    const ring = new SharedRing(buffer);
    ring.push('good');
    new Uint32Array(buffer)[4] = 0xffff_ffff;
    expect(() => ring.shift()).to.throw(/damaged/);
    expect(ring.empty).to.equal(true);
    expect(ring.push('next')).to.equal(true);
    expect(ring.shift()).to.equal('next');
  });

  it('refuses a capacity that is no power of two', () => {
    expect(() => SharedRing.buffer(100)).to.throw(RangeError);
  });
});
