/**
 * Power (ddi.md §4, row 17): for each child and for the adapter HwVidGetPowerState asks whether a state can be entered,
 * and HwVidSetPowerState enters it.
 */
import {
  DISPLAY_ADAPTER_HW_ID,
  PASSIVE_LEVEL,
  SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA,
  VideoPowerHibernate,
  VideoPowerOn,
  VideoPowerShutdown,
} from '../ddi/constants.ts';
import type { VIDEO_HW_INITIALIZATION_DATA } from '../ddi/miniport.ts';
import { ERROR_DEVICE_REINITIALIZATION_NEEDED, NO_ERROR } from '../ddi/status.ts';
import type { ULONG, VP_STATUS } from '../ddi/types.ts';
import { toldStatus } from './arguments.ts';
import { type ChildDevice, port, type VideoDevice } from './port.ts';

/** The driver's power callbacks. A driver of NT 4 size has none: they would lie behind the end of its structure. */
function callbacks(): Pick<VIDEO_HW_INITIALIZATION_DATA, 'HwGetPowerState' | 'HwSetPowerState'> {
  const { driver } = port;
  return driver && driver.HwInitDataSize >= SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA ? driver : {};
}

/** These two are told, not asked: the system goes down whatever the driver says. */
const isNotice = (state: ULONG): boolean => state === VideoPowerHibernate || state === VideoPowerShutdown;

/** Asks HwVidGetPowerState whether a child or the adapter can enter a state; true when the driver cannot be asked. */
function canEnter(device: VideoDevice, id: ULONG, state: ULONG): boolean {
  const { HwGetPowerState } = callbacks();
  if (!HwGetPowerState) return true;
  const control = { PowerState: state };
  const status = port.processor.run('HwVidGetPowerState', PASSIVE_LEVEL, () =>
    HwGetPowerState(device.extension as never, id, control),
  );
  if (control.PowerState !== state) {
    port.observer?.report(
      'callback-contract',
      [id, state, control.PowerState, 0],
      `HwVidGetPowerState changed PowerState from ${state} to ${control.PowerState}; it is asked whether that state can be entered, not which one it is in`,
    );
  }
  if (status !== NO_ERROR && status !== ERROR_DEVICE_REINITIALIZATION_NEEDED) {
    port.observer?.report(
      'callback-contract',
      [id, state, Number(status) || 0, 0],
      `HwVidGetPowerState returned ${toldStatus(status)}; it must return NO_ERROR or ERROR_DEVICE_REINITIALIZATION_NEEDED`,
    );
  }
  return status === NO_ERROR;
}

/** Calls HwVidSetPowerState, which may not fail. */
function enterState(device: VideoDevice, id: ULONG, state: ULONG): void {
  const { HwSetPowerState } = callbacks();
  if (!HwSetPowerState) return;
  const status = port.processor.run('HwVidSetPowerState', PASSIVE_LEVEL, () =>
    HwSetPowerState(device.extension as never, id, { PowerState: state }),
  );
  if (status === NO_ERROR) return;
  port.observer?.report(
    'callback-contract',
    [id, state, Number(status) || 0, 0],
    `HwVidSetPowerState returned ${toldStatus(status)}; it must return NO_ERROR`,
  );
}

/** Goes from one state to another, over On: a lower state is entered from On only. Returns the state it ends in. */
function change(device: VideoDevice, id: ULONG, from: ULONG, to: ULONG): ULONG {
  if (from === to) return to;
  if (!canEnter(device, id, to) && !isNotice(to)) return from;
  if (from !== VideoPowerOn && to !== VideoPowerOn && !isNotice(to)) enterState(device, id, VideoPowerOn);
  enterState(device, id, to);
  return to;
}

/**
 * Sets a child's power state.
 * @returns NO_ERROR, or ERROR_DEVICE_REINITIALIZATION_NEEDED when the miniport says that it cannot
 */
export function setChildPower(child: ChildDevice, state: ULONG): VP_STATUS {
  child.powerState = change(child.parent, child.uid, child.powerState, state);
  return child.powerState === state ? NO_ERROR : ERROR_DEVICE_REINITIALIZATION_NEEDED;
}

/**
 * Sets the power state of a device: on the way down the children first, on the way up the adapter first. Outside On the
 * adapter's interrupt is not served, as it may not be asserted then.
 * @returns NO_ERROR, or ERROR_DEVICE_REINITIALIZATION_NEEDED when the miniport says that the adapter cannot
 */
export function setDevicePower(device: VideoDevice, state: ULONG): VP_STATUS {
  if (state !== VideoPowerOn) for (const child of device.children) setChildPower(child, state);
  if (device.interrupt && state !== VideoPowerOn) device.interrupt.masked = true;
  device.powerState = change(device, DISPLAY_ADAPTER_HW_ID, device.powerState, state);
  const entered = device.powerState === state;
  if (device.interrupt && device.powerState === VideoPowerOn) device.interrupt.masked = false;
  if (state === VideoPowerOn) for (const child of device.children) setChildPower(child, state);
  return entered ? NO_ERROR : ERROR_DEVICE_REINITIALIZATION_NEEDED;
}
