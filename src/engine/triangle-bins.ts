/** How the GPU shares out a packet's triangles among the tiles of its rectangle: see webgpu/draw.wgsl. */

/** Triangles whose bits share a word, and such words whose bits share a summary. */
const CHUNK = 32;

/** The smallest tile, in words across and rows. */
const TILE_WORDS = 8;
const TILE_ROWS = 64;

/** Words of scratch memory, at most. */
const MAX_WORDS = 4 * 1024 * 1024;

/** Words of scratch memory that all tiles of a rectangle need, when each is 2 to the `tileShift` times as wide and as high as the smallest. */
export function triangleBinWords(columns: number, rows: number, triangles: number, tileShift: number): number {
  const scale = 2 ** tileShift;
  const tiles = Math.ceil(columns / (TILE_WORDS * scale)) * Math.ceil(rows / (TILE_ROWS * scale));
  const chunks = Math.ceil(triangles / CHUNK);
  return tiles * (chunks + Math.ceil(chunks / 32));
}

/** Which tiles for so many triangles on so many words and rows: the smallest for which there is room, as `tileShift` above. */
export function triangleTileShift(columns: number, rows: number, triangles: number): number {
  let tileShift = 0;
  while (triangleBinWords(columns, rows, triangles, tileShift) > MAX_WORDS) tileShift++;
  return tileShift;
}
