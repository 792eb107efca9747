/**
 * classic: a miniport for RingGPU as one was built in 2001, with everything that a display driver of Windows XP asks for.
 *
 * Read mini.ts first: it shows how a frame gets to the screen, and how interrupt, DPC and ring play together. Here is what
 * mini leaves out:
 *
 *   the registry          what the Display control panel shows of the adapter; a setting of the driver's own
 *   child descriptors     which monitor is connected, with its EDID
 *   a frame buffer        ordinary memory into which a display driver draws, beside the frames that the device shows
 *   palettes              8-bit modes, whose colours the driver looks up itself
 *   a mouse pointer       the system's arrow, in RingGPU's pointer plane
 *   a spin lock           between the requests and the DPC
 *   the one-second timer  a clock in the picture, and a look at whether interrupts still come
 *   power                 the monitor goes dark, the adapter goes off and comes back
 *   HwVidResetHw          the last call, when the system has crashed
 *
 * The trick behind the palette is that the display driver never sees what the device shows. It draws into the *frame buffer*; with
 * each vertical blank the driver *composes* a frame out of it: pixels looked up in the palette, a clock on top. So a driver can do
 * what its hardware cannot, at the price of a copy. (RingGPU could look the colours up itself: pointer.ts lets it.)
 */

import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_HEADER,
  RINGGPU_ID,
  RINGGPU_INT_FAULT,
  RINGGPU_INT_VBLANK,
  RINGGPU_PAIR,
  RINGGPU_POINTER_ENABLE,
  RINGGPU_POINTER_EXTENT,
  RINGGPU_POINTER_MONO,
  RINGGPU_REG,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_STATUS_RESETTING,
} from 'ringgpu';
import {
  DISPLAY_ADAPTER_HW_ID,
  ERROR_DEV_NOT_EXIST,
  ERROR_DEVICE_REINITIALIZATION_NEEDED,
  ERROR_INSUFFICIENT_BUFFER,
  ERROR_INVALID_FUNCTION,
  ERROR_INVALID_PARAMETER,
  ERROR_NOT_ENOUGH_MEMORY,
  HighPart,
  Info,
  IOCTL_VIDEO_DISABLE_POINTER,
  IOCTL_VIDEO_ENABLE_POINTER,
  IOCTL_VIDEO_GET_CHILD_STATE,
  IOCTL_VIDEO_MAP_VIDEO_MEMORY,
  IOCTL_VIDEO_QUERY_AVAIL_MODES,
  IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES,
  IOCTL_VIDEO_QUERY_CURRENT_MODE,
  IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
  IOCTL_VIDEO_QUERY_POINTER_ATTR,
  IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES,
  IOCTL_VIDEO_QUERY_POINTER_POSITION,
  IOCTL_VIDEO_RESET_DEVICE,
  IOCTL_VIDEO_SET_COLOR_REGISTERS,
  IOCTL_VIDEO_SET_CURRENT_MODE,
  IOCTL_VIDEO_SET_POINTER_ATTR,
  IOCTL_VIDEO_SET_POINTER_POSITION,
  IOCTL_VIDEO_SHARE_VIDEO_MEMORY,
  IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
  IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY,
  LowPart,
  Monitor,
  mem,
  NO_ERROR,
  type NTSTATUS,
  NULL,
  out,
  PAGE_SIZE,
  PCIBus,
  type PHYSICAL_ADDRESS,
  type PSPIN_LOCK,
  type PVIDEO_HW_GET_CHILD_DESCRIPTOR,
  type PVOID,
  type PVP_DMA_ADAPTER,
  SIZE_OF_VIDEO_PORT_CONFIG_INFO,
  SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA,
  SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
  trailing,
  type UCHAR,
  type ULONG,
  type VIDEO_ACCESS_RANGE,
  VIDEO_CHILD_ACTIVE,
  VIDEO_CLUT,
  VIDEO_COLOR_CAPABILITIES,
  VIDEO_DEVICE_COLOR,
  VIDEO_ENUM_MORE_DEVICES,
  VIDEO_ENUM_NO_MORE_DEVICES,
  VIDEO_MEMORY,
  VIDEO_MEMORY_INFORMATION,
  VIDEO_MODE,
  VIDEO_MODE_ASYNC_POINTER,
  VIDEO_MODE_COLOR,
  VIDEO_MODE_GRAPHICS,
  VIDEO_MODE_INFORMATION,
  VIDEO_MODE_LINEAR,
  VIDEO_MODE_MANAGED_PALETTE,
  VIDEO_MODE_MONO_POINTER,
  VIDEO_MODE_NO_ZERO_MEMORY,
  VIDEO_MODE_PALETTE_DRIVEN,
  VIDEO_NUM_MODES,
  VIDEO_POINTER_ATTRIBUTES,
  VIDEO_POINTER_CAPABILITIES,
  VIDEO_POINTER_POSITION,
  type VIDEO_PORT_CONFIG_INFO,
  type VIDEO_REQUEST_PACKET,
  VIDEO_SHARE_MEMORY,
  VIDEO_SHARE_MEMORY_INFORMATION,
  VideoChip,
  VideoPortAcquireSpinLock,
  VideoPortAllocateCommonBuffer,
  VideoPortAllocatePool,
  VideoPortCreateSpinLock,
  VideoPortDebugPrint,
  VideoPortDeleteSpinLock,
  type VideoPortFlushRegistry,
  VideoPortFreePool,
  VideoPortGetAccessRanges,
  VideoPortGetDeviceBase,
  VideoPortGetDmaAdapter,
  VideoPortGetRegistryParameters,
  VideoPortInitialize,
  VideoPortPutDmaAdapter,
  VideoPortQueueDpc,
  VideoPortReadRegisterUlong,
  VideoPortReleaseCommonBuffer,
  VideoPortReleaseSpinLock,
  VideoPortSetRegistryParameters,
  VideoPortStallExecution,
  VideoPortStartTimer,
  VideoPortStopTimer,
  VideoPortSynchronizeExecution,
  VideoPortWriteRegisterUlong,
  VideoPortZeroMemory,
  VideoPowerOff,
  VideoPowerOn,
  VideoPowerShutdown,
  VideoPowerSuspend,
  type VP_STATUS,
  VpMediumPriority,
  VpNonPagedPool,
  Warn,
} from 'videoport';

/* ---- What the driver remembers ------------------------------------------------------------------------------------------ */

interface CommonBuffer {
  virtual: PVOID;
  logical: PHYSICAL_ADDRESS;
  length: ULONG;
}

