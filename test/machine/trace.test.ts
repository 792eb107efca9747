import { expect } from 'chai';
import { CALLBACKS } from '../../src/hal/processor.ts';
import { Machine } from '../../src/machine/machine.ts';
import { type TraceEvent, traceDocument } from '../../src/machine/trace-document.ts';
import { TraceRecorder } from '../../src/machine/trace-recorder.ts';
import { TRACE_CALL, TRACE_CALL_END, TRACE_CALLBACK, TRACE_DEVICE } from '../../src/machine/trace-records.ts';
import { TraceRing } from '../../src/memory/trace-ring.ts';
import { driver, MINI } from '../support/drivers.ts';

async function traceOf(source: string, frames: number): Promise<readonly TraceEvent[]> {
  const machine = await Machine.boot({ source, pacing: 'unpaced', trace: true });
  if (frames > 0) await machine.frames(frames);
  else await machine.ended;
  await machine.stop({ graceMs: 5000 });
  return (await machine.trace()).traceEvents;
}

const spans = (events: readonly TraceEvent[]) =>
  events.filter(({ ph, pid }) => pid === 1 && (ph === 'B' || ph === 'E'));

describe('a trace', () => {
  it('shows each callback with the calls that it makes, nested, each span ended', async () => {
    const events = await traceOf(
      driver(`
  vp.VideoPortStallExecution(1);
  try { vp.VideoPortGetDeviceBase(ext, 0n, 0, 0); } catch {}
  return vp.ERROR_DEV_NOT_EXIST;`),
      0,
    );
    const text = spans(events).map(({ name, ph }) => `${ph} ${name}`);
    expect(text).to.deep.equal([
      'B DriverEntry',
      'B VideoPortInitialize',
      'E VideoPortInitialize',
      'E DriverEntry',
      'B HwVidFindAdapter',
      'B VideoPortStallExecution',
      'E VideoPortStallExecution',
      'B VideoPortGetDeviceBase',
      'E VideoPortGetDeviceBase',
      'E HwVidFindAdapter',
    ]);
    const times = spans(events).map(({ ts }) => ts);
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
  });

  it('of mini shows doorbell, submission, interrupt, DPC and flip of each frame, on one clock', async () => {
    const events = await traceOf(MINI, 5);
    const count = (name: string, ph: string) => events.filter((event) => event.name === name && event.ph === ph).length;
    expect(count('HwVidInterrupt', 'B')).to.be.at.least(5);
    expect(count('HwVidDpcRoutine', 'B')).to.be.at.least(5);
    expect(count('VideoPortAllocateCommonBuffer', 'B')).to.equal(5);
    expect(count('vblank', 'i')).to.be.at.least(5);
    expect(count('flip', 'i')).to.be.at.least(5);
    expect(count('interrupt', 'i')).to.be.at.least(5);
    const begun = events.filter(({ ph }) => ph === 'b');
    expect(begun.length).to.be.at.least(5);
    for (const { id, ts } of begun) {
      const end = events.find((event) => event.ph === 'e' && event.id === id);
      expect(end?.ts ?? -1).to.be.at.least(ts);
    }
    // The first submission lies after DriverEntry's beginning and within the machine's life.
    const first = events.find(({ name }) => name === 'DriverEntry');
    expect(begun[0]?.ts).to.be.above(first?.ts ?? Number.POSITIVE_INFINITY);
  });

  it('is refused by a machine that was booted without', async () => {
    const machine = await Machine.boot({ source: driver('  return vp.ERROR_DEV_NOT_EXIST;'), engine: 'software' });
    await machine.stop();
    const error = await machine.trace().then(
      () => null,
      (reason: Error) => reason.message,
    );
    expect(error).to.match(/trace: true/);
  });
});

describe('the trace recorder', () => {
  it('keeps the newest records and says how many went', () => {
    const recorder = new TraceRecorder(100);
    const ring = new TraceRing(recorder.buffer);
    for (let i = 0; i < 200; i++) {
      ring.push(i, TRACE_CALL, i, 0);
      recorder.collect();
    }
    const { records, dropped } = recorder.trace();
    expect(records.length / 4 + dropped).to.equal(200);
    expect(records.length / 4).to.be.within(100, 150);
    expect(records.at(-2)).to.equal(199);
  });
});

describe('a trace document', () => {
  const document = (...records: readonly (readonly number[])[]) =>
    traceDocument({ records: Float64Array.from(records.flat()), dropped: 3, functions: ['VideoPortA'] }, 'driver.ts');

  it('orders processor and device by time, leaves out ends without a beginning, and ends what is open', () => {
    const { traceEvents, otherData } = document(
      [1002, TRACE_CALL_END, 0, 0],
      [1003, TRACE_CALLBACK, CALLBACKS.indexOf('HwVidTimer'), 2],
      [1004, TRACE_CALL, 0, 2],
      [1001, TRACE_DEVICE.retired, 7, 0],
      [1003.5, TRACE_DEVICE.submitted, 8, 2],
    );
    expect(otherData).to.deep.equal({ driver: 'driver.ts', dropped: 3 });
    expect(traceEvents.filter(({ ph }) => ph !== 'M').map(({ ph, name, ts }) => [ph, name, ts])).to.deep.equal([
      ['B', 'HwVidTimer', 2000],
      ['b', 'submission 8', 2500],
      ['B', 'VideoPortA', 3000],
      ['E', 'VideoPortA', 3000],
      ['E', 'HwVidTimer', 3000],
      ['e', 'submission 8', 3000],
    ]);
  });

  it('makes something of records that a driver forged', () => {
    const { traceEvents } = document([Number.NaN, 99, 0, 0], [1, TRACE_CALL, 1e9, Number.NaN], [2, -1, 0, 0]);
    expect(JSON.parse(JSON.stringify(traceEvents)).at(-1).name).to.equal('unknown');
  });
});
