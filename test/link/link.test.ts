import { expect } from 'chai';
import fc from 'fast-check';
import { course } from '../../src/lessons/course.ts';
import { driverOfLesson, lessonOf } from '../../src/lessons/driver-id.ts';
import { exampleIds, loadExample } from '../../src/link/examples.ts';
import { decodeLink, encodeLink } from '../../src/link/link.ts';
import { defaultMachine, type LinkState } from '../../src/link/link-state.ts';
import { lightlyEdited } from '../support/light-edit.ts';

const machine = fc.record({
  engine: fc.constantFrom('auto', 'webgpu', 'software'),
  width: fc.integer({ min: 1, max: 99_999 }),
  height: fc.integer({ min: 1, max: 99_999 }),
  verifier: fc.boolean(),
});

describe('share links', () => {
  let mini: string;
  const plain = (some: Partial<LinkState> = {}): LinkState => ({
    base: 'mini',
    fileName: 'mini.ts',
    source: mini,
    machine: defaultMachine,
    ...some,
  });
  const opened = async (fragment: string) => {
    const reading = await decodeLink(fragment);
    if (reading.kind !== 'opened') throw new Error(`${fragment} reads as ${JSON.stringify(reading)}`);
    return reading;
  };

  before(async () => {
    mini = (await loadExample('mini')) ?? '';
  });

  it('bring any source, name and machine back', async () => {
    const states = fc.record({
      source: fc.string({ unit: 'binary', maxLength: 300 }),
      fileName: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((name) => `${name}.ts`),
      machine,
    });
    await fc.assert(
      fc.asyncProperty(states, async (some) => {
        const state = plain(some);
        expect((await opened(await encodeLink(state))).state).to.deep.equal(state);
      }),
      { numRuns: 60 },
    );
  });

  it('bring any list of files back, with what is open and selected', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 });
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((stem) => `${stem}.ts`);
    const place = fc.integer({ min: 1, max: 99_999 });
    const states = fc.record({
      source: text,
      others: fc.array(fc.record({ name, source: text }), { minLength: 1, maxLength: 15 }),
      machine,
      view: fc.record({
        panes: fc.subarray(['findings', 'log', 'some-new-pane'], { minLength: 1 }),
        file: fc.nat(15),
        selection: fc.record({ line: place, column: place, endLine: place, endColumn: place }),
        layout: fc.constantFrom('learn', 'present', 'some-new-layout'),
        dividers: fc.constantFrom<Record<string, number>>({ columns: 7 }, { rows: 100 }, { columns: 38, rows: 60 }),
      }),
    });
    await fc.assert(
      fc.asyncProperty(states, async (some) => {
        const state = plain(some);
        const link = await encodeLink(state);
        expect(link).to.match(/^#v2\./);
        expect((await opened(link)).state).to.deep.equal(state);
      }),
      { numRuns: 40 },
    );
  });

  it('of one file are of version 1 still, whatever is selected, so that older pages read them', async () => {
    const view = { panes: ['log'], file: 0, selection: { line: 12, column: 5, endLine: 12, endColumn: 5 } };
    const link = await encodeLink(plain({ others: [], view }));
    expect(link).to.match(/^#v1\./);
    expect(await opened(link)).to.deep.equal({ kind: 'opened', state: plain({ view }), shipped: true });
    const selection = { line: 1, column: 1, endLine: 1, endColumn: 1 };
    const usual = { panes: [], file: 0, selection, layout: 'debug', dividers: {} };
    expect(await encodeLink(plain({ view: usual }))).to.equal(await encodeLink(plain()));
  });

  it('of several files read as damaged wherever they are cut or changed, and are never as shipped', async () => {
    const others = [{ name: 'ring.ts', source: 'export const tail = 0;\n' }];
    const state = plain({ others });
    const link = await encodeLink(state);
    expect((await opened(link)).shipped).to.equal(false);
    for (let length = '#v2'.length; length < link.length; length++)
      expect((await decodeLink(link.slice(0, length))).kind, link.slice(0, length)).to.equal('damaged');
    // The same bytes under the other number are half a driver, or a whole one that nobody made a link of.
    expect(await decodeLink(link.replace('#v2', '#v1'))).to.deep.include({ kind: 'damaged' });
    expect(await decodeLink((await encodeLink(plain())).replace('#v1', '#v2'))).to.deep.include({ kind: 'damaged' });
    const tooMany = Array.from({ length: 16 }, (_, index) => ({ name: `f${index}.ts`, source: '' }));
    expect((await decodeLink(await encodeLink(plain({ others: tooMany })))).kind).to.equal('damaged');
  });

  it('bring any edit of an example back', async () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(200), fc.string({ unit: 'binary', maxLength: 60 })), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(edits, async (list) => {
        let source = mini;
        for (const [place, drop, insert] of list) {
          // Between whole characters, as an editor leaves them.
          const characters = [...source];
          characters.splice(place % (characters.length + 1), drop, insert);
          source = characters.join('');
        }
        expect((await opened(await encodeLink(plain({ source })))).state.source).to.equal(source);
      }),
      { numRuns: 40 },
    );
  });

  for (const id of [...exampleIds, ...course.map((lesson) => driverOfLesson(lesson.id))]) {
    it(`take at most 40 characters for ${id} as shipped, and 300 for a light edit of it`, async () => {
      const shipped = plain({ base: id, fileName: `${id}.ts`, source: (await loadExample(id)) ?? '' });
      const link = await encodeLink(shipped);
      expect(link.length).to.be.at.most(40);
      expect((await opened(link)).shipped).to.equal(true);
      const source = lightlyEdited(shipped.source);
      expect(source).not.to.equal(shipped.source);
      const view = {
        panes: ['log'],
        file: 0,
        selection: { line: 20, column: 3, endLine: 20, endColumn: 30 },
        layout: 'present',
        dividers: { columns: 55, rows: 62 },
      };
      const edited = await encodeLink({
        ...shipped,
        source,
        // Lessons' drivers keep their names.
        fileName: lessonOf(id) === null ? `my-${id}.ts` : `${id}.ts`,
        machine: { ...defaultMachine, width: 800, height: 600 },
        view,
      });
      expect(edited.length).to.be.at.most(300);
      expect((await opened(edited)).state.source).to.equal(source);
    });
  }

  it('take at most 300 characters for a light edit', async () => {
    const source = mini
      .replace('const FRAME_COUNT = 3;', 'const FRAME_COUNT = 4; // one more, to see whether it helps')
      .replace('Math.max(3, Math.round(mode.height / 120))', 'Math.max(4, Math.round(mode.height / 90))')
      .replace('return wave(angle)', 'return wave(angle * 2)')
      .replace(
        '  PaintNumber(pixels, mode, number);',
        "  PaintNumber(pixels, mode, number);\n  if (number % 60 === 0) VideoPortDebugPrint(Info, 'mini: frame %u', number);",
      );
    expect(source).not.to.equal(mini);
    const link = await encodeLink(
      plain({ source, fileName: 'my-mini.ts', machine: { ...defaultMachine, width: 800, height: 600 } }),
    );
    expect(link.length).to.be.at.most(300);
    expect((await opened(link)).shipped).to.equal(false);
  });

  it('read as damaged wherever they are cut', async () => {
    const link = await encodeLink(plain({ source: mini.replace('FRAME_COUNT = 3', 'FRAME_COUNT = 5') }));
    for (let length = '#v1'.length; length < link.length; length++) {
      const { kind } = await decodeLink(link.slice(0, length));
      expect(kind, link.slice(0, length)).to.equal('damaged');
    }
  });

  it('are read with what a chat program or a sentence puts behind them, and with nothing else', async () => {
    const state = plain({ source: mini.replace('FRAME_COUNT = 3', 'FRAME_COUNT = 5') });
    const link = await encodeLink(state);
    for (const behind of ['.', ',', ')', '>', '"', ').', '",', '%22', '%3E)'])
      expect((await opened(link + behind)).state, behind).to.deep.equal(state);
    for (const behind of ['!', '%', ']', '. See'])
      expect(await decodeLink(link + behind), behind).to.deep.include({ kind: 'damaged' });
  });

  it('never open anything else when a character was changed', async () => {
    const state = plain({ source: mini.replace('FRAME_COUNT = 3', 'FRAME_COUNT = 5') });
    const link = await encodeLink(state);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: link.length - 1 }),
        fc.constantFrom(...'abcXYZ019-_.@%'),
        async (place, character) => {
          const reading = await decodeLink(link.slice(0, place) + character + link.slice(place + 1));
          // The last character of base64url can hold bits that mean nothing.
          if (reading.kind === 'opened') expect(reading.state).to.deep.equal(state);
          else if (reading.kind !== 'none') expect(reading.reason).to.match(/^This link/);
        },
      ),
    );
  });

  it('of a newer version say so, whatever stands in them', async () => {
    expect(await decodeLink('#v3.anything~at+all')).to.deep.include({ kind: 'too-new' });
    expect(await decodeLink('#v1.mini@00000000.AAAAAA')).to.deep.include({ kind: 'too-new' });
    expect(await decodeLink('#v1.unheard-of@b9532a9b.AAAAAA')).to.deep.include({ kind: 'too-new' });
  });

  it('leave other fragments alone', async () => {
    for (const fragment of ['', '#', '#top', '#version', '#v'])
      expect(await decodeLink(fragment)).to.deep.equal({ kind: 'none' });
  });

  it('that unfold to more than any driver are refused', async () => {
    const link = await encodeLink(plain({ source: 'a'.repeat(5 * 1024 * 1024) }));
    expect(await decodeLink(link)).to.deep.include({ kind: 'damaged' });
  });
});
