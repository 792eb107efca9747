/** Initialisation and version: VideoPortInitialize, VideoPortGetVersion. */
import {
  PASSIVE_LEVEL,
  PCIBus,
  SIZE_OF_NT3_VIDEO_HW_INITIALIZATION_DATA,
  SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA,
  SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA,
  SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
} from '../ddi/constants.ts';
import type { HwDeviceExtension, VIDEO_HW_INITIALIZATION_DATA } from '../ddi/miniport.ts';
import {
  ERROR_INVALID_PARAMETER,
  NO_ERROR,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_SUCH_DEVICE,
  STATUS_REVISION_MISMATCH,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../ddi/status.ts';
import type { NTSTATUS, PVOID, ULONG, USHORT, VP_STATUS } from '../ddi/types.ts';
import { checkStructure, isNull, reportArgument, told } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port } from './port.ts';

const INITIALIZE = callRule('VideoPortInitialize', PASSIVE_LEVEL, { onlyIn: ['DriverEntry'] });
const GET_VERSION = callRule('VideoPortGetVersion', PASSIVE_LEVEL);

/**
 * Offset at which each member begins on x86 (ddi.md §2.1): a member at or beyond HwInitDataSize does not exist for the
 * port.
 */
const MEMBER_OFFSET: Readonly<Record<keyof VIDEO_HW_INITIALIZATION_DATA, number>> = {
  HwInitDataSize: 0x00,
  AdapterInterfaceType: 0x04,
  HwFindAdapter: 0x08,
  HwInitialize: 0x0c,
  HwInterrupt: 0x10,
  HwStartIO: 0x14,
  HwDeviceExtensionSize: 0x18,
  StartingDeviceNumber: 0x1c,
  HwResetHw: 0x20,
  HwTimer: 0x24,
  HwStartDma: 0x28,
  HwSetPowerState: 0x2c,
  HwGetPowerState: 0x30,
  HwGetVideoChildDescriptor: 0x34,
  HwQueryInterface: 0x38,
  HwChildDeviceExtensionSize: 0x3c,
  HwLegacyResourceList: 0x40,
  HwLegacyResourceCount: 0x44,
  HwGetLegacyResources: 0x48,
  AllowEarlyEnumeration: 0x4c,
  Reserved: 0x50,
};

/** Callbacks that a driver may leave out. HwStartDma, which nothing calls since Windows 2000, is not looked at. */
const OPTIONAL_CALLBACKS = [
  'HwInterrupt',
  'HwResetHw',
  'HwTimer',
  'HwSetPowerState',
  'HwGetPowerState',
  'HwGetVideoChildDescriptor',
  'HwQueryInterface',
  'HwGetLegacyResources',
] as const;

const SIZES: readonly number[] = [
  SIZE_OF_NT3_VIDEO_HW_INITIALIZATION_DATA,
  SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA,
  SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA,
  SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
];

/**
 * Registers the miniport's callbacks. May be called from DriverEntry only, which must return the result unchanged; it
 * may be called again with a smaller HwInitDataSize after a failure. The devices are looked for when DriverEntry has
 * returned.
 *
 * @param Argument1 what DriverEntry got as its first argument
 * @param Argument2 what DriverEntry got as its second argument
 * @param HwInitializationData the callbacks, and what else describes the driver
 * @param HwContext reserved, NULL
 * @returns STATUS_SUCCESS; STATUS_REVISION_MISMATCH for a size larger than this system knows; STATUS_UNSUCCESSFUL for
 *   one that no system had; STATUS_INVALID_PARAMETER when HwInitializationData, HwFindAdapter, HwInitialize or
 *   HwStartIO is missing, or another callback is no function; STATUS_NO_SUCH_DEVICE for a driver of NT 4 size whose AdapterInterfaceType is not PCIBus: it
 *   may try the next type
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportinitialize
 */
