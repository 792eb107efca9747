import { expect } from 'chai';
import { ioctlName } from '../../src/ddi/ioctl.ts';
import {
  assertMode,
  changeMode,
  DisplayError,
  disableSurface,
  enableSurface,
} from '../../src/display/display-driver.ts';
import { getModes, nearestMode } from '../../src/display/modes.ts';
import { arrowMasks, movePointer } from '../../src/display/pointer.ts';
import { getChildState, shareVideoMemory, unshareVideoMemory } from '../../src/display/queries.ts';
import * as vp from '../../src/videoport/index.ts';
import type { VideoDevice } from '../../src/videoport/port.ts';
import { createKernel, type Kernel } from '../support/kernel.ts';
import { type Answers, answer, oneMode, threeModes } from '../support/requests.ts';

/** A device with a driver that answers so; `sent` takes the names of what was sent. */
function device(answers: Answers): { kernel: Kernel; device: VideoDevice; sent: string[] } {
  const kernel = createKernel();
  const sent: string[] = [];
  const started = kernel.start({
    HwStartIO: (_ext, packet) => {
      sent.push(ioctlName(packet.IoControlCode).replace('IOCTL_VIDEO_', ''));
      return answer(packet, answers);
    },
  });
  return { kernel, device: started, sent };
}

const done = () => 0;

/** A driver that supports every optional request. */
const everything: Answers = {
  modes: threeModes.modes,
  more: {
    [vp.IOCTL_VIDEO_SET_COLOR_REGISTERS]: done,
    [vp.IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES]: (packet) => {
      vp.VIDEO_COLOR_CAPABILITIES.write(packet.OutputBuffer, { Length: 0x48, AttributeFlags: 1, WhiteGamma: 22000 });
      return vp.VIDEO_COLOR_CAPABILITIES.size;
    },
    [vp.IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES]: (packet) => {
      for (const index of [0, 1]) {
        vp.VIDEO_PUBLIC_ACCESS_RANGES.write(packet.OutputBuffer + 12 * index, {
          InIoSpace: 0,
          MappedInIoSpace: 0,
          VirtualAddress: 0x5000 + index,
        });
      }
      return 24;
    },
    [vp.IOCTL_VIDEO_FREE_PUBLIC_ACCESS_RANGES]: done,
    [vp.IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES]: (packet) => {
      vp.VIDEO_POINTER_CAPABILITIES.write(packet.OutputBuffer, {
        Flags: vp.VIDEO_MODE_MONO_POINTER,
        MaxWidth: 32,
        MaxHeight: 32,
        HWPtrBitmapStart: 0xffff_ffff,
        HWPtrBitmapEnd: 0xffff_ffff,
      });
      return vp.VIDEO_POINTER_CAPABILITIES.size;
    },
    [vp.IOCTL_VIDEO_SET_POINTER_ATTR]: done,
    [vp.IOCTL_VIDEO_ENABLE_POINTER]: done,
    [vp.IOCTL_VIDEO_DISABLE_POINTER]: done,
    [vp.IOCTL_VIDEO_SET_POINTER_POSITION]: done,
  },
};

/** The same with one answer changed. */
const but = (code: number, serve: (packet: vp.VIDEO_REQUEST_PACKET) => number, base = everything): Answers => ({
  ...base,
  more: { ...base.more, [code]: serve },
});

const MODES = ['QUERY_NUM_AVAIL_MODES', 'QUERY_AVAIL_MODES'];

