/** Boots a driver in the machine that a scenario asks for, lets it run, shuts it down, and judges. */
import type { BootOptions, MachineControl, MachineEvent, MachineState } from '../machine/machine-types.ts';
import { isMet, judgeScenario, needsTrace, type Observed } from './judge.ts';
import type { Scenario, ScenarioResult } from './scenario.ts';

/** `Machine.boot`, or what stands for it. */
export type Boot = (options: BootOptions) => Promise<MachineControl>;

/** The driver, and what the scenario leaves open. */
export type ScenarioBoot = Omit<BootOptions, 'monitor' | 'mode' | 'ramBytes' | 'verifier' | 'onEvent'>;

/** A run that is over. */
export interface ScenarioRun extends Observed {
  readonly result: ScenarioResult;
}

/** How often a machine that runs is looked at, in milliseconds. */
const LOOK_MS = 120;
/** How long a driver may take to set a mode: longer than the watchdog, which ends an endless callback. */
const START_MS = 20_000;
/** How long a shutdown may take; likewise. */
const SHUTDOWN_MS = 8000;

const over: ReadonlySet<MachineState> = new Set<MachineState>(['stopped', 'failed', 'crashed']);

/** What a run must remember of the machine's events. */
class Witness {
  state: MachineState = 'booting';
  reason = '';
  vblanks = 0;

  readonly see = (event: MachineEvent): void => {
    if (event.type === 'stats') this.vblanks = event.stats.vblanks;
    if (event.type !== 'state') return;
    this.state = event.state;
    if (event.reason) this.reason = event.reason;
  };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, LOOK_MS));

/** Resolves when the scenario's expectations are met, its time is up, or the machine has ended. */
async function letRun(machine: MachineControl, scenario: Scenario, witness: Witness): Promise<void> {
  const patience = performance.now() + START_MS;
  while (machine.state === 'booting' && performance.now() < patience) await pause();
  if (machine.state === 'booting') return;
  const end = witness.vblanks + scenario.refreshes;
  while (!over.has(machine.state)) {
    const [report, screen] = await Promise.all([machine.report(), machine.screen()]);
    const { state, reason } = witness;
    if (isMet(scenario, { report, screen, state, reason, trace: null }) || witness.vblanks >= end) return;
    await pause();
  }
}

/**
 * Runs a scenario from boot to shutdown, in a machine of its own that nobody looks at.
 * @param signal ends the run early; what is judged then is what was there
 * Rejects as `boot` does: with CompileError when the source does not compile.
 */
export async function runScenario(
  boot: Boot,
  driver: ScenarioBoot,
  scenario: Scenario,
  signal?: AbortSignal,
): Promise<ScenarioRun> {
  const { width = 640, height = 480, ramMiB, verifier } = scenario.machine ?? {};
  const witness = new Witness();
  const traced = driver.trace === true || needsTrace(scenario);
  const machine = await boot({
    pacing: 'timer',
    ...driver,
    ...(traced ? { trace: true } : {}),
    mode: { width, height },
    ...(ramMiB === undefined ? {} : { ramBytes: ramMiB * 2 ** 20 }),
    ...(verifier === undefined ? {} : { verifier }),
    onEvent: witness.see,
  });
  const aborted = new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve());
  });
  await Promise.race([letRun(machine, scenario, witness), aborted]);
  const { state } = witness;
  const report = await machine.stop({ graceMs: SHUTDOWN_MS });
  const screen = await machine.screen();
  const trace = traced ? await machine.trace() : null;
  const observed: Observed = { report, screen, state, reason: witness.reason, trace };
  return { ...observed, result: judgeScenario(scenario, observed) };
}
