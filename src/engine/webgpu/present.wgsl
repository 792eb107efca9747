// The monitor: every pixel is one of the aperture's, whatever its format, with the pointer laid over it, and goes through the
// monitor's table if it has one. The twin of ../pixels.ts and ../pointer-pixels.ts. pixels.wgsl stands before this text.

struct Pointer {
  corner: vec2i,  // where on the screen its first pixel lies
  size: vec2u,    // 0: there is none
  word: u32,      // its first pixel's place in the aperture
  pitch: u32,     // words from line to line
  mono: u32,      // 1: AND mask, then XOR mask; 0: A8R8G8B8, premultiplied
  unused: u32,
}

struct Mode {
  pitch: u32,    // words from line to line
  visible: u32,  // words from the first pixel on that are mapped
  format: u32,
  lookUp: u32,   // 1: use the table
  pointer: Pointer,
  lut: array<vec4u, 64>,
}

@group(0) @binding(0) var<storage, read> aperture: array<u32>;
@group(0) @binding(1) var<uniform> mode: Mode;

struct Corner {
  @builtin(position) position: vec4f,
  @location(0) @interpolate(flat, either) surface: u32,
}

// One triangle that covers the screen. The surface's first word comes as the instance's number, so that a flip uploads nothing.
@vertex
fn corner(@builtin(vertex_index) index: u32, @builtin(instance_index) surface: u32) -> Corner {
  let x = f32(index & 1u) * 4.0 - 1.0;
  let y = f32(index >> 1u) * 4.0 - 1.0;
  return Corner(vec4f(x, y, 0.0, 1.0), surface);
}

fn entry(index: u32) -> u32 {
  return mode.lut[index >> 2u][index & 3u];
}

// What the pointer makes of the colour below it.
fn with_pointer(below: u32, x: u32, y: u32) -> u32 {
  let pointer = mode.pointer;
  let at = vec2u(vec2i(i32(x), i32(y)) - pointer.corner);
  if (any(at >= pointer.size)) {
    return below;
  }
  let row = pointer.word + at.y * pointer.pitch;
  if (pointer.mono == 0u) {
    return colour_from(blend(channels(aperture[row + at.x]), channels(below)));
  }
  // Eight pixels a byte, the first in its highest bit.
  let bit = (at.x & 24u) + 7u - (at.x & 7u);
  let word = row + (at.x >> 5u);
  let keep = (aperture[word] >> bit) & 1u;
  let turn = (aperture[word + pointer.size.y * pointer.pitch] >> bit) & 1u;
  return (below * keep) ^ (0xffffffu * turn);
}

@fragment
fn pixel(corner: Corner) -> @location(0) vec4f {
  let x = u32(corner.position.x);
  let shift = pixel_shift(mode.format);
  let offset = u32(corner.position.y) * mode.pitch + (x >> shift);
  if (offset >= mode.visible) {
    return vec4f(0.0, 0.0, 0.0, 1.0);
  }
  let stored = (aperture[corner.surface + offset] >> pixel_bit(x, shift)) & pixel_mask(shift);
  var listed = 0u;
  if (mode.format == P8) {
    listed = entry(stored);
  }
  var colour = with_pointer(to_colour(stored, mode.format, listed), x, u32(corner.position.y));
  if (mode.lookUp != 0u && mode.format != P8) {
    let red = entry((colour >> 16u) & 0xffu) & 0xff0000u;
    let green = entry((colour >> 8u) & 0xffu) & 0xff00u;
    colour = red | green | (entry(colour & 0xffu) & 0xffu);
  }
  // Bytes B, G, R, A.
  return vec4f(unpack4x8unorm(colour).zyx, 1.0);
}
