/**
 * A monitor at the end of a cable, as a display data channel sees it: an I²C device with two wires (VESA DDC2B; I²C bus
 * specification, section 3.1). It answers at address 50h with its EDID. A register block, or a test, drives the wires:
 * each is low when anyone pulls it low.
 */
import { createEdid } from './edid.ts';

const ADDRESS = 0x50;

/** What the monitor does with the next clock pulses. */
type Phase = 'idle' | 'address' | 'write' | 'read' | 'acknowledge' | 'wait-acknowledge' | 'deaf';

export class DdcMonitor {
  readonly edid: Uint8Array;
  #hostClock = true;
  #hostData = true;
  /** False: the monitor pulls the data line low. */
  #ownData = true;
  #phase: Phase = 'idle';
  /** What follows the acknowledgement. */
  #next: Phase = 'idle';
  #bits = 0;
  #shift = 0;
  #offset = 0;

  /** @param edid what the monitor says of itself, 128 bytes or a multiple of it */
  constructor(edid: Uint8Array = createEdid()) {
    this.edid = edid;
  }

  /** Level of the clock line. The monitor never holds it low. */
  get clock(): boolean {
    return this.#hostClock;
  }

  /** Level of the data line. */
  get data(): boolean {
    return this.#hostData && this.#ownData;
  }

  /** The host lets go of the clock line, or pulls it low. */
  setClock(high: boolean): void {
    if (high === this.#hostClock) return;
    this.#hostClock = high;
    if (high) this.#sample();
    else this.#drive();
  }

  /** The host lets go of the data line, or pulls it low. While the clock is high that is a stop or a start. */
  setData(high: boolean): void {
    if (high === this.#hostData) return;
    this.#hostData = high;
    if (!this.#hostClock) return;
    this.#bits = 0;
    this.#shift = 0;
    this.#ownData = true;
    this.#phase = high ? 'idle' : 'address';
  }

  /** The clock has risen: a bit is on the line. */
  #sample(): void {
    if (this.#phase === 'address' || this.#phase === 'write') {
      this.#shift = ((this.#shift << 1) | (this.data ? 1 : 0)) & 0xff;
      this.#bits++;
    } else if (this.#phase === 'read') this.#bits++;
    // The host acknowledges a byte that it has read, and wants another; without it the transfer is over.
    else if (this.#phase === 'wait-acknowledge') this.#next = this.data ? 'deaf' : 'read';
  }

  /** The clock has fallen: the line may change. */
  #drive(): void {
    switch (this.#phase) {
      case 'address':
        if (this.#bits === 8) this.#acknowledge(this.#shift >> 1 === ADDRESS, this.#shift & 1 ? 'read' : 'write');
        return;
      case 'write':
        if (this.#bits === 8) {
          this.#offset = this.#shift;
          this.#acknowledge(true, 'write');
        }
        return;
      case 'acknowledge':
        this.#ownData = true;
        this.#begin(this.#next);
        return;
      case 'read':
        if (this.#bits < 8) this.#sendBit();
        else {
          this.#ownData = true;
          this.#offset++;
          this.#phase = 'wait-acknowledge';
        }
        return;
      case 'wait-acknowledge':
        this.#begin(this.#next);
        return;
      default:
        this.#ownData = true;
    }
  }

  #acknowledge(ours: boolean, next: Phase): void {
    this.#ownData = !ours;
    this.#phase = ours ? 'acknowledge' : 'deaf';
    this.#next = next;
  }

  #begin(phase: Phase): void {
    this.#phase = phase;
    this.#bits = 0;
    this.#shift = 0;
    if (phase === 'read') this.#sendBit();
  }

  #sendBit(): void {
    const byte = this.edid[this.#offset % this.edid.length] ?? 0xff;
    this.#ownData = ((byte >> (7 - this.#bits)) & 1) === 1;
  }
}
