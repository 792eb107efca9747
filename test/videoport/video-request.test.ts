import { expect } from 'chai';
import { IOCTLS } from '../../src/ddi/ioctl.ts';
import { win32Error } from '../../src/ddi/status.ts';
import * as vp from '../../src/videoport/index.ts';
import type { VideoDevice } from '../../src/videoport/port.ts';
import { sendRequest } from '../../src/videoport/video-request.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const VRP = 'nc-video-pvideo_hw_start_io';
const OWN = vp.CTL_CODE(vp.FILE_DEVICE_VIDEO, 0x800, vp.METHOD_BUFFERED, vp.FILE_ANY_ACCESS);
const START_IO = 'HwVidStartIO';

type Serve = (packet: vp.VIDEO_REQUEST_PACKET) => unknown;

/** A device whose HwVidStartIO is `serve`; returning nothing from it means TRUE. */
function serving(serve: Serve): { kernel: Kernel; device: VideoDevice } {
  const kernel = createKernel();
  const device = kernel.start({
    HwStartIO: (_ext, packet) => {
      const returned = serve(packet);
      return (returned === undefined ? true : returned) as boolean;
    },
  });
  return { kernel, device };
}

const succeed = (packet: vp.VIDEO_REQUEST_PACKET, information = 0) => {
  packet.StatusBlock.Status = vp.NO_ERROR;
  packet.StatusBlock.Information = information;
};

