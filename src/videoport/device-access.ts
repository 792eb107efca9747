/** How a register or port access of the driver finds its device. */

import { type AccessSize, readLane, writeLane } from '../bus/register-block.ts';
import { PAGE_FAULT_IN_NONPAGED_AREA } from '../ddi/bug-checks.ts';
import { hex } from '../memory/address-space.ts';
import { port } from './port.ts';
import { requireMapped } from './system-memory.ts';

/** Says that an access straddles two registers; the access then goes to the register in which it begins. */
function checkAligned(address: number, size: AccessSize, caller: string): void {
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
  if (address % size !== 0) checkAligned(address, size, caller);
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
export function writeRegister(address: number, size: AccessSize, value: number, caller: string): void {
  if (address % size !== 0) checkAligned(address, size, caller);
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

/** Reads an I/O port; where no device answers, the bus floats high. */
export function readPort(address: number, size: AccessSize, caller: string): number {
  checkAligned(address, size, caller);
  const target = port.bus.decode(address, true);
  return target ? readLane(target.block, target.offset, size) : size === 4 ? 0xffff_ffff : size === 2 ? 0xffff : 0xff;
}

/** Writes an I/O port; where no device answers, nothing happens. */
export function writePort(address: number, size: AccessSize, value: number, caller: string): void {
  checkAligned(address, size, caller);
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
