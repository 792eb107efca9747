import { expect } from 'chai';
import { DdcMonitor } from '../../src/bus/ddc-monitor.ts';
import { createEdid } from '../../src/bus/edid.ts';
import { collectBugCheckData } from '../../src/videoport/bug-check-callback.ts';
import { debugReports } from '../../src/videoport/debug-report.ts';
import * as vp from '../../src/videoport/index.ts';
import { reportLeaks } from '../../src/videoport/leaks.ts';
import { platform } from '../../src/videoport/platform.ts';
import { procAddress, procNames } from '../../src/videoport/proc-address.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const DDC = 'VideoPortDDCMonitorHelper';
const INT10 = 'VideoPortInt10';
const QUERY = 'VideoPortQueryServices';
const REGISTER = 'VideoPortRegisterBugcheckCallback';
const REPORT = ['VideoPortDbgReportCreate', 'VideoPortDbgReportSecondaryData', 'VideoPortDbgReportComplete'];
const PAGE = 4096;

describe('the port’s services', () => {
  let kernel: Kernel;
  let ext: object;
  let buffer: number;
  beforeEach(() => {
    kernel = createKernel();
    ext = kernel.start().extension;
    buffer = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 1024, 1);
  });
  const linesOf = (monitor: DdcMonitor): vp.I2C_CALLBACKS<object> => ({
    WriteClockLine: (_ext, level) => monitor.setClock(level !== 0),
    WriteDataLine: (_ext, level) => monitor.setData(level !== 0),
    ReadClockLine: () => monitor.clock,
    ReadDataLine: () => monitor.data,
  });
  const ddc = (monitor: DdcMonitor, size = 256, segment = 0) =>
    vp.VideoPortDDCMonitorHelper(
      ext,
      { Size: vp.SIZE_OF_DDC_CONTROL, I2CCallbacks: linesOf(monitor), EdidSegment: segment } as never,
      buffer,
      size,
    );
  const query = <T extends vp.INTERFACE>(type: number, Size: number, Version: number) => {
    const services = { Size, Version } as T;
    return { status: vp.VideoPortQueryServices(ext, type, services), services: services as Required<T> };
  };

  rule(DDC, 'reads the EDID bit by bit over the driver’s lines', () => {
    expect(ddc(new DdcMonitor())).to.equal(true);
    expect([...vp.mem.u8(buffer, 128)]).to.deep.equal([...createEdid()]);
    expect(vp.mem.u8(buffer + 128, 128).every((byte) => byte === 0)).to.equal(true);
  });
  rule(DDC, 'reads the second block, too, when the monitor has one', () => {
    const edid = new Uint8Array(256).fill(3, 128);
    edid.set(createEdid());
    edid[126] = 1;
    edid[127] = (edid[127] as number) - 1;
    edid[255] = -edid.subarray(128, 255).reduce((sum, byte) => sum + byte, 0) & 0xff;
    expect(ddc(new DdcMonitor(edid))).to.equal(true);
    expect([...vp.mem.u8(buffer, 256)]).to.deep.equal([...edid]);
    edid[200] = 0;
    expect(ddc(new DdcMonitor(edid))).to.equal(false);
    expect(ddc(new DdcMonitor(edid), 128)).to.equal(true);
  });
  rule(DDC, 'returns FALSE when nobody answers, when the checksum is wrong, and for a buffer below 128 bytes', () => {
    const dead = new DdcMonitor();
    const lines = { ...linesOf(dead), ReadDataLine: () => true };
    const control = { Size: vp.SIZE_OF_DDC_CONTROL, I2CCallbacks: lines, EdidSegment: 0 } as never;
    expect(vp.VideoPortDDCMonitorHelper(ext, control, buffer, 256)).to.equal(false);
    const broken = createEdid();
    broken[20] = 1;
    expect(ddc(new DdcMonitor(broken))).to.equal(false);
    expect(ddc(new DdcMonitor(), 127)).to.equal(false);
    expect(ddc(new DdcMonitor(), 256, 1)).to.equal(false);
  });
  rule(DDC, 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => ddc(new DdcMonitor())).code).to.equal(0x0a);
  });

  const registers = (Eax: number, Ebx = 0) => ({ Eax, Ebx, Ecx: 0, Edx: 0, Esi: 0, Edi: 0, Ebp: 0 });
  rule(INT10, 'executes the video BIOS with register values: modes are set and told', () => {
    const set = registers(0x4f02, 0x4112);
    expect(vp.VideoPortInt10(ext, set)).to.equal(vp.NO_ERROR);
    const get = registers(0x4f03);
    vp.VideoPortInt10(ext, get);
    expect([set.Eax, get.Eax, get.Ebx]).to.deep.equal([0x4f, 0x4f, 0x112]);
    vp.VideoPortInt10(ext, registers(0x0003));
    const text = registers(0x0f00);
    vp.VideoPortInt10(ext, text);
    expect(text.Eax).to.equal((80 << 8) | 3);
  });
  rule(INT10, 'returns NO_ERROR when the BIOS fails: AX says so', () => {
    const unknown = registers(0x4f02, 0x1ff);
    const service = registers(0x4fff);
    expect([vp.VideoPortInt10(ext, unknown), vp.VideoPortInt10(ext, service)]).to.deep.equal([
      vp.NO_ERROR,
      vp.NO_ERROR,
    ]);
    expect([unknown.Eax, service.Eax]).to.deep.equal([0x14f, 0x14f]);
  });
  rule(INT10, 'has no buffers: services that need one fail', () => {
    const info = registers(0x4f00);
    vp.VideoPortInt10(ext, info);
    expect(info.Eax).to.equal(0x14f);
  });
  rule(INT10, 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => vp.VideoPortInt10(ext, registers(3))).code).to.equal(0x0a);
  });

  rule(
    QUERY,
    'gives the Int10 interface: a buffer in real-mode memory, BIOS calls that use it',
    () => {
      const { status, services: int10 } = query<vp.VIDEO_PORT_INT10_INTERFACE>(
        vp.VideoPortServicesInt10,
        vp.SIZE_OF_VIDEO_PORT_INT10_INTERFACE,
        1,
      );
      expect(status).to.equal(vp.NO_ERROR);
      const [segment, offset, length] = [vp.out<number>(), vp.out<number>(), vp.out(0x400)];
      expect(int10.Int10AllocateBuffer(int10.Context, segment, offset, length)).to.equal(vp.NO_ERROR);
      expect(length.value).to.equal(0x1000);
      const call = (Eax: number, more: Partial<vp.INT10_BIOS_ARGUMENTS> = {}) => {
        const args = { ...registers(Eax), Edi: offset.value, SegDs: 0, SegEs: segment.value, ...more };
        expect(int10.Int10CallBios(int10.Context, args)).to.equal(vp.NO_ERROR);
        int10.Int10ReadMemory(int10.Context, segment.value, offset.value, buffer, 256);
        return { ax: args.Eax & 0xffff, bytes: vp.mem.u8(buffer, 256) };
      };
      const info = call(0x4f00);
      expect([info.ax, String.fromCharCode(...info.bytes.slice(0, 4))]).to.deep.equal([0x4f, 'VESA']);
      const modes = new DataView(info.bytes.slice().buffer).getUint16(14, true) - offset.value;
      const number = new DataView(info.bytes.slice().buffer).getUint16(modes, true);
      const mode = new DataView(call(0x4f01, { Ecx: number }).bytes.slice().buffer);
      expect([mode.getUint16(0x12, true), mode.getUint16(0x14, true), mode.getUint8(0x19)]).to.deep.equal([
        640, 480, 32,
      ]);
      const edid = call(0x4f15, { Ebx: 1 });
      expect([...edid.bytes.slice(0, 128)]).to.deep.equal([...platform().monitor.edid]);
      vp.mem.u8(buffer, 4).set([1, 2, 3, 4]);
      int10.Int10WriteMemory(int10.Context, 0xffff, 0, buffer, 4);
      vp.mem.u8(buffer, 4).fill(0);
      int10.Int10ReadMemory(int10.Context, 0xffff, 0, buffer, 4);
      expect([...vp.mem.u8(buffer, 4)]).to.deep.equal([1, 2, 3, 4]);
      expect(int10.Int10ReadMemory(int10.Context, 0xffff, 0xfff0, buffer, 256)).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(int10.Int10AllocateBuffer(int10.Context, vp.out<number>(), vp.out<number>(), vp.out(1))).to.equal(
        vp.ERROR_NOT_ENOUGH_MEMORY,
      );
      expect(int10.Int10FreeBuffer(int10.Context, segment.value, offset.value)).to.equal(vp.NO_ERROR);
      expect(int10.Int10FreeBuffer(int10.Context, segment.value, offset.value)).to.equal(vp.ERROR_INVALID_PARAMETER);
    },
    { page: 'ns-video-_video_port_int10_interface' },
  );
  for (const version of [1, 2]) {
    rule(
      QUERY,
      `gives version ${version} of the I2C interface: a transfer in parts reads the EDID`,
      () => {
        const { services: i2c } = query<vp.VIDEO_PORT_I2C_INTERFACE_2>(
          vp.VideoPortServicesI2C,
          vp.SIZE_OF_VIDEO_PORT_I2C_INTERFACE,
          version,
        );
        const lines = { ...linesOf(new DdcMonitor()), ...(version === 2 ? { I2CDelay: 10n } : {}) } as never;
        const send = (bytes: number[]) => {
          vp.mem.u8(buffer, bytes.length).set(bytes);
          return i2c.I2CStart(ext, lines) && i2c.I2CWrite(ext, lines, buffer, bytes.length);
        };
        expect(send([0xa0, 8])).to.equal(true);
        expect(send([0xa1])).to.equal(true);
        expect(i2c.I2CRead(ext, lines, buffer + 64, 2, version === 1)).to.equal(true);
        if (version === 2) expect(i2c.I2CRead(ext, lines, buffer + 66, 2, true)).to.equal(true);
        expect(i2c.I2CStop(ext, lines)).to.equal(true);
        const count = version === 2 ? 4 : 2;
        expect([...vp.mem.u8(buffer + 64, count)]).to.deep.equal([...createEdid().slice(8, 8 + count)]);
        expect(send([0x42])).to.equal(false);
      },
      { page: `ns-video-_video_port_i2c_interface${version === 2 ? '_2' : ''}` },
    );
  }
  rule(
    [QUERY, ...REPORT],
    'make, fill and submit a debug report through the interface; the machine goes on',
    () => {
      const { services: report } = query<vp.VIDEO_PORT_DEBUG_REPORT_INTERFACE>(
        vp.VideoPortServicesDebugReport,
        vp.SIZE_OF_VIDEO_PORT_DEBUG_REPORT_INTERFACE,
        1,
      );
      const handle = report.DbgReportCreate(ext, 0xad, 1, 2, 3, 4);
      vp.mem.u8(buffer, 3).set([7, 8, 9]);
      expect([
        report.DbgReportSecondaryData(handle, buffer, 2),
        report.DbgReportSecondaryData(handle, buffer + 2, 1),
      ]).to.deep.equal([true, true]);
      expect(debugReports()).to.deep.equal([]);
      report.DbgReportComplete(handle);
      expect(debugReports()).to.deep.equal([{ code: 0xad, arguments: [1, 2, 3, 4], data: Uint8Array.of(7, 8, 9) }]);
      report.DbgReportComplete(handle);
      expect(kernel.rules()).to.deep.equal(['bad-argument']);
    },
    { page: 'ns-video-_video_port_debug_report_interface' },
  );
  rule(
    'VideoPortDbgReportSecondaryData',
    'takes VIDEO_DEBUG_REPORT_MAX_SIZE bytes in all and returns FALSE beyond',
    () => {
      const big = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, vp.VIDEO_DEBUG_REPORT_MAX_SIZE, 1);
      const handle = vp.VideoPortDbgReportCreate(ext, 1, 0, 0, 0, 0);
      expect(vp.VideoPortDbgReportSecondaryData(handle, big, vp.VIDEO_DEBUG_REPORT_MAX_SIZE)).to.equal(true);
      expect(vp.VideoPortDbgReportSecondaryData(handle, big, 1)).to.equal(false);
    },
    { page: 'video.h' },
  );
  rule(
    'VideoPortDbgReportCreate',
    'wants its VideoPortDbgReportComplete: the report at stop names what is open',
    () => {
      vp.VideoPortDbgReportCreate(ext, 1, 0, 0, 0, 0);
      vp.VideoPortFreePool(ext, buffer);
      reportLeaks();
      expect(kernel.findings.map((finding) => finding.message)).to.deep.equal([
        'the debug report 0x00000001 was never submitted with VideoPortDbgReportComplete',
      ]);
    },
    { page: 'video.h' },
  );
  rule(
    QUERY,
    'gives the interface that protects write-combined memory: protect and restore by turns',
    () => {
      const { services: wc } = query<vp.VIDEO_PORT_WCMEMORYPROTECTION_INTERFACE>(
        vp.VideoPortServicesWCMemoryProtection,
        vp.SIZE_OF_VIDEO_PORT_WCMEMORYPROTECTION_INTERFACE,
        1,
      );
      const { Context, VideoPortProtectWCMemory: protect, VideoPortRestoreWCMemory: restore } = wc;
      expect([
        restore(Context, ext),
        protect(Context, ext),
        protect(Context, ext),
        restore(Context, ext),
      ]).to.deep.equal([1, 0, 1, 0]);
    },
    { page: 'ns-video-_video_port_wcmemoryprotection_interface' },
  );
  rule(QUERY, 'counts references: with the last one the Context means nothing', () => {
    const { services } = query<vp.INTERFACE>(vp.VideoPortServicesI2C, vp.SIZE_OF_VIDEO_PORT_I2C_INTERFACE, 1);
    services.InterfaceReference(services.Context);
    services.InterfaceDereference(services.Context);
    services.InterfaceDereference(services.Context);
    expect(kernel.findings).to.deep.equal([]);
    services.InterfaceDereference(services.Context);
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
  });
  rule(
    QUERY,
    'returns ERROR_INVALID_PARAMETER for a size or version, ERROR_INVALID_FUNCTION for a service that there is not',
    () => {
      expect(query(vp.VideoPortServicesI2C, 0x10, 1).status).to.equal(vp.ERROR_INVALID_PARAMETER);
      expect(query(vp.VideoPortServicesAGP, vp.SIZE_OF_VIDEO_PORT_AGP_INTERFACE, 2).status).to.equal(
        vp.ERROR_INVALID_PARAMETER,
      );
      expect(query(vp.VideoPortServicesHeadless, 0x10, 1).status).to.equal(vp.ERROR_INVALID_FUNCTION);
      expect(query(7, 0x10, 1).status).to.equal(vp.ERROR_INVALID_FUNCTION);
    },
    { chosen: 'the interface of VideoPortServicesHeadless is not public, and this machine has no management console' },
  );
  rule(QUERY, 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => query(vp.VideoPortServicesI2C, 0x20, 1)).code).to.equal(0x0a);
  });

  const useAgp = (agp: Required<vp.VIDEO_PORT_AGP_SERVICES>, Context: number) => {
    const reserved = vp.out<number>();
    const view = vp.out<number>();
    const logical = Number(agp.AgpReservePhysical(Context, 4, vp.VpWriteCombined, reserved));
    expect(kernel.iommu.translate(logical)).to.equal(null);
    expect(agp.AgpCommitPhysical(Context, reserved.value, 2, 1)).to.equal(true);
    expect(agp.AgpCommitPhysical(Context, reserved.value, 2, 2)).to.equal(false);
    const base = agp.AgpReserveVirtual(Context, 0, reserved.value, view);
    expect(agp.AgpCommitVirtual(Context, view.value, 2, 1)).to.equal(base + PAGE);
    expect(agp.AgpCommitVirtual(Context, view.value, 2, 2)).to.equal(vp.NULL);
    expect(kernel.iommu.translate(logical + PAGE)?.ram).to.equal(base + PAGE);
    expect(kernel.iommu.translate(logical + 2 * PAGE + 5)?.ram).to.equal(base + 2 * PAGE + 5);
    expect(kernel.iommu.translate(logical + 3 * PAGE)).to.equal(null);
    agp.AgpReleasePhysical(Context, reserved.value);
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
    agp.AgpFreeVirtual(Context, view.value, 2, 1);
    agp.AgpReleaseVirtual(Context, view.value);
    agp.AgpFreePhysical(Context, reserved.value, 2, 1);
    agp.AgpReleasePhysical(Context, reserved.value);
    expect(kernel.iommu.translate(logical + PAGE)).to.equal(null);
    expect(crashOf(() => vp.mem.u8(base, 1)).code).to.equal(0x50);
    expect(agp.AgpReservePhysical(Context, Number(agp.AllocationLimit) / PAGE + 1, vp.VpCached, reserved)).to.equal(0n);
    expect(reserved.value).to.equal(vp.NULL);
  };
  for (const [version, size] of [
    [1, vp.SIZE_OF_VIDEO_PORT_AGP_INTERFACE],
    [2, vp.SIZE_OF_VIDEO_PORT_AGP_INTERFACE_2],
  ] as const) {
    rule(
      QUERY,
      `gives version ${version} of the AGP interface: reserve, commit, free and release pages of the aperture`,
      () => {
        const { status, services } = query<vp.VIDEO_PORT_AGP_INTERFACE_2>(vp.VideoPortServicesAGP, size, version);
        expect(status).to.equal(vp.NO_ERROR);
        useAgp(services, services.Context);
        if (version === 2) expect([services.AgpSetRate(0, 4), services.AgpSetRate(0, 3)]).to.deep.equal([true, false]);
        else expect('AgpSetRate' in services).to.equal(false);
      },
      { page: `ns-video-_video_port_agp_interface${version === 2 ? '_2' : ''}` },
    );
  }
  rule(
    'VideoPortGetAgpServices',
    'gives the same functions and returns TRUE',
    () => {
      const services: vp.VIDEO_PORT_AGP_SERVICES = {};
      expect(vp.VideoPortGetAgpServices(ext, services)).to.equal(true);
      useAgp(services as Required<vp.VIDEO_PORT_AGP_SERVICES>, 0);
    },
    { page: 'video.h, Windows 2000' },
  );

  rule(
    REGISTER,
    'has the callback write into the dump of 0xEA, once, at HIGH_LEVEL, with 48 bytes less than asked for',
    () => {
      const seen: number[] = [];
      const callback = (_ext: object, code: number, at: number, size: number) => {
        seen.push(code, size, kernel.processor.irql);
        vp.mem.u8(at, size).fill(0x5a);
      };
      expect(vp.VideoPortRegisterBugcheckCallback(ext, 0xea, callback, 100)).to.equal(vp.NO_ERROR);
      expect(collectBugCheckData(0x0a)).to.deep.equal([]);
      const [data] = collectBugCheckData(0xea);
      expect(data).to.deep.equal(new Uint8Array(52).fill(0x5a));
      expect(seen).to.deep.equal([0xea, 52, vp.HIGH_LEVEL]);
      expect(collectBugCheckData(0xea)).to.deep.equal([]);
    },
  );
  rule(REGISTER, 'takes code 0xEA alone, and 4000 bytes at most: ERROR_INVALID_PARAMETER otherwise', () => {
    const register = (code: number, size: number) => vp.VideoPortRegisterBugcheckCallback(ext, code, () => {}, size);
    expect([register(0x50, 100), register(0xea, 4001), register(0xea, 48)]).to.deep.equal([87, 87, 87]);
    expect(register(0xea, 4000)).to.equal(vp.NO_ERROR);
  });
  rule(REGISTER, 'unhooks with a NULL callback or a size of 0', () => {
    for (const unhook of [
      () => vp.VideoPortRegisterBugcheckCallback(ext, 0xea, null, 100),
      () => vp.VideoPortRegisterBugcheckCallback(ext, 0xea, () => {}, 0),
    ]) {
      vp.VideoPortRegisterBugcheckCallback(ext, 0xea, () => {}, 100);
      expect(unhook()).to.equal(vp.NO_ERROR);
      expect(collectBugCheckData(0xea)).to.deep.equal([]);
    }
  });
  rule(REGISTER, 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => vp.VideoPortRegisterBugcheckCallback(ext, 0xea, null, 0)).code).to.equal(0x0a);
  });

  it('VideoPortGetProcAddress gives every exported function by name, with regard to case, and no other', () => {
    expect(procAddress('VideoPortGetDmaAdapter')).to.equal(vp.VideoPortGetDmaAdapter);
    expect([
      procAddress('videoportgetdmaadapter'),
      procAddress('mem'),
      procAddress('VideoPortDbgReportCreate'),
    ]).to.deep.equal([null, null, null]);
    expect(procNames().length).to.equal(115);
  });
});