/** A frame that the device shows; it owns it until the fence has passed. */
interface Frame extends CommonBuffer {
  fence: ULONG;
}

/** The mouse pointer, as the display driver last set it. */
interface Pointer {
  enabled: boolean;
  column: number;
  row: number;
  width: number;
  height: number;
  widthInBytes: number;
  /** AND mask, then XOR mask. */
  masks: Uint8Array;
  /** Which of the two places for images holds them: 0 or 1. */
  image: number;
}

interface DeviceExtension {
  registers: PVOID;
  adapter: PVP_DMA_ADAPTER;
  ring: CommonBuffer;
  fencePage: CommonBuffer;
  frames: Frame[];
  /** Two places for what the pointer plane shows. */
  pointerImages: CommonBuffer;
  /** What the display driver draws into: nonpaged pool, since the DPC reads it. The device never does. */
  frameBuffer: PVOID;
  /** Guards everything below against the DPC while a request changes it. */
  lock: PSPIN_LOCK;
  mode: Mode | null;
  /** 256 colours, X8R8G8B8, and how far the picture's part of them has turned. */
  palette: Uint32Array;
  turn: number;
  pointer: Pointer;
  /** Power: is the adapter on, is the monitor? */
  adapterOn: boolean;
  monitorOn: boolean;
  tail: ULONG;
  lastFence: ULONG;
  causes: ULONG;
  taken: ULONG;
  newest: Frame | null;
  frameNumber: number;
  /** Seconds since the first mode, by HwVidTimer, and the frame number that it saw last. */
  seconds: number;
  seenByTimer: number;
  /** A setting of the driver's own: no pointer. */
  noPointer: boolean;
}

/* ---- Modes ----------------------------------------------------------------------------------------------------------------- */

interface Mode {
  width: ULONG;
  height: ULONG;
  /** 8, with a palette, or 32. */
  bits: ULONG;
}

const SIZES = [
  [640, 480],
  [800, 600],
  [1024, 768],
  [1280, 720],
] as const;

/** Every size in both depths, and the one in which games of the time ran, with a palette only. */
const MODES: readonly Mode[] = [
  ...SIZES.flatMap(([width, height]) => [8, 32].map((bits) => ({ width, height, bits }))),
  { width: 320, height: 240, bits: 8 },
];

const RING_SIZE = PAGE_SIZE;
const FRAME_COUNT = 3;
const LARGEST_FRAME = Math.max(...SIZES.map(([width, height]) => width * height)) * 4;
/** Marks the driver's pool memory: "clas", as a debugger shows it. */
const TAG = 0x73616c63;

/** Bytes from one line of the frame buffer to the next. */
const Stride = (mode: Mode): ULONG => (mode.width * mode.bits) / 8;
/** Bytes of the frame buffer. */
const FrameBufferLength = (mode: Mode): ULONG => Stride(mode) * mode.height;

/* ---- Start-up ------------------------------------------------------------------------------------------------------------- */

/** Tries the newest size of the structure first; an older system refuses it and takes an older one. */
export function DriverEntry(Argument1: PVOID, Argument2: string): NTSTATUS {
  let status: NTSTATUS = STATUS_UNSUCCESSFUL;
  for (const size of [SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA, SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA]) {
    status = VideoPortInitialize(
      Argument1,
      Argument2,
      {
        HwInitDataSize: size,
        AdapterInterfaceType: PCIBus,
        HwFindAdapter: HwVidFindAdapter,
        HwInitialize: HwVidInitialize,
        HwInterrupt: HwVidInterrupt,
        HwStartIO: HwVidStartIO,
        HwResetHw: HwVidResetHw,
        HwTimer: HwVidTimer,
        HwGetPowerState: HwVidGetPowerState,
        HwSetPowerState: HwVidSetPowerState,
        HwGetVideoChildDescriptor: HwVidGetVideoChildDescriptor,
        HwDeviceExtensionSize: 0,
      },
      NULL,
    );
    if (status === STATUS_SUCCESS) break;
  }
  return status;
}

/** Claims the device and allocates everything. The screen still belongs to the firmware. */
function HwVidFindAdapter(
  ext: DeviceExtension,
  _context: PVOID,
  _argument: string | null,
  config: VIDEO_PORT_CONFIG_INFO,
): VP_STATUS {
  // A shorter structure would be an older system's, whose members lie elsewhere.
  if (config.Length < SIZE_OF_VIDEO_PORT_CONFIG_INFO) return ERROR_INVALID_PARAMETER;
  const ranges: VIDEO_ACCESS_RANGE[] = [];
  const claimed = VideoPortGetAccessRanges(ext, 0, NULL, 2, ranges, NULL, NULL, out<ULONG>());
  if (claimed !== NO_ERROR) return claimed;
  const registers = ranges[0];
  if (!registers) return ERROR_DEV_NOT_EXIST;
  ext.registers = VideoPortGetDeviceBase(ext, registers.RangeStart, registers.RangeLength, registers.RangeInIoSpace);
  if (ext.registers === NULL) return ERROR_INVALID_PARAMETER;
  if (VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG.ID) !== RINGGPU_ID) return ERROR_DEV_NOT_EXIST;
  const allocated = AllocateAll(ext);
  if (allocated !== NO_ERROR) return allocated;

  ext.mode = null;
  ext.palette = new Uint32Array(256);
  ext.turn = 0;
  ext.pointer = {
    enabled: false,
    column: 0,
    row: 0,
    width: 0,
    height: 0,
    widthInBytes: 0,
    masks: new Uint8Array(0),
    image: 0,
  };
  ext.adapterOn = true;
  ext.monitorOn = true;
  ext.tail = 0;
  ext.lastFence = 0;
  ext.causes = 0;
  ext.taken = 0;
  ext.newest = null;
  ext.frameNumber = 0;
  ext.seconds = 0;
  ext.seenByTimer = 0;
  ext.noPointer = ReadSetting(ext, 'Classic\\NoPointer') !== 0;
  DescribeAdapter(ext, config);
  return NO_ERROR;
}

