/** The page of the headless browser: runs one machine as the command line asks. */
import { Machine } from '../machine/machine.ts';
import { CompileError, type MachineControl, type MachineEvent, type MachineState } from '../machine/machine-types.ts';
import { runScenario } from '../scenario/run-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunOutcome, RunRequest } from './outcome.ts';
import { png } from './png.ts';

const TIMED_OUT = Symbol('timed out');
/** A run without a window has the time to wait for a slow shutdown: longer than the watchdog, which ends an endless one. */
const SHUTDOWN_MS = 8000;

/** Settles like `promise`, or with {@link TIMED_OUT} when that takes longer than `ms`. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | typeof TIMED_OUT> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(resolve, ms, TIMED_OUT);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a run needs to remember of the machine's events. */
class Witness {
  findings = 0;
  reason = '';
  /** Why the mode that was set is not the one asked for; null when it is. */
  otherMode: string | null = null;
  /** When the first mode was set, by `performance.now()`. */
  runningSince: number | null = null;

  readonly see = (event: MachineEvent): void => {
    if (event.type === 'finding') this.findings++;
    if (event.type === 'mode') this.otherMode ??= event.instead;
    if (event.type !== 'state') return;
    if (event.state === 'running') this.runningSince ??= performance.now();
    if (event.reason) this.reason = event.reason;
  };
}

/** Waits for the frames. Returns null when they came or the machine ended, else how many findings there were by then. */
async function waitForFrames(machine: MachineControl, count: number, ms: number, witness: Witness) {
  // The machine's own limit is the later one, so that it is this clock that decides and says what it means.
  const frames = machine.frames(count, ms + 1000).then(() => null);
  return (await within(frames, ms)) === TIMED_OUT ? witness.findings : null;
}

/** A run that a scenario rules. */
async function runWith(scenario: Scenario, request: RunRequest): Promise<RunOutcome> {
  // The rest of it is the scenario's to say.
  const { verifier: _verifier, ramBytes: _ramBytes, mode: _mode, ...driver } = request.boot;
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), request.timeoutMs);
  try {
    const { report, screen, state, reason, trace, result } = await runScenario(
      (options) => Machine.boot(options),
      driver,
      scenario,
      timeUp.signal,
    );
    return {
      kind: 'ran',
      report,
      state,
      reason,
      otherMode: null,
      wanted: 0,
      timedOut: null,
      fps: null,
      trace: request.boot.trace && trace ? JSON.stringify(trace) : null,
      png: request.png ? await png(screen) : null,
      scenario: result,
    };
  } catch (error) {
    if (error instanceof CompileError) return { kind: 'source', errors: error.errors };
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function runHeadless(request: RunRequest): Promise<RunOutcome> {
  const deadline = performance.now() + request.timeoutMs;
  const remaining = () => Math.max(1, deadline - performance.now());
  const support = await Machine.support();
  if (support.kind === 'not-isolated') return { kind: 'unavailable', reason: support.reason };
  if (support.kind === 'no-webgpu' && request.boot.engine === 'webgpu') {
    return { kind: 'unavailable', reason: `Engine webgpu: ${support.reason}` };
  }
  if (request.scenario) return runWith(request.scenario, request);

  const witness = new Witness();
  let machine: MachineControl | typeof TIMED_OUT;
  try {
    machine = await within(Machine.boot({ ...request.boot, onEvent: witness.see }), remaining());
  } catch (error) {
    if (error instanceof CompileError) return { kind: 'source', errors: error.errors };
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) };
  }
  if (machine === TIMED_OUT) {
    return { kind: 'silent', reason: `The machine did not boot within ${request.timeoutMs / 1000} s.` };
  }

  const findings = await waitForFrames(machine, request.frames, remaining(), witness);
  const shownAt = performance.now();
  const state: MachineState = machine.state;
  const report = await machine.stop({ graceMs: SHUTDOWN_MS });
  return {
    kind: 'ran',
    report,
    state,
    reason: witness.reason,
    otherMode: request.boot.mode ? witness.otherMode : null,
    wanted: request.frames,
    timedOut: findings === null ? null : { findings, timeoutMs: request.timeoutMs },
    fps: witness.runningSince === null ? null : (report.frames * 1000) / Math.max(1, shownAt - witness.runningSince),
    trace: request.boot.trace ? JSON.stringify(await machine.trace()) : null,
    png: request.png ? await png(await machine.screen()) : null,
    scenario: null,
  };
}

window.runHeadless = runHeadless;
