/**
 * Two frames: one to look at, one to paint into.
 *
 * A picture here takes three refreshes to paint, a third at
 * a time. This driver has one frame, and the monitor reads
 * it at every refresh: mostly when it is half new and half
 * old.
 */

import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_HEADER,
  RINGGPU_INT_VBLANK,
  RINGGPU_PAIR,
  RINGGPU_REG,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_STATUS_RESETTING,
} from 'ringgpu';
import {
  DISPLAY_ADAPTER_HW_ID,
  ERROR_DEV_NOT_EXIST,
  ERROR_INSUFFICIENT_BUFFER,
  ERROR_INVALID_FUNCTION,
  ERROR_NOT_ENOUGH_MEMORY,
  HighPart,
  IOCTL_VIDEO_MAP_VIDEO_MEMORY,
  IOCTL_VIDEO_QUERY_AVAIL_MODES,
  IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
  IOCTL_VIDEO_RESET_DEVICE,
  IOCTL_VIDEO_SET_CURRENT_MODE,
  IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
  LowPart,
  mem,
  NO_ERROR,
  type NTSTATUS,
  NULL,
  out,
  PAGE_SIZE,
  PCIBus,
  type PHYSICAL_ADDRESS,
  type PVOID,
  type PVP_DMA_ADAPTER,
  SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
  type ULONG,
  type VIDEO_ACCESS_RANGE,
  VIDEO_MEMORY_INFORMATION,
  VIDEO_MODE_COLOR,
  VIDEO_MODE_GRAPHICS,
  VIDEO_MODE_INFORMATION,
  VIDEO_MODE_LINEAR,
  VIDEO_NUM_MODES,
  type VIDEO_REQUEST_PACKET,
  VideoPortAllocateCommonBuffer,
  VideoPortGetAccessRanges,
  VideoPortGetDeviceBase,
  VideoPortGetDmaAdapter,
  VideoPortInitialize,
  VideoPortPutDmaAdapter,
  VideoPortQueueDpc,
  VideoPortReadRegisterUlong,
  VideoPortReleaseCommonBuffer,
  VideoPortStallExecution,
  VideoPortWriteRegisterUlong,
  VideoPortZeroMemory,
  VideoPowerShutdown,
  type VP_STATUS,
} from 'videoport';

const WIDTH = 640;
const HEIGHT = 480;
const PITCH = WIDTH * 4;
const FRAME_BYTES = PITCH * HEIGHT;
const RING_BYTES = PAGE_SIZE;
/** Refreshes that a picture takes to paint. */
const PARTS = 3;
const COLOURS = [0xc94f4f, 0xd9a441, 0x5aa469, 0x4f7fc9, 0x8a5ac9];

/** Memory for both sides, with two addresses. */
interface Shared {
  /** For the processor. */
  virtual: PVOID;
  /** For the device. */
  logical: PHYSICAL_ADDRESS;
  length: ULONG;
}

/** What the driver remembers. */
interface Extension {
  registers: PVOID;
  adapter: PVP_DMA_ADAPTER;
  ring: Shared;
  frames: Shared[];
  /** Index of the frame that is painted now. */
  back: number;
  /** How many thirds of it are done. */
  part: number;
  /** Pictures painted so far. */
  pictures: number;
  /**
   * Byte offset in the ring behind the last word that was
   * put there.
   */
  tail: ULONG;
  lit: boolean;
}

/** The system looks for the device. */
function FindAdapter(ext: Extension): VP_STATUS {
  const status = Claim(ext);
  if (status !== NO_ERROR) return status;
  ext.lit = false;
  ext.ring = Allocate(ext, RING_BYTES);
  // [1] Two frames instead of one.
  //| ext.frames = [Allocate(ext, FRAME_BYTES)];
  ext.frames = [Allocate(ext, FRAME_BYTES), Allocate(ext, FRAME_BYTES)];
  // [/1]
  return [ext.ring, ...ext.frames].some(({ virtual }) => virtual === NULL) ? ERROR_NOT_ENOUGH_MEMORY : NO_ERROR;
}

/**
 * The display driver wants a picture: the first frame,
 * black, is on show until a whole one is painted.
 */
function SetMode(ext: Extension): void {
  ext.back = ext.frames.length - 1;
  ext.part = 0;
  ext.pictures = 0;
  ext.lit = true;
  const [first] = ext.frames;
  if (first) ShowFrame(ext, first);
  Write(ext, 'INT_ENABLE', RINGGPU_INT_VBLANK);
}

/** The DPC, once for each refresh: paints a third. */
function Step(ext: Extension): void {
  const frame = ext.frames[ext.back];
  if (!ext.lit || !frame || !MayPaint(ext, frame)) return;
  const lines = HEIGHT / PARTS;
  const colour = COLOURS[ext.pictures % COLOURS.length] ?? 0;
  mem.u32(frame.virtual + ext.part * lines * PITCH, lines * WIDTH).fill(colour);
  ext.part++;
  if (ext.part < PARTS) return;

  ext.part = 0;
  ext.pictures++;
  // [2] The picture is whole. Flip to it: PutFlip, and
  // the doorbell, RING_TAIL. From then on the other
  // frame is the one to paint: its index is 1 -
  // ext.back.
  PutFlip(ext, frame);
  Write(ext, 'RING_TAIL', ext.tail);
  ext.back = 1 - ext.back;
  // [/2]
}

