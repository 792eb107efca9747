import { expect } from 'chai';
import type { Finding, Report } from '../../src/machine/report.ts';
import type { TraceDocument, TraceEvent } from '../../src/machine/trace-document.ts';
import { isMet, judgeScenario, type Observed } from '../../src/scenario/judge.ts';
import type { Check, Expectation, Scenario } from '../../src/scenario/scenario.ts';

const finding: Finding = {
  rule: 'leak',
  code: 'leak',
  parameters: [],
  message: 'never released',
  file: 'driver.ts',
  line: 7,
  column: 1,
  callers: [],
};

/** A picture of 4×2 pixels: red, but for the last, which is green. */
const pixels = new Uint8ClampedArray(4 * 2 * 4);
for (let at = 0; at < pixels.length; at += 4) pixels.set(at === 28 ? [0, 255, 0, 255] : [255, 0, 0, 255], at);

/** HwVidInterrupt calls VideoPortQueueDpc twice; the DPC once. */
const span = (ph: 'B' | 'E', name: string) => ({ ph, name, pid: 1, tid: 1, ts: 0 });
const queue = [span('B', 'VideoPortQueueDpc'), span('E', 'VideoPortQueueDpc')];
const within = (callback: string, ...inside: readonly TraceEvent[]) => [
  span('B', callback),
  ...inside,
  span('E', callback),
];
const trace: TraceDocument = {
  traceEvents: [...within('HwVidInterrupt', ...queue, ...queue), ...within('HwVidDpcRoutine', ...queue)],
  displayTimeUnit: 'ms',
  otherData: { driver: 'driver.ts', dropped: 0 },
};

function observed(some: Partial<Report> = {}, more: Partial<Observed> = {}): Observed {
  const report: Report = {
    engine: 'software',
    adapter: 'software',
    frames: 30,
    interrupts: 31,
    dpcs: 31,
    doorbells: 45,
    fences: 0,
    dmaReadBytes: 4096,
    dmaWriteBytes: 0,
    commonBuffers: [
      { virtual: '0x10000', logical: '0x1000', length: 4096, cacheEnabled: true, released: true },
      { virtual: '0x20000', logical: '0x2000', length: 8192, cacheEnabled: true, released: false },
    ],
    findings: [],
    bugCheck: null,
    shutdown: 'complete',
    screen: { width: 4, height: 2, sha256: 'ab'.repeat(32) },
    log: ['driver info: hello there'],
    durationMs: 100,
    ...some,
  };
  return { report, screen: { width: 4, height: 2, pixels }, state: 'running', reason: '', trace, ...more };
}

const scenario = (expected: readonly Expectation[], more: Partial<Scenario> = {}): Scenario => ({
  name: 'test',
  refreshes: 60,
  expect: expected,
  ...more,
});

