/**
 * The fence: how the processor learns that the device has
 * come to a certain place.
 *
 * The device paints a landscape, and the processor writes a
 * white sign on it. This driver does not wait for the
 * device: the landscape lands on top of the sign.
 */

import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_HEADER,
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
  ring: Shared;
  /**
   * A page in which the device writes the value of each
   * FENCE that it has passed.
   */
  fencePage: Shared;
  /** The value of the last FENCE that was put into the ring. */
  lastFence: ULONG;
  /**
   * Byte offset in the ring behind the last word that was
   * put there.
   */
  tail: ULONG;
}

/** From here on the device is ours. */
function Initialize(ext: Extension): boolean {
  Reset(ext);
  ext.tail = 0;
  Write(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  Write(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  Write(ext, 'RING_SIZE', RING_BYTES);
  ext.lastFence = 0;
  // [1] Tell the device where to write fence values:
  // the logical address of the fence page goes into
  // registers FENCE_ADDR_LO and FENCE_ADDR_HI.
  Write(ext, 'FENCE_ADDR_LO', LowPart(ext.fencePage.logical));
  Write(ext, 'FENCE_ADDR_HI', HighPart(ext.fencePage.logical));
  // [/1]
  Write(ext, 'CONTROL', RINGGPU_CONTROL_ENABLE);
  return true;
}

/** The display driver wants a picture. */
function SetMode(ext: Extension): void {
  ShowFrame(ext);
  for (let band = 0; band < 40; band++) PutFill(ext, 0, band * 8, WIDTH, 8, 0x2a5590 + band * 0x020201);
  PutFill(ext, 0, 320, WIDTH, 160, 0x3b7d3a);
  PutFill(ext, 500, 60, 80, 80, 0xffd75e);
  const fence = PutFence(ext);
  Write(ext, 'RING_TAIL', ext.tail);
  WaitForFence(ext, fence);
  PaintSign(mem.u32(ext.frame.virtual, WIDTH * HEIGHT));
}

/**
 * Puts a FENCE into the ring, with a value of its own.
 * Returns the value.
 */
function PutFence(ext: Extension): ULONG {
  ext.lastFence++;
  // [2] Two words: the header, RINGGPU_HEADER('FENCE'),
  // and the value.
  Put(ext, RINGGPU_HEADER('FENCE'));
  Put(ext, ext.lastFence);
  // [/2]
  return ext.lastFence;
}

/**
 * Waits until the device has passed the FENCE of that
 * value.
 */
function WaitForFence(ext: Extension, value: ULONG): void {
  const page = mem.u32(ext.fencePage.virtual, 1);
  // [3] As long as page[0] is less than the value the
  // device has not come so far: wait with
  // VideoPortStallExecution, ten microseconds at a
  // time.
  while ((page[0] ?? 0) < value) VideoPortStallExecution(10);
  // [/3]
  VideoPortDebugPrint(Info, 'waited for fence %u: the page says %u', value, page[0] ?? 0);
}

/** A white board with a black edge, by the processor. */
function PaintSign(pixels: Uint32Array): void {
  for (let y = 200; y < 300; y++) {
    for (let x = 100; x < 300; x++) {
      const edge = x < 106 || x >= 294 || y < 206 || y >= 294;
      pixels[y * WIDTH + x] = edge ? 0x101010 : 0xffffff;
    }
  }
}

/**
 * Puts a FILL_RECT for a rectangle of the frame into the
 * ring: eight words.
 */
function PutFill(ext: Extension, x: number, y: number, width: number, height: number, colour: ULONG): void {
  Put(ext, RINGGPU_HEADER('FILL_RECT'));
  Put(ext, LowPart(ext.frame.logical));
  Put(ext, HighPart(ext.frame.logical));
  Put(ext, PITCH);
  Put(ext, RINGGPU_PAIR(x, y));
  Put(ext, RINGGPU_PAIR(width, height));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
  Put(ext, colour);
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
  ext.frame = Allocate(ext, FRAME_BYTES);
  ext.ring = Allocate(ext, RING_BYTES);
  ext.fencePage = Allocate(ext, PAGE_SIZE);
  const all = [ext.frame, ext.ring, ext.fencePage];
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
  Release(ext, ext.fencePage);
  Release(ext, ext.ring);
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
