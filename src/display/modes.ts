/** DrvGetModes: the modes that a miniport offers, and the choice among them (ddi.md §4, rows 10 and 11). */
import { IOCTL_VIDEO_QUERY_AVAIL_MODES, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, ioctlName } from '../ddi/ioctl.ts';
import type { Layout, Structure } from '../ddi/layout.ts';
import { VIDEO_MODE_INFORMATION, VIDEO_NUM_MODES } from '../ddi/structures-ntddvdeo.ts';
import type { VideoDevice } from '../videoport/port.ts';
import { DisplayError, NOTHING, request } from './eng-device-io-control.ts';

/** A mode as the miniport describes it. */
export type ModeInformation = Structure<typeof VIDEO_MODE_INFORMATION extends Layout<infer M> ? M : never>;

/** What is wanted of a mode. */
export interface WantedMode {
  readonly width: number;
  readonly height: number;
  /** Default: as many as there are. */
  readonly bitsPerPixel?: number;
}

/** Most modes that are looked at. */
const MOST_MODES = 1024;

/** Bits of a pixel over all planes. */
export function bitsPerPixel(mode: ModeInformation): number {
  return mode.BitsPerPlane * mode.NumberOfPlanes;
}

/** Modes named in one sentence, at most. */
const MOST_NAMED = 24;

/** Which sizes and depths there are among modes, each once, for people: '640×480×32, 800×600×32'. */
export function modeNames(modes: readonly ModeInformation[]): string {
  const names = new Set(modes.map((mode) => `${mode.VisScreenWidth}×${mode.VisScreenHeight}×${bitsPerPixel(mode)}`));
  const named = [...names].slice(0, MOST_NAMED).join(', ');
  return names.size > MOST_NAMED ? `${named} and ${names.size - MOST_NAMED} more` : named;
}

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
  // A mode that the hardware turned out not to do has Length 0.
  return Array.from({ length: NumModes }, (_, index) =>
    VIDEO_MODE_INFORMATION.readFrom(view, index * ModeInformationLength),
  ).filter((mode) => mode.Length !== 0);
}

/**
 * The mode nearest to a wanted one: of the wanted depth if there is any, then the size that differs least, then the
 * deepest.
 */
export function nearestMode(modes: readonly ModeInformation[], wanted: WantedMode): ModeInformation {
  const ofDepth = modes.filter((mode) => bitsPerPixel(mode) === wanted.bitsPerPixel);
  const distance = (mode: ModeInformation) =>
    Math.abs(mode.VisScreenWidth - wanted.width) + Math.abs(mode.VisScreenHeight - wanted.height);
  const [first, ...rest] = ofDepth.length > 0 ? ofDepth : modes;
  if (!first) throw new DisplayError('the miniport offers no mode');
  return rest.reduce((best, mode) => {
    const nearer = distance(mode) - distance(best);
    return nearer < 0 || (nearer === 0 && bitsPerPixel(mode) > bitsPerPixel(best)) ? mode : best;
  }, first);
}
