import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXIT, exitStatus, type RanOutcome } from '../../src/headless/outcome.ts';
import { summary } from '../../src/headless/summary.ts';
import type { BugCheck, Finding, Report } from '../../src/machine/report.ts';

const finding: Finding = {
  rule: 'release-mismatch',
  code: '0xE6/03',
  parameters: ['0x3', '0x10000', '0x1000', '0x0'],
  message: 'the length differs',
  file: 'driver.ts',
  line: 12,
  column: 5,
  callers: ['driver.ts:40:3'],
};
const bugCheck: BugCheck = {
  code: 0xe6,
  name: 'DRIVER_VERIFIER_DMA_VIOLATION',
  parameters: ['0x3', '0x0', '0x0', '0x0'],
  message: 'released twice',
  file: 'driver.ts',
  line: 30,
  column: 1,
  callers: [],
};
const report: Report = {
  engine: 'software',
  adapter: 'software',
  frames: 60,
  interrupts: 61,
  dpcs: 60,
  doorbells: 1,
  fences: 1200,
  dmaReadBytes: 3 * 2 ** 20,
  dmaWriteBytes: 2 ** 19,
  commonBuffers: [{ virtual: '0x10000', logical: '0x1000', length: 2 ** 20, cacheEnabled: true, released: true }],
  findings: [],
  bugCheck: null,
  shutdown: 'complete',
  screen: { width: 640, height: 480, sha256: 'ab'.repeat(32) },
  log: Array.from({ length: 30 }, (_, index) => `line ${index + 1}`),
  durationMs: 1234,
};
const ran = (changes: Partial<RanOutcome>, reported: Partial<Report> = {}): RanOutcome => ({
  kind: 'ran',
  report: { ...report, ...reported },
  state: 'running',
  reason: '',
  otherMode: null,
  wanted: 60,
  timedOut: null,
  fps: 59.94,
  png: null,
  trace: null,
  scenario: null,
  ...changes,
});

describe('the exit status of a run', () => {
  const late = (findings: number) => ({ timedOut: { findings, timeoutMs: 2000 } });

  it('is 3 when the shutdown had to be forced: what the driver still held is not known', () => {
    const forced = ran({}, { shutdown: 'forced' });
    assert.equal(exitStatus(forced), EXIT.findings);
    assert.match(summary(forced, { typed: 'a.ts' }), /did not finish its shutdown/);
  });

  it('is 0 when the frames came and nothing was broken', () => assert.equal(exitStatus(ran({})), EXIT.clean));

  it('tells bug checks, findings, time-outs, bad sources and missing engines apart', () => {
    assert.equal(exitStatus(ran({}, { bugCheck })), 2);
    assert.equal(exitStatus(ran({}, { findings: [finding] })), 3);
    assert.equal(exitStatus(ran(late(0))), 4);
    assert.equal(exitStatus({ kind: 'silent', reason: '' }), 4);
    assert.equal(exitStatus({ kind: 'source', errors: [] }), 5);
    assert.equal(exitStatus({ kind: 'unavailable', reason: '' }), 1);
  });

  it('is that of the bug check before all else', () => {
    assert.equal(exitStatus(ran({ ...late(1), state: 'crashed' }, { bugCheck, findings: [finding] })), 2);
  });

  it('is that of findings when they came before the time-out, and of the time-out when it caused them', () => {
    assert.equal(exitStatus(ran(late(1), { findings: [finding] })), 3);
    assert.equal(exitStatus(ran(late(0), { findings: [finding] })), 4);
  });

  it('is 3 when a scenario’s expectations are not met, and 0 when they are, findings that it wants included', () => {
    const scenario = (passed: boolean) => ({
      scenario: { name: 'ring', passed, checks: [{ text: 'A picture.', passed, actual: 'it is dark' }] },
    });
    assert.equal(exitStatus(ran(scenario(false))), 3);
    assert.equal(exitStatus(ran(scenario(true), { findings: [finding] })), 0);
    assert.equal(exitStatus(ran(scenario(false), { bugCheck })), 2);
  });

  it('is 3 for a driver that has not the mode asked for, however well another one goes', () => {
    const other = ran({ otherMode: 'the miniport offers no mode 1024×768: 800×600 was set, out of 800×600×32' });
    assert.equal(exitStatus(other), EXIT.findings);
    assert.match(summary(other, { typed: 'a.ts' }), /^Another mode: the miniport offers no mode 1024×768: 800×600/m);
    assert.equal(exitStatus({ ...other, report: { ...report, bugCheck } }), EXIT.bugCheck);
  });

  it('is 3 for a driver that did not start, even without a finding', () => {
    assert.equal(exitStatus(ran({ state: 'failed' }, { frames: 0 })), 3);
  });
});

