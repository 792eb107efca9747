/**
 * pointer: a miniport that draws one picture, once, and then only moves the mouse pointer over it.
 *
 * RingGPU has a *pointer plane*: a small image that the monitor lays over the picture while it shows
 * it. The picture's memory knows nothing of it. To move the pointer is to write one register: no
 * frame is drawn for it, nothing is saved and put back, and what is drawn below never flickers.
 *
 * A driver that has one tells the display driver so, and is then asked to use it:
 *
 *   IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES   what can your pointer do?
 *   IOCTL_VIDEO_SET_POINTER_ATTR             this is its shape
 *   IOCTL_VIDEO_ENABLE_POINTER               show it
 *   IOCTL_VIDEO_SET_POINTER_POSITION         put it there
 *   IOCTL_VIDEO_DISABLE_POINTER              take it away
 *
 * The shape that comes is the system's arrow: two masks of one bit a pixel, as they were when memory
 * was dear. Nobody moves a mouse here, so the driver plays the hand: with each vertical blank it moves
 * the pointer a step along a curve that begins where the display driver has put it. Every few
 * seconds it takes another shape, out of four kinds:
 *
 *   the arrow   masks: black, white, or nothing at all
 *   a cross     masks too: it inverts what lies below, so one sees it on every ground
 *   a ring      colours with alpha, twelve images that follow one another
 *   a glow      colours with alpha: as soft as light
 *
 * The picture is there in all depths of pixels that RingGPU has: 8, 16 and 32 bits.
 *
 * Read mini.ts first: how a miniport starts, and what ring, doorbell, interrupt and DPC are, is
 * explained there.
 */

import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_FORMAT_P8,
  RINGGPU_FORMAT_R5G6B5,
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
  ERROR_INSUFFICIENT_BUFFER,
  ERROR_INVALID_FUNCTION,
  ERROR_INVALID_PARAMETER,
  ERROR_NOT_ENOUGH_MEMORY,
  HighPart,
  Info,
  IOCTL_VIDEO_DISABLE_POINTER,
  IOCTL_VIDEO_ENABLE_POINTER,
  IOCTL_VIDEO_MAP_VIDEO_MEMORY,
  IOCTL_VIDEO_QUERY_AVAIL_MODES,
  IOCTL_VIDEO_QUERY_CURRENT_MODE,
  IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
  IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES,
  IOCTL_VIDEO_QUERY_POINTER_POSITION,
  IOCTL_VIDEO_RESET_DEVICE,
  IOCTL_VIDEO_SET_CURRENT_MODE,
  IOCTL_VIDEO_SET_POINTER_ATTR,
  IOCTL_VIDEO_SET_POINTER_POSITION,
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
  trailing,
  type ULONG,
  type VIDEO_ACCESS_RANGE,
  type VIDEO_HW_INITIALIZATION_DATA,
  VIDEO_MEMORY_INFORMATION,
  VIDEO_MODE,
  VIDEO_MODE_ASYNC_POINTER,
  VIDEO_MODE_COLOR,
  VIDEO_MODE_GRAPHICS,
  VIDEO_MODE_INFORMATION,
  VIDEO_MODE_LINEAR,
  VIDEO_MODE_MONO_POINTER,
  VIDEO_NUM_MODES,
  VIDEO_POINTER_ATTRIBUTES,
  VIDEO_POINTER_CAPABILITIES,
  VIDEO_POINTER_POSITION,
  type VIDEO_PORT_CONFIG_INFO,
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
  VideoPortSynchronizeExecution,
  VideoPortWriteRegisterUlong,
  VideoPowerShutdown,
  type VP_STATUS,
  VpMediumPriority,
} from 'videoport';

/* ---- What the driver remembers ------------------------------------------------------------------------------------------------ */

/** Memory for both sides: the processor knows it by its virtual address, the device by the logical one. */
interface CommonBuffer {
  virtual: PVOID;
  logical: PHYSICAL_ADDRESS;
  length: ULONG;
}

/**
 * The pointer as it should be. Requests write it down here, and the DPC tells the device: it comes right
 * after a vertical blank, so none falls between two of its writes and shows half a change.
 */
