/** The shipped drivers as the gallery lists them, from the easiest to the hardest. */
import { exampleIds, loadExample } from '../link/examples.ts';

/** What the gallery says of a driver. */
export interface GalleryEntry {
  /** Its file's name without `.ts`. */
  readonly id: string;
  readonly name: string;
  /** One sentence: what there is to see and to learn. */
  readonly sentence: string;
  readonly difficulty: 'first steps' | 'everyday' | 'advanced';
}

const table: readonly GalleryEntry[] = [
  {
    id: 'mini',
    name: 'mini',
    sentence: 'The smallest complete miniport: three frame buffers in common buffers, one ring, one fence.',
    difficulty: 'first steps',
  },
  {
    id: 'classic',
    name: 'classic',
    sentence: 'A miniport as they were written in 2001: registry, child monitor, palette modes, pointer, power, timer.',
    difficulty: 'everyday',
  },
  {
    id: 'pointer',
    name: 'pointer',
    sentence:
      'Pointer plane: one picture, drawn once, and a pointer that moves over it by a register. In 8, 16 and 32 bits, up to 3840×2160.',
    difficulty: 'first steps',
  },
  {
    id: 'scatter-gather',
    name: 'scatter-gather',
    sentence:
      'Packet DMA: a picture in ordinary memory travels to the device in as many transfers as its map registers allow.',
    difficulty: 'advanced',
  },
  {
    id: 'cube',
    name: 'cube',
    sentence: 'A textured cube that spins: the driver writes triangles into a ring, and the GPU draws every pixel.',
    difficulty: 'everyday',
  },
  {
    id: 'sprites',
    name: 'sprites',
    sentence: 'A thousand sprites blended out of an atlas, by ring packets alone.',
    difficulty: 'everyday',
  },
];

/** Everything that is listed, each with a file behind it; drivers without a row of their own come last, under their names. */
export const gallery: readonly GalleryEntry[] = [
  ...table.filter(({ id }) => exampleIds.includes(id)),
  ...exampleIds
    .filter((id) => !table.some((entry) => entry.id === id))
    .map((id): GalleryEntry => ({ id, name: id, sentence: 'A shipped driver.', difficulty: 'everyday' })),
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