describe('a scenario’s expectations', () => {
  const text = 'as it should be';
  const cases: readonly (readonly [Expectation, boolean, string])[] = [
    [{ kind: 'figure', figure: 'frames', atLeast: 30, text }, true, '30 frames'],
    [{ kind: 'figure', figure: 'frames', atLeast: 31, text }, false, '30 frames'],
    [{ kind: 'figure', figure: 'frames', atMost: 29, text }, false, '30 frames'],
    [{ kind: 'figure', figure: 'doorbells', per: 'frames', atMost: 1.5, text }, true, '45 doorbells in 30 frames'],
    [{ kind: 'figure', figure: 'doorbells', per: 'frames', atMost: 1.4, text }, false, '45 doorbells in 30 frames'],
    [{ kind: 'figure', figure: 'doorbells', per: 'fences', atMost: 9, text }, false, '45 doorbells in 0 fences'],
    [{ kind: 'common-buffers', length: 4096, released: true, text }, true, '4,096 bytes (cached, released)'],
    [{ kind: 'common-buffers', length: 8192, released: true, text }, false, '8,192 bytes (cached, not released)'],
    [{ kind: 'common-buffers', atLeast: 3, text }, false, '4,096 bytes'],
    [{ kind: 'common-buffers', cacheEnabled: false, atMost: 0, text }, true, 'cached'],
    [{ kind: 'size', width: 4, height: 2, text }, true, '4×2'],
    [{ kind: 'size', width: 640, height: 480, text }, false, '4×2'],
    [{ kind: 'area', x: 0, y: 0, width: 4, height: 1, colour: '#FF0000', text }, true, '#ff0000'],
    [{ kind: 'area', x: 0, y: 0, width: 4, height: 2, colour: '#ff0000', text }, false, '3, 1 has #00ff00'],
    [{ kind: 'area', x: 1, y: 0, width: 3, height: 2, text }, false, 'while 1, 0 has #ff0000'],
    [{ kind: 'area', x: 0, y: 0, width: 3, height: 2, text }, true, 'all pixels there'],
    [{ kind: 'area', x: 2, y: 0, width: 3, height: 1, text }, false, 'the picture ends before that'],
    [{ kind: 'picture', sha256: 'AB'.repeat(32), text }, true, 'ab'],
    [{ kind: 'picture', sha256: 'cd'.repeat(32), text }, false, 'abab'],
    [{ kind: 'log', contains: 'hello', text }, true, 'driver info: hello there'],
    [{ kind: 'log', contains: 'bye', text }, false, 'no such line'],
    [{ kind: 'calls', function: 'VideoPortQueueDpc', text }, true, '3 calls of VideoPortQueueDpc'],
    [{ kind: 'calls', function: 'VideoPortQueueDpc', from: 'HwVidInterrupt', atMost: 1, text }, false, '2 calls'],
    [{ kind: 'calls', function: 'VideoPortDebugPrint', text }, false, '0 calls of VideoPortDebugPrint'],
  ];

  it('come out as the run did, and say what was there', () => {
    for (const [expected, passed, actual] of cases) {
      const { checks, ...result } = judgeScenario(scenario([expected]), observed());
      const [check] = checks as [Check];
      const what = JSON.stringify(expected);
      expect(check.passed, what).to.equal(passed);
      expect(check.actual, what).to.contain(actual);
      expect(check.text).to.equal(text);
      expect(result, what).to.deep.equal({ name: 'test', passed });
    }
  });

  it('are joined by two that every scenario has: the driver’s life, and the rules', () => {
    const last = (some: Partial<Report>, more: Partial<Observed> = {}, wanted: Partial<Scenario> = {}) =>
      judgeScenario(scenario([], wanted), observed(some, more))
        .checks.slice(-2)
        .map(({ passed, actual }) => (passed ? 'passed' : actual));
    expect(last({})).to.deep.equal(['passed', 'passed']);
    expect(last({ findings: [finding, finding] })).to.deep.equal([
      'passed',
      'leak: driver.ts:7: never released, and 1 more',
    ]);
    expect(last({ findings: [finding] }, {}, { findings: ['leak'] })).to.deep.equal(['passed', 'passed']);
    expect(last({}, {}, { findings: ['leak'] })).to.deep.equal(['passed', 'not reported: leak']);
    expect(last({ shutdown: 'forced' })[0]).to.contain('ended by force');
    expect(last({}, { state: 'failed', reason: 'no DriverEntry' })[0]).to.equal('it did not start: no DriverEntry');
    expect(last({}, { state: 'booting' })[0]).to.contain('no mode');
    const bugCheck = { ...finding, code: 0xa, name: 'IRQL_NOT_LESS_OR_EQUAL' };
    expect(last({ bugCheck })[0]).to.equal('bug check IRQL_NOT_LESS_OR_EQUAL: driver.ts:7: never released');
  });

  it('count as met while the machine runs but for what only the shutdown can bring', () => {
    const released: Expectation = { kind: 'common-buffers', length: 8192, released: true, text };
    const late: Expectation = { kind: 'figure', figure: 'frames', atLeast: 31, text };
    expect(isMet(scenario([released]), observed())).to.equal(true);
    expect(isMet(scenario([released, late]), observed())).to.equal(false);
    expect(isMet(scenario([released, late]), observed({ frames: 31 }))).to.equal(true);
  });
});