interface Pointer {
  enabled: boolean;
  /** Where the display driver has put it: there the curve begins. */
  column: number;
  row: number;
  /** Steps along the curve. */
  step: number;
  /** The system's arrow; null before the first IOCTL_VIDEO_SET_POINTER_ATTR. */
  arrow: Shape | null;
  /** What the registers say now: a shape and one of its images, or null. */
  shown: { shape: Shape; image: number } | null;
}

/** One per device. The port creates it, empty, and passes it to every callback. */
interface DeviceExtension {
  registers: PVOID;
  adapter: PVP_DMA_ADAPTER;
  ring: CommonBuffer;
  /** Images of all pointers, a page or more each. */
  images: CommonBuffer;
  /** The picture: as large as the mode wants it, and there only while a mode is set. */
  picture: CommonBuffer | null;
  mode: Mode | null;
  pointer: Pointer;
  tail: ULONG;
  /** Interrupt causes that HwVidInterrupt has seen and the DPC has not. */
  causes: ULONG;
  /** The causes that the DPC is dealing with. */
  taken: ULONG;
}

/* ---- Modes -------------------------------------------------------------------------------------------------------------------------- */

interface Mode {
  width: ULONG;
  height: ULONG;
  depth: Depth;
}

/** How many bits a pixel has, and which of them are red, green and blue. */
interface Depth {
  bits: 8 | 16 | 32;
  format: ULONG;
  red: number;
  green: number;
  blue: number;
}

const DEPTHS: readonly Depth[] = [
  // A pixel is an index into the monitor's table. This driver fills the table once, so that an index is a colour of
  // three, three and two bits.
  { bits: 8, format: RINGGPU_FORMAT_P8, red: 3, green: 3, blue: 2 },
  { bits: 16, format: RINGGPU_FORMAT_R5G6B5, red: 5, green: 6, blue: 5 },
  { bits: 32, format: RINGGPU_FORMAT_X8R8G8B8, red: 8, green: 8, blue: 8 },
];

const SIZES = [
  [640, 480],
  [800, 600],
  [1024, 768],
  [1280, 720],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
] as const;

const MODES: readonly Mode[] = SIZES.flatMap(([width, height]) => DEPTHS.map((depth) => ({ width, height, depth })));

const RING_SIZE = PAGE_SIZE;
/** Bytes from one line of the picture to the next. */
const Stride = (mode: Mode): ULONG => (mode.width * mode.depth.bits) / 8;
/** Bytes of the picture. */
const PictureLength = (mode: Mode): ULONG => Stride(mode) * mode.height;
/** The largest picture is the largest piece of memory that the device is ever given. */
const LARGEST_PICTURE = Math.max(...MODES.map(PictureLength));

/* ---- Shapes ------------------------------------------------------------------------------------------------------------------------- */

/** A pointer: one image or several that follow one another. */
interface Shape {
  /** AND mask and XOR mask, not colours. */
  mono: boolean;
  width: ULONG;
  height: ULONG;
  /** Bytes from one line to the next. */
  pitch: ULONG;
  /** The pixel that points. */
  hotX: number;
  hotY: number;
  /** Page of the first image in the common buffer, how many there are, and the pages of each. */
  page: number;
  count: number;
  pages: number;
}

/**
 * The arrow has two places. A new one is written into that which is not on show: the device reads an
 * image at every vertical blank, and would show it half old, half new.
 */
const ARROW_PAGES = [0, 1] as const;
/** Bytes from line to line of a mask: 64 pixels. */
const MASK_PITCH = RINGGPU_POINTER_EXTENT / 8;

const CROSS: Shape = {
  mono: true,
  width: 33,
  height: 33,
  pitch: MASK_PITCH,
  hotX: 16,
  hotY: 16,
  page: 2,
  count: 1,
  pages: 1,
};

/** 32 × 32 pixels of four bytes are a page to the byte. */
const RING: Shape = {
  mono: false,
  width: 32,
  height: 32,
  pitch: 128,
  hotX: 16,
  hotY: 16,
  page: 3,
  count: 12,
  pages: 1,
};

/** As large as a pointer can be. */
const GLOW: Shape = {
  mono: false,
  width: 64,
  height: 64,
  pitch: 256,
  hotX: 32,
  hotY: 32,
  page: RING.page + RING.count,
  count: 1,
  pages: 4,
};

const IMAGES_LENGTH = (GLOW.page + GLOW.pages) * PAGE_SIZE;

