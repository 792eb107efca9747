/**
 * What a miniport hands to the port and is handed by it: structures that travel as arguments, and the callbacks.
 * Members have the DDK's names (video.h, miniport.h, ntddvdeo.h).
 */
import type { BOOLEAN, NTSTATUS, Out, PHYSICAL_ADDRESS, PVOID, UCHAR, ULONG, VP_STATUS } from './types.ts';

/**
 * The driver's own state, one per device: a plain object that the port creates, empty, before HwVidFindAdapter.
 * Declare an interface for yours and use it as the parameter type of your callbacks.
 */
export type HwDeviceExtension = object;

/** What VideoPortGetDmaAdapter is told of the device's abilities (VP_DEVICE_DESCRIPTION). */
export interface VP_DEVICE_DESCRIPTION {
  /** The device can take a list of fragments. On PCI this implies 32-bit reach. */
  ScatterGather: BOOLEAN;
  /** The device reaches the first 4 GiB of logical addresses. */
  Dma32BitAddresses: BOOLEAN;
  /** The device reaches all of them. With all three FALSE it reaches 16 MiB. */
  Dma64BitAddresses: BOOLEAN;
  /** Longest transfer, in bytes: also bounds a single common buffer. */
  MaximumLength: ULONG;
}

/** A range of bus-relative addresses (VIDEO_ACCESS_RANGE). */
export interface VIDEO_ACCESS_RANGE {
  RangeStart: PHYSICAL_ADDRESS;
  RangeLength: ULONG;
  /** 1: I/O ports; 0: memory. */
  RangeInIoSpace: UCHAR;
  /** 1: the range is visible to the miniport's VDM support. */
  RangeVisible: UCHAR;
  /** 1: others may claim it too. */
  RangeShareable: UCHAR;
  RangePassive: UCHAR;
}

/** What HwVidFindAdapter gets and fills in (VIDEO_PORT_CONFIG_INFO, the members that are there are on x86). */
export interface VIDEO_PORT_CONFIG_INFO {
  readonly Length: ULONG;
  readonly SystemIoBusNumber: ULONG;
  readonly AdapterInterfaceType: number;
  /** With BusInterruptVector 0 too: no interrupt is connected. Both are filled in before HwVidFindAdapter. */
  BusInterruptLevel: ULONG;
  BusInterruptVector: ULONG;
  InterruptMode: number;
  NumEmulatorAccessEntries: ULONG;
  EmulatorAccessEntries: PVOID;
  EmulatorAccessEntriesContext: number;
  VdmPhysicalVideoMemoryAddress: PHYSICAL_ADDRESS;
  VdmPhysicalVideoMemoryLength: ULONG;
  HardwareStateSize: ULONG;
  /* From here to MaximumScatterGatherChunkSize, InterruptShareable and Master excepted: the DMA of Windows NT 4. Ignored. */
  DmaChannel: ULONG;
  DmaPort: ULONG;
  DmaShareable: UCHAR;
  InterruptShareable: UCHAR;
  Master: BOOLEAN;
  DmaWidth: number;
  DmaSpeed: number;
  bMapBuffers: BOOLEAN;
  NeedPhysicalAddresses: BOOLEAN;
  DemandMode: BOOLEAN;
  MaximumTransferLength: ULONG;
  NumberOfPhysicalBreaks: ULONG;
  ScatterGather: BOOLEAN;
  MaximumScatterGatherChunkSize: ULONG;
  /** Finds a function by its name, for drivers that shall load on systems without it. NULL when there is none. */
  readonly VideoPortGetProcAddress: (HwDeviceExtension: HwDeviceExtension, FunctionName: string) => unknown;
  /** The driver's key in the registry. */
  readonly DriverRegistryPath: string;
  /** Bytes of RAM. */
  readonly SystemMemorySize: bigint;
}

/**
 * Result of a video request (STATUS_BLOCK). Information: how many bytes of the output buffer the caller gets to see.
 */
export interface STATUS_BLOCK {
  Status: VP_STATUS;
  Information: ULONG;
}

/**
 * A video request packet. InputBuffer and OutputBuffer are the same memory (METHOD_BUFFERED): read before you write.
 */
export interface VIDEO_REQUEST_PACKET {
  readonly IoControlCode: ULONG;
  readonly StatusBlock: STATUS_BLOCK;
  readonly InputBuffer: PVOID;
  readonly InputBufferLength: ULONG;
  readonly OutputBuffer: PVOID;
  readonly OutputBufferLength: ULONG;
}

/**
 * Claims resources and allocates; must not change what is on the screen. NO_ERROR, ERROR_DEV_NOT_EXIST or
 * ERROR_INVALID_PARAMETER.
 */
