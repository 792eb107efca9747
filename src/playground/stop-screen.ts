import type { BugCheck } from '../machine/report.ts';

/** A number as the XP stop screen prints it: `0x` and eight digits in capitals, sixteen when eight do not hold it. */
export function stopNumber(value: number | bigint | string): string {
  let wide: bigint;
  try {
    wide = BigInt(value);
  } catch {
    // Not a number after all: better shown as it came than hidden.
    return String(value);
  }
  const digits = BigInt.asUintN(64, wide).toString(16).toUpperCase();
  return `0x${digits.padStart(digits.length > 8 ? 16 : 8, '0')}`;
}

/**
 * The technical line of the stop screen:
 * `*** STOP: 0x000000E6 (0x00000003,0x00010000,0x00000000,0x00000000)`. Always four parameters.
 */
export function stopLine(bugCheck: Pick<BugCheck, 'code' | 'parameters'>): string {
  const parameters = [0, 1, 2, 3].map((index) => stopNumber(bugCheck.parameters[index] ?? 0));
  return `*** STOP: ${stopNumber(bugCheck.code)} (${parameters.join(',')})`;
}