/** Vertical blanks for which a shape stays, and for which one image of several does. */
const BLANKS_A_SHAPE = 180;
const BLANKS_AN_IMAGE = 5;

/* ---- Start-up ------------------------------------------------------------------------------------------------------------------ */

/** The one function that the system finds by name. It only hands over the others. */
export function DriverEntry(Argument1: PVOID, Argument2: string): NTSTATUS {
  const initializationData: VIDEO_HW_INITIALIZATION_DATA = {
    HwInitDataSize: SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
    AdapterInterfaceType: PCIBus,
    HwFindAdapter: HwVidFindAdapter,
    HwInitialize: HwVidInitialize,
    HwInterrupt: HwVidInterrupt,
    HwStartIO: HwVidStartIO,
    HwSetPowerState: HwVidSetPowerState,
    HwDeviceExtensionSize: 0,
  };
  return VideoPortInitialize(Argument1, Argument2, initializationData, NULL);
}

/** Claims the device's addresses, and allocates what is needed in every mode. */
function HwVidFindAdapter(
  ext: DeviceExtension,
  _context: PVOID,
  _argument: string | null,
  config: VIDEO_PORT_CONFIG_INFO,
): VP_STATUS {
  const ranges: VIDEO_ACCESS_RANGE[] = [];
  const claimed = VideoPortGetAccessRanges(ext, 0, NULL, 2, ranges, NULL, NULL, out<ULONG>());
  if (claimed !== NO_ERROR) return claimed;
  const registers = ranges[0];
  if (!registers) return ERROR_DEV_NOT_EXIST;
  ext.registers = VideoPortGetDeviceBase(ext, registers.RangeStart, registers.RangeLength, registers.RangeInIoSpace);
  if (ext.registers === NULL) return ERROR_INVALID_PARAMETER;
  if (VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG.ID) !== RINGGPU_ID) return ERROR_DEV_NOT_EXIST;
  ext.adapter = VideoPortGetDmaAdapter(ext, {
    ScatterGather: false,
    Dma32BitAddresses: true,
    Dma64BitAddresses: false,
    MaximumLength: LARGEST_PICTURE,
  });
  if (ext.adapter === NULL) return ERROR_NOT_ENOUGH_MEMORY;

  const ring = AllocateShared(ext, RING_SIZE);
  const images = AllocateShared(ext, IMAGES_LENGTH);
  if (!ring || !images) {
    for (const buffer of [images, ring]) if (buffer) ReleaseShared(ext, buffer);
    VideoPortPutDmaAdapter(ext, ext.adapter);
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  ext.ring = ring;
  ext.images = images;
  ext.picture = null;
  ext.mode = null;
  ext.pointer = { enabled: false, column: 0, row: 0, step: 0, arrow: null, shown: null };
  ext.tail = 0;
  ext.causes = 0;
  ext.taken = 0;
  PaintCross(ext);
  PaintRing(ext);
  PaintGlow(ext);
  VideoPortDebugPrint(Info, 'pointer: interrupt level %u, images at %I64x', config.BusInterruptLevel, images.logical);
  return NO_ERROR;
}

/** Memory for both sides. Null when there is none. */
function AllocateShared(ext: DeviceExtension, length: ULONG): CommonBuffer | null {
  const logical = out<PHYSICAL_ADDRESS>();
  const virtual = VideoPortAllocateCommonBuffer(ext, ext.adapter, length, logical, true, NULL);
  return virtual === NULL ? null : { virtual, logical: logical.value, length };
}

/** The release repeats exactly what the allocation said and got. */
function ReleaseShared(ext: DeviceExtension, buffer: CommonBuffer): void {
  VideoPortReleaseCommonBuffer(ext, ext.adapter, buffer.length, buffer.logical, buffer.virtual, true);
}

/** From here on the device is ours. Interrupts stay off: they begin with the first mode. */
function HwVidInitialize(ext: DeviceExtension): boolean {
  ResetDevice(ext);
  return true;
}

/** Power-on state: no pointer, a dark monitor, nothing in flight. Then the ring's address, a logical one. */
function ResetDevice(ext: DeviceExtension): void {
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_RESET);
  while (ReadRegister(ext, 'STATUS') & RINGGPU_STATUS_RESETTING) VideoPortStallExecution(10);

  ext.tail = 0;
  ext.pointer.shown = null;
  WriteRegister(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  WriteRegister(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  WriteRegister(ext, 'RING_SIZE', RING_SIZE);
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_ENABLE);
}

