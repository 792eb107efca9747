/** Claiming a device's addresses: VideoPortGetAccessRanges, VideoPortVerifyAccessRanges. */
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension, VIDEO_ACCESS_RANGE } from '../ddi/miniport.ts';
import { ERROR_DEV_NOT_EXIST, ERROR_INVALID_PARAMETER, ERROR_MORE_DATA, NO_ERROR } from '../ddi/status.ts';
import type { NULL, Out, PVOID, ULONG, VP_STATUS } from '../ddi/types.ts';
import { checkAddress, checkStructure, checkUlong, isNull, optionalOut, reportArgument, told } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port, type VideoDevice } from './port.ts';

const GET = callRule('VideoPortGetAccessRanges', PASSIVE_LEVEL, { onlyIn: ['HwVidFindAdapter'] });
const VERIFY = callRule('VideoPortVerifyAccessRanges', PASSIVE_LEVEL, { onlyIn: ['HwVidFindAdapter'] });

/** What a number of ranges must be. */
const COUNT = 'a whole number, not negative';

/** The ranges that PnP assigned to a device: its BARs, then what its driver named as legacy resources. */
function assigned(device: VideoDevice): VIDEO_ACCESS_RANGE[] {
  const bars = device.pciFunction.bars.map((bar) => ({
    RangeStart: BigInt(bar.address),
    RangeLength: bar.block.size,
    RangeInIoSpace: bar.io ? 1 : 0,
    RangeVisible: 0,
    RangeShareable: 0,
    RangePassive: 0,
  }));
  return [...bars, ...device.legacyRanges.map((range) => ({ ...range }))];
}

/**
 * Reports the bus addresses that PnP assigned to the device and claims them. From HwVidFindAdapter only. Each success
 * replaces the previous claim.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param NumRequestedResources 0: all that the device has; requests of one's own are for legacy devices
 * @param RequestedResources NULL
 * @param NumAccessRanges elements for which AccessRanges has room; 0 gives all claims back
 * @param AccessRanges out: the ranges, from element 0 on
 * @param VendorId NULL; a legacy driver names the vendor it looks for
 * @param DeviceId NULL; a legacy driver names the device
 * @param Slot out: the device's slot number
 * @returns NO_ERROR; ERROR_MORE_DATA when the device has more ranges than there is room for; ERROR_DEV_NOT_EXIST when
 *   ids are given that are not this device's
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetaccessranges
 */
export function VideoPortGetAccessRanges(
  HwDeviceExtension: HwDeviceExtension,
  NumRequestedResources: ULONG,
  RequestedResources: PVOID | null,
  NumAccessRanges: ULONG,
  AccessRanges: VIDEO_ACCESS_RANGE[] | typeof NULL | null,
  VendorId: number | null,
  DeviceId: number | null,
  Slot: Out<ULONG> | typeof NULL | null,
): VP_STATUS {
  enter(
    GET,
    HwDeviceExtension,
    NumRequestedResources,
    RequestedResources,
    NumAccessRanges,
    AccessRanges,
    VendorId,
    DeviceId,
    Slot,
  );
  void NumRequestedResources;
  void RequestedResources;
  const device = port.device(HwDeviceExtension, GET.name);
  if (!checkUlong(NumAccessRanges, GET.name, 'NumAccessRanges', COUNT)) return ERROR_INVALID_PARAMETER;
  if (NumAccessRanges === 0) {
    device.claims = [];
    return NO_ERROR;
  }
  if (!Array.isArray(AccessRanges)) {
    reportArgument(GET.name, 'AccessRanges', AccessRanges, 'an array: the ranges are put into it');
    return ERROR_INVALID_PARAMETER;
  }
  const { vendorId, deviceId } = device.pciFunction;
  if ((VendorId && VendorId !== vendorId) || (DeviceId && DeviceId !== deviceId)) return ERROR_DEV_NOT_EXIST;
  const ranges = assigned(device);
  if (ranges.length > NumAccessRanges) {
    port.log(
      'port',
      'warn',
      `${GET.name}: the device has ${ranges.length} ranges, and there is room for ${NumAccessRanges}`,
    );
    return ERROR_MORE_DATA;
  }
  for (const [index, range] of ranges.entries()) AccessRanges[index] = range;
  device.claims = ranges.map((range) => ({ ...range }));
  const slot = optionalOut<ULONG>(Slot, GET.name, 'Slot');
  if (slot) slot.value = device.slot;
  return NO_ERROR;
}

/** Where a PC's RAM stops for video memory and ROMs, and where it goes on. */
const LEGACY_HOLE = 0xa_0000;
const HIGH_MEMORY = 0x10_0000;

