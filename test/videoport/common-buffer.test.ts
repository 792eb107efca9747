import { expect } from 'chai';
import fc from 'fast-check';
import type { VP_DEVICE_DESCRIPTION } from '../../src/ddi/miniport.ts';
import { hex } from '../../src/memory/address-space.ts';
import { reportLeaks } from '../../src/videoport/common-buffer.ts';
import * as vp from '../../src/videoport/index.ts';
import type { VideoDevice } from '../../src/videoport/port.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const E6 = 0xe6;
const reach32: VP_DEVICE_DESCRIPTION = {
  ScatterGather: false,
  Dma32BitAddresses: true,
  Dma64BitAddresses: false,
  MaximumLength: 1024 * 1024,
};

describe('VideoPortGetDmaAdapter (nf-video-videoportgetdmaadapter)', () => {
  let kernel: Kernel;
  let ext: object;
  beforeEach(() => {
    kernel = createKernel();
    ext = kernel.start().extension;
  });

  const logicalFor = (description: Partial<VP_DEVICE_DESCRIPTION>): bigint => {
    const adapter = vp.VideoPortGetDmaAdapter(ext, {
      ScatterGather: false,
      Dma32BitAddresses: false,
      Dma64BitAddresses: false,
      MaximumLength: 65536,
      ...description,
    });
    expect(adapter).not.to.equal(vp.NULL);
    const logical = vp.out<bigint>();
    expect(vp.VideoPortAllocateCommonBuffer(ext, adapter, 65536, logical, false, vp.NULL)).not.to.equal(vp.NULL);
    return logical.value;
  };

  rule('VideoPortGetDmaAdapter', 'reaches 16 MiB when no flag is set', () => {
    expect(Number(logicalFor({}))).to.be.below(16 * 1024 * 1024 - 65536 + 1);
  });
  rule('VideoPortGetDmaAdapter', 'reaches 4 GiB, and no less, with Dma32BitAddresses', () => {
    const logical = Number(logicalFor({ Dma32BitAddresses: true }));
    expect(logical).to.be.within(16 * 1024 * 1024, 2 ** 32 - 65536);
  });
  rule(
    'VideoPortGetDmaAdapter',
    'assumes 32-bit reach for ScatterGather on PCI, whatever Dma32BitAddresses says (DEVICE_DESCRIPTION)',
    () => {
      expect(Number(logicalFor({ ScatterGather: true }))).to.be.within(16 * 1024 * 1024, 2 ** 32 - 65536);
    },
  );
  rule(
    'VideoPortGetDmaAdapter',
    'gives Dma64BitAddresses addresses above 4 GiB, so a truncated one is found out; the other flags are ignored',
    () => {
      expect(
        Number(logicalFor({ Dma64BitAddresses: true, Dma32BitAddresses: true, ScatterGather: true })),
      ).to.be.at.least(2 ** 32);
    },
  );
  rule('VideoPortGetDmaAdapter', 'refuses a MaximumLength that is no ULONG with NULL and a finding', () => {
    expect(vp.VideoPortGetDmaAdapter(ext, { ...reach32, MaximumLength: -1 })).to.equal(vp.NULL);
    expect(kernel.rules()).to.deep.equal(['bad-argument']);
  });
});