/* ---- Requests of the display driver ------------------------------------------------------------------------------------ */

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
      return mode ? SetMode(ext, mode) : ERROR_INVALID_PARAMETER;
    }

    case IOCTL_VIDEO_MAP_VIDEO_MEMORY: {
      if (OutputBufferLength < VIDEO_MEMORY_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      if (!ext.mode || !ext.picture) return ERROR_INVALID_FUNCTION;
      const { virtual, length } = ext.picture;
      VIDEO_MEMORY_INFORMATION.write(OutputBuffer, {
        VideoRamBase: virtual,
        VideoRamLength: length,
        FrameBufferBase: virtual,
        FrameBufferLength: length,
      });
      StatusBlock.Information = VIDEO_MEMORY_INFORMATION.size;
      return NO_ERROR;
    }

    case IOCTL_VIDEO_UNMAP_VIDEO_MEMORY:
      return NO_ERROR;

    case IOCTL_VIDEO_RESET_DEVICE:
      GoDark(ext);
      return NO_ERROR;

    case IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES:
      if (OutputBufferLength < VIDEO_POINTER_CAPABILITIES.size) return ERROR_INSUFFICIENT_BUFFER;
      VIDEO_POINTER_CAPABILITIES.write(OutputBuffer, {
        // ASYNC is the promise of a pointer plane: it may be moved while somebody draws below it.
        Flags: VIDEO_MODE_MONO_POINTER | VIDEO_MODE_ASYNC_POINTER,
        MaxWidth: RINGGPU_POINTER_EXTENT,
        MaxHeight: RINGGPU_POINTER_EXTENT,
        // Its image takes no part of the picture's memory.
        HWPtrBitmapStart: 0xffff_ffff,
        HWPtrBitmapEnd: 0xffff_ffff,
      });
      StatusBlock.Information = VIDEO_POINTER_CAPABILITIES.size;
      return NO_ERROR;

    case IOCTL_VIDEO_SET_POINTER_ATTR:
      return SetPointerAttr(ext, packet);

    case IOCTL_VIDEO_SET_POINTER_POSITION: {
      if (InputBufferLength < VIDEO_POINTER_POSITION.size) return ERROR_INSUFFICIENT_BUFFER;
      const { Column, Row } = VIDEO_POINTER_POSITION.read(InputBuffer);
      MoveTo(ext.pointer, Column, Row);
      return NO_ERROR;
    }

    case IOCTL_VIDEO_QUERY_POINTER_POSITION: {
      if (OutputBufferLength < VIDEO_POINTER_POSITION.size) return ERROR_INSUFFICIENT_BUFFER;
      if (!ext.mode) return ERROR_INVALID_FUNCTION;
      const [Column, Row] = Place(ext.pointer, ext.mode);
      VIDEO_POINTER_POSITION.write(OutputBuffer, { Column, Row });
      StatusBlock.Information = VIDEO_POINTER_POSITION.size;
      return NO_ERROR;
    }

    case IOCTL_VIDEO_ENABLE_POINTER:
      // Before the first IOCTL_VIDEO_SET_POINTER_ATTR there is nothing to show.
      if (!ext.pointer.arrow) return ERROR_INVALID_PARAMETER;
      ext.pointer.enabled = true;
      return NO_ERROR;

    case IOCTL_VIDEO_DISABLE_POINTER:
      ext.pointer.enabled = false;
      return NO_ERROR;

    default:
      return ERROR_INVALID_FUNCTION;
  }
}

function DescribeMode(address: PVOID, index: number, mode: Mode): void {
  const { bits, red, green, blue } = mode.depth;
  VIDEO_MODE_INFORMATION.write(address, {
    Length: VIDEO_MODE_INFORMATION.size,
    ModeIndex: index,
    VisScreenWidth: mode.width,
    VisScreenHeight: mode.height,
    ScreenStride: Stride(mode),
    NumberOfPlanes: 1,
    BitsPerPlane: bits,
    Frequency: 60,
    XMillimeter: 320,
    YMillimeter: 240,
    NumberRedBits: red,
    NumberGreenBits: green,
    NumberBlueBits: blue,
    RedMask: ((1 << red) - 1) << (green + blue),
    GreenMask: ((1 << green) - 1) << blue,
    BlueMask: (1 << blue) - 1,
    AttributeFlags: VIDEO_MODE_COLOR | VIDEO_MODE_GRAPHICS | VIDEO_MODE_LINEAR,
    VideoMemoryBitmapWidth: mode.width,
    VideoMemoryBitmapHeight: mode.height,
    DriverSpecificAttributeFlags: 0,
  });
}

