/** What packets do wrong with the memory that they name, told so that a driver's author finds the operand or register. */
import {
  RINGGPU_FAULT_SURFACE,
  RINGGPU_FAULT_UNMAPPED,
  RINGGPU_LOCAL_BASE,
  RINGGPU_LOCAL_BYTES,
} from '../devices/ringgpu/registers.ts';
import type { Packet } from './packet-decoder.ts';
import type { PacketFault } from './packet-places.ts';
import { MAX_EXTENT, type Rectangle } from './surface.ts';

/** What a packet's source is called, to people. */
export function sourceName({ shape }: Packet): string {
  return shape?.vertices ? 'a texture' : shape?.destination ? 'a source' : 'a surface';
}

/** Memory that is not the system's, by an address in it, for people. */
export function outsideMemory(address: number): string {
  return address < RINGGPU_LOCAL_BASE + RINGGPU_LOCAL_BYTES ? 'local memory' : 'memory beyond the end of local memory';
}

/** RINGGPU_FAULT_SURFACE, and why. */
export function refused(address: number, why: string): PacketFault {
  return { code: RINGGPU_FAULT_SURFACE, address, why };
}

/** Why the triangles that a packet names cannot be, whatever is mapped; or null. */
export function trianglesFault({ base, height }: Rectangle): PacketFault | null {
  if (base % 4 !== 0) return refused(base, 'names vertices whose address is no multiple of 4');
  if (height > 0 && height <= MAX_EXTENT) return null;
  return refused(base, `draws ${height} triangles; it may draw 1 to ${MAX_EXTENT}`);
}

/** The same fault of the colour table, told so that its register is named. */
export function colourTableFault(fault: PacketFault, colourTable: number): PacketFault {
  const flaws: Readonly<Record<number, string>> = {
    [RINGGPU_FAULT_SURFACE]: 'COLOUR_TABLE is no multiple of 4',
    [RINGGPU_FAULT_UNMAPPED]:
      colourTable === 0 ? 'COLOUR_TABLE is 0' : 'what COLOUR_TABLE names does not lie in one common buffer',
  };
  const flaw = flaws[fault.code];
  return flaw ? { ...fault, why: `needs the colours of P8 pixels, but ${flaw}` } : fault;
}
