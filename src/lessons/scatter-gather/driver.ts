/**
 * Scatter/gather: memory that was never made for the
 * device.
 *
 * A picture lies in pool memory, as an application might
 * hand it over. Its pages are scattered, and the device
 * knows none of them. This driver does not bring it there.
 */

import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_FLAG_INTERRUPT,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_HEADER,
  RINGGPU_INT_FENCE,
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
  VideoPortAllocatePool,
  VideoPortCompleteDma,
  VideoPortFreePool,
  VideoPortGetAccessRanges,
  VideoPortGetDeviceBase,
  VideoPortGetDmaAdapter,
  VideoPortInitialize,
  VideoPortLockBuffer,
  VideoPortPutDmaAdapter,
  VideoPortQueueDpc,
  VideoPortReadRegisterUlong,
  VideoPortReleaseCommonBuffer,
  VideoPortStallExecution,
  VideoPortStartDma,
  VideoPortUnlockBuffer,
  VideoPortWriteRegisterUlong,
  VideoPortZeroMemory,
  VideoPowerShutdown,
  type VP_SCATTER_GATHER_LIST,
  type VP_STATUS,
  VpNonPagedPool,
  VpReadAccess,
} from 'videoport';

const WIDTH = 640;
const HEIGHT = 480;
const PITCH = WIDTH * 4;
const FRAME_BYTES = PITCH * HEIGHT;
/**
 * Room for the copies of a whole picture, one a page at
 * worst: 300 packets of 44 bytes.
 */
const RING_BYTES = 4 * PAGE_SIZE;
/** The device copies at most 16384 pixels in a line. */
const WIDEST_COPY = 16384 * 4;
/** `Less`: by which tools know whose pool memory it is. */
const TAG = 0x7373654c;

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
  /** The picture, in pool memory. */
  picture: PVOID;
  /** Its locked pages; NULL when they are not locked. */
  mdl: PVOID;
  /** Their logical addresses, while the device uses them. */
  list: VP_SCATTER_GATHER_LIST | null;
  /**
   * Byte offset in the ring behind the last word that was
   * put there.
   */
  tail: ULONG;
}

/**
 * Makes the picture's pages stay where they are, so that a
 * device may be given them.
 */
function LockPicture(ext: Extension): void {
  // [1] Lock FRAME_BYTES bytes from ext.picture on with
  // VideoPortLockBuffer, for VpReadAccess: that is what
  // the device will do. It returns the MDL.
  //| ext.mdl = NULL;
  ext.mdl = VideoPortLockBuffer(ext, ext.picture, FRAME_BYTES, VpReadAccess);
  // [/1]
}

/** The display driver wants a picture. */
function SetMode(ext: Extension): void {
  ShowFrame(ext);
  Write(ext, 'INT_ENABLE', RINGGPU_INT_FENCE);
  if (ext.mdl === NULL) return;
  // The port maps the pages for the device, and calls
  // ExecuteDma with the list.
  const length = out<ULONG>(FRAME_BYTES);
  VideoPortStartDma(ext, ext.adapter, ext.mdl, 0, length, ExecuteDma, null, true);
}

/**
 * HwVidExecuteDma: gives the list to the device, a packet
 * for each element, and rings.
 */
function ExecuteDma(ext: Extension, _adapter: PVP_DMA_ADAPTER, list: VP_SCATTER_GATHER_LIST): void {
  ext.list = list;
  let to = ext.frame.logical;
  for (const { Address, Length } of list.Elements) {
    // [2] Copy the element with PutCopy(ext, to, from,
    // bytes): from its Address, Length bytes, but not
    // more than WIDEST_COPY at once. The next bytes go
    // behind these: move `to` on. Addresses are
    // bigints: BigInt(bytes).
    for (let at = 0; at < Length; at += WIDEST_COPY) {
      const bytes = Math.min(WIDEST_COPY, Length - at);
      PutCopy(ext, to, Address + BigInt(at), bytes);
      to += BigInt(bytes);
    }
    // [/2]
  }
  Put(ext, RINGGPU_HEADER('FENCE', RINGGPU_FLAG_INTERRUPT));
  Put(ext, 1);
  Write(ext, 'RING_TAIL', ext.tail);
}