describe('the summary of a run', () => {
  const names = { typed: '../my/driver.ts' };

  it('says what ran where, and counts everything', () => {
    const text = summary(ran({}), names);
    assert.match(text, /^\.\.\/my\/driver\.ts: 60 frames in 1\.23 s, 59\.9 frames\/s, engine software \(software\)$/m);
    assert.match(text, /screen +640×480, sha256 abababababababab…$/m);
    assert.match(text, /interrupts +61, 60 DPCs$/m);
    assert.match(text, /doorbells +1, 1,200 fences$/m);
    assert.match(text, /DMA +3\.00 MiB read, 0\.50 MiB written$/m);
    assert.match(text, /common buffers +1 allocated \(1\.00 MiB\), 1 released$/m);
    assert.match(text, /^No findings, no bug check\.$/m);
    assert.doesNotMatch(text, /Log/);
  });

  it('shows each finding by the path that the user typed, and the end of the log', () => {
    const nowhere = { ...finding, rule: 'leak', file: null, line: null, column: null, parameters: [] };
    const text = summary(ran({}, { findings: [finding, nowhere] }), names);
    assert.match(text, /^2 findings$/m);
    assert.match(text, /^ {2}\.\.\/my\/driver\.ts:12:5: release-mismatch \(0xE6\/03\): the length differs$/m);
    assert.match(text, /^ +parameters 0x3, 0x10000, 0x1000, 0x0$/m);
    assert.match(text, /^ {2}no line of the driver: leak/m);
    assert.match(text, /^Log, last 20 lines:\n {2}line 11$/m);
    assert.match(text, /^ {2}line 30\n$/m);
    assert.doesNotMatch(text, /No findings/);
  });

  it('shows a bug check as Windows does, with its line', () => {
    const text = summary(ran({ state: 'crashed' }, { bugCheck }), names);
    assert.match(text, /^Bug check 0x000000E6 DRIVER_VERIFIER_DMA_VIOLATION \(0x3, 0x0, 0x0, 0x0\)$/m);
    assert.match(text, /^ {2}\.\.\/my\/driver\.ts:30:1: released twice$/m);
  });

  it('ticks what a scenario expects, and says what was there instead', () => {
    const checks = [
      { text: 'A picture.', passed: false, actual: 'it is dark' },
      { text: 'A fence.', passed: true, actual: '1 fences' },
    ];
    const text = summary(ran({ scenario: { name: 'ring', passed: false, checks } }), names);
    assert.match(text, /^ {2}✗ A picture\. But: it is dark\.\n {2}✓ A fence\.$/m);
    assert.match(text, /^Scenario ring: 1 expectation not met\.$/m);
  });

  it('says why a driver did not start, and how far one came in time', () => {
    const failed = summary(ran({ state: 'failed', reason: 'DriverEntry returned 0xC0000001', fps: null }), names);
    assert.match(failed, /^The driver did not start: DriverEntry returned 0xC0000001$/m);
    const late = summary(ran({ timedOut: { findings: 0, timeoutMs: 2500 } }, { frames: 1 }), names);
    assert.match(late, /^Time-out: 1 of 60 frames came within 2\.5 s\.$/m);
  });
});
