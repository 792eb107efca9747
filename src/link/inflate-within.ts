/** Unpacks what a stranger has packed: of a bomb, little more than what was expected. */
import { Inflate } from 'fflate';

/** Packed bytes that are unpacked at a time: they unfold to a thousand times as many at most. */
const PIECE = 1024;

/**
 * Unpacks deflated bytes. Returns null when there are more than `most`.
 * @param dictionary what they may look back to, as if it had stood before them
 * @throws Error when they are no deflated data, or end too early
 */
export function inflateWithin(packed: Uint8Array, most: number, dictionary?: Uint8Array): Uint8Array | null {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate(dictionary ? { dictionary } : {}, (piece) => {
    pieces.push(piece.slice());
    length += piece.length;
  });
  for (let at = 0; at < packed.length; at += PIECE) {
    inflate.push(packed.slice(at, at + PIECE), at + PIECE >= packed.length);
    if (length > most) return null;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
