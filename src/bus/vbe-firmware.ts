/**
 * The video BIOS: what INT 10h does (VESA BIOS Extension 3.0, sections 3 and 4; VBE/DDC). A virtual 8086 processor
 * would run the ROM's code; here the service is what the call says it is, over the same first megabyte of real-mode
 * memory.
 */

/** Registers of a call, all 32 bits, and the segments of the buffers that it names. */
export interface BiosRegisters {
  Eax: number;
  Ebx: number;
  Ecx: number;
  Edx: number;
  Esi: number;
  Edi: number;
  Ebp: number;
  SegDs: number;
  SegEs: number;
}

/** A mode of the BIOS. */
interface BiosMode {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
}

/** Bytes of real-mode memory. */
export const REAL_MODE_BYTES = 0x10_0000;

const TEXT_MODE = 0x03;
const MODES: readonly BiosMode[] = [
  { number: 0x112, width: 640, height: 480, bits: 32 },
  { number: 0x115, width: 800, height: 600, bits: 32 },
  { number: 0x118, width: 1024, height: 768, bits: 32 },
  { number: 0x11b, width: 1280, height: 720, bits: 32 },
];

/** AX after a call: AL = 4Fh the function is known, AH = 0 it succeeded, 1 it failed. */
const SUCCESS = 0x004f;
const FAILURE = 0x014f;

/** Supported, extended information, colour, graphics. */
const MODE_ATTRIBUTES = 0x1b;
const INFO_BLOCK_BYTES = 256;
/** Where within VbeInfoBlock the BIOS puts its texts and its mode list. */
const OEM_STRING = 0x40;
const MODE_LIST = 0x80;

export class VbeFirmware {
  readonly #edid: Uint8Array;
  #memory: Uint8Array | null = null;
  #mode = TEXT_MODE;

  constructor(edid: Uint8Array) {
    this.#edid = edid;
  }

  /** The first megabyte. */
  get memory(): Uint8Array {
    this.#memory ??= new Uint8Array(REAL_MODE_BYTES);
    return this.#memory;
  }

  /** Number of the mode that is set. */
  get mode(): number {
    return this.#mode;
  }

  /** Executes INT 10h. A function that the BIOS does not know leaves the registers as they are. */
  int10(registers: BiosRegisters): void {
    const function16 = registers.Eax & 0xffff;
    switch (function16 >> 8) {
      case 0x00:
        // Bit 7 only says that memory is not to be cleared.
        this.#mode = function16 & 0x7f;
        return;
      case 0x0f:
        // AH: columns of text; AL: mode; BH: active page.
        setLow(registers, 'Eax', (80 << 8) | (this.#mode & 0xff));
        setLow(registers, 'Ebx', registers.Ebx & 0xff);
        return;
      case 0x4f:
        setLow(registers, 'Eax', this.#vbe(function16 & 0xff, registers) ? SUCCESS : FAILURE);
    }
  }

  #vbe(service: number, registers: BiosRegisters): boolean {
    const buffer = ((registers.SegEs & 0xffff) << 4) + (registers.Edi & 0xffff);
    const bx = registers.Ebx & 0xffff;
    switch (service) {
      case 0x00:
        return this.#info(buffer, registers);
      case 0x01:
        return this.#modeInfo(buffer, registers.Ecx & 0x1ff);
      case 0x02: {
        const wanted = bx & 0x1ff;
        if (wanted >= 0x100 && !MODES.some((mode) => mode.number === wanted)) return false;
        this.#mode = wanted;
        return true;
      }
      case 0x03:
        setLow(registers, 'Ebx', this.#mode);
        return true;
      case 0x15:
        return this.#ddc(bx & 0xff, buffer, registers);
      default:
        return false;
    }
  }

  /** 4F00h: VbeInfoBlock. */
  #info(at: number, registers: BiosRegisters): boolean {
    const view = this.#view(at, INFO_BLOCK_BYTES);
    if (!view) return false;
    for (let i = 0; i < INFO_BLOCK_BYTES; i++) view.setUint8(i, 0);
    const farPointer = (offset: number) => (registers.SegEs << 16) | ((registers.Edi + offset) & 0xffff);
    const put = (offset: number, characters: string) => {
      for (const [i, character] of [...characters].entries()) view.setUint8(offset + i, character.charCodeAt(0));
    };
    put(0, 'VESA');
    view.setUint16(4, 0x0300, true);
    view.setUint32(6, farPointer(OEM_STRING), true);
    view.setUint32(14, farPointer(MODE_LIST), true);
    // Memory in units of 64 KiB.
    view.setUint16(18, 64, true);
    put(OEM_STRING, 'Video port playground\0');
    for (const [i, mode] of MODES.entries()) view.setUint16(MODE_LIST + 2 * i, mode.number, true);
    view.setUint16(MODE_LIST + 2 * MODES.length, 0xffff, true);
    return true;
  }

  /** 4F01h: ModeInfoBlock. There is no linear frame buffer: the device shows what lies in memory. */
  #modeInfo(at: number, number: number): boolean {
    const mode = MODES.find((candidate) => candidate.number === number);
    const view = this.#view(at, INFO_BLOCK_BYTES);
    if (!mode || !view) return false;
    for (let i = 0; i < INFO_BLOCK_BYTES; i++) view.setUint8(i, 0);
    view.setUint16(0, MODE_ATTRIBUTES, true);
    view.setUint16(0x10, mode.width * (mode.bits / 8), true);
    view.setUint16(0x12, mode.width, true);
    view.setUint16(0x14, mode.height, true);
    view.setUint8(0x18, 1);
    view.setUint8(0x19, mode.bits);
    // Direct colour.
    view.setUint8(0x1b, 6);
    for (const [i, byte] of [8, 16, 8, 8, 8, 0, 8, 24].entries()) view.setUint8(0x1f + i, byte);
    return true;
  }

  /** 4F15h: BL = 0 what the channel can, BL = 1 read block DX of the EDID. */
  #ddc(service: number, at: number, registers: BiosRegisters): boolean {
    if (service === 0) {
      // One to two seconds for a block; DDC2 works.
      setLow(registers, 'Ebx', 0x0102);
      return true;
    }
    const block = (registers.Edx & 0xffff) * 128;
    const view = this.#view(at, 128);
    if (service !== 1 || !view || block >= this.#edid.length) return false;
    for (let i = 0; i < 128; i++) view.setUint8(i, this.#edid[block + i] ?? 0);
    return true;
  }

  #view(at: number, length: number): DataView | null {
    return at + length <= REAL_MODE_BYTES ? new DataView(this.memory.buffer, at, length) : null;
  }
}

function setLow(registers: BiosRegisters, name: 'Eax' | 'Ebx', value: number): void {
  registers[name] = ((registers[name] & 0xffff_0000) | (value & 0xffff)) >>> 0;
}
