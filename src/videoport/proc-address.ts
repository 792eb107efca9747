/**
 * VideoPortGetProcAddress: functions of the port by name. It is no export but a member of VIDEO_PORT_CONFIG_INFO; a
 * driver that must load on older systems, too, looks there for what these do not have.
 */
import * as videoport from './index.ts';

/** Prototypes in video.h that videoprt.sys does not export: VideoPortQueryServices gives them. */
const NOT_EXPORTED = ['VideoPortDbgReportCreate', 'VideoPortDbgReportSecondaryData', 'VideoPortDbgReportComplete'];

const table: ReadonlyMap<string, unknown> = new Map(
  Object.entries(videoport).filter(
    ([name, value]) => /^VideoPort[A-Z]/.test(name) && typeof value === 'function' && !NOT_EXPORTED.includes(name),
  ),
);

/** The function of a name; null when the port exports none. Upper and lower case are different. */
export function procAddress(name: string): unknown {
  return table.get(name) ?? null;
}

/** Names of all functions that can be had. */
export function procNames(): string[] {
  return [...table.keys()].sort();
}
