/**
 * Memory-mapped registers, in all widths: VideoPortRead/WriteRegister… and their buffer forms, which go through
 * consecutive registers.
 */
import { HIGH_LEVEL } from '../ddi/constants.ts';
import type { PVOID } from '../ddi/types.ts';
import { callRule, enter } from './call-rules.ts';
import { readRegister, readRegisters, writeRegister, writeRegisters } from './device-access.ts';

const rule = (name: string) => callRule(name, HIGH_LEVEL, { fromInterrupt: true });

const READ_UCHAR = rule('VideoPortReadRegisterUchar');
const READ_BUFFER_UCHAR = rule('VideoPortReadRegisterBufferUchar');
const WRITE_UCHAR = rule('VideoPortWriteRegisterUchar');
const WRITE_BUFFER_UCHAR = rule('VideoPortWriteRegisterBufferUchar');
const READ_USHORT = rule('VideoPortReadRegisterUshort');
const READ_BUFFER_USHORT = rule('VideoPortReadRegisterBufferUshort');
const WRITE_USHORT = rule('VideoPortWriteRegisterUshort');
const WRITE_BUFFER_USHORT = rule('VideoPortWriteRegisterBufferUshort');
const READ_ULONG = rule('VideoPortReadRegisterUlong');
const READ_BUFFER_ULONG = rule('VideoPortReadRegisterBufferUlong');
const WRITE_ULONG = rule('VideoPortWriteRegisterUlong');
const WRITE_BUFFER_ULONG = rule('VideoPortWriteRegisterBufferUlong');

/**
 * An 8-bit read of a memory-mapped register. Any IRQL.
 *
 * @param Register address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @returns what was read
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadregisteruchar
 */
export function VideoPortReadRegisterUchar(Register: PVOID): number {
  enter(READ_UCHAR, Register);
  return readRegister(Register, 1, READ_UCHAR.name);
}

/**
 * An 8-bit write to a memory-mapped register. Any IRQL.
 *
 * @param Register address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @param Value what to write
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteregisteruchar
 */
export function VideoPortWriteRegisterUchar(Register: PVOID, Value: number): void {
  enter(WRITE_UCHAR, Register, Value);
  writeRegister(Register, 1, Value, WRITE_UCHAR.name);
}

/**
 * Count 8-bit reads of consecutive registers into memory.
 *
 * @param Register address of the first register
 * @param Buffer where to put the 8-bit numbers
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadregisterbufferuchar
 */
export function VideoPortReadRegisterBufferUchar(Register: PVOID, Buffer: PVOID, Count: number): void {
  enter(READ_BUFFER_UCHAR, Register, Buffer, Count);
  readRegisters(Register, 1, Buffer, Count, READ_BUFFER_UCHAR.name);
}

/**
 * Count 8-bit writes of consecutive registers out of memory.
 *
 * @param Register address of the first register
 * @param Buffer where the 8-bit numbers are
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteregisterbufferuchar
 */
export function VideoPortWriteRegisterBufferUchar(Register: PVOID, Buffer: PVOID, Count: number): void {
  enter(WRITE_BUFFER_UCHAR, Register, Buffer, Count);
  writeRegisters(Register, 1, Buffer, Count, WRITE_BUFFER_UCHAR.name);
}

/**
 * A 16-bit read of a memory-mapped register. Any IRQL.
 *
 * @param Register address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @returns what was read
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadregisterushort
 */
export function VideoPortReadRegisterUshort(Register: PVOID): number {
  enter(READ_USHORT, Register);
  return readRegister(Register, 2, READ_USHORT.name);
}

/**
 * A 16-bit write to a memory-mapped register. Any IRQL.
 *
 * @param Register address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @param Value what to write
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteregisterushort
 */
export function VideoPortWriteRegisterUshort(Register: PVOID, Value: number): void {
  enter(WRITE_USHORT, Register, Value);
  writeRegister(Register, 2, Value, WRITE_USHORT.name);
}

/**
 * Count 16-bit reads of consecutive registers into memory.
 *
 * @param Register address of the first register
 * @param Buffer where to put the 16-bit numbers
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadregisterbufferushort
 */
export function VideoPortReadRegisterBufferUshort(Register: PVOID, Buffer: PVOID, Count: number): void {
  enter(READ_BUFFER_USHORT, Register, Buffer, Count);
  readRegisters(Register, 2, Buffer, Count, READ_BUFFER_USHORT.name);
}

/**
 * Count 16-bit writes of consecutive registers out of memory.
 *
 * @param Register address of the first register
 * @param Buffer where the 16-bit numbers are
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteregisterbufferushort
 */
export function VideoPortWriteRegisterBufferUshort(Register: PVOID, Buffer: PVOID, Count: number): void {
  enter(WRITE_BUFFER_USHORT, Register, Buffer, Count);
  writeRegisters(Register, 2, Buffer, Count, WRITE_BUFFER_USHORT.name);
}

/**
 * A 32-bit read of a memory-mapped register. Any IRQL.
 *
 * @param Register address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @returns what was read
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadregisterulong
 */
export function VideoPortReadRegisterUlong(Register: PVOID): number {
  enter(READ_ULONG, Register);
  return readRegister(Register, 4, READ_ULONG.name);
}

/**
 * A 32-bit write to a memory-mapped register. Any IRQL.
 *
 * @param Register address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @param Value what to write
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteregisterulong
 */
export function VideoPortWriteRegisterUlong(Register: PVOID, Value: number): void {
  enter(WRITE_ULONG, Register, Value);
  writeRegister(Register, 4, Value, WRITE_ULONG.name);
}

/**
 * Count 32-bit reads of consecutive registers into memory.
 *
 * @param Register address of the first register
 * @param Buffer where to put the 32-bit numbers
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadregisterbufferulong
 */
export function VideoPortReadRegisterBufferUlong(Register: PVOID, Buffer: PVOID, Count: number): void {
  enter(READ_BUFFER_ULONG, Register, Buffer, Count);
  readRegisters(Register, 4, Buffer, Count, READ_BUFFER_ULONG.name);
}

/**
 * Count 32-bit writes of consecutive registers out of memory.
 *
 * @param Register address of the first register
 * @param Buffer where the 32-bit numbers are
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteregisterbufferulong
 */
export function VideoPortWriteRegisterBufferUlong(Register: PVOID, Buffer: PVOID, Count: number): void {
  enter(WRITE_BUFFER_ULONG, Register, Buffer, Count);
  writeRegisters(Register, 4, Buffer, Count, WRITE_BUFFER_ULONG.name);
}
