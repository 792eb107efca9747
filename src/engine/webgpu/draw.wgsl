// Draws triangles. One workgroup is one tile of the packet's rectangle, and goes through all its triangles in order: first its
// lanes look, each for one triangle, which of them touch the tile; then each lane, which owns one word, draws those upon it.
// The twin of ../software/draw.ts: arithmetic is in whole numbers, and none leaves 32 bits (docs/device.md, Triangles).

const DRAW = 7u;
const GOURAUD = 1u;
const TEXTURED = 2u;
const BLENDED = 4u;

const DRAW_TILE = 16u;   // words across, and rows
const DRAW_LANES = 256u;
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

var<workgroup> touching: array<atomic<u32>, 8>;

fn position_at(word: u32) -> vec2i {
  return vec2i(bitcast<i32>(aperture[word]), bitcast<i32>(aperture[word + 1u]));
}

fn triangle_at(job: Job, index: u32) -> Triangle {
  let word = job.vertices + index * 3u * VERTEX_WORDS;
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

struct Brush {
  flags: u32,
  source: Place,
  size: vec2u,  // of the texture
}

// Draws one triangle on one pixel that holds `before`.
fn draw_pixel(job: Job, brush: Brush, index: u32, triangle: Triangle, x: u32, y: u32, format: u32, before: u32) -> u32 {
  let p = (vec2i(vec2u(x, y)) << vec2u(SUBPIXEL_SHIFT)) + vec2i(1 << (SUBPIXEL_SHIFT - 1u));
  // Outside the box, what follows would not keep within 32 bits.
  if (any(p < triangle.low) || any(p > triangle.high)) {
    return before;
  }
  let a = triangle.a;
  var b = triangle.b;
  var c = triangle.c;
  var area = edge(a, b, c);
  let turned = area < 0;
  if (turned) {
    area = -area;
    b = triangle.c;
    c = triangle.b;
  }
  let toB = edge(c, a, p);
  let toC = edge(a, b, p);
  if (area == 0 || !covers(edge(b, c, p), b, c) || !covers(toB, c, a) || !covers(toC, a, b)) {
    return before;
  }

  let first = job.vertices + index * 3u * VERTEX_WORDS;
  let second = first + select(VERTEX_WORDS, 2u * VERTEX_WORDS, turned);
  let third = first + select(2u * VERTEX_WORDS, VERTEX_WORDS, turned);
  var colour = aperture[first + 2u];
  if ((brush.flags & (GOURAUD | TEXTURED)) != 0u) {
    // As many bits of the areas as let the quotient keep within 32.
    let shift = 16u - min(countLeadingZeros(u32(area)), 16u);
    let whole = u32(area) >> shift;
    let weightB = ((u32(toB) >> shift) << WEIGHT_SHIFT) / whole;
    let weightC = ((u32(toC) >> shift) << WEIGHT_SHIFT) / whole;
    let weights = vec3u((1u << WEIGHT_SHIFT) - weightB - weightC, weightB, weightC);
    if ((brush.flags & GOURAUD) != 0u) {
      colour = mean_colour(weights, colour, aperture[second + 2u], aperture[third + 2u]);
    }
    if ((brush.flags & TEXTURED) != 0u) {
      let uv = vec3u(aperture[first + 3u], aperture[second + 3u], aperture[third + 3u]);
      let u = min(mean(weights, uv & vec3u(0xffffu)) >> SUBPIXEL_SHIFT, brush.size.x - 1u);
      let v = min(mean(weights, uv >> vec3u(16u)) >> SUBPIXEL_SHIFT, brush.size.y - 1u);
      colour = modulate(colour_of(load(brush.source, u, v), brush.source.format, job.table), colour);
    }
  }
  if ((brush.flags & BLENDED) != 0u) {
    colour = blend(colour, to_colour(before, format, 0u));
  }
  return from_colour(colour, format);
}

@compute @workgroup_size(256)
fn draw(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[tile.z];
  let formats = operand(job, DRAW_FORMATS);
  let to = place(job.destination, operand(job, DRAW_DESTINATION_PITCH), operand(job, DRAW_DESTINATION_XY), formats & 0xffu);
  var brush: Brush;
  brush.flags = (operand(job, 0u) >> 16u) & 0xffu;
  brush.source = place(job.source, operand(job, DRAW_SOURCE_PITCH), 0u, formats >> 8u);
  let extent = operand(job, DRAW_SOURCE_SIZE);
  brush.size = vec2u(extent & 0xffffu, extent >> 16u);

  // This lane's word, and the pixels in it; in pixels of the surface.
  let first = to.x >> to.shift;
  let column = tile.x * DRAW_TILE + lane % DRAW_TILE;
  let row = tile.y * DRAW_TILE + lane / DRAW_TILE;
  let inside = column < job.columns && row < job.height;
  let at = to.word + row * to.pitch + first + column;
  let begin = max((first + column) << to.shift, to.x);
  let end = min((first + column + 1u) << to.shift, to.x + job.width);
  let y = to.y + row;
  let mask = pixel_mask(to.shift);
  var word = 0u;
  if (inside) {
    word = aperture[at];
  }
  var changed = false;

  let corner = vec2u((first + tile.x * DRAW_TILE) << to.shift, to.y + tile.y * DRAW_TILE);
  let low = vec2i(corner);
  let high = vec2i(corner + vec2u(DRAW_TILE << to.shift, DRAW_TILE));
  for (var base = 0u; base < job.triangles; base += DRAW_LANES) {
    if (lane < 8u) {
      atomicStore(&touching[lane], 0u);
    }
    workgroupBarrier();
    if (base + lane < job.triangles && touches(triangle_at(job, base + lane), low, high)) {
      atomicOr(&touching[lane / 32u], 1u << (lane % 32u));
    }
    workgroupBarrier();
    for (var i = 0u; i < 8u; i++) {
      var bits = select(0u, atomicLoad(&touching[i]), inside);
      while (bits != 0u) {
        let index = base + i * 32u + countTrailingZeros(bits);
        bits &= bits - 1u;
        let triangle = triangle_at(job, index);
        for (var x = begin; x < end; x++) {
          let bit = pixel_bit(x, to.shift);
          let pixel = draw_pixel(job, brush, index, triangle, x, y, to.format, (word >> bit) & mask) & mask;
          let now = (word & ~(mask << bit)) | (pixel << bit);
          changed = changed || now != word;
          word = now;
        }
      }
    }
    workgroupBarrier();
  }
  if (changed) {
    aperture[at] = word;
  }
}
