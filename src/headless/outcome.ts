/** What the command line says to the page in the headless browser, what it hears, and the exit status that follows. */
import type { BootOptions, MachineState, SourceError } from '../machine/machine-types.ts';
import type { Report } from '../machine/report.ts';
import type { Scenario, ScenarioResult } from '../scenario/scenario.ts';

/** One run, as the page is asked for it: plain data, because it crosses into the browser as JSON. */
export interface RunRequest {
  readonly boot: Pick<BootOptions, 'files' | 'engine' | 'verifier' | 'ramBytes' | 'mode' | 'pacing' | 'trace'>;
  /** Frames to wait for. */
  readonly frames: number;
  /** What is expected of the driver; it then says how the machine is put together and how long it runs. */
  readonly scenario?: Scenario;
  /** How long boot and frames may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether the last screen is wanted as PNG. */
  readonly png: boolean;
}

/**
 * How a run ended. `source`: it does not compile · `unavailable`: this browser has not what was asked for ·
 * `silent`: the machine gave no answer, not even a report · `ran`: it booted, and this is what it says
 */
export type RunOutcome =
  | { readonly kind: 'source'; readonly errors: readonly SourceError[] }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string }
  | RanOutcome;

/** The machine booted and was stopped. */
export interface RanOutcome {
  readonly kind: 'ran';
  readonly report: Report;
  /** The state in which the frames or the machine's end were met. */
  readonly state: MachineState;
  /** What the machine gave as the reason of that state; empty if nothing. */
  readonly reason: string;
  /** Why the mode that was set is not the one asked for; null when it is, or none was asked for. */
  readonly otherMode: string | null;
  /** Frames asked for. */
  readonly wanted: number;
  /** Set when the frames did not come in time: how many findings there were at that moment. */
  readonly timedOut: { readonly findings: number; readonly timeoutMs: number } | null;
  /** Frames a second from the first mode set to the last frame waited for; null when no mode was set. */
  readonly fps: number | null;
  /** The last screen as a PNG file in base64, if it was asked for. */
  readonly png: string | null;
  /** The trace as JSON, if it was asked for. */
  readonly trace: string | null;
  /** How the scenario came out, if there was one. */
  readonly scenario: ScenarioResult | null;
}

/** What the process exits with. */
export const EXIT = { clean: 0, usage: 1, bugCheck: 2, findings: 3, timeOut: 4, source: 5 } as const;

/**
 * The exit status of a run. Where there is a scenario it is the judge, also of findings. A time-out counts only when nothing explains it: findings from before it do, but those of
 * the shutdown that it forced (such as leaks) do not.
 */
export function exitStatus(outcome: RunOutcome): number {
  switch (outcome.kind) {
    case 'source':
      return EXIT.source;
    case 'unavailable':
      return EXIT.usage;
    case 'silent':
      return EXIT.timeOut;
    case 'ran': {
      const { report, state, timedOut, scenario, otherMode } = outcome;
      if (report.bugCheck) return EXIT.bugCheck;
      if (scenario) return scenario.passed ? EXIT.clean : EXIT.findings;
      if (state === 'failed' || otherMode !== null) return EXIT.findings;
      if (timedOut) return timedOut.findings > 0 ? EXIT.findings : EXIT.timeOut;
      return report.findings.length > 0 || report.shutdown === 'forced' ? EXIT.findings : EXIT.clean;
    }
  }
}

declare global {
  interface Window {
    /** Boots a machine, waits for its frames and stops it. Set by `page.ts`; never rejects for what a driver does. */
    runHeadless?: (request: RunRequest) => Promise<RunOutcome>;
  }
}
