/**
 * One run: a machine from the moment it is asked for until it is gone, and its place on the monitor. A run that comes after another
 * mostly takes over its frame, where GPU and canvas are open: that is quicker, and the last picture stays until there is a new one.
 */
import type { BootOptions, MachineControl } from '../machine/machine-types.ts';
import type { MachineHost } from './machine-host.ts';
import type { PictureStack } from './picture-stack.ts';

/** How long a machine may take to end before the next one stops waiting for its frame, in milliseconds. */
const patienceMs = 1000;

/**
 * A machine that runs and has shown nothing for so long has no picture, in milliseconds: after an edit of the driver whose picture is on the
 * monitor; and after another driver's, which nobody should take for its own.
 */
const noPictureMs = { edited: 5000, another: 800 };

/** How long what lies above a new picture stays at most when the new machine has counted a frame, in milliseconds. */
const settleMs = 400;

/** What a run tells. Nothing is told of a run that is ending, but {@link RunListener.unclean}. */
export interface RunListener {
  /** The machine is there. What becomes of its driver is told by its own events. */
  booted(machine: MachineControl): void;
  /** There will be no machine; its place on the monitor is gone. */
  refused(error: unknown): void;
  /** Its first picture is there. */
  shown(): void;
  /** The driver runs, and has shown nothing for a while: nor does the monitor. */
  dark(): void;
  /** It did not stop as it should. */
  unclean(error: unknown): void;
}

export class MachineRun {
  /** Where on the monitor its frame is. */
  slot: HTMLElement;
  machine: MachineControl | null = null;
  readonly #stack: PictureStack;
  readonly #noPictureMs: number;
  readonly #listener: RunListener;
  /** The run whose frame this one takes over. */
  readonly #before: MachineRun | null;
  /** The machine that has the frame until this run's own is there. */
  #inherited: MachineControl | null = null;
  /** Another run has taken over the frame: it is not this one's any more. */
  #takenOver = false;
  #revealed = false;
  /** Late events may still bring findings (the leak check), but no new state. */
  #ending = false;
  /** Resolves when its boot has succeeded or failed. */
  #settled: Promise<void> = Promise.resolve();

  /**
   * @param before whose frame it takes over; null: it gets one of its own, below what is on the monitor
   * @param driver is it the driver that ran before, or another?
   */
  constructor(stack: PictureStack, before: MachineRun | null, driver: 'edited' | 'another', listener: RunListener) {
    this.#noPictureMs = noPictureMs[driver];
    this.#stack = stack;
    this.#before = before;
    this.#listener = listener;
    this.slot = before?.slot ?? stack.open();
    if (!before) return;
    before.#takenOver = true;
    before.#ending = true;
  }

  /** Nobody waits for it any more: it was stopped, or another run has taken its place. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Can the next run take over its frame? One that never showed anything may not be able to. */
  get reusable(): boolean {
    return (this.#revealed || this.#before !== null) && this.slot.isConnected;
  }

  /** Boots its machine. Resolves when that has succeeded or failed. */
  boot(host: MachineHost, options: BootOptions): Promise<void> {
    this.#settled = this.#boot(host, options);
    return this.#settled;
  }

  /** A frame was counted. */
  counted(): void {
    if (this.#revealed || this.#ending) return;
    this.#revealed = true;
    this.#listener.shown();
    // It may still be on its way through the GPU: what lies above it goes two frames later, or, where no more come, after a while.
    const later = new Promise((resolve) => setTimeout(resolve, settleMs));
    const more = this.machine?.frames(2).catch(() => later) ?? later;
    void Promise.race([more, later]).then(() => {
      if (!this.#ending) this.#stack.reveal(this.slot);
    });
  }

  /** Shuts the machine down. Its last picture stays. */
  async end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    if (this.#revealed) this.#stack.reveal(this.slot);
    if (this.machine) await this.#shutDown();
    // Still starting: its frame goes now, and with it everything in it.
    else this.#stack.drop(this.slot);
  }

  /** Shuts the machine down, and takes its picture away. */
  async remove(): Promise<void> {
    this.#ending = true;
    await this.machine?.stop().catch(() => null);
    this.#stack.drop(this.slot);
  }

  async #boot(host: MachineHost, options: BootOptions): Promise<void> {
    try {
      if (this.#before && !(await this.#takeOver(this.#before))) return;
      const machine = await host.boot({ ...options, monitor: this.slot });
      this.machine = machine;
      // Stopped or restarted while it was starting: nobody wants it any more. Whoever took over its frame ends it.
      if (this.#ending) {
        if (!this.#takenOver) await this.#shutDown();
        return;
      }
      this.#listener.booted(machine);
      this.#awaitPicture(machine);
    } catch (error) {
      if (this.#ending) return;
      this.#ending = true;
      this.#stack.drop(this.slot);
      this.#listener.refused(error);
    }
  }

  /** Waits until the machine before is gone, and its frame is free. Returns false when this run is not wanted any more. */
  async #takeOver(before: MachineRun): Promise<boolean> {
    if (!before.machine) await before.#settled;
    this.#inherited = before.machine ?? before.#inherited;
    // Meanwhile another edit wants the frame, or Stop has taken it away.
    if (this.#ending) return false;
    if (!(await stopsSoon(this.#inherited))) {
      // The frame hangs: the new machine gets one of its own, below the last picture, and takes the old one away when it shows.
      before.#takenOver = false;
      this.slot = this.#stack.open();
    }
    return !this.#ending;
  }

  #awaitPicture(machine: MachineControl): void {
    machine.frames(1, this.#noPictureMs).then(
      () => {
        // It resolves as well when the machine ended without a frame; the state event deals with that.
        if (machine.state === 'booting' || machine.state === 'running' || machine.state === 'paused') this.counted();
      },
      () => {
        if (this.#ending || this.#revealed) return;
        if (machine.state === 'running') {
          // Should it still draw a frame, the counters will tell.
          this.#stack.reveal(this.slot);
          this.#listener.dark();
        } else if (machine.state === 'booting' || machine.state === 'paused') {
          // One that is stepped through has all the time in the world.
          this.#awaitPicture(machine);
        }
      },
    );
  }

  async #shutDown(): Promise<void> {
    try {
      await this.machine?.stop();
    } catch (error) {
      this.#listener.unclean(error);
    }
    if (!this.#revealed && !this.#takenOver) this.#stack.drop(this.slot);
  }
}

/** Ends a machine of which the picture stays. Returns false when that takes too long for someone who waits for the next one. */
async function stopsSoon(machine: MachineControl | null): Promise<boolean> {
  if (!machine) return true;
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, patienceMs, false));
  return Promise.race([
    machine.stop({ picture: 'unread' }).then(
      () => true,
      () => false,
    ),
    late,
  ]);
}