for (const verifier of [true, false]) {
  const build = verifier ? '' : ', in the free build';
  describe(`VideoPortAllocateCommonBuffer (nf-video-videoportallocatecommonbuffer), verifier ${verifier ? 'on' : 'off'}`, () => {
    let kernel: Kernel;
    let ext: object;
    let adapter: number;
    beforeEach(() => {
      kernel = createKernel({ verifier });
      ext = kernel.start().extension;
      adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
    });

    rule(
      'VideoPortAllocateCommonBuffer',
      `returns memory whose virtual, physical and logical addresses all differ${build}`,
      () => {
        const logical = vp.out<bigint>();
        const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 8192, logical, true, vp.NULL);
        const physical = kernel.space.physical(virtual);
        expect(new Set([BigInt(virtual), physical, logical.value]).size).to.equal(3);
      },
    );
    rule(
      'VideoPortAllocateCommonBuffer',
      `maps the logical range, and nothing beside it, to the very bytes that the processor sees${build}`,
      () => {
        const logical = vp.out<bigint>();
        const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 3 * 4096, logical, true, vp.NULL);
        for (const offset of [0, 4095, 4096, 3 * 4096 - 1]) {
          expect(kernel.iommu.translate(Number(logical.value) + offset)?.ram).to.equal(virtual + offset);
        }
        expect(kernel.iommu.translate(Number(logical.value) - 1)).to.equal(null);
        expect(kernel.iommu.translate(Number(logical.value) + 3 * 4096)).to.equal(null);
      },
    );
    it(`gives the next buffer other logical addresses than the one just released, while there are any${build}`, () => {
      const logical = vp.out<bigint>();
      const addressOf = (bytes: number) => {
        const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, bytes, logical, true, vp.NULL);
        expect(virtual).not.to.equal(vp.NULL);
        const { value } = logical;
        vp.VideoPortReleaseCommonBuffer(ext, adapter, bytes, value, virtual, true);
        return value;
      };
      const small = Array.from({ length: 8 }, () => addressOf(4096));
      expect(new Set(small).size).to.equal(8);
      for (let i = 0; i < 200; i++) addressOf(1024 * 1024);
    });
    rule(
      'VideoPortAllocateCommonBuffer',
      `scatters the physical frames of a buffer that is contiguous for processor and device${build}`,
      () => {
        const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 64 * 4096, vp.out<bigint>(), true, vp.NULL);
        const consecutive = Array.from(
          { length: 63 },
          (_, i) =>
            (kernel.space.physical(virtual + (i + 1) * 4096) ?? 0n) - (kernel.space.physical(virtual + i * 4096) ?? 0n),
        ).filter((step) => step === 4096n);
        expect(consecutive.length).to.be.below(8);
      },
    );
    rule('VideoPortAllocateCommonBuffer', `fills fresh memory with a pattern that is not zero${build}`, () => {
      const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 5000, vp.out<bigint>(), true, vp.NULL);
      expect(vp.mem.u8(virtual, 5000).every((byte) => byte !== 0)).to.equal(true);
    });
    rule('VideoPortAllocateCommonBuffer', `returns NULL for a length of 0, and for 4 GiB − 1${build}`, () => {
      for (const length of [0, 0xffff_ffff]) {
        expect(vp.VideoPortAllocateCommonBuffer(ext, adapter, length, vp.out<bigint>(), false, vp.NULL)).to.equal(
          vp.NULL,
        );
      }
      expect(kernel.findings).to.deep.equal([]);
      expect(kernel.log.join()).to.match(/returns NULL/);
    });
    rule(
      'VideoPortAllocateCommonBuffer',
      `returns NULL beyond the map registers that MaximumLength asked for${build}`,
      () => {
        expect(
          vp.VideoPortAllocateCommonBuffer(
            ext,
            adapter,
            reach32.MaximumLength + 4096,
            vp.out<bigint>(),
            false,
            vp.NULL,
          ),
        ).not.to.equal(vp.NULL);
        expect(
          vp.VideoPortAllocateCommonBuffer(
            ext,
            adapter,
            reach32.MaximumLength + 4097,
            vp.out<bigint>(),
            false,
            vp.NULL,
          ),
        ).to.equal(vp.NULL);
      },
    );
    rule(
      'VideoPortAllocateCommonBuffer',
      `returns NULL on exhaustion each time, and leaks nothing: what is released can be had again${build}`,
      () => {
        const before = kernel.space.freeBytes;
        const held: [number, bigint][] = [];
        for (;;) {
          const logical = vp.out<bigint>();
          const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 40000, logical, false, vp.NULL);
          if (virtual === vp.NULL) break;
          held.push([virtual, logical.value]);
        }
        expect(held.length).to.be.above(50);
        for (let i = 0; i < 5; i++)
          expect(vp.VideoPortAllocateCommonBuffer(ext, adapter, 40000, vp.out<bigint>(), false, vp.NULL)).to.equal(
            vp.NULL,
          );
        for (const [virtual, logical] of held)
          vp.VideoPortReleaseCommonBuffer(ext, adapter, 40000, logical, virtual, false);
        expect(kernel.space.freeBytes).to.equal(before);
        expect(
          vp.VideoPortAllocateCommonBuffer(ext, adapter, 1024 * 1024, vp.out<bigint>(), false, vp.NULL),
        ).not.to.equal(vp.NULL);
      },
    );
    rule('VideoPortAllocateCommonBuffer', `respects what the device can see in all${build}`, () => {
      const small = createKernel({ verifier, apertureBytes: 64 * 1024 });
      const extension = small.start().extension;
      const narrow = vp.VideoPortGetDmaAdapter(extension, reach32);
      expect(vp.VideoPortAllocateCommonBuffer(extension, narrow, 60 * 1024, vp.out<bigint>(), false)).not.to.equal(
        vp.NULL,
      );
      expect(vp.VideoPortAllocateCommonBuffer(extension, narrow, 8 * 1024, vp.out<bigint>(), false)).to.equal(vp.NULL);
    });
    rule(
      'VideoPortAllocateCommonBuffer',
      `hands out buffers that never overlap, whatever the order of allocations and releases${build}`,
      () => {
        fc.assert(
          fc.property(
            fc.array(fc.oneof(fc.integer({ min: 1, max: 300_000 }), fc.constant(0)), { maxLength: 60 }),
            (steps) => {
              const live: { virtual: number; logical: bigint; length: number }[] = [];
              for (const step of steps) {
                const oldest = step === 0 ? live.shift() : undefined;
                if (oldest)
                  vp.VideoPortReleaseCommonBuffer(ext, adapter, oldest.length, oldest.logical, oldest.virtual, true);
                if (step === 0) continue;
                const logical = vp.out<bigint>();
                const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, step, logical, true);
                if (virtual === vp.NULL) continue;
                for (const other of live) {
                  expect(
                    virtual + step <= other.virtual || other.virtual + other.length <= virtual,
                    'virtual',
                  ).to.equal(true);
                  expect(
                    logical.value + BigInt(step) <= other.logical ||
                      other.logical + BigInt(other.length) <= logical.value,
                    'logical',
                  ).to.equal(true);
                }
                live.push({ virtual, logical: logical.value, length: step });
              }
              for (const { virtual, logical, length } of live)
                vp.VideoPortReleaseCommonBuffer(ext, adapter, length, logical, virtual, true);
            },
          ),
          { numRuns: 60 },
        );
        expect(kernel.findings).to.deep.equal([]);
      },
    );
  });
}

