/**
 * Links of version 2: a driver of several files, whose texts stand one behind the other. docs/links.md describes them; this file must
 * read every one that was ever made.
 */
import { type DriverFile, mostFiles } from '../machine/driver-files.ts';
import type { LinkState } from './link-state.ts';
import { pack, unpack } from './payload.ts';
import { readSettings, writeSettings } from './settings.ts';

/** @returns the payload: what stands behind the second dot of the fragment */
export function encodePayload(state: LinkState, example: string): string {
  const settings = writeSettings(state);
  const { source, others = [] } = state;
  for (const file of others) settings.append('f', `${file.source.length}:${file.name}`);
  return pack(settings.toString(), [source, ...others.map((file) => file.source)].join(''), example);
}

/** @returns what the payload says; null when it was damaged */
export function decodePayload(payload: string, base: string, example: string): LinkState | null {
  const found = unpack(payload, example);
  if (!found) return null;
  const settings = new URLSearchParams(found.settings);
  const list = settings.getAll('f').map((entry) => /^(\d{1,7}):(.+)$/s.exec(entry));
  // One file alone makes a link of version 1.
  if (list.length === 0 || list.length >= mostFiles) return null;
  const others: DriverFile[] = [];
  // From the end: what the others leave is the entry's.
  let end = found.text.length;
  for (const entry of list.reverse()) {
    const start = entry ? end - Number(entry[1]) : -1;
    if (start < 0) return null;
    others.unshift({ name: entry?.[2] ?? '', source: found.text.slice(start, end) });
    end = start;
  }
  return { base, source: found.text.slice(0, end), others, ...readSettings(settings, base) };
}
