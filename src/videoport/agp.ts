/**
 * AGP memory: VideoPortGetAgpServices, and the AGP interface that VideoPortQueryServices gives. A graphics aperture
 * makes pages of memory appear in a row to the device. Here the IOMMU is the aperture: reserving takes addresses,
 * committing puts pages behind them. The memory of a reservation is one piece, so that its virtual addresses lie in a
 * row, too; what is not committed the device cannot reach.
 */
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import {
  type VIDEO_PORT_AGP_INTERFACE_2,
  type VIDEO_PORT_AGP_SERVICES,
  VpCached,
  VpNonCached,
  VpWriteCombined,
} from '../ddi/services.ts';
import type { BOOLEAN, HANDLE, Out, PHYSICAL_ADDRESS, PVOID, ULONG } from '../ddi/types.ts';
import { NULL, PAGE_SIZE } from '../ddi/types.ts';
import type { DmaAdapter } from '../hal/dma-adapter.ts';
import { hex, type Region } from '../memory/address-space.ts';
import { checkOut, checkStructure, isUlong } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { perPort } from './per-port.ts';
import { port } from './port.ts';

const GET = callRule('VideoPortGetAgpServices', PASSIVE_LEVEL);
const SERVICE = callRule('the AGP service', PASSIVE_LEVEL);

/** Most bytes that a driver may reserve in all. */
const LIMIT = 16 * 1024 * 1024;
/** Rates of AGP 2.0. */
const RATES = [1, 2, 4];

/** A reserved range of the aperture. */
interface PhysicalReservation {
  readonly agpPage: number;
  readonly region: Region;
  /** Which pages are committed. */
  readonly committed: boolean[];
  /** Virtual reservations of it. */
  views: number;
}

/** The same range for the processor. */
interface VirtualReservation {
  readonly reservation: PhysicalReservation;
  readonly agpView: true;
}

const isPhysical = (object: object): object is PhysicalReservation => 'agpPage' in object;
const isVirtual = (object: object): object is VirtualReservation => 'agpView' in object;

const state = perPort(() => ({ adapter: null as DmaAdapter | null, reserved: 0 }));

function adapter(): DmaAdapter {
  const known = state();
  known.adapter ??= port.dma.createAdapter({
    scatterGather: true,
    dma32BitAddresses: true,
    dma64BitAddresses: false,
    maximumLength: LIMIT,
  });
  return known.adapter;
}

/** The object behind a handle, or undefined after saying that there is none. */
function find<T extends object>(handle: PVOID, kind: (object: object) => object is T, caller: string): T | undefined {
  const object = port.handles.get(handle, kind);
  if (!object) {
    port.observer?.report(
      'bad-argument',
      [Number(handle), 0, 0, 0],
      `${caller}: ${hex(Number(handle))} is no reservation, or it was released`,
    );
  }
  return object;
}

const within = (reservation: PhysicalReservation, pages: ULONG, offset: ULONG): boolean =>
  pages > 0 && offset >= 0 && offset + pages <= reservation.committed.length;

