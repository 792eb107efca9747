import { expect } from 'chai';
import { attachDisplay, detachDisplay, shakeHands } from '../../src/display/win32k.ts';
import * as vp from '../../src/videoport/index.ts';
import { shutDown, startDriver } from '../../src/videoport/start-device.ts';
import { crashOf, createKernel } from '../support/kernel.ts';
import { answer, oneMode } from '../support/requests.ts';
import { rule } from '../support/rule.ts';

const NAME = 'VideoPortCreateSecondaryDisplay';

/** A driver that makes a second display in HwVidFindAdapter. */
function start(flag: number, more: Partial<vp.VIDEO_HW_INITIALIZATION_DATA> = {}) {
  const kernel = createKernel();
  const second = vp.out<object>();
  let status: number | undefined;
  const device = kernel.start({
    HwFindAdapter: (ext: object) => {
      status = vp.VideoPortCreateSecondaryDisplay(ext, second, flag);
      return vp.NO_ERROR;
    },
    ...more,
  });
  return { kernel, device, second, status };
}

describe('DualView', () => {
  rule(NAME, 'makes a device of its own with an empty extension', () => {
    for (const flag of [vp.VIDEO_DUALVIEW_REMOVABLE, 0]) {
      const { kernel, device, second, status } = start(flag);
      expect(status).to.equal(vp.NO_ERROR);
      expect(second.value).to.deep.equal({});
      expect(second.value).not.to.equal(device.extension);
      expect(vp.VideoPortGetVersion(second.value, { Size: 20 })).to.equal(vp.NO_ERROR);
      expect(kernel.port.devices.map((other) => other.primary)).to.deep.equal([null, device]);
    }
  });
  rule(
    NAME,
    'other flags are a finding and ERROR_INVALID_PARAMETER',
    () => {
      const { kernel, status, second } = start(2);
      expect(status).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(second.value).to.equal(undefined);
      expect(kernel.rules()).to.deep.equal(['bad-argument']);
    },
    { chosen: 'the page allows one flag and names no outcome for others' },
  );
  rule(NAME, 'NULL for SecondaryDeviceExtension, and a second display’s extension, are ERROR_INVALID_PARAMETER', () => {
    const { kernel, device, second } = start(0);
    const third = vp.out<object>();
    expect(vp.VideoPortCreateSecondaryDisplay(device.extension, null as never, 0)).to.equal(vp.ERROR_INVALID_PARAMETER);
    expect(vp.VideoPortCreateSecondaryDisplay(second.value, third, 0)).to.equal(vp.ERROR_INVALID_PARAMETER);
    expect(kernel.rules()).to.deep.equal(['bad-argument', 'bad-argument']);
  });
  rule(NAME, 'may be called at PASSIVE_LEVEL only', () => {
    const kernel = createKernel();
    const device = kernel.start();
    kernel.processor.raise(vp.DISPATCH_LEVEL);
    expect(crashOf(() => vp.VideoPortCreateSecondaryDisplay(device.extension, vp.out(), 0)).code).to.equal(0x0a);
  });
  rule(
    NAME,
    'the second display is opened and served by HwVidInitialize and HwVidStartIO with its own extension',
    () => {
      const seen: [string, object][] = [];
      const { kernel, device, second } = start(vp.VIDEO_DUALVIEW_REMOVABLE, {
        HwInitialize: (ext: object) => {
          seen.push(['HwVidInitialize', ext]);
          return true;
        },
        HwStartIO: (ext: object, packet) => {
          if (packet.IoControlCode === vp.IOCTL_VIDEO_SWITCH_DUALVIEW)
            seen.push([`SWITCH_DUALVIEW ${vp.mem.u32(packet.InputBuffer, 1)[0]}`, ext]);
          if (packet.IoControlCode === vp.IOCTL_VIDEO_SET_CURRENT_MODE) seen.push(['SET_CURRENT_MODE', ext]);
          return answer(packet, oneMode);
        },
      });
      expect(seen.splice(0)).to.deep.equal([['HwVidInitialize', device.extension]]);
      const other = kernel.port.device(second.value, 'test');
      const surface = attachDisplay(other, { width: 64, height: 48 });
      detachDisplay(other, surface);
      expect(seen.map(([name]) => name)).to.deep.equal([
        'HwVidInitialize',
        'SWITCH_DUALVIEW 1',
        'SET_CURRENT_MODE',
        'SWITCH_DUALVIEW 0',
      ]);
      expect(seen.every(([, ext]) => ext === second.value)).to.equal(true);
      expect(kernel.rules()).to.deep.equal([]);
    },
  );
  rule(NAME, 'win32k hears which display is which', () => {
    const { kernel, device, second } = start(vp.VIDEO_DUALVIEW_REMOVABLE);
    expect(shakeHands(device).dualviewFlags).to.equal(vp.VIDEO_DUALVIEW_PRIMARY);
    const other = kernel.port.device(second.value, 'test');
    expect(shakeHands(other).dualviewFlags).to.equal(vp.VIDEO_DUALVIEW_SECONDARY + vp.VIDEO_DUALVIEW_REMOVABLE);
  });
  rule(NAME, 'goes away with its adapter when HwVidFindAdapter fails', () => {
    const kernel = createKernel();
    const started = startDriver((a, b) =>
      vp.VideoPortInitialize(a, b, {
        HwInitDataSize: 0x54,
        AdapterInterfaceType: vp.PCIBus,
        HwDeviceExtensionSize: 0,
        HwFindAdapter: (ext: object) => {
          vp.VideoPortCreateSecondaryDisplay(ext, vp.out(), 0);
          return vp.ERROR_DEV_NOT_EXIST;
        },
        HwInitialize: () => true,
        HwStartIO: () => true,
      }),
    );
    expect('failed' in started).to.equal(true);
    expect(kernel.port.devices).to.deep.equal([]);
  });
  it('powers the adapter down once, not once a display', () => {
    let calls = 0;
    start(0, {
      HwSetPowerState: () => {
        calls++;
        return vp.NO_ERROR;
      },
    });
    shutDown();
    expect(calls).to.equal(1);
  });
});
