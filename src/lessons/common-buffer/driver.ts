/**
 * Your first common buffer: memory that the processor and
 * the device both reach.
 *
 * This driver finds its device and has a picture to paint,
 * but no memory to paint it into.
 */

import {
  RINGGPU_CONTROL_RESET,
  RINGGPU_FORMAT_X8R8G8B8,
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
  Info,
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
  VideoPortDebugPrint,
  VideoPortGetAccessRanges,
  VideoPortGetDeviceBase,
  VideoPortGetDmaAdapter,
  VideoPortInitialize,
  VideoPortPutDmaAdapter,
  VideoPortReadRegisterUlong,
  VideoPortReleaseCommonBuffer,
  VideoPortStallExecution,
  VideoPortWriteRegisterUlong,
  VideoPowerShutdown,
  type VP_STATUS,
  Warn,
} from 'videoport';

const WIDTH = 640;
const HEIGHT = 480;
const PITCH = WIDTH * 4;
const FRAME_BYTES = PITCH * HEIGHT;

/**
 * What the driver remembers. The port hands it to every
 * function below.
 */
interface Extension {
  registers: PVOID;
  adapter: PVP_DMA_ADAPTER;
  /** Where the processor finds the frame. */
  frame: PVOID;
  /** Where the device finds it. */
  logical: PHYSICAL_ADDRESS;
}

/**
 * The system looks for the device. Now there still is
 * memory in one piece.
 */
function FindAdapter(ext: Extension): VP_STATUS {
  const status = Claim(ext);
  if (status !== NO_ERROR) return status;

  const logical = out<PHYSICAL_ADDRESS>();
  // [1] Allocate FRAME_BYTES bytes of common buffer.
  // The function returns the processor's address and
  // puts the device's into `logical`.
  //| ext.frame = NULL;
  ext.frame = VideoPortAllocateCommonBuffer(ext, ext.adapter, FRAME_BYTES, logical, true, NULL);
  // [/1]
  if (ext.frame === NULL) {
    VideoPortDebugPrint(Warn, 'there is no frame to paint into');
    return NO_ERROR;
  }
  ext.logical = logical.value;
  VideoPortDebugPrint(Info, 'the frame: %p for the processor, %I64x for the device', ext.frame, ext.logical);
  return NO_ERROR;
}

/** The display driver wants a picture. */
function SetMode(ext: Extension): void {
  if (ext.frame === NULL) return;
  Paint(mem.u32(ext.frame, WIDTH * HEIGHT));

  // [2] Tell the device where the frame lies: the low
  // half of the address goes into the register
  // SCANOUT_BASE_LO, the high half into
  // SCANOUT_BASE_HI. LowPart and HighPart take an
  // address apart.
  Write(ext, 'SCANOUT_BASE_LO', LowPart(ext.logical));
  Write(ext, 'SCANOUT_BASE_HI', HighPart(ext.logical));
  // [/2]
  Write(ext, 'SCANOUT_PITCH', PITCH);
  Write(ext, 'SCANOUT_FORMAT', RINGGPU_FORMAT_X8R8G8B8);
  Write(ext, 'SCANOUT_SIZE', RINGGPU_PAIR(WIDTH, HEIGHT));
  Write(ext, 'SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
}

/**
 * Eight bars, as a test card has them: one number a pixel,
 * 0xRRGGBB.
 */
function Paint(pixels: Uint32Array): void {
  const colours = [0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff, 0x202020];
  for (let i = 0; i < pixels.length; i++) pixels[i] = colours[Math.floor((i % WIDTH) / 80)] ?? 0;
}

/**
 * The system shuts down: the device lets go of the memory
 * first, then it is given back.
 */
function SetPowerState(ext: Extension, hwId: ULONG, control: { readonly PowerState: number }): VP_STATUS {
  if (hwId !== DISPLAY_ADAPTER_HW_ID || control.PowerState !== VideoPowerShutdown) return NO_ERROR;
  Reset(ext);
  // [3] Release the common buffer, if there is one. The
  // release repeats what the allocation said and got:
  // adapter, length, both addresses, and the flag.
  if (ext.frame !== NULL) {
    VideoPortReleaseCommonBuffer(ext, ext.adapter, FRAME_BYTES, ext.logical, ext.frame, true);
  }
  // [/3]
  VideoPortPutDmaAdapter(ext, ext.adapter);
  return NO_ERROR;
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
      HwStartIO: StartIO,
      HwSetPowerState: SetPowerState,
      HwDeviceExtensionSize: 0,
    },
    NULL,
  );
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

/** From here on the device is ours. */
function Initialize(ext: Extension): boolean {
  Reset(ext);
  return true;
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
        VideoRamBase: ext.frame,
        VideoRamLength: FRAME_BYTES,
        FrameBufferBase: ext.frame,
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