/**
 * The DPC behind the fence's interrupt: the device has
 * copied everything.
 */
function Copied(ext: Extension): void {
  if (!ext.list) return;
  // [3] Take the logical addresses back:
  // VideoPortCompleteDma, with the list and, as at the
  // start, true for "to the device".
  VideoPortCompleteDma(ext, ext.adapter, ext.list, true);
  // [/3]
  ext.list = null;
}

/**
 * The system shuts down: the device lets go of the memory
 * first, then it is given back.
 */
function SetPowerState(ext: Extension, hwId: ULONG, control: { readonly PowerState: number }): VP_STATUS {
  if (hwId !== DISPLAY_ADAPTER_HW_ID || control.PowerState !== VideoPowerShutdown) return NO_ERROR;
  Reset(ext);
  if (ext.mdl !== NULL) VideoPortUnlockBuffer(ext, ext.mdl);
  VideoPortFreePool(ext, ext.picture);
  Release(ext, ext.ring);
  Release(ext, ext.frame);
  VideoPortPutDmaAdapter(ext, ext.adapter);
  return NO_ERROR;
}

/**
 * Copies bytes that lie in a row, as a rectangle of one
 * line.
 */
function PutCopy(ext: Extension, to: PHYSICAL_ADDRESS, from: PHYSICAL_ADDRESS, bytes: ULONG): void {
  Put(ext, RINGGPU_HEADER('COPY_RECT'));
  Put(ext, LowPart(to));
  Put(ext, HighPart(to));
  Put(ext, bytes);
  Put(ext, RINGGPU_PAIR(0, 0));
  Put(ext, LowPart(from));
  Put(ext, HighPart(from));
  Put(ext, bytes);
  Put(ext, RINGGPU_PAIR(0, 0));
  Put(ext, RINGGPU_PAIR(bytes / 4, 1));
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

/**
 * A chequered floor, each square with its own shade: a byte
 * in the wrong place is seen at once.
 */
function Paint(pixels: Uint32Array): void {
  for (let i = 0; i < pixels.length; i++) {
    const column = Math.floor((i % WIDTH) / 40);
    const row = Math.floor(i / WIDTH / 40);
    const light = (column + row) % 2 === 0;
    pixels[i] = ((light ? 200 : 40) << 16) | ((60 + row * 12) << 8) | (60 + column * 12);
  }
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
  ext.list = null;
  ext.frame = Allocate(ext, FRAME_BYTES);
  ext.ring = Allocate(ext, RING_BYTES);
  ext.picture = VideoPortAllocatePool(ext, VpNonPagedPool, FRAME_BYTES, TAG);
  if ([ext.frame.virtual, ext.ring.virtual, ext.picture].includes(NULL)) return ERROR_NOT_ENOUGH_MEMORY;
  Paint(mem.u32(ext.picture, WIDTH * HEIGHT));
  LockPicture(ext);
  return NO_ERROR;
}

/** From here on the device is ours. */
function Initialize(ext: Extension): boolean {
  Reset(ext);
  ext.tail = 0;
  Write(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  Write(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  Write(ext, 'RING_SIZE', RING_BYTES);
  Write(ext, 'CONTROL', RINGGPU_CONTROL_ENABLE);
  return true;
}

/**
 * At DIRQL: takes the device's hand off the line, and has
 * the work done later.
 */
function Interrupt(ext: Extension): boolean {
  const causes = Read(ext, 'INT_STATUS');
  if (causes === 0) return false;
  Write(ext, 'INT_STATUS', causes);
  VideoPortQueueDpc(ext, Copied, null);
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
    ScatterGather: true,
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
