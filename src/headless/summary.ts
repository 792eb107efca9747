/** A run in words, for people: what `npm run headless` prints without `--json`. */
import type { BugCheck, CommonBufferRecord, Finding, Report } from '../machine/report.ts';
import { typedName } from './driver-folder.ts';
import type { RanOutcome } from './outcome.ts';

/** Lines of the log that are shown. */
const LOG_TAIL = 20;

/** How the user named the driver's entry. */
export interface DriverNames {
  readonly typed: string;
}

const plural = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** Replaces the machine's name of the driver by the path that the user typed, so that terminals can open it. */
function place(at: Finding | BugCheck, names: DriverNames): string {
  if (at.file === null || at.line === null) return 'no line of the driver';
  const file = typedName(at.file, names.typed);
  return at.column === null ? `${file}:${at.line}` : `${file}:${at.line}:${at.column}`;
}

function bufferCounts(buffers: readonly CommonBufferRecord[]): string {
  const released = buffers.filter((buffer) => buffer.released).length;
  const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  return `${buffers.length.toLocaleString('en')} allocated (${mebibytes(bytes)}), ${released.toLocaleString('en')} released`;
}

function rows(report: Report): string[] {
  const { screen } = report;
  const count = (value: number) => value.toLocaleString('en');
  const table: [string, string][] = [
    ['screen', `${screen.width}×${screen.height}, sha256 ${screen.sha256.slice(0, 16)}…`],
    ['interrupts', `${count(report.interrupts)}, ${plural(report.dpcs, 'DPC')}`],
    ['doorbells', `${count(report.doorbells)}, ${plural(report.fences, 'fence')}`],
    ['DMA', `${mebibytes(report.dmaReadBytes)} read, ${mebibytes(report.dmaWriteBytes)} written`],
    ['common buffers', bufferCounts(report.commonBuffers)],
  ];
  return table.map(([name, value]) => `  ${name.padEnd(16)}${value}`);
}

/** Why the run is not a clean one, a line or more for each cause; empty when it is. */
export function trouble(outcome: RanOutcome, names: DriverNames): string[] {
  const { report, state, reason, timedOut } = outcome;
  const lines: string[] = [];
  if (report.bugCheck) {
    const { code, name, parameters, message } = report.bugCheck;
    const number = `0x${code.toString(16).toUpperCase().padStart(8, '0')}`;
    lines.push(
      `Bug check ${number} ${name} (${parameters.join(', ')})`,
      `  ${place(report.bugCheck, names)}: ${message}`,
    );
    if (report.bugCheck.callers.length > 0) lines.push(`      called from ${report.bugCheck.callers.join(', ')}`);
  }
  if (state === 'failed') {
    lines.push(`The driver did not start${reason ? `: ${reason}` : '. See the log.'}`);
  }
  if (outcome.otherMode) lines.push(`Another mode: ${outcome.otherMode}.`);
  if (timedOut && !report.bugCheck) {
    lines.push(
      `Time-out: ${report.frames} of ${plural(outcome.wanted, 'frame')} came within ${timedOut.timeoutMs / 1000} s.`,
      'A frame is another surface on the screen: a picture that stands still brings no more, whatever its pointer does.',
    );
  }
  const failed = outcome.scenario?.checks.filter(({ passed }) => !passed).length ?? 0;
  if (failed > 0) lines.push(`Scenario ${outcome.scenario?.name}: ${plural(failed, 'expectation')} not met.`);
  if (report.shutdown === 'forced') {
    lines.push('The driver did not finish its shutdown and was ended by force: what it still held is not known.');
  }
  if (report.findings.length > 0) lines.push(plural(report.findings.length, 'finding'));
  for (const finding of report.findings) {
    lines.push(`  ${place(finding, names)}: ${finding.rule} (${finding.code}): ${finding.message}`);
    if (finding.parameters.length > 0) lines.push(`      parameters ${finding.parameters.join(', ')}`);
    if (finding.callers.length > 0) lines.push(`      called from ${finding.callers.join(', ')}`);
  }
  return lines;
}

/** The whole summary: counters, then trouble or the words that there was none, and the log's last lines. */
export function summary(outcome: RanOutcome, names: DriverNames): string {
  const { report, fps } = outcome;
  const rate = fps === null ? '' : `, ${fps.toFixed(1)} frames/s`;
  const seconds = (report.durationMs / 1000).toFixed(2);
  const lines = [
    `${names.typed}: ${plural(report.frames, 'frame')} in ${seconds} s${rate}, engine ${report.engine} (${report.adapter})`,
    ...rows(report),
  ];
  for (const { text, passed, actual } of outcome.scenario?.checks ?? []) {
    lines.push(`  ${passed ? '✓' : '✗'} ${text}${passed ? '' : ` But: ${actual}.`}`);
  }
  const wrong = trouble(outcome, names);
  lines.push(...(wrong.length === 0 ? ['No findings, no bug check.'] : wrong));
  // In a clean run too a driver's author wants to read what it printed.
  const shown = wrong.length > 0 ? report.log : report.log.filter((line) => /^driver |^\w+ (?:warn|error):/.test(line));
  const tail = shown.slice(-LOG_TAIL);
  if (tail.length > 0) {
    const heading = tail.length < shown.length ? `Log, last ${tail.length} lines:` : 'Log:';
    lines.push(heading, ...tail.map((line) => `  ${line}`));
  }
  return `${lines.join('\n')}\n`;
}
