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

const FRAME = /miniport:\/\/\/(\d+):(\d+):(\d+)/g;
/** Frames of the driver that a finding keeps: the place, and who called it. */
const KEPT = 4;

/** Most frames that a stack keeps: deep enough for a driver's own helpers between its callback and the call. */
export const STACK_DEPTH = 30;

/**
 * The frames of an error's stack that lie in the driver, innermost first: the place itself, then its callers. A driver
 * reaches the port through helpers of its own, and the place alone would be the helper's for every mistake.
 */
export function driverPositions(error: unknown): GeneratedPosition[] {
  let stack: unknown;
  try {
    stack = error instanceof Error ? error.stack : undefined;
  } catch {
    // A driver may throw a proxy that throws when it is looked at.
  }
  if (typeof stack !== 'string') return [];
  return Array.from(stack.matchAll(FRAME), ([, file, line, column]) => ({
    file: Number(file),
    line: Number(line) - LINES_BEFORE,
    column: Number(column),
  })).slice(0, KEPT);
}
