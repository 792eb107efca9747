/**
 * How long a stop waits for the driver. One that gets on with its shutdown has all the time that the caller gives; one whose callback
 * does not return has less, for it may never do so. A callback that is merely long comes to its end, and an endless one is not felt.
 */
import { CALLBACK_COUNT, CPU_IDLE, CPU_STATE } from '../bus/board-memory.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * Of the time that a stop may take (80 ms, unless the caller has more), the part that one callback may take as a whole. The time for which it has
 * been seen to run before counts, down to the smaller part, which it has from the stop on in any case.
 */
const WHOLE_SHARE = 0.8;
const LEAST_SHARE = 0.4;
/** What the watchdog needs beyond its limit: it looks now and then, and gives the driver time to reach a safepoint. */
const WATCHDOG_SPARE_MS = 1500;
/** How often the driver is looked at: browsers wake nobody more often who asks again and again. */
const POLL_MS = 4;

/** A stop, and what is to happen while it waits. */
export interface Stopping {
  /** How long it may take in all, in milliseconds. With more than the watchdog's time, an endless callback is its bug check. */
  readonly graceMs: number;
  /** Is there nothing to wait for any more? */
  readonly over: () => boolean;
  /** Another callback runs, or none. */
  readonly advanced: () => void;
  /** A callback has taken a quarter of its time. */
  readonly slow: () => void;
}

/** Resolves when the driver does not come to its end in time, or there is nothing to wait for any more. */
export async function stopOverdue(
  control: Int32Array,
  watchdog: Watchdog,
  { graceMs, over, advanced, slow }: Stopping,
): Promise<void> {
  const watched = graceMs > watchdog.limitMs + WATCHDOG_SPARE_MS;
  const wholeMs = watched ? graceMs : graceMs * WHOLE_SHARE;
  const leastMs = watched ? graceMs : graceMs * LEAST_SHARE;
  const start = performance.now();
  let since = start;
  let callback = Atomics.load(control, CALLBACK_COUNT);
  // A driver that had not even begun when the stop was asked for has nothing to shut down, and gains no time by beginning.
  let limitMs = callback === 0 ? leastMs : Math.max(leastMs, wholeMs - watchdog.glance());
  let told = false;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const now = performance.now();
    const count = Atomics.load(control, CALLBACK_COUNT);
    if (count !== callback) {
      if (callback !== 0) {
        since = now;
        limitMs = wholeMs;
      }
      told = false;
      advanced();
    }
    callback = count;
    const idle = count !== 0 && Atomics.load(control, CPU_STATE) === CPU_IDLE;
    if (!idle && !told && now - since > limitMs / 4) {
      told = true;
      slow();
    }
    if (over() || now - start > graceMs || (!idle && now - since > limitMs)) return;
  }
}
