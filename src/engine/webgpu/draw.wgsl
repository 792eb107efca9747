// Draws triangles, in two dispatches. `bin` cuts the packet's rectangle into tiles and notes for each, in scratch memory that was
// all zeros, which of the triangles touch it: a bit a triangle, in chunks of 32, and a bit a chunk that has any. In `draw` a lane
// owns a few words of some rows, and draws upon them all triangles of its tile, in their order. It looks at no pixel outside a triangle's box.
// The twin of ../software/draw.ts: arithmetic is in whole numbers, and none leaves 32 bits (docs/device.md, Triangles).
//
// Written so that emulated GPUs, too, are quick. They execute four neighbouring lanes at a time, and both sides of every condition;
// they shift, convert and divide lane by lane, and reach into memory so: that is dear, while products and sums cost next to nothing. A barrier
// makes them crawl. A loop costs least if it counts to a limit. So whole numbers are kept in floats where those hold them exactly, and one lane draws much of a triangle
// for each time that it reads it.

const GOURAUD = 1u;
const TEXTURED = 2u;
const BLENDED = 4u;

// What a pipeline is for: surfaces of any format, or such as have a pixel in a word; and packets of any flags, or of these. The less it
// leaves open, the quicker it is.
override ANY_FORMAT: bool = true;
override ANY_FLAGS: bool = true;
override IS_GOURAUD: bool = false;
override IS_TEXTURED: bool = false;
override IS_BLENDED: bool = false;

// Triangles whose bits share a word.
const CHUNK = 32u;

// Words and rows of a lane; words across the smallest tile, which four lanes share; and lanes of a workgroup, which lie side by side.
const LANE_WORDS = 2u;
const LANE_ROWS = 64u;
const TILE_WORDS = 8u;
const GROUP_LANES = 32u;

// Lanes that bin one triangle; each takes every so manyth row of tiles.
const BIN_LANES = 4u;

const VERTEX_WORDS = 4u;

// Subpixels in a pixel, and in half of one; from one vertex of a triangle to another at most, and of a coordinate at most.
const SUBPIXELS = 16;
const HALF = 8;
const MAX_SPAN = 32767i;
const MAX_COORDINATE = 1048576i;

// Weights of the three vertices are parts of this.
const WHOLE_WEIGHT = 32768;

fn position_at(word: u32) -> vec2i {
  return vec2i(bitcast<i32>(aperture[word]), bitcast<i32>(aperture[word + 1u]));
}

// A whole number in a float of less than 2^22 either way; any other is rounded. See pixels.wgsl.
fn whole(number: f32) -> i32 {
  return bitcast<i32>(number + FLOAT_WHOLE) - FLOAT_WHOLE_BITS;
}

fn whole2(numbers: vec2f) -> vec2i {
  return bitcast<vec2i>(numbers + vec2f(FLOAT_WHOLE)) - vec2i(FLOAT_WHOLE_BITS);
}

fn whole3(numbers: vec3f) -> vec3i {
  return bitcast<vec3i>(numbers + vec3f(FLOAT_WHOLE)) - vec3i(FLOAT_WHOLE_BITS);
}

// The greatest of three numbers; `max` would look for NaNs, and be slower.
fn greatest(numbers: vec3f) -> f32 {
  let greater = select(numbers.x, numbers.y, numbers.y > numbers.x);
  return select(greater, numbers.z, numbers.z > greater);
}

