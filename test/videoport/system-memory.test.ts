import { expect } from 'chai';
import fc from 'fast-check';
import { cFormat } from '../../src/videoport/c-format.ts';
import * as vp from '../../src/videoport/index.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

describe('mem', () => {
  let kernel: Kernel;
  let base: number;
  beforeEach(() => {
    kernel = createKernel();
    kernel.start();
    base = kernel.space.map('pool', 8192)?.base ?? 0;
  });

  it('gives views of the same bytes in all widths', () => {
    vp.mem.u32(base, 1)[0] = 0x3f800000;
    expect(vp.mem.f32(base, 1)[0]).to.equal(1);
    expect([...vp.mem.u8(base, 4)]).to.deep.equal([0, 0, 0x80, 0x3f]);
    expect([...vp.mem.u16(base, 2)]).to.deep.equal([0, 0x3f80]);
    expect(vp.mem.i32(base, 1)[0]).to.equal(0x3f800000);
  });
  it('makes NULL, freed memory, addresses beyond RAM and registers a page fault (bug check 0x50)', () => {
    const gone = kernel.space.map('pool', 4096);
    if (gone) kernel.space.unmap(gone);
    for (const address of [0, 65535, gone?.base ?? 0, 0x4000_0000, 0xf000_0000, -4, Number.NaN, 1.5]) {
      expect(crashOf(() => vp.mem.u8(address, 1)).code, String(address)).to.equal(0x50);
    }
  });
  it('names the first address that is not mapped', () => {
    const lone = kernel.space.map('pool', 4096)?.base ?? 0;
    expect(crashOf(() => vp.mem.u8(lone, 1 << 20)).parameters[0]).to.equal(lone + 4096);
  });
  it('refuses an unaligned address in words that say what to use', () => {
    expect(() => vp.mem.u32(base + 1, 1)).to.throw(RangeError, /multiple of 4; use mem.u8/);
  });
  it('reads and writes structures, leaving members that are not given', () => {
    vp.VIDEO_NUM_MODES.write(base, { NumModes: 3, ModeInformationLength: 80 });
    vp.VIDEO_NUM_MODES.write(base, { NumModes: 4 });
    expect(vp.VIDEO_NUM_MODES.read(base)).to.deep.equal({ NumModes: 4, ModeInformationLength: 80 });
    expect([vp.VIDEO_MODE_INFORMATION.size, vp.VIDEO_MODE_INFORMATION.members.AttributeFlags.offset]).to.deep.equal([
      0x50, 0x40,
    ]);
  });
});

describe('VideoPortMoveMemory, CompareMemory, ZeroMemory and the interlocked functions', () => {
  rule(
    ['VideoPortMoveMemory', 'VideoPortCompareMemory', 'VideoPortZeroMemory'],
    'agree with arrays for any ranges, overlapping ones too',
    () => {
      const kernel = createKernel();
      kernel.start();
      const base = kernel.space.map('pool', 256)?.base ?? 0;
      const view = vp.mem.u8(base, 256);
      fc.assert(
        fc.property(
          fc.uint8Array({ minLength: 256, maxLength: 256 }),
          fc.nat(128),
          fc.nat(128),
          fc.nat(128),
          (start, from, to, length) => {
            view.set(start);
            const model = Uint8Array.from(start);
            model.copyWithin(to, from, from + length);
            vp.VideoPortMoveMemory(base + to, base + from, length);
            expect(Array.from(view)).to.deep.equal(Array.from(model));
            let equal = 0;
            while (equal < length && model[from + equal] === model[to + equal]) equal++;
            expect(vp.VideoPortCompareMemory(base + from, base + to, length)).to.equal(equal);
            vp.VideoPortZeroMemory(base + to, length);
            model.fill(0, to, to + length);
            expect(Array.from(view)).to.deep.equal(Array.from(model));
          },
        ),
        { numRuns: 50 },
      );
    },
  );
  rule(
    ['VideoPortInterlockedIncrement', 'VideoPortInterlockedDecrement', 'VideoPortInterlockedExchange'],
    'return the new value (increment, decrement) and the old one (exchange), as signed numbers',
    () => {
      const kernel = createKernel();
      kernel.start();
      const at = kernel.space.map('pool', 8)?.base ?? 0;
      vp.mem.i32(at, 1)[0] = -1;
      expect(vp.VideoPortInterlockedDecrement(at)).to.equal(-2);
      expect(vp.VideoPortInterlockedIncrement(at)).to.equal(-1);
      expect(vp.VideoPortInterlockedExchange(at, 7)).to.equal(-1);
      expect(vp.mem.i32(at, 1)[0]).to.equal(7);
    },
  );
  rule('VideoPortZeroMemory', 'of memory that is not there is a page fault that names the function', () => {
    createKernel().start();
    expect(crashOf(() => vp.VideoPortZeroMemory(0, 4)).message).to.match(/^VideoPortZeroMemory/);
  });
});

