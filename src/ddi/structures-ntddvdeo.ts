/**
 * Structures of ntddvdeo.h: what travels in VRP buffers. x86 offsets and sizes; every pointer and handle has 4 bytes.
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddvdeo/
 */
import { structure, union } from './layout.ts';

/** IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, output. */
export const VIDEO_NUM_MODES = structure('VIDEO_NUM_MODES', {
  NumModes: 'ULONG',
  ModeInformationLength: 'ULONG',
});

/** IOCTL_VIDEO_SET_CURRENT_MODE, input. Low 30 bits: ModeIndex; then the VIDEO_MODE_ flags. */
export const VIDEO_MODE = structure('VIDEO_MODE', {
  RequestedMode: 'ULONG',
});

/** IOCTL_VIDEO_QUERY_AVAIL_MODES and QUERY_CURRENT_MODE, output. ScreenStride is in bytes. */
export const VIDEO_MODE_INFORMATION = structure('VIDEO_MODE_INFORMATION', {
  Length: 'ULONG',
  ModeIndex: 'ULONG',
  VisScreenWidth: 'ULONG',
  VisScreenHeight: 'ULONG',
  ScreenStride: 'ULONG',
  NumberOfPlanes: 'ULONG',
  BitsPerPlane: 'ULONG',
  Frequency: 'ULONG',
  XMillimeter: 'ULONG',
  YMillimeter: 'ULONG',
  NumberRedBits: 'ULONG',
  NumberGreenBits: 'ULONG',
  NumberBlueBits: 'ULONG',
  RedMask: 'ULONG',
  GreenMask: 'ULONG',
  BlueMask: 'ULONG',
  AttributeFlags: 'ULONG',
  VideoMemoryBitmapWidth: 'ULONG',
  VideoMemoryBitmapHeight: 'ULONG',
  DriverSpecificAttributeFlags: 'ULONG',
});

/** IOCTL_VIDEO_MAP_VIDEO_MEMORY, UNMAP_VIDEO_MEMORY and FREE_PUBLIC_ACCESS_RANGES, input. */
export const VIDEO_MEMORY = structure('VIDEO_MEMORY', {
  RequestedVirtualAddress: 'PVOID',
});

/** IOCTL_VIDEO_MAP_VIDEO_MEMORY, output. FrameBufferLength is VisScreenHeight × ScreenStride (its page says width: an error).  */
export const VIDEO_MEMORY_INFORMATION = structure('VIDEO_MEMORY_INFORMATION', {
  VideoRamBase: 'PVOID',
  VideoRamLength: 'ULONG',
  FrameBufferBase: 'PVOID',
  FrameBufferLength: 'ULONG',
});

/** IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES, output: an array of these. */
export const VIDEO_PUBLIC_ACCESS_RANGES = structure('VIDEO_PUBLIC_ACCESS_RANGES', {
  InIoSpace: 'ULONG',
  MappedInIoSpace: 'ULONG',
  VirtualAddress: 'PVOID',
});

/** IOCTL_VIDEO_SHARE_VIDEO_MEMORY and UNSHARE_VIDEO_MEMORY, input. */
export const VIDEO_SHARE_MEMORY = structure('VIDEO_SHARE_MEMORY', {
  ProcessHandle: 'PVOID',
  ViewOffset: 'ULONG',
  ViewSize: 'ULONG',
  RequestedVirtualAddress: 'PVOID',
});

/** IOCTL_VIDEO_SHARE_VIDEO_MEMORY, output. */
export const VIDEO_SHARE_MEMORY_INFORMATION = structure('VIDEO_SHARE_MEMORY_INFORMATION', {
  SharedViewOffset: 'ULONG',
  SharedViewSize: 'ULONG',
  VirtualAddress: 'PVOID',
});

/** One palette entry by colours. */
export const VIDEO_CLUTDATA = structure('VIDEO_CLUTDATA', {
  Red: 'UCHAR',
  Green: 'UCHAR',
  Blue: 'UCHAR',
  Unused: 'UCHAR',
});

/** One palette entry: the four bytes, or all of them as a number. */
export const VIDEO_CLUT_ENTRY = union('VIDEO_CLUT_ENTRY', { RgbArray: VIDEO_CLUTDATA, RgbLong: 'ULONG' });

/** IOCTL_VIDEO_SET_COLOR_REGISTERS, input: 4 + 4 × NumEntries bytes. */
export const VIDEO_CLUT = structure('VIDEO_CLUT', {
  NumEntries: 'USHORT',
  FirstEntry: 'USHORT',
  LookupTable: [VIDEO_CLUT_ENTRY, 1],
});

/** IOCTL_VIDEO_SET_PALETTE_REGISTERS, input: 4 + 2 × NumEntries bytes. */
export const VIDEO_PALETTE_DATA = structure('VIDEO_PALETTE_DATA', {
  NumEntries: 'USHORT',
  FirstEntry: 'USHORT',
  Colors: ['USHORT', 1],
});