describe('what documents say in two ways of common buffers', () => {
  rule(
    ['VideoPortAllocateCommonBuffer', 'VideoPortReleaseCommonBuffer'],
    'take CacheEnabled without an effect on the bytes; the release must repeat it',
    () => {
      const kernel = createKernel();
      const ext = kernel.start().extension;
      const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
      for (const cached of [true, false]) {
        const logical = vp.out<bigint>();
        const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, logical, cached);
        vp.mem.u8(virtual, 1)[0] = 7;
        expect(kernel.space.bytes[kernel.iommu.translate(Number(logical.value))?.ram ?? 0]).to.equal(7);
        vp.VideoPortReleaseCommonBuffer(ext, adapter, 4096, logical.value, virtual, cached);
      }
      expect(kernel.findings).to.deep.equal([]);
    },
    {
      chosen:
        'the page says that CacheEnabled is ignored and memory is cached on x86, the page of DMA Verification that common buffers are not cached, the release that the flag must match; so it is kept, compared, and changes nothing, DMA being coherent',
    },
  );
  rule(
    'VideoPortReleaseCommonBuffer',
    'takes the logical address before the virtual one',
    () => {
      const kernel = createKernel();
      const ext = kernel.start().extension;
      const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
      const logical = vp.out<bigint>();
      const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, logical, true);
      const crash = crashOf(() =>
        vp.VideoPortReleaseCommonBuffer(ext, adapter, 4096, BigInt(virtual), Number(logical.value), true),
      );
      expect(crash.parameters[0]).to.equal(0x03);
    },
    {
      chosen:
        'a remark of the page speaks of VideoPortFreeCommonBuffer, whose order is the other one; the prototype decides',
    },
  );
});

