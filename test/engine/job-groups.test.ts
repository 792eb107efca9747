import { expect } from 'chai';
import { JobGroups } from '../../src/engine/job-groups.ts';
import type { Rectangle } from '../../src/engine/surface.ts';

const SURFACE = 0x10000;

function square(x: number, y: number, side = 16, base = SURFACE): Rectangle {
  return { base, pitch: 16384, x, y, width: side, height: side, format: 0 };
}

/** The groups of jobs that write, and read, these. */
function groupsOf(...jobs: readonly (readonly [Rectangle | null, (Rectangle | null)?, boolean?])[]): number[] {
  const groups = new JobGroups();
  return jobs.map(([writes, read, alone = false]) => {
    const { width: columns, height: rows } = writes ?? square(0, 0);
    return groups.place({ writes, reads: read ? [read] : [], shader: 'move', alone, columns, rows });
  });
}

describe('the groups of a batch', () => {
  it('are as many as the longest chain of jobs, whatever the order', () => {
    const [a, b, c] = [square(0, 0), square(100, 0), square(200, 0)];
    expect(groupsOf([a], [a], [b], [c], [b], [a], [c])).to.deep.equal([0, 1, 0, 0, 1, 2, 1]);
  });

  it('keep writers behind readers, readers behind writers, and let readers be together', () => {
    const [a, b, c, texture] = [square(0, 0), square(100, 0), square(200, 0), square(0, 0, 16, 0x900000)];
    expect(groupsOf([a, texture], [b, texture], [texture], [c, texture])).to.deep.equal([0, 0, 1, 2]);
  });

  it('are not shared with jobs that use scratch memory, which keep their order', () => {
    const [a, b, c] = [square(0, 0), square(100, 0), square(200, 0)];
    expect(groupsOf([a], [null, a, true], [b, null, true], [c], [b])).to.deep.equal([0, 1, 2, 0, 3]);
  });

  it('hold no small job beside a large one that would have it visit as much', () => {
    const small = Array.from({ length: 12 }, (_, i) => [square(3000, i * 20)] as const);
    expect(groupsOf([square(0, 0, 2000)], ...small)).to.deep.equal([0, ...Array(7).fill(0), ...Array(5).fill(1)]);
  });
});
