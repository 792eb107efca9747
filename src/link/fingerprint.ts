/**
 * FNV-1a, 32 bits, over bytes (or a text's UTF-8): tells versions of a text apart and damaged links from whole ones. It
 * guards against accidents, not against people; nothing is trusted because of it.
 */
export function fingerprint(data: string | Uint8Array): number {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The fingerprint of an example's text as links and kept dictionaries name it: eight hexadecimal digits. */
export function textHash(text: string): string {
  return fingerprint(text).toString(16).padStart(8, '0');
}