/**
 * Puts a FLIP into the ring: from the next refresh on the
 * monitor shows that frame.
 */
function PutFlip(ext: Extension, frame: Shared): void {
  // [3] A FLIP packet, six words: the header,
  // RINGGPU_HEADER('FLIP'); the frame's logical
  // address, low half, then high half; its PITCH; the
  // size, RINGGPU_PAIR(WIDTH, HEIGHT);
  // RINGGPU_FORMAT_X8R8G8B8.
  Put(ext, RINGGPU_HEADER('FLIP'));
  Put(ext, LowPart(frame.logical));
  Put(ext, HighPart(frame.logical));
  Put(ext, PITCH);
  Put(ext, RINGGPU_PAIR(WIDTH, HEIGHT));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
  // [/3]
}

/**
 * Whether a frame may be painted: with two of them, not the
 * one that is on the monitor.
 */
function MayPaint(ext: Extension, frame: Shared): boolean {
  if (ext.frames.length === 1) return true;
  // What was flipped to is on the monitor from the next
  // refresh on. Until then it still is this one.
  return Read(ext, 'SCANOUT_ACTIVE_LO') !== LowPart(frame.logical);
}

/**
 * Puts one word into the ring, at the tail. After the
 * ring's end comes its beginning.
 */
function Put(ext: Extension, word: ULONG): void {
  mem.u32(ext.ring.virtual + ext.tail, 1)[0] = word;
  ext.tail = (ext.tail + 4) % RING_BYTES;
}

/**
 * At DIRQL: takes the device's hand off the line, and has
 * the work done later.
 */
function Interrupt(ext: Extension): boolean {
  const causes = Read(ext, 'INT_STATUS');
  if (causes === 0) return false;
  Write(ext, 'INT_STATUS', causes);
  VideoPortQueueDpc(ext, Step, null);
  return true;
}

/* ---- The rest: what every driver has. There is nothing to do here. ---- */

/**
 * The one function that the system finds by name: it hands
 * over the others.
 */
export function DriverEntry(Argument1: PVOID, Argument2: string): NTSTATUS {
  return VideoPortInitialize(
    Argument1,
    Argument2,
    {
      HwInitDataSize: SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
      AdapterInterfaceType: PCIBus,
      HwFindAdapter: FindAdapter,
      HwInitialize: Initialize,
      HwInterrupt: Interrupt,
      HwStartIO: StartIO,
      HwSetPowerState: SetPowerState,
      HwDeviceExtensionSize: 0,
    },
    NULL,
  );
}

