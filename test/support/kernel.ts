/**
 * A kernel without a worker, for tests of the port's rules: real memory, real IOMMU, real RingGPU registers, real verifier; on the
 * page's own thread, where sleeping is forbidden, so a sleep runs what the test gives it instead.
 */
import { type BoardMemory, createBoardMemory, FRAME_SPREAD } from '../../src/bus/board-memory.ts';
import { IommuReader, IommuWriter } from '../../src/bus/iommu.ts';
import { PciBus } from '../../src/bus/pci.ts';
import { Windows } from '../../src/bus/windows.ts';
import type { VIDEO_HW_INITIALIZATION_DATA } from '../../src/ddi/miniport.ts';
import type { Parameters4, Rule } from '../../src/ddi/observer.ts';
import { RingGpuFront } from '../../src/devices/ringgpu/front.ts';
import { DmaController } from '../../src/hal/dma-adapter.ts';
import { Processor } from '../../src/hal/processor.ts';
import { AddressSpace } from '../../src/memory/address-space.ts';
import { FrameTable } from '../../src/memory/frame-table.ts';
import { createVerifier, type RawFinding } from '../../src/verifier/verifier.ts';
import * as vp from '../../src/videoport/index.ts';
import { installPort, Port, type VideoDevice } from '../../src/videoport/port.ts';
import { startDriver } from '../../src/videoport/start-device.ts';

/** What a bug check throws here, where a worker would stop for ever. */
export class Crash extends Error {
  readonly code: number;
  readonly parameters: Parameters4;
  constructor(code: number, parameters: Parameters4, sentence: string) {
    super(sentence);
    this.code = code;
    this.parameters = parameters;
  }
}

export interface Kernel {
  readonly memory: BoardMemory;
  readonly port: Port;
  readonly processor: Processor;
  readonly space: AddressSpace;
  readonly dma: DmaController;
  readonly front: RingGpuFront;
  readonly iommu: IommuReader;
  readonly findings: RawFinding[];
  readonly log: string[];
  /** Runs instead of a sleep; the default makes a sleep that nobody ends fail the test. */
  onSleep: (milliseconds: number) => void;
  /** Rules of the findings so far. */
  rules(): Rule[];
  /** Starts a driver made of these callbacks; its one device is returned. */
  start(callbacks?: Partial<VIDEO_HW_INITIALIZATION_DATA>): VideoDevice;
}

export interface KernelOptions {
  readonly ramBytes?: number;
  readonly verifier?: boolean;
  readonly apertureBytes?: number;
}

/** Makes a kernel and installs its port. */
export function createKernel(options: KernelOptions = {}): Kernel {
  const ramBytes = options.ramBytes ?? 4 * 1024 * 1024;
  const memory = createBoardMemory(ramBytes);
  const findings: RawFinding[] = [];
  const log: string[] = [];
  const processor = new Processor(new Int32Array(memory.control), (code, parameters, sentence) => {
    throw new Crash(code, parameters, sentence);
  });
  const observer =
    options.verifier === false
      ? null
      : createVerifier({
          found: (finding) => findings.push(finding),
          bugCheck: (code, parameters, sentence, cause) => processor.bugCheck(code, parameters, sentence, cause),
        });
  processor.observer = observer;
  const pages = ramBytes / vp.PAGE_SIZE;
  const space = new AddressSpace(
    memory.ram,
    new FrameTable(pages, pages * FRAME_SPREAD, new Int32Array(memory.frames)),
  );
  const dma = new DmaController(
    space,
    new IommuWriter(memory, () => kernel.iommu.takeChanges()),
    options.apertureBytes ?? ramBytes,
  );
  const bus = new PciBus();
  const front = new RingGpuFront(memory, observer);
  bus.plug(2, front.plug());
  const port = new Port({
    processor,
    space,
    bus,
    windows: new Windows(bus),
    dma,
    observer,
    log: (source, level, text) => log.push(`${source} ${level}: ${text}`),
  });
  installPort(port);
  const kernel: Kernel = {
    memory,
    port,
    processor,
    space,
    dma,
    front,
    iommu: new IommuReader(memory),
    findings,
    log,
    onSleep: (milliseconds) => {
      throw new Error(`the kernel would have slept ${milliseconds} ms`);
    },
    rules: () => findings.map((finding) => finding.rule),
    start(callbacks = {}) {
      const started = startDriver((a, b) =>
        vp.VideoPortInitialize(a, b, {
          HwInitDataSize: vp.SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA,
          AdapterInterfaceType: vp.PCIBus,
          HwFindAdapter: () => vp.NO_ERROR,
          HwInitialize: () => true,
          HwStartIO: () => true,
          HwDeviceExtensionSize: 0,
          ...callbacks,
        }),
      );
      if ('failed' in started) throw new Error(started.failed);
      return started[0] as VideoDevice;
    },
  };
  processor.sleep = (_index, _value, milliseconds) => kernel.onSleep(milliseconds);
  return kernel;
}

/** Runs `body` and gives the crash it ends in. */
export function crashOf(body: () => unknown): Crash {
  try {
    body();
  } catch (error) {
    if (error instanceof Crash) return error;
    throw error;
  }
  throw new Error('nothing crashed');
}
