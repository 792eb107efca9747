/** The palette of an 8-bit mode, as a display driver sets it with IOCTL_VIDEO_SET_COLOR_REGISTERS. */
import { IOCTL_VIDEO_SET_COLOR_REGISTERS } from '../ddi/ioctl.ts';
import { trailing } from '../ddi/layout.ts';
import { VIDEO_CLUT, VIDEO_CLUT_ENTRY } from '../ddi/structures-ntddvdeo.ts';
import type { VideoDevice } from '../videoport/port.ts';
import { NOTHING, request } from './eng-device-io-control.ts';

/** One entry: red, green and blue. */
export type Colour = readonly [red: number, green: number, blue: number];

const ENTRIES = 256;

/** The ten colours at either end of the palette that Windows keeps for its own windows. */
const SYSTEM_COLOURS: readonly Colour[] = [
  [0, 0, 0],
  [128, 0, 0],
  [0, 128, 0],
  [128, 128, 0],
  [0, 0, 128],
  [128, 0, 128],
  [0, 128, 128],
  [192, 192, 192],
  [192, 220, 192],
  [166, 202, 240],
  [255, 251, 240],
  [160, 160, 164],
  [128, 128, 128],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [0, 0, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];
const AT_EACH_END = SYSTEM_COLOURS.length / 2;

/** The palette after a mode is set: the system colours at the ends, and between them a circle of soft hues. */
export function defaultPalette(): Colour[] {
  const between = ENTRIES - SYSTEM_COLOURS.length;
  const soft = Array.from({ length: between }, (_, i): Colour => {
    const angle = (i * 2 * Math.PI) / between;
    const part = (phase: number, middle: number, swing: number) => Math.round(middle + swing * Math.sin(angle + phase));
    return [part(4.2, 120, 100), part(5.8, 110, 90), part(1.2, 150, 80)];
  });
  return [...SYSTEM_COLOURS.slice(0, AT_EACH_END), ...soft, ...SYSTEM_COLOURS.slice(AT_EACH_END)];
}

/** Sets palette entries from `first` on; throws DisplayError when the miniport refuses, since such a mode needs them. */
export function setPalette(device: VideoDevice, colours: readonly Colour[], first = 0): void {
  const input = new Uint8Array(trailing(VIDEO_CLUT, 'LookupTable', colours.length));
  const view = new DataView(input.buffer);
  view.setUint16(VIDEO_CLUT.members.NumEntries.offset, colours.length, true);
  view.setUint16(VIDEO_CLUT.members.FirstEntry.offset, first, true);
  for (const [index, [Red, Green, Blue]] of colours.entries()) {
    const at = VIDEO_CLUT.members.LookupTable.offset + index * VIDEO_CLUT_ENTRY.size;
    VIDEO_CLUT_ENTRY.writeTo(view, at, { RgbArray: { Red, Green, Blue, Unused: 0 } });
  }
  request(device, IOCTL_VIDEO_SET_COLOR_REGISTERS, input, 0, NOTHING.length);
}
