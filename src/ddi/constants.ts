/**
 * Enumerations and flags of video.h, miniport.h and ntddvdeo.h that are no status and no IOCTL, with the DDK's names.
 */

/* INTERFACE_TYPE (wdm.h) */
export const InterfaceTypeUndefined = -1;
export const Internal = 0;
export const Isa = 1;
export const Eisa = 2;
export const MicroChannel = 3;
export const PCIBus = 5;

/* KINTERRUPT_MODE */
export const LevelSensitive = 0;
export const Latched = 1;

/* BUS_DATA_TYPE */
export const Cmos = 0;
export const EisaConfiguration = 1;
export const PCIConfiguration = 4;

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

/** HwId that means the adapter itself rather than a child. */
export const DISPLAY_ADAPTER_HW_ID = 0xffff_ffff;

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
