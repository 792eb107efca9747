import { expect } from 'chai';
import * as vp from '../../src/videoport/index.ts';
import { shutDown, startDriver } from '../../src/videoport/start-device.ts';
import { crashOf, createKernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const base = (size: number): vp.VIDEO_HW_INITIALIZATION_DATA => ({
  HwInitDataSize: size,
  AdapterInterfaceType: vp.PCIBus,
  HwFindAdapter: () => vp.NO_ERROR,
  HwInitialize: () => true,
  HwStartIO: () => true,
  HwDeviceExtensionSize: 0,
});

describe('VideoPortInitialize (nf-video-videoportinitialize)', () => {
  for (const size of [0x20, 0x28, 0x50, 0x54]) {
    rule('VideoPortInitialize', `accepts the historical size 0x${size.toString(16)}`, () => {
      createKernel();
      const started = startDriver((a, b) => vp.VideoPortInitialize(a, b, base(size), vp.NULL));
      expect('failed' in started).to.equal(false);
    });
  }
  rule(
    'VideoPortInitialize',
    'answers STATUS_REVISION_MISMATCH to a larger size and STATUS_UNSUCCESSFUL to one that no system had',
    () => {
      const kernel = createKernel();
      const statuses = kernel.processor.run('DriverEntry', 0, () =>
        [0x58, 0x24, 0].map((size) => vp.VideoPortInitialize(0, '', base(size), vp.NULL)),
      );
      expect(statuses).to.deep.equal([vp.STATUS_REVISION_MISMATCH, vp.STATUS_UNSUCCESSFUL, vp.STATUS_UNSUCCESSFUL]);
    },
  );
  rule('VideoPortInitialize', 'may be tried again with a smaller size', () => {
    createKernel();
    const started = startDriver((a, b) => {
      for (const size of [0x58, 0x54]) {
        const status = vp.VideoPortInitialize(a, b, base(size), vp.NULL);
        if (status === vp.STATUS_SUCCESS) return status;
      }
      return vp.STATUS_UNSUCCESSFUL;
    });
    expect('failed' in started).to.equal(false);
  });
  for (const member of ['HwFindAdapter', 'HwInitialize', 'HwStartIO'] as const) {
    rule('VideoPortInitialize', `answers STATUS_INVALID_PARAMETER when ${member} is missing`, () => {
      const kernel = createKernel();
      const data: Partial<vp.VIDEO_HW_INITIALIZATION_DATA> = base(0x54);
      delete data[member];
      const status = kernel.processor.run('DriverEntry', 0, () =>
        vp.VideoPortInitialize(0, '', data as vp.VIDEO_HW_INITIALIZATION_DATA, vp.NULL),
      );
      expect(status).to.equal(vp.STATUS_INVALID_PARAMETER);
    });
  }
  rule('VideoPortInitialize', 'does not see members beyond HwInitDataSize', () => {
    const kernel = createKernel();
    startDriver((a, b) => vp.VideoPortInitialize(a, b, { ...base(0x20), HwTimer: () => {} }, vp.NULL));
    expect(kernel.port.driver?.HwTimer).to.equal(undefined);
  });
  rule('VideoPortInitialize', 'is legal in DriverEntry only', () => {
    const kernel = createKernel();
    vp.VideoPortInitialize(0, '', base(0x54), vp.NULL);
    expect(kernel.rules()).to.deep.equal(['call-context']);
  });
});

describe('start-up (ddi.md §4, rows 1 to 7)', () => {
  it('calls DriverEntry, HwVidFindAdapter, HwVidInitialize in this order, all at PASSIVE_LEVEL', () => {
    createKernel();
    const calls: string[] = [];
    const note = (name: string) => calls.push(`${name} at ${vp.VideoPortGetCurrentIrql()}`);
    startDriver((a, b) => {
      note('DriverEntry');
      return vp.VideoPortInitialize(a, b, {
        ...base(0x54),
        HwFindAdapter: () => {
          note('HwVidFindAdapter');
          return vp.NO_ERROR;
        },
        HwInitialize: () => {
          note('HwVidInitialize');
          return true;
        },
      });
    });
    expect(calls).to.deep.equal(['DriverEntry at 0', 'HwVidFindAdapter at 0', 'HwVidInitialize at 0']);
  });
  it('hands HwVidFindAdapter an empty extension and a filled-in VIDEO_PORT_CONFIG_INFO', () => {
    const kernel = createKernel();
    let seen: vp.VIDEO_PORT_CONFIG_INFO | undefined;
    let extension: object | undefined;
    kernel.start({
      HwFindAdapter: (ext: object, _context, _argument, config) => {
        extension = { ...ext };
        seen = config;
        return vp.NO_ERROR;
      },
    });
    expect(extension).to.deep.equal({});
    expect(seen?.Length).to.equal(vp.SIZE_OF_VIDEO_PORT_CONFIG_INFO);
    expect(seen?.AdapterInterfaceType).to.equal(vp.PCIBus);
    expect(seen?.BusInterruptVector).to.be.above(0);
    expect(seen?.BusInterruptLevel).to.be.above(0);
    expect(seen?.SystemMemorySize).to.equal(4n * 1024n * 1024n);
  });
  it('connects the interrupt before HwVidInitialize, and only when level and vector are not both 0', () => {
    for (const zero of [false, true]) {
      const kernel = createKernel();
      let connected: boolean | undefined;
      kernel.start({
        HwInterrupt: () => true,
        HwFindAdapter: (_ext, _context, _argument, config) => {
          if (zero) config.BusInterruptLevel = config.BusInterruptVector = 0;
          return vp.NO_ERROR;
        },
        HwInitialize: () => {
          connected = kernel.port.devices[0]?.interrupt != null;
          return true;
        },
      });
      expect(connected).to.equal(!zero);
    }
  });
  it('says in words why a driver did not start', () => {
    const reasons: [vp.DriverEntry, RegExp][] = [
      [() => vp.STATUS_UNSUCCESSFUL, /DriverEntry returned STATUS_UNSUCCESSFUL/],
      [() => undefined as never, /DriverEntry returned nothing/],
      [() => vp.STATUS_SUCCESS, /without a successful VideoPortInitialize/],
      [
        (a, b) => vp.VideoPortInitialize(a, b, { ...base(0x54), HwFindAdapter: () => vp.ERROR_DEV_NOT_EXIST }),
        /ERROR_DEV_NOT_EXIST/,
      ],
      [
        (a, b) => vp.VideoPortInitialize(a, b, { ...base(0x54), HwInitialize: () => false }),
        /HwVidInitialize returned false/,
      ],
    ];
    for (const [driverEntry, reason] of reasons) {
      createKernel();
      const started = startDriver(driverEntry);
      expect('failed' in started && started.failed).to.match(reason);
    }
  });
  it('makes a bug check of what a callback throws, with the callback’s name', () => {
    createKernel();
    const crash = crashOf(() =>
      startDriver(() => {
        throw new TypeError('no such thing');
      }),
    );
    expect(crash.code).to.equal(0x7e);
    expect(crash.message).to.equal('DriverEntry threw TypeError: no such thing');
  });
  it('gives HwVidSetPowerState the chance to release at shutdown', () => {
    const kernel = createKernel();
    const states: [number, number][] = [];
    kernel.start({
      HwSetPowerState: (_ext, id, control) => {
        states.push([id, control.PowerState]);
        return vp.NO_ERROR;
      },
    });
    shutDown();
    expect(states).to.deep.equal([[vp.DISPLAY_ADAPTER_HW_ID, vp.VideoPowerShutdown]]);
  });
});

describe('VideoPortGetVersion (nf-video-videoportgetversion)', () => {
  rule(
    'VideoPortGetVersion',
    'answers Windows XP: 5.1, and ERROR_INVALID_PARAMETER to a wrong Size',
    () => {
      const kernel = createKernel();
      const { extension } = kernel.start();
      const info: vp.VPOSVERSIONINFO = { Size: vp.SIZE_OF_VPOSVERSIONINFO };
      expect(vp.VideoPortGetVersion(extension, info)).to.equal(vp.NO_ERROR);
      expect([info.MajorVersion, info.MinorVersion]).to.deep.equal([5, 1]);
      expect(vp.VideoPortGetVersion(extension, { Size: 4 })).to.equal(vp.ERROR_INVALID_PARAMETER);
    },
    { chosen: 'the page of VPOSVERSIONINFO says that Windows XP is version 6; it is 5.1' },
  );
  rule('VideoPortGetVersion', 'crashes on an extension that is not the driver’s', () => {
    const kernel = createKernel();
    kernel.start();
    expect(crashOf(() => vp.VideoPortGetVersion({}, { Size: 20 })).code).to.equal(0x50);
  });
});
