import { expect } from 'chai';
import { AddressSpace } from '../../src/memory/address-space.ts';
import { FrameTable } from '../../src/memory/frame-table.ts';
import { Pool } from '../../src/memory/pool.ts';

const PAGES = 256;
const NONPAGED = { paged: false, cacheAligned: false };

function makePool() {
  const ram = new WebAssembly.Memory({ initial: PAGES / 16, maximum: PAGES / 16, shared: true });
  const space = new AddressSpace(ram, new FrameTable(PAGES, 2 * PAGES + 256, new Int32Array(2 * PAGES + 256)));
  return { space, pool: new Pool(space) };
}

describe('Pool', () => {
  it('puts blocks of one size into one page, and gives the page back with the last of them but one page', () => {
    const { space, pool } = makePool();
    const before = space.freeBytes;
    const blocks = Array.from({ length: 300 }, () => pool.allocate(NONPAGED, 24, 1));
    // 32 bytes a slot, 128 slots a page.
    expect(before - space.freeBytes).to.equal(3 * 4096);
    for (const block of blocks) expect(pool.free(block).kind).to.equal('freed');
    expect(before - space.freeBytes).to.equal(4096);
  });
  it('uses the slot that was freed last first', () => {
    const { pool } = makePool();
    const [first, second] = [pool.allocate(NONPAGED, 24, 1), pool.allocate(NONPAGED, 24, 1)];
    pool.free(first);
    pool.free(second);
    expect([pool.allocate(NONPAGED, 24, 1), pool.allocate(NONPAGED, 24, 1)]).to.deep.equal([second, first]);
  });
  it('never puts paged and nonpaged blocks into one page', () => {
    const { space, pool } = makePool();
    const paged = pool.allocate({ paged: true, cacheAligned: false }, 24, 1);
    const nonpaged = pool.allocate(NONPAGED, 24, 1);
    expect([space.regionAt(paged)?.kind, space.regionAt(nonpaged)?.kind]).to.deep.equal(['paged-pool', 'pool']);
  });
  it('finds the block of an address, and its own pages', () => {
    const { space, pool } = makePool();
    for (const bytes of [24, 5000]) {
      const block = pool.allocate(NONPAGED, bytes, 7);
      expect(pool.find(block + bytes - 1)).to.deep.include({ address: block, bytes, tag: 7 });
      expect(pool.owns(block)).to.equal(true);
    }
    const foreign = space.map('pool', 10)?.base ?? 0;
    expect([pool.owns(foreign), pool.find(foreign)]).to.deep.equal([false, undefined]);
  });
  it('tells a block freed twice from an address that never was one, and changes nothing for either', () => {
    const { pool } = makePool();
    const keep = pool.allocate(NONPAGED, 24, 1);
    const gone = pool.allocate(NONPAGED, 24, 1);
    pool.free(gone);
    expect([pool.free(gone).kind, pool.free(keep + 8).kind, pool.free(0).kind]).to.deep.equal([
      'double',
      'inside',
      'foreign',
    ]);
    expect([...pool.live].map((block) => block.address)).to.deep.equal([keep]);
  });
});
