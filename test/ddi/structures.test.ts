import { expect } from 'chai';
import type { Layout, Members } from '../../src/ddi/layout.ts';
import * as layouts from '../../src/ddi/structures.ts';
import * as ntddvdeo from '../../src/ddi/structures-ntddvdeo.ts';
import * as vp from '../../src/videoport/index.ts';
import { createKernel } from '../support/kernel.ts';
import { STRUCTURES } from './structure-table.ts';

const byName = layouts as unknown as Readonly<Record<string, Layout<Members>>>;

describe('the DDK’s structures on x86', () => {
  for (const [name, [size, members]] of Object.entries(STRUCTURES)) {
    it(`${name} has 0x${size.toString(16)} bytes and each member at its offset`, () => {
      const layout = byName[name] as Layout<Members>;
      expect(layout.name).to.equal(name);
      expect(layout.size, 'sizeof').to.equal(size);
      expect(Object.entries(layout.members).map(([member, { offset }]) => [member, offset])).to.deep.equal(members);
    });
  }
  it('are all in the table: none is left untested', () => {
    expect(Object.keys(byName).filter((name) => !(name in STRUCTURES))).to.deep.equal(['VIDEO_CLUT_ENTRY']);
  });
  it('end where the historical sizes of VIDEO_HW_INITIALIZATION_DATA and VIDEO_PORT_CONFIG_INFO say', () => {
    const { members } = layouts.VIDEO_HW_INITIALIZATION_DATA;
    expect(members.HwResetHw.offset).to.equal(vp.SIZE_OF_NT3_VIDEO_HW_INITIALIZATION_DATA);
    expect(members.HwStartDma.offset).to.equal(vp.SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA);
    expect(members.Reserved.offset).to.equal(vp.SIZE_OF_W2K_VIDEO_HW_INITIALIZATION_DATA);
    expect(layouts.VIDEO_HW_INITIALIZATION_DATA.size).to.equal(vp.SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA);
    expect(layouts.VIDEO_PORT_CONFIG_INFO.members.Master.offset).to.equal(0x42);
    expect(layouts.VIDEO_PORT_CONFIG_INFO.size).to.equal(vp.SIZE_OF_VIDEO_PORT_CONFIG_INFO);
  });
  it('keep every member apart from the others: what is written into one is read from it, and from no other', () => {
    for (const layout of Object.values(byName)) {
      const names = Object.keys(layout.members).filter((name) => layout.members[name]?.size);
      if (layout.name === 'VIDEO_CLUT_ENTRY') continue;
      for (const name of names) {
        const view = new DataView(new ArrayBuffer(layout.size));
        const { offset, size } = layout.members[name] ?? { offset: 0, size: 0 };
        for (let i = 0; i < size; i++) view.setUint8(offset + i, 1);
        const value = layout.readFrom(view, 0);
        const again = new DataView(new ArrayBuffer(layout.size));
        layout.writeTo(again, 0, value);
        expect(new Uint8Array(again.buffer), `${layout.name}.${name}`).to.deep.equal(new Uint8Array(view.buffer));
        const zero = layout.readFrom(new DataView(new ArrayBuffer(layout.size)), 0);
        const changed = names.filter((other) => show(value[other]) !== show(zero[other]));
        expect(changed, layout.name).to.deep.equal([name]);
      }
    }
  });
  it('are open at the end: trailing gives the bytes for any number of elements', () => {
    expect(vp.trailing(layouts.VIDEO_CLUT, 'LookupTable', 256)).to.equal(4 + 4 * 256);
    expect(vp.trailing(layouts.VIDEO_PALETTE_DATA, 'Colors', 16)).to.equal(4 + 2 * 16);
    expect(vp.trailing(layouts.VIDEO_POINTER_ATTRIBUTES, 'Pixels', 256)).to.equal(0x18 + 256);
    expect(vp.trailing(layouts.VP_SCATTER_GATHER_LIST, 'Elements', 3)).to.equal(8 + 16 * 3);
    expect(vp.trailing(layouts.VIDEO_CHILD_STATE_CONFIGURATION, 'ChildStateArray', 2)).to.equal(4 + 8 * 2);
    expect(vp.trailing(layouts.VIDEO_LOAD_FONT_INFORMATION, 'Font', 0)).to.equal(8);
  });
  it('have the two readings of a palette entry on top of each other', () => {
    const view = new DataView(new ArrayBuffer(8));
    layouts.VIDEO_CLUT.writeTo(view, 0, {
      LookupTable: [{ RgbArray: { Red: 1, Green: 2, Blue: 3, Unused: 4 }, RgbLong: 0x04030201 }],
    });
    expect(layouts.VIDEO_CLUT.readFrom(view, 0).LookupTable[0]?.RgbLong).to.equal(0x0403_0201);
    expect(layouts.VIDEO_CLUT.readFrom(view, 0).LookupTable[0]?.RgbArray.Blue).to.equal(3);
  });
});

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? '';

describe('the structures that a miniport reads and writes', () => {
  it('are those of ntddvdeo.h, in the machine’s memory', () => {
    const exported = vp as unknown as Record<string, vp.MemoryStructure<Members> | undefined>;
    for (const [name, layout] of Object.entries(ntddvdeo)) expect(exported[name]?.size, name).to.equal(layout.size);
    const kernel = createKernel();
    const region = kernel.space.map('system', 64);
    vp.VIDEO_POINTER_POSITION.write(region?.base ?? 0, { Column: -5, Row: 7 });
    expect(vp.VIDEO_POINTER_POSITION.read(region?.base ?? 0)).to.deep.equal({ Column: -5, Row: 7 });
    expect([...vp.mem.u8(region?.base ?? 0, 4)]).to.deep.equal([0xfb, 0xff, 7, 0]);
  });
  it('crash like any other access when there is no memory at the address', () => {
    createKernel();
    expect(() => vp.VIDEO_MODE.read(vp.NULL)).to.throw(/never mapped/);
    expect(() => vp.VIDEO_MODE.write(vp.NULL, { RequestedMode: 1 })).to.throw(/never mapped/);
  });
});
