/**
 * Random packet streams: valid ones, ones at the edge of what is allowed, and hostile ones. A stream is plain data, so that both
 * engines get the same.
 */
import fc from 'fast-check';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { type PacketName, RINGGPU_FORMATS, RINGGPU_HEADER, RINGGPU_PAIR } from '../../src/devices/ringgpu/packets.ts';
import { RINGGPU_LOCAL_BYTES, RINGGPU_LOCAL_HI } from '../../src/devices/ringgpu/registers.ts';

/**
 * Common buffers that streams work on: two to draw on, one that is mapped read-only, one that vertices begin in; one for times,
 * which no other packet names, since no two engines agree on them; and those of INDIRECTs.
 */
export const STREAM_BUFFERS = 7;
/** Bytes of each, and of local memory that streams work on. */
export const STREAM_BUFFER_BYTES = 2 * PAGE_SIZE;
export const READ_ONLY_BUFFER = 2;
export const VERTEX_BUFFER = 3;
export const TIME_BUFFER = 4;
export const FIRST_LIST_BUFFER = 5;

/** A word of a packet; a place in a buffer stands for its logical address, and a list for the words of its packets. */
export type StreamWord = number | { readonly buffer: number; readonly offset: number } | { readonly list: number };

/** Packets, one after the other, and after which of them the doorbell rings; and packets for INDIRECTs, in buffers of their own. */
export interface Stream {
  readonly packets: readonly { readonly words: readonly StreamWord[]; readonly doorbell: boolean }[];
  readonly lists: readonly (readonly StreamWord[])[];
}

const small = fc.integer({ min: 0, max: 20 });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Numbers at which things change. */
const edgy = fc.constantFrom(
  0,
  1,
  3,
  4,
  255,
  4095,
  4096,
  8191,
  16384,
  16385,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_fffc,
  0xffff_ffff,
);

const address: fc.Arbitrary<readonly StreamWord[]> = fc.oneof(
  {
    weight: 30,
    arbitrary: place(
      fc.constantFrom(0, 1),
      fc.integer({ min: 0, max: 700 }).map((word) => word * 4),
    ),
  },
  {
    weight: 12,
    arbitrary: localPlace(fc.integer({ min: 0, max: 700 }).map((word) => word * 4)),
  },
  {
    weight: 1,
    arbitrary: place(
      fc.constantFrom(0, 1, READ_ONLY_BUFFER, VERTEX_BUFFER, FIRST_LIST_BUFFER),
      fc.integer({ min: 0, max: STREAM_BUFFER_BYTES + 8 }),
    ),
  },
  { weight: 1, arbitrary: localPlace(fc.constantFrom(2, RINGGPU_LOCAL_BYTES - 512, RINGGPU_LOCAL_BYTES)) },
  { weight: 1, arbitrary: fc.tuple(fc.oneof(u32, edgy), fc.oneof(small, edgy)) },
);

function localPlace(offset: fc.Arbitrary<number>): fc.Arbitrary<readonly StreamWord[]> {
  return offset.map((low) => [low, RINGGPU_LOCAL_HI]);
}

function place(buffer: fc.Arbitrary<number>, offset: fc.Arbitrary<number>): fc.Arbitrary<readonly StreamWord[]> {
  return fc.record({ buffer, offset }).map((where) => [where, 0]);
}

const pitch = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(128, 160, 236) },
  { weight: 1, arbitrary: fc.oneof(edgy, u32) },
);
const surface = fc.tuple(address, pitch).map(([where, bytes]) => [...where, bytes]);
const xy = fc.oneof({ weight: 40, arbitrary: pair(small, small) }, { weight: 1, arbitrary: fc.oneof(edgy, u32) });
const extent = fc.integer({ min: 1, max: 13 });
const size = fc.oneof({ weight: 40, arbitrary: pair(extent, extent) }, { weight: 1, arbitrary: fc.oneof(edgy, u32) });
const format = fc.oneof({ weight: 40, arbitrary: fc.integer({ min: 0, max: 3 }) }, { weight: 1, arbitrary: edgy });
const colourFormat = fc.integer({ min: 0, max: 2 });
/** Mostly of those that may stand together. */
const formats = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.tuple(colourFormat, fc.integer({ min: 0, max: 3 })).map(([to, from]) => RINGGPU_FORMATS(to, from)),
  },
  { weight: 3, arbitrary: fc.constant(RINGGPU_FORMATS(3, 3)) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      edgy,
      fc.tuple(format, format).map(([to, from]) => RINGGPU_FORMATS(to, from)),
    ),
  },
);
const flags = fc.integer({ min: 0, max: 255 });
/** Vertices are whatever lies in the buffers: see the filling of those. */
const vertices = fc.oneof(
  {
    weight: 20,
    arbitrary: place(
      fc.constant(VERTEX_BUFFER),
      fc.integer({ min: 0, max: 20 }).map((triangle) => triangle * 48),
    ),
  },
  { weight: 1, arbitrary: address },
);
const triangles = fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 100 }) }, { weight: 1, arbitrary: edgy });

