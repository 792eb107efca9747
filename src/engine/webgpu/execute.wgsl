// Executes packets. One workgroup is one tile of one job; a dispatch is a group of jobs that do not depend on one another.
// A job says where in the aperture things lie (../job.ts); everything else is read here, out of the packet's own words in the
// ring, which the engine has checked: they are the very bytes that it fetched.

struct Job {
  kind: u32,
  packet: u32,       // header's word index in the ring
  ring: u32,         // the ring's word index in the aperture
  mask: u32,         // words in the ring - 1
  destination: u32,  // surfaces' word indices in the aperture, modulo 2^32
  source: u32,
  width: u32,
  height: u32,
}

@group(0) @binding(0) var<storage, read_write> aperture: array<u32>;
@group(0) @binding(1) var<storage, read> jobs: array<Job>;
@group(0) @binding(2) var<storage, read_write> scratch: array<u32>;

// Word indices of operands: values come from the packet table (../operands.ts).
override FENCE_VALUE: u32;
override FILL_PITCH: u32;
override FILL_XY: u32;
override FILL_COLOUR: u32;
override COPY_DESTINATION_PITCH: u32;
override COPY_DESTINATION_XY: u32;
override COPY_SOURCE_PITCH: u32;
override COPY_SOURCE_XY: u32;

// Kinds of job.
const FENCE = 0u;
const FILL = 1u;
const COPY = 2u;
const COPY_TO_SCRATCH = 3u;
const COPY_FROM_SCRATCH = 4u;

// Pixels of a tile, and lanes of a workgroup: see webgpu-backend.ts.
const TILE_WIDTH = 256u;
const TILE_HEIGHT = 8u;
const LANES = 64u;

fn operand(job: Job, index: u32) -> u32 {
  return aperture[job.ring + ((job.packet + index) & job.mask)];
}

// Word index of a rectangle's first pixel.
fn first(surface: u32, xy: u32, pitch: u32) -> u32 {
  return surface + (xy >> 16u) * pitch + (xy & 0xffffu);
}

@compute @workgroup_size(64)
fn execute(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[tile.z];
  let left = tile.x * TILE_WIDTH + lane;
  let top = tile.y * TILE_HEIGHT;
  let right = min(job.width, (tile.x + 1u) * TILE_WIDTH);
  let bottom = min(job.height, top + TILE_HEIGHT);

  switch job.kind {
    case FENCE: {
      if (lane == 0u && tile.x == 0u && tile.y == 0u) {
        aperture[job.destination] = operand(job, FENCE_VALUE);
      }
    }
    case FILL: {
      let pitch = operand(job, FILL_PITCH) / 4u;
      let colour = operand(job, FILL_COLOUR);
      let start = first(job.destination, operand(job, FILL_XY), pitch);
      for (var y = top; y < bottom; y++) {
        for (var x = left; x < right; x += LANES) {
          aperture[start + y * pitch + x] = colour;
        }
      }
    }
    case COPY: {
      let readPitch = operand(job, COPY_SOURCE_PITCH) / 4u;
      let readStart = first(job.source, operand(job, COPY_SOURCE_XY), readPitch);
      let writePitch = operand(job, COPY_DESTINATION_PITCH) / 4u;
      let writeStart = first(job.destination, operand(job, COPY_DESTINATION_XY), writePitch);
      for (var y = top; y < bottom; y++) {
        for (var x = left; x < right; x += LANES) {
          aperture[writeStart + y * writePitch + x] = aperture[readStart + y * readPitch + x];
        }
      }
    }
    case COPY_TO_SCRATCH: {
      let readPitch = operand(job, COPY_SOURCE_PITCH) / 4u;
      let readStart = first(job.source, operand(job, COPY_SOURCE_XY), readPitch);
      for (var y = top; y < bottom; y++) {
        for (var x = left; x < right; x += LANES) {
          scratch[y * job.width + x] = aperture[readStart + y * readPitch + x];
        }
      }
    }
    case COPY_FROM_SCRATCH: {
      let writePitch = operand(job, COPY_DESTINATION_PITCH) / 4u;
      let writeStart = first(job.destination, operand(job, COPY_DESTINATION_XY), writePitch);
      for (var y = top; y < bottom; y++) {
        for (var x = left; x < right; x += LANES) {
          aperture[writeStart + y * writePitch + x] = scratch[y * job.width + x];
        }
      }
    }
    default: {}
  }
}