describe('a display driver (ddi.md §4, rows 10 to 18)', () => {
  it('enables a surface: modes, mode, memory, palette, ranges, pointer, in this order', () => {
    const { kernel, device: adapter, sent } = device(everything);
    const surface = enableSurface(adapter, { width: 64, height: 48, bitsPerPixel: 8 });
    expect(sent).to.deep.equal([
      ...MODES,
      'QUERY_COLOR_CAPABILITIES',
      'SET_CURRENT_MODE',
      'MAP_VIDEO_MEMORY',
      'SET_COLOR_REGISTERS',
      'QUERY_PUBLIC_ACCESS_RANGES',
      'QUERY_POINTER_CAPABILITIES',
      'SET_POINTER_ATTR',
      'ENABLE_POINTER',
      'SET_POINTER_POSITION',
    ]);
    expect(surface.mode.ModeIndex).to.equal(3);
    expect(surface.memory.VideoRamBase).to.equal(0x2_0000);
    expect(surface.colors?.WhiteGamma).to.equal(22000);
    expect(surface.publicRanges.map(({ VirtualAddress }) => VirtualAddress)).to.deep.equal([0x5000, 0x5001]);
    expect(surface.pointer?.MaxWidth).to.equal(32);
    sent.length = 0;
    disableSurface(adapter, surface);
    expect(sent).to.deep.equal(['DISABLE_POINTER', 'FREE_PUBLIC_ACCESS_RANGES', 'UNMAP_VIDEO_MEMORY', 'RESET_DEVICE']);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('does without everything that is optional', () => {
    const { kernel, device: adapter, sent } = device(oneMode);
    const surface = enableSurface(adapter, { width: 64, height: 48 });
    expect([surface.colors, surface.pointer, surface.publicRanges.length]).to.deep.equal([null, null, 0]);
    expect(sent).not.to.include('SET_COLOR_REGISTERS');
    sent.length = 0;
    disableSurface(adapter, surface);
    expect(sent).to.deep.equal(['UNMAP_VIDEO_MEMORY', 'RESET_DEVICE']);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('leaves the pointer to the system when the miniport’s is too small, is no monochrome one, or does not take the shape', () => {
    const capabilities = (Flags: number, size: number) => (packet: vp.VIDEO_REQUEST_PACKET) => {
      vp.VIDEO_POINTER_CAPABILITIES.write(packet.OutputBuffer, { Flags, MaxWidth: size, MaxHeight: size });
      return vp.VIDEO_POINTER_CAPABILITIES.size;
    };
    const query = vp.IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES;
    for (const answers of [
      but(query, capabilities(vp.VIDEO_MODE_MONO_POINTER, 16)),
      but(query, capabilities(vp.VIDEO_MODE_COLOR_POINTER, 64)),
      but(vp.IOCTL_VIDEO_SET_POINTER_ATTR, () => -vp.ERROR_INVALID_PARAMETER),
    ]) {
      const { device: adapter, sent } = device(answers);
      expect(enableSurface(adapter, { width: 64, height: 48 }).pointer).to.equal(null);
      expect(sent).not.to.include('ENABLE_POINTER');
    }
  });

  it('hands over the pointer’s masks behind VIDEO_POINTER_ATTRIBUTES, and positions that may be negative', () => {
    const seen: unknown[] = [];
    const { device: adapter } = device(
      but(
        vp.IOCTL_VIDEO_SET_POINTER_POSITION,
        (packet) => {
          seen.push(vp.VIDEO_POINTER_POSITION.read(packet.InputBuffer));
          return 0;
        },
        but(vp.IOCTL_VIDEO_SET_POINTER_ATTR, (packet) => {
          const { Width, Height, WidthInBytes, Column, Row } = vp.VIDEO_POINTER_ATTRIBUTES.read(packet.InputBuffer);
          seen.push([Width, Height, WidthInBytes, Column, Row, packet.InputBufferLength]);
          expect([...vp.mem.u8(packet.InputBuffer + 0x18, 256)]).to.deep.equal([...arrowMasks()]);
          return 0;
        }),
      ),
    );
    enableSurface(adapter, { width: 64, height: 48 });
    movePointer(adapter, -3, -1);
    expect(seen).to.deep.equal([[32, 32, 4, 32, 24, 0x18 + 256], { Column: 32, Row: 24 }, { Column: -3, Row: -1 }]);
  });

  it('sets a palette of 256 entries, Windows’ own twenty at the ends', () => {
    let seen: number[] = [];
    const { device: adapter } = device(
      but(vp.IOCTL_VIDEO_SET_COLOR_REGISTERS, (packet) => {
        const { NumEntries, FirstEntry } = vp.VIDEO_CLUT.read(packet.InputBuffer);
        const table = vp.mem.u8(packet.InputBuffer + 4, 1024);
        seen = [NumEntries, FirstEntry, packet.InputBufferLength, ...table.slice(0, 8), ...table.slice(1020)];
        return 0;
      }),
    );
    enableSurface(adapter, { width: 64, height: 48, bitsPerPixel: 8 });
    expect(seen).to.deep.equal([256, 0, 1028, 0, 0, 0, 0, 128, 0, 0, 0, 255, 255, 255, 0]);
  });

  it('needs the palette in an 8-bit mode: without SET_COLOR_REGISTERS there is no desktop', () => {
    const { device: adapter } = device(threeModes);
    expect(() => enableSurface(adapter, { width: 64, height: 48, bitsPerPixel: 8 })).to.throw(
      DisplayError,
      /IOCTL_VIDEO_SET_COLOR_REGISTERS failed: ERROR_INVALID_FUNCTION/,
    );
  });

  it('gives the screen away with RESET_DEVICE and takes it back with the same mode, palette and pointer', () => {
    const { device: adapter, sent } = device(everything);
    const surface = enableSurface(adapter, { width: 64, height: 48, bitsPerPixel: 8 });
    sent.length = 0;
    assertMode(adapter, surface, false);
    expect(sent.splice(0)).to.deep.equal(['RESET_DEVICE']);
    assertMode(adapter, surface, true);
    expect(sent.slice(0, 2)).to.deep.equal(['SET_CURRENT_MODE', 'SET_COLOR_REGISTERS']);
    expect(sent).to.include('ENABLE_POINTER');
    expect(sent).not.to.include('MAP_VIDEO_MEMORY');
  });

  it('changes the mode: the old surface goes, the new one comes', () => {
    const { device: adapter, sent } = device(everything);
    const surface = enableSurface(adapter, { width: 64, height: 48 });
    sent.length = 0;
    const next = changeMode(adapter, surface, { width: 128, height: 96 });
    expect(next.mode.ModeIndex).to.equal(5);
    const order = ['UNMAP_VIDEO_MEMORY', 'RESET_DEVICE', 'SET_CURRENT_MODE', 'MAP_VIDEO_MEMORY'];
    expect(sent.filter((name) => order.includes(name))).to.deep.equal(order);
  });

  it('asks for a child’s state, and shares and unshares video memory', () => {
    let shared: unknown;
    const { device: adapter } = device({
      ...oneMode,
      more: {
        [vp.IOCTL_VIDEO_GET_CHILD_STATE]: (packet) => {
          const child = vp.mem.u32(packet.InputBuffer, 1)[0];
          vp.mem.u32(packet.OutputBuffer, 1)[0] = child === 7 ? vp.VIDEO_CHILD_ACTIVE : vp.VIDEO_CHILD_DETACHED;
          return 4;
        },
        [vp.IOCTL_VIDEO_SHARE_VIDEO_MEMORY]: (packet) => {
          shared = vp.VIDEO_SHARE_MEMORY.read(packet.InputBuffer);
          vp.VIDEO_SHARE_MEMORY_INFORMATION.write(packet.OutputBuffer, {
            SharedViewOffset: 0,
            SharedViewSize: 64,
            VirtualAddress: 0x7000,
          });
          return vp.VIDEO_SHARE_MEMORY_INFORMATION.size;
        },
      },
    });
    expect([getChildState(adapter, 7), getChildState(adapter, 8)]).to.deep.equal([1, 2]);
    const view = { ProcessHandle: 4, ViewOffset: 16, ViewSize: 64, RequestedVirtualAddress: 0 };
    expect(shareVideoMemory(adapter, view)?.VirtualAddress).to.equal(0x7000);
    expect(shared).to.deep.equal(view);
    expect(unshareVideoMemory(adapter, view)).to.equal(false);
  });

  describe('with a miniport that does it wrong', () => {
    const wrong: readonly (readonly [string, Answers, RegExp])[] = [
      ['offers no mode', { modes: [] }, /said 0 modes/],
      [
        'has too small a ModeInformationLength',
        but(vp.IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, (packet) => {
          vp.VIDEO_NUM_MODES.write(packet.OutputBuffer, { NumModes: 1, ModeInformationLength: 0x4c });
          return 8;
        }),
        /ModeInformationLength is 76; VIDEO_MODE_INFORMATION has 80/,
      ],
      [
        'claims a million modes',
        but(vp.IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, (packet) => {
          vp.VIDEO_NUM_MODES.write(packet.OutputBuffer, { NumModes: 1_000_000, ModeInformationLength: 0x50 });
          return 8;
        }),
        /said 1000000 modes/,
      ],
      ['forgets Information', but(vp.IOCTL_VIDEO_QUERY_AVAIL_MODES, () => 0), /returned 0 bytes where 240/],
      ['marks all modes as unusable', { modes: [{ ...oneMode.modes[0], Length: 0 }] }, /offers no mode/],
      [
        'refuses the mode',
        but(vp.IOCTL_VIDEO_SET_CURRENT_MODE, () => -vp.ERROR_INVALID_PARAMETER),
        /SET_CURRENT_MODE failed: ERROR_INVALID_PARAMETER/,
      ],
      [
        'has no name for its error',
        but(vp.IOCTL_VIDEO_MAP_VIDEO_MEMORY, () => -vp.ERROR_BUSY),
        /MAP_VIDEO_MEMORY failed: STATUS_UNSUCCESSFUL \(0xC0000001\)/,
      ],
      [
        'answers an optional request with too few bytes',
        but(vp.IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES, () => 4),
        /QUERY_COLOR_CAPABILITIES returned 4 bytes where 72/,
      ],
    ];
    for (const [what, answers, message] of wrong) {
      it(`says so in words when it ${what}`, () => {
        const { device: adapter } = device(answers);
        expect(() => enableSurface(adapter, { width: 64, height: 48 })).to.throw(DisplayError, message);
      });
    }
  });
});

describe('the choice of a mode', () => {
  it('goes by depth, then by size, then takes the deepest', () => {
    const { device: adapter } = device(threeModes);
    const modes = getModes(adapter);
    const pick = (width: number, height: number, bitsPerPixel?: number) =>
      nearestMode(modes, { width, height, ...(bitsPerPixel ? { bitsPerPixel } : {}) }).ModeIndex;
    expect(pick(64, 48)).to.equal(4);
    expect(pick(64, 48, 8)).to.equal(3);
    expect(pick(1000, 1000, 8)).to.equal(3);
    expect(pick(120, 90)).to.equal(5);
    expect(pick(64, 48, 24)).to.equal(4);
  });
});
