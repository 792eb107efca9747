/** The display data channel: VideoPortDDCMonitorHelper, and the I²C interface that VideoPortQueryServices gives. */
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import {
  type DDC_CONTROL,
  type I2C_CALLBACKS,
  SIZE_OF_DDC_CONTROL,
  type VIDEO_I2C_CONTROL,
  type VIDEO_PORT_I2C_INTERFACE,
  type VIDEO_PORT_I2C_INTERFACE_2,
} from '../ddi/services.ts';
import type { BOOLEAN, PVOID, UCHAR, ULONG } from '../ddi/types.ts';
import { checkCallback, checkStructure } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { type I2cLines, i2cReadByte, i2cStart, i2cStop, i2cWriteByte } from './i2c-master.ts';
import { port } from './port.ts';
import { requireMapped } from './system-memory.ts';

const HELPER = callRule('VideoPortDDCMonitorHelper', PASSIVE_LEVEL);
const I2C = callRule('the I2C service', PASSIVE_LEVEL);

/** I²C addresses, shifted left by one as they go over the wire. */
const EDID_ADDRESS = 0xa0;
const SEGMENT_ADDRESS = 0x60;
const READ = 1;
/** Bytes of one block, whose sum is a multiple of 256. */
const BLOCK = 128;
const HEADER = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];
/** Where a block says how many follow it. */
const EXTENSIONS = 126;
/** Microseconds between changes of a line, where the driver does not say. Standard mode wants 5; drivers' lines are slow enough. */
const NO_DELAY = 0;

/** The lines of a driver's callbacks, as the bit-banging code wants them. */
function linesOf(extension: HwDeviceExtension, callbacks: I2C_CALLBACKS, delay: number): I2cLines {
  const ext = extension as never;
  return {
    writeClock: (level) => callbacks.WriteClockLine(ext, level),
    writeData: (level) => callbacks.WriteDataLine(ext, level),
    readClock: () => Boolean(callbacks.ReadClockLine(ext)),
    readData: () => Boolean(callbacks.ReadDataLine(ext)),
    delay,
  };
}

/** Makes sure that there are four functions for the lines. */
function checkLines(callbacks: unknown, caller: string, parameter: string): callbacks is I2C_CALLBACKS {
  if (!checkStructure(callbacks, caller, parameter)) return false;
  const lines = callbacks as Partial<I2C_CALLBACKS>;
  return (['WriteClockLine', 'WriteDataLine', 'ReadClockLine', 'ReadDataLine'] as const).every((line) =>
    checkCallback(lines[line], caller, `${parameter}.${line}`),
  );
}

/** Reads `count` bytes from the beginning of a segment, or null. */
function readEdid(lines: I2cLines, segment: UCHAR, count: number): Uint8Array | null {
  const selected =
    segment === 0 || (i2cStart(lines) && i2cWriteByte(lines, SEGMENT_ADDRESS) && i2cWriteByte(lines, segment));
  const ready =
    selected &&
    i2cStart(lines) &&
    i2cWriteByte(lines, EDID_ADDRESS) &&
    i2cWriteByte(lines, 0) &&
    i2cStart(lines) &&
    i2cWriteByte(lines, EDID_ADDRESS | READ);
  const bytes = new Uint8Array(count);
  let complete = ready;
  for (let i = 0; i < count && complete; i++) {
    const byte = i2cReadByte(lines, i < count - 1);
    if (byte < 0) complete = false;
    else bytes[i] = byte;
  }
  return i2cStop(lines) && complete ? bytes : null;
}

const soundBlock = (block: Uint8Array): boolean => block.reduce((sum, byte) => sum + byte, 0) % 256 === 0;

/**
 * Reads a monitor's EDID over lines that the driver's callbacks drive.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param DDCControl callbacks, sizeof(DDC_CONTROL) in Size, and the segment
 * @param EdidBuffer out: 128 bytes and, where there is room and the monitor has it, its second block; what is left is
 *   zero
 * @param EdidBufferSize 256 is what to ask for; below 128 there is no EDID
 * @returns TRUE when a monitor answered and its checksums are right
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportddcmonitorhelper
 */
