/**
 * Children of an adapter: how the port learns of them (HwVidGetVideoChildDescriptor), VideoPortEnumerateChildren,
 * VideoPortGetAssociatedDeviceExtension, VideoPortGetAssociatedDeviceID.
 */
import {
  DISPATCH_LEVEL,
  DISPLAY_ADAPTER_HW_ID,
  Monitor,
  Other,
  PASSIVE_LEVEL,
  SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA,
  VideoChip,
  VideoPowerOn,
} from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import {
  NO_ERROR,
  VIDEO_ENUM_INVALID_DEVICE,
  VIDEO_ENUM_MORE_DEVICES,
  VIDEO_ENUM_NO_MORE_DEVICES,
} from '../ddi/status.ts';
import { VIDEO_CHILD_ENUM_INFO } from '../ddi/structures-video.ts';
import { NULL, out, type PVOID, type ULONG, type VP_STATUS } from '../ddi/types.ts';
import { hex } from '../memory/address-space.ts';
import { isNull, told, toldStatus } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { type ChildDevice, port, type VideoDevice } from './port.ts';

const ENUMERATE = callRule('VideoPortEnumerateChildren', DISPATCH_LEVEL);
const GET_EXTENSION = callRule('VideoPortGetAssociatedDeviceExtension', PASSIVE_LEVEL);
const GET_ID = callRule('VideoPortGetAssociatedDeviceID', PASSIVE_LEVEL);

/** Room for a child's descriptor: two EDID blocks. */
const DESCRIPTOR_BYTES = 256;
/** No adapter has more children: a driver that describes this many never ends. */
const MOST_CHILDREN = 256;

/** What HwVidGetVideoChildDescriptor said of one index. */
interface Described {
  readonly status: VP_STATUS | undefined;
  readonly type: number;
  readonly uid: ULONG;
  readonly descriptor: Uint8Array;
}

function wrong(index: ULONG, sentence: string): void {
  port.observer?.report(
    'callback-contract',
    [index, 0, 0, 0],
    `HwVidGetVideoChildDescriptor ${sentence} for ChildIndex ${index === DISPLAY_ADAPTER_HW_ID ? 'DISPLAY_ADAPTER_HW_ID' : index}`,
  );
}

/** Asks for one child. The descriptor buffer is zeroed: what a driver leaves out is 0. */
function ask(device: VideoDevice, ChildIndex: ULONG): Described | null {
  const { driver, processor, space } = port;
  const { HwGetVideoChildDescriptor } = driver ?? {};
  const region = space.map('system', DESCRIPTOR_BYTES);
  if (!HwGetVideoChildDescriptor || !region) return null;
  space.bytes.fill(0, region.base, region.base + DESCRIPTOR_BYTES);
  const type = out<number>();
  const uid = out<ULONG>();
  const unused = out<ULONG>(0);
  const info = {
    Size: VIDEO_CHILD_ENUM_INFO.size,
    ChildDescriptorSize: DESCRIPTOR_BYTES,
    ChildIndex,
    ACPIHwId: 0,
    ChildHwDeviceExtension: NULL,
  };
  const status = processor.run('HwVidGetVideoChildDescriptor', PASSIVE_LEVEL, () =>
    HwGetVideoChildDescriptor(device.extension as never, info, type, region.base, uid, unused),
  );
  const descriptor = space.bytes.slice(region.base, region.base + DESCRIPTOR_BYTES);
  if (space.damagedPadding(region) >= 0)
    wrong(ChildIndex, `wrote behind the ${DESCRIPTOR_BYTES} bytes of pChildDescriptor`);
  space.unmap(region);
  if (unused.value !== 0) wrong(ChildIndex, `set pUnused to ${told(unused.value)}, which must be 0,`);
  return { status, type: type.value, uid: uid.value, descriptor };
}

/** Judges an answer: the child, when there is one that makes sense. */
function accept(index: ULONG, answer: Described, known: readonly Described[]): boolean {
  const { status, type, uid } = answer;
  if (status === VIDEO_ENUM_INVALID_DEVICE || status === VIDEO_ENUM_NO_MORE_DEVICES) return false;
  if (status !== VIDEO_ENUM_MORE_DEVICES) {
    wrong(
      index,
      `returned ${toldStatus(status)}, which is none of VIDEO_ENUM_MORE_DEVICES, _INVALID_DEVICE and _NO_MORE_DEVICES,`,
    );
    return false;
  }
  if (index === DISPLAY_ADAPTER_HW_ID) {
    if (type !== VideoChip) wrong(index, `set VideoChildType to ${told(type)}; the adapter itself is a VideoChip`);
    return false;
  }
  if (!Number.isInteger(type) || type < Monitor || type > Other) {
    wrong(index, `set VideoChildType to ${told(type)}, which is no VIDEO_CHILD_TYPE,`);
    return false;
  }
  if (!Number.isInteger(uid) || uid < 0) {
    wrong(index, `set UId to ${told(uid)}: each child needs a number of its own`);
    return false;
  }
  if (known.some((other) => other.uid === uid)) {
    wrong(index, `gave UId ${uid}, which another child has,`);
    return false;
  }
  return true;
}

