/** The rest of the PC around the port: firmware, monitor, boot switches. One of each for a machine. */
import { DdcMonitor } from '../bus/ddc-monitor.ts';
import { Firmware } from '../bus/firmware.ts';
import { VbeFirmware } from '../bus/vbe-firmware.ts';
import { systemTime } from '../hal/clock.ts';
import { perPort } from './per-port.ts';
import { port } from './port.ts';

/** Milliseconds between 1601, when system time begins, and 1970. */
const UNIX_EPOCH_MS = 11_644_473_600_000;

/** What the machine has besides its bus. */
export interface Platform {
  readonly firmware: Firmware;
  readonly monitor: DdcMonitor;
  /** The video BIOS. */
  readonly bios: VbeFirmware;
  /** The boot switch /NOVESA, and others like it: a driver for any VGA must stay with what every VGA has. */
  noVesa: boolean;
}

/** The platform of the port that is installed. */
export const platform = perPort<Platform>(() => {
  const monitor = new DdcMonitor();
  return {
    firmware: new Firmware(port.space.bytes.length, () => new Date(Number(systemTime() / 10_000n) - UNIX_EPOCH_MS)),
    monitor,
    bios: new VbeFirmware(monitor.edid),
    noVesa: false,
  };
});
