/** Links of version 1. docs/links.md describes them; this file must read every one that was ever made. */
import { deflateSync, Inflate } from 'fflate';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { fingerprint } from './fingerprint.ts';
import { applyDelta, encodeDelta } from './line-delta.ts';
import { defaultMachine, type LinkMachine, type LinkState } from './link-state.ts';

/** Deflate looks back no further than this. */
const WINDOW = 32_768;
/** Bytes of the checksum in front of what is deflated. */
const CHECKSUM = 4;
/** A link that unfolds to more is none of ours: a whole driver is a hundredth of it. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Unpacked at a time; each piece unfolds to a thousand times its length at most. */
const PIECE = 1024;

const encoder = new TextEncoder();

/** The end of the example, where names are used that edits use as well. */
const dictionaryOf = (example: string) => encoder.encode(example).slice(-WINDOW);

/** Settings other than the usual ones, as `key=value` joined by `&`. */
function writeSettings({ base, fileName, machine }: LinkState): string {
  const settings = new URLSearchParams();
  if (fileName !== `${base}.ts`) settings.set('n', fileName);
  if (machine.width !== defaultMachine.width || machine.height !== defaultMachine.height)
    settings.set('m', `${machine.width}x${machine.height}`);
  if (machine.engine !== defaultMachine.engine) settings.set('e', machine.engine);
  if (!machine.verifier) settings.set('v', '0');
  return settings.toString();
}

function readSettings(text: string, base: string): Pick<LinkState, 'fileName' | 'machine'> {
  const settings = new URLSearchParams(text);
  const size = /^(\d{1,5})x(\d{1,5})$/.exec(settings.get('m') ?? '');
  const engine = settings.get('e');
  const machine: LinkMachine = {
    engine: engine === 'webgpu' || engine === 'software' ? engine : defaultMachine.engine,
    width: size ? Number(size[1]) : defaultMachine.width,
    height: size ? Number(size[2]) : defaultMachine.height,
    verifier: settings.get('v') !== '0',
  };
  return { fileName: settings.get('n') ?? `${base}.ts`, machine };
}

const checksumOf = (settings: string, source: string) => fingerprint(`${settings}\n${source}`);

/** @returns the unpacked bytes; null when they are no deflated data, end too early, or unfold to more than a link can hold */
function unpack(packed: Uint8Array, dictionary: Uint8Array): Uint8Array | null {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate({ dictionary }, (piece) => {
    pieces.push(piece.slice());
    length += piece.length;
  });
  try {
    for (let at = 0; at < packed.length; at += PIECE) {
      inflate.push(packed.slice(at, at + PIECE), at + PIECE >= packed.length);
      if (length > MOST_BYTES) return null;
    }
  } catch {
    return null;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** @returns the payload: what stands behind the second dot of the fragment */
export function encodePayload(state: LinkState, example: string): string {
  const settings = writeSettings(state);
  const head = encoder.encode(`${settings}\n`);
  const delta = encodeDelta(example, state.source);
  // Nothing to say is said in no bytes.
  const plain = settings === '' && delta.length === 0 ? new Uint8Array() : new Uint8Array([...head, ...delta]);
  const packed = plain.length === 0 ? plain : deflateSync(plain, { level: 9, dictionary: dictionaryOf(example) });
  const bytes = new Uint8Array(CHECKSUM + packed.length);
  new DataView(bytes.buffer).setUint32(0, checksumOf(settings, state.source), true);
  bytes.set(packed, CHECKSUM);
  return toBase64Url(bytes);
}

/** @returns what the payload says; null when it was damaged */
export function decodePayload(payload: string, base: string, example: string): LinkState | null {
  const bytes = fromBase64Url(payload);
  if (!bytes || bytes.length < CHECKSUM) return null;
  const packed = bytes.subarray(CHECKSUM);
  const plain = packed.length === 0 ? packed : unpack(packed, dictionaryOf(example));
  if (!plain) return null;
  const end = plain.indexOf(0x0a);
  if (plain.length > 0 && end < 0) return null;
  const settings = new TextDecoder().decode(plain.subarray(0, Math.max(0, end)));
  const source = applyDelta(example, plain.subarray(end + 1));
  if (source === null) return null;
  if (checksumOf(settings, source) !== new DataView(bytes.buffer).getUint32(0, true)) return null;
  return { base, source, ...readSettings(settings, base) };
}
