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

  /** A zip of a.ts, changed in its list of files (and `local` in the file's own head): bytes by offset. */
  function forged(changes: Readonly<Record<number, number>>, text = entry.source.repeat(20)): File {
    const zip = zipOf({ 'a.ts': text });
    const view = new DataView(zip.buffer);
    let list = 0;
    while (view.getUint32(list, true) !== 0x0201_4b50) list++;
    for (const [offset, value] of Object.entries(changes)) view.setUint32(list + Number(offset), value, true);
    return fileOf('forged.zip', zip);
  }
  const CRC = 16;
  const PACKED = 20;
  const SIZE = 24;
  const PLACE = 42;

  it('are refused where a zip lies: too few bytes or too many, another checksum, another place, encrypted, cut off', async () => {
    const size = entry.source.length * 20;
    const damaged = /^forged\.zip cannot be read: a\.ts in it is damaged: /;
    expect((await readDrivers([forged({})]))[0]?.[0]?.source).to.equal(entry.source.repeat(20));
    for (const [changes, why] of [
      [{ [SIZE]: size - 1 }, 'it has more bytes than the zip says'],
      [{ [SIZE]: 10 }, 'it has more bytes than the zip says'],
      [{ [SIZE]: size + 1 }, 'it has fewer bytes than the zip says'],
      [{ [CRC]: 1 }, 'its checksum is not what the zip says'],
      [{ [PLACE]: 3 }, 'it is not where the zip says'],
      [{ [PACKED]: 1 << 20 }, 'it is not of the size that the zip says'],
      [{ [PACKED]: 20 }, ''],
      [{ 8: 1 + (8 << 16) }, 'it is encrypted'],
      [{ 8: 12 << 16 }, 'it is packed in a way that is not known (12)'],
    ] as const) {
      const said = await refused([forged(changes)]);
      expect(said).to.match(damaged);
      expect(said).to.contain(why);
    }
    const whole = new Uint8Array(await forged({}).arrayBuffer());
    expect(await refused([fileOf('cut.zip', whole.slice(0, -30))])).to.match(/^cut\.zip cannot be read: /);
  });

  it('are refused where a little zip holds much, before it is unpacked, whatever it says', async () => {
    const much = 'x'.repeat(8 * 1024 * 1024);
    expect(await refused([forged({}, much)])).to.match(/^forged\.zip is larger than a driver can be/);
    expect(await refused([forged({ [SIZE]: 1000 }, much)])).to.match(/a\.ts in it is damaged: it has more bytes than/);
    expect(await refused([forged({ [SIZE]: 1000, [PACKED]: 0 }, much)])).to.match(/a\.ts in it is damaged/);
  });

  it('may be stored in a zip as they are', async () => {
    const zip = new Uint8Array(zipSync({ 'main.ts': [strToU8(entry.source), { level: 0 }] }));
    expect(await readDrivers([fileOf('stored.zip', zip)])).to.deep.equal([[entry]]);
  });
});
