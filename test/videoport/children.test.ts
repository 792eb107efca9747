import { expect } from 'chai';
import { enumerateDueChildren } from '../../src/videoport/children.ts';
import * as vp from '../../src/videoport/index.ts';
import { sendRequest } from '../../src/videoport/video-request.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const PAGE = 'nc-video-pvideo_hw_get_child_descriptor';
const DESCRIPTOR = 'HwVidGetVideoChildDescriptor';

interface Child {
  readonly type: number;
  readonly uid: number;
  readonly edid?: readonly number[];
}
const monitor: Child = { type: vp.Monitor, uid: 0x10, edid: [0, 255, 255, 255, 255, 255, 255, 0] };
const television: Child = { type: vp.Other, uid: 0x20 };

/** Callbacks of a driver with these children; `asked` takes the indices. */
function withChildren(children: readonly (Child | null)[], asked: number[] = []) {
  const HwGetVideoChildDescriptor: vp.PVIDEO_HW_GET_CHILD_DESCRIPTOR = (_ext, info, type, descriptor, uid, unused) => {
    asked.push(info.ChildIndex);
    unused.value = 0;
    if (info.ChildIndex === vp.DISPLAY_ADAPTER_HW_ID) {
      type.value = vp.VideoChip;
      uid.value = vp.DISPLAY_ADAPTER_HW_ID;
      return vp.VIDEO_ENUM_MORE_DEVICES;
    }
    if (info.ChildIndex > children.length) return vp.VIDEO_ENUM_NO_MORE_DEVICES;
    const child = children[info.ChildIndex - 1];
    if (!child) return vp.VIDEO_ENUM_INVALID_DEVICE;
    type.value = child.type;
    uid.value = child.uid;
    vp.mem.u8(descriptor, info.ChildDescriptorSize).set(child.edid ?? []);
    return vp.VIDEO_ENUM_MORE_DEVICES;
  };
  return { HwGetVideoChildDescriptor };
}

