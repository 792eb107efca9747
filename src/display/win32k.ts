/**
 * win32k's own part (ddi.md §4, rows 7 to 9): shakes hands with the port about a device, asks for its monitors, and
 * attaches and detaches the second display of a DualView adapter.
 */
import {
  IOCTL_VIDEO_ENUM_MONITOR_PDO,
  IOCTL_VIDEO_INIT_WIN32K_CALLBACKS,
  IOCTL_VIDEO_SWITCH_DUALVIEW,
} from '../ddi/ioctl.ts';
import { VIDEO_MONITOR_DEVICE, VIDEO_WIN32K_CALLBACKS } from '../ddi/structures-ntddvdeo.ts';
import type { PVOID, ULONG } from '../ddi/types.ts';
import type { VideoDevice } from '../videoport/port.ts';
import { openDevice } from '../videoport/start-device.ts';
import { disableSurface, enableSurface, type Surface } from './display-driver.ts';
import { bytes, DisplayError, NOTHING, optionalRequest, request } from './eng-device-io-control.ts';
import type { WantedMode } from './modes.ts';

/** What win32k knows of a device after it has opened it. */
export interface OpenDevice {
  readonly physDeviceObject: PVOID;
  /** VIDEO_DUALVIEW_ flags. */
  readonly dualviewFlags: ULONG;
  /** Its monitors: device object and UId. */
  readonly monitors: readonly { readonly pdo: PVOID; readonly uid: ULONG }[];
}

/** Most monitors that are asked for. */
const MOST_MONITORS = 16;

/** Asks the port for what win32k needs to know. The miniport hears nothing of it. */
export function shakeHands(device: VideoDevice): OpenDevice {
  const { size } = VIDEO_WIN32K_CALLBACKS;
  const answer = request(device, IOCTL_VIDEO_INIT_WIN32K_CALLBACKS, bytes(VIDEO_WIN32K_CALLBACKS, {}), size, size);
  const { pPhysDeviceObject, DualviewFlags } = VIDEO_WIN32K_CALLBACKS.readFrom(answer, 0);
  const list = request(device, IOCTL_VIDEO_ENUM_MONITOR_PDO, NOTHING, VIDEO_MONITOR_DEVICE.size * MOST_MONITORS, 0);
  const entries = Array.from({ length: Math.floor(list.byteLength / VIDEO_MONITOR_DEVICE.size) }, (_, index) =>
    VIDEO_MONITOR_DEVICE.readFrom(list, index * VIDEO_MONITOR_DEVICE.size),
  );
  return {
    physDeviceObject: pPhysDeviceObject,
    dualviewFlags: DualviewFlags,
    monitors: entries.filter(({ pdo }) => pdo !== 0).map(({ pdo, HwID }) => ({ pdo, uid: HwID })),
  };
}

const DETACH = Uint8Array.of(0, 0, 0, 0);
const ATTACH = Uint8Array.of(1, 0, 0, 0);

/** Attaches a second display to the desktop: opens it, tells the miniport (IOCTL_VIDEO_SWITCH_DUALVIEW), sets a mode. */
export function attachDisplay(device: VideoDevice, wanted: WantedMode): Surface {
  if (!device.opened) {
    const failure = openDevice(device);
    if (failure) throw new DisplayError(failure.failed);
  }
  optionalRequest(device, IOCTL_VIDEO_SWITCH_DUALVIEW, ATTACH, 0, 0);
  return enableSurface(device, wanted);
}

/** Detaches it again. */
export function detachDisplay(device: VideoDevice, surface: Surface): void {
  disableSurface(device, surface);
  optionalRequest(device, IOCTL_VIDEO_SWITCH_DUALVIEW, DETACH, 0, 0);
}
