/**
 * The expansion ROM of a display adapter (PCI Local Bus Specification 3.0, section 6.3): the signature 55h AAh, the
 * image's length, a pointer to the PCI data structure, and a checksum that makes all bytes add up to 0.
 */
import type { PciFunction } from './pci.ts';

/** Bytes in the image. */
export const OPTION_ROM_BYTES = 8192;

const DATA_POINTER = 0x18;
const DATA = 0x1c;
const DATA_BYTES = 0x18;
/** Where the text begins that says whose BIOS it is. */
const TEXT = 0x40;
/** RETF: the entry point has nothing to initialise. */
const RETURN_FAR = 0xcb;
const X86_IMAGE = 0;
const LAST_IMAGE = 0x80;

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));

/** The image in the ROM of a function. */
export function optionRom(pciFunction: PciFunction): Uint8Array {
  const rom = new Uint8Array(OPTION_ROM_BYTES);
  const view = new DataView(rom.buffer);
  view.setUint16(0, 0xaa55, true);
  view.setUint8(2, OPTION_ROM_BYTES / 512);
  view.setUint8(3, RETURN_FAR);
  view.setUint16(DATA_POINTER, DATA, true);
  rom.set(ascii('PCIR'), DATA);
  view.setUint16(DATA + 4, pciFunction.vendorId, true);
  view.setUint16(DATA + 6, pciFunction.deviceId, true);
  view.setUint16(DATA + 10, DATA_BYTES, true);
  rom.set(pciFunction.read(0x09, 3), DATA + 13);
  view.setUint16(DATA + 16, OPTION_ROM_BYTES / 512, true);
  view.setUint8(DATA + 20, X86_IMAGE);
  view.setUint8(DATA + 21, LAST_IMAGE);
  const id = (value: number) => value.toString(16).toUpperCase().padStart(4, '0');
  rom.set(
    ascii(`IBM VGA compatible, VESA BIOS for PCI ${id(pciFunction.vendorId)}:${id(pciFunction.deviceId)}\0`),
    TEXT,
  );
  rom[OPTION_ROM_BYTES - 1] = -rom.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return rom;
}
