import * as vp from '../../src/videoport/index.ts';
import { Crash, createKernel } from '../support/kernel.ts';

/** Numbers that are no lengths, no offsets and no addresses. */
const WILD = [-1, 1.5, Number.NaN, 2 ** 32, 2 ** 40, Number.POSITIVE_INFINITY];

/** The functions whose first argument is no HwDeviceExtension. */
const WITHOUT_EXTENSION =
  /Port(Read|Write)|Interlocked|(Compare|Move|Zero|Device)Memory$|SystemTime|DebugPrint|IsNoVesa|CurrentIrql|Secondary|Complete$/;

describe('numbers that make no sense', () => {
  it('lead every function to a value, a finding or a bug check, and none to an error of the port’s own', () => {
    for (const [name, candidate] of Object.entries(vp)) {
      // A stall of 2³² µs is one that has to be waited for.
      if (!/^VideoPort[A-Z]/.test(name) || typeof candidate !== 'function' || name === 'VideoPortStallExecution')
        continue;
      const call = candidate as (...args: readonly unknown[]) => unknown;
      for (const [index, first] of WILD.entries()) {
        const kernel = createKernel({ ramBytes: 1024 * 1024, verifier: index % 2 === 0 });
        const ext = kernel.start({ HwTimer: () => {} }).extension;
        const second = WILD[(index + 1) % WILD.length];
        try {
          call(...(WITHOUT_EXTENSION.test(name) ? [] : [ext]), first, second, first, second, first, second, first);
        } catch (error) {
          // TypeError: a number where an object or a bigint belongs; the driver's compiler says so.
          if (error instanceof Crash || error instanceof TypeError) continue;
          throw new Error(`${name}(${first}, ${second}, …)`, { cause: error });
        }
      }
    }
  });
});
