/**
 * Structures of video.h, videoagp.h, miniport.h and wdm.h: what a miniport and the port hand to each other in calls.
 * x86 offsets and sizes. A TypeScript miniport passes most of them as plain objects (`miniport.ts`); a C miniport has
 * them in memory.
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/
 */
import { structure } from './layout.ts';

/** What DriverEntry gives to VideoPortInitialize. Its size grew over time: SIZE_OF_…_VIDEO_HW_INITIALIZATION_DATA. */
export const VIDEO_HW_INITIALIZATION_DATA = structure('VIDEO_HW_INITIALIZATION_DATA', {
  HwInitDataSize: 'ULONG',
  AdapterInterfaceType: 'LONG',
  HwFindAdapter: 'PVOID',
  HwInitialize: 'PVOID',
  HwInterrupt: 'PVOID',
  HwStartIO: 'PVOID',
  HwDeviceExtensionSize: 'ULONG',
  StartingDeviceNumber: 'ULONG',
  HwResetHw: 'PVOID',
  HwTimer: 'PVOID',
  HwStartDma: 'PVOID',
  HwSetPowerState: 'PVOID',
  HwGetPowerState: 'PVOID',
  HwGetVideoChildDescriptor: 'PVOID',
  HwQueryInterface: 'PVOID',
  HwChildDeviceExtensionSize: 'ULONG',
  HwLegacyResourceList: 'PVOID',
  HwLegacyResourceCount: 'ULONG',
  HwGetLegacyResources: 'PVOID',
  AllowEarlyEnumeration: 'BOOLEAN',
  Reserved: 'ULONG',
});

/** What HwVidFindAdapter gets and fills in. */
export const VIDEO_PORT_CONFIG_INFO = structure('VIDEO_PORT_CONFIG_INFO', {
  Length: 'ULONG',
  SystemIoBusNumber: 'ULONG',
  AdapterInterfaceType: 'LONG',
  BusInterruptLevel: 'ULONG',
  BusInterruptVector: 'ULONG',
  InterruptMode: 'ULONG',
  NumEmulatorAccessEntries: 'ULONG',
  EmulatorAccessEntries: 'PVOID',
  EmulatorAccessEntriesContext: 'PVOID',
  VdmPhysicalVideoMemoryAddress: 'PHYSICAL_ADDRESS',
  VdmPhysicalVideoMemoryLength: 'ULONG',
  HardwareStateSize: 'ULONG',
  DmaChannel: 'ULONG',
  DmaPort: 'ULONG',
  DmaShareable: 'UCHAR',
  InterruptShareable: 'UCHAR',
  Master: 'BOOLEAN',
  DmaWidth: 'ULONG',
  DmaSpeed: 'ULONG',
  bMapBuffers: 'BOOLEAN',
  NeedPhysicalAddresses: 'BOOLEAN',
  DemandMode: 'BOOLEAN',
  MaximumTransferLength: 'ULONG',
  NumberOfPhysicalBreaks: 'ULONG',
  ScatterGather: 'BOOLEAN',
  MaximumScatterGatherChunkSize: 'ULONG',
  VideoPortGetProcAddress: 'PVOID',
  DriverRegistryPath: 'PVOID',
  SystemMemorySize: 'ULONGLONG',
});

/** A range of bus-relative addresses. */
export const VIDEO_ACCESS_RANGE = structure('VIDEO_ACCESS_RANGE', {
  RangeStart: 'PHYSICAL_ADDRESS',
  RangeLength: 'ULONG',
  RangeInIoSpace: 'UCHAR',
  RangeVisible: 'UCHAR',
  RangeShareable: 'UCHAR',
  RangePassive: 'UCHAR',
});

/** What VideoPortGetDmaAdapter is told of the device. */
export const VP_DEVICE_DESCRIPTION = structure('VP_DEVICE_DESCRIPTION', {
  ScatterGather: 'BOOLEAN',
  Dma32BitAddresses: 'BOOLEAN',
  Dma64BitAddresses: 'BOOLEAN',
  MaximumLength: 'ULONG',
});

/** One fragment of a scatter/gather list. */
export const VP_SCATTER_GATHER_ELEMENT = structure('VP_SCATTER_GATHER_ELEMENT', {
  Address: 'PHYSICAL_ADDRESS',
  Length: 'ULONG',
  Reserved: 'PVOID',
});

/** A scatter/gather list. Elements has no element of its own in sizeof: 8 + 16 × NumberOfElements bytes. */
export const VP_SCATTER_GATHER_LIST = structure('VP_SCATTER_GATHER_LIST', {
  NumberOfElements: 'ULONG',
  Reserved: 'PVOID',
  Elements: [VP_SCATTER_GATHER_ELEMENT, 0],
});

/** Result of a request. Status shares its place with a pointer that nobody uses. */
export const STATUS_BLOCK = structure('STATUS_BLOCK', {
  Status: 'LONG',
  Information: 'ULONG',
});

/** A request. StatusBlock is a pointer; InputBuffer and OutputBuffer are the same address. */
export const VIDEO_REQUEST_PACKET = structure('VIDEO_REQUEST_PACKET', {
  IoControlCode: 'ULONG',
  StatusBlock: 'PVOID',
  InputBuffer: 'PVOID',
  InputBufferLength: 'ULONG',
  OutputBuffer: 'PVOID',
  OutputBufferLength: 'ULONG',
});

