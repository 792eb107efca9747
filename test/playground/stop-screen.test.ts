import { expect } from 'chai';
import { stopLine, stopNumber } from '../../src/playground/stop-screen.ts';

describe('stop screen', () => {
  it('prints code and four parameters as XP does', () => {
    expect(stopLine({ code: 0xe6, parameters: ['0x3', '0x20000', '0xfe000000', '0x0'] })).to.equal(
      '*** STOP: 0x000000E6 (0x00000003,0x00020000,0xFE000000,0x00000000)',
    );
  });

  it('prints four parameters even when fewer are given', () => {
    expect(stopLine({ code: 0xea, parameters: [] })).to.equal(
      '*** STOP: 0x000000EA (0x00000000,0x00000000,0x00000000,0x00000000)',
    );
  });

  it('gives a number sixteen digits when eight do not hold it, and wraps negative ones', () => {
    expect(stopNumber('0x100000000')).to.equal('0x0000000100000000');
    expect(stopNumber(-1)).to.equal('0xFFFFFFFFFFFFFFFF');
  });

  it('shows a parameter that is no number as it came', () => {
    expect(stopNumber('adapter')).to.equal('adapter');
  });
});
