/** The DDK's structures as a miniport uses them: `VIDEO_MODE.read(vrp.InputBuffer)`. */
import * as layouts from '../ddi/structures.ts';
import { inMemory } from './system-memory.ts';

/** See `src/ddi/structures.ts` for each. */
export const VIDEO_NUM_MODES = inMemory(layouts.VIDEO_NUM_MODES);
export const VIDEO_MODE = inMemory(layouts.VIDEO_MODE);
export const VIDEO_MODE_INFORMATION = inMemory(layouts.VIDEO_MODE_INFORMATION);
export const VIDEO_MEMORY = inMemory(layouts.VIDEO_MEMORY);
export const VIDEO_MEMORY_INFORMATION = inMemory(layouts.VIDEO_MEMORY_INFORMATION);
