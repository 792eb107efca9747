import { expect } from 'chai';
import { ATTENTION_INTERRUPT, ATTENTION_TIMER, INTERRUPT_COUNT, signalProcessor } from '../../src/bus/board-memory.ts';
import { REGISTER_WORD, RINGGPU_INT_FENCE, RINGGPU_INT_VBLANK, RINGGPU_REG } from '../../src/devices/ringgpu/index.ts';
import { DIRQL } from '../../src/hal/processor.ts';
import * as vp from '../../src/videoport/index.ts';
import { timerTick } from '../../src/videoport/timer.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

interface Ext {
  registers: number;
}

/** A driver that maps its registers and acknowledges interrupts; `inIsr` and what follows come from the test. */
function startWith(kernel: Kernel, inIsr: (ext: Ext) => void, acknowledge = true): Ext {
  const device = kernel.start({
    HwFindAdapter: (ext: Ext) => {
      const ranges: vp.VIDEO_ACCESS_RANGE[] = [];
      vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, ranges, vp.NULL, vp.NULL, null);
      ext.registers = vp.VideoPortGetDeviceBase(ext, ranges[0]?.RangeStart ?? 0n, 4096, 0);
      return vp.NO_ERROR;
    },
    HwInterrupt: (ext: Ext) => {
      inIsr(ext);
      const status = vp.VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG.INT_STATUS);
      if (acknowledge) vp.VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG.INT_STATUS, status);
      return status !== 0;
    },
    HwTimer: () => {},
  });
  const ext = device.extension as Ext;
  vp.VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG.INT_ENABLE, RINGGPU_INT_VBLANK);
  return ext;
}

/** What the engine does when it wants the processor. */
function raise(kernel: Kernel, cause: number): void {
  Atomics.or(new Int32Array(kernel.memory.registers), REGISTER_WORD.INT_STATUS, cause);
  signalProcessor(kernel.processor.control, ATTENTION_INTERRUPT);
}

describe('interrupts', () => {
  it('run HwVidInterrupt at DIRQL at the next safepoint, and none before it', () => {
    const kernel = createKernel();
    const irqls: number[] = [];
    startWith(kernel, () => irqls.push(vp.VideoPortGetCurrentIrql()));
    raise(kernel, RINGGPU_INT_VBLANK);
    expect(irqls).to.deep.equal([]);
    kernel.processor.safepoint();
    expect(irqls).to.deep.equal([DIRQL]);
    expect(kernel.processor.control[INTERRUPT_COUNT]).to.equal(1);
    expect(kernel.processor.irql).to.equal(vp.PASSIVE_LEVEL);
  });
  it('come only for causes that INT_ENABLE lets through', () => {
    const kernel = createKernel();
    let count = 0;
    startWith(kernel, () => count++);
    raise(kernel, RINGGPU_INT_FENCE);
    kernel.processor.safepoint();
    expect(count).to.equal(0);
  });
  it('wait while code runs at DIRQL, and come when the IRQL drops', () => {
    const kernel = createKernel();
    const order: string[] = [];
    const ext = startWith(kernel, () => order.push('interrupt'));
    vp.VideoPortSynchronizeExecution(
      ext,
      vp.VpMediumPriority,
      () => {
        raise(kernel, RINGGPU_INT_VBLANK);
        vp.VideoPortReadRegisterUlong(ext.registers);
        order.push('routine');
        return true;
      },
      0,
    );
    expect(order).to.deep.equal(['routine', 'interrupt']);
  });
  it('pre-empt a routine of VpLowPriority', () => {
    const kernel = createKernel();
    const order: string[] = [];
    const ext = startWith(kernel, () => order.push('interrupt'));
    vp.VideoPortSynchronizeExecution(
      ext,
      vp.VpLowPriority,
      () => {
        raise(kernel, RINGGPU_INT_VBLANK);
        vp.VideoPortReadRegisterUlong(ext.registers);
        order.push('routine');
        return true;
      },
      0,
    );
    expect(order).to.deep.equal(['interrupt', 'routine']);
  });
  it('that are never acknowledged are a storm: a finding, the line masked, the machine alive', () => {
    const kernel = createKernel();
    startWith(kernel, () => {}, false);
    raise(kernel, RINGGPU_INT_VBLANK);
    kernel.processor.safepoint();
    expect(kernel.rules()).to.deep.equal(['interrupt-storm']);
    expect(kernel.port.devices[0]?.interrupt?.masked).to.equal(true);
  });
  it('allow nothing but the nine kinds of calls: anything else is a finding', () => {
    const kernel = createKernel();
    startWith(kernel, (ext) => {
      vp.VideoPortZeroMemory(kernel.space.map('pool', 16)?.base ?? 0, 16);
      vp.VideoPortStallExecution(1);
      vp.VideoPortLogError(ext, null, 0, 1);
      vp.VideoPortQueueDpc(ext, () => {}, null);
      vp.VideoPortQueryPerformanceCounter(ext, null);
    });
    raise(kernel, RINGGPU_INT_VBLANK);
    kernel.processor.safepoint();
    expect(kernel.findings.map((finding) => [finding.rule, finding.message.split(' ')[0]])).to.deep.equal([
      ['call-context', 'VideoPortQueryPerformanceCounter'],
    ]);
  });
  it('crash the machine on a call for PASSIVE_LEVEL: 0x0A', () => {
    const kernel = createKernel();
    startWith(kernel, (ext) => vp.VideoPortGetVersion(ext, { Size: vp.SIZE_OF_VPOSVERSIONINFO }));
    raise(kernel, RINGGPU_INT_VBLANK);
    expect(crashOf(() => kernel.processor.safepoint()).code).to.equal(0x0a);
  });
});

