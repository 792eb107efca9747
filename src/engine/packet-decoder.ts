/**
 * Reads packets out of the fetched ring by the table in src/devices/ringgpu/packets.ts: nothing here knows any packet
 * by name, so a packet that the table gains is decoded, and its surfaces are checked, without a change to this file.
 */
import {
  type Operand,
  PACKET_BY_OPCODE,
  type PacketName,
  RINGGPU_PACKETS,
  RINGGPU_VERTEX_WORDS,
} from '../devices/ringgpu/packets.ts';
import {
  RINGGPU_FAULT_LENGTH,
  RINGGPU_FAULT_NONE,
  RINGGPU_FAULT_OPCODE,
  RINGGPU_FORMAT_X8R8G8B8,
} from '../devices/ringgpu/registers.ts';
import type { Rectangle } from './surface.ts';

/** Where the source's format begins in an operand of kind `formats`. */
const SOURCE_FORMAT_SHIFT = 8;

/** Where the parts of one surface stand among a packet's words; 0 for a part that the packet has not. */
interface SurfaceShape {
  readonly low: number;
  readonly pitch: number;
  readonly xy: number;
  readonly size: number;
  /** The word that holds its format, and the bit at which that begins. */
  readonly format: number;
  readonly formatShift: number;
}

/** What the table says of one opcode, ready for use. Numbers are word indices within the packet, the header being 0. */
export interface PacketShape {
  readonly name: PacketName;
  /** Words it must have; 0 when any number will do. */
  readonly words: number;
  /** The surface that it writes. */
  readonly destination: SurfaceShape | null;
  /** The surface that it reads. */
  readonly source: SurfaceShape | null;
  /** The address of the triangles that it reads, and their number. */
  readonly vertices: { readonly low: number; readonly count: number } | null;
}

function surfaceShape(operands: readonly Operand[], prefix: string): SurfaceShape | null {
  const named = (name: string) => operands.findIndex((operand) => operand.name === name) + 1;
  if (named(`${prefix}Pitch`) === 0) return null;
  const formats = named('formats');
  return {
    low: named(`${prefix}Lo`),
    pitch: named(`${prefix}Pitch`),
    xy: named(`${prefix}XY`),
    size: named(`${prefix}Size`) || named('size'),
    format: formats || named('format'),
    formatShift: formats !== 0 && prefix === 'source' ? SOURCE_FORMAT_SHIFT : 0,
  };
}

function verticesShape(operands: readonly Operand[]): PacketShape['vertices'] {
  const low = operands.findIndex(({ name }) => name === 'verticesLo') + 1;
  return low === 0 ? null : { low, count: low + 2 };
}

function packetShape(name: PacketName): PacketShape {
  const operands: readonly Operand[] = RINGGPU_PACKETS[name].operands;
  return {
    name,
    words: name === 'NOP' ? 0 : 1 + operands.length,
    destination: surfaceShape(operands, 'destination'),
    source: surfaceShape(operands, 'source') ?? surfaceShape(operands, 'surface'),
    vertices: verticesShape(operands),
  };
}

const SHAPES: readonly (PacketShape | undefined)[] = Array.from({ length: 256 }, (_, opcode) => {
  const name = PACKET_BY_OPCODE.get(opcode);
  return name && packetShape(name);
});

/** A packet within the ring, or a buffer that an INDIRECT names. One object is used for all: {@link decode} fills it anew. */
export class Packet {
  /** What was fetched, as words; their number is a power of two. */
  ring: Uint32Array = new Uint32Array(1);
  /** Word index of the header. */
  at = 0;
  header = 0;
  /** Words, header included. */
  words = 0;
  shape: PacketShape | undefined;

  /** Decodes the packet at word `at`, behind which `available` words were fetched. Returns a RINGGPU_FAULT_ value. */
  decode(ring: Uint32Array, at: number, available: number): number {
    this.ring = ring;
    this.at = at;
    this.header = ring[at] ?? 0;
    this.words = this.header & 0xffff;
    this.shape = SHAPES[this.header >>> 24];
    if (!this.shape) return RINGGPU_FAULT_OPCODE;
    const wrong = this.shape.words === 0 ? this.words === 0 : this.words !== this.shape.words;
    return wrong || this.words > available ? RINGGPU_FAULT_LENGTH : RINGGPU_FAULT_NONE;
  }

  /**
   * Why its length is a fault, as the rest of a sentence for people.
   * @param end what it reaches past if that is the reason
   */
  lengthFlaw(end: string): string {
    const wanted = this.shape?.words ?? 0;
    if (wanted === 0 && this.words === 0) return 'has a length of 0 words; it must have 1 at least';
    if (wanted !== 0 && this.words !== wanted) return `has a length of ${this.words} words; it must have ${wanted}`;
    return `reaches past ${end}`;
  }

  get flags(): number {
    return (this.header >>> 16) & 0xff;
  }

  /** A word of the packet, wherever the ring wraps. */
  word(index: number): number {
    return this.ring[(this.at + index) & (this.ring.length - 1)] ?? 0;
  }

  /** A 64-bit address whose low half is a word of the packet, and the high half the next. */
  address(low: number): number {
    return this.word(low) + this.word(low + 1) * 2 ** 32;
  }

  /** The packet's rectangle in one of its surfaces. */
  rectangle(surface: SurfaceShape): Rectangle {
    const xy = surface.xy === 0 ? 0 : this.word(surface.xy);
    const extent = this.word(surface.size);
    return {
      base: this.address(surface.low),
      pitch: this.word(surface.pitch),
      x: xy & 0xffff,
      y: xy >>> 16,
      width: extent & 0xffff,
      height: extent >>> 16,
      format: this.#format(surface),
    };
  }

  /** The packet's triangles, one in each row. */
  triangles({ low, count }: NonNullable<PacketShape['vertices']>): Rectangle {
    const width = 3 * RINGGPU_VERTEX_WORDS;
    const base = this.address(low);
    return { base, pitch: width * 4, x: 0, y: 0, width, height: this.word(count), format: RINGGPU_FORMAT_X8R8G8B8 };
  }

  /** A format, or a number that is none. */
  #format({ format, formatShift }: SurfaceShape): number {
    const word = this.word(format);
    const isOneOfTwo = this.shape?.source && this.shape.destination;
    // Above the source's format all bits are 0.
    return isOneOfTwo && formatShift === 0 ? word & 0xff : word >>> formatShift;
  }
}
