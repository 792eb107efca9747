/**
 * mini: the smallest complete miniport for RingGPU.
 *
 * A miniport is the half of a Windows display driver that owns the hardware. The other half, the
 * video port driver, is the module `videoport`; the names are the DDK's own, so each can be looked
 * up there. Read on in the order in which the system calls:
 *
 *   DriverEntry          here is my code                                   once
 *   HwVidFindAdapter     find the device, claim it, allocate memory        once
 *   HwVidInitialize      the device may be touched from now on             once
 *   HwVidStartIO         requests: which modes are there, set this one     now and then
 *   HwVidInterrupt       the device wants something                        60 times a second
 *   DrawFrame (a DPC)    the work that an interrupt routine may not do     60 times a second
 *   HwVidSetPowerState   give everything back                              once
 *
 * How a picture gets to the screen: three frame buffers lie in *common buffers*, memory that the
 * processor and the device both reach. The processor draws into one. Then it writes two packets
 * into the *ring*, itself a common buffer, and tells the device how far the ring is filled: the
 * *doorbell*.
 *
 *   FLIP    show that frame from the next vertical blank on
 *   FENCE   when you have taken the frame in, write this number into memory
 *
 * From the number in memory the driver knows which frames the device still owns. It never draws
 * into one of those.
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
  VideoPortZeroMemory,
  VideoPowerShutdown,
  type VP_STATUS,
  VpMediumPriority,
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

/** A frame buffer, and the fence behind which the device is done with taking it in. */
interface Frame extends CommonBuffer {
  fence: ULONG;
}

/** One per device. The port creates it, empty, and passes it to every callback. */
interface DeviceExtension {
  /** Where the registers are mapped. */
  registers: PVOID;
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
/** One on the screen, one on its way there, one to draw into. */
const FRAME_COUNT = 3;
/**
 * The largest mode decides: memory is allocated once, at start-up, when there still is some in one
 * piece.
 */
const LARGEST_FRAME = Math.max(...MODES.map((mode) => mode.width * mode.height)) * BYTES_PER_PIXEL;

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
  // The ranges that the bus gave to the device: its registers first, then a pair of I/O ports that
  // this driver does not use.
  const ranges: VIDEO_ACCESS_RANGE[] = [];
  const claimed = VideoPortGetAccessRanges(ext, 0, NULL, 2, ranges, NULL, NULL, out<ULONG>());
  if (claimed !== NO_ERROR) return claimed;
  const registers = ranges[0];
  if (!registers) return ERROR_DEV_NOT_EXIST;
  ext.registers = VideoPortGetDeviceBase(ext, registers.RangeStart, registers.RangeLength, registers.RangeInIoSpace);
  if (ext.registers === NULL) return ERROR_INVALID_PARAMETER;

