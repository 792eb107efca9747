/**
 * Where the device stands in its packets: at an offset in the ring or, behind an INDIRECT, in a buffer elsewhere in memory. A
 * buffer's words are a copy, made once when the INDIRECT was met: what is checked is what is executed.
 */
import { packetWords, RINGGPU_INDIRECT_DEPTH } from '../devices/ringgpu/packets.ts';
import type { Packet } from './packet-decoder.ts';
import type { RingFetch } from './ring-fetch.ts';

const INDIRECT_WORDS = packetWords('INDIRECT');

/** Packets that an INDIRECT named. */
export interface IndirectBuffer {
  /** Logical address of the first word. */
  readonly address: number;
  readonly count: number;
  /** The words, in an array whose length is a power of two. */
  readonly words: Uint32Array;
}

interface Frame {
  readonly buffer: IndirectBuffer;
  /** Word of the next packet. */
  readonly at: number;
}

/** A place to come back to. */
export interface Position {
  /** Byte offset in the ring: of the next packet, or of the INDIRECT that leads to it. */
  readonly ring: number;
  /** Buffers that are being executed, the outermost first. */
  readonly frames: readonly Frame[];
}

/** Where every ring begins. */
export const RING_START: Position = { ring: 0, frames: [] };

export class PacketStream {
  readonly #fetch: RingFetch;
  #position = RING_START;
  /** The innermost frame's `at`, which moves. */
  #at = 0;
  /** `#position.ring`, which moves. */
  #ring = 0;

  constructor(fetch: RingFetch) {
    this.#fetch = fetch;
  }

  get position(): Position {
    const { frames } = this.#position;
    const last = frames.at(-1);
    return {
      ring: this.#ring,
      frames: last ? [...frames.slice(0, -1), { buffer: last.buffer, at: this.#at }] : frames,
    };
  }

  set position(position: Position) {
    this.#position = position;
    this.#ring = position.ring;
    this.#at = position.frames.at(-1)?.at ?? 0;
  }

  /** Every packet that was fetched is behind us. */
  get atEnd(): boolean {
    return this.#position.frames.length === 0 && this.#ring === this.#fetch.tail;
  }

  /** Byte offset in the ring of the next packet, or of the INDIRECT that leads to it. */
  get ringOffset(): number {
    return this.#ring;
  }

  /** Logical address of the next packet, if it is not in the ring; else 0. */
  get packetAddress(): number {
    const buffer = this.#position.frames.at(-1)?.buffer;
    return buffer ? buffer.address + this.#at * 4 : 0;
  }

  /** Another buffer would be one too many within one another. */
  get isDeepest(): boolean {
    return this.#position.frames.length >= RINGGPU_INDIRECT_DEPTH;
  }

  /** Decodes the next packet. Returns a RINGGPU_FAULT_ value. */
  decode(packet: Packet): number {
    const buffer = this.#position.frames.at(-1)?.buffer;
    if (buffer) return packet.decode(buffer.words, this.#at, buffer.count - this.#at);
    const { words, tail } = this.#fetch;
    return packet.decode(words, this.#ring / 4, ((tail - this.#ring) / 4) & (words.length - 1));
  }

  /** Goes on behind a packet of so many words, and out of the buffers that end there. */
  skip(words: number): void {
    let { frames } = this.#position;
    if (frames.length === 0) {
      this.#advanceRing(words);
      return;
    }
    this.#at += words;
    if (this.#at < (frames.at(-1) as Frame).buffer.count) return;
    for (;;) {
      frames = frames.slice(0, -1);
      const outer = frames.at(-1);
      this.#at = (outer?.at ?? 0) + INDIRECT_WORDS;
      if (outer && this.#at >= outer.buffer.count) continue;
      if (!outer) this.#advanceRing(INDIRECT_WORDS);
      this.#position = { ring: this.#ring, frames };
      return;
    }
  }

  /** Goes into a buffer that the next packet names. */
  enter(buffer: IndirectBuffer): void {
    this.position = { ring: this.#ring, frames: [...this.position.frames, { buffer, at: 0 }] };
  }

  /** Whether bytes from a logical address on belong to a buffer that is being executed. */
  isWithin(address: number, bytes: number): boolean {
    return this.#position.frames.some(
      ({ buffer }) => address < buffer.address + buffer.count * 4 && buffer.address < address + bytes,
    );
  }

  /** The ring has another size. */
  wrap(): void {
    this.#ring %= this.#fetch.words.length * 4;
  }

  #advanceRing(words: number): void {
    this.#ring = (this.#ring + words * 4) % (this.#fetch.words.length * 4);
  }
}
