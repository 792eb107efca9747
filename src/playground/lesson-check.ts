/** Checks what a lesson wants of the driver as it stands, by its scenario: when asked, and by itself after each boot. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { DriverFile } from '../machine/driver-files.ts';
import { CompileError } from '../machine/machine-types.ts';
import { type Boot, runScenario } from '../scenario/run-scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario/scenario.ts';

/** How long after a boot the check begins: one more edit, and it would be in vain. */
const quietMs = 700;

/** What there is to check. */
export interface CheckRequest {
  readonly boot: Boot;
  /** The driver, its entry first. */
  readonly files: readonly DriverFile[];
  /** As the visitor chose; absent: the machine chooses. */
  readonly engine?: 'webgpu' | 'software';
  readonly scenario: Scenario;
}

/** One check at a time; a new one ends the one before it. */
export class LessonCheck implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #passed: (lesson: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #current: AbortController | null = null;

  /** Does one run now? */
  running = false;
  /** How the last one came out; null before the first. */
  result: ScenarioResult | null = null;
  /** Why it could not be run, in words; empty when it could. */
  trouble = '';

  /** @param passed is told the name of a scenario whose every expectation was met */
  constructor(host: ReactiveControllerHost, passed: (scenario: string) => void) {
    this.#host = host;
    this.#passed = passed;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.clear();
  }

  /** Forgets everything: another lesson is open. */
  clear(): void {
    this.#end();
    this.running = false;
    this.result = null;
    this.trouble = '';
    this.#host.requestUpdate();
  }

  /** Checks when nothing else was asked for a moment. */
  soon(request: CheckRequest): void {
    this.#end();
    if (this.running) this.#host.requestUpdate();
    this.running = false;
    this.#timer = setTimeout(() => void this.run(request), quietMs);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#current?.abort();
    this.#current = null;
  }

  /** Checks now. Resolves when it is done, or another has taken its place. */
  async run({ boot, files, engine, scenario }: CheckRequest): Promise<void> {
    this.#end();
    const current = new AbortController();
    this.#current = current;
    this.running = true;
    this.#host.requestUpdate();
    let result: ScenarioResult | null = null;
    let trouble = '';
    try {
      const driver = { files, ...(engine ? { engine } : {}) };
      ({ result } = await runScenario(boot, driver, scenario, current.signal));
    } catch (error) {
      trouble =
        error instanceof CompileError
          ? `The driver does not compile: ${error.message}`
          : error instanceof Error
            ? error.message
            : String(error);
    }
    if (this.#current !== current) return;
    this.#current = null;
    this.running = false;
    this.trouble = trouble;
    // What was found before says nothing of what stands there now.
    this.result = result;
    if (result?.passed) this.#passed(scenario.name);
    this.#host.requestUpdate();
  }
}
