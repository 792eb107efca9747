/** Mapping device memory: VideoPortGetDeviceBase, VideoPortFreeDeviceBase, VideoPortMapMemory, VideoPortUnmapMemory. */
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
import { callRule, enter } from './call-rules.ts';
import { port, type VideoDevice } from './port.ts';

const GET_BASE = callRule('VideoPortGetDeviceBase', PASSIVE_LEVEL, { onlyIn: ['HwVidFindAdapter'] });
const FREE_BASE = callRule('VideoPortFreeDeviceBase', PASSIVE_LEVEL);
const MAP = callRule('VideoPortMapMemory', PASSIVE_LEVEL);
const UNMAP = callRule('VideoPortUnmapMemory', PASSIVE_LEVEL);

/** Maps `length` bytes at a bus address; ports keep their numbers. NULL when no device decodes them. */
function mapRange(device: VideoDevice, caller: string, address: PHYSICAL_ADDRESS, length: number, io: boolean): PVOID {
  if (!Number.isInteger(length) || length < 0) {
    port.observer?.report(
      'bad-argument',
      [0, 0, io ? 1 : 0, 0],
      `${caller}: the length is ${String(length)}; it must be a whole number of bytes`,
    );
    return NULL;
  }
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
  if (io) return end <= 0x1_0000n && length > 0 ? Number(address) : NULL;
  return port.windows.map(Number(address), length)?.address ?? NULL;
}

/**
 * Maps a claimed range into system space. From HwVidFindAdapter. What it returns is what the VideoPortRead… and
 * VideoPortWrite… functions take, and nothing else does.
 *
 * @param IoAddress bus address, from the access ranges
 * @param NumberOfUchars bytes
 * @param InIoSpace VIDEO_MEMORY_SPACE_ flags
 * @returns the address, or NULL
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
  return mapRange(device, GET_BASE.name, IoAddress, NumberOfUchars, (InIoSpace & VIDEO_MEMORY_SPACE_IO) !== 0);
}

/**
 * Undoes VideoPortGetDeviceBase.
 *
 * @param MappedAddress exactly what it returned
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportfreedevicebase
 */
export function VideoPortFreeDeviceBase(HwDeviceExtension: HwDeviceExtension, MappedAddress: PVOID): void {
  enter(FREE_BASE, HwDeviceExtension, MappedAddress);
  port.device(HwDeviceExtension, FREE_BASE.name);
  unmapAt(MappedAddress, FREE_BASE.name);
}

/** Returns false when nothing is mapped there; a port number needs no unmapping. */
function unmapAt(address: PVOID, caller: string): boolean {
  if (address > NULL && address < 0x1_0000) return true;
  const window = port.windows.at(address);
  if (!window) {
    port.observer?.report(
      'bad-argument',
      [address, 0, 0, 0],
      `${caller}: no device memory is mapped at ${hex(address)}`,
    );
    return false;
  }
  port.windows.unmap(window);
  return true;
}

/**
 * Maps device memory into system space or into a process.
 *
 * @param Length in: bytes; out: bytes mapped
 * @param InIoSpace in: VIDEO_MEMORY_SPACE_ flags; out: whether the address is a port
 * @param VirtualAddress in: NULL for system space, or a process handle; out: the address
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER when no device decodes the range
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
  const io = (InIoSpace.value & VIDEO_MEMORY_SPACE_IO) !== 0;
  const address = mapRange(device, MAP.name, PhysicalAddress, Length.value, io);
  if (address === NULL) return ERROR_INVALID_PARAMETER;
  InIoSpace.value = io ? VIDEO_MEMORY_SPACE_IO : 0;
  VirtualAddress.value = address;
  return NO_ERROR;
}

/**
 * Unmaps the whole mapping that contains an address.
 *
 * @param ProcessHandle NULL, or the one with which it was mapped
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER when nothing is mapped there
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportunmapmemory
 */
export function VideoPortUnmapMemory(
  HwDeviceExtension: HwDeviceExtension,
  VirtualAddress: PVOID,
  ProcessHandle: HANDLE,
): VP_STATUS {
  enter(UNMAP, HwDeviceExtension, VirtualAddress, ProcessHandle);
  void ProcessHandle;
  port.device(HwDeviceExtension, UNMAP.name);
  return unmapAt(VirtualAddress, UNMAP.name) ? NO_ERROR : ERROR_INVALID_PARAMETER;
}
