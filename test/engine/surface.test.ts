import { expect } from 'chai';
import fc from 'fast-check';
import { mayOverlap, pixelBytes, type Rectangle } from '../../src/engine/surface.ts';

const rectangle = (pitch: fc.Arbitrary<number>): fc.Arbitrary<Rectangle> =>
  fc
    .record({
      base: fc.integer({ min: -40, max: 200 }).map((word) => word * 4),
      pitch,
      x: fc.nat(12),
      y: fc.nat(6),
      width: fc.integer({ min: 1, max: 16 }),
      height: fc.integer({ min: 1, max: 7 }),
      format: fc.nat(3),
    })
    .filter(({ x, width, format, pitch }) => (x + width) * pixelBytes(format) <= pitch);

/** Every word that a rectangle touches. */
function wordsOf({ base, pitch, x, y, width, height, format }: Rectangle): Set<number> {
  const words = new Set<number>();
  for (let row = y; row < y + height; row++) {
    for (let byte = x * pixelBytes(format); byte < (x + width) * pixelBytes(format); byte++) {
      words.add(Math.floor((base + row * pitch + byte) / 4));
    }
  }
  return words;
}

const share = (a: Rectangle, b: Rectangle) => [...wordsOf(a)].some((word) => wordsOf(b).has(word));
const pitches = fc.constantFrom(4, 8, 12, 16, 32, 48, 64, 100);

describe('two rectangles of surfaces', () => {
  it('of the same pitch overlap if, and only if, a word is in both, wherever their surfaces begin', () => {
    const pair = pitches.chain((pitch) => fc.tuple(rectangle(fc.constant(pitch)), rectangle(fc.constant(pitch))));
    fc.assert(
      fc.property(pair, ([a, b]) => mayOverlap(a, b) === share(a, b)),
      { numRuns: 3000 },
    );
  });

  it('of which one has no gaps, likewise', () => {
    const row = rectangle(pitches).map((one) => ({ ...one, height: 1 }));
    fc.assert(
      fc.property(row, rectangle(pitches), (a, b) => {
        expect(mayOverlap(a, b)).to.equal(share(a, b));
        expect(mayOverlap(b, a)).to.equal(share(a, b));
      }),
      { numRuns: 3000 },
    );
  });

  it('of different pitches are never taken for apart when they are not', () => {
    fc.assert(
      fc.property(rectangle(pitches), rectangle(pitches), (a, b) => mayOverlap(a, b) || !share(a, b)),
      { numRuns: 3000 },
    );
  });
});
