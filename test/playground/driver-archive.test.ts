import { expect } from 'chai';
import { strToU8, zipSync } from 'fflate';
import { packDriver, readDrivers } from '../../src/playground/driver-archive.ts';

const entry = { name: 'main.ts', source: "import './ring.ts';\nexport function DriverEntry() { return 0; }\n" };
const ring = { name: 'ring.ts', source: 'export const é = "ü";\n' };
const fileOf = (name: string, content: string | Uint8Array<ArrayBuffer>) => new File([content], name);
const zipOf = (files: Record<string, string>) =>
  new Uint8Array(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));

describe('drivers as files', () => {
  const refused = (files: File[]) =>
    readDrivers(files).then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  it('are one source, or a zip that brings all of them back', async () => {
    const one = await packDriver([entry]);
    expect([one.name, await one.content.text()]).to.deep.equal(['main.ts', entry.source]);
    const several = await packDriver([entry, ring]);
    expect(several.name).to.equal('main.zip');
    expect(await readDrivers([new File([several.content], several.name)])).to.deep.equal([[entry, ring]]);
  });

  it('begin with the one that exports DriverEntry, in whatever order they come', async () => {
    const [read] = await readDrivers([
      fileOf('ring.ts', '// no DriverEntry here\nexport {};'),
      fileOf('main.ts', entry.source),
    ]);
    expect(read?.map(({ name }) => name)).to.deep.equal(['main.ts', 'ring.ts']);
    const [listed] = await readDrivers([fileOf('a.ts', ''), fileOf('b.ts', 'export { start as DriverEntry };')]);
    expect(listed?.[0]?.name).to.equal('b.ts');
  });

  it('are drivers of their own where several export DriverEntry', async () => {
    const other = { ...entry, name: 'other.ts' };
    const files = [entry, other].map(({ name, source }) => fileOf(name, source));
    expect(await readDrivers(files)).to.deep.equal([[entry], [other]]);
  });

  it('may lie in a folder of a zip, beside what is no source', async () => {
    const zip = zipOf({ 'my/a.ts': 'export {};', 'my/README.md': '#', 'my/main.ts': entry.source, 'my/._a.ts': '?' });
    expect((await readDrivers([fileOf('my.zip', zip)]))[0]?.map(({ name }) => name)).to.deep.equal(['main.ts', 'a.ts']);
  });

  it('are refused in words that name the file', async () => {
    expect(await refused([fileOf('film.ts', 'x'.repeat(1024 * 1024 + 1))])).to.match(/^film\.ts is larger than/);
    expect(await refused([fileOf('bomb.zip', zipOf({ 'a.ts': 'x'.repeat(2 * 1024 * 1024) }))])).to.match(
      /^bomb\.zip is larger than/,
    );
    expect(await refused([fileOf('broken.zip', 'no zip')])).to.match(/^broken\.zip cannot be read/);
    expect(await refused([fileOf('empty.zip', zipOf({ 'a.txt': '' }))])).to.match(/^empty\.zip holds no \.ts file/);
    expect(await refused([fileOf('deep.zip', zipOf({ 'a.ts': '', 'lib/b.ts': '' }))])).to.match(
      /^deep\.zip holds folders \(lib\/b\.ts\)/,
    );
    expect(await refused([fileOf('a.ts', ''), fileOf('A.js', '')])).to.match(/^Two of the files are called A\.ts/);
    const many = Array.from({ length: 17 }, (_, index) => fileOf(`f${index}.ts`, ''));
    expect(await refused(many)).to.match(/16 files at most, and these are 17/);
  });
});