describe('the enumeration of children (ddi.md §4, row 9)', () => {
  rule(
    DESCRIPTOR,
    'is asked for the adapter itself, then for 1, 2, … until VIDEO_ENUM_NO_MORE_DEVICES',
    () => {
      const kernel = createKernel();
      const asked: number[] = [];
      const device = kernel.start(withChildren([monitor, null, television], asked));
      expect(asked).to.deep.equal([vp.DISPLAY_ADAPTER_HW_ID, 1, 2, 3, 4]);
      expect(device.children.map(({ uid, type }) => [uid, type])).to.deep.equal([
        [0x10, vp.Monitor],
        [0x20, vp.Other],
      ]);
      expect([...(device.children[0]?.descriptor.slice(0, 9) ?? [])]).to.deep.equal([
        0, 255, 255, 255, 255, 255, 255, 0, 0,
      ]);
      expect(kernel.rules()).to.deep.equal([]);
    },
    { page: PAGE },
  );

  rule(
    DESCRIPTOR,
    'runs at PASSIVE_LEVEL after HwVidInitialize, with a zeroed descriptor of 256 bytes',
    () => {
      const kernel = createKernel();
      const order: string[] = [];
      kernel.start({
        HwInitialize: () => {
          order.push('HwVidInitialize');
          return true;
        },
        HwGetVideoChildDescriptor: (_ext, info, _type, descriptor) => {
          const zeros = vp.mem.u8(descriptor, info.ChildDescriptorSize).every((byte) => byte === 0);
          order.push(
            `${vp.VideoPortGetCurrentIrql()} ${info.Size} ${info.ChildDescriptorSize} ${info.ACPIHwId} ${zeros}`,
          );
          return vp.VIDEO_ENUM_NO_MORE_DEVICES;
        },
      });
      expect(order).to.deep.equal(['HwVidInitialize', '0 20 256 0 true', '0 20 256 0 true']);
    },
    { page: PAGE },
  );

  rule(
    DESCRIPTOR,
    'never saying VIDEO_ENUM_NO_MORE_DEVICES is a finding, and the port stops asking',
    () => {
      for (const answer of [vp.VIDEO_ENUM_INVALID_DEVICE, vp.VIDEO_ENUM_MORE_DEVICES]) {
        const kernel = createKernel();
        let asked = 0;
        kernel.start({
          HwGetVideoChildDescriptor: (_ext, info, type, _descriptor, uid) => {
            asked++;
            type.value = info.ChildIndex === vp.DISPLAY_ADAPTER_HW_ID ? vp.VideoChip : vp.Other;
            uid.value = info.ChildIndex;
            return answer;
          },
        });
        expect(asked).to.be.below(300);
        expect(kernel.findings.map(({ message }) => message).join()).to.match(/the enumeration never ends/);
      }
    },
    { page: PAGE },
  );

  const wrong: readonly (readonly [string, Partial<Child> & { status?: number; unused?: number }, RegExp])[] = [
    ['a return value of its own making', { status: 77 }, /returned 0x4D, which is none of/],
    ['returning nothing', { status: undefined as never }, /returned nothing/],
    ['a type that does not exist', { type: 9 }, /VideoChildType to 9/],
    ['no type', { type: undefined as never }, /VideoChildType to undefined/],
    ['no UId', { uid: undefined as never }, /UId to undefined/],
    ['a UId that another child has', { uid: 0x10 }, /UId 16, which another child has/],
    ['a pUnused that is not 0', { unused: 5 }, /pUnused to 5/],
  ];
  for (const [what, change, message] of wrong) {
    rule(
      DESCRIPTOR,
      `${what} is a finding`,
      () => {
        const kernel = createKernel();
        const { HwGetVideoChildDescriptor: good } = withChildren([monitor, television]);
        kernel.start({
          HwGetVideoChildDescriptor: (ext, info, type, descriptor, uid, unused) => {
            const status = good(ext, info, type, descriptor, uid, unused);
            if (info.ChildIndex !== 2) return status;
            if ('type' in change) type.value = change.type as number;
            if ('uid' in change) uid.value = change.uid as number;
            if ('unused' in change) unused.value = change.unused as number;
            return 'status' in change ? (change.status as number) : status;
          },
        });
        expect(kernel.rules()).to.deep.equal(['callback-contract']);
        expect(kernel.findings[0]?.message).to.match(message);
      },
      { page: PAGE },
    );
  }

  rule(
    DESCRIPTOR,
    'the adapter is a VideoChip: another type is a finding',
    () => {
      const kernel = createKernel();
      kernel.start({
        HwGetVideoChildDescriptor: (_ext, info, type) => {
          type.value = vp.Monitor;
          return info.ChildIndex === vp.DISPLAY_ADAPTER_HW_ID
            ? vp.VIDEO_ENUM_MORE_DEVICES
            : vp.VIDEO_ENUM_NO_MORE_DEVICES;
        },
      });
      expect(kernel.findings[0]?.message).to.match(/the adapter itself is a VideoChip/);
    },
    { page: PAGE },
  );

  rule(
    DESCRIPTOR,
    'writing behind pChildDescriptor is a finding',
    () => {
      const kernel = createKernel();
      const { HwGetVideoChildDescriptor: good } = withChildren([monitor]);
      kernel.start({
        HwGetVideoChildDescriptor: (ext, info, type, descriptor, uid, unused) => {
          if (info.ChildIndex === 1) vp.mem.u8(descriptor, info.ChildDescriptorSize + 1)[info.ChildDescriptorSize] = 1;
          return good(ext, info, type, descriptor, uid, unused);
        },
      });
      expect(kernel.findings[0]?.message).to.match(/wrote behind the 256 bytes/);
    },
    { page: PAGE },
  );

  rule(
    DESCRIPTOR,
    'is not called for a driver of NT 4 size',
    () => {
      const kernel = createKernel();
      const asked: number[] = [];
      kernel.start({ HwInitDataSize: vp.SIZE_OF_NT4_VIDEO_HW_INITIALIZATION_DATA, ...withChildren([monitor], asked) });
      expect(asked).to.deep.equal([]);
    },
    { page: PAGE },
  );

  rule(
    DESCRIPTOR,
    'what it throws is a bug check with its name',
    () => {
      const kernel = createKernel();
      const crash = crashOf(() =>
        kernel.start({
          HwGetVideoChildDescriptor: () => {
            throw new Error('no EDID');
          },
        }),
      );
      expect(crash.message).to.equal('HwVidGetVideoChildDescriptor threw Error: no EDID');
    },
    { page: PAGE },
  );
});