export function VideoPortInitialize(
  Argument1: PVOID,
  Argument2: string,
  HwInitializationData: VIDEO_HW_INITIALIZATION_DATA,
  HwContext: PVOID | null = null,
): NTSTATUS {
  enter(INITIALIZE, Argument1, Argument2, HwInitializationData, HwContext);
  void Argument1;
  void Argument2;
  void HwContext;
  if (!HwInitializationData) {
    port.log('port', 'error', 'VideoPortInitialize: HwInitializationData is NULL');
    return STATUS_INVALID_PARAMETER;
  }
  const size = HwInitializationData.HwInitDataSize;
  if (!SIZES.includes(size)) {
    const larger = size > SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA;
    port.log(
      'port',
      'error',
      `VideoPortInitialize: HwInitDataSize is ${size}; this system knows ${SIZES.map((s) => `0x${s.toString(16)}`).join(', ')}`,
    );
    return larger ? STATUS_REVISION_MISMATCH : STATUS_UNSUCCESSFUL;
  }
  const known = Object.fromEntries(
    Object.entries(HwInitializationData).filter(
      ([member]) => (MEMBER_OFFSET[member as keyof typeof MEMBER_OFFSET] ?? 0xff) < size,
    ),
  ) as unknown as VIDEO_HW_INITIALIZATION_DATA;
  for (const member of ['HwFindAdapter', 'HwInitialize', 'HwStartIO'] as const) {
    if (typeof known[member] !== 'function') {
      port.log('port', 'error', `VideoPortInitialize: ${member} is missing`);
      return STATUS_INVALID_PARAMETER;
    }
  }
  for (const member of OPTIONAL_CALLBACKS) {
    if (isNull(known[member]) || typeof known[member] === 'function') continue;
    reportArgument(INITIALIZE.name, member, known[member], 'a function, or NULL for none');
    port.log('port', 'error', `VideoPortInitialize: ${member} is ${told(known[member])}`);
    return STATUS_INVALID_PARAMETER;
  }
  if (size <= SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA && known.AdapterInterfaceType !== PCIBus) {
    // A driver that looks for its device itself looks on buses of this type, and PCI is all there is.
    port.log(
      'port',
      'error',
      `VideoPortInitialize: there is no bus of AdapterInterfaceType ${known.AdapterInterfaceType}`,
    );
    return STATUS_NO_SUCH_DEVICE;
  }
  port.driver = known;
  return STATUS_SUCCESS;
}

/** VPOSVERSIONINFO. */
export interface VPOSVERSIONINFO {
  /** Preset by the caller: 0x14. */
  Size: ULONG;
  MajorVersion?: ULONG;
  MinorVersion?: ULONG;
  BuildNumber?: ULONG;
  ServicePackMajor?: USHORT;
  ServicePackMinor?: USHORT;
}

/** sizeof(VPOSVERSIONINFO). */
export const SIZE_OF_VPOSVERSIONINFO = 0x14;

/**
 * Tells which Windows this is: 5.1, build 2600, service pack 2 (its page says that XP is version 6, which is an error).
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pVpOsVersionInfo in: Size; out: the rest
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER when Size is too small
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetversion
 */
export function VideoPortGetVersion(
  HwDeviceExtension: HwDeviceExtension,
  pVpOsVersionInfo: VPOSVERSIONINFO,
): VP_STATUS {
  enter(GET_VERSION, HwDeviceExtension, pVpOsVersionInfo);
  port.device(HwDeviceExtension, GET_VERSION.name);
  if (!checkStructure(pVpOsVersionInfo, GET_VERSION.name, 'pVpOsVersionInfo')) return ERROR_INVALID_PARAMETER;
  if (!(pVpOsVersionInfo.Size >= SIZE_OF_VPOSVERSIONINFO)) return ERROR_INVALID_PARAMETER;
  Object.assign(pVpOsVersionInfo, {
    MajorVersion: 5,
    MinorVersion: 1,
    BuildNumber: 2600,
    ServicePackMajor: 2,
    ServicePackMinor: 0,
  });
  return NO_ERROR;
}
