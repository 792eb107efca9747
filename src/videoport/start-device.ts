/**
 * The life of a device as the port sees it (ddi.md §4): DriverEntry, HwVidFindAdapter, interrupt connected,
 * HwVidInitialize; and power-down at the end, the one
 * place where an XPDM miniport can give back what it holds, since it has no unload callback.
 */
import {
  DISPLAY_ADAPTER_HW_ID,
  LevelSensitive,
  PASSIVE_LEVEL,
  PCIBus,
  SIZE_OF_VIDEO_PORT_CONFIG_INFO,
  SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA,
  VideoPowerShutdown,
} from '../ddi/constants.ts';
import type { DriverEntry, VIDEO_PORT_CONFIG_INFO } from '../ddi/miniport.ts';
import { NO_ERROR, STATUS_SUCCESS, statusName } from '../ddi/status.ts';
import { NULL, out, type UCHAR } from '../ddi/types.ts';
import { DIRQL } from '../hal/processor.ts';
import { reportLeaks } from './common-buffer.ts';
import { port, type VideoDevice } from './port.ts';

/** Address that DriverEntry gets as its driver object: opaque. */
const DRIVER_OBJECT = 0xbfff_f000;
/** The driver's key, as DriverEntry's second argument names it. */
const REGISTRY_PATH = '\\Registry\\Machine\\System\\CurrentControlSet\\Services\\miniport';

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
          : `DriverEntry returned ${statusName(Number(status))}`,
    };
  }
  if (!port.driver) return { failed: 'DriverEntry returned STATUS_SUCCESS without a successful VideoPortInitialize' };
  const failures: string[] = [];
  for (const [slot, pciFunction] of port.bus.entries()) {
    const device = port.addDevice(slot, pciFunction);
    const failure = startDevice(device);
    if (!failure) continue;
    failures.push(failure.failed);
    port.removeDevice(device);
  }
  if (port.devices.length > 0) return port.devices;
  return { failed: failures.length > 0 ? failures.join('; ') : 'there is no display adapter on the bus' };
}

/** IRP_MN_START_DEVICE and the first open. */
function startDevice(device: VideoDevice): StartFailure | null {
  const { processor, driver } = port;
  if (!driver) return { failed: 'no driver' };
  const line = device.pciFunction.interruptLine;
  const config: VIDEO_PORT_CONFIG_INFO = {
    Length: SIZE_OF_VIDEO_PORT_CONFIG_INFO,
    SystemIoBusNumber: 0,
    AdapterInterfaceType: PCIBus,
    BusInterruptLevel: line,
    BusInterruptVector: line,
    InterruptMode: LevelSensitive,
    NumEmulatorAccessEntries: 0,
    EmulatorAccessEntries: NULL,
    EmulatorAccessEntriesContext: 0,
    VdmPhysicalVideoMemoryAddress: 0n,
    VdmPhysicalVideoMemoryLength: 0,
    HardwareStateSize: 0,
    InterruptShareable: 1,
    Master: true,
    DriverRegistryPath: REGISTRY_PATH,
    SystemMemorySize: BigInt(port.space.bytes.length),
  };
  const found = processor.run('HwVidFindAdapter', PASSIVE_LEVEL, () =>
    driver.HwFindAdapter(device.extension as never, NULL, null, config, out<UCHAR>(0)),
  );
  if (found !== NO_ERROR)
    return { failed: `HwVidFindAdapter returned ${found === undefined ? 'nothing' : statusName(found)}` };
  connectInterrupt(device, config);
  const initialized = processor.run('HwVidInitialize', PASSIVE_LEVEL, () =>
    driver.HwInitialize(device.extension as never),
  );
  if (initialized !== true) return { failed: `HwVidInitialize returned ${String(initialized)}; TRUE means success` };
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
 * Shuts the devices down: HwVidSetPowerState(VideoPowerShutdown) for those whose driver has it, then the report of what
 * is still allocated.
 */
export function shutDown(): void {
  const { processor, driver } = port;
  // A driver of NT 4 size has no power callbacks: they would lie behind the end of its structure.
  if (driver && driver.HwInitDataSize >= SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA) {
    for (const device of port.devices) {
      if (device.interrupt) device.interrupt.masked = true;
      const { HwSetPowerState } = driver;
      if (!HwSetPowerState) continue;
      processor.run('HwVidSetPowerState', PASSIVE_LEVEL, () =>
        HwSetPowerState(device.extension as never, DISPLAY_ADAPTER_HW_ID, { PowerState: VideoPowerShutdown }),
      );
    }
  }
  reportLeaks();
}
