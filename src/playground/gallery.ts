/** The shipped drivers as the gallery lists them, from the easiest to the hardest. */
import { exampleIds, loadExample } from '../link/examples.ts';

/** How much a reader should have met before. */
export type Difficulty = 'beginner' | 'intermediate' | 'advanced';

/** What the gallery says of a driver. */
export interface GalleryEntry {
  /** Its file's name without `.ts`. */
  readonly id: string;
  readonly name: string;
  /** One sentence: what there is to see. */
  readonly sentence: string;
  /** What one learns from it, in a few words each. */
  readonly teaches: readonly string[];
  readonly difficulty: Difficulty;
}

const table: readonly GalleryEntry[] = [
  {
    id: 'mini',
    name: 'mini',
    sentence: 'The smallest complete miniport, explained line by line.',
    teaches: ['common buffers', 'ring and doorbell', 'fence', 'interrupt and DPC'],
    difficulty: 'beginner',
  },
  {
    id: 'pointer',
    name: 'pointer',
    sentence: 'One picture, drawn once, and a pointer that moves over it by a register, in 8, 16 and 32 bits.',
    teaches: ['pointer plane', 'palette and depths', 'modes up to 3840×2160'],
    difficulty: 'beginner',
  },
  {
    id: 'cube',
    name: 'cube',
    sentence: 'A textured cube that spins: the driver writes triangles, the GPU draws every pixel.',
    teaches: ['DRAW_TRIANGLES', 'textures', 'vertices in common buffers'],
    difficulty: 'intermediate',
  },
  {
    id: 'sprites',
    name: 'sprites',
    sentence: 'Thousands of glowing balls, blended over one another by one packet a frame.',
    teaches: ['blending', 'local memory', 'few packets, much work'],
    difficulty: 'intermediate',
  },
  {
    id: 'classic',
    name: 'classic',
    sentence: 'A miniport as they were written in 2001, with all that a display driver of Windows XP asks for.',
    teaches: ['registry', 'child devices and EDID', 'palette modes', 'power', 'timer'],
    difficulty: 'advanced',
  },
  {
    id: 'scatter-gather',
    name: 'scatter-gather',
    sentence: 'Packet DMA: a picture in ordinary memory travels to the device piece by piece.',
    teaches: ['VideoPortLockBuffer', 'VideoPortStartDma', 'map registers'],
    difficulty: 'advanced',
  },
];

/** Everything that is listed, each with a file behind it; drivers without a row of their own come last, under their names. */
export const gallery: readonly GalleryEntry[] = [
  ...table.filter(({ id }) => exampleIds.includes(id)),
  ...exampleIds
    .filter((id) => !table.some((entry) => entry.id === id))
    .map(
      (id): GalleryEntry => ({ id, name: id, sentence: 'A shipped driver.', teaches: [], difficulty: 'intermediate' }),
    ),
];

/** The text of a listed driver. Rejects in plain words when it cannot be fetched. */
export async function loadGalleryDriver(id: string): Promise<string> {
  const text = await loadExample(id);
  if (text === null) throw new Error(`There is no shipped driver called ${id}.`);
  return text;
}

/** The text that a new driver begins with. */
export async function loadNewDriver(): Promise<string> {
  return (await import('./new-driver.ts?raw')).default;
}
