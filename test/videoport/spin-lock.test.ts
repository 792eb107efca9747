import { expect } from 'chai';
import { DIRQL } from '../../src/hal/processor.ts';
import { reportHeldDeviceLocks } from '../../src/videoport/device-lock.ts';
import * as vp from '../../src/videoport/index.ts';
import { reportSpinLockLeaks } from '../../src/videoport/spin-lock.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const VIOLATION = 'bug-check-0xc4--driver-verifier-detected-violation';
const ACQUIRE = 'VideoPortAcquireSpinLock';
const RELEASE = 'VideoPortReleaseSpinLock';
const AT_DPC = 'VideoPortAcquireSpinLockAtDpcLevel';
const FROM_DPC = 'VideoPortReleaseSpinLockFromDpcLevel';

describe('spin locks', () => {
  let kernel: Kernel;
  let ext: object;
  let lock: number;
  const setUp = (verifier: boolean) => {
    kernel = createKernel({ verifier });
    ext = kernel.start().extension;
    lock = create();
  };
  const create = () => {
    const made = vp.out<number>();
    expect(vp.VideoPortCreateSpinLock(ext, made)).to.equal(vp.NO_ERROR);
    return made.value;
  };
  beforeEach(() => setUp(true));

  rule('VideoPortCreateSpinLock', 'makes a lock that is free, at an address that is no memory', () => {
    expect(crashOf(() => vp.mem.u8(lock, 1)).code).to.equal(0x50);
  });
  rule([ACQUIRE, RELEASE], 'raise to DISPATCH_LEVEL and back, and tell the IRQL before', () => {
    for (const irql of [vp.PASSIVE_LEVEL, vp.APC_LEVEL, vp.DISPATCH_LEVEL]) {
      kernel.processor.irql = irql;
      const old = vp.out<number>();
      vp.VideoPortAcquireSpinLock(ext, lock, old);
      expect([old.value, vp.VideoPortGetCurrentIrql()]).to.deep.equal([irql, vp.DISPATCH_LEVEL]);
      vp.VideoPortReleaseSpinLock(ext, lock, old.value);
      expect(vp.VideoPortGetCurrentIrql()).to.equal(irql);
    }
    kernel.processor.irql = vp.PASSIVE_LEVEL;
    expect(kernel.findings).to.deep.equal([]);
  });
  rule(RELEASE, 'runs the DPCs that the lock held back', () => {
    const old = vp.out<number>();
    const order: string[] = [];
    vp.VideoPortAcquireSpinLock(ext, lock, old);
    vp.VideoPortQueueDpc(ext, () => order.push('dpc'), null);
    order.push('locked');
    vp.VideoPortReleaseSpinLock(ext, lock, old.value);
    expect(order).to.deep.equal(['locked', 'dpc']);
  });
  rule(
    ACQUIRE,
    'of a lock that is held is a deadlock: 0xC4/1000 with the lock',
    () => {
      vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
      const crash = crashOf(() => vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>()));
      expect([crash.code, ...crash.parameters.slice(0, 2)]).to.deep.equal([0xc4, 0x1000, lock]);
      expect(kernel.rules()).to.deep.equal(['spin-lock-recursive']);
    },
    { page: VIOLATION },
  );
  rule(
    ACQUIRE,
    'of a lock that is held is 0x0F in the free build',
    () => {
      setUp(false);
      vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
      expect(crashOf(() => vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>())).code).to.equal(0x0f);
    },
    {
      page: 'bug-check-0xf--spin-lock-already-owned',
      chosen: 'a free build spins for ever and shows nothing; the checked build says 0x0F, and so do we',
    },
  );
  rule(ACQUIRE, 'above DISPATCH_LEVEL is 0x0A', () => {
    kernel.processor.irql = DIRQL;
    expect(crashOf(() => vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>())).code).to.equal(0x0a);
  });
  rule(
    RELEASE,
    'twice is 0xC4/1007, in the free build 0x10',
    () => {
      for (const [verifier, code] of [
        [true, 0xc4],
        [false, 0x10],
      ] as const) {
        setUp(verifier);
        vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
        vp.VideoPortReleaseSpinLock(ext, lock, vp.PASSIVE_LEVEL);
        kernel.processor.irql = vp.DISPATCH_LEVEL;
        const crash = crashOf(() => vp.VideoPortReleaseSpinLock(ext, lock, 0));
        expect(crash.code).to.equal(code);
        if (verifier) expect(crash.parameters[0]).to.equal(0x1007);
      }
    },
    { page: VIOLATION },
  );
  rule(
    RELEASE,
    'of an outer lock before the inner one is 0xC4/1003 with both',
    () => {
      const inner = create();
      const outer = vp.out<number>();
      vp.VideoPortAcquireSpinLock(ext, lock, outer);
      vp.VideoPortAcquireSpinLock(ext, inner, vp.out<number>());
      const crash = crashOf(() => vp.VideoPortReleaseSpinLock(ext, lock, outer.value));
      expect([crash.code, ...crash.parameters.slice(0, 3)]).to.deep.equal([0xc4, 0x1003, lock, inner]);
    },
    { page: VIOLATION },
  );
  rule(
    RELEASE,
    'to another IRQL than the one that was saved is 0xC4/31',
    () => {
      vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
      const crash = crashOf(() => vp.VideoPortReleaseSpinLock(ext, lock, vp.APC_LEVEL));
      expect([crash.code, ...crash.parameters]).to.deep.equal([0xc4, 0x31, vp.DISPATCH_LEVEL, vp.APC_LEVEL, 0]);
    },
    { page: VIOLATION },
  );
  rule(RELEASE, 'below DISPATCH_LEVEL is a crash: something else lowered the IRQL', () => {
    vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
    kernel.processor.irql = vp.PASSIVE_LEVEL;
    expect(crashOf(() => vp.VideoPortReleaseSpinLock(ext, lock, 0)).code).to.equal(0x0a);
  });
  rule(ACQUIRE, 'that no release follows before the callback returns is a finding', () => {
    kernel.processor.run('HwVidStartIO', vp.PASSIVE_LEVEL, () =>
      vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>()),
    );
    expect(kernel.rules()).to.deep.equal(['lock-held']);
    expect(kernel.findings[0]?.message).to.match(
      /^HwVidStartIO returned at IRQL 2 with the spin lock 0xC\w+, which it acquired here with VideoPortAcquireSpinLock, still/,
    );
  });
  rule(AT_DPC, 'that no release follows before the DPC returns is a finding', () => {
    kernel.processor.run('HwVidDpcRoutine', vp.DISPATCH_LEVEL, () => vp.VideoPortAcquireSpinLockAtDpcLevel(ext, lock));
    expect(kernel.rules()).to.deep.equal(['lock-held']);
    expect(kernel.findings[0]?.message).to.match(/^HwVidDpcRoutine returned.*VideoPortAcquireSpinLockAtDpcLevel/);
    // It was told: at stop the lock is one that was never deleted, and no more.
    reportSpinLockLeaks();
    expect(kernel.rules()).to.deep.equal(['lock-held', 'leak']);
  });
  rule([ACQUIRE, RELEASE], 'may span a synchronisation callback that acquires, and whose caller releases', () => {
    const old = vp.out<number>();
    kernel.processor.run('HwVidDpcRoutine', vp.DISPATCH_LEVEL, () => {
      const acquire = () => {
        vp.VideoPortAcquireSpinLock(ext, lock, old);
        return true;
      };
      vp.VideoPortSynchronizeExecution(ext, vp.VpLowPriority, acquire, null);
      vp.VideoPortReleaseSpinLock(ext, lock, old.value);
    });
    expect(kernel.rules()).to.deep.equal([]);
  });
  rule(ACQUIRE, 'of a lock that an interrupted callback holds is no business of the interrupt routine’s return', () => {
    kernel.processor.run('HwVidStartIO', vp.PASSIVE_LEVEL, () => {
      const old = vp.out<number>();
      vp.VideoPortAcquireSpinLock(ext, lock, old);
      kernel.processor.run('HwVidInterrupt', DIRQL, () => true);
      vp.VideoPortReleaseSpinLock(ext, lock, old.value);
    });
    expect(kernel.rules()).to.deep.equal([]);
  });
  rule(ACQUIRE, 'of a lock that is still held when the machine stops is a finding that says where', () => {
    vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
    reportSpinLockLeaks();
    expect(kernel.rules()).to.deep.equal(['lock-held', 'leak']);
    expect(kernel.findings[0]?.message).to.match(/acquired here with VideoPortAcquireSpinLock, is still held/);
  });
  rule([AT_DPC, FROM_DPC], 'lock at DISPATCH_LEVEL without a change of IRQL', () => {
    kernel.processor.run('HwVidDpcRoutine', vp.DISPATCH_LEVEL, () => {
      vp.VideoPortAcquireSpinLockAtDpcLevel(ext, lock);
      expect(vp.VideoPortGetCurrentIrql()).to.equal(vp.DISPATCH_LEVEL);
      vp.VideoPortReleaseSpinLockFromDpcLevel(ext, lock);
    });
    expect(kernel.findings).to.deep.equal([]);
  });
  rule([AT_DPC, FROM_DPC], 'are for DISPATCH_LEVEL alone: 0x0A below', () => {
    expect(crashOf(() => vp.VideoPortAcquireSpinLockAtDpcLevel(ext, lock)).code).to.equal(0x0a);
    expect(crashOf(() => vp.VideoPortReleaseSpinLockFromDpcLevel(ext, lock)).code).to.equal(0x0a);
  });
  rule(
    AT_DPC,
    'of a lock that is held is 0xC4/1000',
    () => {
      kernel.processor.irql = vp.DISPATCH_LEVEL;
      vp.VideoPortAcquireSpinLockAtDpcLevel(ext, lock);
      expect(crashOf(() => vp.VideoPortAcquireSpinLockAtDpcLevel(ext, lock)).parameters[0]).to.equal(0x1000);
    },
    { page: VIOLATION },
  );
  rule(
    FROM_DPC,
    'of a lock that VideoPortAcquireSpinLock took below DISPATCH_LEVEL is 0xC4/31: the IRQL would stay up',
    () => {
      vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
      expect(crashOf(() => vp.VideoPortReleaseSpinLockFromDpcLevel(ext, lock)).parameters[0]).to.equal(0x31);
    },
  );
  rule(
    FROM_DPC,
    'of a lock that is not held is 0xC4/1007',
    () => {
      kernel.processor.irql = vp.DISPATCH_LEVEL;
      expect(crashOf(() => vp.VideoPortReleaseSpinLockFromDpcLevel(ext, lock)).parameters[0]).to.equal(0x1007);
    },
    { page: VIOLATION },
  );
  rule('VideoPortDeleteSpinLock', 'makes the lock’s address mean nothing: using it is a finding', () => {
    expect(vp.VideoPortDeleteSpinLock(ext, lock)).to.equal(vp.NO_ERROR);
    vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
  });
  rule('VideoPortDeleteSpinLock', 'of a lock that is held is a finding', () => {
    vp.VideoPortAcquireSpinLock(ext, lock, vp.out<number>());
    vp.VideoPortDeleteSpinLock(ext, lock);
    expect(kernel.rules()).to.deep.equal(['lock-held']);
  });
  rule(
    'VideoPortDeleteSpinLock',
    'at DIRQL, as in HwVidInterrupt or a synchronisation callback of medium priority, is 0x0A',
    () => {
      for (const name of ['HwVidInterrupt', 'HwVidSynchronizeExecutionCallback'] as const) {
        setUp(true);
        expect(
          crashOf(() => kernel.processor.run(name, DIRQL, () => vp.VideoPortDeleteSpinLock(ext, lock))).code,
        ).to.equal(0x0a);
      }
    },
  );
  rule('VideoPortCreateSpinLock', 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => vp.VideoPortCreateSpinLock(ext, vp.out<number>())).code).to.equal(0x0a);
  });
  rule('VideoPortCreateSpinLock', 'wants its VideoPortDeleteSpinLock: the report at stop names the lock', () => {
    reportSpinLockLeaks();
    expect(kernel.rules()).to.deep.equal(['leak']);
  });
});

