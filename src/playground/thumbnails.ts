/**
 * Short films of the shipped drivers at work, recorded from the real machine by `npm run thumbnails`. A film is one WebP picture: its
 * frames one below the other, so that it stands still wherever motion is not wanted. Its name holds the hash of the driver's
 * text, as those of kept texts do, so that a test sees when a driver has changed since.
 */

/** Frames of a film. */
export const filmFrames = 24;
/** Size of one frame, in pixels. */
export const filmSize = { width: 240, height: 180 } as const;

const addresses = import.meta.glob<string>('./thumbnails/*.webp', { query: '?url', import: 'default', eager: true });

/** Names of the films, `id@hash`. */
export const filmNames: readonly string[] = Object.keys(addresses).map((path) => path.replace(/^.*\/|\.webp$/g, ''));

/** Where the film of a shipped driver is to be had; null when none was recorded. */
export function filmOf(id: string): string | null {
  const path = Object.keys(addresses).find((name) => name.startsWith(`./thumbnails/${id}@`));
  return (path && addresses[path]) ?? null;
}