describe('VideoPortAllocateCommonBuffer under Driver Verifier (DMA Verification)', () => {
  rule(
    'VideoPortAllocateCommonBuffer',
    'centres a buffer in its pages, so that only lengths of whole pages begin on a page',
    () => {
      const kernel = createKernel();
      const ext = kernel.start().extension;
      const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
      for (const [length, offset] of [
        [0x12010, 0x7f8],
        [0x4300, 0x680],
        [0x4800, 0x400],
        [0x1000, 0],
      ] as const) {
        const logical = vp.out<bigint>();
        const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, length, logical, false);
        expect(virtual % 4096, hex(length)).to.equal(offset);
        expect(Number(logical.value) % 4096, hex(length)).to.equal(offset);
      }
    },
  );
  rule('VideoPortAllocateCommonBuffer', 'begins every buffer on a page without the verifier', () => {
    const kernel = createKernel({ verifier: false });
    const ext = kernel.start().extension;
    const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
    expect(vp.VideoPortAllocateCommonBuffer(ext, adapter, 0x4300, vp.out<bigint>(), false) % 4096).to.equal(0);
  });
  rule('VideoPortAllocateCommonBuffer', 'finds a write beyond the end at release: 0xE6/0F with parameter 5', () => {
    const kernel = createKernel();
    const ext = kernel.start().extension;
    const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
    const logical = vp.out<bigint>();
    const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 100, logical, false);
    vp.mem.u8(virtual, 101)[100] = 7;
    expect(kernel.rules()).to.deep.equal(['view-past-end']);
    const crash = crashOf(() => vp.VideoPortReleaseCommonBuffer(ext, adapter, 100, logical.value, virtual, false));
    expect([crash.code, ...crash.parameters]).to.deep.equal([E6, 0x0f, 5, virtual, virtual + 100]);
  });
  rule('VideoPortAllocateCommonBuffer', 'finds a write before the beginning: parameter 4', () => {
    const kernel = createKernel();
    const ext = kernel.start().extension;
    const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
    const logical = vp.out<bigint>();
    const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 100, logical, false);
    kernel.space.bytes[virtual - 1] = 1;
    const crash = crashOf(() => vp.VideoPortReleaseCommonBuffer(ext, adapter, 100, logical.value, virtual, false));
    expect(crash.parameters.slice(0, 2)).to.deep.equal([0x0f, 4]);
  });
});

