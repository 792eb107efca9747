// Executes packets that work on rectangles. One workgroup is one tile of one job; a dispatch is a group of jobs that do not
// depend on one another. A lane writes whole words: pixels that share one are written by the same lane.

// Kinds of job.
const FILL_NARROW = 8u;
const CONVERT = 9u;
const COPY_TO_SCRATCH = 3u;
const COPY_FROM_SCRATCH = 4u;
const BLEND = 5u;
const BLEND_FROM_SCRATCH = 6u;

// What a job makes of one pixel, which holds `before`.
fn result(job: Job, to: Place, from_place: Place, colour: u32, x: u32, y: u32, before: u32) -> u32 {
  if (job.kind == FILL_NARROW) {
    return colour;
  }
  var pixel: u32;
  if (job.kind == CONVERT || job.kind == BLEND) {
    pixel = load(from_place, x, y);
  } else {
    pixel = scratch[y * job.width + x];
  }
  if (job.kind == CONVERT || job.kind == COPY_FROM_SCRATCH) {
    if (from_place.format == to.format) {
      return pixel;
    }
    return from_colour(colour_of(pixel, from_place.format, job.table), to.format);
  }
  let over = channels(colour_of(pixel, from_place.format, job.table));
  return from_colour(colour_from(blend(over, channels(to_colour(before, to.format, 0u)))), to.format);
}

@compute @workgroup_size(64)
fn execute(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[tile.z];
  let left = tile.x * TILE_WIDTH + lane;
  let top = tile.y * TILE_HEIGHT;
  let words = lane_words(job, tile, lane);
  let rows = tile_rows(job, tile);

  var to: Place;
  var from_place: Place;
  var colour = 0u;
  if (job.kind == FILL_NARROW) {
    to = place(job.destination, operand(job, FILL_PITCH), operand(job, FILL_XY), operand(job, FILL_FORMAT));
    colour = operand(job, FILL_COLOUR);
  } else {
    let formats = operand(job, COPY_FORMATS);
    to = place(job.destination, operand(job, COPY_DESTINATION_PITCH), operand(job, COPY_DESTINATION_XY), formats & 0xffu);
    from_place = place(job.source, operand(job, COPY_SOURCE_PITCH), operand(job, COPY_SOURCE_XY), formats >> 8u);
  }

  if (job.kind == COPY_TO_SCRATCH) {
    for (var j = 0u; j < rows; j++) {
      let y = top + j;
      for (var i = 0u; i < words; i++) {
        let x = left + i * LANES;
        scratch[y * job.width + x] = load(from_place, x, y);
      }
    }
    return;
  }

  let first = to.x >> to.shift;
  if (to.shift == 0u) {
    for (var j = 0u; j < rows; j++) {
      let y = top + j;
      let row = to.word + y * to.pitch + first;
      for (var i = 0u; i < words; i++) {
        let x = left + i * LANES;
        var before = 0u;
        if (job.kind == BLEND || job.kind == BLEND_FROM_SCRATCH) {
          before = aperture[row + x];
        }
        aperture[row + x] = result(job, to, from_place, colour, x, y, before);
      }
    }
    return;
  }

  // Pixels narrower than a word: the word's other pixels, beside the rectangle, stay.
  let mask = pixel_mask(to.shift);
  for (var j = 0u; j < rows; j++) {
    let y = top + j;
    let row = to.word + y * to.pitch + first;
    for (var i = 0u; i < words; i++) {
      let column = left + i * LANES;
      let begin = max((first + column) << to.shift, to.x);
      let end = min((first + column + 1u) << to.shift, to.x + job.width);
      var word = aperture[row + column];
      for (var x = begin; x < end; x++) {
        let bit = pixel_bit(x, to.shift);
        let pixel = result(job, to, from_place, colour, x - to.x, y, (word >> bit) & mask) & mask;
        word = (word & ~(mask << bit)) | (pixel << bit);
      }
      aperture[row + column] = word;
    }
  }
}
