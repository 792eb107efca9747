/** From source text to picture, and back: boot, edit → first frame, stop. */
import { Machine } from '../src/machine/machine.ts';
import mini from '../src/miniports/mini.ts?raw';
import type { Row } from './row.ts';

const ROUNDS = 20;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** What any page must spend that runs code apart: starting an empty worker and hearing from it. */
async function emptyWorker(): Promise<number> {
  const url = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
  const start = performance.now();
  const worker = new Worker(url);
  await new Promise((resolve) => {
    worker.onmessage = resolve;
  });
  const elapsed = performance.now() - start;
  worker.terminate();
  URL.revokeObjectURL(url);
  return elapsed;
}

/** Milliseconds from the call of boot to the first frame on the monitor. */
async function firstFrame(source: string): Promise<{ readonly machine: Machine; readonly elapsed: number }> {
  const start = performance.now();
  const machine = await Machine.boot({ source, monitor: monitor() });
  await machine.frames(1);
  return { machine, elapsed: performance.now() - start };
}

let holder: HTMLElement | null = null;
function monitor(): HTMLElement {
  if (!holder) {
    holder = document.createElement('div');
    holder.style.cssText = 'width:640px;height:480px';
    document.body.append(holder);
  }
  return holder;
}

/** Measures cold boot, edit → first frame in the same monitor, and stop: of a driver that is well, and of one that loops for ever. */
export async function bootBench(): Promise<Row[]> {
  const workers: number[] = [];
  for (let i = 0; i < ROUNDS; i++) workers.push(await emptyWorker());
  const cold = await firstFrame(mini);
  const edits: number[] = [];
  const stops: number[] = [];
  let { machine } = cold;
  for (let i = 0; i < ROUNDS; i++) {
    const stopped = performance.now();
    void machine.ended.then(() => stops.push(performance.now() - stopped));
    await machine.stop();
    const next = await firstFrame(`${mini}\n// edit ${i}\n`);
    edits.push(next.elapsed);
    machine = next.machine;
  }
  await machine.stop();
  const loops: number[] = [];
  for (let i = 0; i < ROUNDS / 2; i++) {
    const looping = await Machine.boot({ source: 'export function DriverEntry() { for (;;); }', monitor: monitor() });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = performance.now();
    void looping.ended.then(() => loops.push(performance.now() - stopped));
    await looping.stop();
  }
  const worker = median(workers);
  const row = (name: string, value: number, target: number | null): Row => ({
    name,
    value,
    unit: 'ms',
    baseline: 'starting an empty worker',
    baselineValue: worker,
    ratio: value / worker,
    target: target === null ? '' : `≤ ${target} ms`,
    met: target === null || value <= target,
  });
  return [
    row('source text → first frame on the monitor, cold', cold.elapsed, null),
    row(`edit → first frame (median of ${ROUNDS})`, median(edits), 150),
    row(`stop a running driver (median of ${ROUNDS})`, median(stops), 100),
    row(`stop a running driver (longest of ${ROUNDS})`, Math.max(...stops), 100),
    row(`stop a driver that loops for ever (longest of ${ROUNDS / 2})`, Math.max(...loops), 100),
  ];
}
