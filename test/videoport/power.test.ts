import { expect } from 'chai';
import { win32Error } from '../../src/ddi/status.ts';
import * as vp from '../../src/videoport/index.ts';
import { setChildPower, setDevicePower } from '../../src/videoport/power.ts';
import { shutDown } from '../../src/videoport/start-device.ts';
import { sendRequest } from '../../src/videoport/video-request.ts';
import { crashOf, createKernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const GET = 'nc-video-pvideo_hw_power_get';
const SET = 'nc-video-pvideo_hw_power_set';
const ADAPTER = vp.DISPLAY_ADAPTER_HW_ID;

/** A driver with one monitor (UId 7); `calls` takes what its power callbacks are told; `refused` is what it cannot do. */
function start(refused: readonly number[] = [], more: Partial<vp.VIDEO_HW_INITIALIZATION_DATA> = {}) {
  const kernel = createKernel();
  const calls: string[] = [];
  const name = (id: number) => (id === ADAPTER ? 'adapter' : `child ${id}`);
  const device = kernel.start({
    HwGetVideoChildDescriptor: (_ext, info, type, _descriptor, uid) => {
      type.value = info.ChildIndex === ADAPTER ? vp.VideoChip : vp.Monitor;
      uid.value = 7;
      return info.ChildIndex === 1 || info.ChildIndex === ADAPTER
        ? vp.VIDEO_ENUM_MORE_DEVICES
        : vp.VIDEO_ENUM_NO_MORE_DEVICES;
    },
    HwGetPowerState: (_ext, id, control) => {
      calls.push(`get ${name(id)} ${control.PowerState}`);
      return refused.includes(control.PowerState) ? vp.ERROR_DEVICE_REINITIALIZATION_NEEDED : vp.NO_ERROR;
    },
    HwSetPowerState: (_ext, id, control) => {
      calls.push(`set ${name(id)} ${control.PowerState}`);
      return vp.NO_ERROR;
    },
    ...more,
  });
  return { kernel, device, calls };
}

describe('power (ddi.md §4, row 17)', () => {
  rule(
    'HwVidSetPowerState',
    'follows HwVidGetPowerState, for the children first on the way down, for the adapter first on the way up',
    () => {
      const { kernel, device, calls } = start();
      expect(setDevicePower(device, vp.VideoPowerOff)).to.equal(vp.NO_ERROR);
      expect(calls.splice(0)).to.deep.equal(['get child 7 4', 'set child 7 4', 'get adapter 4', 'set adapter 4']);
      expect(setDevicePower(device, vp.VideoPowerOn)).to.equal(vp.NO_ERROR);
      expect(calls).to.deep.equal(['get adapter 1', 'set adapter 1', 'get child 7 1', 'set child 7 1']);
      expect(kernel.rules()).to.deep.equal([]);
    },
    { page: SET },
  );

  rule(
    'HwVidGetPowerState',
    'ERROR_DEVICE_REINITIALIZATION_NEEDED means no: the state is not entered',
    () => {
      const { kernel, device, calls } = start([vp.VideoPowerSuspend]);
      expect(setDevicePower(device, vp.VideoPowerSuspend)).to.equal(vp.ERROR_DEVICE_REINITIALIZATION_NEEDED);
      expect(calls.filter((call) => call.startsWith('set'))).to.deep.equal([]);
      expect(device.powerState).to.equal(vp.VideoPowerOn);
      expect(kernel.rules()).to.deep.equal([]);
    },
    { page: GET },
  );

  rule(
    'HwVidSetPowerState',
    'states are entered from On: between two lower ones the port goes over On',
    () => {
      const { device, calls } = start();
      const child = device.children[0];
      if (!child) throw new Error('no child');
      setChildPower(child, vp.VideoPowerStandBy);
      calls.length = 0;
      setChildPower(child, vp.VideoPowerOff);
      expect(calls).to.deep.equal(['get child 7 4', 'set child 7 1', 'set child 7 4']);
    },
    { page: SET },
  );

  rule(
    'HwVidSetPowerState',
    'is told of Hibernate and Shutdown whatever HwVidGetPowerState says',
    () => {
      for (const state of [vp.VideoPowerHibernate, vp.VideoPowerShutdown]) {
        const { device, calls } = start([state]);
        expect(setDevicePower(device, state)).to.equal(vp.NO_ERROR);
        expect(calls).to.include(`set adapter ${state}`);
      }
    },
    { page: SET },
  );

  rule(
    ['HwVidGetPowerState', 'HwVidSetPowerState'],
    'are not called for a driver of NT 4 size',
    () => {
      const { device, calls } = start([], { HwInitDataSize: vp.SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA });
      setDevicePower(device, vp.VideoPowerOff);
      shutDown();
      expect(calls).to.deep.equal([]);
    },
    { page: SET },
  );

  rule(
    ['HwVidGetPowerState', 'HwVidSetPowerState'],
    'are called at PASSIVE_LEVEL',
    () => {
      const levels: number[] = [];
      const note = () => {
        levels.push(vp.VideoPortGetCurrentIrql());
        return vp.NO_ERROR;
      };
      const { device } = start([], { HwGetPowerState: note, HwSetPowerState: note });
      setDevicePower(device, vp.VideoPowerOff);
      expect(levels).to.deep.equal([0, 0, 0, 0]);
    },
    { page: SET },
  );

  rule(
    'HwVidGetPowerState',
    'answering with the current state is a finding',
    () => {
      const { kernel, device } = start([], {
        HwGetPowerState: (_ext, _id, control) => {
          control.PowerState = vp.VideoPowerOn;
          return vp.NO_ERROR;
        },
      });
      setDevicePower(device, vp.VideoPowerOff);
      expect(kernel.findings[0]?.message).to.match(/changed PowerState from 4 to 1/);
    },
    { page: GET },
  );

  rule(
    'HwVidGetPowerState',
    'a third answer is a finding and counts as no',
    () => {
      const { kernel, device, calls } = start([], { HwGetPowerState: () => vp.ERROR_INVALID_PARAMETER });
      expect(setDevicePower(device, vp.VideoPowerOff)).to.equal(vp.ERROR_DEVICE_REINITIALIZATION_NEEDED);
      expect(kernel.findings[0]?.message).to.match(/returned ERROR_INVALID_PARAMETER/);
      expect(calls).to.deep.equal([]);
    },
    { page: GET },
  );

  rule(
    'HwVidSetPowerState',
    'anything but NO_ERROR is a finding',
    () => {
      const { kernel, device } = start([], { HwSetPowerState: () => vp.ERROR_INVALID_FUNCTION });
      setDevicePower(device, vp.VideoPowerOff);
      expect(kernel.findings[0]?.message).to.match(/must return NO_ERROR/);
    },
    { page: SET },
  );

  rule(
    'HwVidSetPowerState',
    'what it throws is a bug check with its name',
    () => {
      const { device } = start([], {
        HwSetPowerState: () => {
          throw new Error('stuck');
        },
      });
      expect(crashOf(() => setDevicePower(device, vp.VideoPowerOff)).message).to.equal(
        'HwVidSetPowerState threw Error: stuck',
      );
    },
    { page: SET },
  );

  rule(
    'HwVidInterrupt',
    'is not called while the adapter is not On',
    () => {
      const { device } = start([], { HwInterrupt: () => true });
      setDevicePower(device, vp.VideoPowerOff);
      expect(device.interrupt?.masked).to.equal(true);
      setDevicePower(device, vp.VideoPowerOn);
      expect(device.interrupt?.masked).to.equal(false);
    },
    { page: 'nc-video-pvideo_hw_interrupt' },
  );

  it('is what IOCTL_VIDEO_SET_OUTPUT_DEVICE_POWER_STATE and GET_OUTPUT_DEVICE_POWER_STATE do for the monitor', () => {
    const { device, calls } = start([vp.VideoPowerSuspend]);
    const set = (state: number) =>
      win32Error(
        sendRequest(device, vp.IOCTL_VIDEO_SET_OUTPUT_DEVICE_POWER_STATE, Uint8Array.of(state, 0, 0, 0), 0).status,
      );
    const get = () => sendRequest(device, vp.IOCTL_VIDEO_GET_OUTPUT_DEVICE_POWER_STATE, new Uint8Array(0), 4).output[0];
    expect(get()).to.equal(vp.VideoPowerOn);
    expect(set(vp.VideoPowerStandBy)).to.equal(vp.NO_ERROR);
    expect(get()).to.equal(vp.VideoPowerStandBy);
    expect(calls).to.deep.equal(['get child 7 2', 'set child 7 2']);
    expect(set(vp.VideoPowerSuspend)).not.to.equal(vp.NO_ERROR);
    expect(set(vp.VideoPowerShutdown)).to.equal(vp.ERROR_INVALID_PARAMETER);
    expect(get()).to.equal(vp.VideoPowerStandBy);
  });

  it('goes down to Shutdown for the monitor and the adapter when the system does', () => {
    const { calls } = start();
    shutDown();
    expect(calls).to.deep.equal(['get child 7 6', 'set child 7 6', 'get adapter 6', 'set adapter 6']);
  });
});
