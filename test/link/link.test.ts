import { expect } from 'chai';
import fc from 'fast-check';
import { loadExample } from '../../src/link/examples.ts';
import { decodeLink, encodeLink } from '../../src/link/link.ts';
import { defaultMachine, type LinkState } from '../../src/link/link-state.ts';

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

  it('take at most 40 characters for a driver as shipped, and say that it is', async () => {
    const link = await encodeLink(plain());
    expect(link).to.match(/^#v1\.mini@[\da-f]{8}\.[\w-]{6}$/);
    expect(link.length).to.be.at.most(40);
    expect((await opened(link)).shipped).to.equal(true);
  });

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
    expect(await decodeLink('#v2.anything~at+all')).to.deep.include({ kind: 'too-new' });
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
