// Executes most of what is asked of the device: words that are written as they are. It has shaders of its own, which are short,
// since emulated GPUs go through all of a shader whatever its conditions say: one for groups of fills, one for groups of copies, either with
// fences among them, and one for all that may be mixed.

const FENCE = 0u;
const FILL = 1u;
const COPY = 2u;
const MOVE = 10u;

fn write_fence(job: Job, tile: vec3u, lane: u32) {
  if (lane == 0u && tile.x == 0u && tile.y == 0u) {
    aperture[job.destination] = operand(job, FENCE_VALUE);
  }
}

fn fill_tile(job: Job, tile: vec3u, lane: u32) {
  let left = tile.x * TILE_WIDTH + lane;
  let words = lane_words(job, tile, lane);
  let rows = tile_rows(job, tile);
  let to = place(job.destination, operand(job, FILL_PITCH), operand(job, FILL_XY), A8R8G8B8);
  let colour = operand(job, FILL_COLOUR);
  for (var j = 0u; j < rows; j++) {
    let y = tile.y * TILE_HEIGHT + j;
    let row = to.word + to.x + y * to.pitch;
    for (var i = 0u; i < words; i++) {
      let x = left + i * LANES;
      aperture[row + x] = colour;
    }
  }
}

fn copy_tile(job: Job, tile: vec3u, lane: u32) {
  let left = tile.x * TILE_WIDTH + lane;
  let words = lane_words(job, tile, lane);
  let rows = tile_rows(job, tile);
  let from_place = source_words(job);
  let to = destination_words(job);
  for (var j = 0u; j < rows; j++) {
    let y = tile.y * TILE_HEIGHT + j;
    let read_row = from_place.word + from_place.x + y * from_place.pitch;
    let row = to.word + to.x + y * to.pitch;
    for (var i = 0u; i < words; i++) {
      let x = left + i * LANES;
      aperture[row + x] = aperture[read_row + x];
    }
  }
}

// A tile of a MOVE is one row, as high as it may be.
fn move_tile(job: Job, tile: vec3u, lane: u32) {
  let words = lane_words(job, tile, lane);
  for (var i = 0u; i < words; i++) {
    let x = tile.x * TILE_WIDTH + lane + i * LANES;
    aperture[job.destination + x] = aperture[job.source + x];
  }
}

@compute @workgroup_size(64)
fn fill_words(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[tile.z];
  if (job.kind == FENCE) {
    write_fence(job, tile, lane);
  } else {
    fill_tile(job, tile, lane);
  }
}

@compute @workgroup_size(64)
fn copy_words(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[tile.z];
  if (job.kind == FENCE) {
    write_fence(job, tile, lane);
  } else {
    copy_tile(job, tile, lane);
  }
}

@compute @workgroup_size(64)
fn move_words(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[tile.z];
  switch job.kind {
    case FENCE: {
      write_fence(job, tile, lane);
    }
    case FILL: {
      fill_tile(job, tile, lane);
    }
    case COPY: {
      copy_tile(job, tile, lane);
    }
    case MOVE: {
      move_tile(job, tile, lane);
    }
    default: {}
  }
}
