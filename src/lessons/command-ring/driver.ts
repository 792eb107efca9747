/**
 * A command-ring driver, whole. The processor writes
 * packets; the device paints every pixel.
 *
 * Forty-eight squares run round the screen. What is missing
 * is what you have learnt: the ring and its fence, room,
 * the doorbell, the interrupt, and which frame is free.
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

const WIDTH = 800;
const HEIGHT = 600;
const PITCH = WIDTH * 4;
const FRAME_BYTES = PITCH * HEIGHT;
/** Two pictures fit into it, a third does not. */
const RING_BYTES = PAGE_SIZE;
const SQUARES = 48;
/**
 * Bytes of a picture's packets: the background and the
 * squares, a FLIP, a FENCE.
 */
const PICTURE_BYTES = (SQUARES + 1) * 32 + 24 + 8;

/** Memory for both sides, with two addresses. */
interface Shared {
  /** For the processor. */
  virtual: PVOID;
  /** For the device. */
  logical: PHYSICAL_ADDRESS;
  length: ULONG;
}

/**
 * A frame, and the fence behind which the device has
 * painted it and taken it in.
 */
interface Frame extends Shared {
  fence: ULONG;
}

/** What the driver remembers. */
interface Extension {
  registers: PVOID;
  adapter: PVP_DMA_ADAPTER;
  ring: Shared;
  fencePage: Shared;
  frames: Frame[];
  /**
   * Byte offset in the ring behind the last word that was
   * put there.
   */
  tail: ULONG;
  /** The value of the last FENCE that was put into the ring. */
  lastFence: ULONG;
  /** Pictures so far. */
  pictures: number;
  lit: boolean;
}

