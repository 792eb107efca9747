/** Mapping device memory: VideoPortGetDeviceBase, VideoPortFreeDeviceBase, VideoPortMapMemory, VideoPortUnmapMemory. */
import type { Window } from '../bus/windows.ts';
import { PASSIVE_LEVEL, VIDEO_MEMORY_SPACE_IO } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import { ERROR_INVALID_PARAMETER, NO_ERROR } from '../ddi/status.ts';
import {
  type HANDLE,
  NULL,
  type Out,
  type PHYSICAL_ADDRESS,
  type PVOID,
  type UCHAR,
  type ULONG,
  type VP_STATUS,
} from '../ddi/types.ts';
import { hex } from '../memory/address-space.ts';
import { checkAddress, checkBits, checkOut, checkUlong, isNull, reportArgument, told } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { perPort } from './per-port.ts';
import { port, type VideoDevice } from './port.ts';

const GET_BASE = callRule('VideoPortGetDeviceBase', PASSIVE_LEVEL, { onlyIn: ['HwVidFindAdapter'] });
const FREE_BASE = callRule('VideoPortFreeDeviceBase', PASSIVE_LEVEL);
const MAP = callRule('VideoPortMapMemory', PASSIVE_LEVEL);
const UNMAP = callRule('VideoPortUnmapMemory', PASSIVE_LEVEL);

/** What *VirtualAddress may hold before the call. */
const NO_PROCESS = 'NULL for system space, or the handle of a process, of which this machine has none';

/** A mapping that a driver made and has not undone. */
interface Mapping {
  /** What the driver got: a window's address, or the number of the first port. */
  readonly address: PVOID;
  readonly length: number;
  /** NULL for one of ports: they keep their numbers, so nothing is mapped. */
  readonly window: Window | null;
}

/** All of them; the same range mapped twice is in it twice. */
const mappings = perPort<Mapping[]>(() => []);

/** Maps `length` bytes at a bus address; ports keep their numbers. NULL when no device decodes them. */
function mapRange(
  device: VideoDevice,
  caller: string,
  parameter: string,
  address: PHYSICAL_ADDRESS,
  length: number,
  io: boolean,
): PVOID {
  if (!checkAddress(address, caller, parameter)) return NULL;
  if (!checkUlong(length, caller, 'the length', 'a whole number of bytes')) return NULL;
  const end = address + BigInt(length);
  const claimed = device.claims.some(
    (claim) =>
      Boolean(claim.RangeInIoSpace) === io &&
      address >= claim.RangeStart &&
      end <= claim.RangeStart + BigInt(claim.RangeLength),
  );
  if (!claimed) {
    port.observer?.report(
      'bad-argument',
      [address, length, io ? 1 : 0, 0],
      `${caller}: ${length} bytes at ${hex(address)} were not claimed with VideoPortGetAccessRanges or VideoPortVerifyAccessRanges`,
    );
  }
  const window = io ? null : port.windows.map(Number(address), length);
  const mapped = io ? (end <= 0x1_0000n && length > 0 ? Number(address) : NULL) : (window?.address ?? NULL);
  if (mapped !== NULL) mappings().push({ address: mapped, length, window });
  return mapped;
}

/** Keeps a window that another function mapped, so that VideoPortUnmapMemory finds it. */
export function keepMapping(window: Window): void {
  mappings().push({ address: window.address, length: window.length, window });
}

/** Undoes one mapping. */
function undo(mapping: Mapping): void {
  const list = mappings();
  list.splice(list.indexOf(mapping), 1);
  if (mapping.window) port.windows.unmap(mapping.window);
}

/**
 * Maps a claimed range into system space. From HwVidFindAdapter. What it returns is what the VideoPortRead… and
 * VideoPortWrite… functions take, and nothing else does.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param IoAddress bus address, from the access ranges
 * @param NumberOfUchars bytes
 * @param InIoSpace VIDEO_MEMORY_SPACE_ flags
 * @returns the address, or NULL
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetdevicebase
 */
export function VideoPortGetDeviceBase(
  HwDeviceExtension: HwDeviceExtension,
  IoAddress: PHYSICAL_ADDRESS,
  NumberOfUchars: ULONG,
  InIoSpace: UCHAR,
): PVOID {
  enter(GET_BASE, HwDeviceExtension, IoAddress, NumberOfUchars, InIoSpace);
  const device = port.device(HwDeviceExtension, GET_BASE.name);
  if (!checkBits(InIoSpace, GET_BASE.name, 'InIoSpace')) return NULL;
  return mapRange(
    device,
    GET_BASE.name,
    'IoAddress',
    IoAddress,
    NumberOfUchars,
    (InIoSpace & VIDEO_MEMORY_SPACE_IO) !== 0,
  );
}

