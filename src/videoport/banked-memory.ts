/**
 * What is left of full-screen DOS and of banked VGA memory: VideoPortMapBankedMemory, VideoPortSetTrappedEmulatorPorts.
 */
import type { RegisterBlock } from '../bus/register-block.ts';
import { PASSIVE_LEVEL, VIDEO_MEMORY_SPACE_IO } from '../ddi/constants.ts';
import type { HwDeviceExtension, VIDEO_ACCESS_RANGE } from '../ddi/miniport.ts';
import { ERROR_INVALID_PARAMETER, NO_ERROR } from '../ddi/status.ts';
import type { NULL, Out, PHYSICAL_ADDRESS, PVOID, UCHAR, ULONG, VP_STATUS } from '../ddi/types.ts';
import { accessRanges } from './access-ranges.ts';
import { checkAddress, checkCallback, checkOut, checkUlong, isNull } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { keepMapping } from './device-memory.ts';
import { perPort } from './per-port.ts';
import { port, type VideoDevice } from './port.ts';

const MAP = callRule('VideoPortMapBankedMemory', PASSIVE_LEVEL);
const TRAP = callRule('VideoPortSetTrappedEmulatorPorts', PASSIVE_LEVEL);

/** Switches banks (HwVidBankedMemoryCallback). With one bank for both, ReadBank and WriteBank are the same. */
export type PBANKED_SECTION_ROUTINE<T = never> = (ReadBank: ULONG, WriteBank: ULONG, Context: T) => void;

/**
 * Maps memory of which only a bank is there at a time as if all of it were: before an access in another bank than the
 * last one the driver's callback switches. Obsolete.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param PhysicalAddress of the bank's window
 * @param Length in: bytes in all, over all banks; out: bytes mapped
 * @param InIoSpace VIDEO_MEMORY_SPACE_MEMORY; banks of ports make no sense
 * @param VirtualAddress out: where all of it begins
 * @param BankLength bytes in a bank
 * @param ReadWriteBank not 0: one bank is for reading and writing; 0: each has its own
 * @param BankRoutine switches banks: gets the bank to read, the bank to write, and Context
 * @param Context handed to the callback
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportmapbankedmemory
 */
export function VideoPortMapBankedMemory<T>(
  HwDeviceExtension: HwDeviceExtension,
  PhysicalAddress: PHYSICAL_ADDRESS,
  Length: Out<ULONG>,
  InIoSpace: Out<ULONG>,
  VirtualAddress: Out<PVOID>,
  BankLength: ULONG,
  ReadWriteBank: UCHAR,
  BankRoutine: PBANKED_SECTION_ROUTINE<T>,
  Context: T,
): VP_STATUS {
  enter(
    MAP,
    HwDeviceExtension,
    PhysicalAddress,
    Length,
    InIoSpace,
    VirtualAddress,
    BankLength,
    ReadWriteBank,
    BankRoutine,
    Context,
  );
  port.device(HwDeviceExtension, MAP.name);
  if (
    !checkAddress(PhysicalAddress, MAP.name, 'PhysicalAddress') ||
    !checkOut<ULONG>(Length, MAP.name, 'Length') ||
    !checkOut<ULONG>(InIoSpace, MAP.name, 'InIoSpace') ||
    !checkOut<PVOID>(VirtualAddress, MAP.name, 'VirtualAddress') ||
    !checkUlong(Length.value, MAP.name, '*Length') ||
    !checkCallback(BankRoutine, MAP.name, 'BankRoutine')
  )
    return ERROR_INVALID_PARAMETER;
  const target = port.bus.decode(Number(PhysicalAddress), false);
  const whole = Number.isInteger(BankLength) && BankLength > 0 && BankLength % 4 === 0;
  if (InIoSpace.value & VIDEO_MEMORY_SPACE_IO || !target || !whole || BankLength > target.left)
    return ERROR_INVALID_PARAMETER;
  let readBank = -1;
  let writeBank = -1;
  const select = (offset: number, write: boolean): number => {
    const bank = Math.floor(offset / BankLength);
    const both = ReadWriteBank !== 0;
    const wantedRead = write && !both ? Math.max(0, readBank) : bank;
    const wantedWrite = write || both ? bank : Math.max(0, writeBank);
    if (wantedRead !== readBank || wantedWrite !== writeBank) {
      readBank = wantedRead;
      writeBank = wantedWrite;
      const { processor } = port;
      processor.run('HwVidBankedMemoryCallback', processor.irql, () => BankRoutine(readBank, writeBank, Context));
    }
    return target.offset + (offset % BankLength);
  };
  const block: RegisterBlock = {
    size: Length.value,
    read32: (offset) => target.block.read32(select(offset, false)),
    write32: (offset, value) => target.block.write32(select(offset, true), value),
  };
  const window = port.windows.mapBlock(block, 0, Length.value);
  if (!window) return ERROR_INVALID_PARAMETER;
  keepMapping(window);
  VirtualAddress.value = window.address;
  return NO_ERROR;
}

/** The ports of each device that a full-screen DOS box may touch directly. */
const direct = perPort(() => new Map<VideoDevice, readonly VIDEO_ACCESS_RANGE[]>());

/**
 * Says which ports a full-screen DOS box may touch directly (RangeVisible TRUE), and which are trapped, so that the
 * driver's SvgaHwIoPort… callbacks run instead. This machine has no DOS boxes: the choice is kept and nothing comes of
 * it.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param NumAccessRanges how many ranges
 * @param AccessRange the ranges of ports
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER for a range of memory or one that the driver has not claimed
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportsettrappedemulatorports
 */
export function VideoPortSetTrappedEmulatorPorts(
  HwDeviceExtension: HwDeviceExtension,
  NumAccessRanges: ULONG,
  AccessRange: readonly VIDEO_ACCESS_RANGE[] | typeof NULL | null,
): VP_STATUS {
  enter(TRAP, HwDeviceExtension, NumAccessRanges, AccessRange);
  const device = port.device(HwDeviceExtension, TRAP.name);
  if (!checkUlong(NumAccessRanges, TRAP.name, 'NumAccessRanges')) return ERROR_INVALID_PARAMETER;
  const ranges = accessRanges(isNull(AccessRange) ? [] : AccessRange, NumAccessRanges, TRAP.name);
  if (!ranges) return ERROR_INVALID_PARAMETER;
  const claimed = (range: VIDEO_ACCESS_RANGE) =>
    range.RangeInIoSpace &&
    device.claims.some(
      (claim) =>
        claim.RangeInIoSpace &&
        range.RangeStart >= claim.RangeStart &&
        range.RangeStart + BigInt(range.RangeLength) <= claim.RangeStart + BigInt(claim.RangeLength),
    );
  if (!ranges.every(claimed)) return ERROR_INVALID_PARAMETER;
  direct().set(
    device,
    ranges.filter((range) => range.RangeVisible),
  );
  return NO_ERROR;
}

/** The ports that a device's driver lets a DOS box touch. */
export function directEmulatorPorts(device: VideoDevice): readonly VIDEO_ACCESS_RANGE[] {
  return direct().get(device) ?? [];
}
