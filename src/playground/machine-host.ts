import type { BootOptions, MachineControl, Support } from '../machine/machine-types.ts';

/** The static side of `Machine`: all that the page needs of it. */
export interface MachineHost {
  boot(options: BootOptions): Promise<MachineControl>;
  support(): Promise<Support>;
}
