/** Memory helpers: VideoPortCompareMemory, MoveMemory, ZeroMemory, ZeroDeviceMemory, and the interlocked operations. */
import { HIGH_LEVEL } from '../ddi/constants.ts';
import type { LONG, PVOID, ULONG } from '../ddi/types.ts';
import { hex } from '../memory/address-space.ts';
import { checkUlong, writtenBits } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { writeRegister } from './device-access.ts';
import { port } from './port.ts';
import { requireMapped } from './system-memory.ts';

const COMPARE = callRule('VideoPortCompareMemory', HIGH_LEVEL);
const MOVE = callRule('VideoPortMoveMemory', HIGH_LEVEL);
const ZERO = callRule('VideoPortZeroMemory', HIGH_LEVEL, { fromInterrupt: true });
const ZERO_DEVICE = callRule('VideoPortZeroDeviceMemory', HIGH_LEVEL, { fromInterrupt: true });
const INCREMENT = callRule('VideoPortInterlockedIncrement', HIGH_LEVEL);
const DECREMENT = callRule('VideoPortInterlockedDecrement', HIGH_LEVEL);
const EXCHANGE = callRule('VideoPortInterlockedExchange', HIGH_LEVEL);

/**
 * Compares two blocks.
 *
 * @param Source1 one block
 * @param Source2 the other
 * @param Length how many bytes
 * @returns how many bytes from the beginning are equal: Length when all are
 * @irql any, if both blocks are resident
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportcomparememory
 */
export function VideoPortCompareMemory(Source1: PVOID, Source2: PVOID, Length: ULONG): ULONG {
  enter(COMPARE, Source1, Source2, Length);
  requireMapped(Source1, Length, COMPARE.name, false);
  requireMapped(Source2, Length, COMPARE.name, false);
  const { bytes } = port.space;
  for (let i = 0; i < Length; i++) if (bytes[Source1 + i] !== bytes[Source2 + i]) return i;
  return Length;
}

/**
 * Copies a block; the two may overlap.
 *
 * @param Destination where to
 * @param Source where from
 * @param Length how many bytes
 * @irql any, if both blocks are resident; else below DISPATCH_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportmovememory
 */
export function VideoPortMoveMemory(Destination: PVOID, Source: PVOID, Length: ULONG): void {
  enter(MOVE, Destination, Source, Length);
  requireMapped(Source, Length, MOVE.name, false);
  requireMapped(Destination, Length, MOVE.name, true);
  port.space.bytes.copyWithin(Destination, Source, Source + Length);
}

/**
 * Fills a block of system memory with zeros.
 *
 * @param Destination where the block begins
 * @param Length how many bytes
 * @irql any, if the block is resident; else below DISPATCH_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportzeromemory
 */
export function VideoPortZeroMemory(Destination: PVOID, Length: ULONG): void {
  enter(ZERO, Destination, Length);
  requireMapped(Destination, Length, ZERO.name, true);
  port.space.bytes.fill(0, Destination, Destination + Length);
}

/**
 * Fills mapped device memory with zeros.
 *
 * @param Destination where the block begins
 * @param Length how many bytes
 * @irql any, if the block is resident; else below DISPATCH_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportzerodevicememory
 */
export function VideoPortZeroDeviceMemory(Destination: PVOID, Length: ULONG): void {
  enter(ZERO_DEVICE, Destination, Length);
  if (typeof Destination !== 'number' || !port.windows.at(Destination)) {
    requireMapped(Destination, Length, ZERO_DEVICE.name, true);
    port.space.bytes.fill(0, Destination, Destination + Length);
    return;
  }
  if (!checkUlong(Length, ZERO_DEVICE.name, 'Length')) return;
  let at = Destination;
  for (; at % 4 === 0 && at + 4 <= Destination + Length; at += 4) writeRegister(at, 4, 0, ZERO_DEVICE.name);
  for (; at < Destination + Length; at++) writeRegister(at, 1, 0, ZERO_DEVICE.name);
}

/** The 32-bit number at an address, for an atomic operation. */
function long(address: PVOID, caller: string): [Int32Array, number] {
  requireMapped(address, 4, caller, true);
  if (address % 4 !== 0) throw new RangeError(`${caller}: ${hex(address)} is not a multiple of 4`);
  return [new Int32Array(port.space.buffer), address / 4];
}

/**
 * Adds 1 atomically.
 *
 * @param Addend address of the number
 * @returns the new value
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportinterlockedincrement
 */
export function VideoPortInterlockedIncrement(Addend: PVOID): LONG {
  enter(INCREMENT, Addend);
  return (Atomics.add(...long(Addend, INCREMENT.name), 1) + 1) | 0;
}

/**
 * Subtracts 1 atomically.
 *
 * @param Addend address of the number
 * @returns the new value
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportinterlockeddecrement
 */
export function VideoPortInterlockedDecrement(Addend: PVOID): LONG {
  enter(DECREMENT, Addend);
  return (Atomics.sub(...long(Addend, DECREMENT.name), 1) - 1) | 0;
}

/**
 * Swaps a value atomically: the documented way to lock a common buffer among its users.
 *
 * @param Target address of the number
 * @param Value what it becomes
 * @returns the old value
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportinterlockedexchange
 */
export function VideoPortInterlockedExchange(Target: PVOID, Value: LONG): LONG {
  enter(EXCHANGE, Target, Value);
  const at = long(Target, EXCHANGE.name);
  return Atomics.exchange(...at, writtenBits(Value, EXCHANGE.name));
}
