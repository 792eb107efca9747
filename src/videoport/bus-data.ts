/**
 * What is on the buses: VideoPortGetBusData, VideoPortSetBusData, VideoPortCheckForDeviceExistence (exported under a
 * misspelled name too), VideoPortGetVgaStatus.
 */
import type { PciFunction } from '../bus/pci.ts';
import {
  CDE_USE_REVISION,
  CDE_USE_SUBSYSTEM_IDS,
  Cmos,
  PASSIVE_LEVEL,
  PCIBus,
  PCIConfiguration,
} from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import { ERROR_INVALID_FUNCTION, ERROR_INVALID_PARAMETER, NO_ERROR } from '../ddi/status.ts';
import type { BOOLEAN, Out, PVOID, UCHAR, ULONG, USHORT, VP_STATUS } from '../ddi/types.ts';
import { checkBits, checkOut, checkUlong } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { platform } from './platform.ts';
import { port, type VideoDevice } from './port.ts';
import { requireMapped } from './system-memory.ts';

const GET = callRule('VideoPortGetBusData', PASSIVE_LEVEL);
const SET = callRule('VideoPortSetBusData', PASSIVE_LEVEL, {
  notIn: ['HwVidTimer', 'HwVidDpcRoutine', 'HwVidSynchronizeExecutionCallback'],
});
const EXISTS = callRule('VideoPortCheckForDeviceExistence', PASSIVE_LEVEL);
const VGA_STATUS = callRule('VideoPortGetVgaStatus', PASSIVE_LEVEL);

/** Returned for a bus that the machine has not. */
const NO_BUS = 0;
/** Returned for a slot that is empty: the two bytes FFFFh of a vendor that there is not. */
const NO_DEVICE = 2;

const REVISION = 0x08;
const CLASS = 0x09;
const COMMAND = 0x04;
const SUBSYSTEM = 0x2c;
const COMMAND_IO = 1;
/** Display controller, VGA compatible. */
const VGA_CLASS = 0x03_0000;

/** Slot 0 means the device's own: the port knows it. */
function functionIn(device: VideoDevice, slot: ULONG): PciFunction | undefined {
  return slot === 0 ? device.pciFunction : port.bus.at(slot);
}

/** Makes sure that what says which bytes of which configuration are numbers. */
const isPlace = (slot: unknown, offset: unknown, length: unknown, caller: string): boolean =>
  checkUlong(slot, caller, 'SlotNumber') &&
  checkUlong(offset, caller, 'Offset') &&
  checkUlong(length, caller, 'Length');

/**
 * Reads the configuration of a bus: PCIConfiguration or Cmos. This machine has no EISA bus.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param BusDataType PCIConfiguration or Cmos
 * @param SlotNumber PCI: 0 for the device itself, or a slot; Cmos: where to begin
 * @param Buffer out: the bytes
 * @param Offset in the configuration, in bytes
 * @param Length how many bytes
 * @returns how many bytes were read; 0: there is no such bus; 2: there is no device in the slot, and the buffer begins
 *   with FFFFh
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetbusdata
 */
export function VideoPortGetBusData(
  HwDeviceExtension: HwDeviceExtension,
  BusDataType: number,
  SlotNumber: ULONG,
  Buffer: PVOID,
  Offset: ULONG,
  Length: ULONG,
): ULONG {
  enter(GET, HwDeviceExtension, BusDataType, SlotNumber, Buffer, Offset, Length);
  const device = port.device(HwDeviceExtension, GET.name);
  if (!isPlace(SlotNumber, Offset, Length, GET.name)) return NO_BUS;
  requireMapped(Buffer, Length, GET.name, true);
  const { bytes } = port.space;
  if (BusDataType === Cmos) {
    const read = platform().firmware.readCmos(SlotNumber + Offset, Length);
    bytes.set(read, Buffer);
    return read.length;
  }
  if (BusDataType !== PCIConfiguration) return NO_BUS;
  const pciFunction = functionIn(device, SlotNumber);
  if (!pciFunction) {
    bytes.fill(0xff, Buffer, Buffer + Math.min(NO_DEVICE, Length));
    return NO_DEVICE;
  }
  const read = pciFunction.read(Offset, Length);
  bytes.set(read, Buffer);
  return read.length;
}

/**
 * Writes the configuration of a bus. What the device does not let be written stays as it is. Not from HwVidInterrupt,
 * HwVidTimer, a DPC or a synchronisation callback.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param BusDataType PCIConfiguration or Cmos
 * @param SlotNumber as VideoPortGetBusData takes it
 * @param Buffer the bytes
 * @param Offset in the configuration, in bytes
 * @param Length how many bytes
 * @returns how many bytes were written; 0: there is no such bus, or no device
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportsetbusdata
 */
