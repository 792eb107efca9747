/** How a register or port access of the driver finds its device. */

import { type AccessSize, type RegisterBlock, readLane, writeLane } from '../bus/register-block.ts';
import { PAGE_FAULT_IN_NONPAGED_AREA } from '../ddi/bug-checks.ts';
import { hex } from '../memory/address-space.ts';
import { checkUlong, told, writtenBits } from './arguments.ts';
import { port } from './port.ts';
import { requireMapped } from './system-memory.ts';

/**
 * Says that an access straddles two registers; the access then goes to the register in which it begins. What is no
 * number is no address: that is a page fault.
 */
function checkAligned(address: number, size: AccessSize, caller: string): void {
  if (typeof address !== 'number') {
    port.processor.bugCheck(
      PAGE_FAULT_IN_NONPAGED_AREA,
      [0, 0, 0, 0],
      `${caller}: the address is ${told(address)}; it must be a number`,
    );
  }
  if (address % size !== 0) {
    port.observer?.report(
      'bad-argument',
      [address, size, 0, 0],
      `${caller}: ${hex(address)} is not a multiple of ${size}`,
    );
  }
}

/** Reads a memory-mapped register. An address in RAM is read as memory, as the processor would. */
export function readRegister(address: number, size: AccessSize, caller: string): number {
  if (typeof address !== 'number' || address % size !== 0) checkAligned(address, size, caller);
  const window = port.windows.at(address);
  if (window) {
    const offset = address - window.address;
    if (offset >= 0 && offset + size <= window.length) return readLane(window.block, window.blockOffset + offset, size);
  }
  if (address >= port.space.bytes.length) return noRegister(address, 0, caller);
  requireMapped(address, size, caller, false);
  const memory = new DataView(port.space.buffer);
  return size === 4
    ? memory.getUint32(address, true)
    : size === 2
      ? memory.getUint16(address, true)
      : memory.getUint8(address);
}

/** Writes a memory-mapped register. */
export function writeRegister(address: number, size: AccessSize, given: number, caller: string): void {
  if (typeof address !== 'number' || address % size !== 0) checkAligned(address, size, caller);
  const value = writtenBits(given, caller);
  const window = port.windows.at(address);
  if (window) {
    const offset = address - window.address;
    if (offset >= 0 && offset + size <= window.length) {
      writeLane(window.block, window.blockOffset + offset, size, value);
      return;
    }
  }
  if (address >= port.space.bytes.length) noRegister(address, 1, caller);
  requireMapped(address, size, caller, true);
  const memory = new DataView(port.space.buffer);
  if (size === 4) memory.setUint32(address, value, true);
  else if (size === 2) memory.setUint16(address, value, true);
  else memory.setUint8(address, value);
}

/** The bytes of a mapped block that is memory, if `count` of them at an address are that, each access aligned. */
function windowAt(address: number, size: AccessSize, count: number): { block: RegisterBlock; offset: number } | null {
  const window = typeof address === 'number' && address % size === 0 ? port.windows.at(address) : undefined;
  if (!window || address < window.address || address + count * size > window.address + window.length) return null;
  return { block: window.block, offset: window.blockOffset + address - window.address };
}

/** Reads consecutive registers into system memory: device memory at once, anything else one by one. */
export function readRegisters(address: number, size: AccessSize, buffer: number, count: number, caller: string): void {
  if (!checkUlong(count, caller, 'Count')) return;
  requireMapped(buffer, count * size, caller, true);
  const window = windowAt(address, size, count);
  const bytes = port.space.bytes.subarray(buffer, buffer + count * size);
  if (window?.block.readBytes?.(window.offset, bytes)) return;
  const memory = new DataView(port.space.buffer);
  for (let at = 0; at < count * size; at += size) {
    const value = readRegister(address + at, size, caller);
    if (size === 4) memory.setUint32(buffer + at, value, true);
    else if (size === 2) memory.setUint16(buffer + at, value, true);
    else memory.setUint8(buffer + at, value);
  }
}

/** Writes consecutive registers out of system memory, likewise. */
export function writeRegisters(address: number, size: AccessSize, buffer: number, count: number, caller: string): void {
  if (!checkUlong(count, caller, 'Count')) return;
  requireMapped(buffer, count * size, caller, false);
  const window = windowAt(address, size, count);
  const bytes = port.space.bytes.subarray(buffer, buffer + count * size);
  if (window?.block.writeBytes?.(window.offset, bytes)) return;
  const memory = new DataView(port.space.buffer);
  for (let at = 0; at < count * size; at += size) {
    const from = buffer + at;
    const value =
      size === 4 ? memory.getUint32(from, true) : size === 2 ? memory.getUint16(from, true) : memory.getUint8(from);
    writeRegister(address + at, size, value, caller);
  }
}

/** Reads an I/O port; where no device answers, the bus floats high. */
export function readPort(address: number, size: AccessSize, caller: string): number {
  checkAligned(address, size, caller);
  const target = port.bus.decode(address, true);
  return target ? readLane(target.block, target.offset, size) : size === 4 ? 0xffff_ffff : size === 2 ? 0xffff : 0xff;
}

/** Writes an I/O port; where no device answers, nothing happens. */
export function writePort(address: number, size: AccessSize, given: number, caller: string): void {
  checkAligned(address, size, caller);
  const value = writtenBits(given, caller);
  const target = port.bus.decode(address, true);
  if (target) writeLane(target.block, target.offset, size, value);
}

function noRegister(address: number, operation: 0 | 1, caller: string): never {
  return port.processor.bugCheck(
    PAGE_FAULT_IN_NONPAGED_AREA,
    [address, operation, 0, 0],
    `${caller}: no register is mapped at ${hex(address)}: VideoPortGetDeviceBase or VideoPortMapMemory gives the address to use`,
  );
}
