// Pixel formats, for all shaders that read or write surfaces; it is put before their own text. The twin of ../pixel-formats.ts.
// Colours are reckoned in A8R8G8B8, with whole numbers only, so that every GPU gives the same bits.

const X8R8G8B8 = 0u;
const A8R8G8B8 = 1u;
const R5G6B5 = 2u;
const P8 = 3u;

// Logarithm of a word's pixels.
fn pixel_shift(format: u32) -> u32 {
  return select(0u, format - 1u, format > A8R8G8B8);
}

// The bits of one pixel.
fn pixel_mask(shift: u32) -> u32 {
  return 0xffffffffu >> (32u - (32u >> shift));
}

// Where pixel x stands in its word.
fn pixel_bit(x: u32, shift: u32) -> u32 {
  return (x & ((1u << shift) - 1u)) * (32u >> shift);
}

// A pixel of any format as A8R8G8B8; `entry` is the colour table's, where there is one.
fn to_colour(pixel: u32, format: u32, entry: u32) -> u32 {
  switch format {
    case X8R8G8B8: {
      return pixel | 0xff000000u;
    }
    case R5G6B5: {
      let red = ((pixel >> 8u) & 0xf8u) | (pixel >> 13u);
      let green = ((pixel >> 3u) & 0xfcu) | ((pixel >> 9u) & 3u);
      let blue = ((pixel << 3u) & 0xf8u) | ((pixel >> 2u) & 7u);
      return 0xff000000u | (red << 16u) | (green << 8u) | blue;
    }
    case P8: {
      return entry;
    }
    default: {
      return pixel;
    }
  }
}

// A8R8G8B8 as a pixel of another format; P8 is none of them.
fn from_colour(colour: u32, format: u32) -> u32 {
  if (format == R5G6B5) {
    return ((colour >> 8u) & 0xf800u) | ((colour >> 5u) & 0x07e0u) | ((colour >> 3u) & 0x001fu);
  }
  return colour;
}

// Colours in reckoning are four floats, blue first, that hold whole numbers: floats keep those exactly up to 2^24. Emulated GPUs shift lane
// by lane and convert in many steps, while they multiply and add floats four lanes at a time; so do real ones, at no cost.

// Powers of two are multiplied with, and never divided by: products are exact on every GPU, quotients need not be.

// Added to a whole number of less than 2^22 either way, leaves it in a float's low bits; any other number is rounded on the way.
const FLOAT_WHOLE = 12582912.0;
const FLOAT_WHOLE_BITS = 0x4b400000;

const CHANNEL_MASKS = vec4u(0xffu, 0xff00u, 0xff0000u, 0xff000000u);
const CHANNEL_UNITS = vec4i(1, 0x100, 0x10000, 0x1000000);
const CHANNEL_SCALES = 1.0 / vec4f(CHANNEL_UNITS);

// The nearest whole numbers. Nothing here is ever half way between two.
fn nearest(numbers: vec4f) -> vec4i {
  return bitcast<vec4i>(numbers + vec4f(FLOAT_WHOLE)) - vec4i(FLOAT_WHOLE_BITS);
}

// The channels of a colour.
fn channels(colour: u32) -> vec4f {
  let parts = vec4f(bitcast<vec4i>(vec4u(colour) & CHANNEL_MASKS)) * CHANNEL_SCALES;
  // The topmost came as a sign.
  return vec4f(parts.xyz, select(parts.w, parts.w + 256.0, parts.w < 0.0));
}

// The colour of channels of 0 to 255.
fn colour_from(channels: vec4i) -> u32 {
  return bitcast<u32>(dot(channels, CHANNEL_UNITS));
}

// Channel times channel, 255 standing for 1; not yet rounded.
fn modulate(colour: vec4f, by: vec4f) -> vec4f {
  return colour * by * (1.0 / 255.0);
}

// A premultiplied colour over another: over * 1 + under * (1 - alpha), and no more than 255.
fn blend(over: vec4f, under: vec4f) -> vec4i {
  return min(nearest(over + under * ((255.0 - over.w) * (1.0 / 255.0))), vec4i(255));
}
