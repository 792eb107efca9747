/**
 * sprites: a miniport that shows thousands of glowing balls, blended over one another.
 *
 * The balls come from an *atlas*: one texture that holds all their kinds, side by side. It is painted
 * once, with premultiplied alpha, so that their rims are soft. For each frame the processor writes
 * two triangles a ball into a common buffer, and puts four packets into the ring, however many
 * balls there are:
 *
 *   FILL_RECT        the background
 *   DRAW_TRIANGLES   all balls, the later over the earlier
 *   FLIP             show that frame from the next vertical blank on
 *   FENCE            when all that is done, write this number into memory
 *
 * One packet for everything is what makes it fast: the device hands the triangles of a packet out to
 * all its lanes at once, and keeps their order all the same.
 *
 * And nothing crosses the bus that need not. Atlas and frames lie in *local memory*, the device's
 * own: the atlas was brought there once, and what the device draws into a frame there it shows from
 * there. Only the vertices are the processor's, so only they are read out of system memory, 192 KB a
 * frame. With the frames in common buffers the device would have to write every pixel it draws
 * back into system memory: watch the figures of bytes written while this runs, and while cube does.
 *
 * Read mini.ts first: how a miniport starts, serves requests and gives everything back is the same
 * here, and is explained there.
 */

import {
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_FLAG_BLEND,
  RINGGPU_FLAG_TEXTURED,
  RINGGPU_FORMAT_A8R8G8B8,
  RINGGPU_FORMAT_X8R8G8B8,
  RINGGPU_FORMATS,
  RINGGPU_HEADER,
  RINGGPU_ID,
  RINGGPU_INT_FAULT,
  RINGGPU_INT_VBLANK,
  RINGGPU_LOCAL_HI,
  RINGGPU_LOCAL_OFFSET,
  RINGGPU_PAIR,
  RINGGPU_REG,
  RINGGPU_SCANOUT_ENABLE,
  RINGGPU_STATUS_RESETTING,
  RINGGPU_VERTEX_WORDS,
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
  VIDEO_MEMORY,
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
  VideoPortDebugPrint,
  VideoPortFreePool,
  VideoPortGetAccessRanges,
  VideoPortGetDeviceBase,
  VideoPortGetDmaAdapter,
  VideoPortInitialize,
  VideoPortMapMemory,
  VideoPortPutDmaAdapter,
  VideoPortQueueDpc,
  VideoPortReadRegisterUlong,
  VideoPortReleaseCommonBuffer,
  VideoPortStallExecution,
  VideoPortSynchronizeExecution,
  VideoPortUnmapMemory,
  VideoPortWriteRegisterBufferUlong,
  VideoPortWriteRegisterUlong,
  VideoPortZeroMemory,
  VideoPowerShutdown,
  type VP_STATUS,
  VpMediumPriority,
  VpNonPagedPool,
} from 'videoport';

/* ---- What the driver remembers ------------------------------------------------------------------------------------------------ */

/**
 * A common buffer has two addresses. Mixing them up is the first mistake of every driver writer:
 * the device cannot use the one, nor the processor the other.
 */
interface CommonBuffer {
  /** For the processor. */
  virtual: PVOID;
  /** For the device. */
  logical: PHYSICAL_ADDRESS;
  length: ULONG;
}

/**
 * A frame buffer in local memory, into which only the device draws; the vertices of the triangles on
 * it; and the fence behind which the device is done with both.
 */
interface Frame {
  /** Byte offset in local memory. */
  offset: ULONG;
  vertices: CommonBuffer;
  fence: ULONG;
}

/** A rectangle of the screen, in pixels. */
interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** One per device. The port creates it, empty, and passes it to every callback. */
interface DeviceExtension {
  /** Where the registers are mapped, and, further on, the window onto local memory. */
  registers: PVOID;
  /** Where on the bus that window is. */
  localBase: PHYSICAL_ADDRESS;
  adapter: PVP_DMA_ADAPTER;
  ring: CommonBuffer;
  /** The page into which the device writes the value of each FENCE that it has passed. */
  fencePage: CommonBuffer;
  frames: Frame[];
  /** The mode that is set, or null. */
  mode: Mode | null;
  /** Byte offset in the ring behind the last packet. */
  tail: ULONG;
  /** Value of the last FENCE that was put into the ring. */
  lastFence: ULONG;
  /** Interrupt causes that HwVidInterrupt has seen and the DPC has not. */
  causes: ULONG;
  /** The causes that the DPC is dealing with. */
  taken: ULONG;
  /** Frames drawn so far. */
  frameNumber: number;
  /** The frame that was flipped to last: on the screen, or about to be. */
  newest: Frame | null;
}