/** Everything or nothing: what was got before something failed goes back. */
function AllocateAll(ext: DeviceExtension): VP_STATUS {
  ext.adapter = VideoPortGetDmaAdapter(ext, {
    ScatterGather: false,
    Dma32BitAddresses: true,
    Dma64BitAddresses: false,
    MaximumLength: LARGEST_FRAME,
  });
  if (ext.adapter === NULL) return ERROR_NOT_ENOUGH_MEMORY;
  const ring = AllocateShared(ext, RING_SIZE);
  const fencePage = AllocateShared(ext, PAGE_SIZE);
  const frames = Array.from({ length: FRAME_COUNT }, () => AllocateShared(ext, LARGEST_FRAME));
  const pointerImages = AllocateShared(ext, 2 * POINTER_IMAGE_BYTES);
  ext.frameBuffer = VideoPortAllocatePool(ext, VpNonPagedPool, LARGEST_FRAME, TAG);
  if (!ring || !fencePage || frames.includes(null) || !pointerImages || ext.frameBuffer === NULL) {
    if (ext.frameBuffer !== NULL) VideoPortFreePool(ext, ext.frameBuffer);
    for (const buffer of [pointerImages, ...frames, fencePage, ring]) if (buffer) ReleaseShared(ext, buffer);
    VideoPortPutDmaAdapter(ext, ext.adapter);
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  ext.ring = ring;
  ext.fencePage = fencePage;
  ext.pointerImages = pointerImages;
  ext.frames = frames.filter((frame) => frame !== null).map((frame) => ({ ...frame, fence: 0 }));
  VideoPortZeroMemory(ext.fencePage.virtual, PAGE_SIZE);
  const lock = out<PSPIN_LOCK>();
  VideoPortCreateSpinLock(ext, lock);
  ext.lock = lock.value;
  return NO_ERROR;
}

function AllocateShared(ext: DeviceExtension, length: ULONG): CommonBuffer | null {
  const logical = out<PHYSICAL_ADDRESS>();
  const virtual = VideoPortAllocateCommonBuffer(ext, ext.adapter, length, logical, true, NULL);
  return virtual === NULL ? null : { virtual, logical: logical.value, length };
}

function ReleaseShared(ext: DeviceExtension, buffer: CommonBuffer): void {
  VideoPortReleaseCommonBuffer(ext, ext.adapter, buffer.length, buffer.logical, buffer.virtual, true);
}

/* ---- Registry --------------------------------------------------------------------------------------------------------------- */

/** Tells the Display control panel what the adapter is. The size is a number of bytes; the others are UTF-16 strings. */
function DescribeAdapter(ext: DeviceExtension, config: VIDEO_PORT_CONFIG_INFO): void {
  WriteString(ext, 'HardwareInformation.ChipType', 'RingGPU');
  WriteString(ext, 'HardwareInformation.DacType', 'Internal');
  WriteString(ext, 'HardwareInformation.AdapterString', 'RingGPU, classic driver');
  WriteString(ext, 'HardwareInformation.BiosString', 'none');
  const size = Uint8Array.from([0, 8, 16, 24], (shift) => (LARGEST_FRAME >>> shift) & 0xff);
  WriteValue(ext, 'HardwareInformation.MemorySize', size);
  // Windows Server 2003 has a function that writes the key to disk; Windows XP may not. A driver that imported it would not
  // load there, so it is looked for by name.
  const flush = config.VideoPortGetProcAddress(ext, 'VideoPortFlushRegistry') as typeof VideoPortFlushRegistry | null;
  flush?.(ext);
}

function WriteString(ext: DeviceExtension, name: string, text: string): void {
  const bytes = [...`${text}\0`].flatMap((letter) => [letter.charCodeAt(0) & 0xff, letter.charCodeAt(0) >> 8]);
  WriteValue(ext, name, Uint8Array.from(bytes));
}

/** The registry takes a pointer, so the bytes go through a piece of pool. */
function WriteValue(ext: DeviceExtension, name: string, bytes: Uint8Array): void {
  const buffer = VideoPortAllocatePool(ext, VpNonPagedPool, bytes.length, TAG);
  if (buffer === NULL) return;
  mem.u8(buffer, bytes.length).set(bytes);
  const status = VideoPortSetRegistryParameters(ext, name, buffer, bytes.length);
  if (status !== NO_ERROR) VideoPortDebugPrint(Warn, 'classic: %s not written: %u', name, status);
  VideoPortFreePool(ext, buffer);
}

/** A number from the registry, 0 when it is not there. Its bytes are only good during the callback. */
function ReadSetting(ext: DeviceExtension, name: string): ULONG {
  const setting = { value: 0 };
  VideoPortGetRegistryParameters(ext, name, false, TakeSetting, setting);
  return setting.value;
}

function TakeSetting(
  _ext: DeviceExtension,
  setting: { value: ULONG },
  _name: string,
  data: PVOID,
  length: ULONG,
): VP_STATUS {
  if (length !== 4) return ERROR_INVALID_PARAMETER;
  const [low = 0, second = 0, third = 0, high = 0] = mem.u8(data, 4);
  setting.value = ((high << 24) | (third << 16) | (second << 8) | low) >>> 0;
  return NO_ERROR;
}

/* ---- The monitor ------------------------------------------------------------------------------------------------------------ */

/** Our number for the one monitor. */
const MONITOR_ID = 0x0001;

/**
 * What is connected. The adapter itself comes first, then its children from 1 on. The monitor's EDID is the one that we know,
 * 128 bytes (VESA E-EDID 1.3), as drivers had it for monitors without wires to their memory.
 */
const HwVidGetVideoChildDescriptor: PVIDEO_HW_GET_CHILD_DESCRIPTOR = (_ext, info, type, descriptor, uid, unused) => {
  unused.value = 0;
  switch (info.ChildIndex) {
    case DISPLAY_ADAPTER_HW_ID:
      type.value = VideoChip;
      uid.value = DISPLAY_ADAPTER_HW_ID;
      return VIDEO_ENUM_MORE_DEVICES;
    case 1: {
      const edid = Edid();
      if (info.ChildDescriptorSize < edid.length) return VIDEO_ENUM_NO_MORE_DEVICES;
      type.value = Monitor;
      uid.value = MONITOR_ID;
      mem.u8(descriptor, edid.length).set(edid);
      return VIDEO_ENUM_MORE_DEVICES;
    }
    default:
      return VIDEO_ENUM_NO_MORE_DEVICES;
  }
};

/** 1024×768 at 60 Hz, 320 × 240 mm, colours as sRGB has them. */
function Edid(): Uint8Array {
  const name = [...'Classic 16"\n '].map((letter) => letter.charCodeAt(0));
  const edid = Uint8Array.from([
    // Header; maker "RGP", product 1, no serial number; week 1 of 2001; EDID 1.3.
    ...[0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00],
    ...[0x48, 0xf0, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x0b, 0x01, 0x03],
    // Analog; 32 × 24 cm; gamma 2.2; standby, suspend, off, colour, sRGB, first timing preferred; sRGB's primaries.
    ...[0x68, 0x20, 0x18, 0x78, 0xee, 0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54],
    // 640×480, 800×600 and 1024×768 at 60 Hz, and no standard timings.
    ...[0x21, 0x08, 0x00, ...new Array<number>(16).fill(0x01)],
    // 1024×768 at 60 Hz: 65 MHz, 1024 + 320, 768 + 38, sync 24 + 136 and 3 + 6, both negative.
    ...[0x64, 0x19, 0x00, 0x40, 0x41, 0x00, 0x26, 0x30, 0x18, 0x88, 0x36, 0x00, 0x40, 0xf0, 0x10, 0x00, 0x00, 0x18],
    // Its name; its limits: 50 to 85 Hz, 30 to 70 kHz, 110 MHz; two that say nothing.
    ...[0x00, 0x00, 0x00, 0xfc, 0x00, ...name],
    ...[0x00, 0x00, 0x00, 0xfd, 0x00, 50, 85, 30, 70, 11, 0x00, 0x0a, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20],
    ...[0x00, 0x00, 0x00, 0x10, ...new Array<number>(14).fill(0)],
    // No extensions; then the check sum.
    ...[0x00, 0x00],
  ]);
  // All 128 bytes add up to 0.
  edid[127] = -edid.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return edid;
}

/* ---- The device ------------------------------------------------------------------------------------------------------------- */

/** Called for every open: so it must not allocate, and may find the device at work. */
function HwVidInitialize(ext: DeviceExtension): boolean {
  ResetDevice(ext);
  return true;
}

function ResetDevice(ext: DeviceExtension): void {
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_RESET);
  while (ReadRegister(ext, 'STATUS') & RINGGPU_STATUS_RESETTING) VideoPortStallExecution(10);
  // Whatever was under way is done or will never be: no frame is the device's any more.
  ext.tail = 0;
  ext.newest = null;
  ext.lastFence = FencePassed(ext);
  for (const frame of ext.frames) frame.fence = ext.lastFence;
  WriteRegister(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  WriteRegister(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  WriteRegister(ext, 'RING_SIZE', RING_SIZE);
  WriteRegister(ext, 'FENCE_ADDR_LO', LowPart(ext.fencePage.logical));
  WriteRegister(ext, 'FENCE_ADDR_HI', HighPart(ext.fencePage.logical));
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_ENABLE);
}

/** Lights the screen, if power allows, and begins the round of interrupt, DPC, frame. */
function Light(ext: DeviceExtension): void {
  if (!ext.mode || !ext.adapterOn) return;
  WriteRegister(ext, 'SCANOUT_CONTROL', ext.monitorOn ? RINGGPU_SCANOUT_ENABLE : 0);
  ShowNextFrame(ext);
  ShowPointer(ext);
  WriteRegister(ext, 'INT_ENABLE', RINGGPU_INT_VBLANK | RINGGPU_INT_FAULT);
}

/**
 * Runs something that the DPC may not come between. The lock raises the IRQL to DISPATCH_LEVEL: with one processor that
 * alone keeps the DPC away; with more it is the lock that does.
 */
function Locked(ext: DeviceExtension, body: () => void): void {
  const oldIrql = out<UCHAR>();
  VideoPortAcquireSpinLock(ext, ext.lock, oldIrql);
  body();
  VideoPortReleaseSpinLock(ext, ext.lock, oldIrql.value);
}

/* ---- Requests --------------------------------------------------------------------------------------------------------------- */

/** Serves one request. What a handler returns is the status; the bytes for the caller go into Information. */
function HwVidStartIO(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): boolean {
  const { StatusBlock } = packet;
  StatusBlock.Information = 0;
  StatusBlock.Status = Serve(ext, packet);
  if (StatusBlock.Status !== NO_ERROR) StatusBlock.Information = 0;
  return true;
}

function Serve(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  switch (packet.IoControlCode) {
    // Required of every miniport.
    case IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES:
      return Answer(packet, VIDEO_NUM_MODES.size, (buffer) =>
        VIDEO_NUM_MODES.write(buffer, {
          NumModes: MODES.length,
          ModeInformationLength: VIDEO_MODE_INFORMATION.size,
        }),
      );
    case IOCTL_VIDEO_QUERY_AVAIL_MODES:
      return Answer(packet, MODES.length * VIDEO_MODE_INFORMATION.size, (buffer) => {
        for (const [index, mode] of MODES.entries())
          DescribeMode(buffer + index * VIDEO_MODE_INFORMATION.size, index, mode);
      });
    case IOCTL_VIDEO_QUERY_CURRENT_MODE: {
      const { mode } = ext;
      if (!mode) return ERROR_INVALID_FUNCTION;
      return Answer(packet, VIDEO_MODE_INFORMATION.size, (buffer) => DescribeMode(buffer, MODES.indexOf(mode), mode));
    }
    case IOCTL_VIDEO_SET_CURRENT_MODE:
      return SetCurrentMode(ext, packet);
    case IOCTL_VIDEO_RESET_DEVICE:
      Locked(ext, () => {
        ext.mode = null;
        ext.pointer.enabled = false;
        ResetDevice(ext);
      });
      VideoPortStopTimer(ext);
      return NO_ERROR;
    case IOCTL_VIDEO_MAP_VIDEO_MEMORY:
      return MapVideoMemory(ext, packet);
    case IOCTL_VIDEO_UNMAP_VIDEO_MEMORY:
      // Nothing to undo: the frame buffer stays where it is.
      return packet.InputBufferLength < VIDEO_MEMORY.size ? ERROR_INSUFFICIENT_BUFFER : NO_ERROR;

    // Required where there are palettes.
    case IOCTL_VIDEO_SET_COLOR_REGISTERS:
      return SetColorRegisters(ext, packet);

    // The pointer.
    case IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES:
    case IOCTL_VIDEO_QUERY_POINTER_ATTR:
    case IOCTL_VIDEO_QUERY_POINTER_POSITION:
    case IOCTL_VIDEO_SET_POINTER_ATTR:
    case IOCTL_VIDEO_SET_POINTER_POSITION:
    case IOCTL_VIDEO_ENABLE_POINTER:
    case IOCTL_VIDEO_DISABLE_POINTER:
      return ext.noPointer ? ERROR_INVALID_FUNCTION : ServePointer(ext, packet);

    // What is good to have.
    case IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES:
      return Answer(packet, VIDEO_COLOR_CAPABILITIES.size, DescribeColors);
    case IOCTL_VIDEO_GET_CHILD_STATE:
      if (packet.InputBufferLength < 4) return ERROR_INSUFFICIENT_BUFFER;
      if (mem.u32(packet.InputBuffer, 1)[0] !== MONITOR_ID) return ERROR_INVALID_PARAMETER;
      return Answer(packet, 4, (buffer) => {
        mem.u32(buffer, 1)[0] = VIDEO_CHILD_ACTIVE;
      });
    case IOCTL_VIDEO_SHARE_VIDEO_MEMORY:
      return ShareVideoMemory(ext, packet);
    case IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY:
      return packet.InputBufferLength < VIDEO_SHARE_MEMORY.size ? ERROR_INSUFFICIENT_BUFFER : NO_ERROR;

    // IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES is not here on purpose: HwVidInterrupt uses the registers, so the display driver
    // must keep its hands off them.
    default:
      return ERROR_INVALID_FUNCTION;
  }
}

/** Writes an answer of `size` bytes, if there is room, and says how long it is. */
function Answer(packet: VIDEO_REQUEST_PACKET, size: ULONG, write: (buffer: PVOID) => void): VP_STATUS {
  if (packet.OutputBufferLength < size) return ERROR_INSUFFICIENT_BUFFER;
  write(packet.OutputBuffer);
  packet.StatusBlock.Information = size;
  return NO_ERROR;
}

function DescribeMode(address: PVOID, index: number, mode: Mode): void {
  const direct = mode.bits === 32;
  VIDEO_MODE_INFORMATION.write(address, {
    Length: VIDEO_MODE_INFORMATION.size,
    ModeIndex: index,
    VisScreenWidth: mode.width,
    VisScreenHeight: mode.height,
    ScreenStride: Stride(mode),
    NumberOfPlanes: 1,
    BitsPerPlane: mode.bits,
    Frequency: 60,
    XMillimeter: 320,
    YMillimeter: 240,
    NumberRedBits: 8,
    NumberGreenBits: 8,
    NumberBlueBits: 8,
    RedMask: direct ? 0xff0000 : 0,
    GreenMask: direct ? 0x00ff00 : 0,
    BlueMask: direct ? 0x0000ff : 0,
    AttributeFlags:
      VIDEO_MODE_COLOR |
      VIDEO_MODE_GRAPHICS |
      VIDEO_MODE_LINEAR |
      (direct ? 0 : VIDEO_MODE_PALETTE_DRIVEN | VIDEO_MODE_MANAGED_PALETTE),
    VideoMemoryBitmapWidth: mode.width,
    VideoMemoryBitmapHeight: mode.height,
    DriverSpecificAttributeFlags: 0,
  });
}

function SetCurrentMode(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  if (packet.InputBufferLength < VIDEO_MODE.size) return ERROR_INSUFFICIENT_BUFFER;
  const { RequestedMode } = VIDEO_MODE.read(packet.InputBuffer);
  const mode = MODES[RequestedMode & 0x3fff_ffff];
  if (!mode) return ERROR_INVALID_PARAMETER;
  if ((RequestedMode & VIDEO_MODE_NO_ZERO_MEMORY) === 0) {
    VideoPortZeroMemory(ext.frameBuffer, FrameBufferLength(mode));
    PaintPicture(ext, mode);
  }
  Locked(ext, () => {
    ext.mode = mode;
    ext.seconds = 0;
    Light(ext);
  });
  VideoPortStartTimer(ext);
  return NO_ERROR;
}

/** Setting the same mode again must not move the frame buffer; ours never moves. */
function MapVideoMemory(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  const { mode } = ext;
  if (packet.InputBufferLength < VIDEO_MEMORY.size) return ERROR_INSUFFICIENT_BUFFER;
  if (!mode) return ERROR_INVALID_FUNCTION;
  return Answer(packet, VIDEO_MEMORY_INFORMATION.size, (buffer) =>
    VIDEO_MEMORY_INFORMATION.write(buffer, {
      VideoRamBase: ext.frameBuffer,
      VideoRamLength: FrameBufferLength(mode),
      FrameBufferBase: ext.frameBuffer,
      FrameBufferLength: FrameBufferLength(mode),
    }),
  );
}

/** A window on the frame buffer for another process. There is one address space for all here, so it needs no mapping. */
function ShareVideoMemory(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  if (packet.InputBufferLength < VIDEO_SHARE_MEMORY.size) return ERROR_INSUFFICIENT_BUFFER;
  // Input and output are the same memory: this must be read before the answer is written.
  const { ViewOffset, ViewSize } = VIDEO_SHARE_MEMORY.read(packet.InputBuffer);
  if (!ext.mode || ViewOffset + ViewSize > FrameBufferLength(ext.mode)) return ERROR_INVALID_PARAMETER;
  return Answer(packet, VIDEO_SHARE_MEMORY_INFORMATION.size, (buffer) =>
    VIDEO_SHARE_MEMORY_INFORMATION.write(buffer, {
      SharedViewOffset: 0,
      SharedViewSize: ViewSize,
      VirtualAddress: ext.frameBuffer + ViewOffset,
    }),
  );
}

/** Colours as sRGB has them, in ten-thousandths. */
function DescribeColors(buffer: PVOID): void {
  VIDEO_COLOR_CAPABILITIES.write(buffer, {
    Length: VIDEO_COLOR_CAPABILITIES.size,
    AttributeFlags: VIDEO_DEVICE_COLOR,
    RedPhosphoreDecay: 0,
    GreenPhosphoreDecay: 0,
    BluePhosphoreDecay: 0,
    WhiteChromaticity_x: 3127,
    WhiteChromaticity_y: 3290,
    WhiteChromaticity_Y: 0,
    RedChromaticity_x: 6400,
    RedChromaticity_y: 3300,
    GreenChromaticity_x: 3000,
    GreenChromaticity_y: 6000,
    BlueChromaticity_x: 1500,
    BlueChromaticity_y: 600,
    WhiteGamma: 0,
    RedGamma: 22000,
    GreenGamma: 22000,
    BlueGamma: 22000,
  });
}

/** Takes palette entries. The lengths in the request are the caller's word only: they are checked against the buffer. */
function SetColorRegisters(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  const { InputBuffer, InputBufferLength } = packet;
  if (ext.mode?.bits !== 8) return ERROR_INVALID_FUNCTION;
  if (InputBufferLength < VIDEO_CLUT.size) return ERROR_INSUFFICIENT_BUFFER;
  const { NumEntries, FirstEntry } = VIDEO_CLUT.read(InputBuffer);
  if (InputBufferLength < trailing(VIDEO_CLUT, 'LookupTable', NumEntries)) return ERROR_INSUFFICIENT_BUFFER;
  if (FirstEntry + NumEntries > ext.palette.length) return ERROR_INVALID_PARAMETER;
  const table = mem.u8(InputBuffer + VIDEO_CLUT.members.LookupTable.offset, NumEntries * 4);
  Locked(ext, () => {
    for (let i = 0; i < NumEntries; i++) {
      const [red = 0, green = 0, blue = 0] = table.subarray(4 * i);
      ext.palette[FirstEntry + i] = (red << 16) | (green << 8) | blue;
    }
  });
  return NO_ERROR;
}

/* ---- The pointer -------------------------------------------------------------------------------------------------------------- */

/** Bytes from one line of a mask to the next, and of both masks. */
const POINTER_PITCH = RINGGPU_POINTER_EXTENT / 8;
const POINTER_IMAGE_BYTES = 2 * RINGGPU_POINTER_EXTENT * POINTER_PITCH;

/**
 * A monochrome pointer, shown by the pointer plane: VIDEO_MODE_ASYNC_POINTER promises that it moves without disturbing what
 * is drawn.
 */
function ServePointer(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  const { pointer } = ext;
  const { InputBuffer, InputBufferLength } = packet;
  if (!ext.mode) return ERROR_INVALID_FUNCTION;
  switch (packet.IoControlCode) {
    case IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES:
      return Answer(packet, VIDEO_POINTER_CAPABILITIES.size, (buffer) =>
        VIDEO_POINTER_CAPABILITIES.write(buffer, {
          Flags: VIDEO_MODE_MONO_POINTER | VIDEO_MODE_ASYNC_POINTER,
          MaxWidth: RINGGPU_POINTER_EXTENT,
          MaxHeight: RINGGPU_POINTER_EXTENT,
          // It takes no part of the frame buffer.
          HWPtrBitmapStart: 0xffff_ffff,
          HWPtrBitmapEnd: 0xffff_ffff,
        }),
      );
    case IOCTL_VIDEO_QUERY_POINTER_ATTR:
      return Answer(packet, trailing(VIDEO_POINTER_ATTRIBUTES, 'Pixels', pointer.masks.length), (buffer) => {
        VIDEO_POINTER_ATTRIBUTES.write(buffer, {
          Flags: VIDEO_MODE_MONO_POINTER,
          Width: pointer.width,
          Height: pointer.height,
          WidthInBytes: pointer.widthInBytes,
          Enable: pointer.enabled ? 1 : 0,
          Column: pointer.column,
          Row: pointer.row,
        });
        mem.u8(buffer + VIDEO_POINTER_ATTRIBUTES.members.Pixels.offset, pointer.masks.length).set(pointer.masks);
      });
    case IOCTL_VIDEO_QUERY_POINTER_POSITION:
      return Answer(packet, VIDEO_POINTER_POSITION.size, (buffer) =>
        VIDEO_POINTER_POSITION.write(buffer, { Column: pointer.column, Row: pointer.row }),
      );
    case IOCTL_VIDEO_SET_POINTER_ATTR:
      return SetPointerAttr(ext, packet);
    case IOCTL_VIDEO_SET_POINTER_POSITION: {
      if (InputBufferLength < VIDEO_POINTER_POSITION.size) return ERROR_INSUFFICIENT_BUFFER;
      const { Column, Row } = VIDEO_POINTER_POSITION.read(InputBuffer);
      Locked(ext, () => {
        pointer.column = Column;
        pointer.row = Row;
        if (ext.adapterOn) WriteRegister(ext, 'POINTER_POSITION', RINGGPU_PAIR(Column, Row));
      });
      return NO_ERROR;
    }
    case IOCTL_VIDEO_ENABLE_POINTER:
      // Before the first IOCTL_VIDEO_SET_POINTER_ATTR there is nothing to show.
      if (pointer.masks.length === 0) return ERROR_INVALID_PARAMETER;
      Locked(ext, () => {
        pointer.enabled = true;
        ShowPointer(ext);
      });
      return NO_ERROR;
    default:
      Locked(ext, () => {
        pointer.enabled = false;
        ShowPointer(ext);
      });
      return NO_ERROR;
  }
}

function SetPointerAttr(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  const { InputBuffer, InputBufferLength } = packet;
  if (InputBufferLength < VIDEO_POINTER_ATTRIBUTES.size) return ERROR_INSUFFICIENT_BUFFER;
  const shape = VIDEO_POINTER_ATTRIBUTES.read(InputBuffer);
  const { Width, Height, WidthInBytes } = shape;
  if (!(shape.Flags & VIDEO_MODE_MONO_POINTER)) return ERROR_INVALID_PARAMETER;
  if (Width > RINGGPU_POINTER_EXTENT || Height > RINGGPU_POINTER_EXTENT) return ERROR_INVALID_PARAMETER;
  if (WidthInBytes * 8 < Width || WidthInBytes > POINTER_PITCH) return ERROR_INVALID_PARAMETER;
  const length = 2 * WidthInBytes * Height;
  if (InputBufferLength < trailing(VIDEO_POINTER_ATTRIBUTES, 'Pixels', length)) return ERROR_INSUFFICIENT_BUFFER;
  // A copy: the request's buffer is gone when the request is done.
  const masks = mem.u8(InputBuffer + VIDEO_POINTER_ATTRIBUTES.members.Pixels.offset, length).slice();
  // Into the place that is not on show: the device reads an image at every vertical blank, and would show it half changed. It wants
  // lines of a multiple of four bytes; the XOR mask goes on where the AND mask ends, in both forms.
  const image = 1 - ext.pointer.image;
  const place = mem.u8(ext.pointerImages.virtual + image * POINTER_IMAGE_BYTES, POINTER_IMAGE_BYTES);
  for (let line = 0; line < 2 * Height; line++) {
    place.set(masks.subarray(line * WidthInBytes, (line + 1) * WidthInBytes), line * POINTER_PITCH);
  }
  Locked(ext, () => {
    Object.assign(ext.pointer, {
      column: shape.Column,
      row: shape.Row,
      width: Width,
      height: Height,
      widthInBytes: WidthInBytes,
      masks,
      image,
      enabled: shape.Enable !== 0,
    });
    ShowPointer(ext);
  });
  return NO_ERROR;
}

/**
 * Tells the pointer plane. Without ENABLE at first, so that no vertical blank shows half of a change. The caller holds the
 * lock.
 */
function ShowPointer(ext: DeviceExtension): void {
  const { pointer } = ext;
  if (!ext.mode || !ext.adapterOn) return;
  WriteRegister(ext, 'POINTER_CONTROL', 0);
  if (!pointer.enabled) return;
  const logical = ext.pointerImages.logical + BigInt(pointer.image * POINTER_IMAGE_BYTES);
  WriteRegister(ext, 'POINTER_BASE_LO', LowPart(logical));
  WriteRegister(ext, 'POINTER_BASE_HI', HighPart(logical));
  WriteRegister(ext, 'POINTER_PITCH', POINTER_PITCH);
  WriteRegister(ext, 'POINTER_SIZE', RINGGPU_PAIR(pointer.width, pointer.height));
  // Column and Row are the corner's: the display driver has taken the hot spot away already.
  WriteRegister(ext, 'POINTER_HOT_SPOT', 0);
  WriteRegister(ext, 'POINTER_POSITION', RINGGPU_PAIR(pointer.column, pointer.row));
  WriteRegister(ext, 'POINTER_CONTROL', RINGGPU_POINTER_ENABLE | RINGGPU_POINTER_MONO);
}

/* ---- Interrupt, DPC, timer ---------------------------------------------------------------------------------------------------- */

function HwVidInterrupt(ext: DeviceExtension): boolean {
  const status = ReadRegister(ext, 'INT_STATUS');
  if (status === 0) return false;
  WriteRegister(ext, 'INT_STATUS', status);
  ext.causes |= status;
  VideoPortQueueDpc(ext, DpcForVBlank, null);
  return true;
}

function TakeCauses(ext: DeviceExtension): boolean {
  ext.taken = ext.causes;
  ext.causes = 0;
  return true;
}

function DpcForVBlank(ext: DeviceExtension): void {
  VideoPortSynchronizeExecution(ext, VpMediumPriority, TakeCauses, ext);
  Locked(ext, () => {
    if (!ext.mode || !ext.adapterOn) return;
    if (ext.taken & RINGGPU_INT_FAULT) {
      ResetDevice(ext);
      Light(ext);
    } else ShowNextFrame(ext);
  });
}

/**
 * Once a second, at DISPATCH_LEVEL: turns the clock in the picture; and if no frame was shown for a second, an interrupt was lost:
 * the DPC is queued by hand.
 */
function HwVidTimer(ext: DeviceExtension): void {
  if (!ext.mode || !ext.adapterOn) return;
  ext.seconds++;
  if (ext.frameNumber === ext.seenByTimer) VideoPortQueueDpc(ext, DpcForVBlank, null);
  ext.seenByTimer = ext.frameNumber;
}

/* ---- Frames ------------------------------------------------------------------------------------------------------------------- */

/** Composes a frame that is nobody's and hands it to the device, as mini does. */
function ShowNextFrame(ext: DeviceExtension): void {
  const { mode } = ext;
  const onScreen = ReadRegister(ext, 'SCANOUT_ACTIVE_LO');
  if (!mode || (ext.newest && LowPart(ext.newest.logical) !== onScreen && ext.monitorOn)) return;
  const passed = FencePassed(ext);
  const frame = ext.frames.find(
    (one) => one.fence <= passed && one !== ext.newest && LowPart(one.logical) !== onScreen,
  );
  if (!frame) return;
  ext.frameNumber++;
  MovePicture(ext, mode);
  Compose(ext, mode, mem.u32(frame.virtual, mode.width * mode.height));

  frame.fence = ++ext.lastFence;
  ext.newest = frame;
  Put(ext, RINGGPU_HEADER('FLIP'));
  Put(ext, LowPart(frame.logical));
  Put(ext, HighPart(frame.logical));
  Put(ext, mode.width * 4);
  Put(ext, RINGGPU_PAIR(mode.width, mode.height));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
  Put(ext, RINGGPU_HEADER('FENCE'));
  Put(ext, ext.lastFence);
  WriteRegister(ext, 'RING_TAIL', ext.tail);
}

/** Frame buffer, palette and clock become one picture. */
function Compose(ext: DeviceExtension, mode: Mode, pixels: Uint32Array): void {
  if (mode.bits === 32) pixels.set(mem.u32(ext.frameBuffer, pixels.length));
  else {
    const indices = mem.u8(ext.frameBuffer, pixels.length);
    const colours = TurnedPalette(ext);
    for (let i = 0; i < pixels.length; i++) pixels[i] = colours[indices[i] as number] as number;
  }
  DrawClock(pixels, mode, ext.seconds);
}

function FencePassed(ext: DeviceExtension): ULONG {
  return mem.u32(ext.fencePage.virtual, 1)[0] ?? 0;
}

function Put(ext: DeviceExtension, word: ULONG): void {
  mem.u32(ext.ring.virtual + ext.tail, 1)[0] = word;
  ext.tail = (ext.tail + 4) % RING_SIZE;
}

/* ---- Picture -------------------------------------------------------------------------------------------------------------------- */

/*
 * Nobody draws into the frame buffer here: there is no GDI. So that there is something to see, the driver paints rings into it.
 * In an 8-bit mode it paints them once and lets the palette turn, which is how pictures moved when memory was slow; in a 32-bit
 * mode it repaints a few lines with each frame.
 */

/** Windows keeps ten entries at either end of a palette for itself; the picture uses those between. */
const FIRST_COLOUR = 10;
const COLOURS = 236;

/** Which of the picture's colours a dot has: rings around two centres that cross. */
function Rings(mode: Mode, x: number, y: number): number {
  const scale = 640 / mode.width;
  const left = Math.hypot(x - mode.width * 0.3, y - mode.height * 0.4);
  const right = Math.hypot(x - mode.width * 0.75, y - mode.height * 0.65);
  return Math.floor((left * 1.1 + 40 * Math.sin(right * scale * 0.035)) * scale) % COLOURS;
}

function PaintPicture(ext: DeviceExtension, mode: Mode): void {
  if (mode.bits === 32) for (let y = 0; y < mode.height; y++) PaintLine(ext, mode, y);
  else {
    for (let y = 0; y < mode.height; y++) {
      const line = mem.u8(ext.frameBuffer + y * mode.width, mode.width);
      for (let x = 0; x < mode.width; x++) line[x] = FIRST_COLOUR + ((Rings(mode, x, y) + COLOURS) % COLOURS);
    }
  }
}

/** The picture's colours in a 32-bit mode: a circle of soft hues. */
const HUES = Uint32Array.from({ length: COLOURS }, (_, i) => {
  const angle = (i * 2 * Math.PI) / COLOURS;
  const red = 120 + 100 * Math.sin(angle + 4.2);
  const green = 110 + 90 * Math.sin(angle + 5.8);
  const blue = 150 + 80 * Math.sin(angle + 1.2);
  return (red << 16) | (green << 8) | blue;
});

/** One line of a 32-bit picture, as the colours stand now. */
function PaintLine(ext: DeviceExtension, mode: Mode, y: number): void {
  const line = mem.u32(ext.frameBuffer + y * mode.width * 4, mode.width);
  const turn = Math.floor(ext.turn) + COLOURS;
  for (let x = 0; x < mode.width; x++) line[x] = HUES[(Rings(mode, x, y) + turn) % COLOURS] as number;
}

/** Lines of a 32-bit picture that are painted anew with each frame, and how far the colours turn meanwhile. */
const LINES_A_FRAME = 32;
const TURN_A_FRAME = 0.25;

function MovePicture(ext: DeviceExtension, mode: Mode): void {
  ext.turn = (ext.turn + (mode.bits === 32 ? TURN_A_FRAME : 1)) % COLOURS;
  if (mode.bits !== 32) return;
  // So slowly that nobody sees where the painting has got to.
  const first = (ext.frameNumber * LINES_A_FRAME) % mode.height;
  for (let y = first; y < Math.min(mode.height, first + LINES_A_FRAME); y++) PaintLine(ext, mode, y);
}

/** The palette with the picture's part turned by some entries; Windows' own stay where they are. */
function TurnedPalette(ext: DeviceExtension): Uint32Array {
  const turned = ext.palette.slice();
  for (let i = 0; i < COLOURS; i++)
    turned[FIRST_COLOUR + i] = ext.palette[FIRST_COLOUR + ((i + Math.floor(ext.turn)) % COLOURS)] as number;
  return turned;
}

/** The seconds as a row of sixteen lamps, the lowest bit on the right: a clock without a font. */
function DrawClock(pixels: Uint32Array, mode: Mode, seconds: number): void {
  const lamp = Math.max(3, Math.round(mode.width / 80));
  const left = mode.width - 17 * lamp * 1.5;
  const top = mode.height - 3 * lamp;
  for (let bit = 0; bit < 16; bit++) {
    const colour = (seconds >> (15 - bit)) & 1 ? 0xffd060 : 0x182028;
    const x = Math.round(left + bit * lamp * 1.5);
    for (let y = top; y < top + lamp; y++) pixels.fill(colour, y * mode.width + x, y * mode.width + x + lamp);
  }
}

/* ---- Power and the end ----------------------------------------------------------------------------------------------------------- */

/** Can this state be entered? (Not: which one is it. The structure is not to be written.) */
function HwVidGetPowerState(_ext: DeviceExtension, hwId: ULONG, control: { PowerState: number }): VP_STATUS {
  // A monitor knows them all. The adapter is on or off: Suspend would have to keep registers alive that it cannot.
  const possible = hwId !== DISPLAY_ADAPTER_HW_ID || control.PowerState !== VideoPowerSuspend;
  return possible ? NO_ERROR : ERROR_DEVICE_REINITIALIZATION_NEEDED;
}

/** Enters it. May not fail. */
function HwVidSetPowerState(ext: DeviceExtension, hwId: ULONG, control: { readonly PowerState: number }): VP_STATUS {
  const on = control.PowerState === VideoPowerOn;
  if (hwId === MONITOR_ID) {
    Locked(ext, () => {
      ext.monitorOn = on;
      if (ext.mode && ext.adapterOn) WriteRegister(ext, 'SCANOUT_CONTROL', on ? RINGGPU_SCANOUT_ENABLE : 0);
    });
  } else if (hwId === DISPLAY_ADAPTER_HW_ID) {
    if (control.PowerState === VideoPowerShutdown) ShutDown(ext);
    else if (on || control.PowerState === VideoPowerOff) Locked(ext, () => SwitchAdapter(ext, on));
  }
  return NO_ERROR;
}

/** Off: no interrupts, nothing in the ring. On: the mode that was set comes back. */
function SwitchAdapter(ext: DeviceExtension, on: boolean): void {
  ext.adapterOn = on;
  ResetDevice(ext);
  if (on) Light(ext);
}

/** The one moment to give back what we hold. First the device must stop using it. */
function ShutDown(ext: DeviceExtension): void {
  Locked(ext, () => {
    ext.mode = null;
    ext.adapterOn = false;
    ResetDevice(ext);
    WriteRegister(ext, 'CONTROL', 0);
  });
  VideoPortStopTimer(ext);
  VideoPortDebugPrint(Info, 'classic: %u frames', ext.frameNumber);
  VideoPortDeleteSpinLock(ext, ext.lock);
  VideoPortFreePool(ext, ext.frameBuffer);
  for (const buffer of [ext.pointerImages, ...ext.frames, ext.fencePage, ext.ring]) ReleaseShared(ext, buffer);
  VideoPortPutDmaAdapter(ext, ext.adapter);
}

/**
 * The system has crashed or restarts. At any IRQL, with nobody to help: registers, stalls, nothing else. The device must stop
 * reading memory; since it has no text mode, FALSE leaves the screen to the firmware.
 */
function HwVidResetHw(ext: DeviceExtension): boolean {
  WriteRegister(ext, 'INT_ENABLE', 0);
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_RESET);
  // Not for ever: whatever crashed the system may have taken the device with it.
  for (let i = 0; i < 1000 && ReadRegister(ext, 'STATUS') & RINGGPU_STATUS_RESETTING; i++) VideoPortStallExecution(10);
  return false;
}

/* ---- Registers ------------------------------------------------------------------------------------------------------------------- */

function ReadRegister(ext: DeviceExtension, name: keyof typeof RINGGPU_REG): ULONG {
  return VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG[name]);
}

function WriteRegister(ext: DeviceExtension, name: keyof typeof RINGGPU_REG, value: ULONG): void {
  VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG[name], value);
}
