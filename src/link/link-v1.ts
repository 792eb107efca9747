/** Links of version 1: a driver of one file. docs/links.md describes them; this file must read every one that was ever made. */
import type { LinkState } from './link-state.ts';
import { pack, unpack } from './payload.ts';
import { readSettings, writeSettings } from './settings.ts';

/** @returns the payload: what stands behind the second dot of the fragment */
export function encodePayload(state: LinkState, example: string): string {
  return pack(writeSettings(state).toString(), state.source, example);
}

/** @returns what the payload says; null when it was damaged */
export function decodePayload(payload: string, base: string, example: string): LinkState | null {
  const found = unpack(payload, example);
  if (!found) return null;
  const settings = new URLSearchParams(found.settings);
  // Several files: the link was made as one of version 2, and its number was changed on its way.
  if (settings.has('f')) return null;
  return { base, source: found.text, ...readSettings(settings, base) };
}
