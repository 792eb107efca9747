/** The expansion ROM: VideoPortGetRomImage, and VideoPortScanRom, which is obsolete. */
import { optionRom } from '../bus/option-rom.ts';
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { BOOLEAN, PVOID, ULONG } from '../ddi/types.ts';
import { NULL } from '../ddi/types.ts';
import type { Region } from '../memory/address-space.ts';
import { checkUlong, reportArgument } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { readRegister } from './device-access.ts';
import { perPort } from './per-port.ts';
import { port, type VideoDevice } from './port.ts';

const GET = callRule('VideoPortGetRomImage', PASSIVE_LEVEL);
const SCAN = callRule('VideoPortScanRom', PASSIVE_LEVEL, {
  notIn: ['HwVidTimer', 'HwVidDpcRoutine', 'HwVidSynchronizeExecutionCallback'],
});

/** What is read beyond the image: nothing drives the bus there. */
const NO_ROM = 0xff;

/** Largest ROM that a base address register can ask for: 16 MiB. */
const LARGEST_ROM = 16 * 1024 * 1024;

/** The buffer of each device's last call. */
const images = perPort(() => new Map<VideoDevice, Region>());

/**
 * Copies the device's expansion ROM into a buffer that the port owns: the next call frees it.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Unused1 NULL
 * @param Unused2 0
 * @param Length bytes; 0 only frees the buffer
 * @returns the buffer's address, or NULL when memory is short, and for a Length of 0
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetromimage
 */
export function VideoPortGetRomImage(
  HwDeviceExtension: HwDeviceExtension,
  Unused1: PVOID | null,
  Unused2: ULONG,
  Length: ULONG,
): PVOID {
  enter(GET, HwDeviceExtension, Unused1, Unused2, Length);
  void Unused1;
  void Unused2;
  const device = port.device(HwDeviceExtension, GET.name);
  if (!checkUlong(Length, GET.name, 'Length')) return NULL;
  const old = images().get(device);
  if (old) port.space.unmap(old);
  images().delete(device);
  const region = Length > 0 ? port.space.map('system', Length) : null;
  if (!region) return NULL;
  images().set(device, region);
  port.space.bytes.fill(NO_ROM, region.base, region.base + Length);
  port.space.bytes.set(optionRom(device.pciFunction).subarray(0, Length), region.base);
  return region.base;
}

/**
 * Looks for a text in a ROM, upper and lower case being different. Obsolete. Not from HwVidInterrupt, HwVidTimer, a DPC
 * or a synchronisation callback.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param RomBase where the ROM is mapped
 * @param RomLength bytes; no ROM is larger than 16 MiB
 * @param String the text
 * @returns TRUE when it is there
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportscanrom
 */
export function VideoPortScanRom(
  HwDeviceExtension: HwDeviceExtension,
  RomBase: PVOID,
  RomLength: ULONG,
  String: string,
): BOOLEAN {
  enter(SCAN, HwDeviceExtension, RomBase, RomLength, String);
  port.device(HwDeviceExtension, SCAN.name);
  if (!checkUlong(RomLength, SCAN.name, 'RomLength')) return false;
  if (typeof String !== 'string') {
    reportArgument(SCAN.name, 'String', String, 'a string');
    return false;
  }
  const wanted = Array.from(String, (character) => character.charCodeAt(0));
  if (wanted.length === 0 || wanted.length > RomLength || RomLength > LARGEST_ROM) return false;
  const rom = Uint8Array.from({ length: RomLength }, (_, i) => readRegister(RomBase + i, 1, SCAN.name));
  for (let at = 0; at + wanted.length <= RomLength; at++)
    if (wanted.every((code, i) => rom[at + i] === code)) return true;
  return false;
}