// Twice the area of a, b and p: positive when p lies to the right of the way from a to b.
fn edge(a: vec2i, b: vec2i, p: vec2i) -> i32 {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

// What an edge's distance must be at least for a pixel to be covered: middles on top edges and left ones belong to the triangle.
fn least(a: vec2i, b: vec2i) -> i32 {
  return select(1, 0, b.y < a.y || (b.y == a.y && b.x > a.x));
}

// The first and the last pixels whose middles may lie in a triangle from `low` to `high`.
fn first_pixel(low: vec2i) -> vec2i {
  return whole2(floor(vec2f(low + HALF - 1) * (1.0 / f32(SUBPIXELS))));
}

fn last_pixel(high: vec2i) -> vec2i {
  return whole2(floor(vec2f(high - HALF) * (1.0 / f32(SUBPIXELS))));
}

// What does not change from pixel to pixel; kept here, since emulated GPUs copy what is handed to functions.
var<private> flags: u32;
var<private> vertices: u32;
var<private> table: u32;
var<private> target_place: Place;
var<private> target_opaque: u32;
var<private> texture_place: Place;
var<private> texture_opaque: u32;
var<private> last_texel: vec2i;

// The lane's own pixels: from `own_low` to `own_high`, both within. Its first row begins at `own_row`, as words are counted from pixel 0 of a row.
var<private> own_low: vec2i;
var<private> own_high: vec2i;
var<private> own_row: u32;

// A texel's colour.
fn texel(at: vec2i) -> u32 {
  if (ANY_FORMAT) {
    return colour_of(load(texture_place, u32(at.x), u32(at.y)), texture_place.format, table);
  }
  return aperture[texture_place.word + u32(at.y) * texture_place.pitch + u32(at.x)] | texture_opaque;
}

// Draws one triangle where it covers the lane's pixels. It is within the limits and has an area: `bin` has seen to that.
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
  let own_channels = channels(own);
  let uv = bitcast<vec3i>(vec3u(aperture[first + 3u], aperture[second + 3u], aperture[third + 3u]));
  let u = uv & vec3i(0xffff);
  let v = whole3(vec3f(uv & vec3i(0x7fff0000)) * (1.0 / 65536.0)) + select(vec3i(0), vec3i(0x8000), uv < vec3i(0));

  let runs = IS_GOURAUD || (ANY_FLAGS && (flags & GOURAUD) != 0u);
  var second_channels = own_channels;
  var third_channels = own_channels;
  if (runs) {
    second_channels = channels(aperture[second + 2u]);
    third_channels = channels(aperture[third + 2u]);
  }

  // As many bits of the areas as let the quotient keep within 32: 16. `dropped` is the power of two by which they are divided, in the bits of a float.
  let area = abs(signed);
  let topmost = bitcast<i32>(f32(area & 0x7fffff80)) & 0x7f800000;
  let dropped = max(topmost, 0x47000000) - 0x07800000;
  let kept = -whole(bitcast<f32>(dropped));
  let scale = bitcast<f32>(0x7f000000 - dropped);
  let parts_of_area = whole(f32(area & kept) * scale);
  let weight_of_part = f32(WHOLE_WEIGHT) / f32(parts_of_area);

  let low = max(own_low, first_pixel(min(a, min(b, c))));
  let high = min(own_high, last_pixel(max(a, max(b, c))));

  // Distances from the three edges at a pixel, less what covers it, and what they grow by to the next: within the box they keep within 32 bits.
  let middle = low * SUBPIXELS + vec2i(HALF);
  let right = vec3i(b.y - c.y, c.y - a.y, a.y - b.y) * SUBPIXELS;
  let down = vec3i(c.x - b.x, a.x - c.x, b.x - a.x) * SUBPIXELS;
  let enough = vec3i(least(b, c), least(c, a), least(a, b));
  let corner = vec3i(edge(b, c, middle), edge(c, a, middle), edge(a, b, middle)) - enough;

  let rows_down = 1.0 / vec3f(down);

  let row = own_row + u32(low.y - own_low.y) * target_place.pitch;
  let columns = high.x - low.x + 1;
  let rows = high.y - low.y + 1;
  let mask = pixel_mask(target_place.shift);
  let blended = IS_BLENDED || (ANY_FLAGS && (flags & BLENDED) != 0u);
  for (var i = 0; i < columns; i++) {
    let x = u32(low.x + i);
    let top = corner + right * i;
    let top_word = row + (x >> target_place.shift);
    let bit = pixel_bit(x, target_place.shift);
    // Rows in which the column may be covered, with one to spare: from the edges on that lead inwards, to those that lead outwards.
    let crossings = vec3f(-top) * rows_down;
    let begin = greatest(select(vec3f(0.0), crossings - 0.49, down > vec3i(0)));
    let end = -greatest(-select(vec3f(f32(rows)), crossings + 0.51, down < vec3i(0)));
    let last = whole(select(end, 0.0, end < 0.0));
    for (var j = whole(begin); j < last; j++) {
      let distance = top + down * j;
      if ((distance.x | distance.y | distance.z) >= 0) {
        let word_at = top_word + u32(j) * target_place.pitch;
        // Divided by rounding, and corrected.
        let parts = vec2f((distance.yz + enough.yz) & vec2i(kept)) * scale;
        let close = whole2(parts * weight_of_part);
        let over = whole2(parts) * WHOLE_WEIGHT < close * parts_of_area;
        let weights_bc = select(close, close - 1, over);
        let weights = vec3i(WHOLE_WEIGHT - weights_bc.x - weights_bc.y, weights_bc);

        var colour = own_channels;
        if (runs) {
          let mix = vec3f(weights);
          let sum = mix.x * own_channels + mix.y * second_channels + mix.z * third_channels;
          colour = floor((sum + f32(WHOLE_WEIGHT / 2)) * (1.0 / f32(WHOLE_WEIGHT)));
        }
        if (IS_TEXTURED || (ANY_FLAGS && (flags & TEXTURED) != 0u)) {
          // Means in whole subtexels, and of those the texels: 19 bits less. The rest fits into a float.
          let mean = vec2i(dot(weights, u), dot(weights, v)) + WHOLE_WEIGHT / 2;
          let at = whole2(vec2f(mean & vec2i(0x7ff80000)) * (1.0 / 524288.0));
          colour = modulate(channels(texel(min(at, last_texel))), colour);
        }
        var drawn = nearest(colour);
        if (ANY_FORMAT) {
          let word = aperture[word_at];
          if (blended) {
            drawn = blend(round(colour), channels(to_colour((word >> bit) & mask, target_place.format, 0u)));
          }
          let pixel = from_colour(colour_from(drawn), target_place.format) & mask;
          aperture[word_at] = (word & ~(mask << bit)) | (pixel << bit);
        } else {
          if (blended) {
            drawn = blend(round(colour), channels(aperture[word_at] | target_opaque));
          }
          aperture[word_at] = colour_from(drawn);
        }
      }
    }
  }
}

