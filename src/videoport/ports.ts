/**
 * I/O ports, in all widths: VideoPortRead/WritePort… and their buffer forms, which go to the same port again and again.
 */
import { HIGH_LEVEL } from '../ddi/constants.ts';
import type { PVOID } from '../ddi/types.ts';
import { checkUlong } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { readPort, writePort } from './device-access.ts';
import { port } from './port.ts';
import { requireMapped } from './system-memory.ts';

const rule = (name: string) => callRule(name, HIGH_LEVEL, { fromInterrupt: true });

const READ_UCHAR = rule('VideoPortReadPortUchar');
const READ_BUFFER_UCHAR = rule('VideoPortReadPortBufferUchar');
const WRITE_UCHAR = rule('VideoPortWritePortUchar');
const WRITE_BUFFER_UCHAR = rule('VideoPortWritePortBufferUchar');
const READ_USHORT = rule('VideoPortReadPortUshort');
const READ_BUFFER_USHORT = rule('VideoPortReadPortBufferUshort');
const WRITE_USHORT = rule('VideoPortWritePortUshort');
const WRITE_BUFFER_USHORT = rule('VideoPortWritePortBufferUshort');
const READ_ULONG = rule('VideoPortReadPortUlong');
const READ_BUFFER_ULONG = rule('VideoPortReadPortBufferUlong');
const WRITE_ULONG = rule('VideoPortWritePortUlong');
const WRITE_BUFFER_ULONG = rule('VideoPortWritePortBufferUlong');

/**
 * An 8-bit read of an I/O port. Any IRQL.
 *
 * @param Port address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @returns what was read
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadportuchar
 */
export function VideoPortReadPortUchar(Port: PVOID): number {
  enter(READ_UCHAR, Port);
  return readPort(Port, 1, READ_UCHAR.name);
}

/**
 * An 8-bit write to an I/O port. Any IRQL.
 *
 * @param Port address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @param Value what to write
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteportuchar
 */
export function VideoPortWritePortUchar(Port: PVOID, Value: number): void {
  enter(WRITE_UCHAR, Port, Value);
  writePort(Port, 1, Value, WRITE_UCHAR.name);
}

/**
 * Count 8-bit reads of one port into memory.
 *
 * @param Port address from VideoPortGetDeviceBase
 * @param Buffer where to put the 8-bit numbers
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadportbufferuchar
 */
export function VideoPortReadPortBufferUchar(Port: PVOID, Buffer: PVOID, Count: number): void {
  enter(READ_BUFFER_UCHAR, Port, Buffer, Count);
  if (!checkUlong(Count, READ_BUFFER_UCHAR.name, 'Count')) return;
  requireMapped(Buffer, Count * 1, READ_BUFFER_UCHAR.name, true);
  const memory = new DataView(port.space.buffer);
  for (let i = 0; i < Count; i++) memory.setUint8(Buffer + i * 1, readPort(Port, 1, READ_BUFFER_UCHAR.name));
}

/**
 * Count 8-bit writes of one port out of memory.
 *
 * @param Port address from VideoPortGetDeviceBase
 * @param Buffer where the 8-bit numbers are
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteportbufferuchar
 */
export function VideoPortWritePortBufferUchar(Port: PVOID, Buffer: PVOID, Count: number): void {
  enter(WRITE_BUFFER_UCHAR, Port, Buffer, Count);
  if (!checkUlong(Count, WRITE_BUFFER_UCHAR.name, 'Count')) return;
  requireMapped(Buffer, Count * 1, WRITE_BUFFER_UCHAR.name, false);
  const memory = new DataView(port.space.buffer);
  for (let i = 0; i < Count; i++) writePort(Port, 1, memory.getUint8(Buffer + i * 1), WRITE_BUFFER_UCHAR.name);
}

/**
 * A 16-bit read of an I/O port. Any IRQL.
 *
 * @param Port address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @returns what was read
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadportushort
 */
export function VideoPortReadPortUshort(Port: PVOID): number {
  enter(READ_USHORT, Port);
  return readPort(Port, 2, READ_USHORT.name);
}

/**
 * A 16-bit write to an I/O port. Any IRQL.
 *
 * @param Port address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @param Value what to write
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteportushort
 */
