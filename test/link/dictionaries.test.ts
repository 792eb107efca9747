import { expect } from 'chai';
import { keptDictionaries, loadDictionary } from '../../src/link/dictionaries.ts';
import { exampleIds, loadExample } from '../../src/link/examples.ts';
import { textHash } from '../../src/link/fingerprint.ts';
import { decodeLink } from '../../src/link/link.ts';

describe('texts that links build on', () => {
  it('are kept for every shipped driver as it is today, so that its links outlive its next change', async () => {
    for (const id of exampleIds) {
      const name = `${id}@${textHash((await loadExample(id)) ?? '')}`;
      expect(
        keptDictionaries,
        `keep its text:  cp src/miniports/${id}.ts src/link/dictionaries/${name}.txt`,
      ).to.include(name);
    }
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
    for (const { link, fileName, hash, machine, ...rest } of frozen) {
      const reading = await decodeLink(link);
      if (reading.kind !== 'opened') throw new Error(`${link} reads as ${JSON.stringify(reading)}`);
      const { others, view } = 'view' in rest ? rest : { others: undefined, view: undefined };
      expect(reading.state.view).to.deep.equal(view);
      expect(reading.state.others?.map(({ name, source }) => `${name} ${textHash(source)}`)).to.deep.equal(others);
      expect(reading.state.fileName).to.equal(fileName);
      expect(textHash(reading.state.source)).to.equal(hash);
      expect(reading.state.machine).to.deep.equal(machine);
    }
  });
});

/** Links as they were given to people. They may be added to, never changed. */
const frozen = [
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
] as const;
