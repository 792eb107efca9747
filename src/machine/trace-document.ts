/**
 * A trace as a file for viewers: the Trace Event Format (JSON object form), which ui.perfetto.dev, chrome://tracing and
 * speedscope open. Times are in microseconds from the first record.
 */
import { CALLBACKS } from '../hal/processor.ts';
import { TRACE_RECORD } from '../memory/trace-ring.ts';
import {
  TRACE_CALL,
  TRACE_CALL_END,
  TRACE_CALLBACK,
  TRACE_CALLBACK_END,
  TRACE_DEVICE,
  type Trace,
} from './trace-records.ts';

/** One event of the format; `ph`: B and E begin and end a span, b and e one that may overlap others, i is an instant, M names things. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: 'B' | 'E' | 'b' | 'e' | 'i' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly cat?: string;
  readonly id?: number;
  readonly s?: 't';
  readonly args?: Readonly<Record<string, string | number>>;
}

/** The whole file. */
export interface TraceDocument {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: { readonly driver: string; readonly dropped: number };
}

/** Tracks: who, and what of it. */
const DRIVER = { pid: 1, tid: 1 };
const RING = { pid: 2, tid: 1 };
const MONITOR = { pid: 2, tid: 2 };

const NAMES: readonly TraceEvent[] = [
  { name: 'process_name', ph: 'M', ...DRIVER, ts: 0, args: { name: 'processor' } },
  { name: 'thread_name', ph: 'M', ...DRIVER, ts: 0, args: { name: 'miniport' } },
  { name: 'process_name', ph: 'M', ...RING, ts: 0, args: { name: 'RingGPU' } },
  { name: 'thread_name', ph: 'M', ...RING, ts: 0, args: { name: 'ring' } },
  { name: 'thread_name', ph: 'M', ...MONITOR, ts: 0, args: { name: 'monitor' } },
];

/** Writes a trace down. Ends whose beginnings are not there any more are left out; spans that have not ended end with the trace. */
export function traceDocument({ records, dropped, functions }: Trace, driver: string): TraceDocument {
  const order = Array.from({ length: records.length / TRACE_RECORD }, (_, index) => index * TRACE_RECORD);
  const number = (at: number): number => records[at] ?? 0;
  // Stable: what has the same time stays as it was recorded.
  order.sort((a, b) => number(a) - number(b));
  const origin = number(order[0] ?? 0);
  const events: TraceEvent[] = [...NAMES];
  const open: string[] = [];
  const flying = new Map<number, string>();
  let ts = 0;
  for (const at of order) {
    ts = Math.max(0, Math.round((number(at) - origin) * 1e6) / 1e3);
    const a = number(at + 2);
    const b = number(at + 3);
    switch (number(at + 1)) {
      case TRACE_CALLBACK:
      case TRACE_CALL: {
        const call = number(at + 1) === TRACE_CALL;
        const name = (call ? functions[a] : CALLBACKS[a]) ?? 'unknown';
        open.push(name);
        events.push({ name, ph: 'B', cat: call ? 'call' : 'callback', ...DRIVER, ts, args: { IRQL: b } });
        break;
      }
      case TRACE_CALLBACK_END:
      case TRACE_CALL_END: {
        const name = open.pop();
        if (name !== undefined) events.push({ name, ph: 'E', ...DRIVER, ts });
        break;
      }
      case TRACE_DEVICE.submitted: {
        const name = `submission ${a}`;
        flying.set(a, name);
        events.push({ name, ph: 'b', cat: 'ring', id: a, ...RING, ts, args: { packets: b } });
        break;
      }
      case TRACE_DEVICE.retired: {
        const name = flying.get(a);
        if (name === undefined) break;
        flying.delete(a);
        events.push({ name, ph: 'e', cat: 'ring', id: a, ...RING, ts, args: { RING_HEAD: b } });
        break;
      }
      case TRACE_DEVICE.vblank:
        events.push({ name: 'vblank', ph: 'i', s: 't', cat: 'monitor', ...MONITOR, ts, args: { VBLANK_COUNT: a } });
        break;
      case TRACE_DEVICE.flip:
        events.push({ name: 'flip', ph: 'i', s: 't', cat: 'monitor', ...MONITOR, ts, args: { base: hex(a) } });
        break;
      case TRACE_DEVICE.interrupt:
        events.push({ name: 'interrupt', ph: 'i', s: 't', cat: 'ring', ...RING, ts, args: { INT_STATUS: hex(a) } });
        break;
    }
  }
  for (const name of open.reverse()) events.push({ name, ph: 'E', ...DRIVER, ts });
  for (const [id, name] of flying) events.push({ name, ph: 'e', cat: 'ring', id, ...RING, ts });
  return { traceEvents: events, displayTimeUnit: 'ms', otherData: { driver, dropped } };
}

const hex = (value: number): string => `0x${value.toString(16)}`;
