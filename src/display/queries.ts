/**
 * What else win32k and display drivers ask a miniport, and do without when it refuses: ranges that the display driver
 * may reach itself, colour capabilities, the state of a child, a view of video memory for another process (DirectDraw).
 */
import {
  IOCTL_VIDEO_FREE_PUBLIC_ACCESS_RANGES,
  IOCTL_VIDEO_GET_CHILD_STATE,
  IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES,
  IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES,
  IOCTL_VIDEO_SHARE_VIDEO_MEMORY,
  IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY,
} from '../ddi/ioctl.ts';
import type { Layout, Structure } from '../ddi/layout.ts';
import {
  VIDEO_COLOR_CAPABILITIES,
  VIDEO_MEMORY,
  VIDEO_PUBLIC_ACCESS_RANGES,
  VIDEO_SHARE_MEMORY,
  VIDEO_SHARE_MEMORY_INFORMATION,
} from '../ddi/structures-ntddvdeo.ts';
import type { ULONG } from '../ddi/types.ts';
import type { VideoDevice } from '../videoport/port.ts';
import { bytes, NOTHING, optionalRequest } from './eng-device-io-control.ts';

type Of<T> = T extends Layout<infer M> ? Structure<M> : never;

/** A range of the device that the display driver may reach itself. */
export type PublicAccessRange = Of<typeof VIDEO_PUBLIC_ACCESS_RANGES>;
/** What the monitor's colours are like. */
export type ColorCapabilities = Of<typeof VIDEO_COLOR_CAPABILITIES>;
/** Where shared video memory lies. */
export type SharedMemory = Of<typeof VIDEO_SHARE_MEMORY_INFORMATION>;

/** Most ranges that are asked for. */
const MOST_RANGES = 8;

/** The device's ranges that the display driver may reach itself; none when the miniport gives none away. */
export function queryPublicAccessRanges(device: VideoDevice): PublicAccessRange[] {
  const { size } = VIDEO_PUBLIC_ACCESS_RANGES;
  const answer = optionalRequest(device, IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES, NOTHING, size * MOST_RANGES, size);
  return answer
    ? Array.from({ length: Math.floor(answer.byteLength / size) }, (_, index) =>
        VIDEO_PUBLIC_ACCESS_RANGES.readFrom(answer, index * size),
      )
    : [];
}

/** Gives them back. */
export function freePublicAccessRanges(device: VideoDevice, ranges: readonly PublicAccessRange[]): void {
  const { size } = VIDEO_MEMORY;
  const input = new Uint8Array(size * ranges.length);
  for (const [index, { VirtualAddress }] of ranges.entries())
    input.set(bytes(VIDEO_MEMORY, { RequestedVirtualAddress: VirtualAddress }), index * size);
  optionalRequest(device, IOCTL_VIDEO_FREE_PUBLIC_ACCESS_RANGES, input, 0, 0);
}

/** Colour capabilities, or null when the miniport does not know. */
export function queryColorCapabilities(device: VideoDevice): ColorCapabilities | null {
  const { size } = VIDEO_COLOR_CAPABILITIES;
  const answer = optionalRequest(device, IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES, NOTHING, size, size);
  return answer && VIDEO_COLOR_CAPABILITIES.readFrom(answer, 0);
}

/** VIDEO_CHILD_ flags of a child, or null when the miniport does not say. */
export function getChildState(device: VideoDevice, uid: ULONG): ULONG | null {
  const input = new Uint8Array(4);
  new DataView(input.buffer).setUint32(0, uid, true);
  return optionalRequest(device, IOCTL_VIDEO_GET_CHILD_STATE, input, 4, 4)?.getUint32(0, true) ?? null;
}

/** Has video memory mapped for a process; null when the miniport does not. */
export function shareVideoMemory(
  device: VideoDevice,
  view: Partial<Of<typeof VIDEO_SHARE_MEMORY>>,
): SharedMemory | null {
  const { size } = VIDEO_SHARE_MEMORY_INFORMATION;
  const input = bytes(VIDEO_SHARE_MEMORY, view);
  const answer = optionalRequest(device, IOCTL_VIDEO_SHARE_VIDEO_MEMORY, input, size, size);
  return answer && VIDEO_SHARE_MEMORY_INFORMATION.readFrom(answer, 0);
}

/** Takes the mapping back. False when the miniport refused. */
export function unshareVideoMemory(device: VideoDevice, view: Partial<Of<typeof VIDEO_SHARE_MEMORY>>): boolean {
  return optionalRequest(device, IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY, bytes(VIDEO_SHARE_MEMORY, view), 0, 0) !== null;
}
