import { expect } from 'chai';
import { course } from '../../src/lessons/course.ts';
import { driverOfLesson } from '../../src/lessons/driver-id.ts';
import { keptDictionaries, loadDictionary } from '../../src/link/dictionaries.ts';
import { exampleIds, loadExample } from '../../src/link/examples.ts';
import { textHash } from '../../src/link/fingerprint.ts';
import { decodeLink } from '../../src/link/link.ts';
import type { LinkState, LinkView } from '../../src/link/link-state.ts';

describe('texts that links build on', () => {
  it('are kept for every shipped driver and lesson as it is today, so that its links outlive its next change', async () => {
    for (const id of [...exampleIds, ...course.map((lesson) => driverOfLesson(lesson.id))]) {
      const name = `${id}@${textHash((await loadExample(id)) ?? '')}`;
      expect(keptDictionaries, 'keep its text:  npm run keep').to.include(name);
    }
    expect(await loadExample('lesson-unheard-of')).to.equal(null);
  });

  it('are what their names say', async () => {
    expect(keptDictionaries).not.to.be.empty;
    for (const name of keptDictionaries) {
      const [id = '', hash = ''] = name.split('@');
      const dictionary = await loadDictionary(id, hash);
      expect(textHash(dictionary?.text ?? ''), name).to.equal(hash);
    }
  });
});

describe('links that were made once', () => {
  it('still bring what they were made of', async () => {
    for (const { link, fileName, hash, machine, others, view } of frozen) {
      const reading = await decodeLink(link);
      if (reading.kind !== 'opened') throw new Error(`${link} reads as ${JSON.stringify(reading)}`);
      expect(reading.state.view).to.deep.equal(view);
      expect(reading.state.others?.map(({ name, source }) => `${name} ${textHash(source)}`)).to.deep.equal(others);
      expect(reading.state.fileName).to.equal(fileName);
      expect(textHash(reading.state.source)).to.equal(hash);
      expect(reading.state.machine).to.deep.equal(machine);
    }
  });
});

