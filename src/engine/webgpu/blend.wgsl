// Blends pixels that are whole words, which is most of what is blended: a shader of its own, for the reason that move.wgsl gives.

@compute @workgroup_size(64)
fn blend_words(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[tile.z];
  let left = tile.x * TILE_WIDTH + lane;
  let words = lane_words(job, tile, lane);
  let rows = tile_rows(job, tile);
  let formats = operand(job, COPY_FORMATS);
  // What such formats have no alpha of counts as covering, on either side.
  let over_alpha = select(0u, 0xff000000u, (formats >> 8u) == X8R8G8B8);
  let under_alpha = select(0u, 0xff000000u, (formats & 0xffu) == X8R8G8B8);
  let from_place = source_words(job);
  let to = destination_words(job);
  for (var j = 0u; j < rows; j++) {
    let y = tile.y * TILE_HEIGHT + j;
    let read_row = from_place.word + from_place.x + y * from_place.pitch;
    let row = to.word + to.x + y * to.pitch;
    for (var i = 0u; i < words; i++) {
      let x = left + i * LANES;
      let over = channels(aperture[read_row + x] | over_alpha);
      aperture[row + x] = colour_from(blend(over, channels(aperture[row + x] | under_alpha)));
    }
  }
}
