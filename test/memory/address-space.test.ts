import { expect } from 'chai';
import { AddressSpace, type Region } from '../../src/memory/address-space.ts';
import { FrameTable } from '../../src/memory/frame-table.ts';

const PAGE = 4096;
const LOW_END = 16 * 1024 * 1024;

function spaceOf(ramBytes: number): AddressSpace {
  const pages = ramBytes / 65536;
  const ram = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const frames = new Int32Array(new SharedArrayBuffer((ramBytes / PAGE) * 2 * 4));
  return new AddressSpace(ram, new FrameTable(ramBytes / PAGE, (ramBytes / PAGE) * 2, frames));
}

describe('virtual addresses', () => {
  it('lie above 16 MiB, where no logical address of a device with that reach is, until there are no others', () => {
    const space = spaceOf(32 * 1024 * 1024);
    const free = space.freeBytes;
    const regions: Region[] = [];
    const megabyte = () => space.map('common-buffer', 1024 * 1024);
    for (let i = 0; i < 16; i++) regions.push(megabyte() as Region);
    expect(regions.every(({ base }) => base >= LOW_END)).to.equal(true);
    expect(space.freeBytes).to.equal(free - 16 * 1024 * 1024);
    const next = megabyte();
    expect(next?.base).to.be.within(65536, LOW_END - 1);
    regions.push(next as Region);
    for (const region of regions) space.unmap(region);
    expect(space.freeBytes).to.equal(free);
  });

  it('begin behind the first 64 KiB in a machine of little memory', () => {
    const region = spaceOf(8 * 1024 * 1024).map('pool', 100);
    expect(region?.base).to.be.within(65536, 8 * 1024 * 1024 - 1);
  });
});