/** Links as they were given to people. They may be added to, never changed. */
const frozen: readonly {
  readonly link: string;
  readonly fileName: string;
  readonly hash: string;
  readonly machine: LinkState['machine'];
  /** Name and hash of each other file. */
  readonly others?: readonly string[];
  readonly view?: LinkView;
}[] = [
  {
    link: '#v1.mini@b9532a9b.My1hFw',
    fileName: 'mini.ts',
    hash: 'b9532a9b',
    machine: { engine: 'auto', width: 640, height: 480, verifier: true },
  },
  {
    link: '#v1.mini@b9532a9b.h2gYSMu1BR1rUgE8zUQt1bY4P60EtONfrczWgAsA',
    fileName: 'mini.ts',
    hash: 'b9532a9b',
    machine: { engine: 'software', width: 1280, height: 720, verifier: false },
  },
  {
    link: '#v1.mini@b9532a9b.m6pZ2suzza3UBRVResDjPBcyMipjOzHExBq8YRNcOhWlcgEA',
    fileName: 'my-mini.ts',
    hash: 'f37d5e83',
    machine: { engine: 'auto', width: 640, height: 480, verifier: true },
  },
  {
    link: '#v1.mini@b9532a9b.dptFMMuzza3UBRVReiXFarm2wCNSKoAno3AtZGS0wXZ2iIk1eOsmuJwCDdwAiynQ4D9wahJ8uC-ojErNKSjm-s7E4AfJ3_C2AvBQVejsMMENdpDhOtVSYG6Et1NFGa1xNmSA7T2cDRlLcDsGAA',
    fileName: 'my-mini.ts',
    hash: '248c8b68',
    machine: { engine: 'auto', width: 800, height: 600, verifier: true },
  },
  {
    link: '#v1.mini@b9532a9b.y3acB8uzVXU2VnW01DbUA57nyXCTJRp2nCI8AQB7GJinhOE7iAJSl2BJRgA',
    fileName: 'é 1.ts',
    hash: 'c59e6cfb',
    machine: { engine: 'auto', width: 640, height: 480, verifier: true },
  },
  {
    link: '#v2.mini@4830dbf3.sMsfj8uzza3UBRVReiXFarm2wGNSKoCno6gV2IIG2EDjmWr5toZqxbZGqsaOJrrGQNJQLc3W2BDIAA-gAHWl2RoAecAt8nkl2kn5FUAhLgYGJdjJjAqgYVlgJwVy2JiePlQX8LCxKcyMUdSYCQeVgJiT4axMOxhpOqeMPJ0MGU6m2pyyAFMOHeYb4RONqxkZTEEFD3DCFzQGqgGKMWDigJ43AimSwLEIPrUG6KrDKxU-zF--igsA',
    fileName: 'my-mini.ts',
    hash: '0583d76a',
    machine: { engine: 'auto', width: 800, height: 600, verifier: true },
    others: ['ring.ts 7e2935e0', 'paint box.ts 811c9dc5'],
    view: { panes: ['findings'], file: 1, selection: { line: 2, column: 4, endLine: 3, endColumn: 1 } },
  },
  {
    link: '#v1.mini@4830dbf3.Z8FX9CuwBY56qRXbAut7VWNHQ64pzIxR1JieBhVLmDPUrEw7GGk60Ys8xwsZ46XaRK8AUw4dJgHhs38A',
    fileName: 'mini.ts',
    hash: 'b9532a9b',
    machine: { engine: 'auto', width: 640, height: 480, verifier: true },
    view: { panes: ['log'], file: 0, selection: { line: 120, column: 1, endLine: 120, endColumn: 1 } },
  },
  {
    link: '#v2.mini@4830dbf3.mNYMacuzzQW2MfRKitXSbA0NVY0dK4BsrinMjFHUmKQGFU6Y89SsTDsYaTrdizzTCxnppdp0rwBTDh2mAuFzgKsZGbih535UAzeHAQA',
    fileName: 'main.ts',
    hash: 'b9532a9b',
    machine: { engine: 'auto', width: 640, height: 480, verifier: true },
    others: ['x.ts 345916dc'],
  },
  {
    link: '#v1.mini@4830dbf3.t2qJ9CuwBY56qeXYFoA2ceSVqKXYJhsaGHABAA',
    fileName: 'mini.ts',
    hash: '4830dbf3',
    machine: { engine: 'auto', width: 640, height: 480, verifier: true },
    view: { panes: ['log'], file: 0, selection: null, layout: 'present', dividers: { columns: 100 } },
  },
  {
    link: '#v1._ring@165d90b6.fotStw',
    fileName: 'lesson-ring.ts',
    hash: '165d90b6',
    machine: { engine: 'auto', width: 640, height: 480, verifier: true },
  },
  {
    link: '#v1._ring@165d90b6.99-NZ0u1Lc5PKykH9p_UCmxBY_LAuC_WzsvXhcx_qaXYJpuYFpkZqBXbGhoYqBo7GusaGpgAaUOuDIZZjKgxjzyPitbnBQ954uy0Ik-1ovd3idCJ1BmFD8fKMExgAs8MIoZqcUxpwaYQIQoJdNTh6gj1yeEKER1wDMegTnXhUQOf58KuBlunHa4INsUFFAUA',
    fileName: 'lesson-ring.ts',
    hash: '78322bde',
    machine: { engine: 'software', width: 640, height: 480, verifier: true },
    view: {
      panes: ['findings', 'no-lesson'],
      file: 0,
      selection: { line: 100, column: 3, endLine: 104, endColumn: 1 },
      dividers: { columns: 45, rows: 60 },
    },
  },
  {
    link: '#v2.mini@4830dbf3.F5kOjMu3NVTLsQXNEeappdgWmRiqpdkaGqoaOybqAadNFzIyimM7RgTYkt3OzMANPZGiGrhtCQA',
    fileName: 'mini.ts',
    hash: '6a525220',
    machine: { engine: 'auto', width: 640, height: 480, verifier: true },
    others: ['a.ts 345916dc'],
    view: { panes: [], file: 1, selection: null, layout: 'learn', dividers: { rows: 41 } },
  },
];
