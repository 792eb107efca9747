/**
 * Debug reports: trouble that the driver could deal with and wants to tell of (bug check 0xAD's contents, without the
 * crash). VideoPortDbgReportCreate, VideoPortDbgReportSecondaryData, VideoPortDbgReportComplete have no page of their
 * own; they are prototypes of video.h, and reach a driver through VideoPortQueryServices.
 */
import { DISPATCH_LEVEL, VIDEO_DEBUG_REPORT_MAX_SIZE } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { Site } from '../ddi/observer.ts';
import type { PVIDEO_DEBUG_REPORT } from '../ddi/services.ts';
import type { BOOLEAN, PVOID, ULONG } from '../ddi/types.ts';
import { NULL } from '../ddi/types.ts';
import { hex } from '../memory/address-space.ts';
import { checkUlong } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { perPort } from './per-port.ts';
import { port } from './port.ts';
import { requireMapped } from './system-memory.ts';

const CREATE = callRule('VideoPortDbgReportCreate', DISPATCH_LEVEL);
const SECONDARY = callRule('VideoPortDbgReportSecondaryData', DISPATCH_LEVEL);
const COMPLETE = callRule('VideoPortDbgReportComplete', DISPATCH_LEVEL);

interface DebugReport {
  readonly reportCode: number;
  readonly arguments: readonly number[];
  data: Uint8Array;
  readonly site: Site | undefined;
}

/** A report that was submitted. */
export interface SubmittedReport {
  readonly code: number;
  readonly arguments: readonly number[];
  readonly data: Uint8Array;
}

const isReport = (object: object): object is DebugReport => 'reportCode' in object;

const submitted = perPort<SubmittedReport[]>(() => []);

/** Reports are kept up to this many. */
const KEPT = 16;

function reportOf(handle: PVIDEO_DEBUG_REPORT, caller: string): DebugReport | undefined {
  const report = port.handles.get(handle, isReport);
  if (!report) {
    port.observer?.report(
      'bad-argument',
      [Number(handle), 0, 0, 0],
      `${caller}: ${hex(Number(handle))} is no report that VideoPortDbgReportCreate made, or it was submitted`,
    );
  }
  return report;
}

/**
 * Begins a report. It has no official page of its own.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param ulCode what happened; the arguments say more
 * @param ulpArg1 first number that goes with the code
 * @param ulpArg2 second number
 * @param ulpArg3 third number
 * @param ulpArg4 fourth number
 * @returns the report, or NULL
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/
 */
export function VideoPortDbgReportCreate(
  HwDeviceExtension: HwDeviceExtension,
  ulCode: ULONG,
  ulpArg1: number,
  ulpArg2: number,
  ulpArg3: number,
  ulpArg4: number,
): PVIDEO_DEBUG_REPORT {
  enter(CREATE, HwDeviceExtension, ulCode, ulpArg1, ulpArg2, ulpArg3, ulpArg4);
  port.device(HwDeviceExtension, CREATE.name);
  if (!Number.isInteger(ulCode)) return NULL;
  const report: DebugReport = {
    reportCode: ulCode >>> 0,
    arguments: [ulpArg1, ulpArg2, ulpArg3, ulpArg4],
    data: new Uint8Array(0),
    site: port.observer?.site(),
  };
  return port.handles.add(report);
}

/**
 * Adds bytes to a report. It has no official page of its own.
 *
 * @param pReport report from VideoPortDbgReportCreate
 * @param pvData the bytes
 * @param ulDataSize bytes; all of a report's data together is VIDEO_DEBUG_REPORT_MAX_SIZE at most
 * @returns FALSE when they do not fit; nothing is added then
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/
 */
export function VideoPortDbgReportSecondaryData(
  pReport: PVIDEO_DEBUG_REPORT,
  pvData: PVOID,
  ulDataSize: ULONG,
): BOOLEAN {
  enter(SECONDARY, pReport, pvData, ulDataSize);
  if (!checkUlong(ulDataSize, SECONDARY.name, 'ulDataSize')) return false;
  const report = reportOf(pReport, SECONDARY.name);
  if (!report || report.data.length + ulDataSize > VIDEO_DEBUG_REPORT_MAX_SIZE) return false;
  requireMapped(pvData, ulDataSize, SECONDARY.name, false);
  const data = new Uint8Array(report.data.length + ulDataSize);
  data.set(report.data);
  data.set(port.space.bytes.subarray(pvData, pvData + ulDataSize), report.data.length);
  report.data = data;
  return true;
}

/**
 * Submits a report and frees it. The machine goes on. It has no official page of its own.
 *
 * @param pReport report from VideoPortDbgReportCreate
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/
 */
export function VideoPortDbgReportComplete(pReport: PVIDEO_DEBUG_REPORT): void {
  enter(COMPLETE, pReport);
  const report = reportOf(pReport, COMPLETE.name);
  if (!report) return;
  port.handles.remove(pReport);
  const reports = submitted();
  reports.push({ code: report.reportCode, arguments: report.arguments, data: report.data });
  if (reports.length > KEPT) reports.shift();
  const values = report.arguments.map((value) => hex(Math.trunc(Number(value)) >>> 0)).join(', ');
  port.log(
    'driver',
    'error',
    `debug report ${hex(report.reportCode)} (${values}) with ${report.data.length} bytes of data`,
  );
}

/** The last reports, oldest first. */
export function debugReports(): readonly SubmittedReport[] {
  return submitted();
}

/** Says which reports were begun and never submitted, for the report at stop. */
export function reportOpenDebugReports(): void {
  for (const [handle, report] of port.handles.entries(isReport)) {
    port.observer?.report(
      'leak',
      [handle, report.reportCode, 0, 0],
      `the debug report ${hex(report.reportCode)} was never submitted with VideoPortDbgReportComplete`,
      report.site,
    );
  }
}
