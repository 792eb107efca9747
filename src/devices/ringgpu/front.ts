/**
 * RingGPU's front: registers and ports as the processor meets them, synchronously, in the CPU worker. It keeps the
 * register file in
 * shared memory and asks for the engine's attention; everything else is the engine's.
 */
import { type BoardMemory, DOORBELL_COUNT, signalDevice } from '../../bus/board-memory.ts';
import { DdcMonitor } from '../../bus/ddc-monitor.ts';
import { LocalMemoryWindow } from '../../bus/local-memory.ts';
import { PciFunction } from '../../bus/pci.ts';
import type { RegisterBlock } from '../../bus/register-block.ts';
import type { Observer, Site } from '../../ddi/observer.ts';
import {
  BAD_DOORBELL_WORD,
  REGISTER_FILE,
  REGISTER_WORD,
  RING_GENERATION_WORD,
  RINGGPU_BAR0_BYTES,
  RINGGPU_BAR1_BYTES,
  RINGGPU_CONTROL_ENABLE,
  RINGGPU_CONTROL_RESET,
  RINGGPU_DDC_SCL_IN,
  RINGGPU_DDC_SCL_OUT,
  RINGGPU_DDC_SDA_IN,
  RINGGPU_DDC_SDA_OUT,
  RINGGPU_DEVICE_ID,
  RINGGPU_LOCAL_BYTES,
  RINGGPU_LOCAL_OFFSET,
  RINGGPU_PORT_DATA,
  RINGGPU_PORT_INDEX,
  RINGGPU_REGISTER_BYTES,
  RINGGPU_STATUS_BUSY,
  RINGGPU_STATUS_RESETTING,
  RINGGPU_VENDOR_ID,
} from './registers.ts';
import { ringFault } from './ring-check.ts';

/** Bus addresses that the firmware gives to the device. */
const BAR0_ADDRESS = 0xe000_0000;
const BAR1_ADDRESS = 0xc000;
const INTERRUPT_LINE = 11;
const SLOT_CLASS_VGA_COMPATIBLE = 0x03_0000;

/** Doorbells whose place in the driver is remembered, for faults that show later. */
const REMEMBERED = 64;

interface Doorbell {
  /** Ring offsets that it covers: from the tail before to the tail it set. */
  readonly from: number;
  readonly to: number;
  readonly site: Site | undefined;
}

export class RingGpuFront implements RegisterBlock {
  readonly size = RINGGPU_BAR0_BYTES;
  readonly #words: Int32Array;
  readonly #control: Int32Array;
  readonly #observer: Observer | null;
  readonly #access = new Map<number, 'RO' | 'RW' | 'W1C'>();
  readonly #doorbells: Doorbell[] = [];
  /** The monitor at the other end of the cable. */
  readonly #monitor = new DdcMonitor();
  readonly #local: LocalMemoryWindow;
  #portIndex = 0;

