/** Evaluates a driver's text in the worker and finds its DriverEntry. */
import type { DriverEntry } from '../ddi/miniport.ts';
import * as ringgpu from '../devices/ringgpu/index.ts';
import { type GeneratedPosition, namedText } from '../verifier/source-position.ts';
import * as videoport from '../videoport/index.ts';
import type { Port } from '../videoport/port.ts';

/** Why a driver does not run, with the error that said so, if there was one. */
export interface Failure {
  readonly failed: string;
  readonly cause?: unknown;
  /** Where, when no error says it. */
  readonly position?: GeneratedPosition;
}

/** A printed line is cut here. */
const LONGEST_LINE = 2000;

/**
 * Runs the top level of a driver's file. `require` gives the modules that miniports import; `console` writes to the
 * machine's log.
 * @returns its DriverEntry, or why there is none
 */
export function loadDriver(code: string, log: Port['log']): { readonly driverEntry: DriverEntry } | Failure {
  const modules: Readonly<Record<string, object>> = {
    videoport: Object.freeze({ __esModule: true, ...videoport }),
    ringgpu: Object.freeze({ __esModule: true, ...ringgpu }),
  };
  const missing = missingName(code, modules);
  if (missing) return missing;
  const require = (name: string): object => {
    const module = Object.hasOwn(modules, name) ? modules[name] : undefined;
    if (!module) throw new Error(`there is no module '${name}': a miniport imports 'videoport' and 'ringgpu'`);
    return module;
  };
  const write =
    (level: 'error' | 'warn' | 'info') =>
    (...values: unknown[]) =>
      log('driver', level, values.map(String).join(' ').slice(0, LONGEST_LINE));
  const console = {
    log: write('info'),
    info: write('info'),
    debug: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  Object.defineProperty(globalThis, 'console', { value: Object.freeze(console), configurable: true });
  const exports: Record<string, unknown> = {};
  try {
    new Function('require', 'exports', 'module', namedText(0, code))(require, exports, { exports });
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { failed: `the driver's file threw ${text} while it was loaded`, cause: error };
  }
  const { DriverEntry } = exports;
  if (typeof DriverEntry !== 'function') return { failed: 'the driver exports no function DriverEntry' };
  return { driverEntry: DriverEntry as DriverEntry };
}

/**
 * A name that the driver imports and the module does not have, as a failure at the place where it is used. Without
 * this, it would be `undefined` until somebody calls it.
 */
function missingName(code: string, modules: Readonly<Record<string, object>>): Failure | null {
  for (const [, alias = '', name = ''] of code.matchAll(/\b(_\w+) = require\('(\w+)'\)/g)) {
    const module = Object.hasOwn(modules, name) ? modules[name] : undefined;
    if (!module) continue;
    for (const use of code.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g'))) {
      const wanted = use[1] ?? '';
      if (Object.hasOwn(module, wanted)) continue;
      const before = code.slice(0, use.index).split('\n');
      const position = { file: 0, line: before.length, column: (before.at(-1) ?? '').length + 1 };
      return { failed: `the module '${name}' has no ${wanted}`, position };
    }
  }
  return null;
}
