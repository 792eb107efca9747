// Draws triangles, in two dispatches. `bin` cuts the packet's rectangle into tiles and notes for each, in scratch memory, which of
// the triangles touch it: a bit a triangle, in chunks of 32, and a bit a chunk that has any. Then each workgroup of `draw` draws on
// one block of words: a lane owns every other word of a column, and draws upon them all triangles of the tile, in their order. It
// looks at no pixel outside a triangle's box.
// Without barriers: some GPUs, and all that are emulated, run those at a crawl.
// Loops that turn once stand for conditions: emulated GPUs go through both sides of an `if`, and leave a loop.
// The twin of ../software/draw.ts: arithmetic is in whole numbers, and none leaves 32 bits (docs/device.md, Triangles).

const GOURAUD = 1u;
const TEXTURED = 2u;
const BLENDED = 4u;

// Triangles whose bits share a word.
const CHUNK = 32u;

// Words across, and rows, of a block: no larger than the smallest tile. A workgroup has a lane for each column and each of the
// first rows, and a lane's words are so many rows apart.
const BLOCK = 16u;
const LANE_ROWS_SHIFT = 1u;
const LANE_ROWS = 1i << LANE_ROWS_SHIFT;

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

// What an edge's distance must be at least for a pixel to be covered.
fn least(a: vec2i, b: vec2i) -> i32 {
  return select(1, 0, owns(a, b));
}

// The weighted mean of three numbers of up to 16 bits.
fn mean(weights: vec3u, values: vec3u) -> u32 {
  return (dot(weights, values) + (1u << (WEIGHT_SHIFT - 1u))) >> WEIGHT_SHIFT;
}

