/** The adapter's key in the registry: VideoPortGetRegistryParameters, SetRegistryParameters, FlushRegistry. */
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import { ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY, NO_ERROR } from '../ddi/status.ts';
import type { PVOID, UCHAR, ULONG, VP_STATUS } from '../ddi/types.ts';
import { NULL } from '../ddi/types.ts';
import { callbackStatus, checkCallback, checkUlong } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port, type VideoDevice } from './port.ts';
import { registry } from './registry-store.ts';
import { requireMapped } from './system-memory.ts';

const passiveCallbacks = { notIn: ['HwVidTimer', 'HwVidDpcRoutine', 'HwVidSynchronizeExecutionCallback'] } as const;
const GET = callRule('VideoPortGetRegistryParameters', PASSIVE_LEVEL, passiveCallbacks);
const SET = callRule('VideoPortSetRegistryParameters', PASSIVE_LEVEL, passiveCallbacks);
const FLUSH = callRule('VideoPortFlushRegistry', PASSIVE_LEVEL);

/** Values of this name belong to the system: the modes that a user chose. */
const SYSTEM_PREFIX = 'defaultsettings.';

/** Takes a value (HwVidQueryNamedValueCallback). What ValueData points to is gone when it returns. */
export type PMINIPORT_GET_REGISTRY_ROUTINE<T = never> = (
  HwDeviceExtension: never,
  Context: T,
  ValueName: string,
  ValueData: PVOID,
  ValueLength: ULONG,
) => VP_STATUS;

/** Path of a value below the adapter's key, `Sub\Value` being one of a subkey. */
const pathOf = (device: VideoDevice, name: string): string => `${device.slot}\\${name}`;

/** A name that a key can have a value of: parts that are not empty between backslashes. */
const isName = (name: unknown): name is string => typeof name === 'string' && /^[^\\]+(\\[^\\]+)*$/.test(name);

/** Longest name of a file, in characters. */
const LONGEST_NAME = 32_767;

/** UTF-16, as registry strings are, `most` characters of it; what follows the first zero does not count. */
function text(data: Uint8Array, most: number): string {
  let read = '';
  for (let at = 0; at + 1 < data.length && read.length < most; at += 2) {
    const word = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8);
    if (word === 0) break;
    read += String.fromCharCode(word);
  }
  return read;
}

/**
 * Reads a value under the adapter's key and gives it to a callback. Not from HwVidInterrupt, HwVidTimer, a DPC or a
 * synchronisation callback.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param ParameterName `Value`, or `Sub\Value` for one in a subkey
 * @param IsParameterFileName TRUE: the value names a file, and the callback gets the file's bytes
 * @param CallbackRoutine called with the value
 * @param Context handed to the callback
 * @returns what the callback returned; ERROR_INVALID_PARAMETER when there is no such value, or no such file, or the
 *   callback returned no status
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetregistryparameters
 */
export function VideoPortGetRegistryParameters<T>(
  HwDeviceExtension: HwDeviceExtension,
  ParameterName: string,
  IsParameterFileName: UCHAR | boolean,
  CallbackRoutine: PMINIPORT_GET_REGISTRY_ROUTINE<T>,
  Context: T,
): VP_STATUS {
  enter(GET, HwDeviceExtension, ParameterName, IsParameterFileName, CallbackRoutine, Context);
  const device = port.device(HwDeviceExtension, GET.name);
  if (!checkCallback(CallbackRoutine, GET.name, 'CallbackRoutine')) return ERROR_INVALID_PARAMETER;
  if (!isName(ParameterName)) return ERROR_INVALID_PARAMETER;
  const value = registry().get(pathOf(device, ParameterName));
  const data = value && IsParameterFileName ? registry().file(text(value, LONGEST_NAME)) : value;
  if (!data) return ERROR_INVALID_PARAMETER;
  const region = data.length > 0 ? port.space.map('system', data.length) : null;
  if (!region && data.length > 0) return ERROR_NOT_ENOUGH_MEMORY;
  if (region) port.space.bytes.set(data, region.base);
  const status = port.processor.run('HwVidQueryNamedValueCallback', PASSIVE_LEVEL, () =>
    CallbackRoutine(HwDeviceExtension as never, Context, ParameterName, region?.base ?? NULL, data.length),
  );
  if (region) port.space.unmap(region);
  return callbackStatus('HwVidQueryNamedValueCallback', status);
}

/** Bytes of a value that the log shows, and characters of one that reads as text. */
const SHOWN_BYTES = 32;
const SHOWN_CHARACTERS = 128;

/** A value for people: a number when it has four bytes, text when it reads as UTF-16, bytes otherwise. */
function shown(data: Uint8Array): string {
  if (data.length === 4) return `0x${new DataView(data.buffer).getUint32(0, true).toString(16)}`;
  const readable = text(data, SHOWN_CHARACTERS);
  if (readable.length > 1 && /^[\x20-\x7e]+$/.test(readable)) return JSON.stringify(readable);
  const bytes = Array.from(data.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${bytes}${data.length > SHOWN_BYTES ? ` … (${data.length} bytes)` : ''}`;
}

/**
 * Writes a value under the adapter's key, making subkeys as its name says. Not from HwVidInterrupt, HwVidTimer, a DPC
 * or a synchronisation callback.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param ValueName `Value`, or `Sub\Value`
 * @param ValueData its bytes
 * @param ValueLength how many
 * @returns NO_ERROR; ERROR_INVALID_PARAMETER for names that begin with `DefaultSettings.`, which are the system's
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportsetregistryparameters
 */
export function VideoPortSetRegistryParameters(
  HwDeviceExtension: HwDeviceExtension,
  ValueName: string,
  ValueData: PVOID,
  ValueLength: ULONG,
): VP_STATUS {
  enter(SET, HwDeviceExtension, ValueName, ValueData, ValueLength);
  const device = port.device(HwDeviceExtension, SET.name);
  if (!isName(ValueName) || ValueName.toLowerCase().startsWith(SYSTEM_PREFIX)) return ERROR_INVALID_PARAMETER;
  if (!checkUlong(ValueLength, SET.name, 'ValueLength')) return ERROR_INVALID_PARAMETER;
  if (ValueLength > 0) requireMapped(ValueData, ValueLength, SET.name, false);
  const data = Uint8Array.from(port.space.bytes.slice(ValueData, ValueData + ValueLength));
  registry().set(pathOf(device, ValueName), data);
  port.log('port', 'info', `registry: ${ValueName} = ${shown(data)}`);
  return NO_ERROR;
}

/**
 * Writes the adapter's key to disk. Windows Server 2003 and later.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @returns NO_ERROR, always
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportflushregistry
 */
export function VideoPortFlushRegistry(HwDeviceExtension: HwDeviceExtension): VP_STATUS {
  enter(FLUSH, HwDeviceExtension);
  port.device(HwDeviceExtension, FLUSH.name);
  registry().onFlush?.();
  return NO_ERROR;
}