describe('VideoPortQueueDpc', () => {
  rule('VideoPortQueueDpc', 'without a routine that can be called is a finding, at the call, and FALSE', () => {
    for (const wrong of [vp.NULL, null, 5, 'x']) {
      const kernel = createKernel();
      const { extension } = kernel.start();
      const queued = kernel.processor.run('HwVidDpcRoutine', vp.DISPATCH_LEVEL, () =>
        vp.VideoPortQueueDpc(extension, wrong as never, null),
      );
      expect(queued).to.equal(false);
      expect(kernel.findings[0]?.message).to.match(/^VideoPortQueueDpc: CallbackRoutine is .+ must be a function/);
    }
  });
  rule('VideoPortQueueDpc', 'of a DPC that queues itself without end is a finding, and the machine goes on', () => {
    const kernel = createKernel();
    const { extension } = kernel.start();
    let runs = 0;
    const dpc = (ext: object) => {
      runs++;
      vp.VideoPortQueueDpc(ext, dpc, null);
    };
    kernel.processor.run('HwVidInterrupt', DIRQL, () => vp.VideoPortQueueDpc(extension, dpc, null));
    expect(kernel.rules()).to.deep.equal(['callback-contract']);
    expect(kernel.findings[0]?.message).to.match(/HwVidDpcRoutine has queued itself 10000 times in a row/);
    expect(runs).to.be.above(10_000);
    kernel.processor.run('HwVidInterrupt', DIRQL, () =>
      expect(vp.VideoPortQueueDpc(extension, () => runs++, null)).to.equal(true),
    );
  });
  rule('VideoPortQueueDpc', 'may be called by a DPC that has more to do', () => {
    const kernel = createKernel();
    const { extension } = kernel.start();
    let left = 5000;
    const dpc = (ext: object) => {
      if (--left > 0) expect(vp.VideoPortQueueDpc(ext, dpc, null)).to.equal(true);
    };
    kernel.processor.run('HwVidInterrupt', DIRQL, () => vp.VideoPortQueueDpc(extension, dpc, null));
    expect(left).to.equal(0);
    expect(kernel.rules()).to.deep.equal([]);
  });
});

