import { expect } from 'chai';
import fc from 'fast-check';
import * as vp from '../../src/videoport/index.ts';
import { reportPoolLeaks } from '../../src/videoport/pool.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const TAG = 0x3174_7354;
const TYPES = [vp.VpNonPagedPool, vp.VpPagedPool, vp.VpNonPagedPoolCacheAligned, vp.VpPagedPoolCacheAligned];
const C2 = 'bug-check-0xc2--bad-pool-caller';

describe('pool memory', () => {
  let kernel: Kernel;
  let ext: object;
  beforeEach(() => {
    kernel = createKernel();
    ext = kernel.start().extension;
  });
  const at = (irql: number, body: () => unknown) => {
    const old = kernel.processor.raise(irql);
    try {
      return body();
    } finally {
      kernel.processor.irql = old;
    }
  };

  rule('VideoPortAllocatePool', 'returns memory of each of the four types, and NULL for another one', () => {
    for (const type of TYPES) {
      const block = vp.VideoPortAllocatePool(ext, type, 100, TAG);
      expect(block % 8).to.equal(0);
      expect(vp.mem.u8(block, 100).every((byte) => byte !== 0)).to.equal(true);
    }
    expect(kernel.findings).to.deep.equal([]);
    expect(vp.VideoPortAllocatePool(ext, 2, 100, TAG)).to.equal(vp.NULL);
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
  });
  rule('VideoPortAllocatePool', 'begins CacheAligned blocks on a line of the cache, whatever their size', () => {
    for (const bytes of [1, 56, 57, 120, 1000, 2040, 2041, 5000])
      expect(vp.VideoPortAllocatePool(ext, vp.VpPagedPoolCacheAligned, bytes, TAG) % 64, String(bytes)).to.equal(0);
  });
  rule(
    'VideoPortAllocatePool, VideoPortFreePool'.split(', '),
    'hand out blocks that never overlap and keep their bytes, whatever the order of calls',
    () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.constantFrom(...TYPES), fc.boolean()), {
            maxLength: 80,
          }),
          (steps) => {
            const before = [...kernel.port.pool.live].length;
            const live: { block: number; bytes: number; fill: number }[] = [];
            const check = ({ block, bytes, fill }: (typeof live)[number]) => {
              expect(vp.mem.u8(block, bytes).every((byte) => byte === fill)).to.equal(true);
              vp.VideoPortFreePool(ext, block);
            };
            for (const [bytes, type, free] of steps) {
              if (free && live.length > 0) check(live.splice(bytes % live.length, 1)[0] as (typeof live)[number]);
              else {
                const block = vp.VideoPortAllocatePool(ext, type, bytes + 1, TAG);
                const fill = (live.length % 255) + 1;
                vp.mem.u8(block, bytes + 1).fill(fill);
                live.push({ block, bytes: bytes + 1, fill });
              }
            }
            for (const entry of live) check(entry);
            expect([...kernel.port.pool.live].length).to.equal(before);
          },
        ),
        { numRuns: 40 },
      );
      expect(kernel.findings).to.deep.equal([]);
    },
  );
  rule('VideoPortAllocatePool', 'returns NULL on exhaustion; what is freed can be had again, to the last byte', () => {
    const before = kernel.space.freeBytes;
    const held: number[] = [];
    for (;;) {
      const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 30_000, TAG);
      if (block === vp.NULL) break;
      held.push(block);
    }
    expect(held.length).to.be.above(50);
    for (const block of held) vp.VideoPortFreePool(ext, block);
    expect(kernel.space.freeBytes).to.equal(before);
    expect(kernel.log.join()).to.match(/VideoPortAllocatePool\(30000\) returns NULL/);
  });
  rule('VideoPortAllocatePool', 'may be called at DISPATCH_LEVEL for nonpaged memory', () => {
    at(vp.DISPATCH_LEVEL, () => {
      const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 64, TAG);
      vp.mem.u8(block, 64).fill(1);
      vp.VideoPortFreePool(ext, block);
    });
    expect(kernel.findings).to.deep.equal([]);
  });
  rule('VideoPortAllocatePool', 'of a paged type at DISPATCH_LEVEL is 0xC2/08 with IRQL, type and size', () => {
    const crash = crashOf(() => at(vp.DISPATCH_LEVEL, () => vp.VideoPortAllocatePool(ext, vp.VpPagedPool, 64, TAG)));
    expect([crash.code, ...crash.parameters]).to.deep.equal([0xc2, 0x08, vp.DISPATCH_LEVEL, vp.VpPagedPool, 64]);
  });
  rule('VideoPortAllocatePool', 'above DISPATCH_LEVEL is 0x0A', () => {
    expect(crashOf(() => at(5, () => vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 64, TAG))).code).to.equal(0x0a);
  });
  rule(
    'VideoPortAllocatePool',
    'of 0 bytes is 0xC4/00 under Driver Verifier',
    () => {
      const crash = crashOf(() => vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 0, TAG));
      expect([crash.code, crash.parameters[0]]).to.deep.equal([0xc4, 0]);
    },
    { page: 'bug-check-0xc4--driver-verifier-detected-violation' },
  );

  for (const bytes of [24, 3000]) {
    rule(
      'VideoPortFreePool',
      `of a block of ${bytes} bytes that was freed before is 0xC2/07 with its address`,
      () => {
        const keep = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, bytes, TAG);
        const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, bytes, TAG);
        vp.VideoPortFreePool(ext, block);
        const crash = crashOf(() => vp.VideoPortFreePool(ext, block));
        expect([crash.code, crash.parameters[0], crash.parameters[3]]).to.deep.equal([0xc2, 0x07, block]);
        vp.VideoPortFreePool(ext, keep);
      },
      { page: C2 },
    );
    rule(
      'VideoPortFreePool',
      `of an address within a block of ${bytes} bytes is 0xC2/46`,
      () => {
        const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, bytes, TAG);
        const crash = crashOf(() => vp.VideoPortFreePool(ext, block + 8));
        expect([crash.code, ...crash.parameters.slice(0, 2)]).to.deep.equal([0xc2, 0x46, block + 8]);
      },
      { page: C2 },
    );
    rule(
      'VideoPortFreePool',
      `finds bytes written beyond a block of ${bytes} bytes: 0x19/20 with block and place`,
      () => {
        const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, bytes - 1, TAG);
        kernel.space.bytes[block + bytes - 1] = 0;
        const crash = crashOf(() => vp.VideoPortFreePool(ext, block));
        expect([crash.code, ...crash.parameters.slice(0, 3)]).to.deep.equal([0x19, 0x20, block, block + bytes - 1]);
      },
      { page: 'bug-check-0x19--bad-pool-header' },
    );
  }
  rule(
    'VideoPortFreePool',
    'finds a header that a neighbour’s overrun damaged: 0x19',
    () => {
      const first = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 24, TAG);
      vp.mem.u8(first - 4, 1)[0] = 0;
      expect(crashOf(() => vp.VideoPortFreePool(ext, first)).code).to.equal(0x19);
    },
    { page: 'bug-check-0x19--bad-pool-header' },
  );
  rule(
    'VideoPortFreePool',
    'of NULL or of memory that is no pool is 0xC2/43, in the free build too',
    () => {
      const adapter = vp.VideoPortGetDmaAdapter(ext, {
        ScatterGather: false,
        Dma32BitAddresses: true,
        Dma64BitAddresses: false,
        MaximumLength: 4096,
      });
      const common = vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, vp.out<bigint>(), true);
      for (const address of [vp.NULL, common, 0xf000_0000]) {
        const crash = crashOf(() => vp.VideoPortFreePool(ext, address));
        expect([crash.code, ...crash.parameters.slice(0, 2)]).to.deep.equal([0xc2, 0x43, address]);
      }
      const free = createKernel({ verifier: false });
      const { extension } = free.start();
      expect(crashOf(() => vp.VideoPortFreePool(extension, vp.NULL)).code).to.equal(0xc2);
    },
    { page: C2 },
  );
  rule('VideoPortFreePool', 'of paged memory at DISPATCH_LEVEL is 0xC2/09', () => {
    const block = vp.VideoPortAllocatePool(ext, vp.VpPagedPool, 24, TAG);
    const crash = crashOf(() => at(vp.DISPATCH_LEVEL, () => vp.VideoPortFreePool(ext, block)));
    expect([crash.code, ...crash.parameters]).to.deep.equal([0xc2, 0x09, vp.DISPATCH_LEVEL, vp.VpPagedPool, block]);
  });
  rule(
    ['VideoPortAllocatePool', 'VideoPortZeroMemory', 'VideoPortMoveMemory', 'VideoPortCompareMemory'],
    'make touching paged memory at DISPATCH_LEVEL 0xD1 with address, IRQL and operation',
    () => {
      const block = vp.VideoPortAllocatePool(ext, vp.VpPagedPool, 64, TAG);
      for (const [touch, operation] of [
        [() => vp.VideoPortZeroMemory(block, 4), 1],
        [() => vp.VideoPortMoveMemory(block, block + 32, 4), 0],
        [() => vp.VideoPortCompareMemory(block, block, 4), 0],
        [() => vp.mem.u32(block, 1), 1],
        [() => vp.VIDEO_MODE.read(block), 0],
      ] as const) {
        const crash = crashOf(() => at(vp.DISPATCH_LEVEL, touch));
        expect([crash.code, crash.parameters[1], crash.parameters[2]]).to.deep.equal([
          0xd1,
          vp.DISPATCH_LEVEL,
          operation,
        ]);
      }
      expect(kernel.rules().every((name) => name === 'paged-access')).to.equal(true);
    },
    { page: 'bug-check-0xd1--driver-irql-not-less-or-equal' },
  );
  rule(
    'VideoPortAllocatePool',
    'gives exactly NumberOfBytes: a view beyond them, or of freed memory, is a finding',
    () => {
      const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 20, TAG);
      vp.mem.u8(block, 21);
      vp.VideoPortFreePool(ext, block);
      vp.mem.u8(block, 4);
      expect(kernel.rules()).to.deep.equal(['pool-view', 'pool-view']);
    },
    { page: 'devtest/special-pool' },
  );

  rule(['VideoPortAllocateBuffer', 'VideoPortReleaseBuffer'], 'allocate and free paged pool', () => {
    const buffer = vp.out<number>();
    expect(vp.VideoPortAllocateBuffer(ext, 1000, buffer)).to.equal(vp.NO_ERROR);
    vp.mem.u8(buffer.value, 1000).fill(7);
    expect(kernel.space.regionAt(buffer.value)?.kind).to.equal('paged-pool');
    vp.VideoPortReleaseBuffer(ext, buffer.value);
    expect(kernel.findings).to.deep.equal([]);
    expect([...kernel.port.pool.live]).to.deep.equal([]);
  });
  rule('VideoPortAllocateBuffer', 'returns ERROR_NOT_ENOUGH_MEMORY and a NULL buffer when memory is short', () => {
    const buffer = vp.out<number>(1);
    expect(vp.VideoPortAllocateBuffer(ext, 0x4000_0000, buffer)).to.equal(vp.ERROR_NOT_ENOUGH_MEMORY);
    expect(buffer.value).to.equal(vp.NULL);
  });
  rule(['VideoPortAllocateBuffer', 'VideoPortReleaseBuffer'], 'are for PASSIVE_LEVEL: 0x0A above', () => {
    const buffer = vp.out<number>();
    vp.VideoPortAllocateBuffer(ext, 10, buffer);
    expect(crashOf(() => at(vp.APC_LEVEL, () => vp.VideoPortAllocateBuffer(ext, 10, vp.out<number>()))).code).to.equal(
      0x0a,
    );
    expect(crashOf(() => at(vp.APC_LEVEL, () => vp.VideoPortReleaseBuffer(ext, buffer.value))).code).to.equal(0x0a);
  });
  rule(
    'VideoPortReleaseBuffer',
    'of a buffer that was released before is 0xC2/07',
    () => {
      const buffer = vp.out<number>();
      vp.VideoPortAllocateBuffer(ext, 10, buffer);
      vp.VideoPortReleaseBuffer(ext, buffer.value);
      const crash = crashOf(() => vp.VideoPortReleaseBuffer(ext, buffer.value));
      expect([crash.code, crash.parameters[0]]).to.deep.equal([0xc2, 0x07]);
    },
    { page: C2 },
  );
  rule(
    'VideoPortAllocatePool',
    'leaves what is never freed to the report at stop, with tag and size',
    () => {
      vp.VideoPortAllocatePool(ext, vp.VpPagedPool, 77, TAG);
      reportPoolLeaks();
      expect(kernel.findings.map((finding) => finding.message)[0]).to.match(/^77 bytes of paged pool at .* \('Tst1'\)/);
    },
    { page: 'devtest/special-pool' },
  );
});