describe('VideoPortReleaseCommonBuffer (nf-video-videoportreleasecommonbuffer)', () => {
  let kernel: Kernel;
  let device: VideoDevice;
  let ext: object;
  let adapter: number;
  let virtual: number;
  let logical: bigint;
  const setUp = (verifier: boolean) => {
    kernel = createKernel({ verifier });
    device = kernel.start();
    ext = device.extension;
    adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
    const out = vp.out<bigint>();
    virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 6000, out, true);
    logical = out.value;
  };
  beforeEach(() => setUp(true));

  rule('VideoPortReleaseCommonBuffer', 'takes back exactly what was allocated, without a finding', () => {
    vp.VideoPortReleaseCommonBuffer(ext, adapter, 6000, logical, virtual, true);
    expect(kernel.findings).to.deep.equal([]);
    expect(kernel.iommu.translate(Number(logical))).to.equal(null);
    expect(crashOf(() => vp.mem.u8(virtual, 1)).code).to.equal(0x50);
  });

  const wrong: readonly [string, () => void, RegExp][] = [
    [
      'length',
      () => vp.VideoPortReleaseCommonBuffer(ext, adapter, 8192, logical, virtual, true),
      /Length is 8192, allocated were 6000/,
    ],
    [
      'logical address',
      () => vp.VideoPortReleaseCommonBuffer(ext, adapter, 6000, logical + 1n, virtual, true),
      /LogicalAddress is/,
    ],
    [
      'virtual address',
      () => vp.VideoPortReleaseCommonBuffer(ext, adapter, 6000, logical, virtual + 8, true),
      /VirtualAddress is/,
    ],
    [
      'cache flag',
      () => vp.VideoPortReleaseCommonBuffer(ext, adapter, 6000, logical, virtual, false),
      /CacheEnabled is false, allocated with true/,
    ],
    [
      'adapter',
      () => vp.VideoPortReleaseCommonBuffer(ext, vp.VideoPortGetDmaAdapter(ext, reach32), 6000, logical, virtual, true),
      /another adapter/,
    ],
  ];
  for (const [what, release, message] of wrong) {
    rule('VideoPortReleaseCommonBuffer', `stops the machine on one wrong argument: ${what}`, () => {
      const crash = crashOf(release);
      expect(crash.code).to.equal(E6);
      expect(crash.message).to.match(message);
      expect(kernel.rules()).to.deep.equal(['release-mismatch']);
    });
  }
  rule('VideoPortReleaseCommonBuffer', 'stops the machine when a buffer is released twice: 0xE6/03', () => {
    vp.VideoPortReleaseCommonBuffer(ext, adapter, 6000, logical, virtual, true);
    const crash = crashOf(() => vp.VideoPortReleaseCommonBuffer(ext, adapter, 6000, logical, virtual, true));
    expect([crash.code, crash.parameters[0]]).to.deep.equal([E6, 0x03]);
  });
  rule('VideoPortReleaseCommonBuffer', 'corrupts the free build when a buffer is released twice: 0x4E', () => {
    setUp(false);
    vp.VideoPortReleaseCommonBuffer(ext, adapter, 6000, logical, virtual, true);
    expect(crashOf(() => vp.VideoPortReleaseCommonBuffer(ext, adapter, 6000, logical, virtual, true)).code).to.equal(
      0x4e,
    );
  });
  rule(
    'VideoPortReleaseCommonBuffer',
    'goes on in the free build when the length is wrong: nothing checks it there',
    () => {
      setUp(false);
      vp.VideoPortReleaseCommonBuffer(ext, adapter, 8192, logical, virtual, true);
      expect(kernel.iommu.translate(Number(logical))).to.equal(null);
    },
  );
});