const overlaps = (a: VIDEO_ACCESS_RANGE, b: VIDEO_ACCESS_RANGE): boolean =>
  Boolean(a.RangeInIoSpace) === Boolean(b.RangeInIoSpace) &&
  a.RangeStart < b.RangeStart + BigInt(b.RangeLength) &&
  b.RangeStart < a.RangeStart + BigInt(a.RangeLength);

/**
 * The ranges that a driver passes, when they are `count` ranges that make sense; otherwise null, after saying which one
 * does not.
 */
export function accessRanges(ranges: unknown, count: ULONG, caller: string): readonly VIDEO_ACCESS_RANGE[] | null {
  if (!Array.isArray(ranges) || ranges.length < count) {
    const found = Array.isArray(ranges) ? `an array of ${ranges.length} elements` : told(ranges);
    port.observer?.report(
      'bad-argument',
      [count, 0, 0, 0],
      `${caller}: NumAccessRanges is ${count}, and the ranges are ${found}`,
    );
    return null;
  }
  const wanted: readonly unknown[] = ranges.slice(0, count);
  for (const [index, range] of wanted.entries()) {
    const place = `AccessRanges[${index}]`;
    if (!checkStructure(range, caller, place)) return null;
    const { RangeStart, RangeLength } = range as Partial<VIDEO_ACCESS_RANGE>;
    if (!checkAddress(RangeStart, caller, `${place}.RangeStart`)) return null;
    if (!checkUlong(RangeLength, caller, `${place}.RangeLength`)) return null;
  }
  return wanted as readonly VIDEO_ACCESS_RANGE[];
}

/** The bus addresses that are RAM, which no device decodes: all up to its end but for the hole below 1 MiB. */
function systemMemory(): VIDEO_ACCESS_RANGE[] {
  const ram = (from: number, to: number): VIDEO_ACCESS_RANGE => ({
    RangeStart: BigInt(from),
    RangeLength: to - from,
    RangeInIoSpace: 0,
    RangeVisible: 0,
    RangeShareable: 0,
    RangePassive: 0,
  });
  return [ram(0, LEGACY_HOLE), ram(HIGH_MEMORY, port.space.physicalEnd)];
}

/**
 * Checks that ranges conflict with no other device's and claims them. From HwVidFindAdapter only. Count 0 gives all
 * claims back; a RangeLength of 0 gives back the claim that begins there.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param NumAccessRanges how many ranges; 0 gives all claims back
 * @param AccessRanges the ranges: start, length, I/O space or memory, shared or not
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER on a conflict: nothing is claimed then
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportverifyaccessranges
 */
export function VideoPortVerifyAccessRanges(
  HwDeviceExtension: HwDeviceExtension,
  NumAccessRanges: ULONG,
  AccessRanges: readonly VIDEO_ACCESS_RANGE[] | typeof NULL | null,
): VP_STATUS {
  enter(VERIFY, HwDeviceExtension, NumAccessRanges, AccessRanges);
  const device = port.device(HwDeviceExtension, VERIFY.name);
  if (!checkUlong(NumAccessRanges, VERIFY.name, 'NumAccessRanges', COUNT)) return ERROR_INVALID_PARAMETER;
  if (NumAccessRanges === 0 || isNull(AccessRanges)) {
    device.claims = [];
    return NO_ERROR;
  }
  const wanted = accessRanges(AccessRanges, NumAccessRanges, VERIFY.name);
  if (!wanted) return ERROR_INVALID_PARAMETER;
  const foreign: VIDEO_ACCESS_RANGE[] = systemMemory();
  for (const [slot, pciFunction] of port.bus.entries()) {
    if (pciFunction === device.pciFunction) continue;
    for (const range of assigned({ ...device, slot, pciFunction, legacyRanges: [] })) foreign.push(range);
  }
  for (const other of port.devices) if (other !== device) for (const claim of other.claims) foreign.push(claim);
  for (const range of wanted) {
    const conflict = foreign.find((other) => overlaps(range, other) && !(range.RangeShareable && other.RangeShareable));
    if (conflict && range.RangeLength > 0) {
      port.log(
        'port',
        'warn',
        `${VERIFY.name}: 0x${range.RangeStart.toString(16)} (${range.RangeLength} bytes) belongs to the system's memory or to another device`,
      );
      return ERROR_INVALID_PARAMETER;
    }
  }
  for (const range of wanted) {
    device.claims = device.claims.filter(
      (claim) =>
        !(claim.RangeStart === range.RangeStart && Boolean(claim.RangeInIoSpace) === Boolean(range.RangeInIoSpace)),
    );
    if (range.RangeLength > 0) device.claims.push({ ...range });
  }
  return NO_ERROR;
}
