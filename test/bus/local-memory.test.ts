import { expect } from 'chai';
import fc from 'fast-check';
import { createBoardMemory, LOCAL_MEMORY_BYTES } from '../../src/bus/board-memory.ts';
import { LocalMemoryReader, LocalMemoryWindow } from '../../src/bus/local-memory.ts';

const always = () => true;

describe('the window onto local memory', () => {
  const memory = createBoardMemory(1024 * 1024);
  const window = new LocalMemoryWindow(memory);
  const reader = new LocalMemoryReader(memory);

  const taken = (): [number, number][] => {
    const runs: [number, number][] = [];
    expect(reader.take((offset, bytes) => runs.push([offset, bytes]), always)).to.equal(true);
    return runs;
  };

  it('tells the device of each word that the processor wrote, once', () => {
    window.write32(8, 1);
    window.write32(12, 2);
    window.write32(LOCAL_MEMORY_BYTES - 4, 3);
    expect(taken()).to.deep.equal([
      [8, 8],
      [LOCAL_MEMORY_BYTES - 4, 4],
    ]);
    expect(reader.written).to.equal(false);
    expect(taken()).to.deep.equal([]);
  });

  it('takes the word of which a byte is a part', () => {
    window.write(4096 + 3, Uint8Array.of(1, 2));
    expect(taken()).to.deep.equal([[4096, 8]]);
    expect(window.read32(4096)).to.equal(0x0100_0000);
  });

  it('gives the words that were written, whatever they are, and no others', () => {
    const write = fc.record({
      offset: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(4092, 8188, 127, 128, 124)),
      bytes: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(128, 4096, 5000)),
    });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
        const wanted = new Set<number>();
        for (const { offset, bytes } of writes) {
          window.write(offset, new Uint8Array(bytes));
          for (let at = offset; at < offset + bytes; at++) wanted.add(at >>> 2);
        }
        const words: number[] = [];
        for (const [offset, bytes] of taken()) for (let at = offset; at < offset + bytes; at += 4) words.push(at / 4);
        expect(words).to.deep.equal([...wanted].sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps what a device takes in parts for its next turn', () => {
    for (const page of [0, 1, 40]) window.write32(page * 4096, 1);
    const runs: number[] = [];
    expect(
      reader.take(
        (offset) => runs.push(offset),
        () => runs.length < 1,
      ),
    ).to.equal(false);
    expect(runs).to.deep.equal([0]);
    expect(taken().map(([offset]) => offset)).to.deep.equal([4096, 40 * 4096]);
  });

  it('gives all again that it has held, once the device has lost it', () => {
    reader.refresh(64 * 4096 + 4, Uint8Array.of(1, 2, 3, 4));
    reader.putBackAll();
    expect(taken()).to.deep.include([64 * 4096, 4096]);
    expect(window.read32(64 * 4096 + 4)).to.equal(0x0403_0201);
  });
});
