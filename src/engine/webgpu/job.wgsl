// What the shaders that execute packets have in common. pixels.wgsl stands before this text, move.wgsl, execute.wgsl and draw.wgsl behind it.
// A job says where in the aperture things lie (../job.ts); everything else is read out of the packet's own words,
// which the engine has checked: they are the very bytes that it fetched.

struct Job {
  kind: u32,
  packet: u32,       // header's word index in the aperture
  destination: u32,  // surfaces' word indices in the aperture, modulo 2^32
  source: u32,
  width: u32,        // pixels
  height: u32,
  columns: u32,      // words of the destination in each row
  table: u32,        // the colour table's word index in the aperture
  vertices: u32,
  triangles: u32,
  tile_shift: u32,   // logarithm of how much larger tiles of triangles are than the smallest
  reserved: array<u32, 5>,
}

@group(0) @binding(0) var<storage, read_write> aperture: array<u32>;
@group(0) @binding(1) var<storage, read> jobs: array<Job>;
@group(0) @binding(2) var<storage, read_write> scratch: array<u32>;

// Word indices of operands: values come from the packet table (../operands.ts).
override FENCE_VALUE: u32;
override FILL_PITCH: u32;
override FILL_XY: u32;
override FILL_FORMAT: u32;
override FILL_COLOUR: u32;
override COPY_DESTINATION_PITCH: u32;
override COPY_DESTINATION_XY: u32;
override COPY_SOURCE_PITCH: u32;
override COPY_SOURCE_XY: u32;
override COPY_FORMATS: u32;
override DRAW_DESTINATION_PITCH: u32;
override DRAW_DESTINATION_XY: u32;
override DRAW_SOURCE_PITCH: u32;
override DRAW_SOURCE_SIZE: u32;
override DRAW_FORMATS: u32;

// A rectangle of a surface.
struct Place {
  word: u32,    // of the surface's row in which the rectangle begins
  pitch: u32,   // in words
  x: u32,
  y: u32,
  format: u32,
  shift: u32,
}

fn operand(job: Job, index: u32) -> u32 {
  return aperture[job.packet + index];
}

fn place(surface: u32, pitch: u32, xy: u32, format: u32) -> Place {
  let words = pitch / 4u;
  return Place(surface + (xy >> 16u) * words, words, xy & 0xffffu, xy >> 16u, format, pixel_shift(format));
}

// The rectangles of a COPY_RECT or BLEND_RECT whose pixels are whole words.
fn source_words(job: Job) -> Place {
  return place(job.source, operand(job, COPY_SOURCE_PITCH), operand(job, COPY_SOURCE_XY), A8R8G8B8);
}

fn destination_words(job: Job) -> Place {
  return place(job.destination, operand(job, COPY_DESTINATION_PITCH), operand(job, COPY_DESTINATION_XY), A8R8G8B8);
}

// The pixel at x, y of a rectangle, as it stands in memory.
fn load(at: Place, x: u32, y: u32) -> u32 {
  let column = at.x + x;
  let word = aperture[at.word + y * at.pitch + (column >> at.shift)];
  return (word >> pixel_bit(column, at.shift)) & pixel_mask(at.shift);
}

fn colour_of(pixel: u32, format: u32, table: u32) -> u32 {
  var entry = 0u;
  if (format == P8) {
    entry = aperture[table + pixel];
  }
  return to_colour(pixel, format, entry);
}

// Words of a tile, and lanes of a workgroup: see webgpu-backend.ts.
const TILE_WIDTH = 1024u;
const TILE_HEIGHT = 8u;
const LANES = 64u;

// Words that a lane visits in each row of a tile, LANES apart; and the tile's rows. Loops count up to these: browsers guard
// every loop of which they cannot see that it ends, turn by turn.
fn lane_words(job: Job, tile: vec3u, lane: u32) -> u32 {
  let left = tile.x * TILE_WIDTH + lane;
  let right = min(job.columns, (tile.x + 1u) * TILE_WIDTH);
  return (max(left, right) - left + LANES - 1u) / LANES;
}

fn tile_rows(job: Job, tile: vec3u) -> u32 {
  let top = tile.y * TILE_HEIGHT;
  return max(top, min(job.height, top + TILE_HEIGHT)) - top;
}