/** Draws the picture and hands it over. It is the only frame there will be in this mode. */
function SetMode(ext: DeviceExtension, mode: Mode): VP_STATUS {
  GoDark(ext);
  // Requests come at PASSIVE_LEVEL, where memory may be allocated. Where there is not enough, the mode is refused.
  ext.picture = AllocateShared(ext, PictureLength(mode));
  if (!ext.picture) return ERROR_NOT_ENOUGH_MEMORY;
  ext.mode = mode;
  PaintDesktop(ext.picture, mode);
  Light(ext);
  return NO_ERROR;
}

/** Back to power-on state. Only then is the picture nobody's, and may go. */
function GoDark(ext: DeviceExtension): void {
  ext.mode = null;
  ext.pointer.enabled = false;
  ResetDevice(ext);
  if (ext.picture) ReleaseShared(ext, ext.picture);
  ext.picture = null;
}

/** One packet: the device takes the picture in, and shows it from the next vertical blank on. */
function Light(ext: DeviceExtension): void {
  const { mode, picture } = ext;
  if (!mode || !picture) return;
  if (mode.depth.bits === 8) {
    for (let i = 0; i < 256; i++) {
      const [red, green, blue] = [i >> 5, (i >> 2) & 7, i & 3];
      const entry = (Math.round((red * 255) / 7) << 16) | (Math.round((green * 255) / 7) << 8) | (blue * 85);
      VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG.LUT + 4 * i, entry);
    }
  }
  WriteRegister(ext, 'SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
  Put(ext, RINGGPU_HEADER('FLIP'));
  Put(ext, LowPart(picture.logical));
  Put(ext, HighPart(picture.logical));
  Put(ext, Stride(mode));
  Put(ext, RINGGPU_PAIR(mode.width, mode.height));
  Put(ext, mode.depth.format);
  // The doorbell.
  WriteRegister(ext, 'RING_TAIL', ext.tail);
  WriteRegister(ext, 'INT_ENABLE', RINGGPU_INT_VBLANK | RINGGPU_INT_FAULT);
}

/** Puts one word into the ring. It is empty at every reset, and six words are all that it ever holds. */
function Put(ext: DeviceExtension, word: ULONG): void {
  mem.u32(ext.ring.virtual + ext.tail, 1)[0] = word;
  ext.tail += 4;
}

/* ---- The pointer ------------------------------------------------------------------------------------------------------------------- */

/** The system's arrow. Its masks are copied: the request's buffer is gone when the request is done. */
function SetPointerAttr(ext: DeviceExtension, packet: VIDEO_REQUEST_PACKET): VP_STATUS {
  const { InputBuffer, InputBufferLength } = packet;
  const { pointer } = ext;
  if (InputBufferLength < VIDEO_POINTER_ATTRIBUTES.size) return ERROR_INSUFFICIENT_BUFFER;
  const { Flags, Width, Height, WidthInBytes, Enable, Column, Row } = VIDEO_POINTER_ATTRIBUTES.read(InputBuffer);
  if (!(Flags & VIDEO_MODE_MONO_POINTER)) return ERROR_INVALID_PARAMETER;
  if (Width < 1 || Width > RINGGPU_POINTER_EXTENT) return ERROR_INVALID_PARAMETER;
  if (Height < 1 || Height > RINGGPU_POINTER_EXTENT) return ERROR_INVALID_PARAMETER;
  if (WidthInBytes * 8 < Width || WidthInBytes > MASK_PITCH) return ERROR_INVALID_PARAMETER;
  const length = 2 * Height * WidthInBytes;
  if (InputBufferLength < trailing(VIDEO_POINTER_ATTRIBUTES, 'Pixels', length)) return ERROR_INSUFFICIENT_BUFFER;

  const page = pointer.arrow?.page === ARROW_PAGES[0] ? ARROW_PAGES[1] : ARROW_PAGES[0];
  const masks = mem.u8(InputBuffer + VIDEO_POINTER_ATTRIBUTES.members.Pixels.offset, length);
  const image = mem.u8(ext.images.virtual + page * PAGE_SIZE, 2 * Height * MASK_PITCH);
  // The device wants lines of a multiple of four bytes. The XOR mask goes on where the AND mask ends, in both forms.
  for (let line = 0; line < 2 * Height; line++) {
    image.set(masks.subarray(line * WidthInBytes, (line + 1) * WidthInBytes), line * MASK_PITCH);
  }
  // Column and Row are the corner's: the display driver has taken the hot spot away already.
  const place = { hotX: 0, hotY: 0, page, count: 1, pages: 1 };
  pointer.arrow = { mono: true, width: Width, height: Height, pitch: MASK_PITCH, ...place };
  pointer.enabled = Enable !== 0;
  MoveTo(pointer, Column, Row);
  return NO_ERROR;
}

