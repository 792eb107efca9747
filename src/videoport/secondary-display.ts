/** DualView: VideoPortCreateSecondaryDisplay. */
import {
  PASSIVE_LEVEL,
  VIDEO_DUALVIEW_PRIMARY,
  VIDEO_DUALVIEW_REMOVABLE,
  VIDEO_DUALVIEW_SECONDARY,
} from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import { ERROR_INVALID_PARAMETER, NO_ERROR } from '../ddi/status.ts';
import type { Out, ULONG, VP_STATUS } from '../ddi/types.ts';
import { checkBits, checkOut } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port, type VideoDevice } from './port.ts';

const CREATE = callRule('VideoPortCreateSecondaryDisplay', PASSIVE_LEVEL);

/** Second displays that may be attached and detached while the system runs. */
const removable = new WeakSet<VideoDevice>();

/**
 * Makes a second display of the same adapter. It has a device object and an extension of its own, empty; win32k opens
 * it as a device like any other (HwVidInitialize), and its requests come with that extension.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param SecondaryDeviceExtension out: the new extension
 * @param ulFlag VIDEO_DUALVIEW_REMOVABLE, or 0
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER for other flags, without a place for the extension, or when
 *   HwDeviceExtension is a second display's itself
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportcreatesecondarydisplay
 */
export function VideoPortCreateSecondaryDisplay(
  HwDeviceExtension: HwDeviceExtension,
  SecondaryDeviceExtension: Out<HwDeviceExtension>,
  ulFlag: ULONG,
): VP_STATUS {
  enter(CREATE, HwDeviceExtension, SecondaryDeviceExtension, ulFlag);
  const primary = port.device(HwDeviceExtension, CREATE.name);
  const wrong = (sentence: string): VP_STATUS => {
    port.observer?.report('bad-argument', [ulFlag, 0, 0, 0], `${CREATE.name}: ${sentence}`);
    return ERROR_INVALID_PARAMETER;
  };
  if (!checkBits(ulFlag, CREATE.name, 'ulFlag')) return ERROR_INVALID_PARAMETER;
  if ((ulFlag & ~VIDEO_DUALVIEW_REMOVABLE) !== 0)
    return wrong(`ulFlag is 0x${(ulFlag >>> 0).toString(16)}; it may be VIDEO_DUALVIEW_REMOVABLE or 0`);
  if (!checkOut<HwDeviceExtension>(SecondaryDeviceExtension, CREATE.name, 'SecondaryDeviceExtension'))
    return ERROR_INVALID_PARAMETER;
  if (primary.primary) return wrong('HwDeviceExtension belongs to a second display itself');
  const device = port.addDevice(primary.slot, primary.pciFunction, primary);
  device.claims = primary.claims;
  if (ulFlag & VIDEO_DUALVIEW_REMOVABLE) removable.add(device);
  SecondaryDeviceExtension.value = device.extension;
  return NO_ERROR;
}

/** What win32k is told of a device's part in DualView: VIDEO_DUALVIEW_ flags, 0 for a device without a second display. */
export function dualviewFlags(device: VideoDevice): ULONG {
  if (device.primary) return (VIDEO_DUALVIEW_SECONDARY | (removable.has(device) ? VIDEO_DUALVIEW_REMOVABLE : 0)) >>> 0;
  return port.devices.some((other) => other.primary === device) ? VIDEO_DUALVIEW_PRIMARY : 0;
}
