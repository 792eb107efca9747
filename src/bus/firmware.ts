/**
 * What the PC's firmware leaves for the operating system: the battery-backed memory (CMOS, after the MC146818 and its
 * use in the AT), and the tree of hardware that it found, as \Registry\Machine\Hardware\Description shows it.
 */

/** Bytes of CMOS memory. */
export const CMOS_BYTES = 128;

/** Registers of the clock: seconds, minutes, hours, weekday, day, month, year; century. */
const CLOCK_REGISTERS = [0x00, 0x02, 0x04, 0x06, 0x07, 0x08, 0x09];
const CENTURY = 0x32;
const STATUS_A = 0x0a;
const STATUS_B = 0x0b;
const STATUS_D = 0x0d;
const EQUIPMENT = 0x14;
const BASE_MEMORY = 0x15;
const EXTENDED_MEMORY = 0x17;

const bcd = (value: number): number => Math.floor(value / 10) * 16 + (value % 10);

/** A node of the hardware tree. */
export interface HardwareNode {
  readonly identifier: string;
  /** Raw configuration data. */
  readonly configuration: Uint8Array;
}

/** A kind of node: what VIDEO_DEVICE_DATA_TYPE distinguishes. */
export type HardwareKind = 'machine' | 'cmos' | 'bus' | 'controller' | 'monitor';

export class Firmware {
  readonly #cmos = new Uint8Array(CMOS_BYTES);
  readonly #now: () => Date;

  /**
   * @param ramBytes memory that the firmware counted
   * @param now the clock's time, UTC
   */
  constructor(ramBytes: number, now: () => Date) {
    this.#now = now;
    const view = new DataView(this.#cmos.buffer);
    // 32768 Hz divider; 24-hour clock in BCD; the battery is good.
    view.setUint8(STATUS_A, 0x26);
    view.setUint8(STATUS_B, 0x02);
    view.setUint8(STATUS_D, 0x80);
    // A display with a BIOS of its own, and a coprocessor.
    view.setUint8(EQUIPMENT, 0x02);
    view.setUint16(BASE_MEMORY, 640, true);
    view.setUint16(EXTENDED_MEMORY, Math.min(0xffff, Math.max(0, ramBytes / 1024 - 1024)), true);
  }

  /** Reads CMOS; bytes beyond its end are left out. */
  readCmos(offset: number, length: number): Uint8Array {
    const now = this.#now();
    const fields = [
      now.getUTCSeconds(),
      now.getUTCMinutes(),
      now.getUTCHours(),
      now.getUTCDay() + 1,
      now.getUTCDate(),
      now.getUTCMonth() + 1,
      now.getUTCFullYear() % 100,
    ];
    for (const [i, register] of CLOCK_REGISTERS.entries()) this.#cmos[register] = bcd(fields[i] ?? 0);
    this.#cmos[CENTURY] = bcd(Math.floor(now.getUTCFullYear() / 100));
    return this.#cmos.slice(offset, Math.min(CMOS_BYTES, offset + length));
  }

  /** Writes CMOS and returns how many bytes there was room for. The clock goes on regardless. */
  writeCmos(offset: number, bytes: Uint8Array): number {
    const count = Math.max(0, Math.min(bytes.length, CMOS_BYTES - offset));
    for (let i = 0; i < count; i++) if (offset + i !== STATUS_D) this.#cmos[offset + i] = bytes[i] ?? 0;
    return count;
  }

  /** The nodes of a kind that the firmware found. */
  nodes(kind: HardwareKind, edid: Uint8Array): readonly HardwareNode[] {
    const none = new Uint8Array(0);
    switch (kind) {
      case 'machine':
        return [{ identifier: 'AT/AT COMPATIBLE', configuration: none }];
      case 'cmos':
        return [{ identifier: 'CMOS', configuration: this.readCmos(0, CMOS_BYTES) }];
      case 'bus':
        return [{ identifier: 'PCI', configuration: none }];
      case 'controller':
        return [{ identifier: 'VGA', configuration: none }];
      case 'monitor':
        return [{ identifier: 'Plug and Play Monitor', configuration: edid }];
    }
  }
}