export function VideoPortDDCMonitorHelper(
  HwDeviceExtension: HwDeviceExtension,
  DDCControl: DDC_CONTROL,
  EdidBuffer: PVOID,
  EdidBufferSize: ULONG,
): BOOLEAN {
  enter(HELPER, HwDeviceExtension, DDCControl, EdidBuffer, EdidBufferSize);
  port.device(HwDeviceExtension, HELPER.name);
  if (!checkStructure(DDCControl, HELPER.name, 'DDCControl')) return false;
  if (DDCControl.Size !== SIZE_OF_DDC_CONTROL || !(EdidBufferSize >= BLOCK)) return false;
  if (!checkLines(DDCControl.I2CCallbacks, HELPER.name, 'DDCControl.I2CCallbacks')) return false;
  requireMapped(EdidBuffer, EdidBufferSize, HELPER.name, true);
  const lines = linesOf(HwDeviceExtension, DDCControl.I2CCallbacks, NO_DELAY);
  const first = readEdid(lines, DDCControl.EdidSegment, BLOCK);
  if (!first || !soundBlock(first)) return false;
  if (DDCControl.EdidSegment === 0 && !HEADER.every((byte, i) => first[i] === byte)) return false;
  let edid: Uint8Array | null = first;
  if (EdidBufferSize >= 2 * BLOCK && (first[EXTENSIONS] ?? 0) > 0) {
    edid = readEdid(lines, DDCControl.EdidSegment, 2 * BLOCK);
    if (!edid || !soundBlock(edid.subarray(BLOCK))) return false;
  }
  port.space.bytes.fill(0, EdidBuffer, EdidBuffer + EdidBufferSize);
  port.space.bytes.set(edid, EdidBuffer);
  return true;
}

/** Microseconds between changes of a line that version 2 of the interface asks for, in 100 ns units. */
const delayOf = (callbacks: I2C_CALLBACKS | VIDEO_I2C_CONTROL): number =>
  'I2CDelay' in callbacks ? Number(callbacks.I2CDelay) / 10 : NO_DELAY;

/** The functions of both versions of the interface. Version 2's read ends its transfer only when it is told to. */
export const i2cService = {
  I2CStart: (HwDeviceExtension: object, callbacks: I2C_CALLBACKS) => {
    enter(I2C, HwDeviceExtension, callbacks);
    if (!checkLines(callbacks, 'I2CStart', 'I2CControl')) return false;
    return i2cStart(linesOf(HwDeviceExtension, callbacks, delayOf(callbacks)));
  },
  I2CStop: (HwDeviceExtension: object, callbacks: I2C_CALLBACKS) => {
    enter(I2C, HwDeviceExtension, callbacks);
    if (!checkLines(callbacks, 'I2CStop', 'I2CControl')) return false;
    return i2cStop(linesOf(HwDeviceExtension, callbacks, delayOf(callbacks)));
  },
  I2CWrite: (HwDeviceExtension: object, callbacks: I2C_CALLBACKS, Buffer: PVOID, Length: ULONG) => {
    enter(I2C, HwDeviceExtension, callbacks, Buffer, Length);
    if (!checkLines(callbacks, 'I2CWrite', 'I2CControl')) return false;
    requireMapped(Buffer, Length, 'I2CWrite', false);
    const lines = linesOf(HwDeviceExtension, callbacks, delayOf(callbacks));
    for (let i = 0; i < Length; i++) if (!i2cWriteByte(lines, port.space.bytes[Buffer + i] ?? 0)) return false;
    return true;
  },
  I2CRead: (
    HwDeviceExtension: object,
    callbacks: I2C_CALLBACKS,
    Buffer: PVOID,
    Length: ULONG,
    EndOfRead: BOOLEAN = true,
  ) => {
    enter(I2C, HwDeviceExtension, callbacks, Buffer, Length, EndOfRead);
    if (!checkLines(callbacks, 'I2CRead', 'I2CControl')) return false;
    requireMapped(Buffer, Length, 'I2CRead', true);
    const lines = linesOf(HwDeviceExtension, callbacks, delayOf(callbacks));
    for (let i = 0; i < Length; i++) {
      const byte = i2cReadByte(lines, i < Length - 1 || !EndOfRead);
      if (byte < 0) return false;
      port.space.bytes[Buffer + i] = byte;
    }
    return true;
  },
} as const satisfies Partial<VIDEO_PORT_I2C_INTERFACE> & Partial<VIDEO_PORT_I2C_INTERFACE_2>;