export function VideoPortWritePortUshort(Port: PVOID, Value: number): void {
  enter(WRITE_USHORT, Port, Value);
  writePort(Port, 2, Value, WRITE_USHORT.name);
}

/**
 * Count 16-bit reads of one port into memory.
 *
 * @param Port address from VideoPortGetDeviceBase
 * @param Buffer where to put the 16-bit numbers
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadportbufferushort
 */
export function VideoPortReadPortBufferUshort(Port: PVOID, Buffer: PVOID, Count: number): void {
  enter(READ_BUFFER_USHORT, Port, Buffer, Count);
  if (!checkUlong(Count, READ_BUFFER_USHORT.name, 'Count')) return;
  requireMapped(Buffer, Count * 2, READ_BUFFER_USHORT.name, true);
  const memory = new DataView(port.space.buffer);
  for (let i = 0; i < Count; i++) memory.setUint16(Buffer + i * 2, readPort(Port, 2, READ_BUFFER_USHORT.name), true);
}

/**
 * Count 16-bit writes of one port out of memory.
 *
 * @param Port address from VideoPortGetDeviceBase
 * @param Buffer where the 16-bit numbers are
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteportbufferushort
 */
export function VideoPortWritePortBufferUshort(Port: PVOID, Buffer: PVOID, Count: number): void {
  enter(WRITE_BUFFER_USHORT, Port, Buffer, Count);
  if (!checkUlong(Count, WRITE_BUFFER_USHORT.name, 'Count')) return;
  requireMapped(Buffer, Count * 2, WRITE_BUFFER_USHORT.name, false);
  const memory = new DataView(port.space.buffer);
  for (let i = 0; i < Count; i++) writePort(Port, 2, memory.getUint16(Buffer + i * 2, true), WRITE_BUFFER_USHORT.name);
}

/**
 * A 32-bit read of an I/O port. Any IRQL.
 *
 * @param Port address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @returns what was read
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadportulong
 */
export function VideoPortReadPortUlong(Port: PVOID): number {
  enter(READ_ULONG, Port);
  return readPort(Port, 4, READ_ULONG.name);
}

/**
 * A 32-bit write to an I/O port. Any IRQL.
 *
 * @param Port address from VideoPortGetDeviceBase or VideoPortMapMemory
 * @param Value what to write
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteportulong
 */
export function VideoPortWritePortUlong(Port: PVOID, Value: number): void {
  enter(WRITE_ULONG, Port, Value);
  writePort(Port, 4, Value, WRITE_ULONG.name);
}

/**
 * Count 32-bit reads of one port into memory.
 *
 * @param Port address from VideoPortGetDeviceBase
 * @param Buffer where to put the 32-bit numbers
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadportbufferulong
 */
export function VideoPortReadPortBufferUlong(Port: PVOID, Buffer: PVOID, Count: number): void {
  enter(READ_BUFFER_ULONG, Port, Buffer, Count);
  if (!checkUlong(Count, READ_BUFFER_ULONG.name, 'Count')) return;
  requireMapped(Buffer, Count * 4, READ_BUFFER_ULONG.name, true);
  const memory = new DataView(port.space.buffer);
  for (let i = 0; i < Count; i++) memory.setUint32(Buffer + i * 4, readPort(Port, 4, READ_BUFFER_ULONG.name), true);
}

/**
 * Count 32-bit writes of one port out of memory.
 *
 * @param Port address from VideoPortGetDeviceBase
 * @param Buffer where the 32-bit numbers are
 * @param Count how many
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwriteportbufferulong
 */
export function VideoPortWritePortBufferUlong(Port: PVOID, Buffer: PVOID, Count: number): void {
  enter(WRITE_BUFFER_ULONG, Port, Buffer, Count);
  if (!checkUlong(Count, WRITE_BUFFER_ULONG.name, 'Count')) return;
  requireMapped(Buffer, Count * 4, WRITE_BUFFER_ULONG.name, false);
  const memory = new DataView(port.space.buffer);
  for (let i = 0; i < Count; i++) writePort(Port, 4, memory.getUint32(Buffer + i * 4, true), WRITE_BUFFER_ULONG.name);
}
