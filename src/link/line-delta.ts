/**
 * What was changed between two texts, line by line: so few bytes for a light edit that they fit into a link. A delta is a list of
 * steps, each three numbers and a text: lines to keep, lines to leave out, bytes of text to put in. What is left of the old text
 * after the last step is kept.
 */

/** Numbers as LEB128: seven bits a byte, lowest first, the eighth says that more follow. */
function writeNumber(into: number[], value: number): void {
  for (let rest = value; ; ) {
    const low = rest & 0x7f;
    rest >>>= 7;
    into.push(rest === 0 ? low : low | 0x80);
    if (rest === 0) return;
  }
}

/** Lines with their line ends: joined they give the text again, whatever its line ends are. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Edits beyond which looking for the shortest way costs more than it saves. */
const mostEdits = 400;

interface Step {
  readonly keep: number;
  readonly drop: number;
  readonly insert: string;
}

/**
 * The pairs of lines that stay (Myers' greedy algorithm, 1986), as indexes into both. Null when the texts differ in more than
 * {@link mostEdits} lines.
 */
function commonLines(before: readonly string[], after: readonly string[]): [number, number][] | null {
  const [n, m] = [before.length, after.length];
  const reach = Math.min(n + m, mostEdits);
  // Furthest x on each diagonal k = x - y, one copy for every number of edits, to walk back on.
  const trail: Int32Array[] = [];
  let furthest = new Int32Array(2 * reach + 3);
  const at = (k: number) => k + reach + 1;
  for (let edits = 0; edits <= reach; edits++) {
    trail.push(furthest.slice());
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (furthest[at(k - 1)] ?? 0) < (furthest[at(k + 1)] ?? 0));
      let x = down ? (furthest[at(k + 1)] ?? 0) : (furthest[at(k - 1)] ?? 0) + 1;
      while (x < n && x - k < m && before[x] === after[x - k]) x++;
      furthest[at(k)] = x;
      if (x >= n && x - k >= m) return walkBack(trail, at, n, m);
    }
    furthest = furthest.slice();
  }
  return null;
}

function walkBack(trail: readonly Int32Array[], at: (k: number) => number, n: number, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = [n, m];
  for (let edits = trail.length - 1; edits >= 0; edits--) {
    const furthest = trail[edits] as Int32Array;
    const k = x - y;
    const down = k === -edits || (k !== edits && (furthest[at(k - 1)] ?? 0) < (furthest[at(k + 1)] ?? 0));
    const fromK = down ? k + 1 : k - 1;
    const fromX = edits === 0 ? 0 : (furthest[at(fromK)] ?? 0);
    const fromY = edits === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      x--;
      y--;
      pairs.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

function stepsBetween(before: readonly string[], after: readonly string[]): Step[] {
  const pairs = commonLines(before, after) ?? [];
  const steps: Step[] = [];
  let [x, y, kept] = [0, 0, 0];
  for (const [nextX, nextY] of [...pairs, [before.length, after.length] as const]) {
    if (nextX > x || nextY > y) {
      steps.push({ keep: kept, drop: nextX - x, insert: after.slice(y, nextY).join('') });
      kept = 0;
    }
    kept++;
    [x, y] = [nextX + 1, nextY + 1];
  }
  return steps;
}

/** @returns what leads from `before` to `after`; no bytes when they are the same */
export function encodeDelta(before: string, after: string): Uint8Array {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const { keep, drop, insert } of stepsBetween(linesOf(before), linesOf(after))) {
    const text = encoder.encode(insert);
    writeNumber(bytes, keep);
    writeNumber(bytes, drop);
    writeNumber(bytes, text.length);
    for (const byte of text) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** @returns the text that `delta` makes of `before`; null when it is no delta of it */
export function applyDelta(before: string, delta: Uint8Array): string | null {
  const lines = linesOf(before);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let at = 0;
  let offset = 0;
  let result = '';
  const readNumber = (): number => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = delta[offset++];
      if (byte === undefined) return Number.NaN;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (offset < delta.length) {
    const [keep, drop, length] = [readNumber(), readNumber(), readNumber()];
    if (!(at + keep + drop <= lines.length) || !(offset + length <= delta.length)) return null;
    result += lines.slice(at, at + keep).join('');
    at += keep + drop;
    try {
      result += decoder.decode(delta.subarray(offset, offset + length));
    } catch {
      return null;
    }
    offset += length;
  }
  return result + lines.slice(at).join('');
}
