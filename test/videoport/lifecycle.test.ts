import { expect } from 'chai';
import * as vp from '../../src/videoport/index.ts';
import { port } from '../../src/videoport/port.ts';
import { resetAfterBugCheck } from '../../src/videoport/reset-hardware.ts';
import { openDevice, startDriver } from '../../src/videoport/start-device.ts';
import { sendRequest } from '../../src/videoport/video-request.ts';
import { Crash, crashOf, createKernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const base = (size: number): vp.VIDEO_HW_INITIALIZATION_DATA => ({
  HwInitDataSize: size,
  AdapterInterfaceType: vp.PCIBus,
  HwFindAdapter: () => vp.NO_ERROR,
  HwInitialize: () => true,
  HwStartIO: () => true,
  HwDeviceExtensionSize: 0,
});
const FIND = 'nc-video-pvideo_hw_find_adapter';
const RESET = 'nc-video-pvideo_hw_reset_hw';
const LEGACY = 'nc-video-pvideo_hw_legacyresources';

const legacyRange = (start: bigint, length: number, io: number): vp.VIDEO_ACCESS_RANGE => ({
  RangeStart: start,
  RangeLength: length,
  RangeInIoSpace: io,
  RangeVisible: 0,
  RangeShareable: 1,
  RangePassive: 0,
});

describe('HwVidFindAdapter', () => {
  rule(
    'HwVidFindAdapter',
    'gets NULL for HwContext and ArgumentString, and every member of VIDEO_PORT_CONFIG_INFO',
    () => {
      const kernel = createKernel();
      kernel.port.procAddress = (name) => (name === 'VideoPortGetVersion' ? vp.VideoPortGetVersion : null);
      let seen: unknown[] = [];
      let config: vp.VIDEO_PORT_CONFIG_INFO | undefined;
      let found: unknown[] = [];
      kernel.start({
        HwFindAdapter: (ext: object, context, argument, info, again) => {
          seen = [context, argument, again.value];
          config = { ...info };
          found = ['VideoPortGetVersion', 'VideoPortNoSuchThing'].map((name) =>
            info.VideoPortGetProcAddress(ext, name),
          );
          return vp.NO_ERROR;
        },
      });
      expect(seen).to.deep.equal([vp.NULL, null, 0]);
      expect(found).to.deep.equal([vp.VideoPortGetVersion, null]);
      expect(Object.keys(config ?? {}).length).to.equal(29);
      expect(config?.DriverRegistryPath).to.match(/\\Services\\/);
      expect(Object.entries(config ?? {}).filter(([, value]) => value === undefined)).to.deep.equal([]);
    },
    { page: FIND },
  );

  rule(
    'HwVidFindAdapter',
    'Again is ignored: it is called once a device',
    () => {
      const kernel = createKernel();
      let calls = 0;
      kernel.start({
        HwFindAdapter: (_ext, _context, _argument, _config, again) => {
          calls++;
          again.value = 1;
          return vp.NO_ERROR;
        },
      });
      expect(calls).to.equal(1);
    },
    { page: FIND },
  );

  rule(
    'HwVidFindAdapter',
    'is called once a device, and once a bus for a driver of NT 4 size',
    () => {
      for (const [size, calls] of [
        [vp.SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA, 2],
        [vp.SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA, 1],
      ] as const) {
        const kernel = createKernel();
        kernel.port.bus.plug(3, kernel.front.plug());
        const extensions = new Set<object>();
        kernel.start({
          HwInitDataSize: size,
          HwFindAdapter: (ext: object) => {
            extensions.add(ext);
            return vp.NO_ERROR;
          },
        });
        expect(extensions.size).to.equal(calls);
      }
    },
    { page: FIND },
  );

  rule(
    'HwVidFindAdapter',
    'a device that it refuses is left out, and the others go on',
    () => {
      const kernel = createKernel();
      kernel.port.bus.plug(3, kernel.front.plug());
      let calls = 0;
      kernel.start({ HwFindAdapter: () => (calls++ === 0 ? vp.ERROR_DEV_NOT_EXIST : vp.NO_ERROR) });
      expect(kernel.port.devices.map((device) => device.slot)).to.deep.equal([3]);
    },
    { page: FIND },
  );

  rule(
    'HwVidFindAdapter',
    'what it throws is a bug check with its name',
    () => {
      const kernel = createKernel();
      const crash = crashOf(() =>
        kernel.start({
          HwFindAdapter: () => {
            throw new RangeError('too far');
          },
        }),
      );
      expect([crash.code, crash.message]).to.deep.equal([0x7e, 'HwVidFindAdapter threw RangeError: too far']);
    },
    { page: FIND },
  );
});

describe('VideoPortInitialize', () => {
  rule('VideoPortInitialize', 'NULL for HwInitializationData is STATUS_INVALID_PARAMETER', () => {
    const kernel = createKernel();
    const status = kernel.processor.run('DriverEntry', 0, () => vp.VideoPortInitialize(0, '', null as never, vp.NULL));
    expect(status).to.equal(vp.STATUS_INVALID_PARAMETER);
  });
  rule(
    'VideoPortInitialize',
    'a driver of NT 4 size on a bus that is not there hears so, and may try the next type',
    () => {
      createKernel();
      const tried: number[] = [];
      const started = startDriver((a, b) => {
        for (const type of [vp.Isa, vp.MicroChannel, vp.PCIBus]) {
          const status = vp.VideoPortInitialize(a, b, { ...base(0x28), AdapterInterfaceType: type }, vp.NULL);
          tried.push(status);
          if (status === vp.STATUS_SUCCESS) return status;
        }
        return vp.STATUS_UNSUCCESSFUL;
      });
      expect(tried).to.deep.equal([vp.STATUS_NO_SUCH_DEVICE, vp.STATUS_NO_SUCH_DEVICE, vp.STATUS_SUCCESS]);
      expect('failed' in started).to.equal(false);
    },
  );
});

describe('legacy resources (ddi.md §4, row 3)', () => {
  const claim = (found: vp.VIDEO_ACCESS_RANGE[]) => (ext: object) =>
    vp.VideoPortGetAccessRanges(ext, 0, null, 8, found, null, null, null);
  const list = [legacyRange(0x3c0n, 0x20, 1), legacyRange(0xa0000n, 0x20000, 0)];

  rule('VideoPortGetAccessRanges', 'reports HwLegacyResourceList behind the device’s own ranges', () => {
    const kernel = createKernel();
    const found: vp.VIDEO_ACCESS_RANGE[] = [];
    kernel.start({ HwFindAdapter: claim(found), HwLegacyResourceList: list, HwLegacyResourceCount: 2 });
    expect(found.slice(-2)).to.deep.equal(list);
    expect(found.length).to.equal(4);
  });
  rule(
    'HwVidLegacyResources',
    'is asked with the PCI ids before HwVidFindAdapter, and what it says is reported',
    () => {
      const kernel = createKernel();
      const found: vp.VIDEO_ACCESS_RANGE[] = [];
      let ids: number[] = [];
      kernel.start({
        HwFindAdapter: claim(found),
        HwGetLegacyResources: (vendor, device, resources, count) => {
          ids = [vendor, device, vp.VideoPortGetCurrentIrql(), found.length];
          resources.value = list.slice(0, 1);
          count.value = 1;
        },
      });
      expect(ids).to.deep.equal([0x5250, 1, 0, 0]);
      expect(found.slice(2)).to.deep.equal(list.slice(0, 1));
    },
    { page: LEGACY },
  );
  rule(
    'HwVidLegacyResources',
    'a count beyond the list is a finding',
    () => {
      const kernel = createKernel();
      kernel.start({ HwLegacyResourceList: list, HwLegacyResourceCount: 3 });
      expect(kernel.findings[0]?.message).to.match(/HwLegacyResourceCount is 3, and the list has 2/);
    },
    { page: LEGACY },
  );
  rule(
    'HwVidLegacyResources',
    'is not asked of a driver of NT 4 size',
    () => {
      const kernel = createKernel();
      kernel.start({
        HwInitDataSize: vp.SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA,
        HwGetLegacyResources: () => {
          throw new Error('asked');
        },
      });
      expect(kernel.port.devices[0]?.legacyRanges).to.deep.equal([]);
    },
    { page: LEGACY },
  );
});

describe('HwVidInitialize', () => {
  rule(
    'HwVidInitialize',
    'is called for every open, so a driver must bear more than one',
    () => {
      const kernel = createKernel();
      let calls = 0;
      const device = kernel.start({ HwInitialize: () => ++calls > 0 });
      openDevice(device);
      expect(calls).to.equal(2);
    },
    { page: 'nc-video-pvideo_hw_initialize' },
  );
  rule(
    'HwVidInitialize',
    'FALSE takes the device away, and its interrupt is never served',
    () => {
      const kernel = createKernel();
      expect(() => kernel.start({ HwInitialize: () => false, HwInterrupt: () => true })).to.throw(
        /HwVidInitialize returned false/,
      );
      expect(kernel.port.devices).to.deep.equal([]);
    },
    { page: 'nc-video-pvideo_hw_initialize' },
  );
});

describe('HwVidResetHw (ddi.md §4, row 19)', () => {
  /** A driver whose device was opened; crashes in a request; then the HAL calls HwVidResetHw. */
  function crashThenReset(HwResetHw: vp.PVIDEO_HW_RESET_HW) {
    const kernel = createKernel();
    let registers = 0;
    const device = kernel.start({
      HwResetHw: () => HwResetHw(registers as never, 80, 50),
      HwFindAdapter: (ext: object) => {
        const ranges: vp.VIDEO_ACCESS_RANGE[] = [];
        vp.VideoPortGetAccessRanges(ext, 0, null, 2, ranges, null, null, null);
        const range = ranges[0];
        if (range) registers = vp.VideoPortGetDeviceBase(ext, range.RangeStart, range.RangeLength, 0);
        return vp.NO_ERROR;
      },
      HwStartIO: () => {
        throw new Error('the first');
      },
    });
    const first = crashOf(() => sendRequest(device, vp.IOCTL_VIDEO_RESET_DEVICE, new Uint8Array(0), 0));
    resetAfterBugCheck();
    return { kernel, first };
  }

  rule(
    'HwVidResetHw',
    'is called at HIGH_LEVEL after a bug check; reading and writing registers, stalling and zeroing are allowed',
    () => {
      let irql = -1;
      const { kernel, first } = crashThenReset((registers) => {
        irql = port.processor.irql;
        vp.VideoPortWriteRegisterUlong(registers, vp.VideoPortReadRegisterUlong(registers));
        vp.VideoPortWritePortUchar(0x3c0, 0);
        vp.VideoPortStallExecution(1);
        return true;
      });
      expect(irql).to.equal(vp.HIGH_LEVEL);
      expect(first.message).to.match(/the first/);
      expect(kernel.findings).to.deep.equal([]);
      expect(kernel.log.join()).not.to.match(/HwVidResetHw/);
    },
    { page: RESET },
  );

  const forbidden: readonly (readonly [string, () => unknown])[] = [
    ['VideoPortQueueDpc', () => vp.VideoPortQueueDpc({}, () => {}, null)],
    ['VideoPortLogError', () => vp.VideoPortLogError({}, null, 0, 0)],
    ['VideoPortGetCurrentIrql', () => vp.VideoPortGetCurrentIrql()],
    ['VideoPortInterlockedIncrement', () => vp.VideoPortInterlockedIncrement(0)],
    ['VideoPortDebugPrint', () => vp.VideoPortDebugPrint(0, 'too late')],
    ['VideoPortGetVersion', () => vp.VideoPortGetVersion({}, { Size: 20 })],
  ];
  for (const [name, call] of forbidden) {
    rule(
      'HwVidResetHw',
      `calling ${name} in it is a finding`,
      () => {
        const { kernel } = crashThenReset(() => {
          call();
          return true;
        });
        expect(kernel.findings.length).to.be.at.least(1);
        expect(kernel.findings[0]?.message).to.match(new RegExp(`^${name} was called`));
      },
      { page: RESET },
    );
  }

  rule(
    'HwVidResetHw',
    'a second crash in it changes nothing: the first one stands',
    () => {
      const { kernel, first } = crashThenReset(() => {
        throw new Error('the second');
      });
      expect(first).to.be.instanceOf(Crash);
      expect(first.message).to.match(/the first/);
      expect(kernel.log.join()).to.match(/HwVidResetHw failed: the second/);
    },
    { page: RESET },
  );

  rule(
    'HwVidResetHw',
    'FALSE leaves the text mode to the HAL',
    () => {
      const { kernel } = crashThenReset(() => false);
      expect(kernel.log.join()).to.match(/HwVidResetHw returned false: the HAL sets the text mode/);
    },
    { page: RESET },
  );

  rule(
    'HwVidResetHw',
    'is not called for a device that was never opened',
    () => {
      const kernel = createKernel();
      let calls = 0;
      crashOf(() =>
        kernel.start({
          HwFindAdapter: () => {
            throw new Error('early');
          },
          HwResetHw: () => ++calls > 0,
        }),
      );
      resetAfterBugCheck();
      expect(calls).to.equal(0);
    },
    { page: RESET },
  );
});
