/** What a C compiler would refuse and JavaScript passes on: each function says what is wrong with which parameter. */
import { expect } from 'chai';
import { DIRQL } from '../../src/hal/processor.ts';
import { VideoPortGetAgpServices } from '../../src/videoport/agp.ts';
import * as vp from '../../src/videoport/index.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

/** A driver's mistakes are no types: calls in this file go past the compiler. */
type Call = (...args: readonly unknown[]) => unknown;
const functions = new Map<string, unknown>(Object.entries(vp));
const call = (name: keyof typeof vp): Call => functions.get(name) as Call;

describe('arguments', () => {
  let kernel: Kernel;
  let ext: object;
  let memory: number;
  let registers: number;
  let start: bigint;
  const findAdapter = <T>(body: () => T): T => kernel.processor.run('HwVidFindAdapter', vp.PASSIVE_LEVEL, body);
  const message = (): string => kernel.findings.map((finding) => finding.message).join('\n');

  /** A new kernel: one tells no mistake more than three times, and here all come from the same place. */
  const forget = () => {
    kernel = createKernel({ ramBytes: 1024 * 1024 });
    ext = kernel.start().extension;
    memory = kernel.space.map('system', 4096)?.base ?? 0;
    const ranges: vp.VIDEO_ACCESS_RANGE[] = [];
    findAdapter(() => {
      vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, ranges, vp.NULL, vp.NULL, vp.NULL);
      start = ranges[0]?.RangeStart ?? 0n;
      registers = vp.VideoPortGetDeviceBase(ext, start, 4096, 0);
    });
  };
  beforeEach(forget);

  /** Functions with an [out] parameter, how it is called, and the call with `place` there. */
  const outs: readonly (readonly [keyof typeof vp, string, (place: unknown) => readonly unknown[], unknown])[] = [
    ['VideoPortCreateEvent', 'ppEvent', (place) => [ext, 0, vp.NULL, place], vp.ERROR_INVALID_PARAMETER],
    ['VideoPortCreateSpinLock', 'SpinLock', (place) => [ext, place], vp.ERROR_INVALID_PARAMETER],
    ['VideoPortAllocateBuffer', 'Buffer', (place) => [ext, 64, place], vp.ERROR_NOT_ENOUGH_MEMORY],
    ['VideoPortGetVgaStatus', 'VgaStatus', (place) => [ext, place], vp.ERROR_INVALID_PARAMETER],
    ['VideoPortQuerySystemTime', 'CurrentTime', (place) => [place], undefined],
    ['VideoPortMapMemory', 'Length', (place) => [ext, start, place, vp.out(0), vp.out(0)], vp.ERROR_INVALID_PARAMETER],
    ['VideoPortMapMemory', 'InIoSpace', (place) => [ext, start, vp.out(8), place, vp.out(0)], 87],
    ['VideoPortMapMemory', 'VirtualAddress', (place) => [ext, start, vp.out(8), vp.out(0), place], 87],
    ['VideoPortGetCommonBuffer', 'LogicalAddress', (place) => [ext, 64, 0, place, vp.out(), true], vp.NULL],
    ['VideoPortGetCommonBuffer', 'pActualLength', (place) => [ext, 64, 0, vp.out(), place, true], vp.NULL],
    ['VideoPortCreateSecondaryDisplay', 'SecondaryDeviceExtension', (place) => [ext, place, 0], 87],
  ];
  for (const [name, parameter, args, returned] of outs) {
    rule(name, `without a place for ${parameter} says so, and gives nothing out`, () => {
      for (const place of [vp.NULL, null, undefined, 0x12345, 'x']) {
        expect(call(name)(...args(place))).to.equal(returned);
        expect(message()).to.match(new RegExp(`^${name}: ${parameter} is .+; it must be an out\\(\\) parameter`));
        forget();
      }
    });
  }
  rule('VideoPortAcquireSpinLock', 'without a place for OldIrql says so, and acquires', () => {
    const lock = vp.out<number>();
    vp.VideoPortCreateSpinLock(ext, lock);
    call('VideoPortAcquireSpinLock')(ext, lock.value, vp.NULL);
    expect(message()).to.match(/^VideoPortAcquireSpinLock: OldIrql is 0; it must be an out\(\) parameter/);
    expect(vp.VideoPortGetCurrentIrql()).to.equal(vp.DISPATCH_LEVEL);
    vp.VideoPortReleaseSpinLock(ext, lock.value, vp.PASSIVE_LEVEL);
  });

  describe('NULL', () => {
    rule(
      ['VideoPortQueryPerformanceCounter', 'VideoPortGetAccessRanges', 'VideoPortLogError'],
      'take NULL as 0 or null',
      () => {
        for (const none of [vp.NULL, null, undefined]) {
          expect(call('VideoPortQueryPerformanceCounter')(ext, none)).to.be.a('bigint');
          findAdapter(() => call('VideoPortGetAccessRanges')(ext, 0, none, 2, [], none, none, none));
          call('VideoPortLogError')(ext, none, 0, 1);
        }
        expect(kernel.rules()).to.deep.equal([]);
      },
    );
    rule(
      ['VideoPortVerifyAccessRanges', 'VideoPortSetTrappedEmulatorPorts', 'VideoPortEnumerateChildren'],
      'take NULL as 0 or null, too',
      () => {
        for (const none of [vp.NULL, null]) {
          expect(findAdapter(() => call('VideoPortVerifyAccessRanges')(ext, 1, none))).to.equal(vp.NO_ERROR);
          expect(call('VideoPortSetTrappedEmulatorPorts')(ext, 0, none)).to.equal(vp.NO_ERROR);
          expect(call('VideoPortEnumerateChildren')(ext, none)).to.equal(vp.NO_ERROR);
          expect(call('VideoPortRegisterBugcheckCallback')(ext, 0xea, none, 100)).to.equal(vp.NO_ERROR);
        }
        expect(kernel.rules()).to.deep.equal([]);
      },
    );
    rule('VideoPortLogError', 'with what is no request packet says so, and logs', () => {
      for (const vrp of [5, 'x', {}, []]) {
        call('VideoPortLogError')(ext, vrp, 'x', 1);
        expect(message()).to.match(/^VideoPortLogError: Vrp is .+; it must be a request packet, or NULL/);
        expect(kernel.log.at(-1)).to.match(/event log: the string "x", id 1$/);
        forget();
      }
    });
  });

  rule(
    ['VideoPortGetVersion', 'VideoPortInt10', 'VideoPortDDCMonitorHelper', 'VideoPortQueryServices'],
    'without a structure say so',
    () => {
      call('VideoPortGetVersion')(ext, vp.NULL);
      call('VideoPortInt10')(ext, null);
      call('VideoPortDDCMonitorHelper')(ext, 5, memory, 256);
      expect(message()).to.match(/VideoPortGetVersion: pVpOsVersionInfo is 0; it must be a structure/);
      expect(message()).to.match(/VideoPortInt10: BiosArguments is null; it must be a structure/);
      expect(message()).to.match(/VideoPortDDCMonitorHelper: DDCControl is 5; it must be a structure/);
      forget();
      expect(call('VideoPortQueryServices')(ext, vp.VideoPortServicesI2C, 'x')).to.equal(87);
      expect(message()).to.match(/Interface is the string "x"; it must be a structure/);
    },
  );
  rule('VideoPortDDCMonitorHelper', 'without the functions for its lines names the one that is missing', () => {
    const I2CCallbacks = { WriteClockLine: () => {}, WriteDataLine: () => {}, ReadClockLine: 0 };
    const control = { Size: vp.SIZE_OF_DDC_CONTROL, I2CCallbacks, EdidSegment: 0 };
    expect(call('VideoPortDDCMonitorHelper')(ext, control, memory, 256)).to.equal(false);
    expect(message()).to.match(/DDCControl\.I2CCallbacks\.ReadClockLine is 0; it must be a function/);
  });
  it('in the list of legacy resources are looked at before they are used', () => {
    const other = createKernel();
    const start = { HwLegacyResourceList: [null], HwLegacyResourceCount: 1 };
    expect(() => other.start(start as never)).not.to.throw();
    expect(other.findings[0]?.message).to.match(/^HwLegacyResourceList: AccessRanges\[0\] is null/);
  });

  describe('callbacks', () => {
    const callbacks: readonly (readonly [
      keyof typeof vp,
      string,
      (routine: unknown) => readonly unknown[],
      unknown,
    ])[] = [
      ['VideoPortSynchronizeExecution', 'SynchronizeRoutine', (f) => [ext, vp.VpLowPriority, f, 0], false],
      ['VideoPortGetRegistryParameters', 'CallbackRoutine', (f) => [ext, 'Value', 0, f, 0], 87],
      ['VideoPortGetDeviceData', 'CallbackRoutine', (f) => [ext, vp.VpMachineData, f, 0], 87],
    ];
    for (const [name, parameter, args, returned] of callbacks) {
      rule(name, `with a ${parameter} that cannot be called says so, and calls nothing`, () => {
        for (const wrong of [vp.NULL, null, undefined, 5, {}]) {
          expect(call(name)(...args(wrong))).to.equal(returned);
          expect(message()).to.match(new RegExp(`^${name}: ${parameter} is .+; it must be a function`));
          forget();
        }
      });
    }
    rule('VideoPortStartDma', 'with an ExecuteDmaRoutine that cannot be called says so, and maps nothing', () => {
      const description = {
        ScatterGather: true,
        Dma32BitAddresses: true,
        Dma64BitAddresses: false,
        MaximumLength: 4096,
      };
      const adapter = vp.VideoPortGetDmaAdapter(ext, description);
      const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 4096, 1);
      const mdl = vp.VideoPortLockBuffer(ext, block, 4096, vp.VpReadAccess);
      expect(call('VideoPortStartDma')(ext, adapter, mdl, 0, vp.out(64), null, 0, true)).to.equal(8);
      expect(message()).to.match(/^VideoPortStartDma: ExecuteDmaRoutine is null; it must be a function/);

      expect(call('VideoPortStartDma')(ext, adapter, mdl, 0, 64, () => {}, 0, true)).to.equal(8);
      expect(kernel.findings[1]?.message).to.match(
        /^VideoPortStartDma: pLength is 64; it must be an out\(\) parameter/,
      );
    });
    rule('VideoPortRegisterBugcheckCallback', 'with a Callback that cannot be called says so', () => {
      expect(call('VideoPortRegisterBugcheckCallback')(ext, 0xea, 5, 100)).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(message()).to.match(/Callback is 5; it must be a function/);
    });
    rule(
      'VideoPortInitialize',
      'refuses an optional callback that is neither a function nor NULL, and names it',
      () => {
        for (const member of ['HwInterrupt', 'HwResetHw', 'HwTimer', 'HwSetPowerState', 'HwGetPowerState']) {
          const other = createKernel();
          expect(() => other.start({ [member]: 5 })).to.throw(/STATUS_INVALID_PARAMETER/);
          expect(other.findings[0]?.message).to.equal(
            `VideoPortInitialize: ${member} is 5; it must be a function, or NULL for none`,
          );
          expect(() => createKernel().start({ [member]: vp.NULL as never })).not.to.throw();
          expect(() => createKernel().start({ [member]: null as never })).not.to.throw();
        }
      },
    );
    rule(
      'VideoPortGetRegistryParameters',
      'whose callback returns no status is a finding, and ERROR_INVALID_PARAMETER',
      () => {
        vp.VideoPortSetRegistryParameters(ext, 'Value', memory, 4);
        for (const returned of [undefined, 'junk']) {
          const status = call('VideoPortGetRegistryParameters')(ext, 'Value', 0, () => returned, 0);
          expect(status).to.equal(vp.ERROR_INVALID_PARAMETER);
        }
        expect(kernel.findings.map((finding) => finding.message)).to.deep.equal([
          'HwVidQueryNamedValueCallback returned nothing; it must return a VP_STATUS',
          'HwVidQueryNamedValueCallback returned the string "junk"; it must return a VP_STATUS',
        ]);
      },
      { page: 'nc-video-pminiport_get_registry_routine' },
    );
    rule(
      'HwVidGetVideoChildDescriptor',
      'that returns what is no status is told with what it returned',
      () => {
        const other = createKernel();
        const types: unknown[] = ['x', vp.VIDEO_ENUM_NO_MORE_DEVICES];
        other.start({ HwGetVideoChildDescriptor: () => types.shift() as number });
        expect(other.findings[0]?.message).to.match(/returned the string "x"/);
      },
      { page: 'nc-video-pvideo_hw_get_child_descriptor' },
    );
  });

  describe('numbers', () => {
    rule(['VideoPortGetDeviceBase', 'VideoPortMapMemory'], 'want a bigint for a bus address, and say so', () => {
      expect(findAdapter(() => call('VideoPortGetDeviceBase')(ext, Number(start), 4096, 0))).to.equal(vp.NULL);
      expect(message()).to.equal(
        `VideoPortGetDeviceBase: IoAddress is ${start}; it must be a 64-bit address, which is a bigint: ${start}n`,
      );
      forget();
      expect(call('VideoPortMapMemory')(ext, 4096, vp.out(8), vp.out(0), vp.out(0))).to.equal(87);
      expect(message()).to.match(/^VideoPortMapMemory: PhysicalAddress is 4096; it must be a 64-bit address/);
    });
    rule('VideoPortAllocatePool', 'tells a bigint from the number that was wanted', () => {
      expect(call('VideoPortAllocatePool')(ext, vp.VpNonPagedPool, 64n, 1)).to.equal(vp.NULL);
      expect(message()).to.match(/NumberOfBytes is the bigint 64n; it must be a whole number of bytes/);
    });
    const bigints: readonly (readonly [keyof typeof vp, string, () => readonly unknown[], unknown])[] = [
      ['VideoPortGetBusData', 'Offset', () => [ext, vp.PCIConfiguration, 0, memory, 4n, 4], 0],
      ['VideoPortSetBusData', 'Length', () => [ext, vp.PCIConfiguration, 0, memory, 4, 4n], 0],
      ['VideoPortCheckForDeviceExistence', 'Flags', () => [ext, 1, 2, 3, 4, 5, 1n], false],
      ['VideoPortGetRomImage', 'Length', () => [ext, vp.NULL, 0, 64n], vp.NULL],
      ['VideoPortScanRom', 'RomLength', () => [ext, memory, 64n, 'x'], false],
      ['VideoPortCreateEvent', 'EventFlag', () => [ext, 1n, vp.NULL, vp.out()], 87],
      ['VideoPortAllocatePool', 'Tag', () => [ext, vp.VpNonPagedPool, 64, 1n], vp.NULL],
      ['VideoPortAllocateContiguousMemory', 'NumberOfBytes', () => [ext, 64n, 0xffff_ffffn], vp.NULL],
      ['VideoPortCreateSecondaryDisplay', 'ulFlag', () => [ext, vp.out(), 1n], 87],
    ];
    for (const [name, parameter, args, returned] of bigints) {
      rule(name, `wants a number for ${parameter}, and says so of a bigint`, () => {
        expect(call(name)(...args())).to.equal(returned);
        expect(message()).to.match(new RegExp(`^${name}: ${parameter} is the bigint \\d+n; it must be a whole number`));
      });
    }
    rule(['VideoPortAllocatePool', 'VideoPortCheckForDeviceExistence'], 'take a tag and flags of either sign', () => {
      expect(vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 64, -1)).not.to.equal(vp.NULL);
      expect(vp.VideoPortCheckForDeviceExistence(ext, 1, 2, 3, 4, 5, 1 << 31)).to.equal(false);
      expect(kernel.rules()).to.deep.equal([]);
    });
    rule('VideoPortStallExecution', 'of what is no number of microseconds says so, and does not wait', () => {
      for (const wrong of [Number.NaN, -5, '9', 5n, 1.5]) {
        call('VideoPortStallExecution')(wrong);
        expect(message()).to.match(/^VideoPortStallExecution: Microseconds is .+; it must be a whole number/);
        forget();
      }
    });
    rule('VideoPortSetRegistryParameters', 'refuses a ValueLength that is none', () => {
      expect(vp.VideoPortSetRegistryParameters(ext, 'Value', memory, -4)).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(message()).to.match(/ValueLength is -4; it must be a whole number/);
    });
    const writes = (['Register', 'Port'] as const).flatMap((kind) =>
      (['Uchar', 'Ushort', 'Ulong'] as const).map((width) => `VideoPortWrite${kind}${width}` as const),
    );
    rule(writes, 'take any number of 32 bits, signed or not, as C does, and say what is none', () => {
      const at = (name: string) => (/WritePort/.test(name) ? 0x3c0 : memory);
      for (const name of writes) {
        for (const fine of [0, -1, 0xffff_ffff, -(2 ** 31), 0x1234_5678]) call(name)(at(name), fine);
        expect(kernel.rules()).to.deep.equal([]);
        for (const wrong of [Number.NaN, 2 ** 40 + 3, '7', 5n, 1.5, undefined]) {
          call(name)(at(name), wrong);
          expect(message()).to.match(new RegExp(`^${name}: Value is .+; it must be a whole number of 32 bits`));
          forget();
        }
      }
      call('VideoPortWriteRegisterUlong')(memory, 2 ** 40 + 3);
      expect(vp.mem.u32(memory, 1)[0]).to.equal(3);
    });
    rule(['VideoPortReadRegisterUlong', 'VideoPortWriteRegisterUlong'], 'crash on an address that is no number', () => {
      for (const wrong of [5n, '5', null]) {
        expect(crashOf(() => call('VideoPortReadRegisterUlong')(wrong)).message).to.match(/address is .+ be a number$/);
        expect(crashOf(() => call('VideoPortWriteRegisterUlong')(wrong, 0)).code).to.equal(0x50);
        expect(crashOf(() => call('VideoPortZeroMemory')(wrong, 4)).message).to.match(/the address is .+ be a number$/);
      }
      expect(crashOf(() => call('VideoPortZeroMemory')(memory, 4n)).message).to.match(/the length is the bigint 4n/);
    });
    const range = { RangeInIoSpace: 0, RangeVisible: 1, RangeShareable: 0, RangePassive: 0 };
    rule('VideoPortVerifyAccessRanges', 'refuses ranges that are none, and says which', () => {
      for (const [count, ranges, told] of [
        [-1, [], /NumAccessRanges is -1/],
        [1, [null], /AccessRanges\[0\] is null; it must be a structure/],
        [1, [{ ...range, RangeStart: 0xa0000, RangeLength: 16 }], /AccessRanges\[0\]\.RangeStart is 655360; .*655360n/],
        [1, [{ ...range, RangeStart: 0xa0000n, RangeLength: -1 }], /AccessRanges\[0\]\.RangeLength is -1/],
      ] as const) {
        expect(findAdapter(() => call('VideoPortVerifyAccessRanges')(ext, count, ranges))).to.equal(87);
        expect(message()).to.match(told);
        forget();
      }
    });
    rule('VideoPortVerifyAccessRanges', 'refuses a range of RAM, which no device decodes', () => {
      for (const RangeStart of [0x1000n, 0x10_0000n]) {
        const ram = [{ ...range, RangeStart, RangeLength: 4096 }];
        expect(findAdapter(() => vp.VideoPortVerifyAccessRanges(ext, 1, ram))).to.equal(vp.ERROR_INVALID_PARAMETER);
      }
    });
    it('print as 32 bits when they are negative, and what is no address as what it is', () => {
      vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, -1, 1);
      call('VideoPortLockBuffer')(ext, memory, -2, vp.VpReadAccess);
      expect(kernel.findings[1]?.parameters[0]).to.equal('0xFFFFFFFE');
      forget();
      vp.VideoPortDeleteEvent(ext, Number.NaN);
      expect(message()).to.match(/^VideoPortDeleteEvent: NaN is no event/);
    });
  });

  describe('no bytes', () => {
    rule(
      ['VideoPortMoveMemory', 'VideoPortZeroMemory', 'VideoPortCompareMemory', 'VideoPortZeroDeviceMemory'],
      'touch nothing when the length is 0: the addresses may be NULL',
      () => {
        vp.VideoPortMoveMemory(memory, vp.NULL, 0);
        vp.VideoPortMoveMemory(vp.NULL, memory, 0);
        vp.VideoPortZeroMemory(vp.NULL, 0);
        vp.VideoPortZeroDeviceMemory(vp.NULL, 0);
        expect(vp.VideoPortCompareMemory(vp.NULL, vp.NULL, 0)).to.equal(0);
        expect(kernel.rules()).to.deep.equal([]);
      },
    );
    const buffers = ['Register', 'Port'].flatMap((kind) =>
      ['Uchar', 'Ushort', 'Ulong'].flatMap((width) =>
        ['Read', 'Write'].map((way) => `VideoPort${way}${kind}Buffer${width}` as keyof typeof vp),
      ),
    );
    rule(buffers, 'touch no memory when the count is 0, and say so when it is none', () => {
      for (const name of buffers) {
        const address = /RegisterBuffer/.test(name) ? registers : 0x3c0;
        call(name)(address, vp.NULL, 0);
        expect(kernel.rules()).to.deep.equal([]);
        call(name)(address, memory, -1);
        expect(message()).to.match(new RegExp(`^${name}: Count is -1; it must be a whole number`));
        forget();
      }
    });
  });

  rule('VideoPortDebugPrint', 'prints in HwVidInterrupt and in a DPC', () => {
    kernel.processor.run('HwVidInterrupt', DIRQL, () => vp.VideoPortDebugPrint(vp.Info, 'in the interrupt'));
    kernel.processor.run('HwVidDpcRoutine', vp.DISPATCH_LEVEL, () => vp.VideoPortDebugPrint(vp.Info, 'in the DPC'));
    expect(kernel.log.slice(-2)).to.deep.equal(['driver info: in the interrupt', 'driver info: in the DPC']);
    expect(kernel.rules()).to.deep.equal([]);
  });
  rule(
    'VideoPortGetAgpServices',
    'without a place for the services says so, and returns FALSE',
    () => {
      expect(VideoPortGetAgpServices(ext, vp.NULL as never)).to.equal(false);
      expect(message()).to.match(/AgpServices is 0; it must be a structure/);
    },
    { page: 'video.h' },
  );
});
