import { expect } from 'chai';
import fc from 'fast-check';
import { gpuContext } from './fake-cpu.ts';
import { STREAM_REGRESSIONS } from './stream-regressions.ts';
import { streams } from './streams.ts';
import { Twins } from './twins.ts';

/** Streams that are tried, and packets in each, and in each of its lists, at most. `npm run soak` tries as many as one likes. */
const STREAMS = 2000;
const MAX_PACKETS = 7;

describe('the two engines', () => {
  it(`leave the same memory, registers, fences and faults after each of ${STREAMS} streams, and no guard byte changes`, async function () {
    this.timeout(200_000);
    const twins = await Twins.boot();
    let faulted = 0;
    await fc.assert(
      fc.asyncProperty(streams(MAX_PACKETS), fc.integer(), async (stream, seed) => {
        if ((await twins.play(stream, seed)) !== 0) faulted++;
      }),
      { numRuns: STREAMS, endOnFailure: true, examples: [...STREAM_REGRESSIONS] },
    );
    // Streams that all run through, or all fault at once, would prove little.
    expect(faulted).to.be.within(STREAMS * 0.1, STREAMS * 0.8);
    twins.close();
    expect((await gpuContext()).errors).to.deep.equal([]);
  });
});