fn chunks(job: Job) -> u32 {
  return (job.triangles + CHUNK - 1u) / CHUNK;
}

// Words of chunks' bits. They stand before the chunks' own words.
fn summaries(job: Job) -> u32 {
  return (chunks(job) + 31u) / 32u;
}

// Words across, and rows, of a tile.
fn tile_size(job: Job) -> vec2u {
  return vec2u(TILE_WORDS, LANE_ROWS) << vec2u(job.tile_shift);
}

// Tiles in a row of tiles.
fn tiles_across(job: Job) -> u32 {
  return (job.columns - 1u) / tile_size(job).x + 1u;
}

fn destination(job: Job) -> Place {
  let format = operand(job, DRAW_FORMATS) & 0xffu;
  return place(job.destination, operand(job, DRAW_DESTINATION_PITCH), operand(job, DRAW_DESTINATION_XY), format);
}

// Scratch memory, while lanes note triangles of the same tiles.
@group(0) @binding(2) var<storage, read_write> bins: array<atomic<u32>>;

@compute @workgroup_size(64)
fn bin(@builtin(global_invocation_id) id: vec3u) {
  let job = jobs[0];
  let index = id.x;
  if (index >= job.triangles) {
    return;
  }
  let first = job.vertices + index * 3u * VERTEX_WORDS;
  let a = position_at(first);
  let b = position_at(first + VERTEX_WORDS);
  let c = position_at(first + 2u * VERTEX_WORDS);
  let low = min(a, min(b, c));
  let high = max(a, max(b, c));
  // Coordinates first: only then can their differences be trusted.
  if (any(low < vec2i(-MAX_COORDINATE)) || any(high > vec2i(MAX_COORDINATE))) {
    return;
  }
  if (any(high - low > vec2i(MAX_SPAN)) || edge(a, b, c) == 0) {
    return;
  }
  let to = destination(job);
  let origin = vec2i(vec2u(to.x, to.y));
  let low_pixel = max(first_pixel(low), origin);
  let high_pixel = min(last_pixel(high), origin + vec2i(vec2u(job.width, job.height)) - 1);
  if (any(low_pixel > high_pixel)) {
    return;
  }
  let size = tile_size(job);
  let corner = vec2u(to.x >> to.shift, to.y);
  let low_tile = (vec2u(low_pixel) >> vec2u(to.shift, 0u)) - corner;
  let high_tile = ((vec2u(high_pixel) >> vec2u(to.shift, 0u)) - corner) / size;
  let begin = low_tile / size;
  let across = tiles_across(job);
  let before = summaries(job);
  let words = before + chunks(job);
  let chunk = index / CHUNK;
  for (var y = begin.y + id.y; y <= high_tile.y; y += BIN_LANES) {
    for (var x = begin.x; x <= high_tile.x; x++) {
      let base = (y * across + x) * words;
      atomicOr(&bins[base + before + chunk], 1u << (index % CHUNK));
      atomicOr(&bins[base + chunk / 32u], 1u << (chunk % 32u));
    }
  }
}