export function VideoPortSetBusData(
  HwDeviceExtension: HwDeviceExtension,
  BusDataType: number,
  SlotNumber: ULONG,
  Buffer: PVOID,
  Offset: ULONG,
  Length: ULONG,
): ULONG {
  enter(SET, HwDeviceExtension, BusDataType, SlotNumber, Buffer, Offset, Length);
  const device = port.device(HwDeviceExtension, SET.name);
  if (!isPlace(SlotNumber, Offset, Length, SET.name)) return NO_BUS;
  requireMapped(Buffer, Length, SET.name, false);
  const written = port.space.bytes.slice(Buffer, Buffer + Length);
  if (BusDataType === Cmos) return platform().firmware.writeCmos(SlotNumber + Offset, written);
  if (BusDataType !== PCIConfiguration) return NO_BUS;
  return functionIn(device, SlotNumber)?.write(Offset, written) ?? NO_BUS;
}

const word = (pciFunction: PciFunction, offset: number): number => {
  const [low = 0, high = 0] = pciFunction.read(offset, 2);
  return low | (high << 8);
};

/**
 * Looks for a PCI device anywhere in the machine.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VendorId its PCI vendor
 * @param DeviceId its PCI device number
 * @param RevisionId its revision, when Flags asks for it
 * @param SubVendorId its subsystem’s vendor, when Flags asks for it
 * @param SubSystemId its subsystem, when Flags asks for it
 * @param Flags CDE_USE_REVISION and CDE_USE_SUBSYSTEM_IDS: what must be equal besides vendor and device
 * @returns TRUE when there is one; FALSE too for flags that there are not
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportcheckfordeviceexistence
 */
export function VideoPortCheckForDeviceExistence(
  HwDeviceExtension: HwDeviceExtension,
  VendorId: USHORT,
  DeviceId: USHORT,
  RevisionId: UCHAR,
  SubVendorId: USHORT,
  SubSystemId: USHORT,
  Flags: ULONG,
): BOOLEAN {
  enter(EXISTS, HwDeviceExtension, VendorId, DeviceId, RevisionId, SubVendorId, SubSystemId, Flags);
  port.device(HwDeviceExtension, EXISTS.name);
  if (!checkBits(Flags, EXISTS.name, 'Flags')) return false;
  if (Flags & ~(CDE_USE_REVISION | CDE_USE_SUBSYSTEM_IDS)) return false;
  return port.bus.entries().some(([, pciFunction]) => {
    if (pciFunction.vendorId !== VendorId || pciFunction.deviceId !== DeviceId) return false;
    if (Flags & CDE_USE_REVISION && pciFunction.read(REVISION, 1)[0] !== RevisionId) return false;
    if (!(Flags & CDE_USE_SUBSYSTEM_IDS)) return true;
    return word(pciFunction, SUBSYSTEM) === SubVendorId && word(pciFunction, SUBSYSTEM + 2) === SubSystemId;
  });
}

/** The name under which Windows XP first exported {@link VideoPortCheckForDeviceExistence}, kept for its callers. */
export { VideoPortCheckForDeviceExistence as VideoPortCheckForDeviceExistance };

/**
 * Tells whether the device answers at the ports of the VGA.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VgaStatus out: 1 when it does, 0 otherwise
 * @returns NO_ERROR; ERROR_INVALID_FUNCTION for an adapter that is not on the PCI bus. All of this machine are; one is
 *   not when HwVidFindAdapter left another AdapterInterfaceType in its VIDEO_PORT_CONFIG_INFO
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetvgastatus
 */
export function VideoPortGetVgaStatus(HwDeviceExtension: HwDeviceExtension, VgaStatus: Out<ULONG>): VP_STATUS {
  enter(VGA_STATUS, HwDeviceExtension, VgaStatus);
  const { pciFunction, config } = port.device(HwDeviceExtension, VGA_STATUS.name);
  if (!checkOut<ULONG>(VgaStatus, VGA_STATUS.name, 'VgaStatus')) return ERROR_INVALID_PARAMETER;
  if (config && config.AdapterInterfaceType !== PCIBus) return ERROR_INVALID_FUNCTION;
  const [programming = 0, subclass = 0, base = 0] = pciFunction.read(CLASS, 3);
  const vga = ((base << 16) | (subclass << 8) | programming) === VGA_CLASS;
  VgaStatus.value = vga && (word(pciFunction, COMMAND) & COMMAND_IO) !== 0 ? 1 : 0;
  return NO_ERROR;
}
