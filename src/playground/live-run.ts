/** Run on edit: a text that compiles and is left alone for a moment takes the place of what runs. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { DriverFile } from '../machine/driver-files.ts';
import { CompileError, type SourceError } from '../machine/machine-types.ts';

/** How long the visitor must pause before an edit is tried, in milliseconds. */
export const pauseMs = 300;

/** How long before the end of the pause the text is compiled: then it is ready when the pause is over. */
const aheadMs = 100;

/** What the page supplies. */
export interface LiveRunOptions {
  /** The text compiles: boot it, if anything is to be booted now. */
  readonly run: () => void;
}

/** Watches edits. Only a text that compiles is ever run; until then its errors stand in the margin and the machine goes on. */
export class LiveRun implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: LiveRunOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round = 0;

  /** What keeps the text as it stands from being run. */
  errors: readonly SourceError[] = [];
  /** Has the text changed since it was last tried? */
  waiting = false;

  constructor(host: ReactiveControllerHost, options: LiveRunOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.cancel();
  }

  /** The text has changed. */
  edited(files: readonly DriverFile[]): void {
    this.cancel();
    this.waiting = true;
    this.#timer = setTimeout(() => {
      const errors = errorsOf(files);
      this.#timer = setTimeout(() => {
        void this.#settle(errors).then((clean) => {
          // Run first, drawn afterwards: the machine comes up meanwhile.
          if (clean) this.#options.run();
          this.#host.requestUpdate();
        });
      }, aheadMs);
    }, pauseMs - aheadMs);
  }

  /** Another driver was opened, or the text was run otherwise. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#round++;
    this.waiting = false;
  }

  /** Forgets the errors of a text that is not there any more. */
  clear(): void {
    this.cancel();
    this.errors = [];
    this.#host.requestUpdate();
  }

  /**
   * Compiles without running.
   * @returns true when the text is clean and was not edited meanwhile
   */
  async check(files: readonly DriverFile[]): Promise<boolean> {
    const clean = await this.#settle(errorsOf(files));
    this.#host.requestUpdate();
    return clean;
  }

  async #settle(found: Promise<readonly SourceError[]>): Promise<boolean> {
    this.cancel();
    const round = this.#round;
    const errors = await found;
    if (round !== this.#round) return false;
    this.errors = errors;
    return errors.length === 0;
  }
}

/** What keeps a driver's files from being compiled. */
async function errorsOf(files: readonly DriverFile[]): Promise<readonly SourceError[]> {
  try {
    // With the machine's script, which is fetched anyway, and not with the page's.
    const { compile } = await import('../machine/compile.ts');
    await compile(files);
    return [];
  } catch (error) {
    if (error instanceof CompileError) return error.errors;
    const message = error instanceof Error ? error.message : String(error);
    return [{ message, file: files[0]?.name ?? '', line: 1, column: 1 }];
  }
}
