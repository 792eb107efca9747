/**
 * A link's payload: settings and a text, packed. Versions 1 and 2 share it; docs/links.md describes the bytes, which must be read for
 * ever as they are here.
 */
import { deflateSync } from 'fflate';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { fingerprint } from './fingerprint.ts';
import { inflateWithin } from './inflate-within.ts';
import { applyDelta, encodeDelta } from './line-delta.ts';

/** Deflate looks back no further than this. */
const WINDOW = 32_768;
/** Bytes of the checksum in front of what is deflated. */
const CHECKSUM = 4;
/** A link that unfolds to more is none of ours: a whole driver is a hundredth of it. */
const MOST_BYTES = 4 * 1024 * 1024;

const encoder = new TextEncoder();

/** The end of the example, where names are used that edits use as well. */
const dictionaryOf = (example: string) => encoder.encode(example).slice(-WINDOW);

const checksumOf = (settings: string, text: string) => fingerprint(`${settings}\n${text}`);

/** @returns the unpacked bytes; null when they are no deflated data, end too early, or unfold to more than a link can hold */
function unfold(packed: Uint8Array, dictionary: Uint8Array): Uint8Array | null {
  try {
    return inflateWithin(packed, MOST_BYTES, dictionary);
  } catch {
    return null;
  }
}

/** @returns settings and text as a link carries them; what leads from `example` to the text is all that takes room */
export function pack(settings: string, text: string, example: string): string {
  const delta = encodeDelta(example, text);
  // Nothing to say is said in no bytes.
  const plain =
    settings === '' && delta.length === 0
      ? new Uint8Array()
      : new Uint8Array([...encoder.encode(`${settings}\n`), ...delta]);
  const packed = plain.length === 0 ? plain : deflateSync(plain, { level: 9, dictionary: dictionaryOf(example) });
  const bytes = new Uint8Array(CHECKSUM + packed.length);
  new DataView(bytes.buffer).setUint32(0, checksumOf(settings, text), true);
  bytes.set(packed, CHECKSUM);
  return toBase64Url(bytes);
}

/** @returns what {@link pack} was given; null when the payload was damaged */
export function unpack(payload: string, example: string): { readonly settings: string; readonly text: string } | null {
  const bytes = fromBase64Url(payload);
  if (!bytes || bytes.length < CHECKSUM) return null;
  const packed = bytes.subarray(CHECKSUM);
  const plain = packed.length === 0 ? packed : unfold(packed, dictionaryOf(example));
  if (!plain) return null;
  const end = plain.indexOf(0x0a);
  if (plain.length > 0 && end < 0) return null;
  const settings = new TextDecoder().decode(plain.subarray(0, Math.max(0, end)));
  const text = applyDelta(example, plain.subarray(end + 1));
  if (text === null) return null;
  return checksumOf(settings, text) === new DataView(bytes.buffer).getUint32(0, true) ? { settings, text } : null;
}
