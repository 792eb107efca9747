/** Where a paused machine stands, as the page shows it, and what its buttons and keys do about it. */
import type { ReactiveControllerHost } from 'lit';
import type { Hold, MachineControl } from '../machine/machine-types.ts';

/** So long the last hold stays on the page after a step; most are at the next call by then, and nothing flickers. */
const patienceMs = 250;

/** What the buttons can be asked for. */
export type StepRequest = 'step' | 'step-out';

/** Follows the holds of the machine that runs. */
export class Stepper {
  readonly #host: ReactiveControllerHost;
  /** The call before which the driver stands; for a moment after a step, the one before which it stood. */
  hold: Hold | null = null;
  /** Is that call held now? */
  #ready = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  /** The machine has come to a call. */
  take(hold: Hold): void {
    clearTimeout(this.#timer);
    this.hold = hold;
    this.#ready = true;
    this.#host.requestUpdate();
  }

  /** Another machine, or the same in another state: what was held is not any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.hold = null;
    this.#ready = false;
    this.#host.requestUpdate();
  }

  /** From the call that is held to the next, or out of its callback. Does nothing while none is held. */
  go(machine: MachineControl, how: StepRequest): void {
    if (!this.#ready) return;
    this.#ready = false;
    this.#timer = setTimeout(() => this.clear(), patienceMs);
    if (how === 'step') machine.step();
    else machine.stepOut();
  }
}

/** A call with its arguments, as C would write it. */
export function formatCall({ call, parameters }: Hold): string {
  return `${call}(${parameters.join(', ')})`;
}

/** What a screen reader says of a paused machine behind “Paused”. */
export function spokenHold(hold: Hold | null): string {
  if (!hold) return ', but the driver has not come to a VideoPort call yet';
  const place = hold.line === null ? '' : `, ${hold.file} line ${hold.line}`;
  return ` before ${hold.call}${place}, ${hold.irql}`;
}
