/** Status codes. VP_STATUS values are Win32 error numbers (winerror.h); NTSTATUS values are ntstatus.h's. */
import type { NTSTATUS, VP_STATUS } from './types.ts';

/* VP_STATUS: Win32 error numbers. */
export const NO_ERROR = 0;
export const ERROR_INVALID_FUNCTION = 1;
export const ERROR_NOT_ENOUGH_MEMORY = 8;
export const ERROR_DEV_NOT_EXIST = 55;
export const ERROR_INVALID_PARAMETER = 87;
export const ERROR_INSUFFICIENT_BUFFER = 122;
export const ERROR_INVALID_NAME = 123;
export const ERROR_BUSY = 170;
export const ERROR_MORE_DATA = 234;
export const WAIT_TIMEOUT = 258;
export const ERROR_IO_PENDING = 997;
export const ERROR_DEVICE_REINITIALIZATION_NEEDED = 1164;
export const ERROR_CONTINUE = 1246;
export const ERROR_NO_MORE_DEVICES = 1248;

/** What HwVidGetVideoChildDescriptor returns. */
export const VIDEO_ENUM_MORE_DEVICES = ERROR_CONTINUE;
export const VIDEO_ENUM_NO_MORE_DEVICES = ERROR_NO_MORE_DEVICES;
export const VIDEO_ENUM_INVALID_DEVICE = ERROR_INVALID_NAME;

export const STATUS_SUCCESS = 0;
export const STATUS_PENDING = 0x0000_0103;
export const STATUS_BUFFER_OVERFLOW = 0x8000_0005;
export const STATUS_UNSUCCESSFUL = 0xc000_0001;
export const STATUS_NOT_IMPLEMENTED = 0xc000_0002;
export const STATUS_INVALID_PARAMETER = 0xc000_000d;
export const STATUS_NO_SUCH_DEVICE = 0xc000_000e;
export const STATUS_BUFFER_TOO_SMALL = 0xc000_0023;
export const STATUS_REVISION_MISMATCH = 0xc000_0059;
export const STATUS_INSUFFICIENT_RESOURCES = 0xc000_009a;
export const STATUS_DEVICE_DOES_NOT_EXIST = 0xc000_00c0;

/** Which NTSTATUS the port completes a request with, for what HwVidStartIO put into StatusBlock.Status (ddi.md §2.6). */
const ntStatuses: ReadonlyMap<VP_STATUS, NTSTATUS> = new Map([
  [NO_ERROR, STATUS_SUCCESS],
  [ERROR_INVALID_FUNCTION, STATUS_NOT_IMPLEMENTED],
  [ERROR_NOT_ENOUGH_MEMORY, STATUS_INSUFFICIENT_RESOURCES],
  [ERROR_DEV_NOT_EXIST, STATUS_DEVICE_DOES_NOT_EXIST],
  [ERROR_INVALID_PARAMETER, STATUS_INVALID_PARAMETER],
  [ERROR_INSUFFICIENT_BUFFER, STATUS_BUFFER_TOO_SMALL],
  [ERROR_MORE_DATA, STATUS_BUFFER_OVERFLOW],
  [ERROR_IO_PENDING, STATUS_PENDING],
]);
const win32Errors: ReadonlyMap<NTSTATUS, number> = new Map([...ntStatuses].map(([vp, nt]) => [nt, vp]));

/** The NTSTATUS of a VP_STATUS: STATUS_UNSUCCESSFUL for every one that has none of its own. */
export function ntStatus(status: VP_STATUS): NTSTATUS {
  return ntStatuses.get(status) ?? STATUS_UNSUCCESSFUL;
}

/** What EngDeviceIoControl makes of an NTSTATUS: the Win32 error, or the NTSTATUS itself when there is none. */
export function win32Error(status: NTSTATUS): number {
  return win32Errors.get(status) ?? status;
}

/** NT_ERROR: the two highest bits are set. Of such a request nothing is copied back; of a warning (10) everything is. */
export function isNtError(status: NTSTATUS): boolean {
  return status >>> 30 === 3;
}

/** Names of the VP_STATUS values above, for the log. */
const names: Readonly<Record<number, string>> = {
  [NO_ERROR]: 'NO_ERROR',
  [ERROR_INVALID_FUNCTION]: 'ERROR_INVALID_FUNCTION',
  [ERROR_NOT_ENOUGH_MEMORY]: 'ERROR_NOT_ENOUGH_MEMORY',
  [ERROR_DEV_NOT_EXIST]: 'ERROR_DEV_NOT_EXIST',
  [ERROR_INVALID_PARAMETER]: 'ERROR_INVALID_PARAMETER',
  [ERROR_INSUFFICIENT_BUFFER]: 'ERROR_INSUFFICIENT_BUFFER',
  [ERROR_INVALID_NAME]: 'ERROR_INVALID_NAME',
  [ERROR_BUSY]: 'ERROR_BUSY',
  [ERROR_MORE_DATA]: 'ERROR_MORE_DATA',
  [WAIT_TIMEOUT]: 'WAIT_TIMEOUT',
  [ERROR_IO_PENDING]: 'ERROR_IO_PENDING',
  [ERROR_DEVICE_REINITIALIZATION_NEEDED]: 'ERROR_DEVICE_REINITIALIZATION_NEEDED',
  [ERROR_CONTINUE]: 'ERROR_CONTINUE',
  [ERROR_NO_MORE_DEVICES]: 'ERROR_NO_MORE_DEVICES',
  [STATUS_PENDING]: 'STATUS_PENDING',
  [STATUS_BUFFER_OVERFLOW]: 'STATUS_BUFFER_OVERFLOW',
  [STATUS_NOT_IMPLEMENTED]: 'STATUS_NOT_IMPLEMENTED',
  [STATUS_BUFFER_TOO_SMALL]: 'STATUS_BUFFER_TOO_SMALL',
  [STATUS_INSUFFICIENT_RESOURCES]: 'STATUS_INSUFFICIENT_RESOURCES',
  [STATUS_DEVICE_DOES_NOT_EXIST]: 'STATUS_DEVICE_DOES_NOT_EXIST',
  [STATUS_UNSUCCESSFUL]: 'STATUS_UNSUCCESSFUL',
  [STATUS_NO_SUCH_DEVICE]: 'STATUS_NO_SUCH_DEVICE',
  [STATUS_INVALID_PARAMETER]: 'STATUS_INVALID_PARAMETER',
  [STATUS_REVISION_MISMATCH]: 'STATUS_REVISION_MISMATCH',
};

/** `ERROR_INVALID_PARAMETER (87)`, or just the number in hexadecimal when it has no name here. */
export function statusName(status: number): string {
  const name = names[status];
  if (name) return status > 0xffff ? `${name} (0x${status.toString(16).toUpperCase()})` : `${name} (${status})`;
  return `0x${(status >>> 0).toString(16).toUpperCase()}`;
}
