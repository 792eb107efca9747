/** The video BIOS: VideoPortInt10, and the Int10 interface that VideoPortQueryServices gives. */
import { REAL_MODE_BYTES } from '../bus/vbe-firmware.ts';
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { INT10_BIOS_ARGUMENTS, VIDEO_PORT_INT10_INTERFACE, VIDEO_X86_BIOS_ARGUMENTS } from '../ddi/services.ts';
import { ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY, NO_ERROR } from '../ddi/status.ts';
import type { Out, PVOID, ULONG, USHORT, VP_STATUS } from '../ddi/types.ts';
import { checkOut, checkStructure } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { perPort } from './per-port.ts';
import { platform } from './platform.ts';
import { port } from './port.ts';
import { requireMapped } from './system-memory.ts';

const INT10 = callRule('VideoPortInt10', PASSIVE_LEVEL);
const SERVICE = callRule('the Int10 service', PASSIVE_LEVEL);

/** The one buffer that a driver can have in real-mode memory. */
const BUFFER_SEGMENT = 0x2000;
const BUFFER_BYTES = 0x1000;

const buffer = perPort(() => ({ allocated: false }));

/**
 * Executes INT 10h with register values alone: what a function reads or writes in memory is not to be had this way, the
 * Int10 interface is for that.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param BiosArguments in and out: the registers
 * @returns NO_ERROR: the call was made; AX says whether the BIOS did it
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportint10
 */
export function VideoPortInt10(
  HwDeviceExtension: HwDeviceExtension,
  BiosArguments: VIDEO_X86_BIOS_ARGUMENTS,
): VP_STATUS {
  enter(INT10, HwDeviceExtension, BiosArguments);
  port.device(HwDeviceExtension, INT10.name);
  if (!checkStructure(BiosArguments, INT10.name, 'BiosArguments')) return ERROR_INVALID_PARAMETER;
  const { Eax, Ebx, Ecx, Edx, Esi, Edi, Ebp } = BiosArguments;
  const registers = { Eax, Ebx, Ecx, Edx, Esi, Edi, Ebp, SegDs: 0, SegEs: 0 };
  // Segment 0 would hand the BIOS the interrupt table: services that want a buffer are refused, as they fail on a
  // machine.
  if (usesBuffer(registers.Eax, registers.Ebx)) {
    BiosArguments.Eax = ((Eax & 0xffff_0000) | 0x014f) >>> 0;
    return NO_ERROR;
  }
  platform().bios.int10(registers);
  Object.assign(BiosArguments, {
    Eax: registers.Eax,
    Ebx: registers.Ebx,
    Ecx: registers.Ecx,
    Edx: registers.Edx,
    Esi: registers.Esi,
    Edi: registers.Edi,
    Ebp: registers.Ebp,
  });
  return NO_ERROR;
}

const usesBuffer = (eax: number, ebx: number): boolean => {
  const ax = eax & 0xffff;
  return ax === 0x4f00 || ax === 0x4f01 || (ax === 0x4f15 && (ebx & 0xff) === 1);
};

/** Linear address in the first megabyte, or -1 when the range leaves it. */
function linear(segment: USHORT, offset: USHORT, length: ULONG): number {
  const at = ((segment & 0xffff) << 4) + (offset & 0xffff);
  return at + length <= REAL_MODE_BYTES ? at : -1;
}

/** The functions of the interface. */
export const int10Service: Required<
  Pick<
    VIDEO_PORT_INT10_INTERFACE,
    'Int10AllocateBuffer' | 'Int10FreeBuffer' | 'Int10ReadMemory' | 'Int10WriteMemory' | 'Int10CallBios'
  >
> = {
  /** In: bytes wanted; out: bytes of the buffer. There is one of 4 KiB. */
  Int10AllocateBuffer(_Context: PVOID, Seg: Out<USHORT>, Off: Out<USHORT>, Length: Out<ULONG>) {
    enter(SERVICE);
    const state = buffer();
    const caller = 'Int10AllocateBuffer';
    if (!checkOut<USHORT>(Seg, caller, 'Seg') || !checkOut<USHORT>(Off, caller, 'Off')) return ERROR_INVALID_PARAMETER;
    if (!checkOut<ULONG>(Length, caller, 'Length')) return ERROR_INVALID_PARAMETER;
    if (state.allocated || Length.value > BUFFER_BYTES) {
      Length.value = 0;
      return ERROR_NOT_ENOUGH_MEMORY;
    }
    state.allocated = true;
    Seg.value = BUFFER_SEGMENT;
    Off.value = 0;
    Length.value = BUFFER_BYTES;
    return NO_ERROR;
  },
  Int10FreeBuffer(_Context: PVOID, Seg: USHORT, Off: USHORT) {
    enter(SERVICE);
    const state = buffer();
    if (!state.allocated || Seg !== BUFFER_SEGMENT || Off !== 0) return ERROR_INVALID_PARAMETER;
    state.allocated = false;
    return NO_ERROR;
  },
  Int10ReadMemory(_Context: PVOID, Seg: USHORT, Off: USHORT, Buffer: PVOID, Length: ULONG) {
    enter(SERVICE);
    const at = linear(Seg, Off, Length);
    if (at < 0) return ERROR_INVALID_PARAMETER;
    requireMapped(Buffer, Length, 'Int10ReadMemory', true);
    port.space.bytes.set(platform().bios.memory.subarray(at, at + Length), Buffer);
    return NO_ERROR;
  },
  Int10WriteMemory(_Context: PVOID, Seg: USHORT, Off: USHORT, Buffer: PVOID, Length: ULONG) {
    enter(SERVICE);
    const at = linear(Seg, Off, Length);
    if (at < 0) return ERROR_INVALID_PARAMETER;
    requireMapped(Buffer, Length, 'Int10WriteMemory', false);
    platform().bios.memory.set(port.space.bytes.subarray(Buffer, Buffer + Length), at);
    return NO_ERROR;
  },
  Int10CallBios(_Context: PVOID, BiosArguments: INT10_BIOS_ARGUMENTS) {
    enter(SERVICE);
    if (!checkStructure(BiosArguments, 'Int10CallBios', 'BiosArguments')) return ERROR_INVALID_PARAMETER;
    platform().bios.int10(BiosArguments);
    return NO_ERROR;
  },
};