/** IOCTL_VIDEO_SET_POINTER_ATTR, input; QUERY_POINTER_ATTR, output. Pixels begin at 18h; a monochrome pointer has its AND mask first, then its XOR mask, each Height × WidthInBytes bytes. */
export const VIDEO_POINTER_ATTRIBUTES = structure('VIDEO_POINTER_ATTRIBUTES', {
  Flags: 'ULONG',
  Width: 'ULONG',
  Height: 'ULONG',
  WidthInBytes: 'ULONG',
  Enable: 'ULONG',
  Column: 'SHORT',
  Row: 'SHORT',
  Pixels: ['UCHAR', 1],
});

/** IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES, output. */
export const VIDEO_POINTER_CAPABILITIES = structure('VIDEO_POINTER_CAPABILITIES', {
  Flags: 'ULONG',
  MaxWidth: 'ULONG',
  MaxHeight: 'ULONG',
  HWPtrBitmapStart: 'ULONG',
  HWPtrBitmapEnd: 'ULONG',
});

/** IOCTL_VIDEO_SET_POINTER_POSITION, input; QUERY_POINTER_POSITION, output. */
export const VIDEO_POINTER_POSITION = structure('VIDEO_POINTER_POSITION', {
  Column: 'SHORT',
  Row: 'SHORT',
});

/** IOCTL_VIDEO_SET_CURSOR_POSITION, input; QUERY_CURSOR_POSITION, output. VGA text modes. */
export const VIDEO_CURSOR_POSITION = structure('VIDEO_CURSOR_POSITION', {
  Column: 'SHORT',
  Row: 'SHORT',
});

/** IOCTL_VIDEO_SET_CURSOR_ATTR, input; QUERY_CURSOR_ATTR, output. VGA text modes. */
export const VIDEO_CURSOR_ATTRIBUTES = structure('VIDEO_CURSOR_ATTRIBUTES', {
  Width: 'USHORT',
  Height: 'USHORT',
  Column: 'SHORT',
  Row: 'SHORT',
  Rate: 'UCHAR',
  Enable: 'UCHAR',
});

/** IOCTL_VIDEO_SET_POWER_MANAGEMENT, input; GET_POWER_MANAGEMENT, output. Obsolete since Windows 2000. */
export const VIDEO_POWER_MANAGEMENT = structure('VIDEO_POWER_MANAGEMENT', {
  Length: 'ULONG',
  DPMSVersion: 'ULONG',
  PowerState: 'ULONG',
});

/** IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES, output. Chromaticities and gammas in units of 1/10000. */
export const VIDEO_COLOR_CAPABILITIES = structure('VIDEO_COLOR_CAPABILITIES', {
  Length: 'ULONG',
  AttributeFlags: 'ULONG',
  RedPhosphoreDecay: 'LONG',
  GreenPhosphoreDecay: 'LONG',
  BluePhosphoreDecay: 'LONG',
  WhiteChromaticity_x: 'LONG',
  WhiteChromaticity_y: 'LONG',
  WhiteChromaticity_Y: 'LONG',
  RedChromaticity_x: 'LONG',
  RedChromaticity_y: 'LONG',
  GreenChromaticity_x: 'LONG',
  GreenChromaticity_y: 'LONG',
  BlueChromaticity_x: 'LONG',
  BlueChromaticity_y: 'LONG',
  WhiteGamma: 'LONG',
  RedGamma: 'LONG',
  GreenGamma: 'LONG',
  BlueGamma: 'LONG',
});

/** What VIDEO_HARDWARE_STATE points at. Offsets are from the beginning of this header. VGA. */
export const VIDEO_HARDWARE_STATE_HEADER = structure('VIDEO_HARDWARE_STATE_HEADER', {
  Length: 'ULONG',
  PortValue: ['UCHAR', 0x30],
  AttribIndexDataState: 'ULONG',
  BasicSequencerOffset: 'ULONG',
  BasicCrtContOffset: 'ULONG',
  BasicGraphContOffset: 'ULONG',
  BasicAttribContOffset: 'ULONG',
  BasicDacOffset: 'ULONG',
  BasicLatchesOffset: 'ULONG',
  ExtendedSequencerOffset: 'ULONG',
  ExtendedCrtContOffset: 'ULONG',
  ExtendedGraphContOffset: 'ULONG',
  ExtendedAttribContOffset: 'ULONG',
  ExtendedDacOffset: 'ULONG',
  ExtendedValidatorStateOffset: 'ULONG',
  ExtendedMiscDataOffset: 'ULONG',
  PlaneLength: 'ULONG',
  Plane1Offset: 'ULONG',
  Plane2Offset: 'ULONG',
  Plane3Offset: 'ULONG',
  Plane4Offset: 'ULONG',
  VGAStateFlags: 'ULONG',
  DIBOffset: 'ULONG',
  DIBBitsPerPixel: 'ULONG',
  DIBXResolution: 'ULONG',
  DIBYResolution: 'ULONG',
  DIBXlatOffset: 'ULONG',
  DIBXlatLength: 'ULONG',
  VesaInfoOffset: 'ULONG',
  FrameBufferData: 'PVOID',
});

