/** What a call of the port costs, with the verifier's checks on. Runs the port on the page's own thread: same code as in the worker. */
import { createBoardMemory, FRAME_SPREAD } from '../src/bus/board-memory.ts';
import { IommuReader, IommuWriter } from '../src/bus/iommu.ts';
import { PciBus } from '../src/bus/pci.ts';
import { Windows } from '../src/bus/windows.ts';
import { RingGpuFront } from '../src/devices/ringgpu/front.ts';
import { RINGGPU_REG } from '../src/devices/ringgpu/registers.ts';
import { DmaController } from '../src/hal/dma-adapter.ts';
import { Processor } from '../src/hal/processor.ts';
import { AddressSpace } from '../src/memory/address-space.ts';
import { FrameTable } from '../src/memory/frame-table.ts';
import { createVerifier } from '../src/verifier/verifier.ts';
import * as vp from '../src/videoport/index.ts';
import { installPort, Port } from '../src/videoport/port.ts';
import { startDriver } from '../src/videoport/start-device.ts';
import type { Row } from './row.ts';

const RAM_BYTES = 16 * 1024 * 1024;
const ROUNDS = 7;

interface Ext {
  registers: number;
}

/** A port with one started device, and its mapped registers. */
function startPort(): { readonly ext: Ext; readonly bare: () => number; readonly drain: () => void } {
  const memory = createBoardMemory(RAM_BYTES);
  const processor = new Processor(new Int32Array(memory.control), (_code, _parameters, sentence) => {
    throw new Error(sentence);
  });
  const observer = createVerifier({
    found: (finding) => {
      throw new Error(finding.message);
    },
    bugCheck: (...args) => processor.bugCheck(...args),
  });
  const pages = RAM_BYTES / vp.PAGE_SIZE;
  const space = new AddressSpace(
    memory.ram,
    new FrameTable(pages, pages * FRAME_SPREAD, new Int32Array(memory.frames)),
  );
  const reader = new IommuReader(memory);
  const dma = new DmaController(space, new IommuWriter(memory, () => reader.takeChanges()), RAM_BYTES);
  const bus = new PciBus();
  bus.plug(2, new RingGpuFront(memory, observer).plug());
  installPort(new Port({ processor, space, bus, windows: new Windows(bus), dma, observer, log: () => {} }));
  const started = startDriver((a, b) =>
    vp.VideoPortInitialize(a, b, {
      HwInitDataSize: vp.SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
      AdapterInterfaceType: vp.PCIBus,
      HwDeviceExtensionSize: 0,
      HwFindAdapter: (ext: Ext) => {
        const ranges: vp.VIDEO_ACCESS_RANGE[] = [];
        vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 8, ranges, vp.NULL, vp.NULL, null);
        ext.registers = vp.VideoPortGetDeviceBase(ext, ranges[0]?.RangeStart ?? 0n, 4096, 0);
        return vp.NO_ERROR;
      },
      HwInitialize: () => true,
      HwStartIO: () => true,
    }),
  );
  if ('failed' in started) throw new Error(started.failed);
  const registers = new Int32Array(memory.registers);
  return {
    ext: started[0]?.extension as Ext,
    bare: () => Atomics.load(registers, RINGGPU_REG.SCRATCH / 4),
    drain: () => {
      reader.takeChanges();
    },
  };
}

/** Nanoseconds a call: the median of a few rounds. */
function time(calls: number, body: (i: number) => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) body(i);
    return ((performance.now() - start) * 1e6) / calls;
  });
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1] as number;
}

/** Measures register reads and common buffers. The alternative is the bare operation that each call must do in the end. */
export async function portCallsBench(): Promise<Row[]> {
  const { ext, bare, drain } = startPort();
  let sum = 0;
  const address = ext.registers + RINGGPU_REG.SCRATCH;
  const read = time(300_000, () => {
    sum += vp.VideoPortReadRegisterUlong(address);
  });
  const atomic = time(300_000, () => {
    sum += bare();
  });
  const adapter = vp.VideoPortGetDmaAdapter(ext, {
    ScatterGather: false,
    Dma32BitAddresses: true,
    Dma64BitAddresses: false,
    MaximumLength: 65536,
  });
  const logical = vp.out<bigint>();
  const allocate = time(5_000, (i) => {
    const virtual = vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, logical, true);
    vp.VideoPortReleaseCommonBuffer(ext, adapter, 4096, logical.value, virtual, true);
    if ((i & 1023) === 0) drain();
  });
  const fill = new Uint8Array(new SharedArrayBuffer(4096));
  const filled = time(5_000, (i) => fill.fill(i));
  if (Number.isNaN(sum)) throw new Error('unreachable');
  const row = (name: string, value: number, baseline: string, baselineValue: number): Row => ({
    name,
    value,
    unit: 'ns',
    baseline,
    baselineValue,
    ratio: value / baselineValue,
    target: '',
    met: true,
  });
  return [
    row('VideoPortReadRegisterUlong', read, 'bare Atomics.load of the register', atomic),
    row('VideoPortAllocateCommonBuffer + Release, 4 KiB', allocate, 'filling 4 KiB of shared memory', filled),
  ];
}
