/** The machine's clock: KeQuerySystemTime, KeQueryPerformanceCounter, KeStallExecutionProcessor. */

/** 100 ns ticks between 1601-01-01 and 1970-01-01. */
const EPOCH = 116_444_736_000_000_000n;

/** Ticks of the performance counter per second. */
export const PERFORMANCE_FREQUENCY = 10_000_000n;

// Taken while they are still there: a driver's worker loses its globals, and a driver may put others in their place.
const readPerformance = performance.now.bind(performance);
const readDate = Date.now;

/** The moment, in milliseconds since 1970, at which {@link milliseconds} was 0 in this thread. */
export const TIME_ORIGIN = performance.timeOrigin;

/** Milliseconds on a clock that never goes back, for waits. */
export function milliseconds(): number {
  return readPerformance();
}

/** System time: 100 ns ticks since 1601-01-01 UTC. */
export function systemTime(): bigint {
  return EPOCH + BigInt(readDate()) * 10_000n;
}

/** Performance counter: never goes back. */
export function performanceCounter(): bigint {
  return BigInt(Math.floor(readPerformance() * 10_000));
}