/**
 * Undoes VideoPortGetDeviceBase.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param MappedAddress exactly what it returned, no address inside
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportfreedevicebase
 */
export function VideoPortFreeDeviceBase(HwDeviceExtension: HwDeviceExtension, MappedAddress: PVOID): void {
  enter(FREE_BASE, HwDeviceExtension, MappedAddress);
  port.device(HwDeviceExtension, FREE_BASE.name);
  const mapping = mappings().find(({ address }) => address === MappedAddress);
  if (mapping) undo(mapping);
  else {
    const within = mappingAround(MappedAddress);
    port.observer?.report(
      'bad-argument',
      [Number(MappedAddress), within?.address ?? 0, 0, 0],
      within
        ? `${FREE_BASE.name}: ${hex(MappedAddress)} lies in the mapping that begins at ${hex(within.address)}: give back what VideoPortGetDeviceBase returned`
        : `${FREE_BASE.name}: nothing is mapped at ${shown(MappedAddress)}`,
    );
  }
}

/** The last mapping that contains an address. */
const mappingAround = (at: PVOID): Mapping | undefined =>
  mappings().findLast(({ address, length }) => at >= address && at < address + length);

const shown = (address: PVOID): string => (typeof address === 'number' ? hex(address) : told(address));

/**
 * Maps device memory into system space or into a process.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param PhysicalAddress bus address of the memory
 * @param Length in: bytes; out: bytes mapped
 * @param InIoSpace in: VIDEO_MEMORY_SPACE_ flags; out: whether the address is a port
 * @param VirtualAddress in: NULL for system space, or a process handle; out: the address. What was left in it from
 *   before is a handle, too, and this machine has no process but the system's: it is refused
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER when no device decodes the range, or for a handle that is no process
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportmapmemory
 */
export function VideoPortMapMemory(
  HwDeviceExtension: HwDeviceExtension,
  PhysicalAddress: PHYSICAL_ADDRESS,
  Length: Out<ULONG>,
  InIoSpace: Out<ULONG>,
  VirtualAddress: Out<PVOID>,
): VP_STATUS {
  enter(MAP, HwDeviceExtension, PhysicalAddress, Length, InIoSpace, VirtualAddress);
  const device = port.device(HwDeviceExtension, MAP.name);
  if (
    !checkOut<ULONG>(Length, MAP.name, 'Length') ||
    !checkOut<ULONG>(InIoSpace, MAP.name, 'InIoSpace') ||
    !checkOut<PVOID>(VirtualAddress, MAP.name, 'VirtualAddress')
  )
    return ERROR_INVALID_PARAMETER;
  if (!checkBits(InIoSpace.value, MAP.name, '*InIoSpace')) return ERROR_INVALID_PARAMETER;
  if (!isNull(VirtualAddress.value)) {
    reportArgument(MAP.name, '*VirtualAddress', VirtualAddress.value, NO_PROCESS);
    return ERROR_INVALID_PARAMETER;
  }
  const io = (InIoSpace.value & VIDEO_MEMORY_SPACE_IO) !== 0;
  const address = mapRange(device, MAP.name, 'PhysicalAddress', PhysicalAddress, Length.value, io);
  if (address === NULL) return ERROR_INVALID_PARAMETER;
  InIoSpace.value = io ? VIDEO_MEMORY_SPACE_IO : 0;
  VirtualAddress.value = address;
  return NO_ERROR;
}

/**
 * Unmaps the whole mapping that contains an address.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VirtualAddress any address in the mapping
 * @param ProcessHandle NULL, or the one with which it was mapped; here that is NULL, too
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER when nothing is mapped there, or not for that process
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportunmapmemory
 */
export function VideoPortUnmapMemory(
  HwDeviceExtension: HwDeviceExtension,
  VirtualAddress: PVOID,
  ProcessHandle: HANDLE | null,
): VP_STATUS {
  enter(UNMAP, HwDeviceExtension, VirtualAddress, ProcessHandle);
  port.device(HwDeviceExtension, UNMAP.name);
  const mapping = mappingAround(VirtualAddress);
  if (!mapping) {
    port.observer?.report(
      'bad-argument',
      [Number(VirtualAddress), 0, 0, 0],
      `${UNMAP.name}: nothing is mapped at ${shown(VirtualAddress)}`,
    );
    return ERROR_INVALID_PARAMETER;
  }
  if (!isNull(ProcessHandle)) {
    reportArgument(UNMAP.name, 'ProcessHandle', ProcessHandle, 'NULL, as the memory was mapped into system space');
    return ERROR_INVALID_PARAMETER;
  }
  undo(mapping);
  return NO_ERROR;
}
