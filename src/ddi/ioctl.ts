/**
 * The IOCTL_VIDEO_ codes that are sent so far (ntddvdeo.h). All are METHOD_BUFFERED, FILE_ANY_ACCESS:
 * 0x00230000 + 4 × function.
 */
const code = (operation: number): number => 0x0023_0000 + operation * 4;

/** Codes that win32k and display drivers send. */
export const IOCTL_VIDEO_QUERY_AVAIL_MODES = code(0x100);
export const IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES = code(0x101);
export const IOCTL_VIDEO_QUERY_CURRENT_MODE = code(0x102);
export const IOCTL_VIDEO_SET_CURRENT_MODE = code(0x103);
export const IOCTL_VIDEO_RESET_DEVICE = code(0x104);
export const IOCTL_VIDEO_SET_COLOR_REGISTERS = code(0x107);
export const IOCTL_VIDEO_MAP_VIDEO_MEMORY = code(0x116);
export const IOCTL_VIDEO_UNMAP_VIDEO_MEMORY = code(0x117);
export const IOCTL_VIDEO_SHARE_VIDEO_MEMORY = code(0x11d);
export const IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY = code(0x11e);

const names: Readonly<Record<number, string>> = {
  [IOCTL_VIDEO_QUERY_AVAIL_MODES]: 'IOCTL_VIDEO_QUERY_AVAIL_MODES',
  [IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES]: 'IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES',
  [IOCTL_VIDEO_QUERY_CURRENT_MODE]: 'IOCTL_VIDEO_QUERY_CURRENT_MODE',
  [IOCTL_VIDEO_SET_CURRENT_MODE]: 'IOCTL_VIDEO_SET_CURRENT_MODE',
  [IOCTL_VIDEO_RESET_DEVICE]: 'IOCTL_VIDEO_RESET_DEVICE',
  [IOCTL_VIDEO_MAP_VIDEO_MEMORY]: 'IOCTL_VIDEO_MAP_VIDEO_MEMORY',
  [IOCTL_VIDEO_UNMAP_VIDEO_MEMORY]: 'IOCTL_VIDEO_UNMAP_VIDEO_MEMORY',
};

/** The code's name, or its number in hexadecimal. */
export function ioctlName(ioctl: number): string {
  return names[ioctl] ?? `IOCTL 0x${ioctl.toString(16).toUpperCase().padStart(8, '0')}`;
}