export type PVIDEO_HW_FIND_ADAPTER = (
  HwDeviceExtension: never,
  HwContext: PVOID,
  ArgumentString: string | null,
  ConfigInfo: VIDEO_PORT_CONFIG_INFO,
  Again: Out<UCHAR>,
) => VP_STATUS;
/** First point at which the adapter's state may change. */
export type PVIDEO_HW_INITIALIZE = (HwDeviceExtension: never) => BOOLEAN;
/** Serves one video request; returns TRUE. */
export type PVIDEO_HW_START_IO = (HwDeviceExtension: never, RequestPacket: VIDEO_REQUEST_PACKET) => BOOLEAN;
/** At DIRQL. FALSE: not this device's interrupt. */
export type PVIDEO_HW_INTERRUPT = (HwDeviceExtension: never) => BOOLEAN;
/** At a bug check or reboot, at any IRQL. FALSE: the HAL shall set the text mode. */
export type PVIDEO_HW_RESET_HW = (HwDeviceExtension: never, Columns: ULONG, Rows: ULONG) => BOOLEAN;
/** About once a second at DISPATCH_LEVEL, between VideoPortStartTimer and VideoPortStopTimer. */
export type PVIDEO_HW_TIMER = (HwDeviceExtension: never) => void;
/** Sets the power state of a child or of the adapter (DISPLAY_ADAPTER_HW_ID). */
export type PVIDEO_HW_POWER_SET = (
  HwDeviceExtension: never,
  HwId: ULONG,
  VideoPowerControl: { readonly PowerState: number },
) => VP_STATUS;
/**
 * Asks whether a power state can be entered, not which one it is: NO_ERROR, or ERROR_DEVICE_REINITIALIZATION_NEEDED
 * when it cannot.
 */
export type PVIDEO_HW_POWER_GET = (
  HwDeviceExtension: never,
  HwId: ULONG,
  VideoPowerControl: { PowerState: number },
) => VP_STATUS;
/** Names what the device decodes besides its PCI base addresses, before HwVidFindAdapter: VGA's ports and memory. */
export type PVIDEO_HW_LEGACYRESOURCES = (
  VendorId: ULONG,
  DeviceId: ULONG,
  LegacyResourceList: Out<readonly VIDEO_ACCESS_RANGE[] | null>,
  LegacyResourceCount: Out<ULONG>,
) => void;
/**
 * Describes a child of the adapter: DISPLAY_ADAPTER_HW_ID is the adapter itself, then come 1, 2, …
 * VIDEO_ENUM_MORE_DEVICES: described, ask for the next; VIDEO_ENUM_INVALID_DEVICE: not there, ask for the next;
 * VIDEO_ENUM_NO_MORE_DEVICES: the end.
 */
export type PVIDEO_HW_GET_CHILD_DESCRIPTOR = (
  HwDeviceExtension: never,
  ChildEnumInfo: {
    readonly Size: ULONG;
    readonly ChildDescriptorSize: ULONG;
    readonly ChildIndex: ULONG;
    readonly ACPIHwId: ULONG;
    readonly ChildHwDeviceExtension: PVOID;
  },
  VideoChildType: Out<number>,
  pChildDescriptor: PVOID,
  UId: Out<ULONG>,
  pUnused: Out<ULONG>,
) => VP_STATUS;
/** Deferred work, at DISPATCH_LEVEL. */
export type PMINIPORT_DPC_ROUTINE = (HwDeviceExtension: never, Context: unknown) => void;
/** Runs interlocked with HwVidInterrupt; its result is VideoPortSynchronizeExecution's. */
export type PMINIPORT_SYNCHRONIZE_ROUTINE = (Context: never) => BOOLEAN;

/**
 * What DriverEntry gives to VideoPortInitialize (VIDEO_HW_INITIALIZATION_DATA). Members beyond HwInitDataSize are not
 * looked at, as in C, where they would lie behind the end of the structure.
 */
export interface VIDEO_HW_INITIALIZATION_DATA {
  /** One of the SIZE_OF_… constants. */
  HwInitDataSize: ULONG;
  AdapterInterfaceType: number;
  HwFindAdapter: PVIDEO_HW_FIND_ADAPTER;
  HwInitialize: PVIDEO_HW_INITIALIZE;
  HwInterrupt?: PVIDEO_HW_INTERRUPT | null;
  HwStartIO: PVIDEO_HW_START_IO;
  /** sizeof of a C driver's extension; a TypeScript driver's is a plain object, so any number does. */
  HwDeviceExtensionSize: ULONG;
  StartingDeviceNumber?: ULONG;
  HwResetHw?: PVIDEO_HW_RESET_HW | null;
  HwTimer?: PVIDEO_HW_TIMER | null;
  HwStartDma?: null;
  HwSetPowerState?: PVIDEO_HW_POWER_SET | null;
  HwGetPowerState?: PVIDEO_HW_POWER_GET | null;
  HwGetVideoChildDescriptor?: PVIDEO_HW_GET_CHILD_DESCRIPTOR | null;
  HwQueryInterface?: null;
  HwChildDeviceExtensionSize?: ULONG;
  HwLegacyResourceList?: readonly VIDEO_ACCESS_RANGE[] | null;
  HwLegacyResourceCount?: ULONG;
  HwGetLegacyResources?: PVIDEO_HW_LEGACYRESOURCES | null;
  AllowEarlyEnumeration?: BOOLEAN;
  Reserved?: ULONG;
}

/** The function that a miniport must export. Returns what VideoPortInitialize returned. */
export type DriverEntry = (Argument1: PVOID, Argument2: string) => NTSTATUS;
