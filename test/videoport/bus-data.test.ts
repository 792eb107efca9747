import { expect } from 'chai';
import { PciFunction } from '../../src/bus/pci.ts';
import { RINGGPU_BAR0_BYTES, RINGGPU_DEVICE_ID, RINGGPU_VENDOR_ID } from '../../src/devices/ringgpu/registers.ts';
import { directEmulatorPorts } from '../../src/videoport/banked-memory.ts';
import * as vp from '../../src/videoport/index.ts';
import { platform } from '../../src/videoport/platform.ts';
import type { VideoDevice } from '../../src/videoport/port.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const GET = 'VideoPortGetBusData';
const SET = 'VideoPortSetBusData';
const ROM = 'VideoPortGetRomImage';

describe('buses, firmware and ROM', () => {
  let kernel: Kernel;
  let device: VideoDevice;
  let ext: object;
  let buffer: number;
  beforeEach(() => {
    kernel = createKernel();
    device = kernel.start();
    ext = device.extension;
    buffer = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 4096, 1);
  });
  const pci = (slot: number, offset: number, length: number) =>
    vp.VideoPortGetBusData(ext, vp.PCIConfiguration, slot, buffer, offset, length);
  const identity = { revision: 1, classCode: 0x03_8000, subsystemVendorId: 7, subsystemId: 8 };
  /** Another device on the bus, in slot 9. */
  const plugOther = () =>
    kernel.port.bus.plug(9, new PciFunction({ ...identity, vendorId: 0x5555, deviceId: 0x6666 }, [], 0, () => false));
  /** The callbacks in which the page forbids the call; it is at PASSIVE_LEVEL in none of them. */
  const forbidden = (call: () => unknown) => {
    for (const [name, irql] of [
      ['HwVidInterrupt', 5],
      ['HwVidTimer', 2],
      ['HwVidDpcRoutine', 2],
      ['HwVidSynchronizeExecutionCallback', 2],
    ] as const) {
      expect(crashOf(() => kernel.processor.run(name, irql, call)).code, name).to.equal(0x0a);
    }
  };

  rule(GET, 'reads the device’s own configuration space in slot 0, and returns the number of bytes', () => {
    expect(pci(0, 0, 64)).to.equal(64);
    expect([...vp.mem.u16(buffer, 2)]).to.deep.equal([RINGGPU_VENDOR_ID, RINGGPU_DEVICE_ID]);
    expect(pci(0, 2, 2)).to.equal(2);
    expect(vp.mem.u16(buffer, 1)[0]).to.equal(RINGGPU_DEVICE_ID);
    expect(pci(0, 250, 20)).to.equal(6);
  });
  rule(
    GET,
    'returns 2, and FFFFh for a vendor, for a slot without a device',
    () => {
      expect(pci(31, 0, 64)).to.equal(2);
      expect(vp.mem.u16(buffer, 1)[0]).to.equal(0xffff);
      plugOther();
      expect(pci(9, 0, 4)).to.equal(4);
      expect(vp.mem.u16(buffer, 1)[0]).to.equal(0x5555);
    },
    {
      chosen:
        'the page says SlotNumber is 0 for PCI; ReactOS puts the device’s own slot in place of any. Any other number means that slot here, since only so can the documented 2 come about',
    },
  );
  rule([GET, SET], 'return 0 for a bus that the machine has not', () => {
    expect(vp.VideoPortGetBusData(ext, vp.EisaConfiguration, 0, buffer, 0, 16)).to.equal(0);
    expect(vp.VideoPortSetBusData(ext, vp.EisaConfiguration, 0, buffer, 0, 16)).to.equal(0);
  });
  rule(GET, 'reads CMOS: the battery is good, 640 KiB of base memory, the clock in BCD', () => {
    expect(vp.VideoPortGetBusData(ext, vp.Cmos, 0, buffer, 0, 64)).to.equal(64);
    const cmos = vp.mem.u8(buffer, 64);
    expect([cmos[0x0d], (cmos[0x15] as number) + 256 * (cmos[0x16] as number)]).to.deep.equal([0x80, 640]);
    expect(cmos[0x09]).to.equal(Number.parseInt(String(new Date().getUTCFullYear() % 100), 16));
  });
  rule(SET, 'writes CMOS and what PCI lets be written, and returns the number of bytes', () => {
    vp.mem.u8(buffer, 2).set([0x12, 0x34]);
    expect(vp.VideoPortSetBusData(ext, vp.Cmos, 0x40, buffer, 0, 2)).to.equal(2);
    expect(vp.VideoPortGetBusData(ext, vp.Cmos, 0x40, buffer + 8, 0, 2)).to.equal(2);
    expect([...vp.mem.u8(buffer + 8, 2)]).to.deep.equal([0x12, 0x34]);
    // The size of BAR 0, by the protocol; then its address is put back.
    pci(0, 0x10, 4);
    const before = vp.mem.u32(buffer, 1)[0] as number;
    vp.mem.u32(buffer, 1)[0] = 0xffff_ffff;
    expect(vp.VideoPortSetBusData(ext, vp.PCIConfiguration, 0, buffer, 0x10, 4)).to.equal(4);
    pci(0, 0x10, 4);
    expect(-(vp.mem.i32(buffer, 1)[0] as number)).to.equal(RINGGPU_BAR0_BYTES);
    vp.mem.u32(buffer, 1)[0] = before;
    vp.VideoPortSetBusData(ext, vp.PCIConfiguration, 0, buffer, 0x10, 4);
    // Its vendor stays what it is.
    vp.mem.u16(buffer, 1)[0] = 1;
    vp.VideoPortSetBusData(ext, vp.PCIConfiguration, 0, buffer, 0, 2);
    pci(0, 0, 2);
    expect(vp.mem.u16(buffer, 1)[0]).to.equal(RINGGPU_VENDOR_ID);
  });
  rule(SET, 'may not be called from HwVidInterrupt, HwVidTimer, a DPC or a synchronisation callback', () => {
    forbidden(() => vp.VideoPortSetBusData(ext, vp.Cmos, 0x40, buffer, 0, 1));
  });
  rule(GET, 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => pci(0, 0, 4)).code).to.equal(0x0a);
  });

  for (const [name, check] of [
    ['VideoPortCheckForDeviceExistence', vp.VideoPortCheckForDeviceExistence],
    ['VideoPortCheckForDeviceExistance', vp.VideoPortCheckForDeviceExistance],
  ] as const) {
    rule(
      name,
      'finds a device by vendor and device, and by revision and subsystem where the flags say so',
      () => {
        plugOther();
        const exists = (revision: number, subVendor: number, subSystem: number, flags: number) =>
          check(ext, 0x5555, 0x6666, revision, subVendor, subSystem, flags);
        expect(exists(99, 99, 99, 0)).to.equal(true);
        expect([exists(1, 0, 0, vp.CDE_USE_REVISION), exists(2, 0, 0, vp.CDE_USE_REVISION)]).to.deep.equal([
          true,
          false,
        ]);
        expect([exists(0, 7, 8, vp.CDE_USE_SUBSYSTEM_IDS), exists(0, 7, 9, vp.CDE_USE_SUBSYSTEM_IDS)]).to.deep.equal([
          true,
          false,
        ]);
        expect(check(ext, 0x5555, 0x6667, 0, 0, 0, 0)).to.equal(false);
      },
      { page: 'nf-video-videoportcheckfordeviceexistence' },
    );
  }
  rule('VideoPortCheckForDeviceExistence', 'returns FALSE for flags that there are not', () => {
    expect(vp.VideoPortCheckForDeviceExistence(ext, RINGGPU_VENDOR_ID, RINGGPU_DEVICE_ID, 0, 0, 0, 4)).to.equal(false);
  });
  rule(
    'VideoPortGetVgaStatus',
    'returns ERROR_INVALID_FUNCTION for an adapter that is not on the PCI bus',
    () => {
      const other = createKernel().start({
        HwFindAdapter: (
          _ext: object,
          _context: number,
          _argument: string | null,
          config: vp.VIDEO_PORT_CONFIG_INFO,
        ) => {
          Object.assign(config, { AdapterInterfaceType: vp.PCIBus + 1 });
          return vp.NO_ERROR;
        },
      });
      const status = vp.out<number>(7);
      expect(vp.VideoPortGetVgaStatus(other.extension, status)).to.equal(vp.ERROR_INVALID_FUNCTION);
      expect(status.value).to.equal(7);
    },
    {
      chosen:
        'all adapters of this machine are on PCI; one is not when HwVidFindAdapter left another bus in its config',
    },
  );
  rule('VideoPortGetVgaStatus', 'gives 1 for a VGA-compatible device with its ports on, 0 when they are off', () => {
    const status = vp.out<number>();
    expect(vp.VideoPortGetVgaStatus(ext, status)).to.equal(vp.NO_ERROR);
    expect(status.value).to.equal(1);
    vp.mem.u8(buffer, 1)[0] = 2;
    vp.VideoPortSetBusData(ext, vp.PCIConfiguration, 0, buffer, 4, 1);
    vp.VideoPortGetVgaStatus(ext, status);
    expect(status.value).to.equal(0);
  });

  rule(ROM, 'gives the expansion ROM: signature, length, PCI data structure of this device, checksum 0', () => {
    const rom = vp.VideoPortGetRomImage(ext, null, 0, 8192);
    const bytes = vp.mem.u8(rom, 8192);
    expect([bytes[0], bytes[1], bytes[2]]).to.deep.equal([0x55, 0xaa, 16]);
    expect(bytes.reduce((sum, byte) => sum + byte, 0) % 256).to.equal(0);
    const data = rom + (vp.mem.u16(rom + 0x18, 1)[0] as number);
    expect(String.fromCharCode(...vp.mem.u8(data, 4))).to.equal('PCIR');
    expect([...vp.mem.u16(data + 4, 2)]).to.deep.equal([RINGGPU_VENDOR_ID, RINGGPU_DEVICE_ID]);
  });
  rule(ROM, 'owns the buffer: the next call frees it, and a Length of 0 frees it and returns NULL', () => {
    const first = vp.VideoPortGetRomImage(ext, null, 0, 64);
    const second = vp.VideoPortGetRomImage(ext, null, 0, 3 * 4096);
    expect(vp.mem.u8(second + 8192, 1)[0]).to.equal(0xff);
    if (first !== second) expect(kernel.space.regionAt(first)?.base).not.to.equal(first);
    expect(vp.VideoPortGetRomImage(ext, null, 0, 0)).to.equal(vp.NULL);
    expect(crashOf(() => vp.mem.u8(second, 1)).code).to.equal(0x50);
  });
  rule(ROM, 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => vp.VideoPortGetRomImage(ext, null, 0, 64)).code).to.equal(0x0a);
  });
  rule('VideoPortScanRom', 'finds a text in a ROM, with regard to case', () => {
    const rom = vp.VideoPortGetRomImage(ext, null, 0, 8192);
    expect(vp.VideoPortScanRom(ext, rom, 8192, 'IBM VGA')).to.equal(true);
    expect(vp.VideoPortScanRom(ext, rom, 8192, 'ibm vga')).to.equal(false);
    expect(vp.VideoPortScanRom(ext, rom, 0x44, 'IBM VGA')).to.equal(false);
    expect(vp.VideoPortScanRom(ext, rom, 0x47, 'IBM VGA')).to.equal(true);
  });
  rule(
    'VideoPortScanRom',
    'may not be called from HwVidInterrupt, HwVidTimer, a DPC or a synchronisation callback',
    () => {
      forbidden(() => vp.VideoPortScanRom(ext, buffer, 16, 'x'));
    },
  );

  rule(
    'VideoPortGetDeviceData',
    'gives the callback what the firmware found, at PASSIVE_LEVEL, with its context',
    () => {
      for (const [type, identifier] of [
        [vp.VpMachineData, 'AT/AT COMPATIBLE'],
        [vp.VpCmosData, 'CMOS'],
        [vp.VpBusData, 'PCI'],
        [vp.VpControllerData, 'VGA'],
        [vp.VpMonitorData, 'Plug and Play Monitor'],
      ] as const) {
        const seen: unknown[] = [];
        const status = vp.VideoPortGetDeviceData(
          ext,
          type,
          (e: object, context, kind, name, nameLength) => {
            seen.push(e === ext, context, kind, name, nameLength, vp.VideoPortGetCurrentIrql());
            return vp.NO_ERROR;
          },
          'context',
        );
        expect(status).to.equal(vp.NO_ERROR);
        expect(seen).to.deep.equal([true, 'context', type, identifier, 2 * identifier.length + 2, vp.PASSIVE_LEVEL]);
      }
    },
  );
  rule(
    'VideoPortGetDeviceData',
    'gives the monitor’s EDID in a buffer that is gone after the callback',
    () => {
      let at = 0;
      vp.VideoPortGetDeviceData(
        ext,
        vp.VpMonitorData,
        (_e: object, _context, _kind, _name, _nameLength, data, length) => {
          at = data;
          expect([...vp.mem.u8(data, length)]).to.deep.equal([...platform().monitor.edid]);
          return vp.NO_ERROR;
        },
        null,
      );
      expect(crashOf(() => vp.mem.u8(at, 1)).code).to.equal(0x50);
    },
    { page: 'nc-video-pminiport_query_device_routine' },
  );
  rule('VideoPortGetDeviceData', 'returns the callback’s failure, and ERROR_INVALID_PARAMETER for another type', () => {
    expect(vp.VideoPortGetDeviceData(ext, vp.VpBusData, () => vp.ERROR_DEV_NOT_EXIST, null)).to.equal(
      vp.ERROR_DEV_NOT_EXIST,
    );
    expect(vp.VideoPortGetDeviceData(ext, 5, () => vp.NO_ERROR, null)).to.equal(vp.ERROR_INVALID_PARAMETER);
  });
  rule(
    'VideoPortGetDeviceData',
    'may not be called from HwVidInterrupt, HwVidTimer, a DPC or a synchronisation callback',
    () => {
      forbidden(() => vp.VideoPortGetDeviceData(ext, vp.VpBusData, () => vp.NO_ERROR, null));
    },
  );
  rule('VideoPortIsNoVesa', 'tells the boot switch', () => {
    expect(vp.VideoPortIsNoVesa()).to.equal(false);
    platform().noVesa = true;
    expect(vp.VideoPortIsNoVesa()).to.equal(true);
  });

  rule(
    'VideoPortMapBankedMemory',
    'shows all banks in a row: the callback switches before an access in another one',
    () => {
      const base = 0xe000_0000n;
      const switches: number[][] = [];
      const length = vp.out(4096);
      const address = vp.out(0);
      const status = vp.VideoPortMapBankedMemory(
        ext,
        base,
        length,
        vp.out(vp.VIDEO_MEMORY_SPACE_MEMORY),
        address,
        1024,
        1,
        (read, write, context) => switches.push([read, write, context]),
        42,
      );
      expect(status).to.equal(vp.NO_ERROR);
      const scratch = 0xc0;
      vp.VideoPortWriteRegisterUlong(address.value + 3 * 1024 + scratch, 0x1234_5678);
      expect(vp.VideoPortReadRegisterUlong(address.value + 3 * 1024 + scratch)).to.equal(0x1234_5678);
      expect(vp.VideoPortReadRegisterUlong(address.value + scratch)).to.equal(0x1234_5678);
      expect(switches).to.deep.equal([
        [3, 3, 42],
        [0, 0, 42],
      ]);
    },
    {
      chosen:
        'the page calls it obsolete and ReactOS refuses it; the linear view over banks that it documents works here',
    },
  );
  rule('VideoPortMapBankedMemory', 'keeps a bank for reading and one for writing when ReadWriteBank is 0', () => {
    const switches: number[][] = [];
    const address = vp.out(0);
    vp.VideoPortMapBankedMemory(
      ext,
      0xe000_0000n,
      vp.out(4096),
      vp.out(0),
      address,
      1024,
      0,
      (read, write) => switches.push([read, write]),
      null,
    );
    vp.VideoPortReadRegisterUlong(address.value + 1024);
    vp.VideoPortWriteRegisterUlong(address.value + 2048 + 0xc0, 1);
    vp.VideoPortReadRegisterUlong(address.value + 1024);
    expect(switches).to.deep.equal([
      [1, 0],
      [1, 2],
    ]);
  });
  rule(
    'VideoPortMapBankedMemory',
    'returns ERROR_INVALID_PARAMETER for ports, for no bank length, and where no device is',
    () => {
      const map = (address: bigint, flags: number, bank: number) =>
        vp.VideoPortMapBankedMemory(ext, address, vp.out(4096), vp.out(flags), vp.out(0), bank, 1, () => {}, null);
      expect([
        map(0xe000_0000n, vp.VIDEO_MEMORY_SPACE_IO, 1024),
        map(0xe000_0000n, 0, 0),
        map(0x1000n, 0, 1024),
      ]).to.deep.equal([87, 87, 87]);
    },
  );
  rule('VideoPortSetTrappedEmulatorPorts', 'lets a DOS box touch the visible ranges only', () => {
    device.claims = [
      { RangeStart: 0x3b0n, RangeLength: 0x30, RangeInIoSpace: 1, RangeVisible: 0, RangeShareable: 1, RangePassive: 0 },
    ];
    const range = (RangeStart: bigint, RangeVisible: number, RangeInIoSpace = 1) => ({
      RangeStart,
      RangeLength: 2,
      RangeInIoSpace,
      RangeVisible,
      RangeShareable: 0,
      RangePassive: 0,
    });
    expect(vp.VideoPortSetTrappedEmulatorPorts(ext, 2, [range(0x3c0n, 1), range(0x3c4n, 0)])).to.equal(vp.NO_ERROR);
    expect(directEmulatorPorts(device).map((port) => port.RangeStart)).to.deep.equal([0x3c0n]);
    expect(vp.VideoPortSetTrappedEmulatorPorts(ext, 1, [range(0x400n, 1)])).to.equal(vp.ERROR_INVALID_PARAMETER);
    expect(vp.VideoPortSetTrappedEmulatorPorts(ext, 1, [range(0x3c0n, 1, 0)])).to.equal(vp.ERROR_INVALID_PARAMETER);
  });
  rule(
    [
      'VideoPortMapBankedMemory',
      'VideoPortSetTrappedEmulatorPorts',
      'VideoPortIsNoVesa',
      'VideoPortGetVgaStatus',
      'VideoPortCheckForDeviceExistence',
    ],
    'are for PASSIVE_LEVEL: 0x0A above',
    () => {
      kernel.processor.irql = vp.DISPATCH_LEVEL;
      for (const call of [
        () => vp.VideoPortMapBankedMemory(ext, 0n, vp.out(1), vp.out(0), vp.out(0), 1, 1, () => {}, null),
        () => vp.VideoPortSetTrappedEmulatorPorts(ext, 0, null),
        () => vp.VideoPortIsNoVesa(),
        () => vp.VideoPortGetVgaStatus(ext, vp.out<number>()),
        () => vp.VideoPortCheckForDeviceExistence(ext, 0, 0, 0, 0, 0, 0),
      ])
        expect(crashOf(call).code).to.equal(0x0a);
    },
  );
});
