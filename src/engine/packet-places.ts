/** What a packet writes and reads, where that lies, and which job follows from it. */
import type { PacketName } from '../devices/ringgpu/packets.ts';
import { RINGGPU_FORMAT_P8, RINGGPU_FORMAT_X8R8G8B8 } from '../devices/ringgpu/registers.ts';
import {
  JOB_BLEND,
  JOB_BLEND_FROM_SCRATCH,
  JOB_BLEND_WORDS,
  JOB_CONVERT,
  JOB_COPY,
  JOB_COPY_FROM_SCRATCH,
  JOB_DRAW,
  JOB_FILL,
  JOB_FILL_NARROW,
} from './job.ts';
import type { Packet } from './packet-decoder.ts';
import type { Slice } from './slice-table.ts';
import { pixelShift, type Rectangle } from './surface.ts';

/** Entries of a colour table. */
const COLOURS = 256;

/** The job of each packet that draws; and, where its source may overlap what it writes, that of its second half. */
export const JOB_KINDS: Readonly<Partial<Record<PacketName, readonly [kind: number, fromScratch?: number]>>> = {
  FILL_RECT: [JOB_FILL],
  COPY_RECT: [JOB_COPY, JOB_COPY_FROM_SCRATCH],
  BLEND_RECT: [JOB_BLEND, JOB_BLEND_FROM_SCRATCH],
  DRAW_TRIANGLES: [JOB_DRAW],
};

/** Registers that packets depend on, as they stood when the packets were fetched. Logical addresses. */
export interface PacketContext {
  /** Where fences write; 0: nowhere. */
  readonly fence: number;
  /** The colour table of P8 sources. */
  readonly colourTable: number;
}

/** Why a packet cannot be executed. */
export interface PacketFault {
  readonly code: number;
  readonly address: number;
  /** What the packet does wrong, where the code does not say it all; for people. */
  readonly why?: string;
}

/** A rectangle that has been found good, and where it lies in the aperture. */
export interface Place {
  readonly slice: Slice;
  readonly logical: Rectangle;
  /** The same with `base` as a byte of the aperture, which may be negative. */
  readonly aperture: Rectangle;
}

/** What a packet writes and reads. */
export interface Places {
  readonly destination: Place | null;
  readonly source: Place | null;
  /** The colour table of a P8 source. */
  readonly table: Place | null;
  /** Vertices, a triangle in each row. */
  readonly triangles: Place | null;
}

/** Of a packet that names nothing. */
export const NO_PLACES: Places = { destination: null, source: null, table: null, triangles: null };

/** Whether a packet can make pixels of its destination's format: indices are filled with one, or copied from indices. */
export function canBecome({ shape }: Packet, { logical }: Place, source: Place | null): boolean {
  if (logical.format !== RINGGPU_FORMAT_P8 || shape?.name === 'FILL_RECT') return true;
  return shape?.name === 'COPY_RECT' && source?.logical.format === RINGGPU_FORMAT_P8;
}

/** Whether every pixel of the packet's rectangle is new, whatever it was before. */
export function writesAll({ shape }: Packet): boolean {
  return shape?.name === 'FILL_RECT' || shape?.name === 'COPY_RECT';
}

/** Bytes at a logical address, a multiple of 4 of them, as a rectangle. */
export function rangeAt(base: number, bytes: number): Rectangle {
  return { base, pitch: bytes, x: 0, y: 0, width: bytes / 4, height: 1, format: RINGGPU_FORMAT_X8R8G8B8 };
}

/** The colour table at a logical address, as a rectangle. */
export function colourTableAt(base: number): Rectangle {
  return rangeAt(base, COLOURS * 4);
}

/** Whether its pixels are whole words. */
const isWords = ({ format }: Rectangle): boolean => pixelShift(format) === 0;

/** The kind of a job on pixels of its formats. */
export function kindFor(kind: number, destination: Rectangle, source: Rectangle | undefined): number {
  if (kind === JOB_BLEND) return isWords(destination) && source && isWords(source) ? JOB_BLEND_WORDS : kind;
  const whole = isWords(destination) && (source ?? destination).format === destination.format;
  if (whole) return kind;
  return kind === JOB_FILL ? JOB_FILL_NARROW : kind === JOB_COPY ? JOB_CONVERT : kind;
}

/** Everything that a packet reads. */
export function readsOf({ source, table, triangles }: Places): Place[] {
  return [source, table, triangles].filter((place) => place !== null);
}
