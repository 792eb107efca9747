/**
 * The DDK's structures as a miniport uses them: `VIDEO_MODE.read(vrp.InputBuffer)`. These are the ones that travel in
 * VRP buffers; those that are handed over in calls are plain objects (`src/ddi/miniport.ts`).
 */
import * as layouts from '../ddi/structures-ntddvdeo.ts';
import { inMemory } from './system-memory.ts';

/** See `src/ddi/structures-ntddvdeo.ts` for each. */
export const VIDEO_NUM_MODES = inMemory(layouts.VIDEO_NUM_MODES);
export const VIDEO_MODE = inMemory(layouts.VIDEO_MODE);
export const VIDEO_MODE_INFORMATION = inMemory(layouts.VIDEO_MODE_INFORMATION);
export const VIDEO_MEMORY = inMemory(layouts.VIDEO_MEMORY);
export const VIDEO_MEMORY_INFORMATION = inMemory(layouts.VIDEO_MEMORY_INFORMATION);
export const VIDEO_PUBLIC_ACCESS_RANGES = inMemory(layouts.VIDEO_PUBLIC_ACCESS_RANGES);
export const VIDEO_SHARE_MEMORY = inMemory(layouts.VIDEO_SHARE_MEMORY);
export const VIDEO_SHARE_MEMORY_INFORMATION = inMemory(layouts.VIDEO_SHARE_MEMORY_INFORMATION);
export const VIDEO_CLUTDATA = inMemory(layouts.VIDEO_CLUTDATA);
export const VIDEO_CLUT_ENTRY = inMemory(layouts.VIDEO_CLUT_ENTRY);
export const VIDEO_CLUT = inMemory(layouts.VIDEO_CLUT);
export const VIDEO_PALETTE_DATA = inMemory(layouts.VIDEO_PALETTE_DATA);
export const VIDEO_POINTER_ATTRIBUTES = inMemory(layouts.VIDEO_POINTER_ATTRIBUTES);
export const VIDEO_POINTER_CAPABILITIES = inMemory(layouts.VIDEO_POINTER_CAPABILITIES);
export const VIDEO_POINTER_POSITION = inMemory(layouts.VIDEO_POINTER_POSITION);
export const VIDEO_CURSOR_POSITION = inMemory(layouts.VIDEO_CURSOR_POSITION);
export const VIDEO_CURSOR_ATTRIBUTES = inMemory(layouts.VIDEO_CURSOR_ATTRIBUTES);
export const VIDEO_POWER_MANAGEMENT = inMemory(layouts.VIDEO_POWER_MANAGEMENT);
export const VIDEO_COLOR_CAPABILITIES = inMemory(layouts.VIDEO_COLOR_CAPABILITIES);
export const VIDEO_HARDWARE_STATE_HEADER = inMemory(layouts.VIDEO_HARDWARE_STATE_HEADER);
export const VIDEO_HARDWARE_STATE = inMemory(layouts.VIDEO_HARDWARE_STATE);
export const VIDEO_BANK_SELECT = inMemory(layouts.VIDEO_BANK_SELECT);
export const VIDEO_LOAD_FONT_INFORMATION = inMemory(layouts.VIDEO_LOAD_FONT_INFORMATION);
export const VIDEO_MONITOR_DEVICE = inMemory(layouts.VIDEO_MONITOR_DEVICE);
export const VIDEO_WIN32K_CALLBACKS = inMemory(layouts.VIDEO_WIN32K_CALLBACKS);
export const VIDEO_WIN32K_CALLBACKS_PARAMS = inMemory(layouts.VIDEO_WIN32K_CALLBACKS_PARAMS);
export const VIDEO_DEVICE_SESSION_STATUS = inMemory(layouts.VIDEO_DEVICE_SESSION_STATUS);
export const VIDEO_VDM = inMemory(layouts.VIDEO_VDM);
export const VIDEO_REGISTER_VDM = inMemory(layouts.VIDEO_REGISTER_VDM);
export const VIDEO_CHILD_STATE = inMemory(layouts.VIDEO_CHILD_STATE);
export const VIDEO_CHILD_STATE_CONFIGURATION = inMemory(layouts.VIDEO_CHILD_STATE_CONFIGURATION);
export const DISPLAY_BRIGHTNESS = inMemory(layouts.DISPLAY_BRIGHTNESS);

export { trailing } from '../ddi/layout.ts';
