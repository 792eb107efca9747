/**
 * A driver of your own. It boots as it stands: one mode, two frame buffers, a picture that moves.
 *
 * Begin with Paint, at the end: whatever it writes is on the screen a moment after you stop typing. Then
 * change the rest. The shipped driver mini says what each step is for.
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
  VideoPortDebugPrint,
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
const FRAME_SIZE = WIDTH * HEIGHT * 4;

/** Memory with two addresses: one for the processor, one for the device. */
interface Buffer {
  virtual: PVOID;
  logical: PHYSICAL_ADDRESS;
  length: ULONG;
}

/** What the driver remembers. The port hands it to every function below. */
interface Extension {
  registers: PVOID;
  adapter: PVP_DMA_ADAPTER;
  ring: Buffer;
  fencePage: Buffer;
  frames: [Buffer, Buffer];
  tail: ULONG;
  fence: ULONG;
  lit: boolean;
}

/** The one function that the system finds by name: it hands over the others. */
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

/** Finds the device and allocates everything. */
function FindAdapter(ext: Extension): VP_STATUS {
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
    MaximumLength: FRAME_SIZE,
  });
  const ring = Allocate(ext, PAGE_SIZE);
  const fencePage = Allocate(ext, PAGE_SIZE);
  const first = Allocate(ext, FRAME_SIZE);
  const second = Allocate(ext, FRAME_SIZE);
  if (!ring || !fencePage || !first || !second) return ERROR_NOT_ENOUGH_MEMORY;
  ext.ring = ring;
  ext.fencePage = fencePage;
  ext.frames = [first, second];
  ext.fence = 0;
  ext.lit = false;
  VideoPortZeroMemory(fencePage.virtual, PAGE_SIZE);
  VideoPortDebugPrint(Info, 'hello from a driver of your own: registers at %p', ext.registers);
  return NO_ERROR;
}

function Allocate(ext: Extension, length: ULONG): Buffer | null {
  const logical = out<PHYSICAL_ADDRESS>();
  const virtual = VideoPortAllocateCommonBuffer(ext, ext.adapter, length, logical, true, NULL);
  return virtual === NULL ? null : { virtual, logical: logical.value, length };
}

/** Resets the device and tells it where ring and fence lie: logical addresses, which are the device's. */
function Initialize(ext: Extension): boolean {
  Reset(ext);
  ext.tail = 0;
  Write(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  Write(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  Write(ext, 'RING_SIZE', PAGE_SIZE);
  Write(ext, 'FENCE_ADDR_LO', LowPart(ext.fencePage.logical));
  Write(ext, 'FENCE_ADDR_HI', HighPart(ext.fencePage.logical));
  Write(ext, 'CONTROL', RINGGPU_CONTROL_ENABLE);
  return true;
}

function Reset(ext: Extension): void {
  Write(ext, 'CONTROL', RINGGPU_CONTROL_RESET);
  while (Read(ext, 'STATUS') & RINGGPU_STATUS_RESETTING) VideoPortStallExecution(10);
}

/** Serves the display driver: which modes are there, and set this one. */
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
      ext.lit = true;
      Write(ext, 'SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
      ShowFrame(ext);
      Write(ext, 'INT_ENABLE', RINGGPU_INT_VBLANK);
      return NO_ERROR;
    case IOCTL_VIDEO_MAP_VIDEO_MEMORY:
      if (OutputBufferLength < VIDEO_MEMORY_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      VIDEO_MEMORY_INFORMATION.write(OutputBuffer, {
        VideoRamBase: ext.frames[0].virtual,
        VideoRamLength: FRAME_SIZE,
        FrameBufferBase: ext.frames[0].virtual,
        FrameBufferLength: FRAME_SIZE,
      });
      StatusBlock.Information = VIDEO_MEMORY_INFORMATION.size;
      return NO_ERROR;
    case IOCTL_VIDEO_UNMAP_VIDEO_MEMORY:
      return NO_ERROR;
    case IOCTL_VIDEO_RESET_DEVICE:
      ext.lit = false;
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
    ScreenStride: WIDTH * 4,
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

/** Sixty times a second: take the device's hand off the line, and have the work done later. */
function Interrupt(ext: Extension): boolean {
  const causes = Read(ext, 'INT_STATUS');
  if (causes === 0) return false;
  Write(ext, 'INT_STATUS', causes);
  VideoPortQueueDpc(ext, ShowFrame, null);
  return true;
}

/** Draws into the frame that is not on the screen, and hands it to the device. */
function ShowFrame(ext: Extension): void {
  const passed = mem.u32(ext.fencePage.virtual, 1)[0] ?? 0;
  const frame = ext.frames[ext.fence % 2] as Buffer;
  // The device has not taken the last frame in yet, or still shows this one.
  if (!ext.lit || passed !== ext.fence || Read(ext, 'SCANOUT_ACTIVE_LO') === LowPart(frame.logical)) return;
  Paint(mem.u32(frame.virtual, WIDTH * HEIGHT), ext.fence);
  ext.fence++;
  Put(ext, RINGGPU_HEADER('FLIP'));
  Put(ext, LowPart(frame.logical));
  Put(ext, HighPart(frame.logical));
  Put(ext, WIDTH * 4);
  Put(ext, RINGGPU_PAIR(WIDTH, HEIGHT));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
  Put(ext, RINGGPU_HEADER('FENCE'));
  Put(ext, ext.fence);
  // The doorbell: from here on the device reads what was put into the ring.
  Write(ext, 'RING_TAIL', ext.tail);
}

function Put(ext: Extension, word: ULONG): void {
  mem.u32(ext.ring.virtual + ext.tail, 1)[0] = word;
  ext.tail = (ext.tail + 4) % PAGE_SIZE;
}

/** The system shuts down: the device lets go first, then everything is given back. */
function SetPowerState(ext: Extension, hwId: ULONG, control: { readonly PowerState: number }): VP_STATUS {
  if (hwId !== DISPLAY_ADAPTER_HW_ID || control.PowerState !== VideoPowerShutdown) return NO_ERROR;
  ext.lit = false;
  Reset(ext);
  for (const { length, logical, virtual } of [...ext.frames, ext.fencePage, ext.ring])
    VideoPortReleaseCommonBuffer(ext, ext.adapter, length, logical, virtual, true);
  VideoPortPutDmaAdapter(ext, ext.adapter);
  return NO_ERROR;
}

function Read(ext: Extension, name: keyof typeof RINGGPU_REG): ULONG {
  return VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG[name]);
}

function Write(ext: Extension, name: keyof typeof RINGGPU_REG, value: ULONG): void {
  VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG[name], value);
}

/** The picture: one number a pixel, 0xRRGGBB, line by line. `time` counts frames. */
function Paint(pixels: Uint32Array, time: number): void {
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const red = (x + time) & 0xff;
      const green = (y + time * 2) & 0xff;
      const blue = ((x ^ y) + time) & 0xff;
      pixels[y * WIDTH + x] = (red << 16) | (green << 8) | blue;
    }
  }
}
