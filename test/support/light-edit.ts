/** What somebody does to a driver before sharing it: a few numbers are changed, a line goes, a line and a comment come. */

/** @returns the text with seven lines of it edited, spread over all of it */
export function lightlyEdited(source: string): string {
  const lines = source.split('\n');
  const numbers = lines.flatMap((line, index) => (/^\s+\S.*\b\d{1,3}\b/.test(line) ? [index] : []));
  for (const part of [0.15, 0.4, 0.65, 0.9]) {
    const index = numbers[Math.floor(numbers.length * part)] ?? 0;
    lines[index] = (lines[index] ?? '').replace(/\b\d{1,3}\b/, (number) => String(Number(number) + 1));
  }
  const comments = lines.flatMap((line, index) => (/^\s+\/\/ /.test(line) ? [index] : []));
  lines.splice(comments[Math.floor(comments.length / 2)] ?? 3, 1);
  lines.splice(Math.floor(lines.length * 0.7), 0, '  // One more, to see whether it helps.');
  lines.splice(Math.floor(lines.length * 0.8), 0, "  VideoPortDebugPrint(Info, 'frame %u of %u', number, count);");
  return lines.join('\n');
}
