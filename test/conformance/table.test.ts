import { expect } from 'chai';
import { conformance, type KnownFunction, toMarkdown } from './table.ts';

const known: readonly KnownFunction[] = ['VideoPortA', 'VideoPortB'].map((name) => ({
  name,
  family: 'F',
  irql: 'any',
  reactos: 'P',
  reactosSource: '',
}));

describe('the conformance table', () => {
  it('counts a function as passed when it has rules and all pass, for every function that a title names', () => {
    const both = { title: 'VideoPortA, VideoPortB: do something (of sorts) (nf-video-videoporta)', passed: true };
    expect(conformance(known, [both])).to.include({ total: 2, passed: 2 });
    expect(conformance(known, [both, { title: 'VideoPortB: fails (docs)', passed: false }]).passed).to.equal(1);
    expect(conformance(known, [{ title: 'VideoPortA: works (docs)', passed: true }]).passed).to.equal(1);
  });
  it('counts a rule that several tests state as failed when one of them fails, whatever their order', () => {
    for (const order of [
      [true, false],
      [false, true],
    ]) {
      const outcomes = order.map((passed) => ({ title: 'VideoPortA: works (docs)', passed }));
      expect(conformance(known, outcomes).functions[0]).to.deep.include({ passed: false });
    }
  });
  it('shows the page, what was chosen, and what ReactOS does; titles that state no rule are not in it', () => {
    const text = toMarkdown(
      known,
      conformance(known, [
        { title: 'VideoPortA: works (nf-video-videoporta) [chosen: this, since that]', passed: true },
        { title: 'something else', passed: true },
      ]),
    );
    expect(text).to.match(/\| `VideoPortA` \| 1 \| ✓ 1 \| any \| partial \|/);
    expect(text).to.match(/\| `VideoPortB` \| 0 \| ✗ 0 \|/);
    expect(text).to.match(
      /- ✓ works \(\[nf-video-videoporta\]\(https:.*ddi\/video\/nf-video-videoporta\)\)\n {2}Chosen: this, since that\./,
    );
    expect(text).not.to.match(/something else/);
  });
});
