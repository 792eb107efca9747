import { expect } from 'chai';
import type { DriverFile } from '../../src/machine/driver-files.ts';
import { Machine } from '../../src/machine/machine.ts';
import { driver, lineOf } from '../support/drivers.ts';

/** Boots files that come to their end by themselves, and gives the report with the reason. */
async function run(...files: DriverFile[]) {
  let reason = '';
  const machine = await Machine.boot({
    files,
    engine: 'software',
    pacing: 'unpaced',
    onEvent: (event) => {
      if (event.type === 'state' && event.state === 'failed') reason = event.reason ?? '';
    },
  });
  await machine.ended;
  const report = await machine.stop({ graceMs: 5000 });
  return { report, reason, log: report.log.join('\n') };
}

const file = (name: string, source: string): DriverFile => ({ name, source });

describe('a driver of several files', () => {
  it('runs: what it imports from its files is there, whatever way it is written', async () => {
    const entry = `import { Ring, HEAD } from './ring.ts';
import * as lib from './lib/names';
import greet from './greet';
${driver('  console.log(greet(lib.WHO), new Ring().tail, HEAD, lib.PAGE); return vp.ERROR_DEV_NOT_EXIST;')}`;
    const { log } = await run(
      file('main.ts', entry),
      file(
        'ring.ts',
        'export type Word = number;\nexport class Ring { tail: Word = 7 }\nexport { HEAD } from "./lib/names.ts";',
      ),
      file('greet.ts', "export default (who: string): string => 'hello ' + who;"),
      file(
        'lib/names.ts',
        "export * from './who';\nexport const HEAD = 3;\nexport { PAGE_SIZE as PAGE } from 'videoport';",
      ),
      file('lib/who.ts', "export const WHO = 'world';"),
    );
    expect(log).to.contain('hello world 7 3 4096');
  });

  it('shows findings and crashes on the line of the file that is to blame, and who called it', async () => {
    const helper = `import { VideoPortReleaseCommonBuffer } from 'videoport';

export function giveBack(ext: any, adapter: any): void {
  VideoPortReleaseCommonBuffer(ext, adapter, 4096, 0n, 0x12345678, true);
}
`;
    const entry = `import { giveBack } from './give-back.ts';
${driver(`  const description = { Version: vp.DEVICE_DESCRIPTION_VERSION, Master: true, ScatterGather: true, Dma32BitAddresses: true, MaximumLength: 65536 };
  const adapter = vp.VideoPortGetDmaAdapter(ext, description as any);
  giveBack(ext, adapter);`)}`;
    const { report } = await run(file('main.ts', entry), file('give-back.ts', helper));
    const said = report.findings[0] ?? report.bugCheck;
    expect(said).to.include({ file: 'give-back.ts', line: lineOf(helper, 'ReleaseCommonBuffer(ext') });
    expect(said?.callers[0]).to.match(new RegExp(`^main\\.ts:${lineOf(entry, 'giveBack(ext')}:`));
  });

  it('may import in a circle, as long as nobody uses what is not there yet', async () => {
    const { log } = await run(
      file(
        'main.ts',
        `import { pong } from './pong.ts';\nexport const ping = () => 'ping';\n${driver('  console.log(pong()); return vp.ERROR_DEV_NOT_EXIST;')}`,
      ),
      file('pong.ts', "import { ping } from './main.ts';\nexport const pong = () => ping() + ' pong';"),
    );
    expect(log).to.contain('ping pong');
  });

  it('says so when a circle of imports is why it does not load', async () => {
    const { reason } = await run(
      file(
        'main.ts',
        `import { pong } from './pong.ts';\nexport const ping = () => 'ping';\n${driver('  console.log(pong);')}`,
      ),
      file('pong.ts', "import { ping } from './main.ts';\n\nexport const pong = ping();"),
    );
    expect(reason).to.match(/^pong\.ts:3:\d+: pong\.ts threw TypeError: .*; pong\.ts imports main\.ts.*in a circle$/);
  });

  it('fails at the place where it uses a name that the other file does not have', async () => {
    const entry = `import { Ring } from './ring.ts';\n${driver('  new Ring();')}`;
    const { reason } = await run(file('main.ts', entry), file('ring.ts', 'export class Rung {}'));
    expect(reason).to.match(
      new RegExp(`^main\\.ts:${lineOf(entry, 'new Ring')}:\\d+: the file './ring\\.ts' has no Ring$`),
    );
  });

  it('fails when the first file exports no DriverEntry, and says which one does', async () => {
    const { reason } = await run(file('main.ts', "import './entry.ts';"), file('entry.ts', driver('')));
    expect(reason).to.equal(
      "main.ts:1:1: main.ts exports no function DriverEntry: entry.ts does, but the port calls the first file's",
    );
  });

  it('is either one source or a list of files, and never both', async () => {
    for (const options of [{}, { source: '', files: [] }]) {
      const error = await Machine.boot(options).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(String(error)).to.match(/either `source`.* or `files`/);
    }
  });
});