describe('VideoPortEnumerateChildren', () => {
  rule('VideoPortEnumerateChildren', 'returns NO_ERROR at once; the port asks later, at PASSIVE_LEVEL', () => {
    const kernel = createKernel();
    const children: Child[] = [monitor];
    const asked: number[] = [];
    const device = kernel.start(withChildren(children, asked));
    const kept = device.children[0];
    asked.length = 0;
    children.push(television);
    kernel.processor.raise(vp.DISPATCH_LEVEL);
    expect(vp.VideoPortEnumerateChildren(device.extension, vp.NULL)).to.equal(vp.NO_ERROR);
    kernel.processor.lower(vp.PASSIVE_LEVEL);
    expect(asked).to.deep.equal([]);
    enumerateDueChildren();
    expect(asked).to.deep.equal([vp.DISPLAY_ADAPTER_HW_ID, 1, 2, 3]);
    expect(device.children.map(({ uid }) => uid)).to.deep.equal([0x10, 0x20]);
    expect(device.children[0]).to.equal(kept);
    enumerateDueChildren();
    expect(asked.length).to.equal(4);
  });
  rule(
    'VideoPortEnumerateChildren',
    'a child that is no longer described is gone, and its device object with it',
    () => {
      const kernel = createKernel();
      const children: Child[] = [monitor, television];
      const device = kernel.start(withChildren(children));
      const gone = device.children[1]?.deviceObject ?? 0;
      children.pop();
      vp.VideoPortEnumerateChildren(device.extension, vp.NULL);
      enumerateDueChildren();
      expect(device.children.length).to.equal(1);
      expect(vp.VideoPortGetAssociatedDeviceID(gone)).to.equal(0);
      expect(kernel.rules()).to.deep.equal(['bad-argument']);
    },
  );
  rule('VideoPortEnumerateChildren', 'Reserved that is not NULL is a finding', () => {
    const kernel = createKernel();
    const device = kernel.start();
    expect(vp.VideoPortEnumerateChildren(device.extension, 4)).to.equal(vp.NO_ERROR);
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
  });
  rule(
    [
      'VideoPortEnumerateChildren',
      'VideoPortGetAssociatedDeviceExtension',
      'VideoPortGetAssociatedDeviceID',
      'VideoPortCreateSecondaryDisplay',
    ],
    'stop the machine when HwVidInterrupt calls them',
    () => {
      const calls: ((ext: object) => unknown)[] = [
        (ext) => vp.VideoPortEnumerateChildren(ext, vp.NULL),
        () => vp.VideoPortGetAssociatedDeviceExtension(0),
        () => vp.VideoPortGetAssociatedDeviceID(0),
        (ext) => vp.VideoPortCreateSecondaryDisplay(ext, vp.out(), 0),
      ];
      for (const call of calls) {
        const kernel = createKernel();
        const device = kernel.start({ HwInterrupt: (ext: object) => Boolean(call(ext)) });
        const crash = crashOf(() => kernel.processor.run('HwVidInterrupt', 5, () => device.interrupt?.service()));
        expect(crash.code).to.equal(0x0a);
        expect(crash.message).to.match(/HwVidInterrupt/);
      }
    },
  );
  rule(
    ['VideoPortEnumerateChildren', 'VideoPortCreateSecondaryDisplay'],
    'crash on an extension that is not the driver’s',
    () => {
      const kernel = createKernel();
      kernel.start();
      expect(crashOf(() => vp.VideoPortEnumerateChildren({}, vp.NULL)).code).to.equal(0x50);
      expect(crashOf(() => vp.VideoPortCreateSecondaryDisplay({}, vp.out(), 0)).code).to.equal(0x50);
    },
  );
  rule(
    'VideoPortEnumerateChildren',
    'called from within the descriptor routine, asks again afterwards and no deeper',
    () => {
      const kernel = createKernel();
      let depth = 0;
      let deepest = 0;
      const device = kernel.start({
        HwGetVideoChildDescriptor: (ext: object) => {
          deepest = Math.max(deepest, ++depth);
          if (deepest === 1) vp.VideoPortEnumerateChildren(ext, vp.NULL);
          depth--;
          return vp.VIDEO_ENUM_NO_MORE_DEVICES;
        },
      });
      expect([device.enumerationDue, deepest]).to.deep.equal([true, 1]);
      enumerateDueChildren();
      expect(deepest).to.equal(1);
    },
  );
  rule('VideoPortEnumerateChildren', 'may not be called above DISPATCH_LEVEL', () => {
    const kernel = createKernel();
    const device = kernel.start();
    kernel.processor.raise(5);
    expect(crashOf(() => vp.VideoPortEnumerateChildren(device.extension, vp.NULL)).code).to.equal(0x0a);
  });
});

