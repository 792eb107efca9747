/** Results as a table of plain text. */
import type { Row } from './row.ts';

/** Three significant digits, and thousands apart. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return value.toLocaleString('en', value >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}

/** A row of words for each result, beneath the headings, in columns as wide as their widest cell. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ['', 'measured', 'baseline', '', 'ratio', 'target', ''],
    ...rows.map((row) => [
      row.name,
      `${figure(row.value)} ${row.unit}`,
      `${figure(row.baselineValue)} ${row.unit}`,
      row.baseline,
      `${figure(row.ratio)}×`,
      row.target,
      row.target === '' ? '' : row.met ? 'met' : 'MISSED',
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? [];
  return cells
    .map((line) => {
      const padded = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
      return `  ${padded.join('  ').trimEnd()}`;
    })
    .join('\n');
}
