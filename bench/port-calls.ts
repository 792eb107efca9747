/** What a call of the port costs, with the verifier's checks on. Runs the port on the page's own thread: same code as in the worker. */
import { ATTENTION_INTERRUPT, createBoardMemory, FRAME_SPREAD, signalProcessor } from '../src/bus/board-memory.ts';
import { IommuReader, IommuWriter } from '../src/bus/iommu.ts';
import { PciBus } from '../src/bus/pci.ts';
import { Windows } from '../src/bus/windows.ts';
import { RingGpuFront } from '../src/devices/ringgpu/front.ts';
import { REGISTER_WORD, RINGGPU_INT_VBLANK, RINGGPU_REG } from '../src/devices/ringgpu/registers.ts';
import { DmaController } from '../src/hal/dma-adapter.ts';
import { Processor } from '../src/hal/processor.ts';
import { AddressSpace } from '../src/memory/address-space.ts';
import { FrameTable } from '../src/memory/frame-table.ts';
import { createVerifier } from '../src/verifier/verifier.ts';
import * as vp from '../src/videoport/index.ts';
import { installPort, Port } from '../src/videoport/port.ts';
import { startDriver } from '../src/videoport/start-device.ts';
import { sendRequest } from '../src/videoport/video-request.ts';
import type { Row } from './row.ts';

const RAM_BYTES = 16 * 1024 * 1024;
const ROUNDS = 7;

interface Ext {
  registers: number;
  event: number;
}

/** A port with one started device, and its mapped registers. */
function startPort() {
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
      HwInterrupt: (ext: Ext) => {
        const status = vp.VideoPortReadRegisterUlong(ext.registers + RINGGPU_REG.INT_STATUS);
        vp.VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG.INT_STATUS, status);
        vp.VideoPortQueueDpc(ext, (device: Ext) => vp.VideoPortSetEvent(device, device.event), null);
        return true;
      },
      HwStartIO: (_ext: Ext, packet) => {
        vp.VIDEO_NUM_MODES.write(packet.OutputBuffer, { NumModes: 1, ModeInformationLength: 80 });
        packet.StatusBlock.Information = vp.VIDEO_NUM_MODES.size;
        packet.StatusBlock.Status = vp.NO_ERROR;
        return true;
      },
    }),
  );
  if ('failed' in started) throw new Error(started.failed);
  const registers = new Int32Array(memory.registers);
  const device = started[0];
  if (!device) throw new Error('no device');
  const ext = device.extension as Ext;
  const event = vp.out<number>();
  vp.VideoPortCreateEvent(ext, vp.NOTIFICATION_EVENT, vp.NULL, event);
  ext.event = event.value;
  vp.VideoPortWriteRegisterUlong(ext.registers + RINGGPU_REG.INT_ENABLE, RINGGPU_INT_VBLANK);
  return {
    ext,
    /** One interrupt, as the engine raises it, up to the event that its DPC sets. */
    interrupt: () => {
      Atomics.or(registers, REGISTER_WORD.INT_STATUS, RINGGPU_INT_VBLANK);
      signalProcessor(processor.control, ATTENTION_INTERRUPT);
      processor.safepoint();
    },
    request: () =>
      sendRequest(device, vp.IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, new Uint8Array(0), vp.VIDEO_NUM_MODES.size),
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
  const { ext, bare, drain, interrupt, request } = startPort();
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
  const interrupts = time(20_000, interrupt);
  const requests = time(5_000, request);
  const pool = time(20_000, () =>
    vp.VideoPortFreePool(ext, vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 64, 0x68636e62)),
  );
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
    row('HwVidInterrupt + DPC + VideoPortSetEvent', interrupts, 'bare Atomics.load of the register', atomic),
    row('a video request and back', requests, 'filling 4 KiB of shared memory', filled),
    row('VideoPortAllocatePool + FreePool, 64 bytes', pool, 'bare Atomics.load of the register', atomic),
    row('VideoPortAllocateCommonBuffer + Release, 4 KiB', allocate, 'filling 4 KiB of shared memory', filled),
  ];
}
