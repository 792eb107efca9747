/**
 * The display driver's side: what a display driver sends to the miniport to get a picture, in its order (ddi.md §4,
 * rows 10 to 12, 16 and 18). Required requests must succeed; optional ones may fail, and the display driver goes on
 * without.
 */
import { VIDEO_MODE_PALETTE_DRIVEN } from '../ddi/constants.ts';
import {
  IOCTL_VIDEO_MAP_VIDEO_MEMORY,
  IOCTL_VIDEO_RESET_DEVICE,
  IOCTL_VIDEO_SET_CURRENT_MODE,
  IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
} from '../ddi/ioctl.ts';
import { VIDEO_MEMORY, VIDEO_MEMORY_INFORMATION, VIDEO_MODE } from '../ddi/structures-ntddvdeo.ts';
import type { VideoDevice } from '../videoport/port.ts';
import { bytes, engDeviceIoControl, NOTHING, request } from './eng-device-io-control.ts';
import { bitsPerPixel, getModes, type ModeInformation, nearestMode, type WantedMode } from './modes.ts';
import { defaultPalette, setPalette } from './palette.ts';
import { hidePointer, type PointerCapabilities, queryPointer, showPointer } from './pointer.ts';
import {
  type ColorCapabilities,
  freePublicAccessRanges,
  getChildState,
  type PublicAccessRange,
  queryColorCapabilities,
  queryPublicAccessRanges,
} from './queries.ts';

export { DisplayError } from './eng-device-io-control.ts';

/** A desktop on the screen. */
export interface Surface {
  readonly mode: ModeInformation;
  /** All that the miniport offers. */
  readonly modes: readonly ModeInformation[];
  /** Mapped frame buffer. */
  readonly memory: {
    readonly VideoRamBase: number;
    readonly VideoRamLength: number;
    readonly FrameBufferBase: number;
    readonly FrameBufferLength: number;
  };
  readonly colors: ColorCapabilities | null;
  readonly publicRanges: readonly PublicAccessRange[];
  /** VIDEO_CHILD_ flags by child, for those that the miniport tells of. */
  readonly childStates: ReadonlyMap<number, number>;
  /** What the miniport's pointer can do; null when the system draws it. */
  readonly pointer: PointerCapabilities | null;
}

/** Sets the mode, and its palette where it has one. */
function setMode(device: VideoDevice, mode: ModeInformation): void {
  request(device, IOCTL_VIDEO_SET_CURRENT_MODE, bytes(VIDEO_MODE, { RequestedMode: mode.ModeIndex }), 0, 0);
}

function setModePalette(device: VideoDevice, mode: ModeInformation): void {
  if (bitsPerPixel(mode) === 8 && mode.AttributeFlags & VIDEO_MODE_PALETTE_DRIVEN) setPalette(device, defaultPalette());
}

/** Shows the pointer in the middle of the screen; null when that is left to the system. */
function setUpPointer(device: VideoDevice, mode: ModeInformation): PointerCapabilities | null {
  const capabilities = queryPointer(device);
  const [column, row] = [mode.VisScreenWidth >> 1, mode.VisScreenHeight >> 1];
  return capabilities && showPointer(device, capabilities, column, row) ? capabilities : null;
}

/** DrvEnablePDEV and DrvEnableSurface: chooses a mode, sets it, maps the frame buffer, asks for what is optional. */
export function enableSurface(device: VideoDevice, wanted: WantedMode): Surface {
  const modes = getModes(device);
  const mode = nearestMode(modes, wanted);
  const colors = queryColorCapabilities(device);
  setMode(device, mode);
  const mapped = request(
    device,
    IOCTL_VIDEO_MAP_VIDEO_MEMORY,
    bytes(VIDEO_MEMORY, { RequestedVirtualAddress: 0 }),
    VIDEO_MEMORY_INFORMATION.size,
    VIDEO_MEMORY_INFORMATION.size,
  );
  const memory = VIDEO_MEMORY_INFORMATION.readFrom(mapped, 0);
  setModePalette(device, mode);
  const publicRanges = queryPublicAccessRanges(device);
  const childStates = new Map<number, number>();
  for (const { uid } of device.children) {
    const state = getChildState(device, uid);
    if (state !== null) childStates.set(uid, state);
  }
  return { mode, modes, memory, colors, publicRanges, childStates, pointer: setUpPointer(device, mode) };
}

/**
 * DrvAssertMode. FALSE: the screen goes to somebody else, back to the boot-time mode. TRUE: it comes back, with mode,
 * palette and pointer as they were; the frame buffer must lie where it lay.
 */
export function assertMode(device: VideoDevice, surface: Surface, enable: boolean): void {
  if (!enable) {
    engDeviceIoControl(device, IOCTL_VIDEO_RESET_DEVICE, NOTHING, 0);
    return;
  }
  setMode(device, surface.mode);
  setModePalette(device, surface.mode);
  if (surface.pointer) setUpPointer(device, surface.mode);
}

/** A mode change: DrvAssertMode(FALSE) and DrvDisableSurface in the old mode, DrvEnableSurface in the new. */
export function changeMode(device: VideoDevice, surface: Surface, wanted: WantedMode): Surface {
  disableSurface(device, surface);
  return enableSurface(device, wanted);
}

/**
 * DrvDisableSurface and DrvDisablePDEV: unmap the frame buffer, back to the boot-time mode. Failures are the miniport's
 * own business by now.
 */
export function disableSurface(device: VideoDevice, surface: Surface): void {
  if (surface.pointer) hidePointer(device);
  if (surface.publicRanges.length > 0) freePublicAccessRanges(device, surface.publicRanges);
  engDeviceIoControl(
    device,
    IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
    bytes(VIDEO_MEMORY, { RequestedVirtualAddress: surface.memory.VideoRamBase }),
    0,
  );
  engDeviceIoControl(device, IOCTL_VIDEO_RESET_DEVICE, NOTHING, 0);
}
