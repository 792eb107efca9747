/**
 * The display driver's side: what win32k and a display driver send to the miniport to get a picture, in their order
 * (ddi.md §4, rows 10 to 12 and 18).
 */
import {
  IOCTL_VIDEO_MAP_VIDEO_MEMORY,
  IOCTL_VIDEO_QUERY_AVAIL_MODES,
  IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
  IOCTL_VIDEO_RESET_DEVICE,
  IOCTL_VIDEO_SET_CURRENT_MODE,
  IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
  ioctlName,
} from '../ddi/ioctl.ts';
import type { Layout, Members, Structure } from '../ddi/layout.ts';
import { NO_ERROR, statusName } from '../ddi/status.ts';
import {
  VIDEO_MEMORY,
  VIDEO_MEMORY_INFORMATION,
  VIDEO_MODE,
  VIDEO_MODE_INFORMATION,
  VIDEO_NUM_MODES,
} from '../ddi/structures.ts';
import type { VideoDevice } from '../videoport/port.ts';
import { sendRequest } from '../videoport/video-request.ts';

/** A mode as the miniport describes it. */
export type ModeInformation = Structure<typeof VIDEO_MODE_INFORMATION extends Layout<infer M> ? M : never>;

/** A desktop on the screen. */
export interface Surface {
  readonly mode: ModeInformation;
  /** Mapped frame buffer. */
  readonly memory: {
    readonly VideoRamBase: number;
    readonly VideoRamLength: number;
    readonly FrameBufferBase: number;
    readonly FrameBufferLength: number;
  };
}

/** Thrown when the miniport does not do what a display driver needs. */
export class DisplayError extends Error {
  override readonly name = 'DisplayError';
}

/** Most modes that are looked at. */
const MOST_MODES = 1024;

function bytes<M extends Members>(layout: Layout<M>, value: Partial<Structure<M>>): Uint8Array {
  const out = new Uint8Array(layout.size);
  layout.writeTo(new DataView(out.buffer), 0, value);
  return out;
}

/** Sends a request that must succeed and return at least `least` bytes. */
function request(device: VideoDevice, code: number, input: Uint8Array, outputLength: number, least: number): DataView {
  const { status, output } = sendRequest(device, code, input, outputLength);
  if (status !== NO_ERROR) throw new DisplayError(`${ioctlName(code)} failed: ${statusName(status)}`);
  if (output.length < least) {
    throw new DisplayError(
      `${ioctlName(code)} returned ${output.length} bytes where ${least} were expected: was Information set?`,
    );
  }
  return new DataView(output.buffer, output.byteOffset, output.byteLength);
}

const NOTHING = new Uint8Array(0);

/** DrvGetModes: asks how many modes there are, then for all of them. */
export function getModes(device: VideoDevice): ModeInformation[] {
  const counted = VIDEO_NUM_MODES.readFrom(
    request(device, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NOTHING, VIDEO_NUM_MODES.size, VIDEO_NUM_MODES.size),
    0,
  );
  const { NumModes, ModeInformationLength } = counted;
  if (NumModes === 0 || NumModes > MOST_MODES)
    throw new DisplayError(
      `${ioctlName(IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES)} said ${NumModes} modes; 1 to ${MOST_MODES} make sense`,
    );
  if (ModeInformationLength < VIDEO_MODE_INFORMATION.size) {
    throw new DisplayError(
      `ModeInformationLength is ${ModeInformationLength}; VIDEO_MODE_INFORMATION has ${VIDEO_MODE_INFORMATION.size} bytes`,
    );
  }
  const length = NumModes * ModeInformationLength;
  const view = request(device, IOCTL_VIDEO_QUERY_AVAIL_MODES, NOTHING, length, length);
  return Array.from({ length: NumModes }, (_, index) =>
    VIDEO_MODE_INFORMATION.readFrom(view, index * ModeInformationLength),
  ).filter((mode) => mode.Length !== 0);
}

/** The mode nearest to a wanted size: the exact one, else the one whose pixel count differs least. */
export function nearestMode(modes: readonly ModeInformation[], width: number, height: number): ModeInformation {
  const distance = (mode: ModeInformation) =>
    Math.abs(mode.VisScreenWidth - width) + Math.abs(mode.VisScreenHeight - height);
  const [first, ...rest] = modes;
  if (!first) throw new DisplayError('the miniport offers no mode');
  return rest.reduce((best, mode) => (distance(mode) < distance(best) ? mode : best), first);
}

/** DrvEnablePDEV and DrvEnableSurface: choose a mode, set it, map the frame buffer. */
export function enableSurface(device: VideoDevice, width: number, height: number): Surface {
  const mode = nearestMode(getModes(device), width, height);
  request(device, IOCTL_VIDEO_SET_CURRENT_MODE, bytes(VIDEO_MODE, { RequestedMode: mode.ModeIndex }), 0, 0);
  const mapped = request(
    device,
    IOCTL_VIDEO_MAP_VIDEO_MEMORY,
    bytes(VIDEO_MEMORY, { RequestedVirtualAddress: 0 }),
    VIDEO_MEMORY_INFORMATION.size,
    VIDEO_MEMORY_INFORMATION.size,
  );
  return { mode, memory: VIDEO_MEMORY_INFORMATION.readFrom(mapped, 0) };
}

/**
 * DrvDisableSurface and DrvDisablePDEV: unmap the frame buffer, back to the boot-time mode. Failures are the miniport's
 * own business by now.
 */
export function disableSurface(device: VideoDevice, surface: Surface): void {
  sendRequest(
    device,
    IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
    bytes(VIDEO_MEMORY, { RequestedVirtualAddress: surface.memory.VideoRamBase }),
    0,
  );
  sendRequest(device, IOCTL_VIDEO_RESET_DEVICE, NOTHING, 0);
}
