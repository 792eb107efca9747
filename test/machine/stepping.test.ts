import { expect } from 'chai';
import {
  ATTENTION,
  ATTENTION_PAUSE,
  ATTENTION_WATCHDOG,
  CPU_RUNNING,
  CPU_STATE,
  signalProcessor,
} from '../../src/bus/board-memory.ts';
import { argumentTexts } from '../../src/machine/argument-text.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { BootOptions, Hold, MachineEvent } from '../../src/machine/machine-types.ts';
import { Watchdog } from '../../src/machine/watchdog.ts';
import { VideoPortGetCurrentIrql } from '../../src/videoport/index.ts';
import { driver, lineOf, MINI } from '../support/drivers.ts';
import { createKernel } from '../support/kernel.ts';

const PATIENT = { graceMs: 5000 };

/** A machine whose holds can be waited for. */
async function boot(source: string, options: Partial<BootOptions> = {}) {
  const events: MachineEvent[] = [];
  let heard: () => void = () => {};
  const machine = await Machine.boot({
    source,
    engine: 'software',
    pacing: 'unpaced',
    onEvent: (event) => {
      events.push(event);
      heard();
    },
    ...options,
  });
  /** Resolves when `fulfilled` gives something; it is asked again at every event. */
  const until = async <T>(fulfilled: () => T | null | undefined | false): Promise<T> => {
    for (;;) {
      const value = fulfilled();
      if (value) return value;
      if (['failed', 'crashed', 'stopped'].includes(machine.state)) throw new Error(`the machine has ${machine.state}`);
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  const hold = () => until(() => machine.held);
  return {
    machine,
    events,
    until,
    hold,
    step: (): Promise<Hold> => {
      machine.step();
      return hold();
    },
    stepOut: (): Promise<Hold> => {
      machine.stepOut();
      return hold();
    },
  };
}

const summary = ({ call, line }: Hold) => `${call} ${line}`;

/** Says each call of the port and its line before it makes it. */
const traced = (source: string) =>
  source
    .split('\n')
    .map((text, i) =>
      /^ *(\/?\*|import|VideoPort\w+,)/.test(text)
        ? text
        : text.replace(/\b(VideoPort\w+)\(/g, `(console.log('→ $1 ${i + 1}'), $1)(`),
    )
    .join('\n');

describe('stepping a driver', () => {
  it('visits exactly the calls that the driver makes, in order, each on its line', async () => {
    const trace = await boot(traced(MINI));
    await trace.machine.frames(1);
    const { log } = await trace.machine.stop(PATIENT);
    const calls = log.filter((line) => line.includes('→')).map((line) => line.replace('driver info: → ', ''));

    const { machine, hold, step } = await boot(MINI, { paused: true });
    expect(machine.state).to.equal('paused');
    const holds = [await hold()];
    while (holds.at(-1)?.callback !== 'HwVidInitialize') holds.push(await step());
    await machine.stop(PATIENT);
    expect(holds.map(summary)).to.deep.equal(calls.slice(0, holds.length));
    expect(holds.map(({ callback }) => callback).filter((name, i, all) => name !== all[i - 1])).to.deep.equal([
      'DriverEntry',
      'HwVidFindAdapter',
      'HwVidInitialize',
    ]);
  });

  it('tells the call’s arguments, its callback, its IRQL and its callers', async () => {
    const source = driver(`
  const adapter = vp.VideoPortGetDmaAdapter(ext, { ScatterGather: false, Dma32BitAddresses: true, Dma64BitAddresses: false, MaximumLength: 65536 });
  shared(ext, adapter);
}
function shared(ext: any, adapter: number) {
  const logical = vp.out<bigint>();
  const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, logical, true, vp.NULL);
  vp.VideoPortReleaseCommonBuffer(ext, adapter, 4096, logical.value, virtual, true);
  vp.VideoPortPutDmaAdapter(ext, adapter);`);
    const { machine, hold, step } = await boot(source, { paused: true, fileName: 'own.ts' });
    let at = await hold();
    while (at.call !== 'VideoPortAllocateCommonBuffer') at = await step();
    const line = lineOf(source, 'vp.VideoPortAllocate');
    expect([at.file, at.line, at.callback, at.irql]).to.deep.equal([
      'own.ts',
      line,
      'HwVidFindAdapter',
      'PASSIVE_LEVEL',
    ]);
    expect(at.column).to.be.greaterThan(1);
    expect(at.callers).to.deep.equal([`own.ts:${lineOf(source, 'shared(ext, adapter);')}:3`]);
    expect(at.parameters[1]).to.match(/^(0x)?[0-9a-f]+$/);
    expect(at.parameters.with(1, '')).to.deep.equal(['ext', '', '4096', 'out', 'TRUE', '0']);
    const { findings } = await machine.stop(PATIENT);
    expect(findings).to.deep.equal([]);
  });

  it('Step out leaves a callback: for the one that called it, or else for the next one', async () => {
    const source = driver(
      `
  ext.base = 1;
  vp.VideoPortSynchronizeExecution(ext, vp.VpLowPriority, routine, ext);
  vp.VideoPortGetCurrentIrql(); // behind
  vp.VideoPortGetCurrentIrql(); // not stopped at`,
      `
function routine() {
  vp.VideoPortGetCurrentIrql(); // inside
  vp.VideoPortGetCurrentIrql();
  return true;
}`,
    ).replace('HwInitialize: () => true', 'HwInitialize: () => (vp.VideoPortGetCurrentIrql(), true)');
    const { machine, hold, step, stepOut } = await boot(source, { paused: true });
    let at = await hold();
    while (at.callback !== 'HwVidSynchronizeExecutionCallback') at = await step();
    expect([at.irql, at.line]).to.deep.equal(['DISPATCH_LEVEL', lineOf(source, '// inside')]);
    at = await stepOut();
    expect([at.callback, at.line]).to.deep.equal(['HwVidFindAdapter', lineOf(source, '// behind')]);
    at = await stepOut();
    expect([at.callback, at.line]).to.deep.equal(['HwVidInitialize', lineOf(source, 'HwInitialize:')]);
    await machine.stop(PATIENT);
  });

  it('is asked for in the middle of the run and given up again: the interrupt routine’s next call is held', async () => {
    const { machine, events, until, hold, step, stepOut } = await boot(MINI);
    await machine.frames(2);
    machine.pause();
    const first = await hold();
    expect(['HwVidInterrupt', 'HwVidDpcRoutine', 'HwVidSynchronizeExecutionCallback']).to.include(first.callback);
    let at = first;
    while (at.callback !== 'HwVidInterrupt') at = await stepOut();
    expect(at.irql).to.equal('DIRQL');
    expect((await step()).irql).to.equal('DIRQL');
    // The device does not stand still for it.
    const vblanks = () => events.findLast((event) => event.type === 'stats')?.stats.vblanks ?? 0;
    const before = vblanks();
    await until(() => vblanks() > before);
    expect(machine.held).to.not.equal(null);
    machine.resume();
    expect([machine.state, machine.held]).to.deep.equal(['running', null]);
    await machine.frames(3);
    const { findings, bugCheck } = await machine.stop(PATIENT);
    expect([findings, bugCheck]).to.deep.equal([[], null]);
  });

  it('holds nothing while the driver waits; as soon as it calls the port, there', async () => {
    const source = driver(`
  const event = vp.out<number>();
  vp.VideoPortCreateEvent(ext, 0, vp.NULL, event);
  vp.VideoPortWaitForSingleObject(ext, event.value, -3_000_000n);
  for (;;) vp.VideoPortGetCurrentIrql(); // behind`);
    const { machine, hold, step } = await boot(source, { paused: true, watchdogSeconds: 60 });
    let at = await hold();
    while (at.call !== 'VideoPortWaitForSingleObject') at = await step();
    machine.step();
    expect([machine.state, machine.held]).to.deep.equal(['paused', null]);
    // Neither is remembered: nothing is held.
    machine.step();
    machine.stepOut();
    at = await hold();
    expect([at.call, at.line]).to.deep.equal(['VideoPortGetCurrentIrql', lineOf(source, '// behind')]);
    machine.resume();
    expect(machine.state).to.equal('booting');
    await machine.stop();
  });

  it('does not save a driver that loops without a call from the watchdog', async () => {
    const { machine, events, until } = await boot(driver('console.log("loops"); for (;;);'), { watchdogSeconds: 0.1 });
    await until(() => events.some((event) => event.type === 'log' && event.text === 'loops'));
    machine.pause();
    await machine.ended;
    expect(machine.held).to.equal(null);
    expect(machine.bugCheck?.name).to.equal('THREAD_STUCK_IN_DEVICE_DRIVER');
    await machine.stop();
  });

  it('keeps the watchdog away while a call is held, however long', () => {
    const { processor } = createKernel();
    const { control } = processor;
    const watchdog = new Watchdog(control, 0);
    let looks = 0;
    processor.sleep = () => {
      expect(watchdog.look()).to.equal(null);
      if (++looks === 5) Atomics.and(control, ATTENTION, ~ATTENTION_PAUSE);
    };
    processor.run('HwVidStartIO', 0, () => {
      watchdog.look();
      signalProcessor(control, ATTENTION_PAUSE);
      VideoPortGetCurrentIrql();
      expect(looks).to.equal(5);
      // It begins anew, as if the callback had just been entered, and then it is awake.
      watchdog.look();
      expect(Atomics.load(control, ATTENTION) & ATTENTION_WATCHDOG).to.equal(0);
      expect(Atomics.load(control, CPU_STATE)).to.equal(CPU_RUNNING);
      watchdog.look();
      expect(Atomics.load(control, ATTENTION) & ATTENTION_WATCHDOG).to.equal(ATTENTION_WATCHDOG);
      Atomics.and(control, ATTENTION, ~ATTENTION_WATCHDOG);
    });
  });

  it('Stop and a boot in the same monitor end a machine that is held', async () => {
    const monitor = document.createElement('div');
    document.body.append(monitor);
    const first = await boot(MINI, { monitor, paused: true });
    await first.hold();
    const second = await boot(MINI, { monitor });
    expect(first.machine.state).to.equal('stopped');
    await second.machine.frames(1);
    second.machine.pause();
    await second.hold();
    const { shutdown, findings } = await second.machine.stop(PATIENT);
    expect([shutdown, findings]).to.deep.equal(['complete', []]);
    expect(second.machine.held).to.equal(null);
    monitor.remove();
  });

  it('holds what is left of it no longer when the frame is taken out of the page', async () => {
    const monitor = document.createElement('div');
    document.body.append(monitor);
    const { machine, hold } = await boot(MINI, { monitor, paused: true });
    await hold();
    monitor.remove();
    machine.step();
    await machine.stop();
    expect(machine.state).to.equal('stopped');
  });
});

describe('argumentTexts', () => {
  it('writes values as C would, whatever they are', () => {
    const extension = {};
    const angry = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('angry');
        },
      },
    );
    const values = [
      extension,
      4096,
      0x20000,
      5n,
      0xfe000000n,
      true,
      null,
      'a "text"',
      { value: 1 },
      { a: 1 },
      [1, 'x', {}, 4],
      angry,
    ];
    expect(
      argumentTexts([...values, function DrawFrame() {}, -1, 'x'.repeat(100), undefined], (v) => v === extension),
    ).to.deep.equal([
      'ext',
      '4096',
      '0x20000',
      '5',
      '0xfe000000',
      'TRUE',
      'NULL',
      '"a \\"text\\""',
      'out',
      '{…}',
      '[1, "x", …, …]',
      '?',
      'DrawFrame',
      '-1',
      `"${'x'.repeat(32)}…"`,
    ]);
    expect(argumentTexts([undefined, undefined], () => false)).to.deep.equal([]);
  });
});
