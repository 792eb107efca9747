import { expect } from 'chai';
import { loadExample } from '../../src/link/examples.ts';
import { gallery, loadGalleryDriver, loadNewDriver } from '../../src/playground/gallery.ts';
import { typeFiles } from '../../src/playground/types/type-files.ts';
import { TypeService } from '../../src/playground/types/type-service.ts';
import { TypesClient } from '../../src/playground/types/types-client.ts';
import type {
  TypeCompletions,
  TypeDescription,
  TypeEdit,
  TypeProblem,
  TypeSignature,
  TypesRequest,
} from '../../src/playground/types/types-protocol.ts';
import exports from '../conformance/exports.json';

describe('types of the editor', () => {
  let service: TypeService;
  let mini: string;
  const one = (source: string) => ({ files: [{ name: 'driver.ts', source }], file: 'driver.ts' });
  const check = (text: string) => service.answer({ ...one(text), question: { kind: 'check' } }) as TypeProblem[];

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
    const found = service.answer({ ...one(mini), question: { kind: 'hover', position } }) as TypeDescription;
    expect(found.code).to.contain('VideoPortAllocateCommonBuffer(');
    expect(found.documentation.text.length).to.be.above(40);
    expect(mini.slice(found.from, found.to)).to.equal('VideoPortAllocateCommonBuffer');
  });

  it('say of all 118 functions of the port what they are for, every parameter, IRQL and result, and where to read on', () => {
    expect(exports).to.have.length(118);
    const calls = exports.map(({ name }) => `vp.${name}(`);
    const source = `import * as vp from 'videoport';\n${calls.map((call) => `${call});`).join('\n')}\n`;
    const ask = (question: TypesRequest['question']) => service.answer({ ...one(source), question });
    for (const [index, { name }] of exports.entries()) {
      const position = source.indexOf(`${calls[index]})`) + 'vp.'.length;
      const { documentation } = ask({ kind: 'hover', position }) as TypeDescription;
      const { before, after, parameters } = ask({
        kind: 'signature',
        position: position + name.length + 1,
      }) as TypeSignature;
      expect(before, name).to.contain(name);
      expect(documentation.text, name).to.match(/^[A-Z].{9,}\.$/s);
      const said = new Map(documentation.rows.map(({ term, text }) => [term, text]));
      const terms = parameters.map((parameter) => /^(?:\.\.\.)?([\w$]+)/.exec(parameter)?.[1] ?? parameter);
      if (!after.endsWith(': void')) terms.push('Returns');
      for (const term of [...terms, 'IRQL']) expect(said.get(term)?.length ?? 0, `${name}: ${term}`).to.be.above(0);
      expect(documentation.links.join(), name).to.match(/^https:\/\/learn\.microsoft\.com\/\S+$/);
    }
  });

  it('complete names of the modules, with their documentation', () => {
    const text = `import * as port from 'videoport';\nport.VideoPortAlloc`;
    const found = service.answer({
      ...one(text),
      question: { kind: 'complete', position: text.length },
    }) as TypeCompletions;
    expect(found.entries.map(({ name }) => name)).to.include('VideoPortAllocateCommonBuffer');
    expect(text.slice(found.from)).to.equal('VideoPortAlloc');
    const question = { kind: 'describe', position: text.length, name: 'VideoPortAllocateCommonBuffer' } as const;
    expect((service.answer({ ...one(text), question }) as TypeDescription).documentation.text.length).to.be.above(40);
  });

  it('name the parameter that the cursor is in', () => {
    const text = "import { VideoPortStallExecution, VideoPortZeroMemory } from 'videoport';\nVideoPortZeroMemory(1, ";
    const question = { kind: 'signature', position: text.length } as const;
    const found = service.answer({ ...one(text), question }) as TypeSignature;
    expect(found.before).to.contain('VideoPortZeroMemory(');
    expect(found.active).to.equal(1);
    expect(found.parameters[1]).to.contain('Length');
  });

  it('know all files of a driver: what is imported, and what is wrong with it', () => {
    const ring = { name: 'ring.ts', source: '/** Where the device reads. */\nexport const HEAD: number = 4;\n' };
    const source = "import { HEAD } from './ring.ts';\nconst text: string = HEAD;\nexport { text };\n";
    const subject = { files: [{ name: 'main.ts', source }, ring], file: 'main.ts' };
    const problems = service.answer({ ...subject, question: { kind: 'check' } }) as TypeProblem[];
    expect(problems.map(({ message }) => message)).to.deep.equal(["Type 'number' is not assignable to type 'string'."]);
    const hover = { kind: 'hover', position: source.lastIndexOf('HEAD') } as const;
    const found = service.answer({ ...subject, question: hover }) as TypeDescription;
    expect(found.documentation.text).to.equal('Where the device reads.');
    // The other file changes, this one does not.
    const files = [
      { name: 'main.ts', source },
      { ...ring, source: "export const HEAD = 'x';\n" },
    ];
    expect(service.answer({ files, file: 'main.ts', question: { kind: 'check' } })).to.deep.equal([]);
  });

  it('take a doc comment apart: sentences, a row for each parameter, links', () => {
    const source = `/**
 * Adds. It is
 * quick.
 *
 * @param a the first
 *   of two
 * @irql any
 * @returns the sum
 * @see https://learn.microsoft.com/x
 * @see javascript:alert(1)
 */
function add(a: number): number { return a; }
add(1);
`;
    const question = { kind: 'hover', position: source.lastIndexOf('add') } as const;
    const { documentation } = service.answer({ ...one(source), question }) as TypeDescription;
    expect(documentation.text).to.equal('Adds. It is quick.');
    expect(documentation.links).to.deep.equal(['https://learn.microsoft.com/x']);
    expect(documentation.rows.slice(0, 3)).to.deep.equal([
      { term: 'a', text: 'the first of two' },
      { term: 'IRQL', text: 'any' },
      { term: 'Returns', text: 'the sum' },
    ]);
  });

  it('put indentation and spaces in order, and find nothing to do in what the page ships', async () => {
    const formatted = (source: string) => {
      const edits = service.answer({ ...one(source), question: { kind: 'format' } }) as TypeEdit[];
      return edits.reduceRight((text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to), source);
    };
    expect(formatted('if(a){\nb( 1,2 )\n}')).to.equal('if (a) {\n  b(1, 2)\n}');
    for (const text of [await loadNewDriver(), ...(await Promise.all(gallery.map(({ id }) => loadGalleryDriver(id))))])
      expect(formatted(text)).to.equal(text);
  });

  it('answer from a worker as they do here', async () => {
    const client = new TypesClient();
    try {
      const text = `${mini}\nconst wrong: string = 1;`;
      expect(await client.ask(one(text), { kind: 'check' })).to.deep.equal(check(text));
    } finally {
      client.close();
    }
  });
});