describe('a video request (ddi.md §2.7)', () => {
  rule(
    START_IO,
    'input and output are one system buffer, so inputs must be read before outputs are written',
    () => {
      const { device } = serving((packet) => {
        expect(packet.InputBuffer).to.equal(packet.OutputBuffer);
        expect([...vp.mem.u8(packet.InputBuffer, 3)]).to.deep.equal([1, 2, 3]);
        vp.mem.u8(packet.OutputBuffer, 1)[0] = 9;
        expect([...vp.mem.u8(packet.InputBuffer, 3)]).to.deep.equal([9, 2, 3]);
        succeed(packet, 3);
      });
      const { output } = sendRequest(device, OWN, Uint8Array.of(1, 2, 3), 8);
      expect([...output]).to.deep.equal([9, 2, 3]);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'runs at PASSIVE_LEVEL and sees the lengths that the caller gave',
    () => {
      const seen: number[] = [];
      const { device } = serving((packet) => {
        seen.push(vp.VideoPortGetCurrentIrql(), packet.InputBufferLength, packet.OutputBufferLength);
        succeed(packet);
      });
      sendRequest(device, OWN, new Uint8Array(5), 7);
      expect(seen).to.deep.equal([0, 5, 7]);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'gets NULL for buffers when neither side has any, and touching them is bug check 0x50',
    () => {
      const { device } = serving((packet) => vp.VIDEO_MODE.read(packet.InputBuffer));
      expect(crashOf(() => sendRequest(device, OWN, new Uint8Array(0), 0)).code).to.equal(0x50);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'only Information bytes go back to the caller',
    () => {
      const { kernel, device } = serving((packet) => {
        vp.mem.u8(packet.OutputBuffer, 8).fill(7);
        succeed(packet, 3);
      });
      expect([...sendRequest(device, OWN, new Uint8Array(0), 8).output]).to.deep.equal([7, 7, 7]);
      expect(kernel.rules()).to.deep.equal([]);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'Information beyond the output buffer is a finding, and no byte beyond it goes back',
    () => {
      const { kernel, device } = serving((packet) => succeed(packet, 9));
      expect(sendRequest(device, OWN, new Uint8Array(16), 8).output.length).to.equal(8);
      expect(kernel.rules()).to.deep.equal(['callback-contract']);
      expect(kernel.findings[0]?.message).to.match(/Information to 9.*has 8 bytes/);
    },
    { page: VRP },
  );

  for (const information of [Number.NaN, -1, 1.5, '8']) {
    rule(
      START_IO,
      `Information ${String(information)} is a finding, and nothing goes back`,
      () => {
        const { kernel, device } = serving((packet) => succeed(packet, information as number));
        expect(sendRequest(device, OWN, new Uint8Array(0), 8).output.length).to.equal(0);
        expect(kernel.rules()).to.deep.equal(['callback-contract']);
      },
      { page: VRP },
    );
  }

  rule(
    START_IO,
    'a status that was never set is a finding; the caller hears that the request is not supported',
    () => {
      const { kernel, device } = serving(() => {});
      expect(sendRequest(device, OWN, new Uint8Array(0), 0).status).to.equal(vp.STATUS_NOT_IMPLEMENTED);
      expect(kernel.findings[0]?.message).to.match(/did not set StatusBlock.Status/);
    },
    { page: VRP, chosen: 'the documentation leaves the status undefined' },
  );

  rule(
    START_IO,
    'FALSE is a finding: failures belong into StatusBlock.Status',
    () => {
      const { kernel, device } = serving((packet) => {
        succeed(packet);
        return false;
      });
      sendRequest(device, OWN, new Uint8Array(0), 0);
      expect(kernel.findings[0]?.message).to.match(/returned false .* must return TRUE/);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'an unknown request is ERROR_INVALID_FUNCTION with Information 0; another Information is a finding',
    () => {
      const { kernel, device } = serving((packet) => {
        packet.StatusBlock.Status = vp.ERROR_INVALID_FUNCTION;
        packet.StatusBlock.Information = packet.OutputBufferLength;
      });
      expect(win32Error(sendRequest(device, OWN, new Uint8Array(0), 0).status)).to.equal(vp.ERROR_INVALID_FUNCTION);
      expect(kernel.rules()).to.deep.equal([]);
      expect(sendRequest(device, OWN, new Uint8Array(0), 4).output.length).to.equal(0);
      expect(kernel.rules()).to.deep.equal(['callback-contract']);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'an error brings no bytes back, a warning (ERROR_MORE_DATA) does',
    () => {
      for (const [status, bytes] of [
        [vp.ERROR_INVALID_PARAMETER, 0],
        [vp.ERROR_INSUFFICIENT_BUFFER, 0],
        [vp.ERROR_MORE_DATA, 4],
      ] as const) {
        const { device } = serving((packet) => {
          packet.StatusBlock.Status = status;
          packet.StatusBlock.Information = 4;
        });
        const result = sendRequest(device, OWN, new Uint8Array(0), 4);
        expect(win32Error(result.status)).to.equal(status);
        expect(result.output.length).to.equal(bytes);
      }
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'writing behind the system buffer is a finding',
    () => {
      const { kernel, device } = serving((packet) => {
        vp.mem.u8(packet.OutputBuffer, 9)[8] = 1;
        succeed(packet, 8);
      });
      sendRequest(device, OWN, new Uint8Array(0), 8);
      expect(kernel.findings.map((finding) => finding.message).join()).to.match(/wrote behind the 8 bytes/);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'the system buffer is gone when the request is complete: a kept pointer is a wild one',
    () => {
      let kept = 0;
      const { device } = serving((packet) => {
        kept = packet.OutputBuffer;
        succeed(packet);
      });
      sendRequest(device, OWN, new Uint8Array(4), 4);
      expect(crashOf(() => vp.mem.u8(kept, 1)).code).to.equal(0x50);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'what it throws is a bug check with its name',
    () => {
      const { device } = serving(() => {
        throw new TypeError('oops');
      });
      const crash = crashOf(() => sendRequest(device, OWN, new Uint8Array(0), 0));
      expect([crash.code, crash.message]).to.deep.equal([0x7e, 'HwVidStartIO threw TypeError: oops']);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'requests come one at a time: one that is sent meanwhile is pending and is served afterwards',
    () => {
      const order: string[] = [];
      let nested: number | undefined;
      const { device } = serving((packet) => {
        order.push(`in ${packet.IoControlCode - OWN}`);
        if (packet.IoControlCode === OWN) {
          nested = sendRequest(device, OWN + 4, Uint8Array.of(5), 1, (result) =>
            order.push(`completed with ${result.output[0]}`),
          ).status;
        }
        succeed(packet, packet.OutputBufferLength);
        order.push(`out ${packet.IoControlCode - OWN}`);
      });
      expect(sendRequest(device, OWN, new Uint8Array(0), 0).status).to.equal(vp.STATUS_SUCCESS);
      expect(nested).to.equal(vp.STATUS_PENDING);
      expect(order).to.deep.equal(['in 0', 'out 0', 'in 4', 'out 4', 'completed with 5']);
    },
    { page: VRP },
  );

  rule(
    START_IO,
    'no memory for the system buffer is STATUS_INSUFFICIENT_RESOURCES, and the miniport is not called',
    () => {
      let calls = 0;
      const { device } = serving(() => calls++);
      expect(sendRequest(device, OWN, new Uint8Array(0), 1 << 30).status).to.equal(vp.STATUS_INSUFFICIENT_RESOURCES);
      expect(calls).to.equal(0);
    },
    { page: VRP },
  );
});

describe('requests that the port answers itself (ddi.md §2.8)', () => {
  const own = [
    'ENABLE_VDM',
    'DISABLE_VDM',
    'REGISTER_VDM',
    'SET_OUTPUT_DEVICE_POWER_STATE',
    'GET_OUTPUT_DEVICE_POWER_STATE',
    'MONITOR_DEVICE',
    'ENUM_MONITOR_PDO',
    'INIT_WIN32K_CALLBACKS',
    'IS_VGA_DEVICE',
    'USE_DEVICE_IN_SESSION',
    'PREPARE_FOR_EARECOVERY',
    'QUERY_SUPPORTED_BRIGHTNESS',
    'QUERY_DISPLAY_BRIGHTNESS',
    'SET_DISPLAY_BRIGHTNESS',
  ].map((name) => `IOCTL_VIDEO_${name}`);

  it('are these fourteen; HwVidStartIO sees all other codes and none of them', () => {
    const seen: number[] = [];
    const { device } = serving((packet) => {
      seen.push(packet.IoControlCode);
      packet.StatusBlock.Status = vp.ERROR_INVALID_FUNCTION;
    });
    for (const [, code] of IOCTLS) sendRequest(device, code, new Uint8Array(32), 256);
    const expected = IOCTLS.filter(([name]) => !own.includes(name)).map(([, code]) => code);
    expect(seen).to.deep.equal(expected);
  });

  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  it('INIT_WIN32K_CALLBACKS tells the device object, no ACPI, and no DualView; short buffers are refused', () => {
    const { device } = serving(() => {});
    const code = vp.IOCTL_VIDEO_INIT_WIN32K_CALLBACKS;
    const { status, output } = sendRequest(device, code, new Uint8Array(0x14), 0x14);
    expect(status).to.equal(0);
    expect([8, 12, 16].map((at) => view(output).getUint32(at, true))).to.deep.equal([0, device.deviceObject, 0]);
    for (const [input, room] of [
      [0x13, 0x14],
      [0x14, 0x13],
    ] as const)
      expect(sendRequest(device, code, new Uint8Array(input), room).status).to.equal(vp.STATUS_BUFFER_TOO_SMALL);
  });
  it('IS_VGA_DEVICE follows the PCI class code', () => {
    const { device } = serving(() => {});
    expect([...sendRequest(device, vp.IOCTL_VIDEO_IS_VGA_DEVICE, new Uint8Array(0), 1).output]).to.deep.equal([1]);
    expect(sendRequest(device, vp.IOCTL_VIDEO_IS_VGA_DEVICE, new Uint8Array(0), 0).status).to.equal(
      vp.STATUS_BUFFER_TOO_SMALL,
    );
  });
  it('the VDM requests need what HwVidFindAdapter set: emulator entries, and the size of the hardware state', () => {
    for (const supported of [false, true]) {
      const kernel = createKernel();
      const device = kernel.start({
        HwFindAdapter: (_ext, _context, _argument, config) => {
          if (supported) Object.assign(config, { NumEmulatorAccessEntries: 1, HardwareStateSize: 0x1234 });
          return vp.NO_ERROR;
        },
      });
      const enable = sendRequest(device, vp.IOCTL_VIDEO_ENABLE_VDM, new Uint8Array(4), 0).status;
      expect(enable).to.equal(supported ? vp.STATUS_SUCCESS : vp.STATUS_NOT_IMPLEMENTED);
      const register = sendRequest(device, vp.IOCTL_VIDEO_REGISTER_VDM, new Uint8Array(0), 4);
      expect(register.output.length && view(register.output).getUint32(0, true)).to.equal(supported ? 0x1234 : 0);
      expect(sendRequest(device, vp.IOCTL_VIDEO_ENABLE_VDM, new Uint8Array(3), 0).status).to.equal(
        supported ? vp.STATUS_BUFFER_TOO_SMALL : vp.STATUS_NOT_IMPLEMENTED,
      );
    }
  });
  it('USE_DEVICE_IN_SESSION succeeds, there being one session', () => {
    const { device } = serving(() => {});
    const { output } = sendRequest(
      device,
      vp.IOCTL_VIDEO_USE_DEVICE_IN_SESSION,
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
      8,
    );
    expect([...output]).to.deep.equal([1, 0, 0, 0, 1, 0, 0, 0]);
  });
  it('the monitor requests say that there is no monitor when the driver describes none', () => {
    const { device } = serving(() => {});
    const list = sendRequest(device, vp.IOCTL_VIDEO_ENUM_MONITOR_PDO, new Uint8Array(0), 64);
    expect(list.output.length).to.equal(16);
    expect(list.output.every((byte) => byte === 0)).to.equal(true);
    for (const code of [
      vp.IOCTL_VIDEO_MONITOR_DEVICE,
      vp.IOCTL_VIDEO_GET_OUTPUT_DEVICE_POWER_STATE,
      vp.IOCTL_VIDEO_SET_OUTPUT_DEVICE_POWER_STATE,
    ])
      expect(sendRequest(device, code, new Uint8Array(4), 64).status).to.equal(vp.STATUS_DEVICE_DOES_NOT_EXIST);
  });
  it('brightness is not supported: it came with Windows Vista', () => {
    const { device } = serving(() => {});
    expect(sendRequest(device, vp.IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS, new Uint8Array(0), 3).status).to.equal(
      vp.STATUS_NOT_IMPLEMENTED,
    );
  });
  it('PREPARE_FOR_EARECOVERY calls HwVidResetHw at HIGH_LEVEL', () => {
    const kernel = createKernel();
    const seen: number[] = [];
    const device = kernel.start({
      HwResetHw: (_ext, columns, rows) => {
        seen.push(kernel.processor.irql, columns, rows);
        return true;
      },
    });
    sendRequest(device, vp.IOCTL_VIDEO_PREPARE_FOR_EARECOVERY, new Uint8Array(0), 0);
    expect(seen).to.deep.equal([vp.HIGH_LEVEL, 80, 50]);
    expect(kernel.processor.irql).to.equal(vp.PASSIVE_LEVEL);
    expect(kernel.rules()).to.deep.equal([]);
  });
});
