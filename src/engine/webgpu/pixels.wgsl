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

// a * b / 255 to the nearest, for a and b up to 255, in both 16-bit halves of a word.
fn scale_pair(pair: u32, factor: u32) -> u32 {
  let product = pair * factor + 0x00800080u;
  return ((product + ((product >> 8u) & 0x00ff00ffu)) >> 8u) & 0x00ff00ffu;
}

// Each channel of a colour times a factor of 0 to 255.
fn scale(colour: u32, factor: u32) -> u32 {
  return scale_pair(colour & 0x00ff00ffu, factor) | (scale_pair((colour >> 8u) & 0x00ff00ffu, factor) << 8u);
}

// The sum of two channel pairs, each no more than 255.
fn add_pair(a: u32, b: u32) -> u32 {
  let sum = a + b;
  let over = (sum >> 8u) & 0x00010001u;
  return (sum | (over * 0xffu)) & 0x00ff00ffu;
}

// A premultiplied colour over another: over * 1 + under * (1 - alpha).
fn blend(over: u32, under: u32) -> u32 {
  let rest = scale(under, 255u - (over >> 24u));
  let even = add_pair(over & 0x00ff00ffu, rest & 0x00ff00ffu);
  let odd = add_pair((over >> 8u) & 0x00ff00ffu, (rest >> 8u) & 0x00ff00ffu);
  return even | (odd << 8u);
}
