/**
 * The interrupt: how the device gets the processor's
 * attention.
 *
 * A bar is to grow by sixteen pixels at every refresh of
 * the monitor, until it has come to the right edge. Nobody
 * tells this driver when a refresh begins.
 */

import {
  RINGGPU_CONTROL_RESET,
  RINGGPU_FORMAT_X8R8G8B8,
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
/** Pixels that the bar grows by. */
const STEP = 16;

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
  frame: Shared;
  /** How long the bar is, in pixels. */
  length: number;
}

/** The display driver wants a picture. */
function SetMode(ext: Extension): void {
  mem.u32(ext.frame.virtual, WIDTH * HEIGHT).fill(0x181c24);
  ext.length = 0;
  ShowFrame(ext);
  // [1] Let the vertical blank assert the interrupt
  // line: RINGGPU_INT_VBLANK into register INT_ENABLE.
  Write(ext, 'INT_ENABLE', RINGGPU_INT_VBLANK);
  // [/1]
}

/**
 * HwVidInterrupt, at DIRQL: everything else stands still. Returns whether the interrupt was this device's.
 */
function Interrupt(ext: Extension): boolean {
  // [2] Read INT_STATUS. Is it 0? Then the interrupt is
  // another device's: return false. Else write the same
  // bits back to INT_STATUS, which takes the device's
  // hand off the line; have Grow called soon, with
  // VideoPortQueueDpc(ext, Grow, null); and return
  // true.
  //| return false;
  const causes = Read(ext, 'INT_STATUS');
  if (causes === 0) return false;
  Write(ext, 'INT_STATUS', causes);
  VideoPortQueueDpc(ext, Grow, null);
  return true;
  // [/2]
}

/** A DPC, at DISPATCH_LEVEL: here is time to paint. */
function Grow(ext: Extension): void {
  if (ext.length >= WIDTH) return;
  const pixels = mem.u32(ext.frame.virtual, WIDTH * HEIGHT);
  for (let y = 210; y < 270; y++) {
    const line = y * WIDTH + ext.length;
    pixels.fill(0x4ddc97, line, line + STEP);
  }
  ext.length += STEP;
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
  ext.length = 0;
  ext.frame = Allocate(ext, FRAME_BYTES);
  return ext.frame.virtual === NULL ? ERROR_NOT_ENOUGH_MEMORY : NO_ERROR;
}

/** From here on the device is ours. */
function Initialize(ext: Extension): boolean {
  Reset(ext);
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
 * Has the monitor show the frame: it reads it anew at every
 * refresh.
 */
function ShowFrame(ext: Extension): void {
  Write(ext, 'SCANOUT_BASE_LO', LowPart(ext.frame.logical));
  Write(ext, 'SCANOUT_BASE_HI', HighPart(ext.frame.logical));
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
        VideoRamBase: ext.frame.virtual,
        VideoRamLength: FRAME_BYTES,
        FrameBufferBase: ext.frame.virtual,
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
  Release(ext, ext.frame);
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
