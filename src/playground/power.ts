/** When what is open is booted: by itself, by an edit, by hand; and when it waits. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { BootChoice } from './boot-choice.ts';
import { CrashGuard } from './crash-guard.ts';
import type { DriverDesk } from './driver-desk.ts';
import type { MachineHost } from './machine-host.ts';
import type { Reserve } from './monitor-view.ts';
import type { Session } from './session.ts';
import type { SourceGuide } from './source-guide.ts';
import type { StepRequest } from './stepper.ts';

/** What the page supplies. */
export interface PowerOptions {
  readonly session: Session;
  readonly desk: DriverDesk;
  readonly guide: SourceGuide;
  /** What the next boot is to use. */
  readonly choice: () => BootChoice;
  /** Is all of the page shown? A frame in another page boots nothing before a click. */
  readonly whole: () => boolean;
}

/** Decides for one page what boots, and boots it. */
export class Power implements ReactiveController {
  readonly #options: PowerOptions;
  readonly #guard = new CrashGuard();
  /** Has anything been run by hand? */
  #started = false;
  /** Did the page die while a driver of the visitor's own ran? */
  #died = false;

  constructor(host: ReactiveControllerHost, options: PowerOptions) {
    this.#options = options;
    host.addController(this);
  }

  hostUpdated(): void {
    const { session, whole } = this.#options;
    this.#guard.mark(whole() && session.canStop && this.#open.origin !== 'gallery');
  }

  get #open() {
    return this.#options.desk.workspace.current;
  }

  /** A machine host is there: finds out whether machines can run, and boots what is open, if it need not wait. */
  async connect(machineHost: MachineHost): Promise<void> {
    this.#died = this.#options.whole() && (await this.#guard.died());
    if (await this.#options.session.connect(machineHost)) this.opened();
  }

  /** Why nothing runs by itself, if so. */
  get waitsFor(): Reserve {
    if (this.#open.held) return 'link';
    if (this.#died && !this.#started && this.#open.origin === 'mine') return 'crash';
    return this.#options.whole() || this.#started ? '' : 'click';
  }

  /** Another driver is open: it takes the place of what runs, unless it has to wait. */
  opened(): void {
    const { session, desk, choice } = this.#options;
    if (session.phase === 'checking' || session.phase === 'unsupported') return;
    if (this.#open.origin === 'none' || this.waitsFor !== '') {
      void session.clear();
      return;
    }
    desk.live.cancel();
    void session.change(desk.workspace.files, choice());
  }

  /** The open driver was edited and compiles. What the visitor has stopped stays stopped, and what was never run is not run by an edit. */
  edited(): void {
    if (this.#options.session.canRestart && !this.#open.held) this.#boot();
  }

  /** Boots what is open anew, whatever runs. */
  #boot(): void {
    const { session, desk, choice } = this.#options;
    if (this.#open.origin === 'none') return;
    desk.live.cancel();
    const { files } = desk.workspace;
    if (session.canRestart) void session.restart(files, choice());
    else void session.run(files, choice());
  }

  /** Run, or Restart if `again`, asked for by hand. */
  async run(again: boolean): Promise<void> {
    const { session, desk, guide, choice } = this.#options;
    if (this.#open.origin === 'none' || !(again ? session.canRestart : session.canRun)) return;
    this.#started = true;
    if (this.#died) void this.#guard.forgive();
    desk.workspace.release();
    // Nothing that does not compile takes the place of a machine that runs.
    if (session.canStop && (again || session.phase !== 'paused')) {
      if (!(await desk.live.check(desk.workspace.files))) {
        const [error] = desk.live.errors;
        if (error) guide.reveal(error.line, error.file);
        return;
      }
    }
    if (again) this.#boot();
    else await session.run(desk.workspace.files, choice());
  }

  /** Step, or Step out, asked for by hand. */
  step(how: StepRequest): void {
    const { session, desk, choice } = this.#options;
    if (this.#open.origin === 'none') return;
    if (!session.canStop && session.canStep && how === 'step') {
      this.#started = true;
      desk.workspace.release();
    }
    void session.step(how, desk.workspace.files, choice());
  }
}
