/** The IRQL that each function's page allows, for all of them, out of the table of exports. */
import { expect } from 'chai';
import { DIRQL } from '../../src/hal/processor.ts';
import * as vp from '../../src/videoport/index.ts';
import exports from '../conformance/exports.json';
import { Crash, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const functions = new Map<string, unknown>(Object.entries(vp));
const MIXED = [vp.PASSIVE_LEVEL, vp.APC_LEVEL, vp.DISPATCH_LEVEL, DIRQL, vp.HIGH_LEVEL];

/** What the documents say of a function's IRQL, as lowest and highest level; null where they are silent or it depends. */
function documented(irql: string): readonly [number, number] | null {
  switch (irql) {
    case 'PASSIVE':
    case '(undoc.; as …Existence)':
      return [vp.PASSIVE_LEVEL, vp.PASSIVE_LEVEL];
    case '≤ DISPATCH':
      return [vp.PASSIVE_LEVEL, vp.DISPATCH_LEVEL];
    case '= DISPATCH':
      return [vp.DISPATCH_LEVEL, vp.DISPATCH_LEVEL];
    case '≥ DISPATCH':
      return [vp.DISPATCH_LEVEL, vp.HIGH_LEVEL];
    case '≤ DIRQL':
      return [vp.PASSIVE_LEVEL, DIRQL];
    default:
      return irql.startsWith('any') ? [vp.PASSIVE_LEVEL, vp.HIGH_LEVEL] : null;
  }
}

/** Functions whose pages other documents contradict: the range that we took, and why. */
const CHOSEN: Readonly<Record<string, { readonly range: readonly [number, number]; readonly why: string }>> = {
  VideoPortDebugPrint: {
    range: [vp.PASSIVE_LEVEL, DIRQL],
    why: 'its page says PASSIVE_LEVEL; it is DbgPrint behind a level, which may be called up to DIRQL, and drivers print in interrupt routines and DPCs',
  },
};

const levels = ([lowest, highest]: readonly [number, number]): string =>
  lowest === highest ? `at IRQL ${lowest} alone` : `from IRQL ${lowest} to ${highest}`;

describe('the IRQL of each function', () => {
  let kernel: Kernel;
  let ext: object;
  beforeEach(() => {
    kernel = createKernel();
    ext = kernel.start({ HwTimer: () => {} }).extension;
  });
  /** Calls a function at an IRQL; says whether the machine stopped because of that IRQL. */
  const refused = (name: string, irql: number, args: readonly unknown[]): boolean => {
    kernel.findings.length = 0;
    const old = kernel.processor.irql;
    kernel.processor.irql = irql;
    try {
      (functions.get(name) as (...args: readonly unknown[]) => unknown)(...args);
    } catch (error) {
      // Whatever else these arguments lead to is other tests' business.
      if (!(error instanceof Crash) && !(error instanceof TypeError)) throw error;
    } finally {
      kernel.processor.irql = old;
    }
    return kernel.rules().some((broken) => broken === 'irql' || broken === 'dma-irql');
  };
  /** Arguments with which the functions for any IRQL do something. */
  const harmless = (name: string): readonly unknown[] => {
    const memory = kernel.space.map('system', 64)?.base ?? 0;
    if (/Port(Read|Write)Port/.test(name)) return [0xc000, memory, 1];
    if (/Register|Interlocked|ZeroDevice/.test(name)) return [memory, memory + 8, 1];
    if (/Memory$/.test(name)) return [memory, name === 'VideoPortZeroMemory' ? 8 : memory + 8, 8];
    if (name === 'VideoPortQuerySystemTime') return [vp.out<bigint>()];
    if (name === 'VideoPortStallExecution') return [1];
    return [ext, null];
  };

  for (const { name, irql } of exports) {
    const chosen = CHOSEN[name];
    const range = chosen?.range ?? documented(irql);
    if (!range) continue;
    const [lowest, highest] = range;
    const check = () => {
      for (const level of MIXED) {
        const wrong = level < lowest || level > highest;
        const args = lowest === vp.PASSIVE_LEVEL && highest === vp.HIGH_LEVEL ? harmless(name) : [ext];
        expect(refused(name, level, args), `IRQL ${level}`).to.equal(wrong);
      }
    };
    const options = chosen ? { chosen: chosen.why } : {};
    rule(name, `may be called ${levels(range)}; at any other the machine stops`, check, options);
  }
  const undecided = [
    'VideoPortCompareMemory',
    'VideoPortMoveMemory',
    'VideoPortInterlockedIncrement',
    'VideoPortInterlockedDecrement',
    'VideoPortInterlockedExchange',
    'VideoPortGetCurrentIrql',
    'VideoPortQuerySystemTime',
    'VideoPortQueryPerformanceCounter',
  ];
  rule(
    undecided,
    'called from HwVidInterrupt are a finding each, and the machine goes on',
    () => {
      for (const name of undecided) {
        // A verifier tells of a rule a few times only.
        kernel = createKernel();
        ext = kernel.start().extension;
        const args = harmless(name);
        kernel.processor.run('HwVidInterrupt', DIRQL, () =>
          (functions.get(name) as (...args: readonly unknown[]) => unknown)(...args),
        );
        expect(kernel.rules(), name).to.deep.equal(['call-context']);
      }
    },
    {
      page: 'nc-video-pvideo_hw_interrupt',
      chosen:
        'their pages say any IRQL, the page of HwVidInterrupt lists the only functions that it may call and calls any other a system crash; a finding says so without stopping a driver that would run',
    },
  );
  const listed: readonly (readonly [string, readonly unknown[]])[] = [
    ['VideoPortStallExecution', [1]],
    ['VideoPortReadPortUchar', [0x80]],
    ['VideoPortWritePortUlong', [0x80, 1]],
  ];
  rule(
    [
      ...listed.map(([name]) => name),
      'VideoPortQueueDpc',
      'VideoPortLogError',
      'VideoPortZeroMemory',
      'VideoPortZeroDeviceMemory',
    ],
    'may be called from HwVidInterrupt',
    () => {
      const at = kernel.space.map('system', 16)?.base ?? 0;
      const calls = [
        ...listed,
        ['VideoPortQueueDpc', [ext, () => {}, null]],
        ['VideoPortLogError', [ext, null, 0, 0]],
        ['VideoPortZeroMemory', [at, 8]],
        ['VideoPortZeroDeviceMemory', [at, 8]],
      ] as const;
      for (const [name, args] of calls) {
        kernel.processor.run('HwVidInterrupt', DIRQL, () =>
          (functions.get(name) as (...args: readonly unknown[]) => unknown)(...args),
        );
      }
      expect(kernel.findings).to.deep.equal([]);
    },
    { page: 'nc-video-pvideo_hw_interrupt' },
  );
  it('is known for all functions but those whose pages are silent', () => {
    const silent = exports.filter((entry) => documented(entry.irql) === null).map((entry) => entry.irql);
    expect(new Set(silent)).to.deep.equal(
      new Set([
        'not stated',
        '(undocumented)',
        '≤ DISPATCH (at DISPATCH only with Timeout = 0)',
        'PASSIVE…APC; DISPATCH only for nonpaged types',
        'as pool type (DISPATCH only for nonpaged)',
      ]),
    );
  });
});
