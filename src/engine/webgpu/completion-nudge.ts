/**
 * Makes a browser notice sooner that the GPU is done. Browsers look at the GPU when they have something to tell it, and
 * otherwise poll: Chromium after about 2.5 ms, Firefox after 100. A submission that computes is rarely done by the first look,
 * so a fence would cost a poll. An empty submission now and then is a reason to look.
 */

/** Milliseconds after a submission at which it is first nudged, how much later each time, and when that is given up. */
const FIRST_MS = 0.2;
const BACK_OFF = 1.5;
const LAST_MS = 8;
/** Below this, timers are too coarse to wait with. */
const TIMER_MS = 1;

export class CompletionNudge {
  readonly #queue: GPUQueue;
  readonly #channel = new MessageChannel();
  #outstanding = 0;
  #start = 0;
  /** When the next nudge is due, counted from `#start`. */
  #next = 0;
  #waiting = false;

  constructor(queue: GPUQueue) {
    this.#queue = queue;
    this.#channel.port1.onmessage = () => this.#look();
  }

  /** Something has been submitted that somebody waits for. */
  begin(): void {
    this.#outstanding++;
    this.#start = performance.now();
    this.#next = FIRST_MS;
    this.#wait();
  }

  /** It is done. */
  end(): void {
    this.#outstanding--;
  }

  close(): void {
    this.#outstanding = 0;
    this.#channel.port1.onmessage = null;
    this.#channel.port1.close();
  }

  #wait(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    if (this.#next < TIMER_MS) this.#channel.port2.postMessage(null);
    else setTimeout(() => this.#look(), this.#next / 2);
  }

  #look(): void {
    this.#waiting = false;
    if (this.#outstanding <= 0 || this.#next > LAST_MS) return;
    if (performance.now() - this.#start >= this.#next) {
      this.#queue.submit([]);
      this.#next *= BACK_OFF;
    }
    this.#wait();
  }
}
