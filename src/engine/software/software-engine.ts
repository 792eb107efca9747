/** The engine for browsers without WebGPU, and the oracle by which the other is tested. */
import { apertureLimitPages, DeviceEngine, type EngineTuning } from '../device-engine.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { SoftwareBackend } from './software-backend.ts';

/** The largest aperture that we ask of the page's own memory. */
const APERTURE_LIMIT = 1024 ** 3;

/** Makes a software engine for one machine. It works from now until `close()`. */
export function createSoftwareEngine(options: EngineOptions, tuning: EngineTuning = {}): Engine {
  const limit = apertureLimitPages(options.memory, APERTURE_LIMIT, tuning);
  return new DeviceEngine(new SoftwareBackend(options.memory, options.canvas, limit), options, tuning);
}