describe('VideoPortDebugPrint', () => {
  const none = () => '';
  for (const [format, values, expected] of [
    ['%d %u %i', [-1, -1, 7], '-1 4294967295 7'],
    ['%x %X %#x %08x %5X|', [255, 255, 255, 255, 255], 'ff FF 0xff 000000ff    FF|'],
    ['%p', [0xf0000000], 'F0000000'],
    ['%s|%10s|%-5s|%.2s', ['a', 'b', 'c', 'defg'], 'a|         b|c    |de'],
    ['%c%c', [65, 'B'], 'AB'],
    ['%I64x %I64d %lld', [0x1234567890n, -5n, -6n], '1234567890 -5 -6'],
    ['%hu %hhx', [65537, 257], '1 1'],
    ['%*d|%-*d|', [5, 1, 5, 2], '    1|2    |'],
    ['100%% %s', [null], '100% (null)'],
    ['%+d % d %05d %.3d', [1, 2, -3, 4], '+1  2 -0003 004'],
    ['%d %d', [1], '1 (missing)'],
    ['%o %lu %ls', [8, 9, 'wide'], '10 9 wide'],
  ] as const) {
    rule(
      'VideoPortDebugPrint',
      `formats ${JSON.stringify(format).replaceAll('(', '[').replaceAll(')', ']')} as C does`,
      () => {
        expect(cFormat(format, values, none)).to.equal(expected);
      },
    );
  }
  rule(
    'VideoPortDebugPrint',
    'reads strings from memory, narrow and wide, and puts one line of the log per line',
    () => {
      const kernel = createKernel();
      kernel.start();
      const at = kernel.space.map('pool', 32)?.base ?? 0;
      vp.mem.u8(at, 12).set([72, 105, 0, 0, 72, 0, 105, 0, 0, 0, 0, 0]);
      vp.VideoPortDebugPrint(vp.Warn, '%s\n%ws\n', at, at + 4);
      expect(kernel.log.slice(-2)).to.deep.equal(['driver warn: Hi', 'driver warn: Hi']);
    },
  );
  rule('VideoPortDebugPrint', 'survives any format and arguments', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.anything()), (format, values) => {
        expect(
          cFormat(
            `%d${format}%s`,
            values.map((value) => (typeof value === 'object' ? null : value)),
            none,
          ),
        ).to.be.a('string');
      }),
    );
  });
});

describe('time', () => {
  rule('VideoPortQuerySystemTime', 'counts 100 ns ticks since 1601', () => {
    createKernel().start();
    const now = vp.out<bigint>();
    vp.VideoPortQuerySystemTime(now);
    const unix = Number(now.value / 10_000n) - 11_644_473_600_000;
    expect(Math.abs(unix - Date.now())).to.be.below(1000);
  });
  rule('VideoPortQueryPerformanceCounter', 'never goes back and runs at its frequency', () => {
    const { extension } = createKernel().start();
    const frequency = vp.out<bigint>();
    const first = vp.VideoPortQueryPerformanceCounter(extension, frequency);
    const start = performance.now();
    while (performance.now() - start < 5);
    const second = vp.VideoPortQueryPerformanceCounter(extension, null);
    expect(Number(second - first) / Number(frequency.value)).to.be.within(0.0049, 0.5);
  });
});
