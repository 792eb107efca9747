/** The processor's part of a machine's trace: every callback, and every call of the driver's into the port. */
import { milliseconds, TIME_ORIGIN } from '../hal/clock.ts';
import type { CallbackTrace, Processor } from '../hal/processor.ts';
import type { TraceRing } from '../memory/trace-ring.ts';
import { TRACE_CALL, TRACE_CALL_END, TRACE_CALLBACK, TRACE_CALLBACK_END } from './trace-records.ts';

type PortFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

export class CpuTrace implements CallbackTrace {
  readonly #ring: TraceRing;
  readonly #processor: Processor;
  /** Names of the functions that {@link wrap} has seen, by the index that records give. */
  readonly functions: string[] = [];

  constructor(ring: TraceRing, processor: Processor) {
    this.#ring = ring;
    this.#processor = processor;
  }

  begin(callback: number, irql: number): void {
    this.#ring.push(TIME_ORIGIN + milliseconds(), TRACE_CALLBACK, callback, irql);
  }

  end(callback: number): void {
    this.#ring.push(TIME_ORIGIN + milliseconds(), TRACE_CALLBACK_END, callback, 0);
  }

  /** The port's module as the driver gets it, with every function of the DDI recorded as it begins and ends. */
  wrap(module: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const wrapped: Record<string, unknown> = { ...module };
    for (const [name, value] of Object.entries(module)) {
      if (name.startsWith('VideoPort') && typeof value === 'function') {
        wrapped[name] = this.#wrapFunction(name, value as PortFunction);
      }
    }
    return wrapped;
  }

  #wrapFunction(name: string, call: PortFunction): PortFunction {
    const ring = this.#ring;
    const processor = this.#processor;
    const index = this.functions.push(name) - 1;
    return (...args) => {
      ring.push(TIME_ORIGIN + milliseconds(), TRACE_CALL, index, processor.irql);
      try {
        return call(...args);
      } finally {
        ring.push(TIME_ORIGIN + milliseconds(), TRACE_CALL_END, index, 0);
      }
    };
  }
}
