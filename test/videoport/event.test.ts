import { expect } from 'chai';
import { reportEventLeaks } from '../../src/videoport/event.ts';
import * as vp from '../../src/videoport/index.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const MS = 10_000n;

describe('events', () => {
  let kernel: Kernel;
  let ext: object;
  const create = (flags: number): number => {
    const event = vp.out<number>();
    expect(vp.VideoPortCreateEvent(ext, flags, vp.NULL, event)).to.equal(vp.NO_ERROR);
    return event.value;
  };
  beforeEach(() => {
    kernel = createKernel();
    ext = kernel.start().extension;
  });

  rule(['VideoPortCreateEvent', 'VideoPortReadStateEvent'], 'begin as INITIAL_EVENT_SIGNALED says', () => {
    expect(vp.VideoPortReadStateEvent(ext, create(0))).to.equal(0);
    expect(vp.VideoPortReadStateEvent(ext, create(vp.INITIAL_EVENT_SIGNALED))).not.to.equal(0);
  });
  rule('VideoPortSetEvent', 'returns the state before: not 0 when the event was signalled already', () => {
    const event = create(0);
    expect(vp.VideoPortSetEvent(ext, event)).to.equal(0);
    expect(vp.VideoPortSetEvent(ext, event)).not.to.equal(0);
    vp.VideoPortClearEvent(ext, event);
    expect(vp.VideoPortReadStateEvent(ext, event)).to.equal(0);
  });
  rule('VideoPortClearEvent', 'resets an event: a wait times out then', () => {
    const event = create(vp.NOTIFICATION_EVENT | vp.INITIAL_EVENT_SIGNALED);
    vp.VideoPortClearEvent(ext, event);
    expect(vp.VideoPortWaitForSingleObject(ext, event, 0n)).to.equal(vp.WAIT_TIMEOUT);
  });
  rule('VideoPortWaitForSingleObject', 'resets the event when it succeeds, unless it is a NOTIFICATION_EVENT', () => {
    for (const [flags, second] of [
      [0, vp.WAIT_TIMEOUT],
      [vp.NOTIFICATION_EVENT, vp.NO_ERROR],
    ] as const) {
      const event = create(flags);
      vp.VideoPortSetEvent(ext, event);
      expect(vp.VideoPortWaitForSingleObject(ext, event, 0n)).to.equal(vp.NO_ERROR);
      expect(vp.VideoPortWaitForSingleObject(ext, event, 0n)).to.equal(second);
    }
  });
  rule('VideoPortWaitForSingleObject', 'without a Timeout ends when a DPC sets the event', () => {
    const event = create(0);
    kernel.onSleep = () =>
      kernel.processor.queueDpc(() =>
        kernel.processor.run('HwVidDpcRoutine', vp.DISPATCH_LEVEL, () => vp.VideoPortSetEvent(ext, event)),
      );
    kernel.processor.sleep = ((sleep) => (index: number, value: number, ms: number) => {
      sleep(index, value, ms);
      kernel.processor.lower(vp.PASSIVE_LEVEL);
    })(kernel.processor.sleep);
    expect(vp.VideoPortWaitForSingleObject(ext, event, null)).to.equal(vp.NO_ERROR);
  });
  rule('VideoPortWaitForSingleObject', 'takes NULL, null and no Timeout at all as for ever', () => {
    for (const never of [vp.NULL, null, undefined]) {
      const event = create(0);
      kernel.onSleep = (milliseconds) => {
        expect(milliseconds).to.equal(Infinity);
        vp.VideoPortSetEvent(ext, event);
      };
      expect(vp.VideoPortWaitForSingleObject(ext, event, never as null)).to.equal(vp.NO_ERROR);
    }
    expect(kernel.rules()).to.deep.equal([]);
  });
  rule('VideoPortWaitForSingleObject', 'takes a pointer to its Timeout: to 0 it only looks', () => {
    expect(vp.VideoPortWaitForSingleObject(ext, create(0), vp.out(0n))).to.equal(vp.WAIT_TIMEOUT);
    expect(kernel.rules()).to.deep.equal([]);
  });
  rule('VideoPortWaitForSingleObject', 'refuses a Timeout that is no time, and names it', () => {
    for (const wrong of [-10000, 'x', vp.out(5), vp.out()]) {
      const status = vp.VideoPortWaitForSingleObject(ext, create(0), wrong as never);
      expect(status).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(kernel.findings.at(-1)?.message).to.match(
        /^VideoPortWaitForSingleObject: Timeout is .+ a bigint, or NULL/,
      );
    }
  });
  rule('VideoPortCreateEvent', 'wants its VideoPortDeleteEvent: the report at stop names the event', () => {
    vp.VideoPortDeleteEvent(ext, create(0));
    reportEventLeaks();
    expect(kernel.rules()).to.deep.equal([]);
    create(0);
    reportEventLeaks();
    expect(kernel.rules()).to.deep.equal(['leak']);
    expect(kernel.findings[0]?.message).to.match(/^the event 0xC\w+ was never deleted/);
  });
  rule('VideoPortWaitForSingleObject', 'returns WAIT_TIMEOUT after a relative Timeout, and not earlier', () => {
    const asked: number[] = [];
    kernel.onSleep = (milliseconds) => {
      asked.push(milliseconds);
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    };
    const start = performance.now();
    expect(vp.VideoPortWaitForSingleObject(ext, create(0), -5n * MS)).to.equal(vp.WAIT_TIMEOUT);
    expect(performance.now() - start).to.be.at.least(5);
    expect(asked[0]).to.be.within(4, 5);
  });
  rule('VideoPortWaitForSingleObject', 'takes a positive Timeout as a system time', () => {
    const now = vp.out<bigint>();
    vp.VideoPortQuerySystemTime(now);
    expect(vp.VideoPortWaitForSingleObject(ext, create(0), now.value - MS)).to.equal(vp.WAIT_TIMEOUT);
  });
  rule(
    [
      'VideoPortDeleteEvent',
      'VideoPortSetEvent',
      'VideoPortClearEvent',
      'VideoPortReadStateEvent',
      'VideoPortWaitForSingleObject',
    ],
    'are refused with ERROR_INVALID_PARAMETER once deleted, and when they never were',
    () => {
      const event = create(0);
      expect(vp.VideoPortDeleteEvent(ext, event)).to.equal(vp.NO_ERROR);
      expect(vp.VideoPortWaitForSingleObject(ext, event, 0n)).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(vp.VideoPortDeleteEvent(ext, 12345)).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(new Set(kernel.rules())).to.deep.equal(new Set(['bad-argument']));
    },
  );
  rule('VideoPortWaitForSingleObject', 'may be called at DISPATCH_LEVEL with Timeout 0 only: otherwise 0xC4/3B', () => {
    const event = create(0);
    const wait = (timeout: bigint | null) => () =>
      vp.VideoPortSynchronizeExecution(
        ext,
        vp.VpLowPriority,
        () => vp.VideoPortWaitForSingleObject(ext, event, timeout) === vp.WAIT_TIMEOUT,
        0,
      );
    expect(wait(0n)()).to.equal(true);
    const crash = crashOf(wait(-1n));
    expect([crash.code, crash.parameters[0]]).to.deep.equal([0xc4, 0x3b]);
  });
});
