import { expect } from 'chai';
import { fillGaps, gapsOf } from '../../src/lessons/gaps.ts';

const kept = `function Get(ext) {
  // [1] Return the answer,
  // and nothing else.
  //| return 0;
  const answer = 42;

  return answer;
  // [/1]
}
// a comment of its own
  // [2] Say so.
  say();
  // [/2]`;

describe('a kept driver with gaps', () => {
  it('becomes what a lesson begins with: tasks, and stand-ins where there are any', () => {
    expect(fillGaps(kept, () => false)).to.equal(`function Get(ext) {
  // [1] Return the answer,
  // and nothing else.
  return 0;
}
// a comment of its own
  // [2] Say so.`);
  });

  it('becomes the solution: tasks, and what does them', () => {
    expect(fillGaps(kept, () => true)).to.equal(`function Get(ext) {
  // [1] Return the answer,
  // and nothing else.
  const answer = 42;

  return answer;
}
// a comment of its own
  // [2] Say so.
  say();`);
  });

  it('becomes anything between', () => {
    const half = fillGaps(kept, (number) => number === 2);
    expect(half).to.contain('return 0;').and.to.contain('say();');
  });

  it('gives its gaps away one by one', () => {
    expect(gapsOf(kept)).to.deep.equal([
      { number: 1, task: 'Return the answer, and nothing else.', code: 'const answer = 42;\n\nreturn answer;' },
      { number: 2, task: 'Say so.', code: 'say();' },
    ]);
  });

  it('is refused when a gap is not closed', () => {
    expect(() => gapsOf('// [1] Never closed.\nreturn;\n// [/2]')).to.throw('gap [1] is never closed');
  });
});
