/**
 * Enumerations and flags of video.h, miniport.h and ntddvdeo.h that are no status and no IOCTL, with the DDK's names.
 */

/* INTERFACE_TYPE (wdm.h) */
export const InterfaceTypeUndefined = -1;
export const Internal = 0;
export const Isa = 1;
export const Eisa = 2;
export const MicroChannel = 3;
export const TurboChannel = 4;
export const PCIBus = 5;
export const VMEBus = 6;
export const NuBus = 7;
export const PCMCIABus = 8;
export const CBus = 9;
export const MPIBus = 10;
export const MPSABus = 11;
export const ProcessorInternal = 12;
export const InternalPowerBus = 13;
export const PNPISABus = 14;
export const PNPBus = 15;

/* KINTERRUPT_MODE */
export const LevelSensitive = 0;
export const Latched = 1;

/* BUS_DATA_TYPE */
export const ConfigurationSpaceUndefined = -1;
export const Cmos = 0;
export const EisaConfiguration = 1;
export const Pos = 2;
export const CbusConfiguration = 3;
export const PCIConfiguration = 4;

/* DMA_WIDTH and DMA_SPEED */
export const Width8Bits = 0;
export const Width16Bits = 1;
export const Width32Bits = 2;
export const Compatible = 0;
export const TypeA = 1;
export const TypeB = 2;
export const TypeC = 3;
export const TypeF = 4;

/* Sizes of VIDEO_HW_INITIALIZATION_DATA through history: what HwInitDataSize may be. */
export const SIZE_OF_NT3_VIDEO_HW_INITIALIZATION_DATA = 0x20;
export const SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA = 0x28;
export const SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA = 0x50;
export const SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA = 0x54;

/** sizeof(VIDEO_PORT_CONFIG_INFO). */
export const SIZE_OF_VIDEO_PORT_CONFIG_INFO = 0x70;

/* IRQLs on x86. DIRQL is what the interrupt's vector gives: 5 for RingGPU's line. */
export const PASSIVE_LEVEL = 0;
export const APC_LEVEL = 1;
export const DISPATCH_LEVEL = 2;
export const HIGH_LEVEL = 31;

/* VIDEO_SYNCHRONIZE_PRIORITY */
export const VpLowPriority = 0;
export const VpMediumPriority = 1;
export const VpHighPriority = 2;

/* VP_POOL_TYPE */
export const VpNonPagedPool = 0;
export const VpPagedPool = 1;
export const VpNonPagedPoolCacheAligned = 4;
export const VpPagedPoolCacheAligned = 5;

/* VIDEO_POWER_STATE */
export const VideoPowerUnspecified = 0;
export const VideoPowerOn = 1;
export const VideoPowerStandBy = 2;
export const VideoPowerSuspend = 3;
export const VideoPowerOff = 4;
export const VideoPowerHibernate = 5;
export const VideoPowerShutdown = 6;
export const VideoPowerMaximum = 7;

/** HwId and ChildIndex that mean the adapter itself rather than a child. */
export const DISPLAY_ADAPTER_HW_ID = 0xffff_ffff;
/** No child: the same number. */
export const VIDEO_INVALID_CHILD_ID = 0xffff_ffff;

/* VIDEO_CHILD_TYPE */
export const Monitor = 1;
export const NonPrimaryChip = 2;
export const VideoChip = 3;
export const Other = 4;

/* Flags of VIDEO_CHILD_STATE and IOCTL_VIDEO_GET_CHILD_STATE */
export const VIDEO_CHILD_ACTIVE = 0x0000_0001;
export const VIDEO_CHILD_DETACHED = 0x0000_0002;
export const VIDEO_CHILD_NOPRUNE_RESOLUTION = 0x4000_0000;
export const VIDEO_CHILD_NOPRUNE_FREQ = 0x8000_0000;

/* VideoPortCreateSecondaryDisplay, and VIDEO_WIN32K_CALLBACKS.DualviewFlags */
export const VIDEO_DUALVIEW_REMOVABLE = 0x0000_0001;
export const VIDEO_DUALVIEW_SECONDARY = 0x4000_0000;
export const VIDEO_DUALVIEW_PRIMARY = 0x8000_0000;

/* VP_LOCK_OPERATION */
export const VpReadAccess = 0;
export const VpWriteAccess = 1;
export const VpModifyAccess = 2;

