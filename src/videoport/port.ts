/**
 * The port driver itself: what videoprt.sys keeps between calls. A worker is one processor with one kernel, so there is
 * one port, and the exported functions find it here; `installPort` puts another in its place (a test does, for each
 * machine).
 */
import type { PciBus, PciFunction } from '../bus/pci.ts';
import type { Windows } from '../bus/windows.ts';
import { PAGE_FAULT_IN_NONPAGED_AREA } from '../ddi/bug-checks.ts';
import { VideoPowerOn } from '../ddi/constants.ts';
import type {
  HwDeviceExtension,
  VIDEO_ACCESS_RANGE,
  VIDEO_HW_INITIALIZATION_DATA,
  VIDEO_PORT_CONFIG_INFO,
} from '../ddi/miniport.ts';
import type { Observer } from '../ddi/observer.ts';
import type { PVOID, ULONG } from '../ddi/types.ts';
import type { DmaController } from '../hal/dma-adapter.ts';
import { MdlTable } from '../hal/mdl.ts';
import type { ConnectedInterrupt, Processor } from '../hal/processor.ts';
import type { AddressSpace } from '../memory/address-space.ts';
import { Pool } from '../memory/pool.ts';
import { HandleTable } from './handle-table.ts';

/** Who says a line of the log. */
export type LogSource = 'driver' | 'port' | 'device';
/** How urgent a line of the log is. */
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
  /** Address of its device object, for functions that take one. */
  readonly deviceObject: PVOID;
  /** Of a second display (VideoPortCreateSecondaryDisplay): the device that it belongs to. */
  readonly primary: VideoDevice | null;
  /** What HwVidFindAdapter left in VIDEO_PORT_CONFIG_INFO. */
  config: VIDEO_PORT_CONFIG_INFO | null;
  /** What the device decodes besides its BARs, as the driver says (HwLegacyResourceList, HwVidLegacyResources). */
  legacyRanges: readonly VIDEO_ACCESS_RANGE[];
  /** Monitors and other children, as HwVidGetVideoChildDescriptor described them. */
  children: readonly ChildDevice[];
  /** VideoPortEnumerateChildren was called: the children are to be asked for again, at PASSIVE_LEVEL. */
  enumerationDue: boolean;
  /** VIDEO_POWER_STATE. */
  powerState: ULONG;
  /** A request is with the miniport; others wait, since the port hands over one at a time. */
  requestActive: boolean;
  readonly waitingRequests: (() => void)[];
}

/** A child of an adapter, with the device object that PnP made for it. */
export interface ChildDevice {
  readonly parent: VideoDevice;
  /** The number that the miniport knows it by. */
  readonly uid: ULONG;
  /** VIDEO_CHILD_TYPE. */
  readonly type: number;
  /** What the miniport said of it: a monitor's EDID. */
  readonly descriptor: Uint8Array;
  /** Address of its device object (PDO). */
  readonly deviceObject: PVOID;
  powerState: ULONG;
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
  /** VIDEO_PORT_CONFIG_INFO.VideoPortGetProcAddress: a function of the port by its name, or null when it has none. */
  procAddress: (name: string) => unknown = () => null;
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
  addDevice(slot: number, pciFunction: PciFunction, primary: VideoDevice | null = null): VideoDevice {
    const device: VideoDevice = {
      extension: {},
      slot,
      pciFunction,
      claims: [],
      interrupt: null,
      dpcQueued: false,
      timerEnabled: false,
      opened: false,
      deviceObject: this.handles.add({}),
      primary,
      config: null,
      legacyRanges: [],
      children: [],
      enumerationDue: false,
      powerState: VideoPowerOn,
      requestActive: false,
      waitingRequests: [],
    };
    this.devices.push(device);
    this.#byExtension.set(device.extension, device);
    return device;
  }

  /** Forgets a device whose HwVidFindAdapter failed. */
  removeDevice(device: VideoDevice): void {
    this.devices.splice(this.devices.indexOf(device), 1);
    this.#byExtension.delete(device.extension);
    this.handles.remove(device.deviceObject);
    for (const child of device.children) this.handles.remove(child.deviceObject);
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
