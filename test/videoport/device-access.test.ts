import { expect } from 'chai';
import fc from 'fast-check';
import {
  RINGGPU_BAR0_BYTES,
  RINGGPU_ID,
  RINGGPU_LOCAL_BYTES,
  RINGGPU_LOCAL_OFFSET,
  RINGGPU_PORT_DATA,
  RINGGPU_PORT_INDEX,
  RINGGPU_REG,
} from '../../src/devices/ringgpu/index.ts';
import * as vp from '../../src/videoport/index.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const WIDTHS = ['Uchar', 'Ushort', 'Ulong'];
const names = (kind: string) =>
  WIDTHS.flatMap((width) => [`VideoPortRead${kind}${width}`, `VideoPortWrite${kind}${width}`]);
const REGISTERS = names('Register');
const REGISTER_BUFFERS = names('RegisterBuffer');
const PORTS = names('Port');
const PORT_BUFFERS = names('PortBuffer');

describe('access ranges, registers and ports', () => {
  let kernel: Kernel;
  let ext: object;
  let ranges: vp.VIDEO_ACCESS_RANGE[];
  let registers: number;
  let ports: number;
  const inFindAdapter = <T>(body: () => T): T => kernel.processor.run('HwVidFindAdapter', vp.PASSIVE_LEVEL, body);
  beforeEach(() => {
    kernel = createKernel();
    ext = kernel.start().extension;
    ranges = [];
    inFindAdapter(() => {
      expect(vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, ranges, vp.NULL, vp.NULL, null)).to.equal(vp.NO_ERROR);
      registers = vp.VideoPortGetDeviceBase(ext, ranges[0]?.RangeStart ?? 0n, 4096, vp.VIDEO_MEMORY_SPACE_MEMORY);
      ports = vp.VideoPortGetDeviceBase(ext, ranges[1]?.RangeStart ?? 0n, 8, vp.VIDEO_MEMORY_SPACE_IO);
    });
  });

  describe('VideoPortGetAccessRanges (nf-video-videoportgetaccessranges)', () => {
    rule('VideoPortGetAccessRanges', 'reports the BARs: a memory range and an I/O range, and the slot', () => {
      const slot = vp.out<number>();
      inFindAdapter(() => vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, [], vp.NULL, vp.NULL, slot));
      expect(ranges.map((range) => [range.RangeLength, range.RangeInIoSpace])).to.deep.equal([
        [RINGGPU_BAR0_BYTES, 0],
        [8, 1],
      ]);
      expect(slot.value).to.equal(2);
    });
    rule('VideoPortGetAccessRanges', 'answers ERROR_MORE_DATA when there is too little room', () => {
      expect(inFindAdapter(() => vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 1, [], vp.NULL, vp.NULL, null))).to.equal(
        vp.ERROR_MORE_DATA,
      );
    });
    rule('VideoPortGetAccessRanges', 'answers ERROR_DEV_NOT_EXIST to ids of another device (legacy drivers)', () => {
      expect(inFindAdapter(() => vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, [], 0x8086, vp.NULL, null))).to.equal(
        vp.ERROR_DEV_NOT_EXIST,
      );
    });
    rule('VideoPortGetAccessRanges', 'is legal in HwVidFindAdapter only', () => {
      vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, [], vp.NULL, vp.NULL, null);
      expect(kernel.rules()).to.deep.equal(['call-context']);
    });
    rule('VideoPortGetAccessRanges', 'gives all claims back with a count of 0: mapping is a finding then', () => {
      inFindAdapter(() => {
        vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 0, null, vp.NULL, vp.NULL, null);
        vp.VideoPortGetDeviceBase(ext, ranges[0]?.RangeStart ?? 0n, 16, 0);
      });
      expect(kernel.rules()).to.deep.equal(['bad-argument']);
    });
  });

  describe('VideoPortVerifyAccessRanges (nf-video-videoportverifyaccessranges)', () => {
    const vga: vp.VIDEO_ACCESS_RANGE = {
      RangeStart: 0xa0000n,
      RangeLength: 0x20000,
      RangeInIoSpace: 0,
      RangeVisible: 1,
      RangeShareable: 0,
      RangePassive: 0,
    };
    rule('VideoPortVerifyAccessRanges', 'claims what nobody has', () => {
      expect(inFindAdapter(() => vp.VideoPortVerifyAccessRanges(ext, 1, [vga]))).to.equal(vp.NO_ERROR);
    });
    rule('VideoPortVerifyAccessRanges', 'refuses what another device claimed, unless both share it', () => {
      const other = kernel.port.addDevice(9, kernel.port.bus.at(2) as never);
      other.claims = [vga];
      expect(inFindAdapter(() => vp.VideoPortVerifyAccessRanges(ext, 1, [vga]))).to.equal(vp.ERROR_INVALID_PARAMETER);
      other.claims = [{ ...vga, RangeShareable: 1 }];
      expect(inFindAdapter(() => vp.VideoPortVerifyAccessRanges(ext, 1, [{ ...vga, RangeShareable: 1 }]))).to.equal(
        vp.NO_ERROR,
      );
    });
    rule('VideoPortVerifyAccessRanges', 'refuses fewer ranges than it was told', () => {
      expect(inFindAdapter(() => vp.VideoPortVerifyAccessRanges(ext, 2, [vga]))).to.equal(vp.ERROR_INVALID_PARAMETER);
    });
  });

  describe('VideoPortGetDeviceBase, VideoPortMapMemory and their opposites', () => {
    rule('VideoPortGetDeviceBase', 'map device memory beyond RAM, the same range at the same address', () => {
      expect(registers).to.be.at.least(4 * 1024 * 1024);
      expect(inFindAdapter(() => vp.VideoPortGetDeviceBase(ext, ranges[0]?.RangeStart ?? 0n, 4096, 0))).to.equal(
        registers,
      );
    });
    rule('VideoPortGetDeviceBase', 'give NULL where no device decodes the address', () => {
      expect(inFindAdapter(() => vp.VideoPortGetDeviceBase(ext, 0x1234_0000n, 4096, 0))).to.equal(vp.NULL);
      const beyond = () => vp.VideoPortGetDeviceBase(ext, ranges[0]?.RangeStart ?? 0n, RINGGPU_BAR0_BYTES + 1, 0);
      expect(inFindAdapter(beyond)).to.equal(vp.NULL);
    });
    rule('VideoPortFreeDeviceBase', 'make a register that is no longer mapped a page fault', () => {
      vp.VideoPortFreeDeviceBase(ext, registers);
      const crash = crashOf(() => vp.VideoPortReadRegisterUlong(registers));
      expect([crash.code, ...crash.parameters]).to.deep.equal([0x50, registers, 0, 0, 0]);
    });
    rule(
      ['VideoPortMapMemory', 'VideoPortUnmapMemory'],
      'map and unmap with VideoPortMapMemory, which answers ERROR_INVALID_PARAMETER where there is nothing',
      () => {
        const address = vp.out(vp.NULL);
        const map = (physical: bigint) => vp.VideoPortMapMemory(ext, physical, vp.out(4096), vp.out(0), address);
        expect(map(ranges[0]?.RangeStart ?? 0n)).to.equal(vp.NO_ERROR);
        expect(vp.VideoPortReadRegisterUlong(address.value)).to.equal(RINGGPU_ID);
        expect(vp.VideoPortUnmapMemory(ext, address.value, vp.NULL)).to.equal(vp.NO_ERROR);
        expect(map(0x9999_0000n)).to.equal(vp.ERROR_INVALID_PARAMETER);
        expect(vp.VideoPortUnmapMemory(ext, 0xf7ff_0000, vp.NULL)).to.equal(vp.ERROR_INVALID_PARAMETER);
      },
    );
  });

  describe('mappings', () => {
    const map = (address: vp.Out<number>, flags = 0, length = 4096) =>
      vp.VideoPortMapMemory(ext, ranges[flags === 0 ? 0 : 1]?.RangeStart ?? 0n, vp.out(length), vp.out(flags), address);
    rule('VideoPortFreeDeviceBase', 'takes exactly the address that VideoPortGetDeviceBase returned', () => {
      vp.VideoPortFreeDeviceBase(ext, registers + 16);
      expect(kernel.findings[0]?.message).to.match(/lies in the mapping that begins at .* give back what/);
      expect(vp.VideoPortReadRegisterUlong(registers)).to.equal(RINGGPU_ID);
      vp.VideoPortFreeDeviceBase(ext, 1234);
      expect(kernel.findings[1]?.message).to.equal('VideoPortFreeDeviceBase: nothing is mapped at 0x000004D2');
      vp.VideoPortFreeDeviceBase(ext, registers);
      vp.VideoPortFreeDeviceBase(ext, ports);
      expect(kernel.findings.length).to.equal(2);
      vp.VideoPortFreeDeviceBase(ext, ports);
      expect(kernel.findings.length).to.equal(3);
    });
    rule('VideoPortUnmapMemory', 'unmaps the whole mapping that contains the address', () => {
      const address = vp.out(vp.NULL);
      expect(map(address, 0, 100)).to.equal(vp.NO_ERROR);
      expect(vp.VideoPortUnmapMemory(ext, address.value + 50, vp.NULL)).to.equal(vp.NO_ERROR);
      expect(crashOf(() => vp.VideoPortReadRegisterUlong(address.value)).code).to.equal(0x50);
      expect(kernel.rules()).to.deep.equal([]);
      expect(vp.VideoPortUnmapMemory(ext, address.value, vp.NULL)).to.equal(vp.ERROR_INVALID_PARAMETER);
      const port = vp.out(vp.NULL);
      expect(map(port, vp.VIDEO_MEMORY_SPACE_IO, 8)).to.equal(vp.NO_ERROR);
      expect(vp.VideoPortUnmapMemory(ext, port.value + 3, vp.NULL)).to.equal(vp.NO_ERROR);
    });
    rule('VideoPortUnmapMemory', 'takes NULL or the process handle with which it was mapped, and no other', () => {
      const address = vp.out(vp.NULL);
      map(address);
      expect(vp.VideoPortUnmapMemory(ext, address.value, 77)).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(kernel.findings[0]?.message).to.match(/^VideoPortUnmapMemory: ProcessHandle is 77; it must be NULL/);
      expect(vp.VideoPortReadRegisterUlong(address.value)).to.equal(RINGGPU_ID);
      expect(vp.VideoPortUnmapMemory(ext, address.value, null)).to.equal(vp.NO_ERROR);
    });
    rule(
      'VideoPortMapMemory',
      'takes *VirtualAddress as NULL or a process handle: what was left in it from before is refused',
      () => {
        const address = vp.out(0x1234);
        expect(map(address)).to.equal(vp.ERROR_INVALID_PARAMETER);
        expect(address.value).to.equal(0x1234);
        expect(kernel.findings[0]?.message).to.match(/^VideoPortMapMemory: \*VirtualAddress is 4660; it must be NULL/);
        for (const none of [vp.NULL, null, undefined]) expect(map(vp.out(none as number))).to.equal(vp.NO_ERROR);
      },
      { chosen: 'this machine has no process but the system, so every handle is one of none' },
    );
  });

  describe('RingGPU’s local memory, in BAR 0', () => {
    let local: number;

    beforeEach(() => {
      const address = vp.out(vp.NULL);
      const start = (ranges[0]?.RangeStart ?? 0n) + BigInt(RINGGPU_LOCAL_OFFSET);
      const length = vp.out(RINGGPU_LOCAL_BYTES);
      expect(vp.VideoPortMapMemory(ext, start, length, vp.out(0), address)).to.equal(vp.NO_ERROR);
      local = address.value;
    });

    it('is written and read in all widths, one by one and in rows', () => {
      const memory = kernel.space.map('pool', 4096)?.base ?? 0;
      vp.VideoPortWriteRegisterUlong(local, 0x11223344);
      vp.VideoPortWriteRegisterUchar(local + 5, 0x55);
      vp.VideoPortWriteRegisterUshort(local + RINGGPU_LOCAL_BYTES - 2, 0x6677);
      vp.VideoPortReadRegisterBufferUchar(local, memory, 7);
      expect([...vp.mem.u8(memory, 7)]).to.deep.equal([0x44, 0x33, 0x22, 0x11, 0, 0x55, 0]);
      expect(vp.VideoPortReadRegisterUlong(local + RINGGPU_LOCAL_BYTES - 4)).to.equal(0x66770000);
      vp.mem.u8(memory, 64).set(Uint8Array.from({ length: 64 }, (_, i) => i));
      vp.VideoPortWriteRegisterBufferUlong(local + 4096, memory, 16);
      vp.VideoPortWriteRegisterBufferUshort(local + 4096 + 2, memory, 1);
      vp.VideoPortWriteRegisterBufferUchar(local + 4096 + 9, memory + 40, 2);
      vp.VideoPortReadRegisterBufferUlong(local + 4096, memory + 128, 3);
      expect([...vp.mem.u8(memory + 128, 12)]).to.deep.equal([0, 1, 0, 1, 4, 5, 6, 7, 8, 40, 41, 11]);
      vp.VideoPortZeroDeviceMemory(local + 4096 + 1, 6);
      vp.VideoPortReadRegisterBufferUshort(local + 4096, memory + 128, 4);
      expect([...vp.mem.u8(memory + 128, 8)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 7]);
      expect(kernel.rules()).to.deep.equal([]);
    });

    it('ends where it ends, and begins far behind the registers, between which all reads as 0', () => {
      const memory = kernel.space.map('pool', 64)?.base ?? 0;
      const crash = crashOf(() => vp.VideoPortReadRegisterBufferUlong(local + RINGGPU_LOCAL_BYTES - 4, memory, 2));
      expect(crash.code).to.equal(0x50);
      const whole = inFindAdapter(() =>
        vp.VideoPortGetDeviceBase(ext, ranges[0]?.RangeStart ?? 0n, RINGGPU_BAR0_BYTES, 0),
      );
      expect(vp.VideoPortReadRegisterUlong(whole + 4096 + RINGGPU_REG.ID)).to.equal(0);
      expect(vp.VideoPortReadRegisterUlong(whole + RINGGPU_LOCAL_OFFSET - 4)).to.equal(0);
      vp.VideoPortWriteRegisterUlong(whole + RINGGPU_LOCAL_OFFSET, 9);
      expect(vp.VideoPortReadRegisterUlong(local), 'another mapping of the same memory').to.equal(9);
    });
  });

  describe('VideoPortRead/WriteRegister…', () => {
    rule(REGISTERS, 'reach the register in all widths, by its little-endian lanes', () => {
      const scratch = registers + RINGGPU_REG.SCRATCH;
      vp.VideoPortWriteRegisterUlong(scratch, 0x12345678);
      expect([0, 1, 2, 3].map((i) => vp.VideoPortReadRegisterUchar(scratch + i))).to.deep.equal([
        0x78, 0x56, 0x34, 0x12,
      ]);
      expect([0, 2].map((i) => vp.VideoPortReadRegisterUshort(scratch + i))).to.deep.equal([0x5678, 0x1234]);
      vp.VideoPortWriteRegisterUchar(scratch + 1, 0xab);
      vp.VideoPortWriteRegisterUshort(scratch + 2, 0xcdef);
      expect(vp.VideoPortReadRegisterUlong(scratch)).to.equal(0xcdefab78);
    });
    rule(REGISTERS, 'agree with a byte array whatever the sequence of narrow writes', () => {
      const scratch = registers + RINGGPU_REG.SCRATCH;
      fc.assert(
        fc.property(
          fc.array(fc.record({ size: fc.constantFrom(1, 2, 4), at: fc.nat(3), value: fc.nat() })),
          (writes) => {
            const model = new DataView(new ArrayBuffer(4));
            model.setUint32(0, vp.VideoPortReadRegisterUlong(scratch), true);
            for (const { size, at, value } of writes) {
              const offset = at - (at % size);
              if (size === 1) {
                vp.VideoPortWriteRegisterUchar(scratch + offset, value & 0xff);
                model.setUint8(offset, value & 0xff);
              } else if (size === 2) {
                vp.VideoPortWriteRegisterUshort(scratch + offset, value & 0xffff);
                model.setUint16(offset, value & 0xffff, true);
              } else {
                vp.VideoPortWriteRegisterUlong(scratch, value);
                model.setUint32(0, value, true);
              }
              expect(vp.VideoPortReadRegisterUlong(scratch)).to.equal(model.getUint32(0, true));
            }
          },
        ),
      );
    });
    rule(REGISTERS, 'leave a read-only register alone', () => {
      vp.VideoPortWriteRegisterUlong(registers + RINGGPU_REG.ID, 0);
      expect(vp.VideoPortReadRegisterUlong(registers + RINGGPU_REG.ID)).to.equal(RINGGPU_ID);
    });
    rule(REGISTER_BUFFERS, 'go through consecutive registers in the buffer forms, in all widths', () => {
      const memory = kernel.space.map('pool', 64)?.base ?? 0;
      vp.mem.u32(memory, 2).set([0x1000, 0x2000]);
      vp.VideoPortWriteRegisterBufferUlong(registers + RINGGPU_REG.RING_BASE_LO, memory, 2);
      expect(vp.VideoPortReadRegisterUlong(registers + RINGGPU_REG.RING_BASE_HI)).to.equal(0x2000);
      vp.VideoPortReadRegisterBufferUlong(registers + RINGGPU_REG.RING_BASE_LO, memory + 8, 2);
      vp.VideoPortReadRegisterBufferUshort(registers + RINGGPU_REG.RING_BASE_LO, memory + 16, 4);
      vp.VideoPortReadRegisterBufferUchar(registers + RINGGPU_REG.RING_BASE_LO, memory + 24, 8);
      expect([...vp.mem.u32(memory + 8, 2)]).to.deep.equal([0x1000, 0x2000]);
      expect([...vp.mem.u16(memory + 16, 4)]).to.deep.equal([0x1000, 0, 0x2000, 0]);
      expect([...vp.mem.u8(memory + 24, 8)]).to.deep.equal([0, 0x10, 0, 0, 0, 0x20, 0, 0]);
    });
    rule(REGISTERS, 'read memory at a memory address, as the processor would', () => {
      const memory = kernel.space.map('pool', 16)?.base ?? 0;
      vp.VideoPortWriteRegisterUlong(memory, 0xdeadbeef);
      expect(vp.mem.u32(memory, 1)[0]).to.equal(0xdeadbeef);
      expect(vp.VideoPortReadRegisterUshort(memory)).to.equal(0xbeef);
    });
    rule(REGISTERS, 'crash on a bus address or any other number that is no mapped register', () => {
      expect(crashOf(() => vp.VideoPortReadRegisterUlong(0xe000_0000)).code).to.equal(0x50);
      expect(crashOf(() => vp.VideoPortWriteRegisterUlong(0, 1)).message).to.match(/NULL pointer/);
    });
  });

  describe('VideoPortRead/WritePort…', () => {
    rule(PORTS, 'reach registers through RingGPU’s index and data ports, in all widths', () => {
      vp.VideoPortWritePortUlong(ports + RINGGPU_PORT_INDEX, RINGGPU_REG.ID);
      expect(vp.VideoPortReadPortUlong(ports + RINGGPU_PORT_DATA)).to.equal(RINGGPU_ID);
      expect(vp.VideoPortReadPortUshort(ports + RINGGPU_PORT_DATA)).to.equal(RINGGPU_ID & 0xffff);
      vp.VideoPortWritePortUshort(ports + RINGGPU_PORT_INDEX, RINGGPU_REG.SCRATCH);
      vp.VideoPortWritePortUchar(ports + RINGGPU_PORT_DATA, 0x5a);
      expect(vp.VideoPortReadPortUchar(ports + RINGGPU_PORT_DATA)).to.equal(0x5a);
    });
    rule(PORT_BUFFERS, 'go to the same port again and again in the buffer forms', () => {
      const memory = kernel.space.map('pool', 64)?.base ?? 0;
      vp.VideoPortWritePortUlong(ports, RINGGPU_REG.SCRATCH);
      vp.mem.u32(memory, 2).set([1, 2]);
      vp.VideoPortWritePortBufferUlong(ports + RINGGPU_PORT_DATA, memory, 2);
      vp.VideoPortReadPortBufferUlong(ports + RINGGPU_PORT_DATA, memory + 8, 3);
      expect([...vp.mem.u32(memory + 8, 3)]).to.deep.equal([2, 2, 2]);
    });
    rule(PORTS, 'read ones where no device answers', () => {
      expect([
        vp.VideoPortReadPortUchar(0x3c0),
        vp.VideoPortReadPortUshort(0x3c0),
        vp.VideoPortReadPortUlong(0x3c0),
      ]).to.deep.equal([0xff, 0xffff, 0xffff_ffff]);
    });
  });
});
