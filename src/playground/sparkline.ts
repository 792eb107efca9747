/**
 * The path of a small curve, newest value at the right edge.
 * @param values oldest first; the scale runs from 0 to the largest of them
 * @param capacity how many values fill the width
 * @param width in the units of the `viewBox`
 * @param height likewise
 * @returns the `d` of an SVG path; empty for fewer than two values
 */
export function sparklinePath(values: readonly number[], capacity: number, width: number, height: number): string {
  if (values.length < 2) return '';
  const top = Math.max(...values) || 1;
  const step = width / (capacity - 1);
  const left = width - (values.length - 1) * step;
  return values
    .map((value, index) => {
      const x = (left + index * step).toFixed(1);
      const y = (height - (Math.max(0, value) / top) * height).toFixed(1);
      return `${index === 0 ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
}
