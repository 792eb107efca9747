import { expect } from 'chai';
import fc from 'fast-check';
import { applyDelta, encodeDelta } from '../../src/link/line-delta.ts';

/** Texts of few different lines, so that they share many. */
const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', 'déjà \u{1f9ea}', 'x\r'), { maxLength: 40 });
const text = fc.tuple(lines, fc.boolean()).map(([all, end]) => all.join('\n') + (end ? '\n' : ''));

describe('deltas between texts', () => {
  it('lead from any text to any other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applyDelta(before, encodeDelta(before, after))).to.equal(after);
      }),
      { numRuns: 500 },
    );
  });

  it('are no bytes between equal texts', () => {
    fc.assert(
      fc.property(text, (same) => {
        expect(encodeDelta(same, same)).to.have.length(0);
      }),
    );
  });

  it('hold little more than the line that was changed', () => {
    const before = Array.from({ length: 600 }, (_, index) => `line ${index}\n`).join('');
    const after = before.replace('line 300', 'another line').replace('line 500\n', '');
    expect(encodeDelta(before, after).length).to.be.below(30);
  });

  it('lead also between texts that have nothing in common', () => {
    const before = Array.from({ length: 900 }, (_, index) => `a${index}`).join('\n');
    const after = Array.from({ length: 900 }, (_, index) => `b${index}`).join('\n');
    expect(applyDelta(before, encodeDelta(before, after))).to.equal(after);
  });

  it('never throw on bytes that are none', () => {
    fc.assert(
      fc.property(text, fc.uint8Array({ maxLength: 40 }), (before, bytes) => {
        expect(applyDelta(before, bytes)).to.satisfy((value: unknown) => value === null || typeof value === 'string');
      }),
    );
  });
});