/** The curve begins anew here. */
function MoveTo(pointer: Pointer, column: number, row: number): void {
  pointer.column = column;
  pointer.row = row;
  pointer.step = 0;
}

/**
 * Where the pointer is: three swings across while two go up and down. They are a little wider than the
 * screen, so that the pointer looks over the edges.
 */
function Place(pointer: Pointer, mode: Mode): readonly [column: number, row: number] {
  const angle = pointer.step / 150;
  const across = (mode.width / 2 + 12) * Math.sin(angle * 3);
  const down = (mode.height / 2 + 12) * Math.sin(angle * 2);
  return [pointer.column + Math.round(across), pointer.row + Math.round(down)];
}

/** The shape whose turn it is. */
function ShapeNow({ arrow, step }: Pointer): Shape | null {
  return [arrow, CROSS, RING, GLOW][Math.floor(step / BLANKS_A_SHAPE) % 4] ?? null;
}

/** One step further. Most of them write one register. */
function MovePointer(ext: DeviceExtension, mode: Mode): void {
  const { pointer } = ext;
  const [column, row] = Place(pointer, mode);
  WriteRegister(ext, 'POINTER_POSITION', RINGGPU_PAIR(column, row));
  const shape = pointer.enabled ? ShapeNow(pointer) : null;
  const image = shape ? Math.floor(pointer.step / BLANKS_AN_IMAGE) % shape.count : 0;
  pointer.step++;
  if (shape !== (pointer.shown?.shape ?? null)) ShowShape(ext, shape, image);
  else if (shape && image !== pointer.shown?.image) ShowImage(ext, shape, image);
}

function ShowShape(ext: DeviceExtension, shape: Shape | null, image: number): void {
  if (!shape) {
    WriteRegister(ext, 'POINTER_CONTROL', 0);
    ext.pointer.shown = null;
    return;
  }
  WriteRegister(ext, 'POINTER_PITCH', shape.pitch);
  WriteRegister(ext, 'POINTER_SIZE', RINGGPU_PAIR(shape.width, shape.height));
  WriteRegister(ext, 'POINTER_HOT_SPOT', RINGGPU_PAIR(shape.hotX, shape.hotY));
  ShowImage(ext, shape, image);
  WriteRegister(ext, 'POINTER_CONTROL', RINGGPU_POINTER_ENABLE | (shape.mono ? RINGGPU_POINTER_MONO : 0));
}

/** The images are in memory since the start, so another one is another address. */
function ShowImage(ext: DeviceExtension, shape: Shape, image: number): void {
  const logical = ext.images.logical + BigInt((shape.page + image * shape.pages) * PAGE_SIZE);
  WriteRegister(ext, 'POINTER_BASE_LO', LowPart(logical));
  WriteRegister(ext, 'POINTER_BASE_HI', HighPart(logical));
  ext.pointer.shown = { shape, image };
}

/* ---- Interrupt and DPC --------------------------------------------------------------------------------------------------------- */

/** At DIRQL: is it ours, make the device take its hand off the line, queue the work, out. */
function HwVidInterrupt(ext: DeviceExtension): boolean {
  const status = ReadRegister(ext, 'INT_STATUS');
  if (status === 0) return false;
  WriteRegister(ext, 'INT_STATUS', status);
  ext.causes |= status;
  VideoPortQueueDpc(ext, DpcForVBlank, null);
  return true;
}

/** At DIRQL, where HwVidInterrupt cannot come between the reading and the clearing. */
function TakeCauses(ext: DeviceExtension): boolean {
  ext.taken = ext.causes;
  ext.causes = 0;
  return true;
}