describe('interrupts that keep coming', () => {
  it('are served one after another, and their DPCs too, not inside one another', () => {
    const kernel = createKernel();
    let depth = 0;
    let deepest = 0;
    let served = 0;
    startWith(kernel, (ext) => {
      vp.VideoPortQueueDpc(
        ext,
        () => {
          deepest = Math.max(deepest, ++depth);
          if (++served < 5000) raise(kernel, RINGGPU_INT_VBLANK);
          vp.VideoPortReadRegisterUlong(ext.registers);
          depth--;
        },
        null,
      );
    });
    raise(kernel, RINGGPU_INT_VBLANK);
    kernel.processor.safepoint();
    expect(served).to.equal(5000);
    expect(deepest).to.equal(1);
  });
  it('do not keep the processor awake when nobody serves them', () => {
    const kernel = createKernel();
    const ext = startWith(kernel, () => {});
    vp.VideoPortDisableInterrupt(ext);
    raise(kernel, RINGGPU_INT_VBLANK);
    kernel.processor.safepoint();
    let slept = 0;
    kernel.onSleep = () => slept++;
    kernel.processor.waitForAttention(1000, false);
    expect(slept).to.equal(1);
  });
});

describe('VideoPortEnableInterrupt and VideoPortDisableInterrupt', () => {
  rule(
    ['VideoPortEnableInterrupt', 'VideoPortDisableInterrupt'],
    'mask and unmask: what came meanwhile is served on unmasking',
    () => {
      const kernel = createKernel();
      let count = 0;
      const ext = startWith(kernel, () => count++);
      expect(vp.VideoPortDisableInterrupt(ext)).to.equal(vp.NO_ERROR);
      raise(kernel, RINGGPU_INT_VBLANK);
      kernel.processor.safepoint();
      expect(count).to.equal(0);
      expect(vp.VideoPortEnableInterrupt(ext)).to.equal(vp.NO_ERROR);
      kernel.processor.safepoint();
      expect(count).to.equal(1);
    },
  );
  rule(
    ['VideoPortEnableInterrupt', 'VideoPortDisableInterrupt'],
    'answer ERROR_INVALID_FUNCTION without HwInterrupt',
    () => {
      const kernel = createKernel();
      const { extension } = kernel.start();
      expect(vp.VideoPortEnableInterrupt(extension)).to.equal(vp.ERROR_INVALID_FUNCTION);
      expect(vp.VideoPortDisableInterrupt(extension)).to.equal(vp.ERROR_INVALID_FUNCTION);
    },
  );
});

describe('VideoPortQueueDpc (nf-video-videoportqueuedpc)', () => {
  rule(
    'VideoPortQueueDpc',
    'runs the routine at DISPATCH_LEVEL after the interrupt routine, with extension and context',
    () => {
      const kernel = createKernel();
      const seen: unknown[] = [];
      const ext = startWith(kernel, (extension) => {
        vp.VideoPortQueueDpc(
          extension,
          (e: object, context) => seen.push(e, context, vp.VideoPortGetCurrentIrql()),
          'context',
        );
        seen.push('interrupt');
      });
      raise(kernel, RINGGPU_INT_VBLANK);
      kernel.processor.safepoint();
      expect(seen).to.deep.equal(['interrupt', ext, 'context', vp.DISPATCH_LEVEL]);
    },
  );
  rule(
    'VideoPortQueueDpc',
    'returns FALSE while the device’s one DPC is queued, and that call’s context is lost',
    () => {
      const kernel = createKernel();
      const results: boolean[] = [];
      const contexts: unknown[] = [];
      startWith(kernel, (ext) => {
        for (const context of [1, 2])
          results.push(vp.VideoPortQueueDpc(ext, (_ext: object, c) => contexts.push(c), context));
      });
      raise(kernel, RINGGPU_INT_VBLANK);
      kernel.processor.safepoint();
      expect(results).to.deep.equal([true, false]);
      expect(contexts).to.deep.equal([1]);
    },
  );
  rule('VideoPortQueueDpc', 'may not be called below DISPATCH_LEVEL', () => {
    const kernel = createKernel();
    const { extension } = kernel.start();
    expect(crashOf(() => vp.VideoPortQueueDpc(extension, () => {}, null)).code).to.equal(0x0a);
  });
});

