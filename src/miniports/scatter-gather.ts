/**
 * scatter-gather: a miniport that shows pictures out of memory that was never made for a device.
 *
 * mini draws into common buffers. This driver draws into plain pool memory, as an application or another driver might hand
 * it over: its pages lie anywhere in physical memory, and the device knows none of them. Packet DMA brings it there:
 *
 *   VideoPortLockBuffer     the pages stay where they are                                        once
 *   VideoPortStartDma       a piece of the picture gets logical addresses: a list of them        for each piece
 *     HwVidExecuteDma       this driver puts one COPY_RECT for each element into the ring
 *   HwVidInterrupt, DPC     the device has passed the fence behind the copies
 *   VideoPortCompleteDma    the addresses are taken back; on with the next piece
 *   VideoPortUnlockBuffer   the pages may go their ways                                          once
 *
 * Why in pieces: an adapter has map registers for so many pages and no more (MaximumLength asked for them), and a picture has
 * more. VideoPortStartDma maps what it can, says through its length how much that is, and the driver comes again for the
 * rest.
 *
 * The copies go into one of two frames, which are common buffers. When a picture is complete a FLIP shows it.
 *
 * For how a miniport starts, and what modes and the ring are, read mini first.
 */

import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_FLAG_INTERRUPT,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_HEADER,
  RINGGPU_ID,
  RINGGPU_INT_FAULT,
  RINGGPU_INT_FENCE,
  RINGGPU_INT_FLIP,
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
  ERROR_INVALID_PARAMETER,
  ERROR_NOT_ENOUGH_MEMORY,
  HighPart,
  IOCTL_VIDEO_MAP_VIDEO_MEMORY,
  IOCTL_VIDEO_QUERY_AVAIL_MODES,
  IOCTL_VIDEO_QUERY_CURRENT_MODE,
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
  type VIDEO_HW_INITIALIZATION_DATA,
  VIDEO_MEMORY_INFORMATION,
  VIDEO_MODE,
  VIDEO_MODE_COLOR,
  VIDEO_MODE_GRAPHICS,
  VIDEO_MODE_INFORMATION,
  VIDEO_MODE_LINEAR,
  VIDEO_NUM_MODES,
  type VIDEO_PORT_CONFIG_INFO,
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
  VideoPortLogError,
  VideoPortPutDmaAdapter,
  VideoPortQueueDpc,
  VideoPortReadRegisterUlong,
  VideoPortReleaseCommonBuffer,
  VideoPortStallExecution,
  VideoPortStartDma,
  VideoPortSynchronizeExecution,
  VideoPortUnlockBuffer,
  VideoPortWriteRegisterUlong,
  VideoPowerShutdown,
  type VP_SCATTER_GATHER_LIST,
  type VP_STATUS,
  VpMediumPriority,
  VpNonPagedPool,
  VpReadAccess,
} from 'videoport';

/* ---- What the driver remembers ---- */

/** Memory for both sides: mini explains. */
interface CommonBuffer {
  virtual: PVOID;
  logical: PHYSICAL_ADDRESS;
  length: ULONG;
}

/** One per device. */
interface DeviceExtension {
  /** Where the registers are mapped. */
  registers: PVOID;
  /** For the ring and the frames. */
  memoryAdapter: PVP_DMA_ADAPTER;
  /** For the transfers: one adapter for each thing that goes on at the same time. */
  transferAdapter: PVP_DMA_ADAPTER;
  ring: CommonBuffer;
  /** One on the screen, one that the next picture is copied into. */
  frames: CommonBuffer[];
  /** Which of the two is copied into. */
  back: number;
  /** The picture, in pool memory. */
  picture: PVOID;
  /** Its locked pages, for VideoPortStartDma. */
  mdl: PVOID;
  /** The mode that is set, or null. */
  mode: Mode | null;
  /** Bytes of the picture that have been copied. */
  done: ULONG;
  /** Bytes of the piece that the device is copying now. */
  piece: ULONG;
  /** Its list, until it is completed. */
  list: VP_SCATTER_GATHER_LIST | null;
  /** Byte offset in the ring behind the last packet. */
  tail: ULONG;
  lastFence: ULONG;
  /** Interrupt causes that HwVidInterrupt has seen and the DPC has not. */
  causes: ULONG;
  /** The causes that the DPC is dealing with. */
  taken: ULONG;
  /** Pictures shown so far. */
  frameNumber: number;
}

/* ---- Modes ---- */

interface Mode {
  width: ULONG;
  height: ULONG;
}

