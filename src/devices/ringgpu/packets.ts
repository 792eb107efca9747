/**
 * RingGPU's packets: one table from which come the driver's constants, the engines' decoders and the packet
 * chapter of docs/device.md.
 *
 * A packet is a header word and its operands, all 32-bit little-endian. Packets may wrap round the end of the ring.
 *
 *   header: opcode in bits 31:24, flags in 23:16, length in words, header included, in 15:0
 */

/**
 * How an operand word is to be read. `lo`/`hi` pairs are 64-bit logical addresses; `xy` and `size` hold two 16-bit
 * numbers, x or width in the low half; `formats` is the destination's pixel format in bits 7:0 and the source's in 15:8.
 */
export type OperandKind =
  | 'u32'
  | 'address-lo'
  | 'address-hi'
  | 'pitch'
  | 'xy'
  | 'size'
  | 'format'
  | 'formats'
  | 'colour';

/** One word of a packet after its header. */
export interface Operand {
  readonly name: string;
  readonly kind: OperandKind;
}

/** What one opcode means. */
export interface Packet {
  readonly opcode: number;
  /** In the order of the words after the header. NOP alone takes any number, and ignores them. */
  readonly operands: readonly Operand[];
  readonly flags: readonly { readonly name: string; readonly bit: number }[];
  readonly text: string;
}

const surface = (prefix: string): readonly Operand[] => [
  { name: `${prefix}Lo`, kind: 'address-lo' },
  { name: `${prefix}Hi`, kind: 'address-hi' },
  { name: `${prefix}Pitch`, kind: 'pitch' },
];

/** A rectangle of one surface, and where it goes in another. */
const TRANSFER: readonly Operand[] = [
  ...surface('destination'),
  { name: 'destinationXY', kind: 'xy' },
  ...surface('source'),
  { name: 'sourceXY', kind: 'xy' },
  { name: 'size', kind: 'size' },
  { name: 'formats', kind: 'formats' },
];

export const RINGGPU_PACKETS = {
  NOP: { opcode: 0x01, operands: [], flags: [], text: 'Does nothing. Any length: skips that many words.' },
  FENCE: {
    opcode: 0x02,
    operands: [{ name: 'value', kind: 'u32' }],
    flags: [{ name: 'INTERRUPT', bit: 0 }],
    text: 'When every packet before it has executed and its bytes are in memory: writes value to FENCE_ADDR, then to FENCE_VALUE, then (with INTERRUPT) raises INT_FENCE.',
  },
  INDIRECT: {
    opcode: 0x03,
    operands: [
      { name: 'bufferLo', kind: 'address-lo' },
      { name: 'bufferHi', kind: 'address-hi' },
      { name: 'words', kind: 'u32' },
    ],
    flags: [],
    text: 'Executes the packets in a buffer elsewhere in system memory, 1 to 65536 words in one mapped range, then goes on behind itself. Such a buffer may hold further INDIRECTs, four buffers deep in all; one that leads back into itself is a fault.',
  },
  TIMESTAMP: {
    opcode: 0x04,
    operands: [
      { name: 'addressLo', kind: 'address-lo' },
      { name: 'addressHi', kind: 'address-hi' },
    ],
    flags: [],
    text: 'When every packet before it has retired: writes the device’s time to system memory, 8 bytes, aligned to 8. Packets behind it begin after that.',
  },
  FILL_RECT: {
    opcode: 0x10,
    operands: [
      ...surface('destination'),
      { name: 'destinationXY', kind: 'xy' },
      { name: 'size', kind: 'size' },
      { name: 'format', kind: 'format' },
      { name: 'colour', kind: 'colour' },
    ],
    flags: [],
    text: 'Fills a rectangle of a surface with one pixel value, of which as many low bits count as a pixel has.',
  },
  COPY_RECT: {
    opcode: 0x11,
    operands: TRANSFER,
    flags: [],
    text: 'Copies a rectangle from one surface to another, or within one, and converts its pixels if the formats differ. Overlapping rectangles give what a copy through a third place would.',
  },
  BLEND_RECT: {
    opcode: 0x12,
    operands: TRANSFER,
    flags: [],
    text: 'Lays a rectangle of one surface, whose colours are premultiplied by their alpha, over a rectangle of another, or of the same as COPY_RECT does.',
  },
  DRAW_TRIANGLES: {
    opcode: 0x13,
    operands: [
      ...surface('destination'),
      { name: 'destinationXY', kind: 'xy' },
      ...surface('source'),
      { name: 'sourceSize', kind: 'size' },
      { name: 'size', kind: 'size' },
      { name: 'formats', kind: 'formats' },
      { name: 'verticesLo', kind: 'address-lo' },
      { name: 'verticesHi', kind: 'address-hi' },
      { name: 'triangles', kind: 'u32' },
    ],
    flags: [
      { name: 'GOURAUD', bit: 0 },
      { name: 'TEXTURED', bit: 1 },
      { name: 'BLEND', bit: 2 },
    ],
    text: 'Draws triangles one after the other, as far as they lie in a rectangle of the destination: see Triangles. Without TEXTURED the source operands count for nothing.',
  },
  WRITE_BACK: {
    opcode: 0x14,
    operands: [
      { name: 'destinationLo', kind: 'address-lo' },
      { name: 'destinationHi', kind: 'address-hi' },
      { name: 'sourceLo', kind: 'address-lo' },
      { name: 'sourceHi', kind: 'address-hi' },
      { name: 'bytes', kind: 'u32' },
    ],
    flags: [{ name: 'WINDOW', bit: 0 }],
    text: 'Copies bytes, a multiple of 4, from local memory to system memory; with WINDOW instead to the same place in the processor’s window onto local memory, and the destination operands count for nothing.',
  },
  FLIP: {
    opcode: 0x20,
    operands: [...surface('surface'), { name: 'size', kind: 'size' }, { name: 'format', kind: 'format' }],
    flags: [{ name: 'INTERRUPT', bit: 0 }],
    text: 'Shows a surface from the next vblank on, and (with INTERRUPT) raises INT_FLIP then. The device takes the frame in when it fetches the packet; a FLIP that comes before that vblank replaces this one. A surface in local memory is shown in place.',
  },
  WAIT_VBLANK: {
    opcode: 0x21,
    operands: [],
    flags: [],
    text: 'When every packet before it has retired: holds the ring until the next vertical blank, whose flip has taken effect by then.',
  },
} as const satisfies Record<string, Packet>;