/** From here on the device is ours. */
function Initialize(ext: Extension): boolean {
  ext.lit = false;
  Reset(ext);
  ext.tail = 0;
  for (const frame of ext.frames) frame.fence = 0;
  // [1] Ring and fence page: RING_BASE_LO,
  // RING_BASE_HI, then RING_SIZE; FENCE_ADDR_LO and
  // FENCE_ADDR_HI. The device takes logical addresses.
  Write(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  Write(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  Write(ext, 'RING_SIZE', RING_BYTES);
  Write(ext, 'FENCE_ADDR_LO', LowPart(ext.fencePage.logical));
  Write(ext, 'FENCE_ADDR_HI', HighPart(ext.fencePage.logical));
  // [/1]
  Write(ext, 'CONTROL', RINGGPU_CONTROL_ENABLE);
  return true;
}

/** The display driver wants a picture. */
function SetMode(ext: Extension): void {
  ext.lit = true;
  Write(ext, 'SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
  ShowPicture(ext);
  // [2] Every later picture comes with an interrupt:
  // the vertical blank's.
  Write(ext, 'INT_ENABLE', RINGGPU_INT_VBLANK);
  // [/2]
}

/** At DIRQL. */
function Interrupt(ext: Extension): boolean {
  // [3] Is it ours? Take the device's hand off the
  // line, and queue ShowPicture.
  //| return false;
  const causes = Read(ext, 'INT_STATUS');
  if (causes === 0) return false;
  Write(ext, 'INT_STATUS', causes);
  VideoPortQueueDpc(ext, ShowPicture, null);
  return true;
  // [/3]
}

/**
 * The DPC: one picture, if there is a frame and room for
 * it. If not, the next refresh will do.
 */
function ShowPicture(ext: Extension): void {
  const frame = FreeFrame(ext);
  if (!ext.lit || !frame || Room(ext) < PICTURE_BYTES) return;
  PutFill(ext, frame, 0, 0, WIDTH, HEIGHT, 0x10161f);
  for (let i = 0; i < SQUARES; i++) PutSquare(ext, frame, i);
  PutFlip(ext, frame);
  Submit(ext, frame);
  ext.pictures++;
}

/** A frame that the device neither paints nor shows. */
function FreeFrame(ext: Extension): Frame | undefined {
  // [4] The fence page says which FENCE has passed; a
  // frame with a later one is being painted. And
  // SCANOUT_ACTIVE_LO says which frame is on the
  // monitor.
  //| return ext.frames.find((frame) => frame.fence === 0);
  const passed = mem.u32(ext.fencePage.virtual, 1)[0] ?? 0;
  const shown = Read(ext, 'SCANOUT_ACTIVE_LO');
  return ext.frames.find((frame) => frame.fence <= passed && LowPart(frame.logical) !== shown);
  // [/4]
}

/** How many bytes may be put into the ring now. */
function Room(ext: Extension): ULONG {
  // [5] From the tail to RING_HEAD, going round, but
  // for the last 4 bytes.
  //| return ext.tail === 0 ? PICTURE_BYTES : 0;
  return (Read(ext, 'RING_HEAD') - ext.tail - 4 + RING_BYTES) % RING_BYTES;
  // [/5]
}

/**
 * Hands what is in the ring to the device; the frame is its
 * own until then.
 */
function Submit(ext: Extension, frame: Frame): void {
  // [6] A FENCE with the next value. The frame
  // remembers that value. Then the doorbell, once.
  //| frame.fence = 1;
  ext.lastFence++;
  frame.fence = ext.lastFence;
  Put(ext, RINGGPU_HEADER('FENCE'));
  Put(ext, ext.lastFence);
  Write(ext, 'RING_TAIL', ext.tail);
  // [/6]
}

/** One of the squares, on its way round a long figure. */
function PutSquare(ext: Extension, frame: Frame, index: number): void {
  const angle = ext.pictures / 40 + (index * 2 * Math.PI) / SQUARES;
  const x = Math.round(384 + 320 * Math.sin(angle));
  const y = Math.round(284 + 220 * Math.sin(angle * 2));
  const light = 80 + Math.round((index * 175) / SQUARES);
  PutFill(ext, frame, x, y, 32, 32, (light << 16) | ((light >> 1) << 8) | (255 - light));
}

function PutFill(
  ext: Extension,
  frame: Frame,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: ULONG,
): void {
  Put(ext, RINGGPU_HEADER('FILL_RECT'));
  Put(ext, LowPart(frame.logical));
  Put(ext, HighPart(frame.logical));
  Put(ext, PITCH);
  Put(ext, RINGGPU_PAIR(x, y));
  Put(ext, RINGGPU_PAIR(width, height));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
  Put(ext, colour);
}

function PutFlip(ext: Extension, frame: Frame): void {
  Put(ext, RINGGPU_HEADER('FLIP'));
  Put(ext, LowPart(frame.logical));
  Put(ext, HighPart(frame.logical));
  Put(ext, PITCH);
  Put(ext, RINGGPU_PAIR(WIDTH, HEIGHT));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
}

/**
 * Puts one word into the ring, at the tail. After the
 * ring's end comes its beginning.
 */
function Put(ext: Extension, word: ULONG): void {
  mem.u32(ext.ring.virtual + ext.tail, 1)[0] = word;
  ext.tail = (ext.tail + 4) % RING_BYTES;
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

/** The system looks for the device. */
function FindAdapter(ext: Extension): VP_STATUS {
  const status = Claim(ext);
  if (status !== NO_ERROR) return status;
  ext.lastFence = 0;
  ext.pictures = 0;
  ext.lit = false;
  ext.ring = Allocate(ext, RING_BYTES);
  ext.fencePage = Allocate(ext, PAGE_SIZE);
  ext.frames = [Allocate(ext, FRAME_BYTES), Allocate(ext, FRAME_BYTES)].map((frame) => ({ ...frame, fence: 0 }));
  const all = [ext.ring, ext.fencePage, ...ext.frames];
  return all.some(({ virtual }) => virtual === NULL) ? ERROR_NOT_ENOUGH_MEMORY : NO_ERROR;
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
  ext.lit = false;
  for (const buffer of [...ext.frames, ext.fencePage, ext.ring]) Release(ext, buffer);
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
