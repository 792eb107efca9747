/** Status codes. VP_STATUS values are Win32 error numbers (winerror.h); NTSTATUS values are ntstatus.h's. */

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
export const STATUS_UNSUCCESSFUL = 0xc000_0001;
export const STATUS_INVALID_PARAMETER = 0xc000_000d;
export const STATUS_REVISION_MISMATCH = 0xc000_0059;

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
  [STATUS_UNSUCCESSFUL]: 'STATUS_UNSUCCESSFUL',
  [STATUS_INVALID_PARAMETER]: 'STATUS_INVALID_PARAMETER',
  [STATUS_REVISION_MISMATCH]: 'STATUS_REVISION_MISMATCH',
};

/** `ERROR_INVALID_PARAMETER (87)`, or just the number in hexadecimal when it has no name here. */
export function statusName(status: number): string {
  const name = names[status];
  if (name) return status > 0xffff ? `${name} (0x${status.toString(16).toUpperCase()})` : `${name} (${status})`;
  return `0x${(status >>> 0).toString(16).toUpperCase()}`;
}
