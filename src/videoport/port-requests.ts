/**
 * Requests that the port answers itself and never hands to a miniport (ddi.md §2.8, "port-handled"): win32k's
 * hand-shake, the monitors' device objects, virtual DOS machines, sessions, a monitor's power, a panel's brightness.
 */
import { Monitor, VideoPowerOff, VideoPowerOn, VideoPowerStandBy, VideoPowerSuspend } from '../ddi/constants.ts';
import {
  IOCTL_VIDEO_DISABLE_VDM,
  IOCTL_VIDEO_ENABLE_VDM,
  IOCTL_VIDEO_ENUM_MONITOR_PDO,
  IOCTL_VIDEO_GET_OUTPUT_DEVICE_POWER_STATE,
  IOCTL_VIDEO_INIT_WIN32K_CALLBACKS,
  IOCTL_VIDEO_IS_VGA_DEVICE,
  IOCTL_VIDEO_MONITOR_DEVICE,
  IOCTL_VIDEO_PREPARE_FOR_EARECOVERY,
  IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS,
  IOCTL_VIDEO_QUERY_SUPPORTED_BRIGHTNESS,
  IOCTL_VIDEO_REGISTER_VDM,
  IOCTL_VIDEO_SET_DISPLAY_BRIGHTNESS,
  IOCTL_VIDEO_SET_OUTPUT_DEVICE_POWER_STATE,
  IOCTL_VIDEO_USE_DEVICE_IN_SESSION,
} from '../ddi/ioctl.ts';
import type { Layout, Members, Structure } from '../ddi/layout.ts';
import {
  ERROR_DEV_NOT_EXIST,
  ERROR_INSUFFICIENT_BUFFER,
  ERROR_INVALID_FUNCTION,
  ERROR_INVALID_PARAMETER,
  NO_ERROR,
} from '../ddi/status.ts';
import {
  VIDEO_DEVICE_SESSION_STATUS,
  VIDEO_MONITOR_DEVICE,
  VIDEO_REGISTER_VDM,
  VIDEO_VDM,
  VIDEO_WIN32K_CALLBACKS,
} from '../ddi/structures-ntddvdeo.ts';
import type { ULONG, VP_STATUS } from '../ddi/types.ts';
import type { ChildDevice, VideoDevice } from './port.ts';
import { setChildPower } from './power.ts';
import { resetHardware } from './reset-hardware.ts';
import { dualviewFlags } from './secondary-display.ts';

/** What the port answers. */
export interface PortAnswer {
  readonly status: VP_STATUS;
  readonly output: Uint8Array<ArrayBuffer>;
}

type Handler = (device: VideoDevice, input: DataView, outputLength: number) => PortAnswer;

const answer = (status: VP_STATUS, output = new Uint8Array(0)): PortAnswer => ({ status, output });

/** An answer of whole structures, or ERROR_INSUFFICIENT_BUFFER when they do not fit. */
function filled<M extends Members>(
  layout: Layout<M>,
  values: readonly Partial<Structure<M>>[],
  outputLength: number,
): PortAnswer {
  const output = new Uint8Array(layout.size * values.length);
  if (output.length > outputLength) return answer(ERROR_INSUFFICIENT_BUFFER);
  const view = new DataView(output.buffer);
  for (const [index, value] of values.entries()) layout.writeTo(view, index * layout.size, value);
  return answer(NO_ERROR, output);
}

const ulong = (value: ULONG, outputLength: number): PortAnswer =>
  filled(VIDEO_REGISTER_VDM, [{ MinimumStateSize: value }], outputLength);

const monitors = (device: VideoDevice): ChildDevice[] => device.children.filter((child) => child.type === Monitor);
const describe = (child: ChildDevice) => ({ flag: 0, pdo: child.deviceObject, HwID: child.uid, Internal: 0 });

/** PCI class code 03.00.00: decodes the VGA ports. */
function isVga(device: VideoDevice): boolean {
  const [, subclass, baseClass] = device.pciFunction.read(0x09, 3);
  return baseClass === 0x03 && subclass === 0x00;
}

/** A virtual DOS machine needs the driver's emulator entries. */
const vdm: Handler = (device, input) => {
  if (!device.config?.NumEmulatorAccessEntries) return answer(ERROR_INVALID_FUNCTION);
  return answer(input.byteLength < VIDEO_VDM.size ? ERROR_INSUFFICIENT_BUFFER : NO_ERROR);
};

