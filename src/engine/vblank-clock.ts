/**
 * When vertical blanks come. The monitor of a machine that is looked at follows the visitor's own; one in the background, or
 * in a test, follows a timer; and an unpaced one follows the driver, as fast as it acknowledges.
 */
import type { Pacing } from './engine.ts';

const PERIOD_MS = 1000 / 60;

/** A page that gets no animation frame for so long is not being looked at. */
const STALLED_MS = 50;

/** Unpaced: how long a vblank waits for the driver to acknowledge the last, and how long of that we look without a pause. */
const PATIENCE_MS = 4;
const EAGER_MS = 1;

/** Whom the clock serves. */
export interface VblankHost {
  /** A vertical blank. */
  vblank(): void;
  /** Whether the driver waits for the next one: it has acknowledged the last, or a flip is due. */
  wanted(): boolean;
  /** Whether the driver has yet to acknowledge the last one. */
  unacknowledged(): boolean;
  /** Whether the GPU keeps up. */
  ready(): boolean;
}

export class VblankClock {
  readonly #pacing: Pacing;
  readonly #host: VblankHost;
  /** Tasks that come before every timer, but after those that wait already. */
  readonly #channel = new MessageChannel();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #stopped = false;
  #posted = false;
  /** Time of the last vblank. */
  #last = 0;
  /** Time at which the next one is due, by the timer. */
  #due = 0;
  #stalled = false;

  constructor(pacing: Pacing, host: VblankHost) {
    this.#pacing = pacing;
    this.#host = host;
    this.#channel.port1.onmessage = () => {
      this.#posted = false;
      if (!this.#stopped) this.#poll();
    };
  }

  start(): void {
    this.#last = performance.now();
    this.#due = this.#last + PERIOD_MS;
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#channel.port1.onmessage = null;
    this.#channel.port1.close();
    this.#disarm();
  }

  /** Something happened that the driver may wait to see on the screen. */
  kick(): void {
    if (this.#pacing === 'unpaced' && !this.#stopped) this.#post();
  }

  #arm(): void {
    if (this.#stopped) return;
    if (this.#pacing === 'unpaced') {
      this.#post();
      this.#timer = setTimeout(() => this.#tick(), PATIENCE_MS);
    } else if (this.#pacing === 'display' && document.visibilityState === 'visible') {
      this.#frame = requestAnimationFrame(() => {
        this.#stalled = false;
        this.#tick();
      });
      // A frame that is scrolled away is "visible" and gets no animation frames.
      const wait = this.#stalled ? PERIOD_MS : STALLED_MS;
      this.#timer = setTimeout(() => {
        this.#stalled = true;
        this.#tick();
      }, wait);
    } else {
      this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#due - performance.now()));
    }
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
  }

  #tick(): void {
    this.#disarm();
    if (this.#stopped) return;
    const now = performance.now();
    this.#last = now;
    // A timer that comes late does not make the next one late; one that was asleep has nothing to catch up with.
    this.#due = this.#due + PERIOD_MS > now ? this.#due + PERIOD_MS : now + PERIOD_MS;
    if (this.#pacing !== 'unpaced' || this.#host.ready()) this.#host.vblank();
    this.#arm();
  }

  #post(): void {
    if (this.#posted) return;
    this.#posted = true;
    this.#channel.port2.postMessage(null);
  }

  /** Unpaced: looks whether the next vblank is wanted now. If not, the timer brings it. */
  #poll(): void {
    if (this.#host.wanted() && this.#host.ready()) this.#tick();
    else if (this.#host.unacknowledged() && performance.now() - this.#last < EAGER_MS) this.#post();
  }
}
