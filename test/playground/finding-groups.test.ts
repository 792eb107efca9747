import { expect } from 'chai';
import { FindingGroups, groupLimit } from '../../src/playground/finding-groups.ts';
import { findingAt } from './fake-machine-host.ts';

describe('finding groups', () => {
  it('counts the same rule at the same place as one group', () => {
    const groups = new FindingGroups();
    groups.add(findingAt(9, { parameters: ['0x1', '0x0', '0x0', '0x0'] }));
    groups.add(findingAt(20));
    groups.add(findingAt(9, { parameters: ['0x2', '0x0', '0x0', '0x0'] }));
    expect(groups.list.map(({ finding, count }) => [finding.line, count])).to.deep.equal([
      [9, 2],
      [20, 1],
    ]);
  });

  it('keeps no more groups than its limit but goes on counting', () => {
    const groups = new FindingGroups();
    for (let line = 1; line <= groupLimit + 50; line++) groups.add(findingAt(line));
    expect(groups.list).to.have.length(groupLimit);
    expect(groups.total).to.equal(groupLimit + 50);
  });
});