/** Brightness came with Windows Vista, and only for a panel that ACPI describes: this system has neither. */
const noBrightness: Handler = () => answer(ERROR_INVALID_FUNCTION);

const STATES: readonly ULONG[] = [VideoPowerOn, VideoPowerStandBy, VideoPowerSuspend, VideoPowerOff];

const handlers: Readonly<Record<number, Handler>> = {
  [IOCTL_VIDEO_INIT_WIN32K_CALLBACKS]: (device, input, outputLength) => {
    if (input.byteLength < VIDEO_WIN32K_CALLBACKS.size) return answer(ERROR_INSUFFICIENT_BUFFER);
    const callbacks = VIDEO_WIN32K_CALLBACKS.readFrom(input, 0);
    const { deviceObject: pPhysDeviceObject } = device;
    const DualviewFlags = dualviewFlags(device);
    return filled(VIDEO_WIN32K_CALLBACKS, [{ ...callbacks, bACPI: 0, pPhysDeviceObject, DualviewFlags }], outputLength);
  },
  // No page tells the form of the list. Here it ends with an entry whose pdo is NULL.
  [IOCTL_VIDEO_ENUM_MONITOR_PDO]: (device, _input, outputLength) =>
    filled(VIDEO_MONITOR_DEVICE, [...monitors(device).map(describe), {}], outputLength),
  [IOCTL_VIDEO_MONITOR_DEVICE]: (device, _input, outputLength) => {
    const [first] = monitors(device);
    return first ? filled(VIDEO_MONITOR_DEVICE, [describe(first)], outputLength) : answer(ERROR_DEV_NOT_EXIST);
  },
  [IOCTL_VIDEO_IS_VGA_DEVICE]: (device, _input, outputLength) =>
    outputLength < 1 ? answer(ERROR_INSUFFICIENT_BUFFER) : answer(NO_ERROR, Uint8Array.of(isVga(device) ? 1 : 0)),
  [IOCTL_VIDEO_ENABLE_VDM]: vdm,
  [IOCTL_VIDEO_DISABLE_VDM]: vdm,
  [IOCTL_VIDEO_REGISTER_VDM]: (device, _input, outputLength) =>
    device.config?.HardwareStateSize
      ? ulong(device.config.HardwareStateSize, outputLength)
      : answer(ERROR_INVALID_FUNCTION),
  // No page tells the buffers of these two either: a VIDEO_POWER_STATE of the first monitor, as a ULONG.
  [IOCTL_VIDEO_GET_OUTPUT_DEVICE_POWER_STATE]: (device, _input, outputLength) => {
    const [first] = monitors(device);
    return first ? ulong(first.powerState, outputLength) : answer(ERROR_DEV_NOT_EXIST);
  },
  [IOCTL_VIDEO_SET_OUTPUT_DEVICE_POWER_STATE]: (device, input) => {
    const [first] = monitors(device);
    if (!first) return answer(ERROR_DEV_NOT_EXIST);
    if (input.byteLength < 4) return answer(ERROR_INSUFFICIENT_BUFFER);
    const state = input.getUint32(0, true);
    return answer(STATES.includes(state) ? setChildPower(first, state) : ERROR_INVALID_PARAMETER);
  },
  [IOCTL_VIDEO_USE_DEVICE_IN_SESSION]: (_device, input, outputLength) => {
    if (input.byteLength < VIDEO_DEVICE_SESSION_STATUS.size) return answer(ERROR_INSUFFICIENT_BUFFER);
    const { bEnable } = VIDEO_DEVICE_SESSION_STATUS.readFrom(input, 0);
    // There is one session, so nobody else can have the device.
    return filled(VIDEO_DEVICE_SESSION_STATUS, [{ bEnable, bSuccess: 1 }], outputLength);
  },
  [IOCTL_VIDEO_PREPARE_FOR_EARECOVERY]: (device) => {
    resetHardware(device);
    return answer(NO_ERROR);
  },
  [IOCTL_VIDEO_QUERY_SUPPORTED_BRIGHTNESS]: noBrightness,
  [IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS]: noBrightness,
  [IOCTL_VIDEO_SET_DISPLAY_BRIGHTNESS]: noBrightness,
};

/** Answers a request, if it is one of the port's own; null when it is the miniport's. */
export function answerByPort(
  device: VideoDevice,
  code: number,
  input: Uint8Array,
  outputLength: number,
): PortAnswer | null {
  const handler = handlers[code];
  return handler ? handler(device, new DataView(input.buffer, input.byteOffset, input.byteLength), outputLength) : null;
}
