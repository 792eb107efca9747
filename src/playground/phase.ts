/** Where the page stands with its machines, and what can be done there. */
import type { MachineState } from '../machine/machine-types.ts';

/**
 * `checking` what the browser can do · `unsupported`: no machine can run here · `idle`: none was booted yet ·
 * `starting`: boot was asked for and the worker is not there yet · `rejected`: the source did not compile, or boot said
 * what is missing · the rest are the machine's own states
 */
export type Phase = 'checking' | 'unsupported' | 'idle' | 'starting' | 'rejected' | MachineState;

/** Is there a machine that can be stopped? */
export const isLive = (phase: Phase): boolean =>
  phase === 'starting' || phase === 'booting' || phase === 'running' || phase === 'paused';

/** Is Run of any use: does nothing run, or is it paused? */
export const isBootable = (phase: Phase): boolean =>
  phase === 'idle' ||
  phase === 'rejected' ||
  phase === 'paused' ||
  phase === 'stopped' ||
  phase === 'failed' ||
  phase === 'crashed';
