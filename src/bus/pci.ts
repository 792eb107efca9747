/**
 * A conventional PCI bus with its configuration space (PCI Local Bus Specification 3.0, chapter 6): type 0 headers,
 * base address registers with the sizing protocol, one interrupt pin a function. Firmware has assigned all addresses
 * before the operating system starts, so the port finds them as PnP would report them.
 */
import type { RegisterBlock } from './register-block.ts';

/** What a device says of itself when it is plugged in. */
export interface PciIdentity {
  readonly vendorId: number;
  readonly deviceId: number;
  readonly revision: number;
  /** Class code: base class, subclass and interface in bits 23:0. */
  readonly classCode: number;
  readonly subsystemVendorId: number;
  readonly subsystemId: number;
}

/** One base address register and what it decodes. */
export interface Bar {
  readonly io: boolean;
  /** Bus address that the firmware assigned. */
  readonly address: number;
  readonly block: RegisterBlock;
}

const VENDOR_ID = 0x00;
const COMMAND = 0x04;
const STATUS = 0x06;
const REVISION = 0x08;
const CLASS = 0x09;
const BAR0 = 0x10;
const SUBSYSTEM = 0x2c;
const INTERRUPT_LINE = 0x3c;
const INTERRUPT_PIN = 0x3d;

const COMMAND_IO = 1;
const COMMAND_MEMORY = 2;
const COMMAND_BUS_MASTER = 4;

/** Bytes of configuration space. */
const CONFIG_BYTES = 256;
/** Smallest memory and I/O ranges that a BAR can ask for. */
const MINIMUM_MEMORY = 16;
const MINIMUM_IO = 4;

/** One function in a slot. */
export class PciFunction {
  readonly #config = new DataView(new ArrayBuffer(CONFIG_BYTES));
  readonly bars: readonly Bar[];
  /** Level of the function's interrupt pin: asserted as long as it wants attention. */
  readonly interruptAsserted: () => boolean;

  constructor(identity: PciIdentity, bars: readonly Bar[], interruptLine: number, interruptAsserted: () => boolean) {
    this.bars = bars;
    this.interruptAsserted = interruptAsserted;
    const config = this.#config;
    config.setUint16(VENDOR_ID, identity.vendorId, true);
    config.setUint16(VENDOR_ID + 2, identity.deviceId, true);
    config.setUint16(COMMAND, COMMAND_IO | COMMAND_MEMORY | COMMAND_BUS_MASTER, true);
    config.setUint16(STATUS, 0x0200, true);
    config.setUint8(REVISION, identity.revision);
    config.setUint8(CLASS, identity.classCode & 0xff);
    config.setUint16(CLASS + 1, identity.classCode >>> 8, true);
    for (const [index, bar] of bars.entries())
      config.setUint32(BAR0 + 4 * index, (bar.address | (bar.io ? 1 : 0)) >>> 0, true);
    config.setUint16(SUBSYSTEM, identity.subsystemVendorId, true);
    config.setUint16(SUBSYSTEM + 2, identity.subsystemId, true);
    config.setUint8(INTERRUPT_LINE, interruptLine);
    config.setUint8(INTERRUPT_PIN, 1);
  }

  get vendorId(): number {
    return this.#config.getUint16(VENDOR_ID, true);
  }

  get deviceId(): number {
    return this.#config.getUint16(VENDOR_ID + 2, true);
  }

  get interruptLine(): number {
    return this.#config.getUint8(INTERRUPT_LINE);
  }

  /** Reads configuration space; bytes beyond its end are left out. */
  read(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#config.buffer.slice(offset, Math.min(offset + length, CONFIG_BYTES)));
  }

  /**
   * Writes configuration space and returns how many bytes were taken. Only what a driver may change changes: command,
   * BARs (by the sizing protocol: write ones, read back the mask), cache line, latency timer and interrupt line.
   */
  write(offset: number, bytes: Uint8Array): number {
    const count = Math.max(0, Math.min(bytes.length, CONFIG_BYTES - offset));
    const before = this.read(0, CONFIG_BYTES);
    for (let i = 0; i < count; i++) {
      const at = offset + i;
      const writable =
        at === COMMAND || at === 0x0c || at === 0x0d || at === INTERRUPT_LINE || (at >= BAR0 && at < BAR0 + 24);
      if (writable) this.#config.setUint8(at, bytes[i] ?? 0);
    }
    for (let index = 0; index < 6; index++) {
      const at = BAR0 + 4 * index;
      const bar = this.bars[index];
      const old = new DataView(before.buffer).getUint32(at, true);
      const now = this.#config.getUint32(at, true);
      if (now === old) continue;
      if (!bar) this.#config.setUint32(at, 0, true);
      else {
        const size = Math.max(bar.block.size, bar.io ? MINIMUM_IO : MINIMUM_MEMORY);
        this.#config.setUint32(at, ((now & ~(size - 1)) | (bar.io ? 1 : 0)) >>> 0, true);
      }
    }
    return count;
  }
}

/** Bus 0: functions by slot number (device in bits 4:0, function in bits 7:5, as PCI_SLOT_NUMBER). */
export class PciBus {
  readonly #functions = new Map<number, PciFunction>();

  /** Plugs a function into a slot. */
  plug(slot: number, pciFunction: PciFunction): void {
    this.#functions.set(slot, pciFunction);
  }

  at(slot: number): PciFunction | undefined {
    return this.#functions.get(slot);
  }

  /** All functions with their slots, in slot order. */
  entries(): [number, PciFunction][] {
    return [...this.#functions].sort(([a], [b]) => a - b);
  }

  /** The BAR that decodes a bus address, with the offset into it. */
  decode(
    address: number,
    io: boolean,
  ): { readonly block: RegisterBlock; readonly offset: number; readonly left: number } | null {
    for (const pciFunction of this.#functions.values()) {
      for (const bar of pciFunction.bars) {
        const offset = address - bar.address;
        if (bar.io === io && offset >= 0 && offset < bar.block.size)
          return { block: bar.block, offset, left: bar.block.size - offset };
      }
    }
    return null;
  }
}
