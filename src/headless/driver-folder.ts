/** A driver on disk: the file that was named, and those that it imports from beside it. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { relativeImports } from '../machine/compile.ts';
import { candidates, type DriverFile, mostFiles } from '../machine/driver-files.ts';
import { UsageError } from './arguments.ts';

/** What Node says when there is no file under a name. */
const absent: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/**
 * Reads a driver: its entry, and the files that lead from it by relative imports. Files that are not there are left out: the compiler tells
 * where they are missed. Other names than the entry's are paths from its folder.
 * @param path the entry's, absolute
 * @param typed the same as the user wrote it, for messages
 * @throws UsageError when a file cannot be read
 */
export async function readDriver(path: string, typed: string): Promise<DriverFile[]> {
  const folder = dirname(path);
  const read = (name: string) =>
    readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (name !== basename(path) && absent.has(error.code)) return null;
      throw new UsageError(`${typedName(name, typed)}: cannot be read (${error.code ?? error.message}).`);
    });
  const entry = basename(path);
  const files: DriverFile[] = [{ name: entry, source: (await read(entry)) ?? '' }];
  const known = new Set([entry]);
  // Grows while it is gone through. One file too many is enough for the compiler to say so.
  for (const file of files) {
    for (const specifier of await relativeImports(file)) {
      const names = candidates(specifier, file.name);
      for (const name of names) {
        if (known.has(name)) break;
        const source = files.length > mostFiles ? null : await read(name);
        if (source === null) continue;
        known.add(name);
        files.push({ name, source });
        break;
      }
    }
  }
  return files;
}

/** A file of a driver by the path that leads to it from where the user stands, so that terminals can open it. */
export function typedName(name: string, typed: string): string {
  return name === basename(typed) ? typed : join(dirname(typed), name);
}