/** The functions, for all versions. */
export const agpService: Required<Omit<VIDEO_PORT_AGP_SERVICES, 'AllocationLimit'>> &
  Required<Pick<VIDEO_PORT_AGP_INTERFACE_2, 'AgpSetRate'>> = {
  /** Returns the address for the device, and the reservation, or 0 and NULL. */
  AgpReservePhysical(_Context: PVOID, Pages: ULONG, Caching: number, Reserved: Out<PVOID>): PHYSICAL_ADDRESS {
    enter(SERVICE);
    const { space, dma, handles } = port;
    if (!checkOut<PVOID>(Reserved, 'AgpReservePhysical', 'PhysicalReserveContext')) return 0n;
    Reserved.value = NULL;
    const known = state();
    const bytes = Pages * PAGE_SIZE;
    const caching = Caching === VpNonCached || Caching === VpWriteCombined || Caching === VpCached;
    if (!caching || !isUlong(Pages) || Pages < 1 || known.reserved + bytes > LIMIT) return 0n;
    const region = space.map('system', bytes, 0, port.observer?.site());
    if (!region) return 0n;
    const page = dma.reservePages(adapter(), Pages);
    if (typeof page !== 'number') {
      space.unmap(region);
      return 0n;
    }
    known.reserved += bytes;
    const committed = new Array<boolean>(Pages).fill(false);
    const reservation: PhysicalReservation = { agpPage: page, region, committed, views: 0 };
    Reserved.value = handles.add(reservation);
    return BigInt(page) * BigInt(PAGE_SIZE);
  },
  AgpReleasePhysical(_Context: PVOID, Reserved: PVOID): void {
    enter(SERVICE);
    const reservation = find(Reserved, isPhysical, 'AgpReleasePhysical');
    if (!reservation) return;
    if (reservation.views > 0 || reservation.committed.includes(true)) {
      port.observer?.report(
        'bad-argument',
        [Reserved, reservation.views, 0, 0],
        'AgpReleasePhysical: pages are still committed, or addresses still reserved for the processor',
      );
      return;
    }
    port.handles.remove(Reserved);
    port.dma.releasePages(adapter(), reservation.agpPage);
    port.space.unmap(reservation.region);
    state().reserved -= reservation.committed.length * PAGE_SIZE;
  },
  /** Offset and Pages count pages. */
  AgpCommitPhysical(_Context: PVOID, Reserved: PVOID, Pages: ULONG, Offset: ULONG): BOOLEAN {
    enter(SERVICE);
    const reservation = find(Reserved, isPhysical, 'AgpCommitPhysical');
    if (!reservation || !within(reservation, Pages, Offset)) return false;
    const { committed, agpPage, region } = reservation;
    if (committed.slice(Offset, Offset + Pages).includes(true)) return false;
    const frames = port.space.framesOf(region).slice(Offset, Offset + Pages);
    if (port.dma.mapReserved(adapter(), agpPage + Offset, frames, true)) return false;
    committed.fill(true, Offset, Offset + Pages);
    return true;
  },
  AgpFreePhysical(_Context: PVOID, Reserved: PVOID, Pages: ULONG, Offset: ULONG): void {
    enter(SERVICE);
    const reservation = find(Reserved, isPhysical, 'AgpFreePhysical');
    if (!reservation) return;
    const { committed, agpPage } = reservation;
    if (!within(reservation, Pages, Offset) || committed.slice(Offset, Offset + Pages).includes(false)) {
      port.observer?.report(
        'bad-argument',
        [Reserved, Pages, Offset, 0],
        'AgpFreePhysical: not all pages are committed',
      );
      return;
    }
    port.dma.unmapReserved(adapter(), agpPage + Offset, Pages);
    committed.fill(false, Offset, Offset + Pages);
  },
  /** Returns where the range begins for the processor. All processes are the system here. */
  AgpReserveVirtual(_Context: PVOID, ProcessHandle: HANDLE, Reserved: PVOID, View: Out<PVOID>): PVOID {
    enter(SERVICE);
    void ProcessHandle;
    if (!checkOut<PVOID>(View, 'AgpReserveVirtual', 'VirtualReserveContext')) return NULL;
    View.value = NULL;
    const reservation = find(Reserved, isPhysical, 'AgpReserveVirtual');
    if (!reservation) return NULL;
    reservation.views++;
    const view: VirtualReservation = { reservation, agpView: true };
    View.value = port.handles.add(view);
    return reservation.region.base;
  },
  AgpReleaseVirtual(_Context: PVOID, View: PVOID): void {
    enter(SERVICE);
    const view = find(View, isVirtual, 'AgpReleaseVirtual');
    if (!view) return;
    view.reservation.views--;
    port.handles.remove(View);
  },
  /** Only what the device can reach: commit the pages for it first. */
  AgpCommitVirtual(_Context: PVOID, View: PVOID, Pages: ULONG, Offset: ULONG): PVOID {
    enter(SERVICE);
    const view = find(View, isVirtual, 'AgpCommitVirtual');
    if (!view || !within(view.reservation, Pages, Offset)) return NULL;
    const { committed, region } = view.reservation;
    return committed.slice(Offset, Offset + Pages).includes(false) ? NULL : region.base + Offset * PAGE_SIZE;
  },
  AgpFreeVirtual(_Context: PVOID, View: PVOID, Pages: ULONG, Offset: ULONG): void {
    enter(SERVICE);
    const view = find(View, isVirtual, 'AgpFreeVirtual');
    if (view && !within(view.reservation, Pages, Offset))
      port.observer?.report('bad-argument', [View, Pages, Offset, 0], 'AgpFreeVirtual: not all pages are reserved');
  },
  AgpSetRate(_Context: PVOID, AgpRate: ULONG): BOOLEAN {
    enter(SERVICE);
    return RATES.includes(AgpRate);
  },
};

/** Most bytes that can be reserved. */
export const AGP_ALLOCATION_LIMIT = BigInt(LIMIT);

/**
 * Gives the functions of AGP memory. Windows 2000's way to them, which no page documents any more;
 * VideoPortQueryServices is the newer one.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param AgpServices out: the functions
 * @returns TRUE; FALSE without a place for them
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/
 */
export function VideoPortGetAgpServices(
  HwDeviceExtension: HwDeviceExtension,
  AgpServices: VIDEO_PORT_AGP_SERVICES,
): BOOLEAN {
  enter(GET, HwDeviceExtension, AgpServices);
  port.device(HwDeviceExtension, GET.name);
  if (!checkStructure(AgpServices, GET.name, 'AgpServices')) return false;
  const { AgpSetRate, ...services } = agpService;
  void AgpSetRate;
  Object.assign(AgpServices, services, { AllocationLimit: AGP_ALLOCATION_LIMIT });
  return true;
}