fn mean_colour(weights: vec3u, colours: vec3u) -> u32 {
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
// The pixel row at which its word index stands.
var<private> row_zero: i32;
var<private> texture_place: Place;
var<private> texture_size: vec2u;

// The lane's own pixels: from `own_low` to `own_high`, both within, every LANE_ROWS-th row.
var<private> own_low: vec2i;
var<private> own_high: vec2i;

// Draws one triangle where it covers the lane's pixels. It is within the limits: `bin` has seen to that.
fn draw_triangle(index: u32) {
  let first = vertices + index * 3u * VERTEX_WORDS;
  let given_b = position_at(first + VERTEX_WORDS);
  let given_c = position_at(first + 2u * VERTEX_WORDS);
  let a = position_at(first);
  let signed = edge(a, given_b, given_c);
  // b and c change places if the vertices go counter-clockwise.
  let turned = signed < 0;
  let b = select(given_b, given_c, turned);
  let c = select(given_c, given_b, turned);
  let second = first + select(VERTEX_WORDS, 2u * VERTEX_WORDS, turned);
  let third = first + select(2u * VERTEX_WORDS, VERTEX_WORDS, turned);
  let own = aperture[first + 2u];
  let colours = vec3u(own, aperture[second + 2u], aperture[third + 2u]);
  let uv = vec3u(aperture[first + 3u], aperture[second + 3u], aperture[third + 3u]);

  // As many bits of the areas as let the quotient keep within 32.
  let area = u32(abs(signed));
  let area_shift = 16u - min(countLeadingZeros(area), 16u);
  let whole = area >> area_shift;

  // Pixels whose middles lie in the box; none of a triangle without area.
  const HALF = 1i << (SUBPIXEL_SHIFT - 1u);
  let box_low = max(own_low, (min(a, min(b, c)) + vec2i(HALF - 1)) >> vec2u(SUBPIXEL_SHIFT));
  let low = box_low + vec2i(0, (own_low.y - box_low.y) & (LANE_ROWS - 1));
  let box_high = min(own_high, (max(a, max(b, c)) - vec2i(HALF)) >> vec2u(SUBPIXEL_SHIFT));
  let high = select(box_high, low - vec2i(1), signed == 0);

  // Distances from the three edges at the first pixel, and what they grow by to the next: within the box they keep within 32 bits.
  let middle = (low << vec2u(SUBPIXEL_SHIFT)) + vec2i(HALF);
  let right = vec3i(b.y - c.y, c.y - a.y, a.y - b.y) << vec3u(SUBPIXEL_SHIFT);
  let down = vec3i(c.x - b.x, a.x - c.x, b.x - a.x) << vec3u(SUBPIXEL_SHIFT + LANE_ROWS_SHIFT);
  let enough = vec3i(least(b, c), least(c, a), least(a, b));
  var row = vec3i(edge(b, c, middle), edge(c, a, middle), edge(a, b, middle));

  let shift = target_place.shift;
  let mask = pixel_mask(shift);
  for (var y = low.y; y <= high.y; y += LANE_ROWS) {
    let line = target_place.word + u32(y - row_zero) * target_place.pitch;
    var distance = row;
    for (var x = low.x; x <= high.x; x++) {
      for (var covered = all(distance >= enough); covered; covered = false) {
        var colour = own;
        for (var mixed = (flags & (GOURAUD | TEXTURED)) != 0u; mixed; mixed = false) {
          let weight_b = ((u32(distance.y) >> area_shift) << WEIGHT_SHIFT) / whole;
          let weight_c = ((u32(distance.z) >> area_shift) << WEIGHT_SHIFT) / whole;
          let weights = vec3u((1u << WEIGHT_SHIFT) - weight_b - weight_c, weight_b, weight_c);
          for (var runs = (flags & GOURAUD) != 0u; runs; runs = false) {
            colour = mean_colour(weights, colours);
          }
          for (var textured = (flags & TEXTURED) != 0u; textured; textured = false) {
            let u = min(mean(weights, uv & vec3u(0xffffu)) >> SUBPIXEL_SHIFT, texture_size.x - 1u);
            let v = min(mean(weights, uv >> vec3u(16u)) >> SUBPIXEL_SHIFT, texture_size.y - 1u);
            colour = modulate(colour_of(load(texture_place, u, v), texture_place.format, table), colour);
          }
        }
        let word_at = line + (u32(x) >> shift);
        let bit = pixel_bit(u32(x), shift);
        var word = 0u;
        for (var kept = shift != 0u || (flags & BLENDED) != 0u; kept; kept = false) {
          word = aperture[word_at];
        }
        for (var blended = (flags & BLENDED) != 0u; blended; blended = false) {
          colour = blend(colour, to_colour((word >> bit) & mask, target_place.format, 0u));
        }
        let pixel = from_colour(colour, target_place.format) & mask;
        aperture[word_at] = (word & ~(mask << bit)) | (pixel << bit);
      }
      distance += right;
    }
    row += down;
  }
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

@compute @workgroup_size(16, 2)
fn draw(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let job = jobs[0];
  let to = destination(job);
  vertices = job.vertices;
  table = job.table;
  target_place = to;
  row_zero = i32(to.y);
  flags = (operand(job, 0u) >> 16u) & 0xffu;
  texture_place = place(job.source, operand(job, DRAW_SOURCE_PITCH), 0u, operand(job, DRAW_FORMATS) >> 8u);
  let extent = operand(job, DRAW_SOURCE_SIZE);
  texture_size = vec2u(extent & 0xffffu, extent >> 16u);

  let column = (to.x >> to.shift) + group.x * BLOCK + lane.x;
  let row = to.y + group.y * BLOCK;
  own_low = vec2i(vec2u(max(column << to.shift, to.x), row + lane.y));
  let end = min(vec2u((column + 1u) << to.shift, row + BLOCK), vec2u(to.x + job.width, to.y + job.height));
  own_high = vec2i(end) - vec2i(1);

  let count = summaries(job);
  let tile = (group.xy * BLOCK) >> vec2u(job.tile_shift);
  let bins = (tile.y * tiles_across(job) + tile.x) * (count + chunks(job));
  for (var summary = 0u; summary < count; summary++) {
    var some = scratch[bins + summary];
    while (some != 0u) {
      let chunk = summary * 32u + countTrailingZeros(some);
      some &= some - 1u;
      var bits = scratch[bins + count + chunk];
      while (bits != 0u) {
        draw_triangle(chunk * CHUNK + countTrailingZeros(bits));
        bits &= bits - 1u;
      }
    }
  }
}
