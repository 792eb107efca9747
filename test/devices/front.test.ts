import { expect } from 'chai';
import { createEdid } from '../../src/bus/edid.ts';
import {
  RINGGPU_DDC_SCL_IN,
  RINGGPU_DDC_SCL_OUT,
  RINGGPU_DDC_SDA_IN,
  RINGGPU_DDC_SDA_OUT,
  RINGGPU_REG,
} from '../../src/devices/ringgpu/index.ts';
import * as vp from '../../src/videoport/index.ts';
import { createKernel } from '../support/kernel.ts';

/** The four callbacks of I²C, over RingGPU's DDC register. */
function lines(registers: number) {
  const read = () => vp.VideoPortReadRegisterUlong(registers + RINGGPU_REG.DDC);
  const write = (bit: number, high: number) =>
    vp.VideoPortWriteRegisterUlong(registers + RINGGPU_REG.DDC, high ? read() | bit : read() & ~bit);
  return {
    WriteClockLine: (_ext: object, data: number) => write(RINGGPU_DDC_SCL_OUT, data),
    WriteDataLine: (_ext: object, data: number) => write(RINGGPU_DDC_SDA_OUT, data),
    ReadClockLine: () => (read() & RINGGPU_DDC_SCL_IN) !== 0,
    ReadDataLine: () => (read() & RINGGPU_DDC_SDA_IN) !== 0,
  };
}

describe('RingGPU’s DDC register', () => {
  it('leads to the monitor: VideoPortDDCMonitorHelper reads its EDID bit by bit', () => {
    const kernel = createKernel();
    const { extension } = kernel.start({
      HwFindAdapter: (ext: { registers: number }) => {
        const ranges: vp.VIDEO_ACCESS_RANGE[] = [];
        vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 8, ranges, vp.NULL, vp.NULL, null);
        ext.registers = vp.VideoPortGetDeviceBase(ext, ranges[0]?.RangeStart ?? 0n, ranges[0]?.RangeLength ?? 0, 0);
        return vp.NO_ERROR;
      },
    });
    const { registers } = extension as { registers: number };
    const buffer = kernel.space.map('pool', 256)?.base ?? 0;
    const control = { Size: vp.SIZE_OF_DDC_CONTROL, I2CCallbacks: lines(registers), EdidSegment: 0 };
    expect(vp.VideoPortDDCMonitorHelper(extension, control, buffer, 256)).to.equal(true);
    const edid = createEdid();
    expect(Array.from(vp.mem.u8(buffer, 128))).to.deep.equal(Array.from(edid.subarray(0, 128)));
    expect(kernel.findings).to.deep.equal([]);
  });
  it('shows both lines high when both are let go', () => {
    const kernel = createKernel();
    expect(kernel.front.read32(RINGGPU_REG.DDC)).to.equal(
      RINGGPU_DDC_SCL_OUT | RINGGPU_DDC_SDA_OUT | RINGGPU_DDC_SCL_IN | RINGGPU_DDC_SDA_IN,
    );
  });
});

describe('RingGPU’s register table', () => {
  it('gives no two registers one place', () => {
    const offsets = Object.values(RINGGPU_REG);
    expect(new Set(offsets).size).to.equal(offsets.length);
    expect(offsets.every((offset) => offset % 4 === 0)).to.equal(true);
  });
});
