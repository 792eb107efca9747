/** The engine whose device-visible memory and execution are the visitor's GPU. */
import { apertureLimitPages, DeviceEngine, type EngineTuning } from '../device-engine.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import type { GpuContext } from './gpu-context.ts';
import { WebGpuBackend } from './webgpu-backend.ts';

/**
 * Makes an engine for one machine, on a GPU that the board keeps. It works until `close()`. Rejects when the GPU was lost
 * and cannot be had again.
 */
export async function createWebGpuEngine(
  context: GpuContext,
  options: EngineOptions,
  tuning: EngineTuning = {},
): Promise<Engine> {
  await context.ready();
  const limit = apertureLimitPages(options.memory, context.apertureBytes, tuning);
  return new DeviceEngine(new WebGpuBackend(context, options.memory, options.canvas, limit), options, tuning);
}
