// Executes most of what is asked of the device: words that are written as they are. It has a shader of its own, which is short,
// since emulated GPUs go through all of a shader whatever its conditions say.

const FENCE = 0u;
const FILL = 1u;
const COPY = 2u;
const MOVE = 10u;

@compute @workgroup_size(64)
fn move_words(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[tile.z];
  let left = tile.x * TILE_WIDTH + lane;
  let top = tile.y * TILE_HEIGHT;
  let right = min(job.columns, (tile.x + 1u) * TILE_WIDTH);
  let bottom = min(job.height, top + TILE_HEIGHT);

  switch job.kind {
    case FENCE: {
      if (lane == 0u && tile.x == 0u && tile.y == 0u) {
        aperture[job.destination] = operand(job, FENCE_VALUE);
      }
    }
    case FILL: {
      let pitch = operand(job, FILL_PITCH) / 4u;
      let xy = operand(job, FILL_XY);
      let start = job.destination + (xy >> 16u) * pitch + (xy & 0xffffu);
      let colour = operand(job, FILL_COLOUR);
      for (var y = top; y < bottom; y++) {
        for (var x = left; x < right; x += LANES) {
          aperture[start + y * pitch + x] = colour;
        }
      }
    }
    case COPY: {
      let read_pitch = operand(job, COPY_SOURCE_PITCH) / 4u;
      let read_xy = operand(job, COPY_SOURCE_XY);
      let read_start = job.source + (read_xy >> 16u) * read_pitch + (read_xy & 0xffffu);
      let pitch = operand(job, COPY_DESTINATION_PITCH) / 4u;
      let xy = operand(job, COPY_DESTINATION_XY);
      let start = job.destination + (xy >> 16u) * pitch + (xy & 0xffffu);
      for (var y = top; y < bottom; y++) {
        for (var x = left; x < right; x += LANES) {
          aperture[start + y * pitch + x] = aperture[read_start + y * read_pitch + x];
        }
      }
    }
    case MOVE: {
      for (var x = left; x < right; x += LANES) {
        aperture[job.destination + x] = aperture[job.source + x];
      }
    }
    default: {}
  }
}