describe('VideoPortPutDmaAdapter (nf-video-videoportputdmaadapter)', () => {
  rule(
    'VideoPortPutDmaAdapter',
    'stops the machine when common buffers are outstanding: 0xE6/07 with adapter and count',
    () => {
      const kernel = createKernel();
      const ext = kernel.start().extension;
      const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
      for (let i = 0; i < 3; i++) vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, vp.out<bigint>(), true);
      const crash = crashOf(() => vp.VideoPortPutDmaAdapter(ext, adapter));
      expect([crash.code, ...crash.parameters]).to.deep.equal([E6, 0x07, adapter, 3, 0]);
    },
  );
  rule('VideoPortPutDmaAdapter', 'makes the handle dead: 0xE6/18 on the next use', () => {
    const kernel = createKernel();
    const ext = kernel.start().extension;
    const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
    vp.VideoPortPutDmaAdapter(ext, adapter);
    expect(
      crashOf(() => vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, vp.out<bigint>(), true)).parameters[0],
    ).to.equal(0x18);
  });
  rule('VideoPortPutDmaAdapter', 'stops the machine on a NULL adapter: 0xE6/19', () => {
    const kernel = createKernel();
    const ext = kernel.start().extension;
    expect(crashOf(() => vp.VideoPortPutDmaAdapter(ext, vp.NULL)).parameters[0]).to.equal(0x19);
  });
  rule('VideoPortPutDmaAdapter', 'returns NULL for a NULL adapter in the free build', () => {
    const kernel = createKernel({ verifier: false });
    const ext = kernel.start().extension;
    expect(vp.VideoPortAllocateCommonBuffer(ext, vp.NULL, 4096, vp.out<bigint>(), true)).to.equal(vp.NULL);
  });
});

describe('the DMA family’s IRQL', () => {
  const calls: readonly [string, (ext: object, adapter: number) => unknown][] = [
    ['VideoPortGetDmaAdapter', (ext) => vp.VideoPortGetDmaAdapter(ext, reach32)],
    [
      'VideoPortAllocateCommonBuffer',
      (ext, adapter) => vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, vp.out<bigint>(), true),
    ],
    [
      'VideoPortReleaseCommonBuffer',
      (ext, adapter) => vp.VideoPortReleaseCommonBuffer(ext, adapter, 4096, 0n, 0, true),
    ],
    ['VideoPortPutDmaAdapter', (ext, adapter) => vp.VideoPortPutDmaAdapter(ext, adapter)],
  ];
  for (const [name, call] of calls) {
    rule(name, `above PASSIVE_LEVEL is 0xE6/13 with maximum and current IRQL`, () => {
      const kernel = createKernel();
      const ext = kernel.start().extension;
      const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
      const crash = crashOf(() =>
        vp.VideoPortSynchronizeExecution(ext, vp.VpLowPriority, () => Boolean(call(ext, adapter)), 0),
      );
      expect([crash.code, ...crash.parameters]).to.deep.equal([E6, 0x13, 2, vp.PASSIVE_LEVEL, vp.DISPATCH_LEVEL]);
      expect(crash.message).to.include(name);
    });
    rule(name, `above PASSIVE_LEVEL is 0x0A in the free build`, () => {
      const kernel = createKernel({ verifier: false });
      const ext = kernel.start().extension;
      const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
      expect(
        crashOf(() => vp.VideoPortSynchronizeExecution(ext, vp.VpLowPriority, () => Boolean(call(ext, adapter)), 0))
          .code,
      ).to.equal(0x0a);
    });
  }
});

describe('the leak report at stop', () => {
  rule(
    ['VideoPortAllocateCommonBuffer', 'VideoPortGetDmaAdapter'],
    'names every common buffer and adapter that is still allocated',
    () => {
      const kernel = createKernel();
      const ext = kernel.start().extension;
      const adapter = vp.VideoPortGetDmaAdapter(ext, reach32);
      vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, vp.out<bigint>(), true);
      reportLeaks();
      expect(kernel.rules()).to.deep.equal(['leak', 'leak']);
      expect(kernel.findings[0]?.message).to.match(/4096 bytes .* never released/);
      expect(kernel.findings[1]?.message).to.match(/VideoPortPutDmaAdapter/);
    },
  );
  rule(['VideoPortAllocateCommonBuffer', 'VideoPortGetDmaAdapter'], 'is empty when everything was given back', () => {
    const kernel = createKernel();
    const ext = kernel.start().extension;
    vp.VideoPortPutDmaAdapter(ext, vp.VideoPortGetDmaAdapter(ext, reach32));
    reportLeaks();
    expect(kernel.findings).to.deep.equal([]);
  });
});
