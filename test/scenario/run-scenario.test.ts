import { expect } from 'chai';
import { Machine } from '../../src/machine/machine.ts';
import { CompileError } from '../../src/machine/machine-types.ts';
import { runScenario } from '../../src/scenario/run-scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { driver, MINI } from '../support/drivers.ts';

const scenario: Scenario = {
  name: 'three frames',
  machine: { width: 800, height: 600, ramMiB: 32 },
  refreshes: 600,
  expect: [
    { kind: 'size', width: 800, height: 600, text: 'the size that was asked for' },
    { kind: 'figure', figure: 'frames', atLeast: 3, text: 'three frames' },
    {
      kind: 'calls',
      function: 'VideoPortReleaseCommonBuffer',
      from: 'HwVidSetPowerState',
      atLeast: 5,
      text: 'five buffers given back at the end',
    },
  ],
};
const boot = Machine.boot;
const quick = { engine: 'software', pacing: 'unpaced' } as const;

describe('running a scenario', () => {
  it('boots the machine that it asks for, and ends when everything is met', async () => {
    const { result, report } = await runScenario(boot, { source: MINI, ...quick }, scenario);
    expect(result).to.deep.include({ name: 'three frames', passed: true });
    expect(result.checks).to.have.length(5);
    expect(report.shutdown).to.equal('complete');
  });

  it('ends when its refreshes are over, and when it is told to', async () => {
    const never: Scenario = {
      ...scenario,
      refreshes: 5,
      expect: [{ kind: 'log', contains: 'never said', text: 'said' }],
    };
    const { result } = await runScenario(boot, { source: MINI, ...quick }, never);
    expect(result.checks.map(({ passed }) => passed)).to.deep.equal([false, true, true]);
    const soon = AbortSignal.timeout(100);
    const cut = await runScenario(boot, { source: MINI, ...quick }, { ...never, refreshes: 1_000_000 }, soon);
    expect(cut.result.passed).to.equal(false);
  });

  it('tells of a driver that does not start, and rejects for one that does not compile', async () => {
    const { result, state } = await runScenario(boot, { source: driver('return 1;'), ...quick }, scenario);
    expect(state).to.equal('failed');
    expect(result.checks[3]?.actual).to.contain('it did not start');
    const broken = await runScenario(boot, { source: 'const = 1;', ...quick }, scenario).catch((error) => error);
    expect(broken).to.be.instanceOf(CompileError);
  });
});
