/**
 * Notices a driver that does not return. First it asks the processor for bug check 0xEA, THREAD_STUCK_IN_DEVICE_DRIVER,
 * at the next safepoint, which then has the driver's own line; a driver that reaches no safepoint is given up.
 */
import {
  ATTENTION_WATCHDOG,
  CALLBACK_COUNT,
  CALLBACK_NAME,
  CPU_RUNNING,
  CPU_STATE,
  CPU_WAITING,
  signalProcessor,
} from '../bus/board-memory.ts';
import { CALLBACKS } from '../hal/processor.ts';

/** After a bug check was asked for, how long the driver has to reach a safepoint. */
const GRACE_MS = 500;

export class Watchdog {
  readonly #control: Int32Array;
  /** How long one outermost callback may run, in milliseconds. */
  readonly limitMs: number;
  /** The outermost callback that was seen last, by its count, and since when. */
  #callback = -1;
  #since = 0;
  /** When a bug check was asked for; 0: it was not. */
  #asked = 0;

  /** @param limitMs how long one outermost callback may run; waiting in VideoPortWaitForSingleObject does not count, nor being held */
  constructor(control: Int32Array, limitMs: number) {
    this.#control = control;
    this.limitMs = limitMs;
  }

  /** Looks. Returns for how many milliseconds the outermost callback has been seen to run: at least so long it has taken by now. */
  glance(): number {
    return this.#sameAsBefore() ? performance.now() - this.#since : 0;
  }

  /** Looks. Returns null, or the sentence with which the driver is to be given up: it loops without a single port call. */
  look(): string | null {
    const now = performance.now();
    if (!this.#sameAsBefore() || now - this.#since < this.limitMs) return null;
    if (this.#asked === 0) {
      this.#asked = now;
      signalProcessor(this.#control, ATTENTION_WATCHDOG);
    }
    if (now - this.#asked < GRACE_MS) return null;
    const name = this.#running ?? 'the driver';
    const seconds = Math.round((now - this.#since) / 1000);
    return `${name} has not returned for ${seconds} s and calls no VideoPort function: it loops for ever`;
  }

  /** What the driver is doing, as the reason why it does not come to its end. */
  doing(): string {
    const name = this.#running;
    if (name === null) return 'it has not come to its end';
    return Atomics.load(this.#control, CPU_STATE) === CPU_WAITING
      ? `${name} waits in VideoPortWaitForSingleObject for an event that nobody has set`
      : `${name} has not returned`;
  }

  /** Does the callback run that ran at the last look? */
  #sameAsBefore(): boolean {
    const callback = Atomics.load(this.#control, CALLBACK_COUNT);
    const running = Atomics.load(this.#control, CPU_STATE) === CPU_RUNNING;
    if (running && callback === this.#callback) return true;
    this.#callback = callback;
    this.#since = performance.now();
    this.#asked = 0;
    return false;
  }

  /** The innermost callback that runs. */
  get #running(): string | null {
    return CALLBACKS[Atomics.load(this.#control, CALLBACK_NAME)] ?? null;
  }
}