describe('device objects of children', () => {
  let kernel: Kernel;
  rule('VideoPortGetAssociatedDeviceExtension', 'gives the parent’s extension for a child’s device object', () => {
    kernel = createKernel();
    const device = kernel.start(withChildren([monitor]));
    const pdo = device.children[0]?.deviceObject ?? 0;
    expect(vp.VideoPortGetAssociatedDeviceExtension(pdo)).to.equal(device.extension);
  });
  rule('VideoPortGetAssociatedDeviceID', 'gives the UId that the miniport gave to the child', () => {
    kernel = createKernel();
    const device = kernel.start(withChildren([monitor, television]));
    expect(device.children.map((child) => vp.VideoPortGetAssociatedDeviceID(child.deviceObject))).to.deep.equal([
      16, 32,
    ]);
  });
  rule(
    ['VideoPortGetAssociatedDeviceExtension', 'VideoPortGetAssociatedDeviceID'],
    'something else than a child’s device object is a finding, and gives NULL and 0',
    () => {
      kernel = createKernel();
      const device = kernel.start(withChildren([monitor]));
      for (const wrong of [vp.NULL, 0x1234_5678, device.deviceObject]) {
        expect(vp.VideoPortGetAssociatedDeviceExtension(wrong)).to.equal(null);
        expect(vp.VideoPortGetAssociatedDeviceID(wrong)).to.equal(0);
      }
      expect(new Set(kernel.rules())).to.deep.equal(new Set(['bad-argument']));
    },
  );
  it('are what IOCTL_VIDEO_ENUM_MONITOR_PDO and MONITOR_DEVICE list, monitors only, the list ending with NULL', () => {
    kernel = createKernel();
    const device = kernel.start(withChildren([television, monitor]));
    const pdo = device.children[1]?.deviceObject;
    const read = (code: number) => {
      const { output } = sendRequest(device, code, new Uint8Array(0), 64);
      const words = new Uint32Array(output.buffer);
      return Array.from({ length: words.length / 4 }, (_, i) => [words[4 * i + 1], words[4 * i + 2]]);
    };
    expect(read(vp.IOCTL_VIDEO_ENUM_MONITOR_PDO)).to.deep.equal([
      [pdo, 0x10],
      [0, 0],
    ]);
    expect(read(vp.IOCTL_VIDEO_MONITOR_DEVICE)).to.deep.equal([[pdo, 0x10]]);
    const short = sendRequest(device, vp.IOCTL_VIDEO_ENUM_MONITOR_PDO, new Uint8Array(0), 31);
    expect(short.status).to.equal(vp.STATUS_BUFFER_TOO_SMALL);
  });
});
