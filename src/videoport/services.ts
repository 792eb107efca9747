/** VideoPortQueryServices: interfaces of the port for what has no function of its own. */
import {
  PASSIVE_LEVEL,
  VideoPortServicesAGP,
  VideoPortServicesDebugReport,
  VideoPortServicesI2C,
  VideoPortServicesInt10,
  VideoPortServicesWCMemoryProtection,
} from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import {
  type INTERFACE,
  SIZE_OF_VIDEO_PORT_AGP_INTERFACE,
  SIZE_OF_VIDEO_PORT_AGP_INTERFACE_2,
  SIZE_OF_VIDEO_PORT_DEBUG_REPORT_INTERFACE,
  SIZE_OF_VIDEO_PORT_I2C_INTERFACE,
  SIZE_OF_VIDEO_PORT_INT10_INTERFACE,
  SIZE_OF_VIDEO_PORT_WCMEMORYPROTECTION_INTERFACE,
} from '../ddi/services.ts';
import { ERROR_INVALID_FUNCTION, ERROR_INVALID_PARAMETER, NO_ERROR } from '../ddi/status.ts';
import type { PVOID, VP_STATUS } from '../ddi/types.ts';
import { hex } from '../memory/address-space.ts';
import { AGP_ALLOCATION_LIMIT, agpService } from './agp.ts';
import { checkStructure } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { i2cService } from './ddc.ts';
import {
  VideoPortDbgReportComplete,
  VideoPortDbgReportCreate,
  VideoPortDbgReportSecondaryData,
} from './debug-report.ts';
import { int10Service } from './int10.ts';
import { perPort } from './per-port.ts';
import { port, type VideoDevice } from './port.ts';

const QUERY = callRule('VideoPortQueryServices', PASSIVE_LEVEL);

/** Devices whose write-combined memory is taken from its users at present. */
const protectedDevices = perPort(() => new Set<VideoDevice>());

const WC_PROTECTION = {
  VideoPortProtectWCMemory(_Context: PVOID, HwDeviceExtension: object): VP_STATUS {
    const device = port.device(HwDeviceExtension, 'VideoPortProtectWCMemory');
    if (protectedDevices().has(device)) return ERROR_INVALID_FUNCTION;
    protectedDevices().add(device);
    return NO_ERROR;
  },
  VideoPortRestoreWCMemory(_Context: PVOID, HwDeviceExtension: object): VP_STATUS {
    const device = port.device(HwDeviceExtension, 'VideoPortRestoreWCMemory');
    return protectedDevices().delete(device) ? NO_ERROR : ERROR_INVALID_FUNCTION;
  },
};

const { AgpSetRate, ...agpVersion1 } = agpService;
const AllocationLimit = AGP_ALLOCATION_LIMIT;

/** Versions and sizes of each service, and its functions. */
const SERVICES: readonly {
  readonly type: number;
  readonly version: number;
  readonly size: number;
  readonly functions: object;
}[] = [
  {
    type: VideoPortServicesAGP,
    version: 1,
    size: SIZE_OF_VIDEO_PORT_AGP_INTERFACE,
    functions: { ...agpVersion1, AllocationLimit },
  },
  {
    type: VideoPortServicesAGP,
    version: 2,
    size: SIZE_OF_VIDEO_PORT_AGP_INTERFACE_2,
    functions: { ...agpVersion1, AllocationLimit, AgpSetRate },
  },
  { type: VideoPortServicesI2C, version: 1, size: SIZE_OF_VIDEO_PORT_I2C_INTERFACE, functions: i2cService },
  { type: VideoPortServicesI2C, version: 2, size: SIZE_OF_VIDEO_PORT_I2C_INTERFACE, functions: i2cService },
  { type: VideoPortServicesInt10, version: 1, size: SIZE_OF_VIDEO_PORT_INT10_INTERFACE, functions: int10Service },
  {
    type: VideoPortServicesDebugReport,
    version: 1,
    size: SIZE_OF_VIDEO_PORT_DEBUG_REPORT_INTERFACE,
    functions: {
      DbgReportCreate: VideoPortDbgReportCreate,
      DbgReportSecondaryData: VideoPortDbgReportSecondaryData,
      DbgReportComplete: VideoPortDbgReportComplete,
    },
  },
  {
    type: VideoPortServicesWCMemoryProtection,
    version: 1,
    size: SIZE_OF_VIDEO_PORT_WCMEMORYPROTECTION_INTERFACE,
    functions: WC_PROTECTION,
  },
];

/** What a driver holds an interface by: counts its references. */
interface ServiceContext {
  readonly serviceType: number;
  references: number;
}

const isContext = (object: object): object is ServiceContext => 'serviceType' in object;

/** Changes the references of an interface; the last one gone, its context means nothing. */
function reference(context: PVOID, by: 1 | -1): void {
  const service = port.handles.get(context, isContext);
  if (!service) {
    port.observer?.report(
      'bad-argument',
      [Number(context), 0, 0, 0],
      `${by > 0 ? 'InterfaceReference' : 'InterfaceDereference'}: ${hex(Number(context))} is no interface's Context, or its last reference is gone`,
    );
    return;
  }
  service.references += by;
  if (service.references === 0) port.handles.remove(context);
}

/**
 * Gives the functions of a service. The interface comes with one reference, which InterfaceDereference gives back.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param ServicesType VideoPortServicesAGP, I2C, Int10, DebugReport or WCMemoryProtection
 * @param Interface in: Size and Version; out: the rest
 * @returns NO_ERROR; ERROR_INVALID_FUNCTION for a service that there is not (VideoPortServicesHeadless is one: this
 *   machine has no management console); ERROR_INVALID_PARAMETER for a version or size that there is not
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportqueryservices
 */
export function VideoPortQueryServices(
  HwDeviceExtension: HwDeviceExtension,
  ServicesType: number,
  Interface: INTERFACE,
): VP_STATUS {
  enter(QUERY, HwDeviceExtension, ServicesType, Interface);
  port.device(HwDeviceExtension, QUERY.name);
  if (!checkStructure(Interface, QUERY.name, 'Interface')) return ERROR_INVALID_PARAMETER;
  const versions = SERVICES.filter((service) => service.type === ServicesType);
  if (versions.length === 0) return ERROR_INVALID_FUNCTION;
  const service = versions.find(({ version, size }) => version === Interface.Version && size === Interface.Size);
  if (!service) return ERROR_INVALID_PARAMETER;
  const context: ServiceContext = { serviceType: ServicesType, references: 1 };
  Object.assign(Interface, service.functions, {
    Context: port.handles.add(context),
    InterfaceReference: (Context: PVOID) => reference(Context, 1),
    InterfaceDereference: (Context: PVOID) => reference(Context, -1),
  });
  return NO_ERROR;
}