/** IOCTL_VIDEO_SAVE_HARDWARE_STATE, output; RESTORE_HARDWARE_STATE, input. VGA. */
export const VIDEO_HARDWARE_STATE = structure('VIDEO_HARDWARE_STATE', {
  StateHeader: 'PVOID',
  StateLength: 'ULONG',
});

/** IOCTL_VIDEO_GET_BANK_SELECT_CODE, output; the code follows at CodeOffset. VGA. */
export const VIDEO_BANK_SELECT = structure('VIDEO_BANK_SELECT', {
  Length: 'ULONG',
  Size: 'ULONG',
  BankingFlags: 'ULONG',
  BankingType: 'ULONG',
  PlanarHCBankingType: 'ULONG',
  BitmapWidthInBytes: 'ULONG',
  BitmapSize: 'ULONG',
  Granularity: 'ULONG',
  PlanarHCGranularity: 'ULONG',
  CodeOffset: 'ULONG',
  PlanarHCBankCodeOffset: 'ULONG',
  PlanarHCEnableCodeOffset: 'ULONG',
  PlanarHCDisableCodeOffset: 'ULONG',
});

/** IOCTL_VIDEO_LOAD_AND_SET_FONT, input: 8 bytes and the font. VGA. */
export const VIDEO_LOAD_FONT_INFORMATION = structure('VIDEO_LOAD_FONT_INFORMATION', {
  WidthInPixels: 'USHORT',
  HeightInPixels: 'USHORT',
  FontSize: 'ULONG',
  Font: ['UCHAR', 1],
});

/** IOCTL_VIDEO_MONITOR_DEVICE and ENUM_MONITOR_PDO, output. Between win32k and the port only. */
export const VIDEO_MONITOR_DEVICE = structure('VIDEO_MONITOR_DEVICE', {
  flag: 'ULONG',
  pdo: 'PVOID',
  HwID: 'ULONG',
  Internal: 'ULONG',
});

/** IOCTL_VIDEO_INIT_WIN32K_CALLBACKS, input and output. Between win32k and the port only. */
export const VIDEO_WIN32K_CALLBACKS = structure('VIDEO_WIN32K_CALLBACKS', {
  PhysDisp: 'PVOID',
  Callout: 'PVOID',
  bACPI: 'ULONG',
  pPhysDeviceObject: 'PVOID',
  DualviewFlags: 'ULONG',
});

/** What the port hands to the Callout of VIDEO_WIN32K_CALLBACKS. */
export const VIDEO_WIN32K_CALLBACKS_PARAMS = structure('VIDEO_WIN32K_CALLBACKS_PARAMS', {
  CalloutType: 'ULONG',
  PhysDisp: 'PVOID',
  Param: 'ULONG',
  Status: 'LONG',
});

/** IOCTL_VIDEO_USE_DEVICE_IN_SESSION, input and output. Between win32k and the port only. */
export const VIDEO_DEVICE_SESSION_STATUS = structure('VIDEO_DEVICE_SESSION_STATUS', {
  bEnable: 'ULONG',
  bSuccess: 'ULONG',
});

/** IOCTL_VIDEO_ENABLE_VDM and DISABLE_VDM, input. Between the VDM and the port only. */
export const VIDEO_VDM = structure('VIDEO_VDM', {
  ProcessHandle: 'PVOID',
});

/** IOCTL_VIDEO_REGISTER_VDM, output: bytes that saving the hardware state takes. */
export const VIDEO_REGISTER_VDM = structure('VIDEO_REGISTER_VDM', {
  MinimumStateSize: 'ULONG',
});

/** State of one child, in VIDEO_CHILD_STATE_CONFIGURATION. (Its page names a flag NOPRUNE_SIZE; the header says NOPRUNE_RESOLUTION.) */
export const VIDEO_CHILD_STATE = structure('VIDEO_CHILD_STATE', {
  Id: 'ULONG',
  State: 'ULONG',
});

/** IOCTL_VIDEO_VALIDATE_CHILD_STATE_CONFIGURATION and SET_CHILD_STATE_CONFIGURATION, input. */
export const VIDEO_CHILD_STATE_CONFIGURATION = structure('VIDEO_CHILD_STATE_CONFIGURATION', {
  Count: 'ULONG',
  ChildStateArray: [VIDEO_CHILD_STATE, 1],
});

/** IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS, output; SET_DISPLAY_BRIGHTNESS, input. Windows Vista. */
export const DISPLAY_BRIGHTNESS = structure('DISPLAY_BRIGHTNESS', {
  ucDisplayPolicy: 'UCHAR',
  ucACBrightness: 'UCHAR',
  ucDCBrightness: 'UCHAR',
});