// The number of the lowest bit that is set, which stands in the exponent of its value.
fn lowest_bit(bits: u32) -> u32 {
  let lowest = bitcast<i32>(bits & (~bits + 1u));
  return ((bitcast<u32>(f32(lowest)) & 0x7f800000u) >> 23u) - 127u;
}

@compute @workgroup_size(32)
fn draw(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let job = jobs[0];
  let across = (group.x * GROUP_LANES + lane.x) * LANE_WORDS;
  if (across >= job.columns) {
    return;
  }
  let down = group.y * LANE_ROWS;
  let to = destination(job);
  vertices = job.vertices;
  table = job.table;
  target_place = to;
  target_opaque = select(0u, 0xff000000u, to.format == X8R8G8B8);
  flags = (operand(job, 0u) >> 16u) & 0xffu;
  texture_place = place(job.source, operand(job, DRAW_SOURCE_PITCH), 0u, operand(job, DRAW_FORMATS) >> 8u);
  texture_opaque = select(0u, 0xff000000u, texture_place.format == X8R8G8B8);
  let extent = operand(job, DRAW_SOURCE_SIZE);
  last_texel = vec2i(vec2u(extent & 0xffffu, extent >> 16u)) - 1;

  let column = (to.x >> to.shift) + across;
  own_low = vec2i(vec2u(max(column << to.shift, to.x), to.y + down));
  let end = min(vec2u((column + LANE_WORDS) << to.shift, to.y + down + LANE_ROWS), vec2u(to.x + job.width, to.y + job.height));
  own_high = vec2i(end) - vec2i(1);
  own_row = to.word + down * to.pitch;

  let count = summaries(job);
  let tile = vec2u(across, down) / tile_size(job);
  let base = (tile.y * tiles_across(job) + tile.x) * (count + chunks(job));
  for (var summary = 0u; summary < count; summary++) {
    var some = scratch[base + summary];
    while (some != 0u) {
      let chunk = summary * 32u + lowest_bit(some);
      some &= some - 1u;
      var bits = scratch[base + count + chunk];
      while (bits != 0u) {
        draw_triangle(chunk * CHUNK + lowest_bit(bits));
        bits &= bits - 1u;
      }
    }
  }
}
