/** Drivers as files on the visitor's disk: one file as it is, several in a zip. */
import { type DriverFile, mostFiles } from '../machine/driver-files.ts';
import { fileNameFrom } from './workspace.ts';

/** Larger files are no drivers. */
const largest = 1024 * 1024;

class TooLarge extends Error {}

const tooLarge = (name: string) => new TooLarge(`${name} is larger than a driver can be (1 MiB).`);

const notText = (name: string) => new Error(`${name} is not a text: a driver is made of TypeScript files.`);

/** Does the text export DriverEntry? */
const isEntry = ({ source }: DriverFile): boolean =>
  /^\s*export\b[^;=]*\bDriverEntry\b/m.test(source) || /^\s*export\s+(?:const|let)\s+DriverEntry\b/m.test(source);

/** A driver as one file to be saved: its name and its bytes. Rejects when the packer cannot be fetched. */
export async function packDriver(
  files: readonly DriverFile[],
): Promise<{ readonly name: string; readonly content: Blob }> {
  const [entry, ...others] = files;
  if (!entry) throw new Error('packDriver: a driver has one file at least');
  if (others.length === 0) return { name: entry.name, content: new Blob([entry.source], { type: 'text/plain' }) };
  const { strToU8, zipSync } = await import('fflate');
  const bytes = zipSync(Object.fromEntries(files.map(({ name, source }) => [name, strToU8(source)])));
  return {
    name: entry.name.replace(/\.ts$/, '.zip'),
    content: new Blob([new Uint8Array(bytes)], { type: 'application/zip' }),
  };
}

/**
 * Reads what the visitor chose: a file, several, or a zip of some. They are the files of one driver, of which the one that exports
 * DriverEntry comes first; where several export it, each is a driver of its own. Rejects in plain words that name the file.
 */
export async function readDrivers(chosen: readonly File[]): Promise<DriverFile[][]> {
  const found: DriverFile[] = [];
  for (const file of chosen) {
    if (file.size > largest) throw tooLarge(file.name);
    if (/\.zip$/i.test(file.name)) found.push(...(await unzip(file)));
    else found.push({ name: fileNameFrom(file.name), source: await textOf(file) });
  }
  if (found.filter(isEntry).length > 1) return found.map((file) => [file]);
  if (found.length > mostFiles)
    throw new Error(`A driver has ${mostFiles} files at most, and these are ${found.length}.`);
  const names = new Set<string>();
  for (const { name } of found) {
    if (names.has(name.toLowerCase())) throw new Error(`Two of the files are called ${name}.`);
    names.add(name.toLowerCase());
  }
  const entry = Math.max(0, found.findIndex(isEntry));
  return [[...found.slice(entry, entry + 1), ...found.slice(0, entry), ...found.slice(entry + 1)]];
}

/** The text in a file. Rejects for what is none. */
async function textOf(file: File): Promise<string> {
  const text = await file.text();
  if (text.includes('\0')) throw notText(file.name);
  return text;
}

/** The sources in a zip; other files in it are left out, and so is a folder that holds them all. */
async function unzip(archive: File): Promise<DriverFile[]> {
  const { zipEntries } = await import('./zip-reader.ts');
  const bytes = new Uint8Array(await archive.arrayBuffer());
  let sources: { readonly path: string; readonly source: string }[];
  try {
    const entries = zipEntries(bytes).filter(
      ({ name }) => /\.(?:ts|js|mts|mjs)$/i.test(name) && !/(?:^|\/)[._]/.test(name),
    );
    // Before anything is unpacked; and nothing unpacks to more than it says.
    if (entries.reduce((sum, { size }) => sum + size, 0) > largest) throw tooLarge(archive.name);
    sources = entries.map((entry) => ({ path: entry.name, source: new TextDecoder().decode(entry.read()) }));
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    const why = error instanceof Error && !(error instanceof RangeError) ? error.message : 'it ends too early';
    throw new Error(`${archive.name} cannot be read: ${why}.`);
  }
  const [first] = sources;
  if (!first) throw new Error(`${archive.name} holds no .ts file.`);
  const folder = /^[^/]*\//.exec(first.path)?.[0] ?? '';
  const common = sources.every(({ path }) => path.startsWith(folder)) ? folder.length : 0;
  return sources.map(({ path, source }) => {
    const name = path.slice(common);
    if (name.includes('/')) throw new Error(`${archive.name} holds folders (${path}), and a driver here has none.`);
    if (source.includes('\0')) throw notText(`${path} in ${archive.name}`);
    return { name: fileNameFrom(name), source };
  });
}