/** From here on the device is ours. */
function Initialize(ext: Extension): boolean {
  ext.lit = false;
  Reset(ext);
  ext.tail = 0;
  Write(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  Write(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  Write(ext, 'RING_SIZE', RING_BYTES);
  Write(ext, 'CONTROL', RINGGPU_CONTROL_ENABLE);
  return true;
}

/**
 * Finds the device's registers, and an adapter object: it
 * stands for what the device can reach.
 */
function Claim(ext: Extension): VP_STATUS {
  const ranges: VIDEO_ACCESS_RANGE[] = [];
  const claimed = VideoPortGetAccessRanges(ext, 0, NULL, 2, ranges, NULL, NULL, out<ULONG>());
  if (claimed !== NO_ERROR) return claimed;
  const range = ranges[0];
  if (!range) return ERROR_DEV_NOT_EXIST;
  ext.registers = VideoPortGetDeviceBase(ext, range.RangeStart, range.RangeLength, range.RangeInIoSpace);
  ext.adapter = VideoPortGetDmaAdapter(ext, {
    ScatterGather: false,
    Dma32BitAddresses: true,
    Dma64BitAddresses: false,
    MaximumLength: FRAME_BYTES,
  });
  return ext.adapter === NULL ? ERROR_NOT_ENOUGH_MEMORY : NO_ERROR;
}

function Allocate(ext: Extension, length: ULONG): Shared {
  const logical = out<PHYSICAL_ADDRESS>();
  const virtual = VideoPortAllocateCommonBuffer(ext, ext.adapter, length, logical, true, NULL);
  // Nobody promises zeros.
  if (virtual !== NULL) VideoPortZeroMemory(virtual, length);
  return { virtual, logical: virtual === NULL ? 0n : logical.value, length };
}

function Release(ext: Extension, { virtual, logical, length }: Shared): void {
  if (virtual !== NULL) VideoPortReleaseCommonBuffer(ext, ext.adapter, length, logical, virtual, true);
}

/**
 * Has the monitor show a frame: it reads it anew at every
 * refresh.
 */
function ShowFrame(ext: Extension, frame: Shared): void {
  Write(ext, 'SCANOUT_BASE_LO', LowPart(frame.logical));
  Write(ext, 'SCANOUT_BASE_HI', HighPart(frame.logical));
  Write(ext, 'SCANOUT_PITCH', PITCH);
  Write(ext, 'SCANOUT_FORMAT', RINGGPU_FORMAT_X8R8G8B8);
  Write(ext, 'SCANOUT_SIZE', RINGGPU_PAIR(WIDTH, HEIGHT));
  Write(ext, 'SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
}

/**
 * Serves the display driver: which modes are there, and set
 * this one.
 */
function StartIO(ext: Extension, packet: VIDEO_REQUEST_PACKET): boolean {
  packet.StatusBlock.Information = 0;
  packet.StatusBlock.Status = Serve(ext, packet);
  return true;
}

function Serve(
  ext: Extension,
  { IoControlCode, OutputBuffer, OutputBufferLength, StatusBlock }: VIDEO_REQUEST_PACKET,
): VP_STATUS {
  switch (IoControlCode) {
    case IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES:
      if (OutputBufferLength < VIDEO_NUM_MODES.size) return ERROR_INSUFFICIENT_BUFFER;
      VIDEO_NUM_MODES.write(OutputBuffer, { NumModes: 1, ModeInformationLength: VIDEO_MODE_INFORMATION.size });
      StatusBlock.Information = VIDEO_NUM_MODES.size;
      return NO_ERROR;
    case IOCTL_VIDEO_QUERY_AVAIL_MODES:
      if (OutputBufferLength < VIDEO_MODE_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      DescribeMode(OutputBuffer);
      StatusBlock.Information = VIDEO_MODE_INFORMATION.size;
      return NO_ERROR;
    case IOCTL_VIDEO_SET_CURRENT_MODE:
      SetMode(ext);
      return NO_ERROR;
    case IOCTL_VIDEO_MAP_VIDEO_MEMORY:
      if (OutputBufferLength < VIDEO_MEMORY_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      VIDEO_MEMORY_INFORMATION.write(OutputBuffer, {
        VideoRamBase: ext.frames[0]?.virtual ?? NULL,
        VideoRamLength: FRAME_BYTES,
        FrameBufferBase: ext.frames[0]?.virtual ?? NULL,
        FrameBufferLength: FRAME_BYTES,
      });
      StatusBlock.Information = VIDEO_MEMORY_INFORMATION.size;
      return NO_ERROR;
    case IOCTL_VIDEO_UNMAP_VIDEO_MEMORY:
      return NO_ERROR;
    case IOCTL_VIDEO_RESET_DEVICE:
      Initialize(ext);
      return NO_ERROR;
    default:
      return ERROR_INVALID_FUNCTION;
  }
}

function DescribeMode(address: PVOID): void {
  VIDEO_MODE_INFORMATION.write(address, {
    Length: VIDEO_MODE_INFORMATION.size,
    ModeIndex: 0,
    VisScreenWidth: WIDTH,
    VisScreenHeight: HEIGHT,
    ScreenStride: PITCH,
    NumberOfPlanes: 1,
    BitsPerPlane: 32,
    Frequency: 60,
    XMillimeter: 320,
    YMillimeter: 240,
    NumberRedBits: 8,
    NumberGreenBits: 8,
    NumberBlueBits: 8,
    RedMask: 0xff0000,
    GreenMask: 0x00ff00,
    BlueMask: 0x0000ff,
    AttributeFlags: VIDEO_MODE_COLOR | VIDEO_MODE_GRAPHICS | VIDEO_MODE_LINEAR,
    VideoMemoryBitmapWidth: WIDTH,
    VideoMemoryBitmapHeight: HEIGHT,
    DriverSpecificAttributeFlags: 0,
  });
}

/**
 * The system shuts down: the device lets go of the memory
 * first, then it is given back.
 */
function SetPowerState(ext: Extension, hwId: ULONG, control: { readonly PowerState: number }): VP_STATUS {
  if (hwId !== DISPLAY_ADAPTER_HW_ID || control.PowerState !== VideoPowerShutdown) return NO_ERROR;
  Reset(ext);
  for (const buffer of [...ext.frames, ext.ring]) Release(ext, buffer);
  VideoPortPutDmaAdapter(ext, ext.adapter);
  return NO_ERROR;
}

/**
 * Power-on state. A reset takes as long as the device needs
 * to let go of what it was doing.
 */
function Reset(ext: Extension): void {
  Write(ext, 'CONTROL', RINGGPU_CONTROL_RESET);
  while (Read(ext, 'STATUS') & RINGGPU_STATUS_RESETTING) VideoPortStallExecution(10);
}

function Read(ext: Extension, name: keyof typeof RINGGPU_REG): ULONG {
  return VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG[name]);
}

function Write(ext: Extension, name: keyof typeof RINGGPU_REG, value: ULONG): void {
  VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG[name], value);
}
