// Draws triangles, in two dispatches. `bin` cuts the packet's rectangle into tiles and notes for each, in scratch memory, which of
// the triangles touch it: a bit a triangle, in chunks of 32, and a bit a chunk that has any. Then each lane of `draw` owns one
// word and draws those that touch its tile upon it, in their order. Without barriers: some GPUs, and all that are emulated, run those at a crawl.
// Loops that turn once stand for conditions: emulated GPUs go through both sides of an `if`, and leave a loop.
// The twin of ../software/draw.ts: arithmetic is in whole numbers, and none leaves 32 bits (docs/device.md, Triangles).

const GOURAUD = 1u;
const TEXTURED = 2u;
const BLENDED = 4u;

// Words across, and rows, that a workgroup of `draw` draws; and its lanes across and down, which take turns at them.
const DRAW_SIDE = 32u;
const DRAW_LANES = 8u;
// Triangles whose bits share a word.
const CHUNK = 32u;
const VERTEX_WORDS = 4u;

// Subpixels in a pixel, from one vertex of a triangle to another at most, and of a coordinate at most.
const SUBPIXEL_SHIFT = 4u;
const MAX_SPAN = 32767i;
const MAX_COORDINATE = 1048576i;

// Weights of the three vertices are parts of this.
const WEIGHT_SHIFT = 15u;

struct Triangle {
  a: vec2i,
  b: vec2i,
  c: vec2i,
  low: vec2i,
  high: vec2i,
}

fn position_at(word: u32) -> vec2i {
  return vec2i(bitcast<i32>(aperture[word]), bitcast<i32>(aperture[word + 1u]));
}

fn triangle_at(index: u32) -> Triangle {
  let word = vertices + index * 3u * VERTEX_WORDS;
  let a = position_at(word);
  let b = position_at(word + VERTEX_WORDS);
  let c = position_at(word + 2u * VERTEX_WORDS);
  return Triangle(a, b, c, min(a, min(b, c)), max(a, max(b, c)));
}

// Whether a triangle is within the limits, and its box touches pixels from `low` up to, but not, `high`.
fn touches(triangle: Triangle, low: vec2i, high: vec2i) -> bool {
  // Coordinates first: only then can their differences be trusted.
  if (any(triangle.low < vec2i(-MAX_COORDINATE)) || any(triangle.high > vec2i(MAX_COORDINATE))) {
    return false;
  }
  if (any(triangle.high - triangle.low > vec2i(MAX_SPAN))) {
    return false;
  }
  return all(triangle.low < high << vec2u(SUBPIXEL_SHIFT)) && all(triangle.high >= low << vec2u(SUBPIXEL_SHIFT));
}

