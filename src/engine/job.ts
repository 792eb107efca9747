/**
 * The job table: what the engine tells the GPU (or its twin in software) about each packet, beside the packet itself. It
 * says where things lie in the aperture, which a driver does not know; all else is read out of the packet's own words.
 *
 * One job is {@link JOB_WORDS} words:
 *
 *   [0] kind, below                 [1] the packet's header, as a word index in the aperture
 *   [2] destination surface, likewise                              [3] source surface, likewise
 *   [4] width in pixels             [5] height                     [6] words of the destination to visit in each row
 *   [7] the colour table of a P8 source, as a word index in the aperture                           [8] the triangles, likewise
 *   [9] how many there are          [10] logarithm of how much larger their tiles are than the smallest
 *
 * A surface's word index may be "negative", modulo 2³²: it may begin before the memory that its rectangle touches.
 * Jobs that do not depend on one another form a group, which the GPU executes at once. Groups execute in order.
 */

export const JOB_WORDS = 16;

/* Words of a job that batches and backends look at. */
export const JOB_PACKET = 1;
export const JOB_HEIGHT = 5;
export const JOB_COLUMNS = 6;
export const JOB_TRIANGLES = 9;
export const JOB_TILE_SHIFT = 10;

/** A group's first job must be a multiple of this: the GPU binds the table at multiples of 256 bytes. */
export const GROUP_ALIGNMENT = 256 / (JOB_WORDS * 4);

/** Jobs in a table, at most, when each is a group of its own. */
export const MAX_JOBS = 256;
export const JOB_TABLE_WORDS = MAX_JOBS * GROUP_ALIGNMENT * JOB_WORDS;

/* Kinds of job. */

export const JOB_FENCE = 0;
export const JOB_FILL = 1;
export const JOB_COPY = 2;
/** First half of a copy whose rectangles overlap: source to scratch. */
export const JOB_COPY_TO_SCRATCH = 3;
/** Second half: scratch, in which each pixel has a word of its own, to destination. */
export const JOB_COPY_FROM_SCRATCH = 4;
export const JOB_BLEND = 5;
/** Second half of a blend whose rectangles overlap. */
export const JOB_BLEND_FROM_SCRATCH = 6;
/** A fill of pixels that are no whole words, and a copy of such or with conversion. */
export const JOB_FILL_NARROW = 8;
export const JOB_CONVERT = 9;
/** Words from one place to another, without a packet's operands. */
export const JOB_MOVE = 10;
/** A blend of pixels that are whole words on both sides, with an alpha or without. */
export const JOB_BLEND_WORDS = 11;
/** Triangles: always a group of its own. */
export const JOB_DRAW = 7;

/** The shaders by which the GPU executes jobs. Jobs of one shader only share a group. */
export type JobShader = 'move' | 'blend' | 'execute' | 'draw';

/**
 * Which shader a kind of job has: a short one for what is asked for most, since emulated GPUs go through all of a shader whatever its
 * conditions say.
 */
export function shaderOf(kind: number): JobShader {
  switch (kind) {
    case JOB_FENCE:
    case JOB_FILL:
    case JOB_COPY:
    case JOB_MOVE:
      return 'move';
    case JOB_BLEND_WORDS:
      return 'blend';
    case JOB_DRAW:
      return 'draw';
    default:
      return 'execute';
  }
}
