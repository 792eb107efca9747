/** Runs a shipped driver up to one frame, on which it rests, so that engines can be held against each other. */
import { expect } from 'chai';
import type { Engine } from '../../src/engine/engine.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { Report } from '../../src/machine/report.ts';

/** What a driver showed on its last frame, and the machine's report. */
export interface Still {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
  readonly report: Report;
}

/** Boots `source` on an engine, lets it show `frames` frames and no more, and stops it. */
export async function stillPicture(source: string, engine: Engine['kind'], frames: number): Promise<Still> {
  const start = 'function ShowNextFrame(ext: DeviceExtension): void {\n';
  expect(source).to.include(start);
  const resting = source.replace(start, `${start}  if (ext.frameNumber >= ${frames}) return;\n`);
  const machine = await Machine.boot({
    source: resting,
    fileName: 'driver.ts',
    pacing: 'unpaced',
    onEvent: () => {},
    engine,
  });
  await machine.frames(frames, 25_000);
  const { width, height, pixels } = await machine.screen();
  const report = await machine.stop({ graceMs: 5000 });
  return { width, height, pixels, report };
}

/** Different colours in a picture. */
export function colours(pixels: Uint8ClampedArray): number {
  return new Set(new Uint32Array(pixels.slice().buffer)).size;
}