// Twice the area of a, b and p: positive when p lies to the right of the way from a to b.
fn edge(a: vec2i, b: vec2i, p: vec2i) -> i32 {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

// Whether pixels whose middle lies on the edge belong to the triangle: on top edges and left ones.
fn owns(a: vec2i, b: vec2i) -> bool {
  return b.y < a.y || (b.y == a.y && b.x > a.x);
}

fn covers(distance: i32, a: vec2i, b: vec2i) -> bool {
  return distance > 0 || (distance == 0 && owns(a, b));
}

// The weighted mean of three numbers of up to 16 bits.
fn mean(weights: vec3u, values: vec3u) -> u32 {
  return (dot(weights, values) + (1u << (WEIGHT_SHIFT - 1u))) >> WEIGHT_SHIFT;
}

fn mean_colour(weights: vec3u, a: u32, b: u32, c: u32) -> u32 {
  let colours = vec3u(a, b, c);
  let blue = mean(weights, colours & vec3u(0xffu));
  let green = mean(weights, (colours >> vec3u(8u)) & vec3u(0xffu));
  let red = mean(weights, (colours >> vec3u(16u)) & vec3u(0xffu));
  let alpha = mean(weights, colours >> vec3u(24u));
  return (alpha << 24u) | (red << 16u) | (green << 8u) | blue;
}

// Channel times channel, 255 standing for 1.
fn modulate(colour: u32, by: u32) -> u32 {
  if (by == 0xffffffffu) {
    return colour;
  }
  let alpha = scale_pair(colour >> 24u, by >> 24u);
  let red = scale_pair((colour >> 16u) & 0xffu, (by >> 16u) & 0xffu);
  let green = scale_pair((colour >> 8u) & 0xffu, (by >> 8u) & 0xffu);
  let blue = scale_pair(colour & 0xffu, by & 0xffu);
  return (alpha << 24u) | (red << 16u) | (green << 8u) | blue;
}

// What does not change from pixel to pixel; kept here, since emulated GPUs copy what is handed to functions.
var<private> flags: u32;
var<private> vertices: u32;
var<private> table: u32;
var<private> target_place: Place;
var<private> texture_place: Place;
var<private> texture_size: vec2u;

// How a pixel lies in a triangle; b and c have changed places if its vertices go counter-clockwise.
struct Cover {
  covered: bool,
  turned: bool,
  area: u32,
  to_b: u32,
  to_c: u32,
}

fn cover(triangle: Triangle, x: u32, y: u32) -> Cover {
  let p = (vec2i(vec2u(x, y)) << vec2u(SUBPIXEL_SHIFT)) + vec2i(1 << (SUBPIXEL_SHIFT - 1u));
  let a = triangle.a;
  let signed = edge(a, triangle.b, triangle.c);
  let turned = signed < 0;
  let b = select(triangle.b, triangle.c, turned);
  let c = select(triangle.c, triangle.b, turned);
  // Outside the box these do not keep within 32 bits, and count for nothing.
  let to_a = edge(b, c, p);
  let to_b = edge(c, a, p);
  let to_c = edge(a, b, p);
  let in_box = all(p >= triangle.low) && all(p <= triangle.high);
  let covered = in_box && signed != 0 && covers(to_a, b, c) && covers(to_b, c, a) && covers(to_c, a, b);
  return Cover(covered, turned, u32(abs(signed)), u32(to_b), u32(to_c));
}

// The colour of a triangle where it covers a pixel.
fn shade(index: u32, at: Cover) -> u32 {
  let first = vertices + index * 3u * VERTEX_WORDS;
  let second = first + select(VERTEX_WORDS, 2u * VERTEX_WORDS, at.turned);
  let third = first + select(2u * VERTEX_WORDS, VERTEX_WORDS, at.turned);
  var colour = aperture[first + 2u];
  for (var mixed = (flags & (GOURAUD | TEXTURED)) != 0u; mixed; mixed = false) {
    // As many bits of the areas as let the quotient keep within 32.
    let shift = 16u - min(countLeadingZeros(at.area), 16u);
    let whole = at.area >> shift;
    let weight_b = ((at.to_b >> shift) << WEIGHT_SHIFT) / whole;
    let weight_c = ((at.to_c >> shift) << WEIGHT_SHIFT) / whole;
    let weights = vec3u((1u << WEIGHT_SHIFT) - weight_b - weight_c, weight_b, weight_c);
    for (var runs = (flags & GOURAUD) != 0u; runs; runs = false) {
      colour = mean_colour(weights, colour, aperture[second + 2u], aperture[third + 2u]);
    }
    for (var textured = (flags & TEXTURED) != 0u; textured; textured = false) {
      let uv = vec3u(aperture[first + 3u], aperture[second + 3u], aperture[third + 3u]);
      let u = min(mean(weights, uv & vec3u(0xffffu)) >> SUBPIXEL_SHIFT, texture_size.x - 1u);
      let v = min(mean(weights, uv >> vec3u(16u)) >> SUBPIXEL_SHIFT, texture_size.y - 1u);
      colour = modulate(colour_of(load(texture_place, u, v), texture_place.format, table), colour);
    }
  }
  return colour;
}

fn chunks(job: Job) -> u32 {
  return (job.triangles + CHUNK - 1u) / CHUNK;
}

// Words of chunks' bits. They stand before the chunks' own words.
fn summaries(job: Job) -> u32 {
  return (chunks(job) + 31u) / 32u;
}

// Tiles in a row of tiles.
fn tiles_across(job: Job) -> u32 {
  return ((job.columns - 1u) >> job.tile_shift) + 1u;
}

fn destination(job: Job) -> Place {
  let format = operand(job, DRAW_FORMATS) & 0xffu;
  return place(job.destination, operand(job, DRAW_DESTINATION_PITCH), operand(job, DRAW_DESTINATION_XY), format);
}

// One lane looks at 32 chunks of triangles for one tile.
@compute @workgroup_size(1, 64)
fn bin(@builtin(global_invocation_id) id: vec3u) {
  let job = jobs[0];
  vertices = job.vertices;
  let count = chunks(job);
  let before = summaries(job);
  let summary = id.x;
  let tile = id.y;
  if (tile >= tiles_across(job) * (((job.height - 1u) >> job.tile_shift) + 1u)) {
    return;
  }
  let to = destination(job);
  let across = tiles_across(job);
  let column = ((to.x >> to.shift) + ((tile % across) << job.tile_shift)) << to.shift;
  let low = vec2u(column, to.y + ((tile / across) << job.tile_shift));
  let size = vec2u((1u << job.tile_shift) << to.shift, 1u << job.tile_shift);
  let base = tile * (before + count);
  var some = 0u;
  for (var chunk = summary * 32u; chunk < min(summary * 32u + 32u, count); chunk++) {
    let first = chunk * CHUNK;
    let end = min(first + CHUNK, job.triangles);
    var bits = 0u;
    for (var index = first; index < end; index++) {
      if (touches(triangle_at(index), vec2i(low), vec2i(low + size))) {
        bits |= 1u << (index - first);
      }
    }
    if (bits != 0u) {
      scratch[base + before + chunk] = bits;
      some |= 1u << (chunk & 31u);
    }
  }
  scratch[base + summary] = some;
}

// Draws on one word, whose pixels go from `begin` to `end`. The tile's words in scratch memory begin at `tile`.
fn draw_word(at: u32, begin: u32, end: u32, y: u32, tile: u32, summary_count: u32) {
  let shift = target_place.shift;
  let mask = pixel_mask(shift);
  let before = aperture[at];
  var word = before;
  for (var summary = 0u; summary < summary_count; summary++) {
    var some = scratch[tile + summary];
    while (some != 0u) {
      let chunk = summary * 32u + countTrailingZeros(some);
      some &= some - 1u;
      var bits = scratch[tile + summary_count + chunk];
      while (bits != 0u) {
        let index = chunk * CHUNK + countTrailingZeros(bits);
        bits &= bits - 1u;
        let triangle = triangle_at(index);
        for (var x = begin; x < end; x++) {
          let bit = pixel_bit(x, shift);
          let at_pixel = cover(triangle, x, y);
          for (var covered = at_pixel.covered; covered; covered = false) {
            var colour = shade(index, at_pixel);
            for (var blended = (flags & BLENDED) != 0u; blended; blended = false) {
              colour = blend(colour, to_colour((word >> bit) & mask, target_place.format, 0u));
            }
            let pixel = from_colour(colour, target_place.format) & mask;
            word = (word & ~(mask << bit)) | (pixel << bit);
          }
        }
      }
    }
  }
  if (word != before) {
    aperture[at] = word;
  }
}

@compute @workgroup_size(8, 8)
fn draw(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let job = jobs[0];
  let to = destination(job);
  vertices = job.vertices;
  table = job.table;
  target_place = to;
  flags = (operand(job, 0u) >> 16u) & 0xffu;
  texture_place = place(job.source, operand(job, DRAW_SOURCE_PITCH), 0u, operand(job, DRAW_FORMATS) >> 8u);
  let extent = operand(job, DRAW_SOURCE_SIZE);
  texture_size = vec2u(extent & 0xffffu, extent >> 16u);

  let first = to.x >> to.shift;
  let start = to.word + first;
  let last = to.x + job.width;
  let across = tiles_across(job);
  let count = summaries(job);
  let words = count + chunks(job);
  let end = min(group.xy * DRAW_SIDE + vec2u(DRAW_SIDE), vec2u(job.columns, job.height));
  for (var row = group.y * DRAW_SIDE + lane.y; row < end.y; row += DRAW_LANES) {
    for (var column = group.x * DRAW_SIDE + lane.x; column < end.x; column += DRAW_LANES) {
      let tile = (row >> job.tile_shift) * across + (column >> job.tile_shift);
      let from_x = max((first + column) << to.shift, to.x);
      let to_x = min((first + column + 1u) << to.shift, last);
      draw_word(start + row * to.pitch + column, from_x, to_x, to.y + row, tile * words, count);
    }
  }
}