/* ---- Modes -------------------------------------------------------------------------------------------------------------------------- */

interface Mode {
  width: ULONG;
  height: ULONG;
}

const MODES: readonly Mode[] = [
  { width: 640, height: 480 },
  { width: 800, height: 600 },
  { width: 1024, height: 768 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];

const BYTES_PER_PIXEL = 4;
const RING_SIZE = PAGE_SIZE;
/** Balls on the screen, and how many kinds of them, of how many pixels across. */
const SPRITE_COUNT = 2000;
const KINDS = 8;
const SPRITE_SIZE = 16;
const TEXTURE_WIDTH = KINDS * SPRITE_SIZE;
const TEXTURE_HEIGHT = SPRITE_SIZE;
/** Two triangles a ball. */
const VERTICES_SIZE = SPRITE_COUNT * 2 * 3 * RINGGPU_VERTEX_WORDS * 4;
const BACKGROUND = 0x0c1420;
/** One on the screen, one on its way there, one to draw into. */
const FRAME_COUNT = 3;
/** Room for the largest mode. */
const LARGEST_FRAME = Math.max(...MODES.map((mode) => mode.width * mode.height)) * BYTES_PER_PIXEL;

/**
 * Local memory belongs to nobody but us, so nobody allocates it either: where what lies is written
 * down here. The atlas, every kind of ball side by side, comes first, on a page of its own or two.
 */
const TEXTURE_OFFSET = 0;
const TEXTURE_SIZE = TEXTURE_WIDTH * TEXTURE_HEIGHT * BYTES_PER_PIXEL;
const FIRST_FRAME = Math.ceil(TEXTURE_SIZE / PAGE_SIZE) * PAGE_SIZE;
const LOCAL_NEEDED = FIRST_FRAME + FRAME_COUNT * LARGEST_FRAME;
/** Tells our pool allocations from everybody else's: 'sprt'. */
const TAG = 0x74727073;

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

/**
 * Claims the device's addresses and allocates everything. The screen still belongs to the firmware:
 * nothing on it may change yet.
 */
function HwVidFindAdapter(
  ext: DeviceExtension,
  _context: PVOID,
  _argument: string | null,
  config: VIDEO_PORT_CONFIG_INFO,
): VP_STATUS {
  // The ranges that the bus gave to the device: its registers and local memory first, then a pair of
  // I/O ports that this driver does not use.
  const ranges: VIDEO_ACCESS_RANGE[] = [];
  const claimed = VideoPortGetAccessRanges(ext, 0, NULL, 2, ranges, NULL, NULL, out<ULONG>());
  if (claimed !== NO_ERROR) return claimed;
  const registers = ranges[0];
  if (!registers) return ERROR_DEV_NOT_EXIST;
  ext.localBase = registers.RangeStart + BigInt(RINGGPU_LOCAL_OFFSET);
  ext.registers = VideoPortGetDeviceBase(ext, registers.RangeStart, registers.RangeLength, registers.RangeInIoSpace);
  if (ext.registers === NULL) return ERROR_INVALID_PARAMETER;

  // Is it what we think it is?
  if (VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG.ID) !== RINGGPU_ID) return ERROR_DEV_NOT_EXIST;
  if (ReadRegister(ext, 'LOCAL_SIZE') < LOCAL_NEEDED) return ERROR_NOT_ENOUGH_MEMORY;

  // An adapter object stands for what the device can reach: here the first 4 GiB of logical
  // addresses, in pieces as large as the vertices of a frame.
  ext.adapter = VideoPortGetDmaAdapter(ext, {
    ScatterGather: false,
    Dma32BitAddresses: true,
    Dma64BitAddresses: false,
    MaximumLength: VERTICES_SIZE,
  });
  if (ext.adapter === NULL) return ERROR_NOT_ENOUGH_MEMORY;

  const ring = AllocateShared(ext, RING_SIZE);
  const fencePage = AllocateShared(ext, PAGE_SIZE);
  const vertices = Array.from({ length: FRAME_COUNT }, () => AllocateShared(ext, VERTICES_SIZE));
  if (!ring || !fencePage || vertices.includes(null)) {
    // Common buffers are NULL when memory is short. What we did get has to go back, in reverse
    // order, the adapter last.
    for (const buffer of [ring, fencePage, ...vertices].reverse()) if (buffer) ReleaseShared(ext, buffer);
    VideoPortPutDmaAdapter(ext, ext.adapter);
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  ext.ring = ring;
  ext.fencePage = fencePage;
  ext.frames = vertices
    .filter((buffer) => buffer !== null)
    .map((buffer, i) => ({ offset: FIRST_FRAME + i * LARGEST_FRAME, vertices: buffer, fence: 0 }));
  ext.mode = null;
  ext.tail = 0;
  ext.lastFence = 0;
  ext.causes = 0;
  ext.taken = 0;
  ext.frameNumber = 0;
  ext.newest = null;

  // Nobody promises zeros: a stale number in the fence page would look like a fence that has
  // passed.
  VideoPortZeroMemory(ext.fencePage.virtual, PAGE_SIZE);

  VideoPortDebugPrint(Info, 'sprites: interrupt level %u, registers at %p', config.BusInterruptLevel, ext.registers);
  VideoPortDebugPrint(
    Info,
    'sprites: ring for the processor at %p, for the device at %I64x',
    ext.ring.virtual,
    ext.ring.logical,
  );
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

/**
 * From here on the device is ours. Sets it up, with the interrupts still off: they begin with the
 * first mode. Local memory outlives every later reset, so the atlas is brought there once.
 */
function HwVidInitialize(ext: DeviceExtension): boolean {
  ResetDevice(ext);
  return BringTexture(ext);
}

/**
 * Paints the atlas in the pool, and copies it through the window into local memory in one go: one
 * long write crosses a bus in far less time than thousands of short ones. The device finds it there
 * from the next doorbell on. FALSE when there is no memory to paint in.
 */
function BringTexture(ext: DeviceExtension): boolean {
  const block = VideoPortAllocatePool(ext, VpNonPagedPool, TEXTURE_SIZE, TAG);
  if (block === NULL) return false;
  PaintTexture(mem.u32(block, TEXTURE_SIZE / 4));
  VideoPortWriteRegisterBufferUlong(ext.registers + RINGGPU_LOCAL_OFFSET + TEXTURE_OFFSET, block, TEXTURE_SIZE / 4);
  VideoPortFreePool(ext, block);
  return true;
}

/**
 * Power-on state, then the addresses that the device needs. Every address here is a logical one.
 */
function ResetDevice(ext: DeviceExtension): void {
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_RESET);
  // A reset takes as long as the device needs to let go of what it was doing.
  while (ReadRegister(ext, 'STATUS') & RINGGPU_STATUS_RESETTING) VideoPortStallExecution(10);

  ext.tail = 0;
  WriteRegister(ext, 'RING_BASE_LO', LowPart(ext.ring.logical));
  WriteRegister(ext, 'RING_BASE_HI', HighPart(ext.ring.logical));
  WriteRegister(ext, 'RING_SIZE', RING_SIZE);
  WriteRegister(ext, 'FENCE_ADDR_LO', LowPart(ext.fencePage.logical));
  WriteRegister(ext, 'FENCE_ADDR_HI', HighPart(ext.fencePage.logical));
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
      if (!mode) return ERROR_INVALID_PARAMETER;
      SetMode(ext, mode);
      return NO_ERROR;
    }

    case IOCTL_VIDEO_MAP_VIDEO_MEMORY: {
      if (InputBufferLength < VIDEO_MEMORY.size) return ERROR_INSUFFICIENT_BUFFER;
      if (OutputBufferLength < VIDEO_MEMORY_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      const [first] = ext.frames;
      if (!ext.mode || !first) return ERROR_INVALID_FUNCTION;
      // The caller gets a window of its own onto the first frame, and gives it back by the request below.
      const bytes = out<ULONG>(ext.mode.width * ext.mode.height * BYTES_PER_PIXEL);
      const window = out<PVOID>(VIDEO_MEMORY.read(InputBuffer).RequestedVirtualAddress);
      const mapped = VideoPortMapMemory(ext, ext.localBase + BigInt(first.offset), bytes, out<ULONG>(0), window);
      if (mapped !== NO_ERROR) return mapped;
      VIDEO_MEMORY_INFORMATION.write(OutputBuffer, {
        VideoRamBase: window.value,
        VideoRamLength: bytes.value,
        FrameBufferBase: window.value,
        FrameBufferLength: bytes.value,
      });
      StatusBlock.Information = VIDEO_MEMORY_INFORMATION.size;
      return NO_ERROR;
    }

    case IOCTL_VIDEO_UNMAP_VIDEO_MEMORY:
      if (InputBufferLength < VIDEO_MEMORY.size) return ERROR_INSUFFICIENT_BUFFER;
      return VideoPortUnmapMemory(ext, VIDEO_MEMORY.read(InputBuffer).RequestedVirtualAddress, NULL);

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

/**
 * Lights the screen. The first frame is drawn here; every later one by the DPC, after an interrupt.
 */
function SetMode(ext: DeviceExtension, mode: Mode): void {
  ext.mode = mode;
  WriteRegister(ext, 'SCANOUT_CONTROL', RINGGPU_SCANOUT_ENABLE);
  ShowNextFrame(ext);
  WriteRegister(ext, 'INT_ENABLE', RINGGPU_INT_VBLANK | RINGGPU_INT_FAULT);
}

/* ---- Interrupt and DPC --------------------------------------------------------------------------------------------------------- */

/**
 * At DIRQL, with everything else standing still. So: is it ours, make the device take its hand off
 * the line, queue the work, out. Only a handful of functions may be
 * called from here.
 */
function HwVidInterrupt(ext: DeviceExtension): boolean {
  const status = ReadRegister(ext, 'INT_STATUS');
  if (status === 0) return false;
  WriteRegister(ext, 'INT_STATUS', status);
  // There is one DPC a device. If it is queued already, QueueDpc returns FALSE and drops its context: so
  // what happened is kept in the extension, and the context carries nothing.
  ext.causes |= status;
  VideoPortQueueDpc(ext, DrawFrame, null);
  return true;
}

/** At DIRQL, where HwVidInterrupt cannot come between the reading and the clearing. */
function TakeCauses(ext: DeviceExtension): boolean {
  ext.taken = ext.causes;
  ext.causes = 0;
  return true;
}

/** At DISPATCH_LEVEL, soon after. */
function DrawFrame(ext: DeviceExtension): void {
  VideoPortSynchronizeExecution(ext, VpMediumPriority, TakeCauses, ext);
  if (ext.taken & RINGGPU_INT_FAULT) {
    // The ring has stopped at a packet that the device refuses. The packets here are right, so start afresh.
    ResetDevice(ext);
    ext.lastFence = FencePassed(ext);
    for (const frame of ext.frames) frame.fence = ext.lastFence;
    ext.newest = null;
    if (ext.mode) SetMode(ext, ext.mode);
    return;
  }
  if (ext.mode) ShowNextFrame(ext);
}

/* ---- Frames ---------------------------------------------------------------------------------------------------------------------- */

/** Has the device draw into a frame that is nobody's, and show it. */
function ShowNextFrame(ext: DeviceExtension): void {
  const onScreen = ReadRegister(ext, 'SCANOUT_ACTIVE_LO');
  // The frame before this one still waits for its turn. A second FLIP would take its place, and
  // nobody would see it.
  if (ext.newest && ext.newest.offset !== onScreen) return;
  const frame = FreeFrame(ext, onScreen);
  // All three are still the device's: this vertical blank shows the old picture once more.
  if (!frame || !ext.mode) return;
  const triangles = BuildSprites(frame.vertices, ext.mode, ext.frameNumber++);

  ext.lastFence++;
  frame.fence = ext.lastFence;
  ext.newest = frame;
  const { width, height } = ext.mode;
  PutFill(ext, frame, BACKGROUND, ext.mode);
  const area = { left: 0, top: 0, width, height };
  PutTriangles(ext, frame, RINGGPU_FLAG_TEXTURED | RINGGPU_FLAG_BLEND, triangles, ext.mode, area);
  Put(ext, RINGGPU_HEADER('FLIP'));
  Put(ext, frame.offset);
  Put(ext, RINGGPU_LOCAL_HI);
  Put(ext, width * BYTES_PER_PIXEL);
  Put(ext, RINGGPU_PAIR(width, height));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
  Put(ext, RINGGPU_HEADER('FENCE'));
  Put(ext, ext.lastFence);
  // The doorbell. Everything that the packets speak of must be in memory before it rings.
  WriteRegister(ext, 'RING_TAIL', ext.tail);
}

/**
 * A frame that the device does not own. It owns a frame until it has taken it in (the frame's fence
 * has passed), and as long as it is on the screen or next to be.
 */
function FreeFrame(ext: DeviceExtension, onScreen: ULONG): Frame | undefined {
  const passed = FencePassed(ext);
  return ext.frames.find((frame) => frame.fence <= passed && frame !== ext.newest && frame.offset !== onScreen);
}

/**
 * The last fence that the device has passed, as it wrote it into our memory: no register is read
 * for that.
 */
function FencePassed(ext: DeviceExtension): ULONG {
  return mem.u32(ext.fencePage.virtual, 1)[0] ?? 0;
}

/**
 * Puts one word into the ring. The ring is a circle: after its end comes its beginning. It cannot
 * overflow here, since at most three frames are under way.
 */
function Put(ext: DeviceExtension, word: ULONG): void {
  mem.u32(ext.ring.virtual + ext.tail, 1)[0] = word;
  ext.tail = (ext.tail + 4) % RING_SIZE;
}

/* ---- Picture -------------------------------------------------------------------------------------------------------------------- */

const KIND_COLOURS = [0xff6050, 0xffa040, 0xffe060, 0x80e070, 0x50d0e0, 0x6090ff, 0xb070ff, 0xff70c0];

/**
 * Paints the atlas: balls with a bright spot, whose alpha falls off at the rim. Premultiplied means
 * that a texel's red, green and blue already hold their share: the device adds them as they are.
 */
function PaintTexture(texels: Uint32Array): void {
  const middle = (SPRITE_SIZE - 1) / 2;
  for (let kind = 0; kind < KINDS; kind++) {
    const colour = KIND_COLOURS[kind] ?? 0;
    for (let y = 0; y < SPRITE_SIZE; y++) {
      for (let x = 0; x < SPRITE_SIZE; x++) {
        const radius = Math.hypot(x - middle, y - middle) / (SPRITE_SIZE / 2);
        const alpha = Math.min(1, Math.max(0, (1 - radius) * 2.5)) * 0.85;
        const shine = Math.max(0, 1 - Math.hypot(x - middle * 0.65, y - middle * 0.65) / (SPRITE_SIZE * 0.3));
        const channel = (bit: number) => {
          const full = ((colour >> bit) & 255) * (1 - shine) + 255 * shine;
          return Math.round(full * alpha) << bit;
        };
        const texel = (Math.round(alpha * 255) << 24) | channel(16) | channel(8) | channel(0);
        texels[y * TEXTURE_WIDTH + kind * SPRITE_SIZE + x] = texel;
      }
    }
  }
}

/**
 * Writes one vertex: x and y in sixteenths of a pixel, a colour, and u and v in sixteenths of a texel.
 * Returns where the next one goes.
 */
function PutVertex(words: Uint32Array, at: number, x: number, y: number, colour: number, u: number, v: number): number {
  words[at] = Math.round(x * 16);
  words[at + 1] = Math.round(y * 16);
  words[at + 2] = colour;
  words[at + 3] = RINGGPU_PAIR(Math.round(u * 16), Math.round(v * 16));
  return at + RINGGPU_VERTEX_WORDS;
}

/** Writes the triangles of one frame, and returns how many. */
function BuildSprites(vertices: CommonBuffer, mode: Mode, frameNumber: number): number {
  const words = mem.u32(vertices.virtual, VERTICES_SIZE / 4);
  let at = 0;
  for (let i = 0; i < SPRITE_COUNT; i++) {
    // Each ball has a pace of its own along its curve; no two curves are alike.
    const phase = i * 2.399963 + frameNumber * 0.004 * (1 + (i % 7) / 3);
    const spread = Math.sqrt((i + 0.5) / SPRITE_COUNT);
    const x = mode.width * (0.5 + 0.47 * spread * Math.cos(phase)) - SPRITE_SIZE / 2;
    const y = mode.height * (0.5 + 0.47 * spread * Math.sin(phase + Math.sin(frameNumber * 0.01 + i) * 0.2));
    at = PutSprite(words, at, x, y - SPRITE_SIZE / 2, i % KINDS);
  }
  return at / (3 * RINGGPU_VERTEX_WORDS);
}

/** Two triangles that show one kind of ball, as large as it is in the atlas. Opaque white changes no colour of it. */
function PutSprite(words: Uint32Array, at: number, x: number, y: number, kind: number): number {
  let next = at;
  const corner = (right: 0 | 1, down: 0 | 1) => {
    const u = (kind + right) * SPRITE_SIZE;
    next = PutVertex(words, next, x + right * SPRITE_SIZE, y + down * SPRITE_SIZE, 0xffffffff, u, down * SPRITE_SIZE);
  };
  corner(0, 0);
  corner(1, 0);
  corner(0, 1);
  corner(1, 0);
  corner(1, 1);
  corner(0, 1);
  return next;
}

/** Puts the packet that fills a whole frame with one colour: it need not know what was there before. */
function PutFill(ext: DeviceExtension, frame: Frame, colour: number, mode: Mode): void {
  Put(ext, RINGGPU_HEADER('FILL_RECT'));
  Put(ext, frame.offset);
  Put(ext, RINGGPU_LOCAL_HI);
  Put(ext, mode.width * BYTES_PER_PIXEL);
  Put(ext, RINGGPU_PAIR(0, 0));
  Put(ext, RINGGPU_PAIR(mode.width, mode.height));
  Put(ext, RINGGPU_FORMAT_X8R8G8B8);
  Put(ext, colour);
}

/**
 * Puts the packet that draws the first `count` triangles of a frame's vertices, in a rectangle of
 * the frame: nothing of them lies beyond it, and the device need not look there.
 */
function PutTriangles(ext: DeviceExtension, frame: Frame, flags: number, count: number, mode: Mode, area: Area): void {
  Put(ext, RINGGPU_HEADER('DRAW_TRIANGLES', flags));
  Put(ext, frame.offset);
  Put(ext, RINGGPU_LOCAL_HI);
  Put(ext, mode.width * BYTES_PER_PIXEL);
  Put(ext, RINGGPU_PAIR(area.left, area.top));
  Put(ext, TEXTURE_OFFSET);
  Put(ext, RINGGPU_LOCAL_HI);
  Put(ext, TEXTURE_WIDTH * BYTES_PER_PIXEL);
  Put(ext, RINGGPU_PAIR(TEXTURE_WIDTH, TEXTURE_HEIGHT));
  Put(ext, RINGGPU_PAIR(area.width, area.height));
  Put(ext, RINGGPU_FORMATS(RINGGPU_FORMAT_X8R8G8B8, RINGGPU_FORMAT_A8R8G8B8));
  Put(ext, LowPart(frame.vertices.logical));
  Put(ext, HighPart(frame.vertices.logical));
  Put(ext, count);
}

/* ---- The end --------------------------------------------------------------------------------------------------------------------- */

/**
 * A miniport is never unloaded, so this is the one moment to give back what it holds: the system is
 * shutting down. First the device must stop using the memory.
 */
function HwVidSetPowerState(ext: DeviceExtension, hwId: ULONG, control: { readonly PowerState: number }): VP_STATUS {
  if (hwId !== DISPLAY_ADAPTER_HW_ID || control.PowerState !== VideoPowerShutdown) return NO_ERROR;
  ext.mode = null;
  WriteRegister(ext, 'CONTROL', RINGGPU_CONTROL_RESET);
  while (ReadRegister(ext, 'STATUS') & RINGGPU_STATUS_RESETTING) VideoPortStallExecution(10);
  for (const frame of ext.frames) ReleaseShared(ext, frame.vertices);
  for (const buffer of [ext.fencePage, ext.ring]) ReleaseShared(ext, buffer);
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
