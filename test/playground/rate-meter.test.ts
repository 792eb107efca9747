import { expect } from 'chai';
import fc from 'fast-check';
import { RateMeter } from '../../src/playground/rate-meter.ts';
import { statsOf } from './fake-machine-host.ts';

describe('rate meter', () => {
  it('has no rates before two reports', () => {
    const meter = new RateMeter();
    expect(meter.rates).to.equal(null);
    meter.push(statsOf({ frames: 5 }), 0);
    expect(meter.rates).to.equal(null);
    expect(meter.latestChange).to.equal(null);
    expect(meter.totals?.frames).to.equal(5);
  });

  it('gives frames per second from the difference of two reports', () => {
    const meter = new RateMeter();
    meter.push(statsOf({ frames: 100, dmaReadBytes: 1000 }), 1000);
    meter.push(statsOf({ frames: 115, dmaReadBytes: 3000 }), 1250);
    expect(meter.rates?.frames).to.equal(60);
    expect(meter.rates?.dmaReadBytes).to.equal(8000);
    expect(meter.latestChange?.frames).to.equal(15);
  });

  it('looks back one second, not to the beginning', () => {
    const meter = new RateMeter();
    let frames = 0;
    for (let at = 0; at <= 5000; at += 250) {
      frames += 15;
      meter.push(statsOf({ frames }), at);
    }
    for (let at = 5250; at <= 6250; at += 250) meter.push(statsOf({ frames }), at);
    expect(meter.rates?.frames).to.equal(0);
  });

  it('starts anew when a counter falls, because then it is another machine', () => {
    const meter = new RateMeter();
    meter.push(statsOf({ frames: 100, calls: 5 }), 0);
    meter.push(statsOf({ frames: 110, calls: 4 }), 250);
    expect(meter.rates).to.equal(null);
    meter.push(statsOf({ frames: 125, calls: 5 }), 500);
    expect(meter.rates?.frames).to.equal(60);
  });

  it('agrees with the true rate of a steady counter, however unevenly the reports come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 2, maxLength: 30 }),
        (perMs, steps) => {
          const meter = new RateMeter();
          let at = 0;
          for (const step of steps) {
            at += step;
            meter.push(statsOf({ dmaReadBytes: at * perMs }), at);
          }
          expect(meter.rates?.dmaReadBytes).to.be.closeTo(perMs * 1000, 1e-6 * perMs * 1000);
        },
      ),
    );
  });
});