const MODES: readonly Mode[] = [
  { width: 640, height: 480 },
  { width: 800, height: 600 },
  { width: 1024, height: 768 },
];

const BYTES_PER_PIXEL = 4;
/** Room for the copies of one piece, with some to spare: at most 65 pages, 11 words a copy. */
const RING_SIZE = 2 * PAGE_SIZE;
const LARGEST_FRAME = Math.max(...MODES.map((mode) => mode.width * mode.height)) * BYTES_PER_PIXEL;
/** Longest transfer. The smallest picture takes five of them. */
const LONGEST_TRANSFER = 256 * 1024;
/** Widest rectangle that the device takes, in bytes. */
const WIDEST_COPY = 16384 * BYTES_PER_PIXEL;
/** `ScGa`: by which tools know whose pool memory it is. */
const TAG = 0x61476353;

/* ---- Start-up ---- */

/** The one function that the system finds by name. It only hands over the others. */
export function DriverEntry(context1: PVOID, context2: string): NTSTATUS {
  const init: VIDEO_HW_INITIALIZATION_DATA = {
    HwInitDataSize: SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
    AdapterInterfaceType: PCIBus,
    HwFindAdapter: HwVidFindAdapter,
    HwInitialize: HwVidInitialize,
    HwInterrupt: HwVidInterrupt,
    HwStartIO: HwVidStartIO,
    HwSetPowerState: HwVidSetPowerState,
    HwGetPowerState: () => NO_ERROR,
    HwDeviceExtensionSize: 0,
  };
  return VideoPortInitialize(context1, context2, init, NULL);
}

/** Claims the device, and allocates all that is needed: now there still is some. */
function HwVidFindAdapter(
  ext: DeviceExtension,
  _context: PVOID,
  _argument: string | null,
  _config: VIDEO_PORT_CONFIG_INFO,
): VP_STATUS {
  const ranges: VIDEO_ACCESS_RANGE[] = [];
  const status = VideoPortGetAccessRanges(ext, 0, NULL, 2, ranges, null, null, out<ULONG>());
  if (status !== NO_ERROR) return status;
  const [bar0] = ranges;
  if (!bar0) return ERROR_DEV_NOT_EXIST;
  ext.registers = VideoPortGetDeviceBase(ext, bar0.RangeStart, bar0.RangeLength, bar0.RangeInIoSpace);
  if (ext.registers === NULL || ReadRegister(ext, 'ID') !== RINGGPU_ID) return ERROR_DEV_NOT_EXIST;

  // Common buffers need as many map registers as they have pages; transfers get along with few. ScatterGather: this
  // device is told of each piece by a packet of its own, so it need not see them in a row.
  ext.memoryAdapter = Adapter(ext, LARGEST_FRAME);
  ext.transferAdapter = Adapter(ext, LONGEST_TRANSFER);
  const ring = AllocateShared(ext, RING_SIZE);
  const frames = [AllocateShared(ext, LARGEST_FRAME), AllocateShared(ext, LARGEST_FRAME)];
  ext.picture = VideoPortAllocatePool(ext, VpNonPagedPool, LARGEST_FRAME, TAG);
  // Read: that is what the device will do.
  ext.mdl = ext.picture === NULL ? NULL : VideoPortLockBuffer(ext, ext.picture, LARGEST_FRAME, VpReadAccess);
  if (!ring || frames.includes(null) || ext.mdl === NULL) {
    if (ext.mdl !== NULL) VideoPortUnlockBuffer(ext, ext.mdl);
    if (ext.picture !== NULL) VideoPortFreePool(ext, ext.picture);
    for (const buffer of [...frames, ring]) if (buffer) ReleaseShared(ext, buffer);
    VideoPortPutDmaAdapter(ext, ext.transferAdapter);
    VideoPortPutDmaAdapter(ext, ext.memoryAdapter);
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  ext.ring = ring;
  ext.frames = frames.filter((frame) => frame !== null);
  ext.back = 0;
  ext.mode = null;
  ext.done = 0;
  ext.piece = 0;
  ext.list = null;
  ext.tail = 0;
  ext.lastFence = 0;
  ext.causes = 0;
  ext.taken = 0;
  ext.frameNumber = 0;
  return NO_ERROR;
}

function Adapter(ext: DeviceExtension, longest: ULONG): PVP_DMA_ADAPTER {
  return VideoPortGetDmaAdapter(ext, {
    ScatterGather: true,
    Dma32BitAddresses: true,
    Dma64BitAddresses: false,
    MaximumLength: longest,
  });
}

function AllocateShared(ext: DeviceExtension, length: ULONG): CommonBuffer | null {
  const logical = out<PHYSICAL_ADDRESS>();
  const virtual = VideoPortAllocateCommonBuffer(ext, ext.memoryAdapter, length, logical, true, NULL);
  return virtual === NULL ? null : { virtual, logical: logical.value, length };
}

function ReleaseShared(ext: DeviceExtension, buffer: CommonBuffer): void {
  VideoPortReleaseCommonBuffer(ext, ext.memoryAdapter, buffer.length, buffer.logical, buffer.virtual, true);
}

function HwVidInitialize(ext: DeviceExtension): boolean {
  ResetDevice(ext);
  return true;
}

/** Stops the device. What it was copying it will not finish, so its list goes back, too. */
function StopDevice(ext: DeviceExtension): void {
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_RESET);
  while (ReadRegister(ext, 'STATUS') & RINGGPU_STATUS_RESETTING) VideoPortStallExecution(10);
  if (ext.list) VideoPortCompleteDma(ext, ext.transferAdapter, ext.list, true);
  ext.list = null;
}

