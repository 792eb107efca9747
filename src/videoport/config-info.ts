/** VIDEO_PORT_CONFIG_INFO as HwVidFindAdapter gets it. */
import { Compatible, LevelSensitive, PCIBus, SIZE_OF_VIDEO_PORT_CONFIG_INFO, Width8Bits } from '../ddi/constants.ts';
import type { VIDEO_PORT_CONFIG_INFO } from '../ddi/miniport.ts';
import { NULL } from '../ddi/types.ts';
import { port, type VideoDevice } from './port.ts';

/** The driver's key, as DriverEntry's second argument and DriverRegistryPath name it. */
export const REGISTRY_PATH = '\\Registry\\Machine\\System\\CurrentControlSet\\Services\\miniport';

/** Fills in what the port knows of a device: its bus, its interrupt, the system. The rest is 0, for the driver to set. */
export function configInfo(device: VideoDevice): VIDEO_PORT_CONFIG_INFO {
  const line = device.pciFunction.interruptLine;
  return {
    Length: SIZE_OF_VIDEO_PORT_CONFIG_INFO,
    SystemIoBusNumber: 0,
    AdapterInterfaceType: PCIBus,
    BusInterruptLevel: line,
    BusInterruptVector: line,
    InterruptMode: LevelSensitive,
    NumEmulatorAccessEntries: 0,
    EmulatorAccessEntries: NULL,
    EmulatorAccessEntriesContext: 0,
    VdmPhysicalVideoMemoryAddress: 0n,
    VdmPhysicalVideoMemoryLength: 0,
    HardwareStateSize: 0,
    DmaChannel: 0,
    DmaPort: 0,
    DmaShareable: 0,
    InterruptShareable: 1,
    Master: true,
    DmaWidth: Width8Bits,
    DmaSpeed: Compatible,
    bMapBuffers: false,
    NeedPhysicalAddresses: false,
    DemandMode: false,
    MaximumTransferLength: 0,
    NumberOfPhysicalBreaks: 0,
    ScatterGather: false,
    MaximumScatterGatherChunkSize: 0,
    VideoPortGetProcAddress: (HwDeviceExtension, FunctionName) => {
      port.device(HwDeviceExtension, 'VideoPortGetProcAddress');
      return port.procAddress(String(FunctionName)) ?? null;
    },
    DriverRegistryPath: REGISTRY_PATH,
    SystemMemorySize: BigInt(port.space.bytes.length),
  };
}
