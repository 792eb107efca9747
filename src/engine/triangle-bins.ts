/** How the GPU shares out a packet's triangles among the tiles of its rectangle: see webgpu/draw.wgsl. */

/** Triangles whose bits share a word, and such words whose bits share a summary. */
const CHUNK = 32;

/** Logarithm of the side of the smallest tile: 16 words across, 16 rows. */
const SMALLEST_SHIFT = 4;

/** Tiles, as many as one dimension of a dispatch may have; and words of scratch memory. */
const MAX_TILES = 65535;
const MAX_WORDS = 4 * 1024 * 1024;

/** Tiles of a rectangle; summaries of each, and all its words. */
export function triangleBins(columns: number, rows: number, triangles: number, tileShift: number) {
  const side = 2 ** tileShift;
  const chunks = Math.ceil(triangles / CHUNK);
  const summaries = Math.ceil(chunks / 32);
  return { tiles: Math.ceil(columns / side) * Math.ceil(rows / side), summaries, words: summaries + chunks };
}

/** Logarithm of the side of the tiles for so many triangles on so many words and rows: the smallest for which there is room. */
export function triangleTileShift(columns: number, rows: number, triangles: number): number {
  for (let shift = SMALLEST_SHIFT; ; shift++) {
    const { tiles, words } = triangleBins(columns, rows, triangles, shift);
    if (tiles <= MAX_TILES && tiles * words <= MAX_WORDS) return shift;
  }
}