/** At DISPATCH_LEVEL, soon after. */
function DpcForVBlank(ext: DeviceExtension): void {
  VideoPortSynchronizeExecution(ext, VpMediumPriority, TakeCauses, ext);
  if (!ext.mode) return;
  if (ext.taken & RINGGPU_INT_FAULT) {
    // The ring has stopped at a packet that the device refuses. The one here is right, so start afresh.
    ResetDevice(ext);
    Light(ext);
  } else MovePointer(ext, ext.mode);
}

/* ---- Images ------------------------------------------------------------------------------------------------------------------------- */

/** A colour, 0xRRGGBB, with alpha from 0 to 1: A8R8G8B8, each channel multiplied by alpha beforehand. */
function Premultiplied(colour: number, alpha: number): ULONG {
  const channel = (shift: number) => Math.round(((colour >> shift) & 0xff) * alpha) << shift;
  return ((Math.round(255 * alpha) << 24) | channel(16) | channel(8) | channel(0)) >>> 0;
}

const Clamp = (value: number): number => Math.max(0, Math.min(1, value));

/** Paints an image of colours: of each pixel's middle, its distance from the image's middle and its angle, 0 to 1. */
function PaintImage(
  ext: DeviceExtension,
  shape: Shape,
  image: number,
  pixelAt: (distance: number, angle: number) => ULONG,
): void {
  const { width, height } = shape;
  const address = ext.images.virtual + (shape.page + image * shape.pages) * PAGE_SIZE;
  const pixels = mem.u32(address, width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [right, down] = [x + 0.5 - width / 2, y + 0.5 - height / 2];
      const angle = Math.atan2(down, right) / (2 * Math.PI) + 0.5;
      pixels[y * width + x] = pixelAt(Math.hypot(right, down), angle);
    }
  }
}

/** A light that runs round a dark ring, with a tail that fades. */
function PaintRing(ext: DeviceExtension): void {
  for (let image = 0; image < RING.count; image++) {
    PaintImage(ext, RING, image, (distance, angle) => {
      // Soft edges: what a pixel has of the ring is how near it is to the ring's middle.
      const covered = Clamp(4.5 - Math.abs(distance - 10.5));
      const behind = (image / RING.count - angle + 2) % 1;
      const light = Clamp(1 - behind * 1.6);
      const colour = light > 0 ? 0x5ec8ff : 0x10202c;
      return Premultiplied(colour, covered * (0.35 + 0.65 * light));
    });
  }
}

function PaintGlow(ext: DeviceExtension): void {
  PaintImage(ext, GLOW, 0, (distance) => {
    const core = Clamp(5.5 - distance);
    return Premultiplied(core > 0.5 ? 0xfffbe8 : 0xffd27a, Math.max(core, 0.8 * Clamp(1 - distance / 32) ** 2));
  });
}

/** Keeps everything (AND mask 1), and inverts the lines of a cross (XOR mask 1). */
function PaintCross(ext: DeviceExtension): void {
  const { width, height, hotX, hotY, page } = CROSS;
  const masks = mem.u8(ext.images.virtual + page * PAGE_SIZE, 2 * height * MASK_PITCH);
  masks.fill(0xff, 0, height * MASK_PITCH);
  masks.fill(0, height * MASK_PITCH);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = [Math.abs(x - hotX), Math.abs(y - hotY)];
      const line = (fromX <= 1 && fromY > 4) || (fromY <= 1 && fromX > 4) || fromX + fromY === 0;
      // The first pixel of a byte is its highest bit.
      const at = (height + y) * MASK_PITCH + (x >> 3);
      if (line) masks[at] = (masks[at] as number) | (0x80 >> (x & 7));
    }
  }
}

/* ---- Picture ------------------------------------------------------------------------------------------------------------------------ */

/** A colour, 0xRRGGBB, as a pixel of some depth. */
function ToPixel(colour: number, { red, green, blue }: Depth): number {
  const channel = (shift: number, bits: number) => ((colour >> shift) & 0xff) >> (8 - bits);
  return (channel(16, red) << (green + blue)) | (channel(8, green) << blue) | channel(0, blue);
}

