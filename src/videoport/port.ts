/**
 * The port driver itself: what videoprt.sys keeps between calls. A worker is one processor with one kernel, so there is
 * one
 * port, and the exported functions find it here; `installPort` puts another in its place (a test does, for each
 * machine).
 */
import type { PciBus, PciFunction } from '../bus/pci.ts';
import type { Windows } from '../bus/windows.ts';
import { PAGE_FAULT_IN_NONPAGED_AREA } from '../ddi/bug-checks.ts';
import type { HwDeviceExtension, VIDEO_ACCESS_RANGE, VIDEO_HW_INITIALIZATION_DATA } from '../ddi/miniport.ts';
import type { Observer } from '../ddi/observer.ts';
import type { DmaController } from '../hal/dma-adapter.ts';
import { MdlTable } from '../hal/mdl.ts';
import type { ConnectedInterrupt, Processor } from '../hal/processor.ts';
import type { AddressSpace } from '../memory/address-space.ts';
import { Pool } from '../memory/pool.ts';
import { HandleTable } from './handle-table.ts';

/** Who says a line of the log, and how urgent it is. */
export type LogSource = 'driver' | 'port' | 'device';
export type LogLevel = 'error' | 'warn' | 'trace' | 'info';

/** A display adapter that the driver serves: what the port keeps for one device object. */
export interface VideoDevice {
  /** The driver's own object: every callback gets it, every call gives it back. */
  readonly extension: HwDeviceExtension;
  readonly slot: number;
  readonly pciFunction: PciFunction;
  /** Ranges that FindAdapter claimed. */
  claims: VIDEO_ACCESS_RANGE[];
  interrupt: ConnectedInterrupt | null;
  /** VideoPortQueueDpc was called and the routine has not run yet: there is one DPC object a device. */
  dpcQueued: boolean;
  timerEnabled: boolean;
  /** HwVidInitialize has returned TRUE. */
  opened: boolean;
}

/** What the port stands on. */
export interface PortParts {
  readonly processor: Processor;
  readonly space: AddressSpace;
  readonly bus: PciBus;
  readonly windows: Windows;
  readonly dma: DmaController;
  /** The verifier, or null: a free build. */
  readonly observer: Observer | null;
  readonly log: (source: LogSource, level: LogLevel, text: string) => void;
}

export class Port {
  readonly processor: Processor;
  readonly space: AddressSpace;
  readonly bus: PciBus;
  readonly windows: Windows;
  readonly dma: DmaController;
  readonly observer: Observer | null;
  readonly log: PortParts['log'];
  /** Adapters, events: everything that the driver holds by an opaque pointer. */
  readonly handles = new HandleTable();
  /** Pool memory that the driver allocated. */
  readonly pool: Pool;
  /** Memory that the driver locked for DMA. */
  readonly locked = new MdlTable();
  /** What DriverEntry gave to VideoPortInitialize, when it was accepted. */
  driver: VIDEO_HW_INITIALIZATION_DATA | null = null;
  readonly devices: VideoDevice[] = [];
  readonly #byExtension = new Map<unknown, VideoDevice>();

  constructor(parts: PortParts) {
    this.processor = parts.processor;
    this.space = parts.space;
    this.pool = new Pool(parts.space);
    this.bus = parts.bus;
    this.windows = parts.windows;
    this.dma = parts.dma;
    this.observer = parts.observer;
    this.log = parts.log;
  }

  /** Makes the device object for a PCI function. */
  addDevice(slot: number, pciFunction: PciFunction): VideoDevice {
    const device: VideoDevice = {
      extension: {},
      slot,
      pciFunction,
      claims: [],
      interrupt: null,
      dpcQueued: false,
      timerEnabled: false,
      opened: false,
    };
    this.devices.push(device);
    this.#byExtension.set(device.extension, device);
    return device;
  }

  /** Forgets a device whose HwVidFindAdapter failed. */
  removeDevice(device: VideoDevice): void {
    this.devices.splice(this.devices.indexOf(device), 1);
    this.#byExtension.delete(device.extension);
  }

  /** The device of an extension. Anything else is a wild pointer, on which a kernel crashes. */
  device(extension: HwDeviceExtension, caller: string): VideoDevice {
    const device = this.#byExtension.get(extension);
    if (device) return device;
    const given = extension === null ? 'null' : typeof extension;
    return this.processor.bugCheck(
      PAGE_FAULT_IN_NONPAGED_AREA,
      [0, 0, 0, 0],
      `${caller}: HwDeviceExtension is not the object that the port handed to HwVidFindAdapter (got ${given === 'object' ? 'another object' : given})`,
    );
  }
}

/** The port of this worker. */
export let port: Port;

/** Makes `next` the port that the exported functions serve. */
export function installPort(next: Port): void {
  port = next;
}
