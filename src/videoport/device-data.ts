/** What the firmware found: VideoPortGetDeviceData. And the boot switch that VideoPortIsNoVesa tells. */
import type { HardwareKind } from '../bus/firmware.ts';
import {
  PASSIVE_LEVEL,
  VpBusData,
  VpCmosData,
  VpControllerData,
  VpMachineData,
  VpMonitorData,
} from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import { ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY, NO_ERROR } from '../ddi/status.ts';
import type { BOOLEAN, PVOID, ULONG, VP_STATUS } from '../ddi/types.ts';
import { NULL } from '../ddi/types.ts';
import { callbackStatus, checkCallback } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { platform } from './platform.ts';
import { port } from './port.ts';

const GET = callRule('VideoPortGetDeviceData', PASSIVE_LEVEL, {
  notIn: ['HwVidTimer', 'HwVidDpcRoutine', 'HwVidSynchronizeExecutionCallback'],
});
const NO_VESA = callRule('VideoPortIsNoVesa', PASSIVE_LEVEL);

const KINDS: Readonly<Record<number, HardwareKind>> = {
  [VpMachineData]: 'machine',
  [VpCmosData]: 'cmos',
  [VpBusData]: 'bus',
  [VpControllerData]: 'controller',
  [VpMonitorData]: 'monitor',
};

/**
 * Takes one piece of firmware data (HwVidQueryDeviceCallback). What ConfigurationData points to is gone when it
 * returns.
 */
export type PMINIPORT_QUERY_DEVICE_ROUTINE<T = never> = (
  HwDeviceExtension: never,
  Context: T,
  DeviceDataType: number,
  Identifier: string,
  IdentifierLength: ULONG,
  ConfigurationData: PVOID,
  ConfigurationDataLength: ULONG,
  ComponentInformation: PVOID,
  ComponentInformationLength: ULONG,
) => VP_STATUS;

/**
 * Gives what the firmware found of a kind to a callback, once for each. Not from HwVidInterrupt, HwVidTimer, a DPC or a
 * synchronisation callback.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param DeviceDataType VpMachineData, VpCmosData, VpBusData, VpControllerData or VpMonitorData
 * @param CallbackRoutine called with each thing that was found
 * @param Context for the callback
 * @returns NO_ERROR; the callback's status when it is another one; ERROR_INVALID_PARAMETER for a type that there is not
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetdevicedata
 */
export function VideoPortGetDeviceData<T>(
  HwDeviceExtension: HwDeviceExtension,
  DeviceDataType: number,
  CallbackRoutine: PMINIPORT_QUERY_DEVICE_ROUTINE<T>,
  Context: T,
): VP_STATUS {
  enter(GET, HwDeviceExtension, DeviceDataType, CallbackRoutine, Context);
  port.device(HwDeviceExtension, GET.name);
  if (!checkCallback(CallbackRoutine, GET.name, 'CallbackRoutine')) return ERROR_INVALID_PARAMETER;
  const kind = KINDS[DeviceDataType];
  if (!kind) return ERROR_INVALID_PARAMETER;
  const { firmware, monitor } = platform();
  for (const { identifier, configuration } of firmware.nodes(kind, monitor.edid)) {
    const region = configuration.length > 0 ? port.space.map('system', configuration.length) : null;
    if (!region && configuration.length > 0) return ERROR_NOT_ENOUGH_MEMORY;
    if (region) port.space.bytes.set(configuration, region.base);
    const returned = port.processor.run('HwVidQueryDeviceCallback', PASSIVE_LEVEL, () =>
      CallbackRoutine(
        HwDeviceExtension as never,
        Context,
        DeviceDataType,
        identifier,
        // Of the wide characters that a C driver gets, the last one zero.
        2 * (identifier.length + 1),
        region?.base ?? NULL,
        configuration.length,
        NULL,
        0,
      ),
    );
    if (region) port.space.unmap(region);
    const status = callbackStatus('HwVidQueryDeviceCallback', returned);
    if (status !== NO_ERROR) return status;
  }
  return NO_ERROR;
}

/**
 * Tells whether the machine was booted with /NOVESA: a driver for any VGA must then stay with VGA's ports and memory,
 * and must not use INT 10h.
 *
 * @returns TRUE when it was
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportisnovesa
 */
export function VideoPortIsNoVesa(): BOOLEAN {
  enter(NO_VESA);
  return platform().noVesa;
}
