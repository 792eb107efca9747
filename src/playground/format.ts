/** Figures as the page prints them: short, and of a width that does not change much. */

/** A figure and its unit, apart, so that each can have a column of its own. */
export interface Figure {
  readonly value: string;
  readonly unit: string;
}

/** Three significant digits, as `0`, `7.25`, `59.9`, `412`. */
function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (value < 9.995) return value.toFixed(2);
  if (value < 99.95) return value.toFixed(1);
  return value.toFixed(0);
}

/** Scales by `step` until fewer than four digits stand before the point. */
function scaled(value: number, step: number, units: readonly string[]): Figure {
  let rest = Math.max(0, value);
  let index = 0;
  while (rest >= 999.5 && index < units.length - 1) {
    rest /= step;
    index++;
  }
  return { value: threeDigits(rest), unit: units[index] ?? '' };
}

/** Bytes per second in powers of 1024: 73,728,000 gives `70.3` and `MiB/s`. */
export function formatByteRate(bytesPerSecond: number): Figure {
  return scaled(Math.round(bytesPerSecond), 1024, ['B/s', 'KiB/s', 'MiB/s', 'GiB/s', 'TiB/s']);
}

/** Events per second: 1,234.5 gives `1.23` and `k/s`. */
export function formatRate(perSecond: number): Figure {
  const small = perSecond < 999.5;
  if (small) return { value: perSecond === 0 ? '0' : perSecond.toFixed(perSecond < 99.95 ? 1 : 0), unit: '/s' };
  return scaled(perSecond, 1000, ['/s', 'k/s', 'M/s', 'G/s']);
}

/** A whole number with thousands apart: `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A place in a source: `mini.ts:12:5`, or null when there is none. */
export function formatPlace(place: {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}): string | null {
  if (place.line === null) return null;
  const column = place.column === null ? '' : `:${place.column}`;
  return `${place.file ?? 'driver'}:${place.line}${column}`;
}
