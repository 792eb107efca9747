// The monitor: every pixel is one word of the aperture.

struct Mode {
  pitch: u32,    // words from line to line
  visible: u32,  // words from the first pixel on that are mapped
  width: u32,
  height: u32,
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

@fragment
fn pixel(corner: Corner) -> @location(0) vec4f {
  let offset = u32(corner.position.y) * mode.pitch + u32(corner.position.x);
  if (offset >= mode.visible) {
    return vec4f(0.0, 0.0, 0.0, 1.0);
  }
  // Bytes B, G, R, X in memory.
  return vec4f(unpack4x8unorm(aperture[corner.surface + offset]).zyx, 1.0);
}