/** What VideoPortGetVersion fills in. */
export const VPOSVERSIONINFO = structure('VPOSVERSIONINFO', {
  Size: 'ULONG',
  MajorVersion: 'ULONG',
  MinorVersion: 'ULONG',
  BuildNumber: 'ULONG',
  ServicePackMajor: 'USHORT',
  ServicePackMinor: 'USHORT',
});

/** What HwVidGetVideoChildDescriptor is asked for. */
export const VIDEO_CHILD_ENUM_INFO = structure('VIDEO_CHILD_ENUM_INFO', {
  Size: 'ULONG',
  ChildDescriptorSize: 'ULONG',
  ChildIndex: 'ULONG',
  ACPIHwId: 'ULONG',
  ChildHwDeviceExtension: 'PVOID',
});

/** What HwVidQueryInterface is asked for. */
export const QUERY_INTERFACE = structure('QUERY_INTERFACE', {
  InterfaceType: 'PVOID',
  Size: 'USHORT',
  Version: 'USHORT',
  Interface: 'PVOID',
  InterfaceSpecificData: 'PVOID',
});

/** Head of every interface that VideoPortQueryServices fills in. */
export const INTERFACE = structure('INTERFACE', {
  Size: 'USHORT',
  Version: 'USHORT',
  Context: 'PVOID',
  InterfaceReference: 'PVOID',
  InterfaceDereference: 'PVOID',
});

/** VideoPortServicesAGP, version 1. */
export const VIDEO_PORT_AGP_INTERFACE = structure('VIDEO_PORT_AGP_INTERFACE', {
  Size: 'USHORT',
  Version: 'USHORT',
  Context: 'PVOID',
  InterfaceReference: 'PVOID',
  InterfaceDereference: 'PVOID',
  AgpReservePhysical: 'PVOID',
  AgpReleasePhysical: 'PVOID',
  AgpCommitPhysical: 'PVOID',
  AgpFreePhysical: 'PVOID',
  AgpReserveVirtual: 'PVOID',
  AgpReleaseVirtual: 'PVOID',
  AgpCommitVirtual: 'PVOID',
  AgpFreeVirtual: 'PVOID',
  AgpAllocationLimit: 'ULONGLONG',
});

/** VideoPortServicesAGP, version 2. */
export const VIDEO_PORT_AGP_INTERFACE_2 = structure('VIDEO_PORT_AGP_INTERFACE_2', {
  Size: 'USHORT',
  Version: 'USHORT',
  Context: 'PVOID',
  InterfaceReference: 'PVOID',
  InterfaceDereference: 'PVOID',
  AgpReservePhysical: 'PVOID',
  AgpReleasePhysical: 'PVOID',
  AgpCommitPhysical: 'PVOID',
  AgpFreePhysical: 'PVOID',
  AgpReserveVirtual: 'PVOID',
  AgpReleaseVirtual: 'PVOID',
  AgpCommitVirtual: 'PVOID',
  AgpFreeVirtual: 'PVOID',
  AgpAllocationLimit: 'ULONGLONG',
  AgpSetRate: 'PVOID',
});

/** Registers for Int10CallBios. */
export const INT10_BIOS_ARGUMENTS = structure('INT10_BIOS_ARGUMENTS', {
  Eax: 'ULONG',
  Ebx: 'ULONG',
  Ecx: 'ULONG',
  Edx: 'ULONG',
  Esi: 'ULONG',
  Edi: 'ULONG',
  Ebp: 'ULONG',
  SegDs: 'USHORT',
  SegEs: 'USHORT',
});

/** Registers for VideoPortInt10. */
export const VIDEO_X86_BIOS_ARGUMENTS = structure('VIDEO_X86_BIOS_ARGUMENTS', {
  Eax: 'ULONG',
  Ebx: 'ULONG',
  Ecx: 'ULONG',
  Edx: 'ULONG',
  Esi: 'ULONG',
  Edi: 'ULONG',
  Ebp: 'ULONG',
});

/** Ports whose access by a VDM the miniport watches. AccessType: Uchar 0, Ushort 1, Ulong 2; AccessMode: read 1, write 2. */
export const EMULATOR_ACCESS_ENTRY = structure('EMULATOR_ACCESS_ENTRY', {
  BasePort: 'ULONG',
  NumConsecutivePorts: 'ULONG',
  AccessType: 'ULONG',
  AccessMode: 'UCHAR',
  StringSupport: 'UCHAR',
  Routine: 'PVOID',
});

/** What the HAL is told of a bus master (wdm.h, Windows XP): VP_DEVICE_DESCRIPTION becomes one of these. */
export const DEVICE_DESCRIPTION = structure('DEVICE_DESCRIPTION', {
  Version: 'ULONG',
  Master: 'BOOLEAN',
  ScatterGather: 'BOOLEAN',
  DemandMode: 'BOOLEAN',
  AutoInitialize: 'BOOLEAN',
  Dma32BitAddresses: 'BOOLEAN',
  IgnoreCount: 'BOOLEAN',
  Reserved1: 'BOOLEAN',
  Dma64BitAddresses: 'BOOLEAN',
  BusNumber: 'ULONG',
  DmaChannel: 'ULONG',
  InterfaceType: 'LONG',
  DmaWidth: 'ULONG',
  DmaSpeed: 'ULONG',
  MaximumLength: 'ULONG',
  DmaPort: 'ULONG',
});