describe('VideoPortStartTimer and VideoPortStopTimer', () => {
  rule(
    ['VideoPortStartTimer', 'VideoPortStopTimer'],
    'call HwVidTimer at DISPATCH_LEVEL for each second between them',
    () => {
      const kernel = createKernel();
      const irqls: number[] = [];
      const { extension } = kernel.start({ HwTimer: () => irqls.push(vp.VideoPortGetCurrentIrql()) });
      kernel.processor.onTimer = timerTick;
      const second = () => {
        signalProcessor(kernel.processor.control, ATTENTION_TIMER);
        kernel.processor.safepoint();
      };
      second();
      vp.VideoPortStartTimer(extension);
      second();
      second();
      vp.VideoPortStopTimer(extension);
      second();
      expect(irqls).to.deep.equal([vp.DISPATCH_LEVEL, vp.DISPATCH_LEVEL]);
    },
  );
  rule(['VideoPortStartTimer', 'VideoPortStopTimer'], 'are a finding when HwTimer is missing', () => {
    const kernel = createKernel();
    const { extension } = kernel.start();
    vp.VideoPortStartTimer(extension);
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
  });
  rule(['VideoPortStartTimer', 'VideoPortStopTimer'], 'may not be stopped from HwVidTimer', () => {
    const kernel = createKernel();
    const { extension } = kernel.start({ HwTimer: (ext: object) => vp.VideoPortStopTimer(ext) });
    kernel.processor.onTimer = timerTick;
    vp.VideoPortStartTimer(extension);
    signalProcessor(kernel.processor.control, ATTENTION_TIMER);
    kernel.processor.safepoint();
    expect(kernel.rules()).to.deep.equal(['call-context']);
  });
});

describe('VideoPortSynchronizeExecution (nf-video-videoportsynchronizeexecution)', () => {
  for (const [priority, irql] of [
    [vp.VpLowPriority, vp.DISPATCH_LEVEL],
    [vp.VpMediumPriority, DIRQL],
    [vp.VpHighPriority, DIRQL],
  ] as const) {
    rule(
      'VideoPortSynchronizeExecution',
      `priority ${priority} runs the routine at IRQL ${irql} and returns its result`,
      () => {
        const kernel = createKernel();
        const ext = startWith(kernel, () => {});
        let seen = -1;
        for (const result of [true, false]) {
          expect(
            vp.VideoPortSynchronizeExecution(
              ext,
              priority,
              () => {
                seen = vp.VideoPortGetCurrentIrql();
                return result;
              },
              null,
            ),
          ).to.equal(result);
        }
        expect(seen).to.equal(irql);
        expect(kernel.processor.irql).to.equal(vp.PASSIVE_LEVEL);
      },
    );
  }
  rule('VideoPortSynchronizeExecution', 'falls back to VpLowPriority without an interrupt', () => {
    const kernel = createKernel();
    const { extension } = kernel.start();
    let seen = -1;
    vp.VideoPortSynchronizeExecution(
      extension,
      vp.VpMediumPriority,
      () => {
        seen = vp.VideoPortGetCurrentIrql();
        return true;
      },
      null,
    );
    expect(seen).to.equal(vp.DISPATCH_LEVEL);
  });
  rule('VideoPortSynchronizeExecution', 'refuses another priority', () => {
    const kernel = createKernel();
    const { extension } = kernel.start();
    expect(vp.VideoPortSynchronizeExecution(extension, 3, () => true, null)).to.equal(false);
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
  });
});

describe('VideoPortStallExecution (nf-video-videoportstallexecution)', () => {
  rule('VideoPortStallExecution', 'waits at least as long as asked, and serves interrupts meanwhile', () => {
    const kernel = createKernel();
    let interrupts = 0;
    startWith(kernel, () => interrupts++);
    kernel.processor.run('HwVidInitialize', 0, () => {
      const start = performance.now();
      raise(kernel, RINGGPU_INT_VBLANK);
      vp.VideoPortStallExecution(900);
      expect(performance.now() - start).to.be.at.least(0.9);
    });
    expect(interrupts).to.equal(1);
    expect(kernel.findings).to.deep.equal([]);
  });
  rule('VideoPortStallExecution', 'of more than 50 µs outside initialisation is a finding', () => {
    const kernel = createKernel();
    kernel.start();
    vp.VideoPortStallExecution(51);
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
  });
});
