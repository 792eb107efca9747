/**
 * The life of a device as the port sees it (ddi.md §4): DriverEntry, legacy resources, HwVidFindAdapter, interrupt
 * connected, HwVidInitialize, children; and power-down at the end, the one place where an XPDM miniport can give back
 * what it holds, since it has no unload callback.
 */
import {
  PASSIVE_LEVEL,
  SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA,
  SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA,
  VideoPowerShutdown,
} from '../ddi/constants.ts';
import type { DriverEntry, VIDEO_ACCESS_RANGE, VIDEO_PORT_CONFIG_INFO } from '../ddi/miniport.ts';
import { NO_ERROR, STATUS_SUCCESS, statusName } from '../ddi/status.ts';
import { NULL, out, type UCHAR, type ULONG } from '../ddi/types.ts';
import { DIRQL } from '../hal/processor.ts';
import { accessRanges } from './access-ranges.ts';
import { checkUlong, told, toldStatus } from './arguments.ts';
import { enumerateChildren } from './children.ts';
import { configInfo, REGISTRY_PATH } from './config-info.ts';
import { reportLeaks } from './leaks.ts';
import { port, type VideoDevice } from './port.ts';
import { setDevicePower } from './power.ts';

/** Address that DriverEntry gets as its driver object: opaque. */
const DRIVER_OBJECT = 0xbfff_f000;

/** Why a driver did not start. */
export interface StartFailure {
  readonly failed: string;
}

/** Runs DriverEntry and starts every device that the driver finds. Returns the devices, or why there are none. */
export function startDriver(driverEntry: DriverEntry): readonly VideoDevice[] | StartFailure {
  const status = port.processor.run('DriverEntry', PASSIVE_LEVEL, () => driverEntry(DRIVER_OBJECT, REGISTRY_PATH));
  if (status !== STATUS_SUCCESS) {
    return {
      failed:
        status === undefined
          ? 'DriverEntry returned nothing; it must return what VideoPortInitialize returned'
          : `DriverEntry returned ${typeof status === 'number' ? statusName(status) : `${String(status)}, which is no NTSTATUS`}`,
    };
  }
  if (!port.driver) return { failed: 'DriverEntry returned STATUS_SUCCESS without a successful VideoPortInitialize' };
  // A driver of NT 4 size knows no PnP: it is called once for each bus and looks there for its device itself. That
  // HwVidFindAdapter asks to be called Again has meant nothing since Windows 2000.
  const legacy = port.driver.HwInitDataSize <= SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA;
  const functions = port.bus.entries();
  const failures: string[] = [];
  for (const [slot, pciFunction] of legacy ? functions.slice(0, 1) : functions) {
    const device = port.addDevice(slot, pciFunction);
    const failure = startDevice(device);
    if (!failure) continue;
    failures.push(failure.failed);
    if (device.interrupt) device.interrupt.masked = true;
    for (const other of [...port.devices]) if (other === device || other.primary === device) port.removeDevice(other);
  }
  if (port.devices.length > 0) return port.devices;
  return { failed: failures.length > 0 ? failures.join('; ') : 'there is no display adapter on the bus' };
}

/** IRP_MN_FILTER_RESOURCE_REQUIREMENTS and START_DEVICE, then the first open, then the children. */
function startDevice(device: VideoDevice): StartFailure | null {
  const { processor, driver } = port;
  if (!driver) return { failed: 'no driver' };
  device.legacyRanges = legacyResources(device);
  const config = configInfo(device);
  const found = processor.run('HwVidFindAdapter', PASSIVE_LEVEL, () =>
    driver.HwFindAdapter(device.extension as never, NULL, null, config, out<UCHAR>(0)),
  );
  if (found !== NO_ERROR) return { failed: `HwVidFindAdapter returned ${toldStatus(found)}` };
  device.config = config;
  connectInterrupt(device, config);
  const failure = openDevice(device);
  if (!failure) enumerateChildren(device);
  return failure;
}

/** What the device decodes besides its BARs: a list in VIDEO_HW_INITIALIZATION_DATA, or what HwVidLegacyResources says. */
function legacyResources(device: VideoDevice): readonly VIDEO_ACCESS_RANGE[] {
  const { driver, processor, observer } = port;
  if (!driver || driver.HwInitDataSize < SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA) return [];
  const { HwGetLegacyResources } = driver;
  const list = out<readonly VIDEO_ACCESS_RANGE[] | null>(driver.HwLegacyResourceList ?? null);
  const count = out<ULONG>(driver.HwLegacyResourceCount ?? 0);
  if (HwGetLegacyResources) {
    const { vendorId, deviceId } = device.pciFunction;
    processor.run('HwVidLegacyResources', PASSIVE_LEVEL, () => HwGetLegacyResources(vendorId, deviceId, list, count));
  }
  if (!checkUlong(count.value, 'VideoPortInitialize', 'HwLegacyResourceCount')) return [];
  const ranges = (Array.isArray(list.value) ? (list.value as readonly VIDEO_ACCESS_RANGE[]) : []).slice(0, count.value);
  if (ranges.length < count.value) {
    observer?.report(
      'bad-argument',
      [count.value, ranges.length, 0, 0],
      `HwLegacyResourceCount is ${count.value}, and the list has ${ranges.length} elements`,
    );
  }
  return accessRanges(ranges, ranges.length, 'HwLegacyResourceList') ?? [];
}

/**
 * win32k opens the device: HwVidInitialize. Windows documents one call at the open; a driver must be ready for more,
 * since every open calls it.
 */
export function openDevice(device: VideoDevice): StartFailure | null {
  const { processor, driver } = port;
  const initialized = processor.run('HwVidInitialize', PASSIVE_LEVEL, () =>
    driver?.HwInitialize(device.extension as never),
  );
  if (initialized !== true) return { failed: `HwVidInitialize returned ${told(initialized)}; TRUE means success` };
  device.opened = true;
  return null;
}

/** Connects HwVidInterrupt, unless level and vector are both 0. It may run from here on, before HwVidInitialize. */
function connectInterrupt(device: VideoDevice, config: VIDEO_PORT_CONFIG_INFO): void {
  const { HwInterrupt } = port.driver ?? {};
  if (!HwInterrupt || (config.BusInterruptLevel === 0 && config.BusInterruptVector === 0)) return;
  device.interrupt = {
    irql: DIRQL,
    asserted: device.pciFunction.interruptAsserted,
    service: () => HwInterrupt(device.extension as never) === true,
    masked: false,
  };
  port.processor.connect(device.interrupt);
}

/**
 * Shuts the devices down: HwVidSetPowerState(VideoPowerShutdown) for the children and the adapter of those whose driver
 * has it, then the report of what is still allocated.
 */
export function shutDown(): void {
  for (const device of port.devices) if (!device.primary) setDevicePower(device, VideoPowerShutdown);
  reportLeaks();
}
