/**
 * Reads zip files as strangers make them: what one says of its files is checked, and nothing is unpacked beyond it. (fflate's own reader cuts a
 * file to the size that the zip says, and looks at no checksum.)
 */
import { inflateWithin } from '../link/inflate-within.ts';

/** A file in a zip. */
export interface ZipEntry {
  /** Path, with `/` between folders. */
  readonly name: string;
  /** Bytes that it has unpacked, as the zip says. */
  readonly size: number;
  /** Unpacks it. Throws, in words that name it, what is not as the zip says. */
  read(): Uint8Array;
}

/* Signatures and bytes of the parts of a zip (APPNOTE.TXT, 4.3). */
const LOCAL = 0x0403_4b50;
const LOCAL_BYTES = 30;
const CENTRAL = 0x0201_4b50;
const CENTRAL_BYTES = 46;
const END = 0x0605_4b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;

const ENCRYPTED = 1;
const UTF_8 = 1 << 11;
const STORED = 0;
const DEFLATED = 8;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb8_8320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32, as zip files have it. */
function crc32(bytes: Uint8Array): number {
  let value = -1;
  for (const byte of bytes) value = (CRC_TABLE[(value ^ byte) & 0xff] as number) ^ (value >>> 8);
  return ~value >>> 0;
}

/** Unpacks exactly `size` bytes. Throws when there are more or fewer. */
function inflate(packed: Uint8Array, size: number): Uint8Array {
  const whole = inflateWithin(packed, size);
  if (!whole) throw new Error('it has more bytes than the zip says');
  if (whole.length < size) throw new Error('it has fewer bytes than the zip says');
  return whole;
}

/** The files in a zip, in its order, folders left out. Throws when it is none, or damaged; nothing is unpacked yet. */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END)
    end = end > bytes.length - END_BYTES - LONGEST_COMMENT ? end - 1 : -1;
  if (end < 0) throw new Error('it is no zip file');
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== CENTRAL) throw new Error('its list of files is damaged');
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const crc = view.getUint32(at + 16, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameBytes = bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + view.getUint16(at + 28, true));
    const name = new TextDecoder(flags & UTF_8 ? 'utf-8' : 'latin1').decode(nameBytes);
    const local = view.getUint32(at + 42, true);
    at += CENTRAL_BYTES + nameBytes.length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (name.endsWith('/')) continue;
    const unpack = (): Uint8Array => {
      if (flags & ENCRYPTED) throw new Error('it is encrypted');
      if (view.getUint32(local, true) !== LOCAL) throw new Error('it is not where the zip says');
      const from = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const data = bytes.subarray(from, from + packed);
      if (method !== STORED && method !== DEFLATED)
        throw new Error(`it is packed in a way that is not known (${method})`);
      if (data.length !== packed || (method === STORED && packed !== size))
        throw new Error('it is not of the size that the zip says');
      const content = method === STORED ? data : inflate(data, size);
      if (crc32(content) !== crc) throw new Error('its checksum is not what the zip says');
      return content;
    };
    entries.push({
      name,
      size,
      read() {
        try {
          return unpack();
        } catch (error) {
          throw new Error(`${name} in it is damaged: ${error instanceof Error ? error.message : error}`);
        }
      },
    });
  }
  return entries;
}
