/**
 * The texts that links build on. A link names its example by id and by the hash of the example's text; every text that was ever
 * shipped is kept in dictionaries/ under both, so a link made against it can be read for ever.
 */
import { loadExample } from './examples.ts';
import { textHash } from './fingerprint.ts';

const kept = import.meta.glob<string>('./dictionaries/*.txt', { query: '?raw', import: 'default' });

/** Names of the kept texts, `id@hash`. */
export const keptDictionaries: readonly string[] = Object.keys(kept).map((path) => path.replace(/^.*\/|\.txt$/g, ''));

/** A text that links build on. */
export interface Dictionary {
  readonly text: string;
  /** Is it what the gallery ships today? */
  readonly shipped: boolean;
}

/** @returns the text `id` had when its hash was `hash`; null when no such text was ever shipped. Rejects when it cannot be fetched. */
export async function loadDictionary(id: string, hash: string): Promise<Dictionary | null> {
  const today = await loadExample(id);
  if (today !== null && textHash(today) === hash) return { text: today, shipped: true };
  const path = `./dictionaries/${id}@${hash}.txt`;
  const load = Object.hasOwn(kept, path) ? kept[path] : undefined;
  return load ? { text: await load(), shipped: false } : null;
}