/** Names of the opcodes. */
export type PacketName = keyof typeof RINGGPU_PACKETS;

/** Packet names by opcode. */
export const PACKET_BY_OPCODE: ReadonlyMap<number, PacketName> = new Map(
  (Object.keys(RINGGPU_PACKETS) as PacketName[]).map((name) => [RINGGPU_PACKETS[name].opcode, name]),
);

/** Words of a packet, header included. */
export function packetWords(name: PacketName): number {
  return 1 + RINGGPU_PACKETS[name].operands.length;
}

/** Flag bits of a header, as they stand in bits 23:16. */
export const RINGGPU_FLAG_INTERRUPT = 1;

/** Flags of DRAW_TRIANGLES: colours run from vertex to vertex; the source is the texture; pixels are laid over what is there. */
export const RINGGPU_FLAG_GOURAUD = 1;
export const RINGGPU_FLAG_TEXTURED = 2;
export const RINGGPU_FLAG_BLEND = 4;

/** Flag of WRITE_BACK: into the processor's window. */
export const RINGGPU_FLAG_WINDOW = 1;

/** Words in the buffer of an INDIRECT, and such buffers within one another, at most. */
export const RINGGPU_INDIRECT_WORDS = 65536;
export const RINGGPU_INDIRECT_DEPTH = 4;

/** Words of a vertex: x and y as signed numbers with 4 bits of fraction, A8R8G8B8, and u and v (low and high half). */
export const RINGGPU_VERTEX_WORDS = 4;

/**
 * Header word of a packet, for drivers.
 * @param flags RINGGPU_FLAG_ bits
 * @param words length, header included; what the opcode needs when left out
 */
export function RINGGPU_HEADER(name: PacketName, flags = 0, words = packetWords(name)): number {
  return ((RINGGPU_PACKETS[name].opcode << 24) | (flags << 16) | words) >>> 0;
}

/** The `formats` operand: pixel formats of destination and source, RINGGPU_FORMAT_ values. */
export function RINGGPU_FORMATS(destination: number, source: number): number {
  return (source << 8) | destination;
}

/** Two 16-bit numbers in one word: x and y, or width and height. */
export function RINGGPU_PAIR(low: number, high: number): number {
  return (((high & 0xffff) << 16) | (low & 0xffff)) >>> 0;
}
