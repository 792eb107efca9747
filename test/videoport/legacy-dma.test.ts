import { expect } from 'chai';
import { IOCTL_VIDEO_RESET_DEVICE } from '../../src/ddi/ioctl.ts';
import type { VIDEO_REQUEST_PACKET } from '../../src/ddi/miniport.ts';
import * as vp from '../../src/videoport/index.ts';
import { reportObsoleteLeaks } from '../../src/videoport/obsolete-memory.ts';
import { sendRequest } from '../../src/videoport/video-request.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

describe('the DMA functions of Windows NT 4', () => {
  let kernel: Kernel;
  let ext: object;
  let packets: ((packet: VIDEO_REQUEST_PACKET) => void) | null = null;
  /** Sends a request whose buffers have these lengths, and runs `body` in HwVidStartIO. */
  const inRequest = (input: number, output: number, body: (packet: VIDEO_REQUEST_PACKET) => void) => {
    packets = body;
    const [device] = kernel.port.devices;
    if (device) sendRequest(device, IOCTL_VIDEO_RESET_DEVICE, new Uint8Array(input).fill(7), output);
  };
  const setUp = (verifier: boolean) => {
    kernel = createKernel({ verifier });
    ext = kernel.start({
      HwStartIO: (_ext: object, packet: VIDEO_REQUEST_PACKET) => {
        packets?.(packet);
        packet.StatusBlock.Status = vp.NO_ERROR;
        return true;
      },
    }).extension;
  };
  beforeEach(() => setUp(true));

  rule(
    'VideoPortLockPages',
    'locks the input buffer and writes its physical ranges into the output buffer',
    () => {
      inRequest(3 * 4096, 3 * 4096, (packet) => {
        expect(vp.VideoPortLockPages(ext, packet, null, null, vp.VideoPortDmaInitOnly)).to.equal(true);
        const view = new DataView(kernel.space.buffer, packet.OutputBuffer);
        const count = view.getUint32(0, true);
        let at = packet.InputBuffer;
        for (let i = 0; i < count; i++) {
          expect(view.getBigUint64(8 + 16 * i, true)).to.equal(kernel.space.physical(at));
          at += view.getUint32(16 + 16 * i, true);
        }
        expect(at).to.equal(packet.InputBuffer + 3 * 4096);
        expect([...kernel.port.locked.live].length).to.equal(1);
        expect(vp.VideoPortUnlockPages(ext, vp.VideoPortGetMdl(ext, packet.OutputBuffer))).to.equal(true);
        expect([...kernel.port.locked.live].length).to.equal(0);
      });
      expect(kernel.findings).to.deep.equal([]);
    },
    {
      chosen:
        'the page promises a scatter/gather list; its form is VP_SCATTER_GATHER_LIST as C lays it out, and its address is the PDMA',
    },
  );
  rule(
    'VideoPortLockPages',
    'returns FALSE for other DmaFlags, without an input buffer, and without room for the list',
    () => {
      inRequest(100, 100, (packet) => {
        for (const flags of [vp.VideoPortUnlockAfterDma, vp.VideoPortKeepPagesLocked])
          expect(vp.VideoPortLockPages(ext, packet, null, null, flags)).to.equal(false);
      });
      inRequest(0, 100, (packet) => {
        expect(vp.VideoPortLockPages(ext, packet, null, null, vp.VideoPortDmaInitOnly)).to.equal(false);
      });
      inRequest(100, 23, (packet) => {
        expect(vp.VideoPortLockPages(ext, packet, null, null, vp.VideoPortDmaInitOnly)).to.equal(false);
      });
      expect([...kernel.port.locked.live]).to.deep.equal([]);
    },
  );
  rule(['VideoPortLockPages', 'VideoPortUnlockPages'], 'may not be called from a DPC', () => {
    const packet = {
      InputBuffer: 0,
      InputBufferLength: 0,
      OutputBuffer: 0,
      OutputBufferLength: 0,
    } as VIDEO_REQUEST_PACKET;
    for (const call of [
      () => vp.VideoPortLockPages(ext, packet, null, null, vp.VideoPortDmaInitOnly),
      () => vp.VideoPortUnlockPages(ext, 0),
    ])
      expect(crashOf(() => kernel.processor.run('HwVidDpcRoutine', vp.DISPATCH_LEVEL, call)).code).to.equal(0x0a);
  });
  rule('VideoPortUnlockPages', 'always returns TRUE', () => {
    kernel = createKernel({ verifier: false });
    const other = kernel.start().extension;
    const packet = vp.VideoPortAllocatePool(other, vp.VpPagedPool, 4096, 1);
    const request = {
      IoControlCode: 0,
      StatusBlock: { Status: 0, Information: 0 },
      InputBuffer: packet,
      InputBufferLength: 64,
      OutputBuffer: packet,
      OutputBufferLength: 4096,
    };
    expect(vp.VideoPortLockPages(other, request, null, null, vp.VideoPortDmaInitOnly)).to.equal(true);
    expect(vp.VideoPortUnlockPages(other, packet)).to.equal(true);
  });
  rule('VideoPortUnlockPages', 'outside of HwVidStartIO is a finding, as is what a request leaves locked', () => {
    let list = 0;
    inRequest(10, 100, (packet) => {
      list = packet.OutputBuffer;
      vp.VideoPortLockPages(ext, packet, null, null, vp.VideoPortDmaInitOnly);
    });
    expect(vp.VideoPortUnlockPages(ext, list)).to.equal(true);
    expect(kernel.rules()).to.deep.equal(['locked-pages', 'call-context']);
  });

  const constants: readonly [string, () => unknown, unknown][] = [
    ['VideoPortDoDma', () => vp.VideoPortDoDma(ext, 1, vp.VideoPortUnlockAfterDma), vp.NULL],
    [
      'VideoPortMapDmaMemory',
      () => vp.VideoPortMapDmaMemory(ext, null, 0n, vp.out(1), vp.out(0), 0, 0, vp.out(0)),
      vp.NULL,
    ],
    ['VideoPortUnmapDmaMemory', () => vp.VideoPortUnmapDmaMemory(ext, 0, 0, 0), false],
    ['VideoPortGetDmaContext', () => vp.VideoPortGetDmaContext(ext, 1), vp.NULL],
    ['VideoPortSignalDmaComplete', () => vp.VideoPortSignalDmaComplete(ext, 1), false],
    ['VideoPortAssociateEventsWithDmaHandle', () => vp.VideoPortAssociateEventsWithDmaHandle(ext, null, 0, 0), vp.NULL],
    ['VideoPortGetBytesUsed', () => vp.VideoPortGetBytesUsed(ext, 1), 0],
  ];
  for (const [name, call, value] of constants) {
    rule(
      name,
      `always returns ${value === vp.NULL && name !== 'VideoPortGetBytesUsed' ? 'NULL' : String(value).toUpperCase()}`,
      () => {
        expect(call()).to.equal(value);
        kernel.processor.run('HwVidDpcRoutine', vp.DISPATCH_LEVEL, () => expect(call()).to.equal(value));
        expect(kernel.findings).to.deep.equal([]);
      },
    );
  }
  rule('VideoPortGetMdl', 'returns its pDma', () => {
    expect([1, 0xc000_0040].map((dma) => vp.VideoPortGetMdl(ext, dma))).to.deep.equal([1, 0xc000_0040]);
  });
  rule('VideoPortSetDmaContext', 'has no effect: VideoPortGetDmaContext still returns NULL', () => {
    vp.VideoPortSetDmaContext(ext, 1, 0x1234);
    expect(vp.VideoPortGetDmaContext(ext, 1)).to.equal(vp.NULL);
  });
  rule('VideoPortSetBytesUsed', 'has no effect: VideoPortGetBytesUsed still returns 0', () => {
    vp.VideoPortSetBytesUsed(ext, 1, 100);
    expect(vp.VideoPortGetBytesUsed(ext, 1)).to.equal(0);
  });

  const get = (length: number) => {
    const logical = vp.out<bigint>();
    const actual = vp.out<number>();
    return { virtual: vp.VideoPortGetCommonBuffer(ext, length, 4096, logical, actual, true), logical, actual };
  };
  rule(
    ['VideoPortGetCommonBuffer', 'VideoPortFreeCommonBuffer'],
    'allocate without an adapter: the device finds the bytes at the logical address below 4 GiB',
    () => {
      const { virtual, logical, actual } = get(5000);
      expect(actual.value).to.equal(5000);
      expect(kernel.iommu.translate(Number(logical.value) + 4999)?.ram).to.equal(virtual + 4999);
      vp.VideoPortFreeCommonBuffer(ext, 5000, virtual, logical.value, true);
      expect(kernel.iommu.translate(Number(logical.value))).to.equal(null);
      reportObsoleteLeaks();
      expect(kernel.findings).to.deep.equal([]);
    },
  );
  rule(
    'VideoPortGetCommonBuffer',
    'returns NULL and an actual length of 0 beyond 256 KiB, and for 0 bytes',
    () => {
      for (const length of [0, -1, 1.5, Number.NaN, 256 * 1024 + 1]) {
        const { virtual, actual } = get(length);
        expect([virtual, actual.value]).to.deep.equal([vp.NULL, 0]);
      }
      expect(get(256 * 1024).virtual).not.to.equal(vp.NULL);
    },
    { chosen: 'the page names no limit; ReactOS stops at 256 KiB, and the implicit adapter must have one' },
  );
  rule(
    'VideoPortFreeCommonBuffer',
    'with the addresses in the order of VideoPortReleaseCommonBuffer is 0xE6/03',
    () => {
      const { virtual, logical } = get(100);
      expect(
        crashOf(() => vp.VideoPortFreeCommonBuffer(ext, 100, Number(logical.value), BigInt(virtual), true))
          .parameters[0],
      ).to.equal(3);
    },
  );
  rule(['VideoPortGetCommonBuffer', 'VideoPortFreeCommonBuffer'], 'above PASSIVE_LEVEL are 0xE6/13', () => {
    const { virtual, logical } = get(100);
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    for (const call of [() => get(100), () => vp.VideoPortFreeCommonBuffer(ext, 100, virtual, logical.value, true)])
      expect(crashOf(call).parameters[0]).to.equal(0x13);
  });
  rule('VideoPortGetCommonBuffer', 'leaves what is never freed to the report at stop', () => {
    get(100);
    reportObsoleteLeaks();
    expect(kernel.rules()).to.deep.equal(['leak']);
  });

  rule(
    'VideoPortAllocateContiguousMemory',
    'gives frames in a row, the last byte not above the highest address',
    () => {
      const highest = 0x0020_0000n + 4095n;
      const block = vp.VideoPortAllocateContiguousMemory(ext, 5 * 4096, highest);
      const first = kernel.space.physical(block) as bigint;
      for (let i = 0; i < 5; i++) expect(kernel.space.physical(block + i * 4096)).to.equal(first + BigInt(i * 4096));
      expect(first + 5n * 4096n - 1n <= highest).to.equal(true);
      expect(Number(first)).not.to.equal(block);
      vp.mem.u8(block, 5 * 4096).fill(1);
      expect(kernel.findings).to.deep.equal([]);
    },
  );
  rule('VideoPortAllocateContiguousMemory', 'returns NULL when there is no such memory', () => {
    expect(vp.VideoPortAllocateContiguousMemory(ext, 4096, 4095n)).to.equal(vp.NULL);
    expect(vp.VideoPortAllocateContiguousMemory(ext, 0, 0xffff_ffffn)).to.equal(vp.NULL);
    expect(vp.VideoPortAllocateContiguousMemory(ext, 0x4000_0000, 0xffff_ffffn)).to.equal(vp.NULL);
  });
  rule('VideoPortAllocateContiguousMemory', 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => vp.VideoPortAllocateContiguousMemory(ext, 4096, 0xffff_ffffn)).code).to.equal(0x0a);
  });
});
