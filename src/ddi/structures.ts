/** Structures that travel in VRP buffers (ntddvdeo.h): x86 offsets and sizes. */
import { structure } from './layout.ts';

/** IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, output. */
export const VIDEO_NUM_MODES = structure('VIDEO_NUM_MODES', { NumModes: 'ULONG', ModeInformationLength: 'ULONG' });

/** IOCTL_VIDEO_SET_CURRENT_MODE, input. Low 30 bits: ModeIndex; then the VIDEO_MODE_ flags. */
export const VIDEO_MODE = structure('VIDEO_MODE', { RequestedMode: 'ULONG' });

/** IOCTL_VIDEO_QUERY_AVAIL_MODES and QUERY_CURRENT_MODE, output. ScreenStride is in bytes. */
export const VIDEO_MODE_INFORMATION = structure('VIDEO_MODE_INFORMATION', {
  Length: 'ULONG',
  ModeIndex: 'ULONG',
  VisScreenWidth: 'ULONG',
  VisScreenHeight: 'ULONG',
  ScreenStride: 'ULONG',
  NumberOfPlanes: 'ULONG',
  BitsPerPlane: 'ULONG',
  Frequency: 'ULONG',
  XMillimeter: 'ULONG',
  YMillimeter: 'ULONG',
  NumberRedBits: 'ULONG',
  NumberGreenBits: 'ULONG',
  NumberBlueBits: 'ULONG',
  RedMask: 'ULONG',
  GreenMask: 'ULONG',
  BlueMask: 'ULONG',
  AttributeFlags: 'ULONG',
  VideoMemoryBitmapWidth: 'ULONG',
  VideoMemoryBitmapHeight: 'ULONG',
  DriverSpecificAttributeFlags: 'ULONG',
});

/** IOCTL_VIDEO_MAP_VIDEO_MEMORY and UNMAP_VIDEO_MEMORY, input. */
export const VIDEO_MEMORY = structure('VIDEO_MEMORY', { RequestedVirtualAddress: 'PVOID' });

/**
 * IOCTL_VIDEO_MAP_VIDEO_MEMORY, output. FrameBufferLength is VisScreenHeight × ScreenStride (its page says width: an
 * error).
 */
export const VIDEO_MEMORY_INFORMATION = structure('VIDEO_MEMORY_INFORMATION', {
  VideoRamBase: 'PVOID',
  VideoRamLength: 'ULONG',
  FrameBufferBase: 'PVOID',
  FrameBufferLength: 'ULONG',
});