  // Is it what we think it is?
  if (VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG.ID) !== RINGGPU_ID) return ERROR_DEV_NOT_EXIST;

  // An adapter object stands for what the device can reach: here the first 4 GiB of logical
  // addresses, in pieces as large as a frame.
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
  if (!ring || !fencePage || frames.includes(null)) {
    // Common buffers are NULL when memory is short. What we did get has to go back, in reverse
    // order, the adapter last.
    for (const buffer of [...frames, fencePage, ring].reverse()) if (buffer) ReleaseShared(ext, buffer);
    VideoPortPutDmaAdapter(ext, ext.adapter);
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  ext.ring = ring;
  ext.fencePage = fencePage;
  ext.frames = frames.filter((frame) => frame !== null).map((frame) => ({ ...frame, fence: 0 }));
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

  VideoPortDebugPrint(Info, 'mini: interrupt level %u, registers at %p', config.BusInterruptLevel, ext.registers);
  VideoPortDebugPrint(
    Info,
    'mini: ring for the processor at %p, for the device at %I64x',
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
 * first mode.
 */
function HwVidInitialize(ext: DeviceExtension): boolean {
  ResetDevice(ext);
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
      if (OutputBufferLength < VIDEO_MEMORY_INFORMATION.size) return ERROR_INSUFFICIENT_BUFFER;
      const [first] = ext.frames;
      if (!ext.mode || !first) return ERROR_INVALID_FUNCTION;
      const bytes = ext.mode.width * ext.mode.height * BYTES_PER_PIXEL;
      VIDEO_MEMORY_INFORMATION.write(OutputBuffer, {
        VideoRamBase: first.virtual,
        VideoRamLength: bytes,
        FrameBufferBase: first.virtual,
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
 * the line, queue the work, out. Only a handful of functions may be called from here.
 */
function HwVidInterrupt(ext: DeviceExtension): boolean {
  const status = ReadRegister(ext, 'INT_STATUS');
  if (status === 0) return false;
  WriteRegister(ext, 'INT_STATUS', status);
  // There is one DPC a device. If it is queued already, QueueDpc returns FALSE and drops its
  // context: so what happened is kept in the extension, and the context carries nothing.
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
    // The ring has stopped at a packet that the device refuses. mini's packets are right, so start
    // afresh.
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

/** Draws into a frame that is nobody's, and hands it to the device. */
function ShowNextFrame(ext: DeviceExtension): void {
  const onScreen = ReadRegister(ext, 'SCANOUT_ACTIVE_LO');
  // The frame before this one still waits for its turn. A second FLIP would take its place, and
  // nobody would see it.
  if (ext.newest && LowPart(ext.newest.logical) !== onScreen) return;
  const frame = FreeFrame(ext, onScreen);
  // All three are still the device's: this vertical blank shows the old picture once more.
  if (!frame || !ext.mode) return;
  Paint(frame, ext.mode, ext.frameNumber++);

  ext.lastFence++;
  frame.fence = ext.lastFence;
  ext.newest = frame;
  const { width, height } = ext.mode;
  Put(ext, RINGGPU_HEADER('FLIP'));
  Put(ext, LowPart(frame.logical));
  Put(ext, HighPart(frame.logical));
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
  return ext.frames.find(
    (frame) => frame.fence <= passed && frame !== ext.newest && LowPart(frame.logical) !== onScreen,
  );
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

/** Pixels from this sine table, so that nothing is computed twice. */
const WAVE = Int16Array.from({ length: 1024 }, (_, i) => Math.round(127 * Math.sin((i * 2 * Math.PI) / 1024)));

/** Height of the wave at an angle, a full turn being 1024. */
function wave(angle: number): number {
  return WAVE[angle & 1023] as number;
}

/** One colour for each height of the waves: night blue, teal, gold, and back. */
const COLOURS = Uint32Array.from({ length: 512 }, (_, i) => {
  const t = (i * 2 * Math.PI) / 512;
  const red = 70 + 62 * Math.sin(t + 4.2) + 62 * Math.max(0, Math.sin(t - 1.9));
  const green = 78 + 70 * Math.sin(t - 0.5);
  const blue = 118 + 72 * Math.sin(t + 1.2);
  return (Math.round(red) << 16) | (Math.round(green) << 8) | Math.round(blue);
});

/**
 * Four waves that cross, and the frame's number in a corner. A line at a time is written, straight
 * into memory that the device will read.
 */
function Paint(frame: Frame, mode: Mode, number: number): void {
  const { width, height } = mode;
  const pixels = mem.u32(frame.virtual, width * height);
  const acrossWave = new Int16Array(width);
  for (let x = 0; x < width; x++) {
    acrossWave[x] = wave(x * 2 + number * 5) + wave(x * 3 - number * 3);
  }
  for (let y = 0; y < height; y++) {
    const down = wave(y * 3 + number * 4) + 512;
    const row = y * width;
    let slant = y * 2 - number * 7;
    for (let x = 0; x < width; x++) {
      slant += 2;
      pixels[row + x] = COLOURS[((acrossWave[x] as number) + down + wave(slant)) & 511] as number;
    }
  }
  PaintNumber(pixels, mode, number);
}

/** Digits, three pixels wide and five high; each row is three bits. */
const DIGITS = [
  [7, 5, 5, 5, 7],
  [2, 6, 2, 2, 7],
  [7, 1, 7, 4, 7],
  [7, 1, 7, 1, 7],
  [5, 5, 7, 1, 1],
  [7, 4, 7, 1, 7],
  [7, 4, 7, 5, 7],
  [7, 1, 1, 1, 1],
  [7, 5, 7, 5, 7],
  [7, 5, 7, 1, 7],
];

/**
 * The frame's number, white on a dark plate: how one sees that none is shown twice, and none is
 * left out.
 */
function PaintNumber(pixels: Uint32Array, mode: Mode, number: number): void {
  const scale = Math.max(3, Math.round(mode.height / 120));
  const text = String(number % 1_000_000).padStart(6, '0');
  const left = 4 * scale;
  const top = mode.height - 10 * scale;
  for (let y = top - 2 * scale; y < top + 7 * scale; y++) {
    pixels.fill(0x101820, y * mode.width + left - 2 * scale, y * mode.width + left + (text.length * 4 + 1) * scale);
  }
  for (let i = 0; i < text.length; i++) {
    const rows = DIGITS[Number(text[i])] ?? [];
    for (let y = 0; y < rows.length * scale; y++) {
      for (let x = 0; x < 3 * scale; x++) {
        const lit = (rows[Math.floor(y / scale)] ?? 0) & (4 >> Math.floor(x / scale));
        if (lit) pixels[(top + y) * mode.width + left + i * 4 * scale + x] = 0xf4f4f0;
      }
    }
  }
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
  for (const buffer of [...ext.frames, ext.fencePage, ext.ring]) ReleaseShared(ext, buffer);
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
