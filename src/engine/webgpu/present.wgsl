// The monitor: every pixel is one of the aperture's, whatever its format, and goes through the monitor's table if it has one.
// pixels.wgsl stands before this text.

struct Mode {
  pitch: u32,    // words from line to line
  visible: u32,  // words from the first pixel on that are mapped
  format: u32,
  lookUp: u32,   // 1: use the table
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

@fragment
fn pixel(corner: Corner) -> @location(0) vec4f {
  let x = u32(corner.position.x);
  let shift = pixel_shift(mode.format);
  let offset = u32(corner.position.y) * mode.pitch + (x >> shift);
  if (offset >= mode.visible) {
    return vec4f(0.0, 0.0, 0.0, 1.0);
  }
  let stored = (aperture[corner.surface + offset] >> pixel_bit(x, shift)) & pixel_mask(shift);
  var colour: u32;
  if (mode.format == P8) {
    colour = entry(stored);
  } else {
    colour = to_colour(stored, mode.format, 0u);
    if (mode.lookUp != 0u) {
      let red = entry((colour >> 16u) & 0xffu) & 0xff0000u;
      let green = entry((colour >> 8u) & 0xffu) & 0xff00u;
      colour = red | green | (entry(colour & 0xffu) & 0xffu);
    }
  }
  // Bytes B, G, R, A.
  return vec4f(unpack4x8unorm(colour).zyx, 1.0);
}
