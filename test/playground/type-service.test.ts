import { expect } from 'chai';
import { loadExample } from '../../src/link/examples.ts';
import { gallery, loadGalleryDriver, loadNewDriver } from '../../src/playground/gallery.ts';
import { typeFiles } from '../../src/playground/types/type-files.ts';
import { TypeService } from '../../src/playground/types/type-service.ts';
import { TypesClient } from '../../src/playground/types/types-client.ts';
import type {
  TypeCompletions,
  TypeDescription,
  TypeProblem,
  TypeSignature,
} from '../../src/playground/types/types-protocol.ts';

describe('types of the editor', () => {
  let service: TypeService;
  let mini: string;
  const check = (text: string) => service.answer({ text, question: { kind: 'check' } }) as TypeProblem[];

  before(async () => {
    mini = (await loadExample('mini')) ?? '';
    service = new TypeService(typeFiles);
  });

  it('find nothing wrong with any driver that the page offers', async () => {
    for (const text of [await loadNewDriver(), ...(await Promise.all(gallery.map(({ id }) => loadGalleryDriver(id))))])
      expect(check(text).map(({ message }) => message)).to.deep.equal([]);
  });

  it('tell a physical address from a number, where it stands', () => {
    const text = mini.replace('LowPart(ext.ring.logical)', 'LowPart(ext.ring.virtual)');
    const [problem, ...others] = check(text);
    expect(others).to.deep.equal([]);
    expect(problem?.severity).to.equal('error');
    expect(problem?.message).to.contain('bigint');
    expect(text.slice(problem?.from, problem?.to)).to.equal('ext.ring.virtual');
  });

  it('leave text that does not parse to the compiler', () => {
    expect(check(`${mini}\nconst half = (;`)).to.deep.equal([]);
  });

  it('show on hover what a function of the port driver is for', () => {
    const position = mini.indexOf('VideoPortAllocateCommonBuffer(ext') + 3;
    const found = service.answer({ text: mini, question: { kind: 'hover', position } }) as TypeDescription;
    expect(found.code).to.contain('VideoPortAllocateCommonBuffer(');
    expect(found.documentation.length).to.be.above(40);
    expect(mini.slice(found.from, found.to)).to.equal('VideoPortAllocateCommonBuffer');
  });

  it('complete names of the modules, with their documentation', () => {
    const text = `import * as port from 'videoport';\nport.VideoPortAlloc`;
    const found = service.answer({ text, question: { kind: 'complete', position: text.length } }) as TypeCompletions;
    expect(found.entries.map(({ name }) => name)).to.include('VideoPortAllocateCommonBuffer');
    expect(text.slice(found.from)).to.equal('VideoPortAlloc');
    const question = { kind: 'describe', position: text.length, name: 'VideoPortAllocateCommonBuffer' } as const;
    expect((service.answer({ text, question }) as TypeDescription).documentation.length).to.be.above(40);
  });

  it('name the parameter that the cursor is in', () => {
    const text = "import { VideoPortStallExecution, VideoPortZeroMemory } from 'videoport';\nVideoPortZeroMemory(1, ";
    const question = { kind: 'signature', position: text.length } as const;
    const found = service.answer({ text, question }) as TypeSignature;
    expect(found.before).to.contain('VideoPortZeroMemory(');
    expect(found.active).to.equal(1);
    expect(found.parameters[1]).to.contain('Length');
  });

  it('answer from a worker as they do here', async () => {
    const client = new TypesClient();
    try {
      const text = `${mini}\nconst wrong: string = 1;`;
      expect(await client.ask(text, { kind: 'check' })).to.deep.equal(check(text));
    } finally {
      client.close();
    }
  });
});
