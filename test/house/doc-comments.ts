/** Finds exports that nobody has documented. */
import { blankNonCode } from './import-scanner.ts';

/** A declaration that is exported where it stands. Re-exports are documented where they come from. */
const DECLARATION =
  /^export\s+(?:default\s+|declare\s+|abstract\s+|async\s+)*(?:class|interface|type|const|let|function\*?)\s+([\w$]+)/;

/** A constant on one line: of such, a whole group may stand under one comment. */
const ONE_LINE = /^export const [\w$]+(?:: [^=]+)? = .*;$/;

/** Whether a file is named after what it exports: `SharedRing` in shared-ring.ts, `RingGpuFront` in ringgpu/front.ts. */
function isNamesake(file: string, name: string): boolean {
  const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const path = file.replace(/\.ts$/, '');
  const own = letters(path.replace(/^.*\//, ''));
  return letters(name).endsWith(own) && letters(path).endsWith(letters(name));
}

/**
 * The exports of a file that have no doc comment, as `file:line: name`. Documented is what a comment ends above, with
 * nothing but decorators, earlier overloads of the same function, or (for constants of one line each) others of its
 * group between. The comment that opens a file speaks for its namesake: `SharedRing` in `shared-ring.ts`.
 */
export function undocumented(file: string, text: string): string[] {
  const lines = text.split('\n');
  const found: string[] = [];
  for (const [index, line] of blankNonCode(text).split('\n').entries()) {
    // `export type { … }` and `export type *` have no name there.
    const name = DECLARATION.exec(line)?.[1];
    if (name === undefined) continue;
    if (text.startsWith('/**') && isNamesake(file, name)) continue;
    const constant = ONE_LINE.test(lines[index] ?? '');
    const overload = new RegExp(`^export (?:async )?function ${name}\\b.*;$`);
    const skipped = (above: string) =>
      /^@\w/.test(above) || overload.test(above) || (constant && (above === '' || ONE_LINE.test(above)));
    let above = index - 1;
    while (above >= 0 && skipped(lines[above] ?? '')) above--;
    const comment = (lines[above] ?? '').trim();
    if (!comment.endsWith('*/') && !(constant && comment.startsWith('//'))) found.push(`${file}:${index + 1}: ${name}`);
  }
  return found;
}
