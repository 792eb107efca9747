/**
 * The engine's view of RingGPU's registers: a page of 32-bit words that the processor reads and writes while the engine
 * does. Every access is atomic, since the order in which the processor sees the words change is part of the device's
 * promise (docs/device.md, "Order").
 */
import { ATTENTION_INTERRUPT, type BoardMemory, signalProcessor } from '../bus/board-memory.ts';
import {
  BAD_DOORBELL_WORD,
  REGISTER_FILE,
  REGISTER_WORD,
  type RegisterName,
  RING_GENERATION_WORD,
  RINGGPU_REGISTERS,
} from '../devices/ringgpu/registers.ts';
import type { RingSetting } from '../devices/ringgpu/ring-check.ts';

/** A doorbell that the front has found to be a fault. */
export interface BadDoorbell extends RingSetting {
  /** RING_TAIL until then. */
  readonly before: number;
  /** The ring that it was for. */
  readonly generation: number;
}

export class RegisterFile {
  readonly #words: Int32Array;
  readonly #control: Int32Array;
  /** Called with the causes that become pending. */
  onRaise: ((causes: number) => void) | null = null;

  constructor(memory: BoardMemory) {
    this.#words = new Int32Array(memory.registers);
    this.#control = new Int32Array(memory.control);
    // Power-on, unless the front has been here before us.
    if (Atomics.load(this.#words, REGISTER_WORD.ID) === 0) {
      for (const { word, reset } of REGISTER_FILE) if (reset !== 0) Atomics.store(this.#words, word, reset | 0);
    }
  }

  /** The register, as an unsigned number. */
  read(name: RegisterName): number {
    return Atomics.load(this.#words, REGISTER_WORD[name]) >>> 0;
  }

  write(name: RegisterName, value: number): void {
    Atomics.store(this.#words, REGISTER_WORD[name], value | 0);
  }

  /** A register of a row. */
  readAt(name: RegisterName, index: number): number {
    return Atomics.load(this.#words, REGISTER_WORD[name] + index) >>> 0;
  }

  /** A 64-bit address in two registers. Beyond 2⁵³ it loses low bits, which is as far beyond every mapping. */
  readAddress(low: RegisterName, high: RegisterName): number {
    return this.read(low) + this.read(high) * 2 ** 32;
  }

  writeAddress(low: RegisterName, high: RegisterName, address: number): void {
    this.write(low, address % 2 ** 32);
    this.write(high, Math.floor(address / 2 ** 32));
  }

  setBits(name: RegisterName, bits: number): void {
    Atomics.or(this.#words, REGISTER_WORD[name], bits);
  }

  clearBits(name: RegisterName, bits: number): void {
    Atomics.and(this.#words, REGISTER_WORD[name], ~bits);
  }

  /** Changes whenever the ring begins anew: the front counts writes of RING_SIZE, which set RING_HEAD and RING_TAIL to 0. */
  get ringGeneration(): number {
    return Atomics.load(this.#words, RING_GENERATION_WORD);
  }

  /** The first doorbell since the last reset that is a fault, as the front has kept it. */
  get badDoorbell(): BadDoorbell | null {
    const word = (index: number): number => Atomics.load(this.#words, index) >>> 0;
    const kept = BAD_DOORBELL_WORD;
    if (word(kept.VALID) === 0) return null;
    return {
      base: word(kept.BASE_LO) + word(kept.BASE_HI) * 2 ** 32,
      size: word(kept.SIZE),
      tail: word(kept.TAIL),
      before: word(kept.BEFORE),
      generation: word(kept.GENERATION) | 0,
    };
  }

  /** Makes interrupt causes pending, and asserts the line if the driver has enabled any that is. */
  raise(causes: number): void {
    if (causes === 0) return;
    this.onRaise?.(causes);
    const pending = Atomics.or(this.#words, REGISTER_WORD.INT_STATUS, causes) | causes;
    if (pending & this.read('INT_ENABLE')) signalProcessor(this.#control, ATTENTION_INTERRUPT);
  }

  /** Returns every register to its power-on value; CONTROL and STATUS last, since they say that the reset is over. */
  reset(): void {
    for (const { word, reset } of REGISTER_FILE) {
      if (word !== REGISTER_WORD.CONTROL && word !== REGISTER_WORD.STATUS) Atomics.store(this.#words, word, reset | 0);
    }
    Atomics.store(this.#words, BAD_DOORBELL_WORD.VALID, 0);
    this.write('CONTROL', RINGGPU_REGISTERS.CONTROL.reset);
    this.write('STATUS', RINGGPU_REGISTERS.STATUS.reset);
  }
}