/** A colour between two. */
function Between(from: number, to: number, part: number): number {
  const channel = (shift: number) => {
    const [a, b] = [(from >> shift) & 0xff, (to >> shift) & 0xff];
    return Math.round(a + (b - a) * part) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}

/** Three rows of hills, from the farthest to the nearest: how high they begin, how much they swing, how often. */
const HILLS = [
  { colour: 0x3d6c86, top: 0.62, swing: 0.05, waves: 2.2 },
  { colour: 0x2a5069, top: 0.72, swing: 0.06, waves: 1.4 },
  { colour: 0x183449, top: 0.84, swing: 0.05, waves: 2.7 },
];

/** An evening over hills, a window on it, a bar below: something dark, something bright, something patterned. */
function PaintDesktop(picture: CommonBuffer, mode: Mode): void {
  const { width, height, depth } = mode;
  const views = { 8: mem.u8, 16: mem.u16, 32: mem.u32 } as const;
  const pixels = views[depth.bits](picture.virtual, width * height);
  const fill = (left: number, top: number, right: number, bottom: number, colour: number) => {
    const pixel = ToPixel(colour, depth);
    const [from, to] = [Math.round(left * width), Math.round(right * width)];
    for (let y = Math.round(top * height); y < Math.round(bottom * height); y++)
      pixels.fill(pixel, y * width + from, y * width + to);
  };

  for (let y = 0; y < height; y++) {
    const part = y / height;
    const colour =
      part < 0.4 ? Between(0x14304e, 0x4f8596, part / 0.4) : Between(0x4f8596, 0xf2c58a, (part - 0.4) / 0.4);
    pixels.fill(ToPixel(colour, depth), y * width, (y + 1) * width);
  }
  for (const { colour, top, swing, waves } of HILLS) {
    const pixel = ToPixel(colour, depth);
    const edge = Float64Array.from({ length: width }, (_, x) => {
      const angle = (x / width) * waves * 2 * Math.PI;
      return height * (top + swing * Math.sin(angle) + swing * 0.3 * Math.sin(angle * 2.7 + 1));
    });
    for (let y = Math.floor(Math.min(...edge)); y < height; y++) {
      for (let x = 0; x < width; x++) if (y >= (edge[x] as number)) pixels[y * width + x] = pixel;
    }
  }

  fill(0.14, 0.16, 0.56, 0.6, 0x0d1822);
  fill(0.142, 0.163, 0.558, 0.215, 0x2f6f9e);
  fill(0.142, 0.215, 0.558, 0.597, 0xf3f1ea);
  for (let line = 0; line < 7; line++) {
    const top = 0.25 + line * 0.045;
    fill(0.165, top, 0.3 + ((line * 37) % 11) * 0.006, top + 0.016, 0xb8b4a8);
  }
  for (let square = 0; square < 48; square++) {
    const [column, row] = [square % 8, Math.floor(square / 8)];
    const [left, top] = [0.39 + column * 0.0195, 0.245 + row * 0.054];
    const shade = Between(0x2a5069, 0xf2a65a, (column + row) / 12);
    fill(left, top, left + 0.0195, top + 0.054, (column + row) % 2 ? shade : 0xfffdf6);
  }
  fill(0, 0.945, 1, 1, 0x101c26);
  fill(0.008, 0.955, 0.07, 0.99, 0x2f6f9e);
  fill(0.08, 0.955, 0.2, 0.99, 0x22323f);
}

/* ---- The end --------------------------------------------------------------------------------------------------------------------- */

/** The system is shutting down. First the device must stop using the memory; then it goes back. */
function HwVidSetPowerState(ext: DeviceExtension, hwId: ULONG, control: { readonly PowerState: number }): VP_STATUS {
  if (hwId !== DISPLAY_ADAPTER_HW_ID || control.PowerState !== VideoPowerShutdown) return NO_ERROR;
  GoDark(ext);
  for (const buffer of [ext.images, ext.ring]) ReleaseShared(ext, buffer);
  VideoPortPutDmaAdapter(ext, ext.adapter);
  return NO_ERROR;
}

/* ---- Registers -------------------------------------------------------------------------------------------------------------------- */

function ReadRegister(ext: DeviceExtension, name: keyof typeof RINGGPU_REG): ULONG {
  return VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG[name]);
}

function WriteRegister(ext: DeviceExtension, name: keyof typeof RINGGPU_REG, value: ULONG): void {
  VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG[name], value);
}
