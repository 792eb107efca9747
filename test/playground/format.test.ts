import { expect } from 'chai';
import fc from 'fast-check';
import { formatByteRate, formatCount, formatPlace, formatRate } from '../../src/playground/format.ts';

describe('figures', () => {
  it('prints byte rates in powers of 1024 with three digits', () => {
    expect(formatByteRate(0)).to.deep.equal({ value: '0', unit: 'B/s' });
    expect(formatByteRate(240)).to.deep.equal({ value: '240', unit: 'B/s' });
    expect(formatByteRate(640 * 480 * 4 * 60)).to.deep.equal({ value: '70.3', unit: 'MiB/s' });
    expect(formatByteRate(1023)).to.deep.equal({ value: '1.00', unit: 'KiB/s' });
  });

  it('prints rates with thousands as k', () => {
    expect(formatRate(59.94)).to.deep.equal({ value: '59.9', unit: '/s' });
    expect(formatRate(412.4)).to.deep.equal({ value: '412', unit: '/s' });
    expect(formatRate(1785)).to.deep.equal({ value: '1.78', unit: 'k/s' });
  });

  it('never needs more than four characters for a value', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (value) => {
        expect(formatRate(value).value.length).to.be.at.most(4);
        expect(formatByteRate(value).value.length).to.be.at.most(4);
      }),
    );
  });

  it('prints places as file, line and column, and nothing where there is no line', () => {
    expect(formatPlace({ file: 'mini.ts', line: 12, column: 5 })).to.equal('mini.ts:12:5');
    expect(formatPlace({ file: 'mini.ts', line: 12, column: null })).to.equal('mini.ts:12');
    expect(formatPlace({ file: null, line: null, column: null })).to.equal(null);
    expect(formatCount(1234567)).to.equal('1,234,567');
  });
});
