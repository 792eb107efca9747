/** Where in the driver something happened: a position in the text that the worker runs, read off a stack. */

/** The name under which the worker runs a driver's file; with it in a stack, a frame is the driver's. */
export const DRIVER_URL = 'miniport:///';

/** Lines that `new Function` puts before the text that it is given. */
const LINES_BEFORE = 2;

/** A file's text as the worker runs it: under a name that stacks show. */
export function namedText(file: number, code: string): string {
  return `${code}\n//# sourceURL=${DRIVER_URL}${file}`;
}

/** A place in the compiled text of file `file` (its number); lines and columns count from 1. */
export interface GeneratedPosition {
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

const FRAME = /miniport:\/\/\/(\d+):(\d+):(\d+)/;

/** Most frames that a stack keeps: deep enough for a driver's own helpers between its callback and the call. */
export const STACK_DEPTH = 30;

/** The innermost frame of an error's stack that lies in the driver, or null when none does. */
export function driverPosition(error: unknown): GeneratedPosition | null {
  const stack = error instanceof Error ? error.stack : undefined;
  const match = stack ? FRAME.exec(stack) : null;
  return match ? { file: Number(match[1]), line: Number(match[2]) - LINES_BEFORE, column: Number(match[3]) } : null;
}
