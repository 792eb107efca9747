/**
 * The mouse pointer (ddi.md §4, row 12): a display driver asks what the miniport can do, hands it the shape, switches
 * it on and moves it. All of it is optional; where the miniport refuses, the system draws the pointer itself.
 */
import { VIDEO_MODE_MONO_POINTER } from '../ddi/constants.ts';
import {
  IOCTL_VIDEO_DISABLE_POINTER,
  IOCTL_VIDEO_ENABLE_POINTER,
  IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES,
  IOCTL_VIDEO_SET_POINTER_ATTR,
  IOCTL_VIDEO_SET_POINTER_POSITION,
} from '../ddi/ioctl.ts';
import { type Layout, type Structure, trailing } from '../ddi/layout.ts';
import {
  VIDEO_POINTER_ATTRIBUTES,
  VIDEO_POINTER_CAPABILITIES,
  VIDEO_POINTER_POSITION,
} from '../ddi/structures-ntddvdeo.ts';
import type { VideoDevice } from '../videoport/port.ts';
import { bytes, NOTHING, optionalRequest } from './eng-device-io-control.ts';

/** What the miniport says of its pointer. */
export type PointerCapabilities = Structure<typeof VIDEO_POINTER_CAPABILITIES extends Layout<infer M> ? M : never>;

/** The arrow: `#` black, `.` white, the rest transparent. */
const ARROW = [
  '#           ',
  '##          ',
  '#.#         ',
  '#..#        ',
  '#...#       ',
  '#....#      ',
  '#.....#     ',
  '#......#    ',
  '#.......#   ',
  '#........#  ',
  '#.....##### ',
  '#..#..#     ',
  '#.# #..#    ',
  '##  #..#    ',
  '#    #..#   ',
  '     #..#   ',
  '      ##    ',
];

const SIZE = 32;
const WIDTH_IN_BYTES = SIZE / 8;
const MASK_BYTES = WIDTH_IN_BYTES * SIZE;

/** AND mask, then XOR mask: 1 0 keeps what is below, 0 0 is black, 0 1 is white. */
export function arrowMasks(): Uint8Array {
  const masks = new Uint8Array(2 * MASK_BYTES).fill(0xff, 0, MASK_BYTES);
  for (const [y, row] of ARROW.entries()) {
    for (const [x, dot] of [...row].entries()) {
      if (dot === ' ') continue;
      const at = y * WIDTH_IN_BYTES + (x >> 3);
      const bit = 0x80 >> (x & 7);
      masks[at] = (masks[at] ?? 0) & ~bit;
      if (dot === '.') masks[MASK_BYTES + at] = (masks[MASK_BYTES + at] ?? 0) | bit;
    }
  }
  return masks;
}

/** Asks what the miniport can do; null when it has no pointer. */
export function queryPointer(device: VideoDevice): PointerCapabilities | null {
  const { size } = VIDEO_POINTER_CAPABILITIES;
  const answer = optionalRequest(device, IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES, NOTHING, size, size);
  return answer && VIDEO_POINTER_CAPABILITIES.readFrom(answer, 0);
}

/**
 * Hands over the arrow, if the miniport's pointer can show it, switches it on and puts it somewhere.
 * @returns false when the pointer is the system's own business
 */
export function showPointer(
  device: VideoDevice,
  capabilities: PointerCapabilities,
  column: number,
  row: number,
): boolean {
  const { Flags, MaxWidth, MaxHeight } = capabilities;
  if (!(Flags & VIDEO_MODE_MONO_POINTER) || MaxWidth < SIZE || MaxHeight < SIZE) return false;
  const masks = arrowMasks();
  const input = bytes(
    VIDEO_POINTER_ATTRIBUTES,
    {
      Flags: VIDEO_MODE_MONO_POINTER,
      Width: SIZE,
      Height: SIZE,
      WidthInBytes: WIDTH_IN_BYTES,
      Enable: 0,
      Column: column,
      Row: row,
    },
    trailing(VIDEO_POINTER_ATTRIBUTES, 'Pixels', masks.length),
  );
  input.set(masks, VIDEO_POINTER_ATTRIBUTES.members.Pixels.offset);
  if (!optionalRequest(device, IOCTL_VIDEO_SET_POINTER_ATTR, input, 0, 0)) return false;
  if (!optionalRequest(device, IOCTL_VIDEO_ENABLE_POINTER, NOTHING, 0, 0)) return false;
  return movePointer(device, column, row);
}

/** DrvMovePointer. Coordinates are of the screen, and may be negative when the hot spot is not the corner. */
export function movePointer(device: VideoDevice, column: number, row: number): boolean {
  const input = bytes(VIDEO_POINTER_POSITION, { Column: column, Row: row });
  return optionalRequest(device, IOCTL_VIDEO_SET_POINTER_POSITION, input, 0, 0) !== null;
}

/** Takes the pointer off the screen. */
export function hidePointer(device: VideoDevice): void {
  optionalRequest(device, IOCTL_VIDEO_DISABLE_POINTER, NOTHING, 0, 0);
}
