/**
 * The processor's end of an I²C bus, bit by bit over lines that a driver drives (I²C bus specification, section 3.1). A
 * line is let go to be high; a device may hold the clock low, and is waited for.
 */
import { milliseconds } from '../hal/clock.ts';

/** The lines, with the extension already in them. */
export interface I2cLines {
  writeClock(level: 0 | 1): void;
  writeData(level: 0 | 1): void;
  readClock(): boolean;
  readData(): boolean;
  /** Microseconds between changes. */
  readonly delay: number;
}

/** Longest that a device may stretch the clock: after that the bus is dead (SMBus 2.0 says 25 ms). */
const LONGEST_STRETCH_MS = 25;

function wait(microseconds: number): void {
  if (microseconds <= 0) return;
  const end = milliseconds() + microseconds / 1000;
  while (milliseconds() < end);
}

/** Lets the clock rise. False when a device holds it down for too long. */
function raiseClock(lines: I2cLines): boolean {
  lines.writeClock(1);
  wait(lines.delay);
  if (lines.readClock()) return true;
  const end = milliseconds() + LONGEST_STRETCH_MS;
  while (milliseconds() < end) if (lines.readClock()) return true;
  return false;
}

function lowerClock(lines: I2cLines): void {
  lines.writeClock(0);
  wait(lines.delay);
}

/** A start, or a repeated one. False: the bus does not come free. */
export function i2cStart(lines: I2cLines): boolean {
  lines.writeData(1);
  if (!raiseClock(lines) || !lines.readData()) return false;
  lines.writeData(0);
  wait(lines.delay);
  lowerClock(lines);
  return true;
}

/** A stop. */
export function i2cStop(lines: I2cLines): boolean {
  lines.writeData(0);
  if (!raiseClock(lines)) return false;
  lines.writeData(1);
  wait(lines.delay);
  return lines.readData();
}

/** Sends a byte. True when a device acknowledged it. */
export function i2cWriteByte(lines: I2cLines, byte: number): boolean {
  for (let bit = 7; bit >= 0; bit--) {
    lines.writeData(((byte >> bit) & 1) as 0 | 1);
    if (!raiseClock(lines)) return false;
    lowerClock(lines);
  }
  lines.writeData(1);
  if (!raiseClock(lines)) return false;
  const acknowledged = !lines.readData();
  lowerClock(lines);
  return acknowledged;
}

/** Receives a byte, and asks for another one with `more`. -1: the clock does not rise. */
export function i2cReadByte(lines: I2cLines, more: boolean): number {
  let byte = 0;
  lines.writeData(1);
  for (let bit = 0; bit < 8; bit++) {
    if (!raiseClock(lines)) return -1;
    byte = (byte << 1) | (lines.readData() ? 1 : 0);
    lowerClock(lines);
  }
  lines.writeData(more ? 0 : 1);
  if (!raiseClock(lines)) return -1;
  lowerClock(lines);
  lines.writeData(1);
  return byte;
}