function pair(low: fc.Arbitrary<number>, high: fc.Arbitrary<number>): fc.Arbitrary<number> {
  return fc.tuple(low, high).map(([a, b]) => RINGGPU_PAIR(a, b));
}

function packet(
  name: PacketName,
  packetFlags: fc.Arbitrary<number>,
  ...operands: fc.Arbitrary<StreamWord | readonly StreamWord[]>[]
) {
  return fc.tuple(packetFlags, ...operands).map(([bits, ...words]): readonly StreamWord[] => {
    const flat = words.flat() as StreamWord[];
    return [RINGGPU_HEADER(name, bits as number, flat.length + 1), ...flat];
  });
}

const none = fc.constant(0);
/** A buffer's times are 16 at most. */
const time = fc.oneof(
  {
    weight: 20,
    arbitrary: place(
      fc.constant(TIME_BUFFER),
      fc.integer({ min: 0, max: 15 }).map((slot) => slot * 8),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(place(fc.constantFrom(TIME_BUFFER, READ_ONLY_BUFFER), fc.constant(4)), edgyAddress()),
  },
);
/** Mostly all of a list, from its beginning on. */
const list = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(0, 1).map((n) => [{ buffer: FIRST_LIST_BUFFER + n, offset: 0 }, 0, { list: n }]),
  },
  { weight: 1, arbitrary: fc.tuple(address, fc.oneof(small, edgy)).map(([where, words]) => [...where, words]) },
);
const bytes = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 300 }).map((words) => words * 4) },
  { weight: 1, arbitrary: edgy },
);
const writeBackSource = fc.oneof(
  { weight: 20, arbitrary: localPlace(fc.integer({ min: 0, max: 700 }).map((word) => word * 4)) },
  { weight: 1, arbitrary: address },
);

function edgyAddress(): fc.Arbitrary<readonly StreamWord[]> {
  return fc.tuple(fc.constantFrom(0, 8, 0x9000), fc.constantFrom(0, RINGGPU_LOCAL_HI, 0xffff_ffff));
}

const anyPacket: fc.Arbitrary<readonly StreamWord[]> = fc.oneof(
  { weight: 10, arbitrary: packet('FILL_RECT', none, surface, xy, size, format, u32) },
  { weight: 12, arbitrary: packet('COPY_RECT', none, surface, xy, surface, xy, size, formats) },
  { weight: 12, arbitrary: packet('BLEND_RECT', none, surface, xy, surface, xy, size, formats) },
  {
    weight: 16,
    arbitrary: packet('DRAW_TRIANGLES', flags, surface, xy, surface, size, size, formats, vertices, triangles),
  },
  { weight: 3, arbitrary: packet('FENCE', flags, u32) },
  { weight: 2, arbitrary: packet('NOP', flags, u32, u32) },
  { weight: 2, arbitrary: packet('FLIP', flags, surface, size, format) },
  { weight: 2, arbitrary: packet('TIMESTAMP', none, time) },
  { weight: 4, arbitrary: packet('WRITE_BACK', fc.constantFrom(0, 0, 0, 1), address, writeBackSource, bytes) },
  { weight: 5, arbitrary: packet('INDIRECT', none, list) },
  { weight: 1, arbitrary: packet('WAIT_VBLANK', none) },
  // Nonsense: any words at all, and headers that promise too much.
  { weight: 1, arbitrary: fc.array(fc.oneof(u32, edgy), { minLength: 1, maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 0x21 }), fc.integer({ min: 0, max: 40 }))
      .map(([code, words]) => [((code << 24) | words) >>> 0]),
  },
);

/** A stream of up to `maxLength` packets in the ring, and as many in each list. */
export function streams(maxLength: number): fc.Arbitrary<Stream> {
  const doorbell = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);
  const packets = fc.array(fc.record({ words: anyPacket, doorbell }), { minLength: 1, maxLength });
  const words = fc.array(anyPacket, { minLength: 1, maxLength }).map((all) => all.flat());
  return fc.record({ packets, lists: fc.tuple(words, words) });
}
