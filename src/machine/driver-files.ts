/** A driver of several files: what they may be called, and which file an import means. */
/** One file of a driver. */
export interface DriverFile {
  /** As findings and imports name it: `ring.ts`, or a path from the entry's folder with `/` between its parts. */
  readonly name: string;
  readonly source: string;
}

/** Most files that a driver may have. */
export const mostFiles = 16;

/** Longest name of a file, in UTF-16 units. */
const longestName = 200;

/** Is the import of a file of the driver itself, and not of a module such as `videoport`? */
export function isRelative(specifier: string): boolean {
  return /^\.\.?\//.test(specifier);
}

/** @returns the path without `.` and with `..` taken up, as far as there is a folder to leave */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '.' || part === '') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** What `specifier` may be called, the best first: as it stands, with the ending left out, and `.js` for `.ts` as TypeScript has it. */
export function candidates(specifier: string, importer: string): string[] {
  const path = normalize(`${importer.replace(/[^/]*$/, '')}${specifier}`);
  return [path, `${path}.ts`, `${path}.js`, path.replace(/\.js$/, '.ts'), path.replace(/\.mjs$/, '.mts')];
}

/**
 * Which of the files `names` an import means.
 * @param importer name of the file that imports
 * @returns its index; -1 when there is no such file
 */
export function resolveImport(names: readonly string[], specifier: string, importer: string): number {
  for (const candidate of candidates(specifier, importer)) {
    const index = names.indexOf(candidate);
    if (index >= 0) return index;
  }
  return -1;
}

/** What is wrong with a name of a file of a driver; null when nothing is. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'a file has no name';
  if (name.length > longestName) return `a file's name is longer than ${longestName} characters`;
  if ([...name].some((character) => character < ' ' || character === '\\'))
    return `a file cannot be called ${JSON.stringify(name)}: control characters and \\ are no part of a name`;
  if (normalize(name) !== name) return `a file cannot be called ${JSON.stringify(name)}: it is no plain relative path`;
  return null;
}

/** What is wrong with the list of a driver's files, each with the name of a file; nothing when it can be compiled. */
export function listProblems(files: readonly DriverFile[]): { readonly file: string; readonly message: string }[] {
  const problems: { file: string; message: string }[] = [];
  if (files.length === 0) problems.push({ file: 'driver.ts', message: 'a driver has one file at least' });
  if (files.length > mostFiles) {
    const message = `a driver has ${mostFiles} files at most, and this one has ${files.length}`;
    problems.push({ file: files[mostFiles]?.name ?? '', message });
  }
  const seen = new Set<string>();
  for (const { name } of files) {
    const problem = nameProblem(name);
    if (problem) problems.push({ file: name, message: problem });
    else if (seen.has(name)) problems.push({ file: name, message: `two files of the driver are called ${name}` });
    seen.add(name);
  }
  return problems;
}