/* DMA_FLAGS and HW_DMA_RETURN: the obsolete DMA of Windows NT 4 */
export const VideoPortUnlockAfterDma = 1;
export const VideoPortKeepPagesLocked = 2;
export const VideoPortDmaInitOnly = 3;
export const DmaAsyncReturn = 0;
export const DmaSyncReturn = 1;

/* VIDEO_PORT_SERVICES */
export const VideoPortServicesAGP = 1;
export const VideoPortServicesI2C = 2;
export const VideoPortServicesHeadless = 3;
export const VideoPortServicesInt10 = 4;
export const VideoPortServicesDebugReport = 5;
export const VideoPortServicesWCMemoryProtection = 6;

/* VIDEO_DEVICE_DATA_TYPE */
export const VpMachineData = 0;
export const VpCmosData = 1;
export const VpBusData = 2;
export const VpControllerData = 3;
export const VpMonitorData = 4;

/* VIDEO_BANK_TYPE */
export const VideoNotBanked = 0;
export const VideoBanked1RW = 1;
export const VideoBanked1R1W = 2;
export const VideoBanked2RW = 3;

/* VideoPortCheckForDeviceExistence */
export const CDE_USE_SUBSYSTEM_IDS = 0x0000_0001;
export const CDE_USE_REVISION = 0x0000_0002;

/* VIDEO_ACCESS_RANGE.RangePassive */
export const VIDEO_RANGE_PASSIVE_DECODE = 0x1;
export const VIDEO_RANGE_10_BIT_DECODE = 0x2;

/** Bytes at the head of a bug check's data that are not the driver's. */
export const BUGCHECK_DATA_SIZE_RESERVED = 48;
/** Most bytes in a debug report. */
export const VIDEO_DEBUG_REPORT_MAX_SIZE = 0x8000;

/* VIDEO_DEBUG_LEVEL */
export const Error = 0;
export const Warn = 1;
export const Trace = 2;
export const Info = 3;

/* VideoPortCreateEvent flags */
export const EVENT_TYPE_MASK = 1;
export const SYNCHRONIZATION_EVENT = 0;
export const NOTIFICATION_EVENT = 1;
export const INITIAL_EVENT_STATE_MASK = 2;
export const INITIAL_EVENT_NOT_SIGNALED = 0;
export const INITIAL_EVENT_SIGNALED = 2;

/* Memory-space flags of VideoPortGetDeviceBase and VideoPortMapMemory */
export const VIDEO_MEMORY_SPACE_MEMORY = 0;
export const VIDEO_MEMORY_SPACE_IO = 1;
export const VIDEO_MEMORY_SPACE_USER_MODE = 2;
export const VIDEO_MEMORY_SPACE_DENSE = 4;
export const VIDEO_MEMORY_SPACE_P6CACHE = 8;

/* VIDEO_MODE.RequestedMode flags */
export const VIDEO_MODE_MAP_MEM_LINEAR = 0x4000_0000;
/** The VIDEO_MODE page calls this ZERO_MEMORY; header and behaviour say NO_ZERO_MEMORY. */
export const VIDEO_MODE_NO_ZERO_MEMORY = 0x8000_0000;

/* VIDEO_MODE_INFORMATION.AttributeFlags */
export const VIDEO_MODE_COLOR = 0x0001;
export const VIDEO_MODE_GRAPHICS = 0x0002;
export const VIDEO_MODE_PALETTE_DRIVEN = 0x0004;
export const VIDEO_MODE_MANAGED_PALETTE = 0x0008;
export const VIDEO_MODE_INTERLACED = 0x0010;
export const VIDEO_MODE_NO_OFF_SCREEN = 0x0020;
export const VIDEO_MODE_NO_64_BIT_ACCESS = 0x0040;
export const VIDEO_MODE_BANKED = 0x0080;
export const VIDEO_MODE_LINEAR = 0x0100;

/* VIDEO_POINTER_CAPABILITIES.Flags and VIDEO_POINTER_ATTRIBUTES.Flags */
export const VIDEO_MODE_ASYNC_POINTER = 0x01;
export const VIDEO_MODE_MONO_POINTER = 0x02;
export const VIDEO_MODE_COLOR_POINTER = 0x04;
export const VIDEO_MODE_ANIMATE_START = 0x08;
export const VIDEO_MODE_ANIMATE_UPDATE = 0x10;

/* VIDEO_COLOR_CAPABILITIES.AttributeFlags */
export const VIDEO_DEVICE_COLOR = 1;
export const VIDEO_OPTIONAL_GAMMET_TABLE = 2;
