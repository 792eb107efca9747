/** A small HwVidStartIO for tests of the display driver's side: modes, memory, and whatever a test adds. */
import type { ModeInformation } from '../../src/display/modes.ts';
import * as vp from '../../src/videoport/index.ts';

/** What such a driver answers. */
export interface Answers {
  readonly modes: readonly Partial<ModeInformation>[];
  /** Answers for other requests: the number of bytes written, or a VP_STATUS as a negative number. */
  readonly more?: Readonly<Record<number, (packet: vp.VIDEO_REQUEST_PACKET) => number>>;
}

const mode = (index: number, width: number, height: number, bits: number) => ({
  Length: vp.VIDEO_MODE_INFORMATION.size,
  ModeIndex: index,
  VisScreenWidth: width,
  VisScreenHeight: height,
  ScreenStride: (width * bits) / 8,
  NumberOfPlanes: 1,
  BitsPerPlane: bits,
  AttributeFlags: vp.VIDEO_MODE_COLOR | vp.VIDEO_MODE_GRAPHICS | (bits === 8 ? vp.VIDEO_MODE_PALETTE_DRIVEN : 0),
  VideoMemoryBitmapWidth: width,
  VideoMemoryBitmapHeight: height,
});

/** One mode, 64×48 with 32 bits. */
export const oneMode: Answers = { modes: [mode(0, 64, 48, 32)] };
/** Three modes: 64×48 with 8 and with 32 bits, 128×96 with 32. */
export const threeModes: Answers = { modes: [mode(3, 64, 48, 8), mode(4, 64, 48, 32), mode(5, 128, 96, 32)] };

/** Serves a request; returns TRUE. */
export function answer(packet: vp.VIDEO_REQUEST_PACKET, { modes, more = {} }: Answers): boolean {
  const { StatusBlock, OutputBuffer, IoControlCode } = packet;
  const serve = more[IoControlCode];
  let result = -vp.ERROR_INVALID_FUNCTION;
  if (serve) result = serve(packet);
  else if (IoControlCode === vp.IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES) {
    vp.VIDEO_NUM_MODES.write(OutputBuffer, {
      NumModes: modes.length,
      ModeInformationLength: vp.VIDEO_MODE_INFORMATION.size,
    });
    result = vp.VIDEO_NUM_MODES.size;
  } else if (IoControlCode === vp.IOCTL_VIDEO_QUERY_AVAIL_MODES) {
    const { size } = vp.VIDEO_MODE_INFORMATION;
    for (const [index, one] of modes.entries()) vp.VIDEO_MODE_INFORMATION.write(OutputBuffer + index * size, one);
    result = modes.length * size;
  } else if (IoControlCode === vp.IOCTL_VIDEO_MAP_VIDEO_MEMORY) {
    vp.VIDEO_MEMORY_INFORMATION.write(OutputBuffer, {
      VideoRamBase: 0x2_0000,
      VideoRamLength: 4096,
      FrameBufferBase: 0x2_0000,
      FrameBufferLength: 4096,
    });
    result = vp.VIDEO_MEMORY_INFORMATION.size;
  } else if (
    [vp.IOCTL_VIDEO_SET_CURRENT_MODE, vp.IOCTL_VIDEO_RESET_DEVICE, vp.IOCTL_VIDEO_UNMAP_VIDEO_MEMORY].includes(
      IoControlCode,
    )
  )
    result = 0;
  StatusBlock.Status = result < 0 ? -result : vp.NO_ERROR;
  StatusBlock.Information = Math.max(0, result);
  return true;
}