/**
 * Asks the driver for the adapter's children: first for the adapter itself, then for those that ACPI names (this
 * machine has no ACPI), then for 1, 2, … until VIDEO_ENUM_NO_MORE_DEVICES. A child that was known before keeps its
 * device object.
 */
export function enumerateChildren(device: VideoDevice): void {
  device.enumerationDue = false;
  const { driver, log, observer, handles } = port;
  if (!driver?.HwGetVideoChildDescriptor || driver.HwInitDataSize < SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA) return;
  const adapter = ask(device, DISPLAY_ADAPTER_HW_ID);
  if (!adapter) return;
  accept(DISPLAY_ADAPTER_HW_ID, adapter, []);
  const found: Described[] = [];
  for (let index = 1; ; index++) {
    if (index > MOST_CHILDREN) {
      observer?.report(
        'callback-contract',
        [index, 0, 0, 0],
        `HwVidGetVideoChildDescriptor has not returned VIDEO_ENUM_NO_MORE_DEVICES in ${MOST_CHILDREN} calls: the enumeration never ends. The port stops asking.`,
      );
      break;
    }
    const answer = ask(device, index);
    if (!answer || answer.status === VIDEO_ENUM_NO_MORE_DEVICES) break;
    if (accept(index, answer, found)) found.push(answer);
  }
  const before = device.children;
  device.children = found.map(({ type, uid, descriptor }): ChildDevice => {
    const known = before.find((child) => child.uid === uid && child.type === type);
    if (known) return Object.assign(known, { descriptor });
    const child = { parent: device, uid, type, descriptor, deviceObject: NULL, powerState: VideoPowerOn };
    child.deviceObject = handles.add(child);
    log('port', 'trace', `child ${uid} arrived: ${type === Monitor ? describeMonitor(descriptor) : `type ${type}`}`);
    return child;
  });
  for (const child of before) {
    if (device.children.includes(child)) continue;
    handles.remove(child.deviceObject);
    log('port', 'trace', `child ${child.uid} is gone`);
  }
}

/** Serves the calls of VideoPortEnumerateChildren. At PASSIVE_LEVEL, between callbacks: the descriptors are pageable. */
export function enumerateDueChildren(): void {
  for (const device of port.devices) if (device.enumerationDue) enumerateChildren(device);
}

/** A monitor's name out of its EDID (E-EDID 3.10.3.4), for the log. */
function describeMonitor(edid: Uint8Array): string {
  const header = [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];
  if (!header.every((byte, i) => edid[i] === byte)) return 'a monitor without EDID';
  const sum = edid.slice(0, 128).reduce((total, byte) => total + byte, 0) & 0xff;
  if (sum !== 0) return 'a monitor whose EDID has a wrong check sum';
  for (let at = 54; at < 126; at += 18) {
    const tag = [edid[at], edid[at + 1], edid[at + 3]];
    if (tag[0] !== 0 || tag[1] !== 0 || tag[2] !== 0xfc) continue;
    const name = String.fromCharCode(...edid.slice(at + 5, at + 18)).split('\n')[0] ?? '';
    return `monitor "${name.trim()}"`;
  }
  return 'a monitor without a name';
}

/**
 * Has the port ask for the children again, because something was plugged in or pulled out. The asking is done later, at
 * PASSIVE_LEVEL.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Reserved NULL
 * @returns NO_ERROR, always
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportenumeratechildren
 */
export function VideoPortEnumerateChildren(HwDeviceExtension: HwDeviceExtension, Reserved: PVOID | null): VP_STATUS {
  enter(ENUMERATE, HwDeviceExtension, Reserved);
  const device = port.device(HwDeviceExtension, ENUMERATE.name);
  if (!isNull(Reserved)) {
    port.observer?.report(
      'bad-argument',
      [0, 0, 0, 0],
      `${ENUMERATE.name}: Reserved is ${told(Reserved)}; it must be NULL`,
    );
  }
  (device.primary ?? device).enumerationDue = true;
  return NO_ERROR;
}

const isChild = (object: object): object is ChildDevice => 'parent' in object && 'uid' in object;

/** The child of a device object; null, and a finding, when the address is none's. */
function childAt(deviceObject: PVOID, caller: string): ChildDevice | null {
  const child = port.handles.get(deviceObject, isChild);
  if (child) return child;
  port.observer?.report(
    'bad-argument',
    [Number(deviceObject), 0, 0, 0],
    `${caller}: ${hex(Number(deviceObject))} is not the device object of a child of an adapter`,
  );
  return null;
}

/**
 * The extension of the adapter to which a child belongs.
 *
 * @param DeviceObject device object of the child
 * @returns the parent's HwDeviceExtension, or null when the device object is no child's
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetassociateddeviceextension
 */
export function VideoPortGetAssociatedDeviceExtension(DeviceObject: PVOID): HwDeviceExtension | null {
  enter(GET_EXTENSION, DeviceObject);
  return childAt(DeviceObject, GET_EXTENSION.name)?.parent.extension ?? null;
}

/**
 * The number that the miniport gave to a child.
 *
 * @param DeviceObject device object of the child
 * @returns its UId, or 0 when the device object is no child's
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetassociateddeviceid
 */
export function VideoPortGetAssociatedDeviceID(DeviceObject: PVOID): ULONG {
  enter(GET_ID, DeviceObject);
  return childAt(DeviceObject, GET_ID.name)?.uid ?? 0;
}
