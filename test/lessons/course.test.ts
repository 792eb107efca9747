import { expect } from 'chai';
import { course } from '../../src/lessons/course.ts';
import { loadLesson } from '../../src/lessons/load-lesson.ts';
import { Machine } from '../../src/machine/machine.ts';
import { runScenario } from '../../src/scenario/run-scenario.ts';

const boot = Machine.boot;

describe('the lessons', () => {
  it('are known by ids that do not change: browsers keep the visitor’s work under them', () => {
    expect(course.map(({ id }) => id)).to.deep.equal([
      'common-buffer',
      'ring',
      'doorbell',
      'fence',
      'interrupt',
      'double-buffer',
      'scatter-gather',
      'command-ring',
    ]);
  });

  for (const { id, scenario } of course) {
    it(`${id}: the solution does what the lesson wants`, async () => {
      const { solution } = await loadLesson(id);
      const { result } = await runScenario(boot, { source: solution, fileName: `${id}.ts` }, scenario);
      expect(result.checks.filter(({ passed }) => !passed)).to.deep.equal([]);
    });

    it(`${id}: the driver that it begins with runs and breaks no rule, but does not do it`, async () => {
      const { beginning } = await loadLesson(id);
      const driver = { source: beginning, fileName: `${id}.ts`, engine: 'software', pacing: 'unpaced' } as const;
      // What is missing does not come by waiting.
      const { result, report, state } = await runScenario(boot, driver, { ...scenario, refreshes: 20 });
      expect([state, report.shutdown]).to.deep.equal(['running', 'complete']);
      expect(report.findings).to.deep.equal([]);
      const failed = result.checks.filter(({ passed }) => !passed);
      expect(failed.length).to.be.above(0);
      for (const { actual } of failed) expect(actual).not.to.equal('');
    });
  }
});
