/** Compares what a machine did with what a scenario expects of it. */
import type { Screen } from '../engine/engine.ts';
import type { MachineState } from '../machine/machine-types.ts';
import type { Report } from '../machine/report.ts';
import type { TraceDocument } from '../machine/trace-document.ts';
import type {
  AreaExpectation,
  CallExpectation,
  Check,
  CommonBufferExpectation,
  Expectation,
  Figure,
  FigureExpectation,
  Limits,
  Scenario,
  ScenarioResult,
} from './scenario.ts';

/** What is known of a run. */
export interface Observed {
  readonly report: Report;
  readonly screen: Screen;
  /** The machine's state before it was asked to stop. */
  readonly state: MachineState;
  /** What the machine gave as the reason of that state. */
  readonly reason: string;
  /** What was recorded: there is one when the run is over and the scenario speaks of calls. */
  readonly trace: TraceDocument | null;
}

/** Does judging need a trace? */
export function needsTrace({ expect }: Scenario): boolean {
  return expect.some(({ kind }) => kind === 'calls');
}

type Verdict = Omit<Check, 'text'>;

const number = (value: number) =>
  value.toLocaleString('en', { maximumFractionDigits: Number.isInteger(value) ? 0 : 2 });

const within = (value: number, { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Limits) =>
  value >= atLeast && value <= atMost;

/** Figures as people say them: one, and any other number. */
const figureNames = {
  frames: ['frame', 'frames'],
  interrupts: ['interrupt', 'interrupts'],
  dpcs: ['DPC', 'DPCs'],
  doorbells: ['doorbell', 'doorbells'],
  fences: ['fence', 'fences'],
  dmaReadBytes: ['byte read by the device', 'bytes read by the device'],
  dmaWriteBytes: ['byte written by the device', 'bytes written by the device'],
} as const satisfies Record<Figure, readonly [one: string, many: string]>;

const told = (value: number, figure: Figure) => `${number(value)} ${figureNames[figure][value === 1 ? 0 : 1]}`;

function judgeFigure(expected: FigureExpectation, report: Report): Verdict {
  const { figure, per } = expected;
  const value = report[figure];
  if (!per) return { passed: within(value, expected), actual: told(value, figure) };
  const whole = report[per];
  return {
    passed: whole > 0 && within(value / whole, expected),
    actual: `${told(value, figure)} in ${told(whole, per)}`,
  };
}

/** At most this many buffers are told one by one. */
const TOLD = 6;

function judgeBuffers(expected: CommonBufferExpectation, { commonBuffers }: Report): Verdict {
  const { length, cacheEnabled, released } = expected;
  const limits = expected.atLeast === undefined && expected.atMost === undefined ? { atLeast: 1 } : expected;
  const fitting = commonBuffers.filter(
    (buffer) =>
      (length === undefined || buffer.length === length) &&
      (cacheEnabled === undefined || buffer.cacheEnabled === cacheEnabled) &&
      (released === undefined || buffer.released === released),
  );
  const lines = commonBuffers.slice(0, TOLD).map((buffer) => {
    const traits = [buffer.cacheEnabled ? 'cached' : 'not cached', buffer.released ? 'released' : 'not released'];
    return `${number(buffer.length)} bytes (${traits.join(', ')})`;
  });
  const rest = commonBuffers.length > TOLD ? ` and ${commonBuffers.length - TOLD} more` : '';
  const actual = lines.length === 0 ? 'no common buffer was allocated' : `there were ${lines.join(', ')}${rest}`;
  return { passed: within(fitting.length, limits), actual };
}

/** A pixel's colour as `#rrggbb`. */
function colourAt({ width, pixels }: Screen, x: number, y: number): string {
  const at = (y * width + x) * 4;
  return `#${[...pixels.subarray(at, at + 3)].map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function judgeArea(expected: AreaExpectation, screen: Screen): Verdict {
  const { x, y, width, height } = expected;
  if (x + width > screen.width || y + height > screen.height) {
    return { passed: false, actual: `the picture ends before that: it has ${screen.width}×${screen.height} pixels` };
  }
  const colour = expected.colour?.toLowerCase() ?? colourAt(screen, x, y);
  for (let line = y; line < y + height; line++) {
    for (let column = x; column < x + width; column++) {
      const found = colourAt(screen, column, line);
      if (found === colour) continue;
      const instead = expected.colour ? '' : `, while ${x}, ${y} has ${colour}`;
      return { passed: false, actual: `the pixel at ${column}, ${line} has ${found}${instead}` };
    }
  }
  return { passed: true, actual: `all pixels there have ${colour}` };
}

function judgeCalls(expected: CallExpectation, trace: TraceDocument | null): Verdict {
  const { function: name, from } = expected;
  const limits = expected.atLeast === undefined && expected.atMost === undefined ? { atLeast: 1 } : expected;
  const inside: string[] = [];
  let count = 0;
  for (const event of trace?.traceEvents ?? []) {
    // Spans of the processor nest.
    if (event.ph === 'B') {
      if (event.name === name && (from === undefined || inside.includes(from))) count++;
      inside.push(event.name);
    } else if (event.ph === 'E') inside.pop();
  }
  const times = `${number(count)} ${count === 1 ? 'call' : 'calls'} of ${name}${from ? ` from ${from}` : ''}`;
  return { passed: within(count, limits), actual: times };
}

function judge(expected: Expectation, { report, screen, trace }: Observed): Verdict {
  switch (expected.kind) {
    case 'figure':
      return judgeFigure(expected, report);
    case 'common-buffers':
      return judgeBuffers(expected, report);
    case 'size': {
      const passed = screen.width === expected.width && screen.height === expected.height;
      return { passed, actual: `the picture has ${screen.width}×${screen.height} pixels` };
    }
    case 'area':
      return judgeArea(expected, screen);
    case 'picture': {
      const { sha256 } = report.screen;
      return { passed: sha256 === expected.sha256.toLowerCase(), actual: `the picture’s SHA-256 is ${sha256}` };
    }
    case 'log': {
      const line = report.log.find((text) => text.includes(expected.contains));
      return { passed: line !== undefined, actual: line ?? 'no such line in the log' };
    }
    case 'calls':
      return judgeCalls(expected, trace);
  }
}

const place = ({ file, line }: { readonly file: string | null; readonly line: number | null }) =>
  file === null ? '' : `${file}:${line}: `;

/** What every scenario expects: that the driver starts, does not crash, and shuts down. */
function judgeLife({ report, state, reason }: Observed): Check {
  const { bugCheck, shutdown } = report;
  const text = 'The driver starts, and shuts down when it is told to.';
  if (bugCheck) {
    return { text, passed: false, actual: `bug check ${bugCheck.name}: ${place(bugCheck)}${bugCheck.message}` };
  }
  if (state === 'failed') return { text, passed: false, actual: `it did not start: ${reason || 'see the log'}` };
  if (state === 'booting') return { text, passed: false, actual: 'it set no mode in time' };
  if (shutdown !== 'complete')
    return { text, passed: false, actual: 'it did not finish its shutdown and was ended by force' };
  return { text, passed: true, actual: 'it did' };
}

/** And that no rule is broken but those that it names. */
function judgeRules({ report: { findings } }: Observed, wanted: readonly string[]): Check {
  const text =
    wanted.length === 0
      ? 'Driver Verifier has nothing to say.'
      : `Driver Verifier reports ${wanted.join(', ')}, and nothing else.`;
  const missing = wanted.filter((rule) => !findings.some((finding) => finding.rule === rule));
  const surplus = findings.filter(({ rule }) => !wanted.includes(rule));
  const [first] = surplus;
  const more = surplus.length > 1 ? `, and ${number(surplus.length - 1)} more` : '';
  const actual = first
    ? `${first.rule}: ${place(first)}${first.message}${more}`
    : missing.length > 0
      ? `not reported: ${missing.join(', ')}`
      : wanted.length === 0
        ? 'no findings'
        : 'so it does';
  return { text, passed: missing.length === 0 && surplus.length === 0, actual };
}

/** @returns how each expectation came out when the machine has been stopped */
export function judgeScenario(scenario: Scenario, observed: Observed): ScenarioResult {
  const checks = [
    ...scenario.expect.map((expected): Check => ({ text: expected.text, ...judge(expected, observed) })),
    judgeLife(observed),
    judgeRules(observed, scenario.findings ?? []),
  ];
  return { name: scenario.name, passed: checks.every(({ passed }) => passed), checks };
}

/** Is it seen only when the machine has been stopped? */
const isLate = (expected: Expectation): boolean =>
  expected.kind === 'calls' || (expected.kind === 'common-buffers' && expected.released !== undefined);

/** @returns whether everything is met that can be met while the machine still runs: then it need not run on */
export function isMet(scenario: Scenario, observed: Observed): boolean {
  return scenario.expect.every((expected) => isLate(expected) || judge(expected, observed).passed);
}
