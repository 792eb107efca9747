import { expect } from 'chai';
import { isNtError, ntStatus, statusName, win32Error } from '../../src/ddi/status.ts';
import * as vp from '../../src/videoport/index.ts';

describe('VP_STATUS and NTSTATUS (ddi.md §2.6)', () => {
  const table: readonly (readonly [string, number, number])[] = [
    ['NO_ERROR', 0, 0],
    ['ERROR_INVALID_FUNCTION', 1, 0xc000_0002],
    ['ERROR_NOT_ENOUGH_MEMORY', 8, 0xc000_009a],
    ['ERROR_DEV_NOT_EXIST', 55, 0xc000_00c0],
    ['ERROR_INVALID_PARAMETER', 87, 0xc000_000d],
    ['ERROR_INSUFFICIENT_BUFFER', 122, 0xc000_0023],
    ['ERROR_INVALID_NAME', 123, 0xc000_0001],
    ['ERROR_BUSY', 170, 0xc000_0001],
    ['ERROR_MORE_DATA', 234, 0x8000_0005],
    ['WAIT_TIMEOUT', 258, 0xc000_0001],
    ['ERROR_IO_PENDING', 997, 0x103],
    ['ERROR_DEVICE_REINITIALIZATION_NEEDED', 1164, 0xc000_0001],
    ['ERROR_CONTINUE', 1246, 0xc000_0001],
    ['ERROR_NO_MORE_DEVICES', 1248, 0xc000_0001],
  ];
  for (const [name, value, nt] of table) {
    it(`${name} is ${value} and completes a request with 0x${nt.toString(16)}`, () => {
      expect((vp as unknown as Record<string, number>)[name]).to.equal(value);
      expect(ntStatus(value)).to.equal(nt);
      expect(statusName(value)).to.equal(`${name} (${value})`);
    });
  }
  it('come back through EngDeviceIoControl as they were, when they have an NTSTATUS of their own', () => {
    for (const [, value, nt] of table) expect(win32Error(ntStatus(value))).to.equal(nt === 0xc000_0001 ? nt : value);
    expect(win32Error(0xc000_0022)).to.equal(0xc000_0022);
  });
  it('tell errors from warnings: STATUS_BUFFER_OVERFLOW is none', () => {
    expect([0, 0x103, 0x8000_0005, 0xc000_0001].map(isNtError)).to.deep.equal([false, false, false, true]);
  });
  it('gives the three outcomes of HwVidGetVideoChildDescriptor their numbers', () => {
    expect([vp.VIDEO_ENUM_MORE_DEVICES, vp.VIDEO_ENUM_NO_MORE_DEVICES, vp.VIDEO_ENUM_INVALID_DEVICE]).to.deep.equal([
      1246, 1248, 123,
    ]);
  });
});
