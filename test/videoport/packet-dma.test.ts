import { expect } from 'chai';
import fc from 'fast-check';
import type { VP_SCATTER_GATHER_LIST } from '../../src/ddi/dma.ts';
import type { VP_DEVICE_DESCRIPTION } from '../../src/ddi/miniport.ts';
import { DIRQL } from '../../src/hal/processor.ts';
import * as vp from '../../src/videoport/index.ts';
import { reportPacketDmaLeaks } from '../../src/videoport/packet-dma.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const PAGE = vp.PAGE_SIZE;
const E6 = 'bug-check-0xe6--driver-verifier-dma-violation';
const LOCK = 'VideoPortLockBuffer';
const UNLOCK = 'VideoPortUnlockBuffer';
const START = 'VideoPortStartDma';
const COMPLETE = 'VideoPortCompleteDma';
const BYTES = 20 * PAGE;

describe('packet DMA', () => {
  let kernel: Kernel;
  let ext: object;
  let buffer: number;
  const setUp = (verifier = true, apertureBytes?: number) => {
    kernel = createKernel({ verifier, ...(apertureBytes ? { apertureBytes } : {}) });
    ext = kernel.start().extension;
    buffer = vp.VideoPortAllocatePool(ext, vp.VpPagedPool, BYTES, 1);
  };
  beforeEach(() => setUp());
  const adapterFor = (ScatterGather: boolean, more: Partial<VP_DEVICE_DESCRIPTION> = {}) =>
    vp.VideoPortGetDmaAdapter(ext, {
      ScatterGather,
      Dma32BitAddresses: true,
      Dma64BitAddresses: false,
      MaximumLength: 4 * PAGE,
      ...more,
    });
  /** Starts a transfer; gives the list, and what the callback saw. */
  const start = (adapter: number, mdl: number, offset: number, length: number, write = true) => {
    const bytes = vp.out<number>(length);
    const calls: { list: VP_SCATTER_GATHER_LIST; irql: number; length: number; context: unknown }[] = [];
    const status = vp.VideoPortStartDma(
      ext,
      adapter,
      mdl,
      offset,
      bytes,
      (_ext: object, _adapter, list, context) => {
        calls.push({ list, irql: vp.VideoPortGetCurrentIrql(), length: bytes.value, context });
      },
      'context',
      write,
    );
    return { status, length: bytes.value, seen: calls[0] as (typeof calls)[number] };
  };
  /** The bytes that the device finds behind a list. */
  const deviceBytes = (list: VP_SCATTER_GATHER_LIST): number[] =>
    list.Elements.flatMap(({ Address, Length }) =>
      Array.from({ length: Length }, (_, i) => {
        const place = kernel.iommu.translate(Number(Address) + i);
        if (!place) throw new Error(`${Number(Address) + i} is not mapped`);
        return kernel.space.bytes[place.ram] as number;
      }),
    );

  rule(LOCK, 'gives an opaque handle for each kind of access, and locks memory of any kind', () => {
    for (const operation of [vp.VpReadAccess, vp.VpWriteAccess, vp.VpModifyAccess]) {
      const mdl = vp.VideoPortLockBuffer(ext, buffer + 100, 5000, operation);
      expect(crashOf(() => vp.mem.u8(mdl, 1)).code).to.equal(0x50);
      vp.VideoPortUnlockBuffer(ext, mdl);
    }
    expect(kernel.findings).to.deep.equal([]);
  });
  rule(LOCK, 'returns NULL for 0 bytes and for an operation that there is not', () => {
    expect(vp.VideoPortLockBuffer(ext, buffer, 0, vp.VpReadAccess)).to.equal(vp.NULL);
    expect(vp.VideoPortLockBuffer(ext, buffer, 10, 3)).to.equal(vp.NULL);
    expect(kernel.rules()).to.deep.equal(['bad-argument', 'bad-argument']);
  });
  rule(
    LOCK,
    'probes all of the range: a page fault names the first address that is not mapped',
    () => {
      const lone = kernel.space.map('system', PAGE)?.base ?? 0;
      const crash = crashOf(() => vp.VideoPortLockBuffer(ext, lone, 3 * PAGE, vp.VpReadAccess));
      expect([crash.code, crash.parameters[0]]).to.deep.equal([0x50, lone + PAGE]);
    },
    {
      chosen:
        'MmProbeAndLockPages raises an exception for such memory; nobody handles it, so it is a page fault and not NULL',
    },
  );
  rule(LOCK, 'makes paged memory resident: it may be touched at DISPATCH_LEVEL until it is unlocked', () => {
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpModifyAccess);
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    vp.VideoPortZeroMemory(buffer, BYTES);
    vp.VideoPortUnlockBuffer(ext, mdl);
    expect(crashOf(() => vp.VideoPortZeroMemory(buffer, BYTES)).code).to.equal(0xd1);
  });
  rule(LOCK, 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => vp.VideoPortLockBuffer(ext, buffer, 1, vp.VpReadAccess)).code).to.equal(0x0a);
  });
  rule(
    [LOCK, 'VideoPortFreePool', 'VideoPortReleaseCommonBuffer'],
    'make freeing locked memory 0x4E/9A',
    () => {
      for (const verifier of [true, false]) {
        setUp(verifier);
        vp.VideoPortLockBuffer(ext, buffer + PAGE, 10, vp.VpReadAccess);
        const crash = crashOf(() => vp.VideoPortFreePool(ext, buffer));
        expect([crash.code, crash.parameters[0]]).to.deep.equal([0x4e, 0x9a]);
      }
      const adapter = adapterFor(false);
      const logical = vp.out<bigint>();
      const common = vp.VideoPortAllocateCommonBuffer(ext, adapter, PAGE, logical, true);
      vp.VideoPortLockBuffer(ext, common, 10, vp.VpReadAccess);
      const crash = crashOf(() => vp.VideoPortReleaseCommonBuffer(ext, adapter, PAGE, logical.value, common, true));
      expect([crash.code, crash.parameters[0]]).to.deep.equal([0x4e, 0x9a]);
    },
    { page: 'bug-check-0x4e--pfn-list-corrupt' },
  );
  rule(
    UNLOCK,
    'twice is 0x4E/07, with the verifier and without',
    () => {
      for (const verifier of [true, false]) {
        setUp(verifier);
        const mdl = vp.VideoPortLockBuffer(ext, buffer, 10, vp.VpReadAccess);
        vp.VideoPortUnlockBuffer(ext, mdl);
        const crash = crashOf(() => vp.VideoPortUnlockBuffer(ext, mdl));
        expect([crash.code, crash.parameters[0]]).to.deep.equal([0x4e, 0x07]);
      }
    },
    { page: 'bug-check-0x4e--pfn-list-corrupt' },
  );
  rule(UNLOCK, 'may be called at DISPATCH_LEVEL, and not above', () => {
    const mdl = vp.VideoPortLockBuffer(ext, buffer, 10, vp.VpReadAccess);
    kernel.processor.irql = DIRQL;
    expect(crashOf(() => vp.VideoPortUnlockBuffer(ext, mdl)).code).to.equal(0x0a);
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    vp.VideoPortUnlockBuffer(ext, mdl);
    expect(kernel.rules()).to.deep.equal(['irql']);
  });
  rule(
    UNLOCK,
    'before the transfer is completed is 0xE6/0E: the device would use unlocked memory',
    () => {
      const mdl = vp.VideoPortLockBuffer(ext, buffer, PAGE, vp.VpReadAccess);
      start(adapterFor(true), mdl, 0, PAGE);
      const crash = crashOf(() => vp.VideoPortUnlockBuffer(ext, mdl));
      expect([crash.code, crash.parameters[0]]).to.deep.equal([0xe6, 0x0e]);
    },
    { page: E6 },
  );

  for (const scatterGather of [true, false]) {
    const kind = scatterGather ? 'for a device with scatter/gather' : 'for a device without';
    rule(START, `maps the very bytes of the buffer, in order, ${kind}`, () => {
      fc.assert(
        fc.property(fc.nat(BYTES - 1), fc.integer({ min: 1, max: 2 * PAGE }), (offset, wanted) => {
          const length = Math.min(wanted, BYTES - offset);
          const bytes = vp.mem.u8(buffer, BYTES);
          for (let i = 0; i < BYTES; i += 61) bytes[i] = (i * 7 + offset) & 0xff;
          const adapter = adapterFor(scatterGather);
          const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpModifyAccess);
          const { status, seen } = start(adapter, mdl, offset, length);
          expect(status).to.equal(vp.NO_ERROR);
          expect(seen.length).to.equal(length);
          expect(deviceBytes(seen.list)).to.deep.equal([...bytes.slice(offset, offset + length)]);
          expect(vp.VideoPortCompleteDma(ext, adapter, seen.list, true)).to.equal(vp.NO_ERROR);
          vp.VideoPortUnlockBuffer(ext, mdl);
          vp.VideoPortPutDmaAdapter(ext, adapter);
        }),
        { numRuns: 25 },
      );
      expect(kernel.findings).to.deep.equal([]);
    });
  }
  rule(
    START,
    'gives one element for each run of consecutive frames, none contiguous with the next',
    () => {
      const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
      const { seen } = start(adapterFor(true), mdl, 100, 4 * PAGE);
      const frames = [...kernel.space.framesAt(buffer + 100, 4 * PAGE)];
      const runs = frames.filter((frame, i) => i === 0 || frame !== (frames[i - 1] as number) + 1).length;
      const { Elements, NumberOfElements } = seen.list;
      expect([NumberOfElements, Elements.length]).to.deep.equal([runs, runs]);
      expect(runs).to.be.above(1);
      for (const [i, { Address, Length }] of Elements.entries())
        expect(Elements[i + 1]?.Address).not.to.equal(Address + BigInt(Length));
    },
    { page: 'ns-video-_vp_scatter_gather_list' },
  );
  rule(
    START,
    'gives exactly one element to a device without scatter/gather',
    () => {
      const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
      expect(start(adapterFor(false), mdl, 100, 4 * PAGE).seen.list.NumberOfElements).to.equal(1);
    },
    { page: 'nc-video-pexecute_dma' },
  );
  rule(START, 'calls HwVidExecuteDma at DISPATCH_LEVEL with its context, *pLength being updated before', () => {
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
    const { seen, length } = start(adapterFor(true), mdl, 0, BYTES);
    expect(seen).to.include({ irql: vp.DISPATCH_LEVEL, length, context: 'context' });
    expect(length).to.be.below(BYTES);
    expect(vp.VideoPortGetCurrentIrql()).to.equal(vp.PASSIVE_LEVEL);
  });
  rule([START, COMPLETE], 'transfer a buffer larger than the map registers piece by piece', () => {
    const adapter = adapterFor(true);
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
    const view = vp.mem.u32(buffer, BYTES / 4);
    for (let i = 0; i < view.length; i++) view[i] = i;
    const got: number[] = [];
    let pieces = 0;
    while (got.length < BYTES) {
      const { seen, length } = start(adapter, mdl, got.length, BYTES - got.length);
      got.push(...deviceBytes(seen.list));
      expect(length).to.be.at.most(5 * PAGE);
      vp.VideoPortCompleteDma(ext, adapter, seen.list, true);
      pieces++;
    }
    expect(pieces).to.equal(4);
    expect(got).to.deep.equal([...vp.mem.u8(buffer, BYTES)]);
  });
  rule(START, 'returns ERROR_NOT_ENOUGH_MEMORY when all map registers are in use, and calls nobody', () => {
    const adapter = adapterFor(false);
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
    const first = start(adapter, mdl, 0, BYTES);
    const second = start(adapter, mdl, first.length, PAGE);
    expect([second.status, second.seen]).to.deep.equal([vp.ERROR_NOT_ENOUGH_MEMORY, undefined]);
    vp.VideoPortCompleteDma(ext, adapter, first.seen.list, true);
    expect(start(adapter, mdl, first.length, PAGE).status).to.equal(vp.NO_ERROR);
  });
  rule(START, 'returns ERROR_NOT_ENOUGH_MEMORY when the device can see no more, and maps nothing then', () => {
    setUp(true, 3 * PAGE);
    const adapter = adapterFor(true);
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
    expect(start(adapter, mdl, 0, 4 * PAGE).status).to.equal(vp.ERROR_NOT_ENOUGH_MEMORY);
    expect(start(adapter, mdl, 0, 3 * PAGE).status).to.equal(vp.NO_ERROR);
  });
  rule(START, 'lets the device read only what it is told to read: WriteToDevice TRUE maps read-only', () => {
    const adapter = adapterFor(true);
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpModifyAccess);
    const element = (write: boolean) => start(adapter, mdl, 0, 10, write).seen.list.Elements[0];
    expect(kernel.iommu.translate(Number(element(true)?.Address))?.writable).to.equal(false);
    expect(kernel.iommu.translate(Number(element(false)?.Address))?.writable).to.equal(true);
  });
  rule(
    START,
    'in a direction for which the buffer was not locked is a finding',
    () => {
      const mdl = vp.VideoPortLockBuffer(ext, buffer, PAGE, vp.VpReadAccess);
      start(adapterFor(true), mdl, 0, PAGE, false);
      expect(kernel.rules()).to.deep.equal(['dma-direction']);
    },
    { page: 'devtest/dma-verification' },
  );
  const misuses: readonly [string, number, (mdl: number) => unknown][] = [
    ['of 0 bytes is 0xE6/21', 0x21, (mdl) => start(adapterFor(true), mdl, 0, 0)],
    ['of more bytes than are locked is 0xE6/24', 0x24, (mdl) => start(adapterFor(true), mdl, 10, BYTES)],
    ['of memory that is not locked is 0xE6/0E', 0x0e, () => start(adapterFor(true), buffer, 0, 10)],
    ['on a NULL adapter is 0xE6/19', 0x19, (mdl) => start(vp.NULL, mdl, 0, 10)],
  ];
  for (const [sentence, subcode, misuse] of misuses) {
    rule(
      START,
      sentence,
      () => {
        const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
        const crash = crashOf(() => misuse(mdl));
        expect([crash.code, crash.parameters[0]]).to.deep.equal([0xe6, subcode]);
      },
      { page: E6 },
    );
  }
  rule(START, 'with an Offset or a length that is no ULONG is a finding, and maps nothing', () => {
    const adapter = adapterFor(true);
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
    for (const [offset, length] of [
      [-4, 10],
      [Number.NaN, 10],
      [0, 1.5],
    ] as const)
      expect(start(adapter, mdl, offset, length)).to.include({ status: vp.ERROR_NOT_ENOUGH_MEMORY, seen: undefined });
    expect(new Set(kernel.rules())).to.deep.equal(new Set(['bad-argument']));
  });
  rule([START, COMPLETE], 'may be called at DISPATCH_LEVEL; above it is 0xE6/13', () => {
    const adapter = adapterFor(true);
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    const { seen } = start(adapter, mdl, 0, 10);
    kernel.processor.irql = DIRQL;
    for (const call of [
      () => start(adapter, mdl, 0, 10),
      () => vp.VideoPortCompleteDma(ext, adapter, seen.list, true),
    ]) {
      const crash = crashOf(call);
      expect([crash.code, ...crash.parameters]).to.deep.equal([0xe6, 0x13, 2, vp.DISPATCH_LEVEL, DIRQL]);
    }
  });
  rule(COMPLETE, 'takes the logical addresses away and empties the list', () => {
    const adapter = adapterFor(true);
    const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
    const { list } = start(adapter, mdl, 0, PAGE).seen;
    const address = Number(list.Elements[0]?.Address);
    expect(vp.VideoPortCompleteDma(ext, adapter, list, true)).to.equal(vp.NO_ERROR);
    expect(kernel.iommu.translate(address)).to.equal(null);
    expect(list).to.deep.equal({ NumberOfElements: 0, Reserved: 0, Elements: [] });
  });
  rule(
    COMPLETE,
    'of a list that was completed before is 0xE6/06 with the counts; without a verifier NO_ERROR',
    () => {
      for (const verifier of [true, false]) {
        setUp(verifier);
        const adapter = adapterFor(true);
        const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
        const { list } = start(adapter, mdl, 0, PAGE).seen;
        vp.VideoPortCompleteDma(ext, adapter, list, true);
        const again = () => vp.VideoPortCompleteDma(ext, adapter, list, true);
        if (verifier) {
          const crash = crashOf(again);
          expect([crash.code, ...crash.parameters]).to.deep.equal([0xe6, 0x06, 1, 2, 0]);
        } else expect(again()).to.equal(vp.NO_ERROR);
      }
    },
    { page: E6 },
  );
  rule(
    COMPLETE,
    'in another direction than the transfer’s is a finding',
    () => {
      const adapter = adapterFor(true);
      const mdl = vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess);
      expect(vp.VideoPortCompleteDma(ext, adapter, start(adapter, mdl, 0, PAGE).seen.list, false)).to.equal(
        vp.NO_ERROR,
      );
      expect(kernel.rules()).to.deep.equal(['dma-direction']);
    },
    { page: 'devtest/dma-verification' },
  );
  rule(
    'VideoPortPutDmaAdapter',
    'with a list that is not completed is 0xE6/0A',
    () => {
      const adapter = adapterFor(true);
      start(adapter, vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess), 0, PAGE);
      const crash = crashOf(() => vp.VideoPortPutDmaAdapter(ext, adapter));
      expect([crash.code, ...crash.parameters]).to.deep.equal([0xe6, 0x0a, adapter, 1, 0]);
    },
    { page: E6 },
  );
  rule(
    [LOCK, START],
    'leave what is never undone to the report at stop: a leak, and 0xCB for locked pages',
    () => {
      start(adapterFor(true), vp.VideoPortLockBuffer(ext, buffer, BYTES, vp.VpReadAccess), 0, PAGE);
      reportPacketDmaLeaks();
      expect(kernel.findings.map((finding) => finding.code)).to.deep.equal(['leak', '0xCB']);
    },
    { page: 'bug-check-0xcb--driver-left-locked-pages-in-process' },
  );
});
