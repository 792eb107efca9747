import { expect } from 'chai';
import { drawDescription, drawSignature } from '../../src/playground/editor/type-tooltip.ts';

const documentation = {
  text: 'Waits <b>without</b> giving the processor away.',
  rows: [
    { term: 'Microseconds', text: 'how long' },
    { term: 'Other', text: 'not now' },
    { term: 'IRQL', text: 'any' },
  ],
  links: ['https://learn.microsoft.com/windows-hardware/x', 'https://example.org/driver'],
};

describe('boxes of the type service', () => {
  it('show a row for each parameter, and links that open beside the page and tell it nothing', () => {
    const box = drawDescription({ code: 'VideoPortStallExecution(Microseconds: number): void', documentation });
    expect([...box.querySelectorAll('dt')].map((term) => term.textContent)).to.deep.equal([
      'Microseconds',
      'Other',
      'IRQL',
    ]);
    const links = [...box.querySelectorAll('a')];
    expect(links.map((link) => link.textContent)).to.deep.equal(['Microsoft’s page', 'https://example.org/driver']);
    for (const link of links) {
      expect(link.target).to.equal('_blank');
      expect(link.relList.contains('noopener')).to.equal(true);
    }
  });

  it('take nothing of a doc comment for markup', () => {
    const box = drawDescription({ code: '<i>x</i>', documentation });
    expect(box.querySelector('b, i')).to.equal(null);
    expect(box.textContent).to.contain('<b>without</b>');
  });

  it('tell of a call the parameter that is being written, the IRQL and no other', () => {
    const call = { before: 'f(', parameters: ['Microseconds: number', 'Other: number'], after: '): void' };
    const box = drawSignature({ ...call, from: 0, active: 0, documentation });
    expect(box.querySelector('code')?.textContent).to.equal('f(Microseconds: number, Other: number): void');
    expect(box.querySelector('code b')?.textContent).to.equal('Microseconds: number');
    expect([...box.querySelectorAll('dt')].map((term) => term.textContent)).to.deep.equal(['Microseconds', 'IRQL']);
  });
});