  constructor(memory: BoardMemory, observer: Observer | null) {
    this.#words = new Int32Array(memory.registers);
    this.#control = new Int32Array(memory.control);
    this.#observer = observer;
    this.#local = new LocalMemoryWindow(memory);
    for (const { word, access, reset } of REGISTER_FILE) {
      this.#access.set(word, access);
      Atomics.store(this.#words, word, reset);
    }
  }

  /** The device as it sits on the bus: registers and local memory at BAR 0, the index and data ports at BAR 1. */
  plug(): PciFunction {
    const ports: RegisterBlock = {
      size: RINGGPU_BAR1_BYTES,
      read32: (offset) =>
        offset === RINGGPU_PORT_INDEX
          ? this.#portIndex
          : offset === RINGGPU_PORT_DATA
            ? this.read32(this.#portIndex)
            : 0xffff_ffff,
      write32: (offset, value) => {
        if (offset === RINGGPU_PORT_INDEX) this.#portIndex = value & (RINGGPU_REGISTER_BYTES - 4);
        else this.write32(this.#portIndex, value);
      },
    };
    return new PciFunction(
      {
        vendorId: RINGGPU_VENDOR_ID,
        deviceId: RINGGPU_DEVICE_ID,
        revision: 1,
        classCode: SLOT_CLASS_VGA_COMPATIBLE,
        subsystemVendorId: RINGGPU_VENDOR_ID,
        subsystemId: RINGGPU_DEVICE_ID,
      },
      [
        { io: false, address: BAR0_ADDRESS, block: this },
        { io: true, address: BAR1_ADDRESS, block: ports },
      ],
      INTERRUPT_LINE,
      () => this.interruptAsserted(),
    );
  }

  /** The level of the interrupt line. */
  interruptAsserted(): boolean {
    return (
      (Atomics.load(this.#words, REGISTER_WORD.INT_STATUS) & Atomics.load(this.#words, REGISTER_WORD.INT_ENABLE)) !== 0
    );
  }

  read32(offset: number): number {
    if (offset >= RINGGPU_LOCAL_OFFSET) return this.#local.read32(offset - RINGGPU_LOCAL_OFFSET);
    if (offset >> 2 === REGISTER_WORD.DDC) return this.#readDdc();
    // Registers that the table does not list read as 0.
    return this.#access.has(offset >> 2) ? Atomics.load(this.#words, offset >> 2) >>> 0 : 0;
  }

  write32(offset: number, value: number): void {
    if (offset >= RINGGPU_LOCAL_OFFSET) {
      this.#local.write32(offset - RINGGPU_LOCAL_OFFSET, value);
      return;
    }
    const word = offset >> 2;
    const words = this.#words;
    const access = this.#access.get(word);
    if (access === 'W1C') {
      Atomics.and(words, word, ~value);
      return;
    }
    if (access !== 'RW') return;
    switch (word) {
      case REGISTER_WORD.RING_TAIL: {
        const before = Atomics.exchange(words, word, value | 0) >>> 0;
        this.#remember(before, value >>> 0);
        // Set at once, so that a driver that waits while STATUS says BUSY does not look before the engine has.
        if (Atomics.load(words, REGISTER_WORD.CONTROL) & RINGGPU_CONTROL_ENABLE) {
          Atomics.or(words, REGISTER_WORD.STATUS, RINGGPU_STATUS_BUSY);
          if (value >>> 0 !== before) this.#latchIfBad(before);
        }
        Atomics.add(this.#control, DOORBELL_COUNT, 1);
        signalDevice(this.#control);
        return;
      }
      case REGISTER_WORD.RING_SIZE:
        Atomics.store(words, REGISTER_WORD.RING_HEAD, 0);
        Atomics.store(words, REGISTER_WORD.RING_TAIL, 0);
        Atomics.store(words, word, value | 0);
        Atomics.add(words, RING_GENERATION_WORD, 1);
        signalDevice(this.#control);
        return;
      case REGISTER_WORD.CONTROL:
        // Set before the engine hears of it, so that a driver that polls STATUS at once does not miss the reset.
        if (value & RINGGPU_CONTROL_RESET) Atomics.or(words, REGISTER_WORD.STATUS, RINGGPU_STATUS_RESETTING);
        Atomics.store(words, word, value | 0);
        signalDevice(this.#control);
        return;
      case REGISTER_WORD.DDC:
        Atomics.store(words, word, value & (RINGGPU_DDC_SCL_OUT | RINGGPU_DDC_SDA_OUT));
        this.#monitor.setClock((value & RINGGPU_DDC_SCL_OUT) !== 0);
        this.#monitor.setData((value & RINGGPU_DDC_SDA_OUT) !== 0);
        return;
      case REGISTER_WORD.SCANOUT_CONTROL:
      case REGISTER_WORD.INT_ENABLE:
        Atomics.store(words, word, value | 0);
        signalDevice(this.#control);
        return;
      default:
        Atomics.store(words, word, value | 0);
    }
  }

  readBytes(offset: number, into: Uint8Array): boolean {
    if (!isLocal(offset, into.length)) return false;
    this.#local.read(offset - RINGGPU_LOCAL_OFFSET, into);
    return true;
  }

  writeBytes(offset: number, from: Uint8Array): boolean {
    if (!isLocal(offset, from.length)) return false;
    this.#local.write(offset - RINGGPU_LOCAL_OFFSET, from);
    return true;
  }

  /** Where the driver rang the doorbell that covers a ring offset. */
  doorbellSite(ringOffset: number): Site | undefined {
    for (let i = this.#doorbells.length - 1; i >= 0; i--) {
      const { from, to, site } = this.#doorbells[i] as Doorbell;
      const covers = from <= to ? ringOffset >= from && ringOffset < to : ringOffset >= from || ringOffset < to;
      if (covers) return site;
    }
    return this.#doorbells.at(-1)?.site;
  }

  #readDdc(): number {
    const lines = (this.#monitor.clock ? RINGGPU_DDC_SCL_IN : 0) | (this.#monitor.data ? RINGGPU_DDC_SDA_IN : 0);
    return Atomics.load(this.#words, REGISTER_WORD.DDC) | lines;
  }

  /** Keeps a doorbell that is a fault for the engine, whatever is written before that looks. @param before RING_TAIL until now */
  #latchIfBad(before: number): void {
    const words = this.#words;
    const kept = BAD_DOORBELL_WORD;
    if (Atomics.load(words, kept.VALID) !== 0) return;
    const [tail, size, low, high] = [
      REGISTER_WORD.RING_TAIL,
      REGISTER_WORD.RING_SIZE,
      REGISTER_WORD.RING_BASE_LO,
      REGISTER_WORD.RING_BASE_HI,
    ].map((word) => Atomics.load(words, word)) as [number, number, number, number];
    const base = (low >>> 0) + (high >>> 0) * 2 ** 32;
    if (!ringFault({ base, size: size >>> 0, tail: tail >>> 0 })) return;
    Atomics.store(words, kept.TAIL, tail);
    Atomics.store(words, kept.SIZE, size);
    Atomics.store(words, kept.BASE_LO, low);
    Atomics.store(words, kept.BASE_HI, high);
    Atomics.store(words, kept.BEFORE, before | 0);
    Atomics.store(words, kept.GENERATION, Atomics.load(words, RING_GENERATION_WORD));
    Atomics.store(words, kept.VALID, 1);
  }

  #remember(from: number, to: number): void {
    if (!this.#observer) return;
    this.#doorbells.push({ from, to, site: this.#observer.site() });
    if (this.#doorbells.length > REMEMBERED) this.#doorbells.shift();
  }
}

/** Whether bytes of BAR 0 lie in local memory. */
function isLocal(offset: number, bytes: number): boolean {
  return offset >= RINGGPU_LOCAL_OFFSET && offset + bytes <= RINGGPU_LOCAL_OFFSET + RINGGPU_LOCAL_BYTES;
}