function ResetDevice(ext: DeviceExtension): void {
  StopDevice(ext);
  ext.tail = 0;
  WriteRegister(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  WriteRegister(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  WriteRegister(ext, 'RING_SIZE', RING_SIZE);
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_ENABLE);
}

/* ---- Requests of the display driver ---- */

/** Serves one request. Status and Information tell the outcome; the return value is always TRUE. */
function HwVidStartIO(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): boolean {
  const { StatusBlock } = packet;
  StatusBlock.Information = 0;
  StatusBlock.Status = Serve(ext, packet);
  return true;
}

function Serve(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  const { InputBuffer, InputBufferLength, OutputBuffer, OutputBufferLength, StatusBlock } = packet;
  switch (packet.IoControlCode) {
    case IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES:
      if (OutputBufferLength < VIDEO_NUM_MODES.size) return ERROR_INSUFFICIENT_BUFFER;
      VIDEO_NUM_MODES.write(OutputBuffer, {
        NumModes: MODES.length,
        ModeInformationLength: VIDEO_MODE_INFORMATION.size,
      });
      // Without Information the caller sees nothing of what we wrote.
      StatusBlock.Information = VIDEO_NUM_MODES.size;
      return NO_ERROR;

    case IOCTL_VIDEO_QUERY_AVAIL_MODES:
      if (OutputBufferLength < MODES.length * VIDEO_MODE_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      for (const [index, mode] of MODES.entries())
        DescribeMode(OutputBuffer + index * VIDEO_MODE_INFORMATION.size, index, mode);
      StatusBlock.Information = MODES.length * VIDEO_MODE_INFORMATION.size;
      return NO_ERROR;

    case IOCTL_VIDEO_QUERY_CURRENT_MODE:
      if (OutputBufferLength < VIDEO_MODE_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      if (!ext.mode) return ERROR_INVALID_FUNCTION;
      DescribeMode(OutputBuffer, MODES.indexOf(ext.mode), ext.mode);
      StatusBlock.Information = VIDEO_MODE_INFORMATION.size;
      return NO_ERROR;

    case IOCTL_VIDEO_SET_CURRENT_MODE: {
      if (InputBufferLength < VIDEO_MODE.size) return ERROR_INSUFFICIENT_BUFFER;
      // The two highest bits are flags.
      const mode = MODES[VIDEO_MODE.read(InputBuffer).RequestedMode & 0x3fff_ffff];
      if (!mode) return ERROR_INVALID_PARAMETER;
      SetMode(ext, mode);
      return NO_ERROR;
    }

    case IOCTL_VIDEO_MAP_VIDEO_MEMORY: {
      if (OutputBufferLength < VIDEO_MEMORY_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      if (!ext.mode) return ERROR_INVALID_FUNCTION;
      const bytes = ext.mode.width * ext.mode.height * BYTES_PER_PIXEL;
      VIDEO_MEMORY_INFORMATION.write(OutputBuffer, {
        VideoRamBase: ext.picture,
        VideoRamLength: bytes,
        FrameBufferBase: ext.picture,
        FrameBufferLength: bytes,
      });
      StatusBlock.Information = VIDEO_MEMORY_INFORMATION.size;
      return NO_ERROR;
    }

    case IOCTL_VIDEO_UNMAP_VIDEO_MEMORY:
      return NO_ERROR;

    case IOCTL_VIDEO_RESET_DEVICE:
      ext.mode = null;
      ResetDevice(ext);
      return NO_ERROR;

    default:
      return ERROR_INVALID_FUNCTION;
  }
}

function DescribeMode(address: PVOID, index: number, mode: Mode): void {
  VIDEO_MODE_INFORMATION.write(address, {
    Length: VIDEO_MODE_INFORMATION.size,
    ModeIndex: index,
    VisScreenWidth: mode.width,
    VisScreenHeight: mode.height,
    ScreenStride: mode.width * BYTES_PER_PIXEL,
    NumberOfPlanes: 1,
    BitsPerPlane: 8 * BYTES_PER_PIXEL,
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
    VideoMemoryBitmapWidth: mode.width,
    VideoMemoryBitmapHeight: mode.height,
    DriverSpecificAttributeFlags: 0,
  });
}

/** Lights the screen and begins with the first picture; the DPC does the rest. */
function SetMode(ext: DeviceExtension, mode: Mode): void {
  ext.mode = mode;
  WriteRegister(ext, 'SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
  WriteRegister(ext, 'INT_ENABLE', RINGGPU_INT_FENCE | RINGGPU_INT_FLIP | RINGGPU_INT_FAULT);
  BeginPicture(ext);
}

/* ---- Interrupt and DPC ---- */

/** At DIRQL: is it ours, make the device take its hand off the line, queue the work. */
function HwVidInterrupt(ext: DeviceExtension): boolean {
  const status = ReadRegister(ext, 'INT_STATUS');
  if (status === 0) return false;
  WriteRegister(ext, 'INT_STATUS', status);
  ext.causes |= status;
  VideoPortQueueDpc(ext, GoOn, null);
  return true;
}

/** At DIRQL, where HwVidInterrupt cannot come between the reading and the clearing. */
function TakeCauses(ext: DeviceExtension): boolean {
  ext.taken = ext.causes;
  ext.causes = 0;
  return true;
}

/** At DISPATCH_LEVEL: a piece has been copied, or a picture is on the screen. */
function GoOn(ext: DeviceExtension): void {
  VideoPortSynchronizeExecution(ext, VpMediumPriority, TakeCauses, ext);
  if (!ext.mode) return;
  if (ext.taken & RINGGPU_INT_FAULT) {
    VideoPortLogError(ext, null, ERROR_INVALID_PARAMETER, ReadRegister(ext, 'FAULT_CODE'));
    ext.mode = null;
    return;
  }
  if (ext.taken & RINGGPU_INT_FENCE && ext.list) EndPiece(ext);
  if (ext.taken & RINGGPU_INT_FLIP) {
    ext.back = 1 - ext.back;
    ext.frameNumber++;
    BeginPicture(ext);
  }
}

/* ---- A picture, piece by piece ---- */

function PictureBytes(mode: Mode): ULONG {
  return mode.width * mode.height * BYTES_PER_PIXEL;
}

/** Draws into pool memory. The device has nothing mapped of it now, so nobody reads what is half drawn. */
function BeginPicture(ext: DeviceExtension): void {
  if (!ext.mode) return;
  Paint(ext.picture, ext.mode, ext.frameNumber);
  ext.done = 0;
  BeginPiece(ext, ext.mode);
}

/** Maps as much of the rest as the map registers hold. */
function BeginPiece(ext: DeviceExtension, mode: Mode): void {
  const length = out(PictureBytes(mode) - ext.done);
  const status = VideoPortStartDma(ext, ext.transferAdapter, ext.mdl, ext.done, length, HwVidExecuteDma, length, true);
  // There always are registers for one transfer: the one before was completed.
  if (status !== NO_ERROR) VideoPortLogError(ext, null, status, 1);
}

/**
 * At DISPATCH_LEVEL, out of VideoPortStartDma, which has written the length by now: gives the list to the device. The elements
 * come in the order of the picture's bytes. Their addresses do not lie in a row, and they end where pages end, in the
 * middle of a line: so each is copied as one long line.
 */
function HwVidExecuteDma(
  ext: DeviceExtension,
  _adapter: PVP_DMA_ADAPTER,
  list: VP_SCATTER_GATHER_LIST,
  length: { readonly value: ULONG },
): void {
  const frame = ext.frames[ext.back];
  if (!frame) return;
  ext.list = list;
  ext.piece = length.value;
  let to = frame.logical + BigInt(ext.done);
  for (const { Address, Length } of list.Elements) {
    for (let at = 0; at < Length; at += WIDEST_COPY) {
      const bytes = Math.min(WIDEST_COPY, Length - at);
      PutCopy(ext, to, Address + BigInt(at), bytes);
      to += BigInt(bytes);
    }
  }
  ext.lastFence++;
  Put(ext, RINGGPU_HEADER('FENCE', RINGGPU_FLAG_INTERRUPT));
  Put(ext, ext.lastFence);
  WriteRegister(ext, 'RING_TAIL', ext.tail);
}

/** The device has passed the fence: the copies are done. */
function EndPiece(ext: DeviceExtension): void {
  if (!ext.list || !ext.mode || ReadRegister(ext, 'FENCE_VALUE') !== ext.lastFence) return;
  VideoPortCompleteDma(ext, ext.transferAdapter, ext.list, true);
  ext.list = null;
  ext.done += ext.piece;
  if (ext.done < PictureBytes(ext.mode)) BeginPiece(ext, ext.mode);
  else Show(ext, ext.mode);
}

/** The picture is whole: from the next vertical blank on it is on the screen, and then comes an interrupt. */
function Show(ext: DeviceExtension, mode: Mode): void {
  const frame = ext.frames[ext.back];
  if (!frame) return;
  Put(ext, RINGGPU_HEADER('FLIP', RINGGPU_FLAG_INTERRUPT));
  Put(ext, LowPart(frame.logical));
  Put(ext, HighPart(frame.logical));
  Put(ext, mode.width * BYTES_PER_PIXEL);
  Put(ext, RINGGPU_PAIR(mode.width, mode.height));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
  WriteRegister(ext, 'RING_TAIL', ext.tail);
}

/** Copies bytes in a row, as a rectangle of one line. */
function PutCopy(ext: DeviceExtension, to: PHYSICAL_ADDRESS, from: PHYSICAL_ADDRESS, bytes: ULONG): void {
  Put(ext, RINGGPU_HEADER('COPY_RECT'));
  Put(ext, LowPart(to));
  Put(ext, HighPart(to));
  Put(ext, bytes);
  Put(ext, RINGGPU_PAIR(0, 0));
  Put(ext, LowPart(from));
  Put(ext, HighPart(from));
  Put(ext, bytes);
  Put(ext, RINGGPU_PAIR(0, 0));
  Put(ext, RINGGPU_PAIR(bytes / BYTES_PER_PIXEL, 1));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
}

/** Puts one word into the ring, which is a circle. */
function Put(ext: DeviceExtension, word: ULONG): void {
  mem.u32(ext.ring.virtual + ext.tail, 1)[0] = word;
  ext.tail = (ext.tail + 4) % RING_SIZE;
}

/* ---- Picture ---- */

/** A chequered floor that slides, each square with a gradient: a byte in the wrong place is seen at once. */
function Paint(at: PVOID, mode: Mode, number: number): void {
  const { width, height } = mode;
  const pixels = mem.u32(at, width * height);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const u = x + number * 2;
      const v = y + number;
      const light = ((u >> 5) ^ (v >> 5)) & 1;
      const red = light ? 40 + ((u & 31) << 1) : 200 - ((v & 31) << 1);
      const green = light ? 60 + (v & 31) : 170 - (u & 31);
      const blue = light ? 110 + ((u + v) & 63) : 120;
      pixels[row + x] = (red << 16) | (green << 8) | blue;
    }
  }
}

/* ---- The end ---- */

/** Gives everything back, in the reverse order. First the device must let go of it. */
function HwVidSetPowerState(ext: DeviceExtension, hwId: ULONG, control: { readonly PowerState: number }): VP_STATUS {
  if (hwId !== DISPLAY_ADAPTER_HW_ID || control.PowerState !== VideoPowerShutdown) return NO_ERROR;
  ext.mode = null;
  StopDevice(ext);
  VideoPortUnlockBuffer(ext, ext.mdl);
  VideoPortFreePool(ext, ext.picture);
  for (const buffer of [...ext.frames, ext.ring]) ReleaseShared(ext, buffer);
  VideoPortPutDmaAdapter(ext, ext.transferAdapter);
  VideoPortPutDmaAdapter(ext, ext.memoryAdapter);
  return NO_ERROR;
}

/* ---- Registers ---- */

function ReadRegister(ext: DeviceExtension, name: keyof typeof RINGGPU_REG): ULONG {
  return VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG[name]);
}

function WriteRegister(ext: DeviceExtension, name: keyof typeof RINGGPU_REG, value: ULONG): void {
  VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG[name], value);
}