describe('the device lock', () => {
  let kernel: Kernel;
  let ext: object;
  beforeEach(() => {
    kernel = createKernel();
    ext = kernel.start().extension;
  });
  const both = ['VideoPortAcquireDeviceLock', 'VideoPortReleaseDeviceLock'];

  rule(both, 'nest: the lock is free when it was released as often as it was acquired', () => {
    vp.VideoPortAcquireDeviceLock(ext);
    vp.VideoPortAcquireDeviceLock(ext);
    vp.VideoPortReleaseDeviceLock(ext);
    reportHeldDeviceLocks();
    expect(kernel.rules()).to.deep.equal(['lock-held']);
    vp.VideoPortReleaseDeviceLock(ext);
    reportHeldDeviceLocks();
    expect(kernel.rules()).to.deep.equal(['lock-held']);
  });
  rule(
    'VideoPortReleaseDeviceLock',
    'without the lock is an unhandled STATUS_MUTANT_NOT_OWNED: 0x7E',
    () => {
      const crash = crashOf(() => vp.VideoPortReleaseDeviceLock(ext));
      expect([crash.code, crash.parameters[0]]).to.deep.equal([0x7e, 0xc0000046]);
    },
    { page: 'nf-wdm-kereleasemutex' },
  );
  rule(both, 'are for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => vp.VideoPortAcquireDeviceLock(ext)).code).to.equal(0x0a);
    expect(crashOf(() => vp.VideoPortReleaseDeviceLock(ext)).code).to.equal(0x0a);
  });
});
