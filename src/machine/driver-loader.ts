/** Evaluates a driver's text in the worker and finds its DriverEntry. */
import type { DriverEntry } from '../ddi/miniport.ts';
import * as ringgpu from '../devices/ringgpu/index.ts';
import { type GeneratedPosition, namedText } from '../verifier/source-position.ts';
import * as videoport from '../videoport/index.ts';
import type { Port } from '../videoport/port.ts';
import type { Program } from './compile.ts';
import type { CpuTrace } from './cpu-trace.ts';
import { isRelative, resolveImport } from './driver-files.ts';

/** Why a driver does not run, with the error that said so, if there was one. */
export interface Failure {
  readonly failed: string;
  readonly cause?: unknown;
  /** Where, when no error says it. */
  readonly position?: GeneratedPosition;
}

/** A printed line is cut here. */
const LONGEST_LINE = 2000;

/** What a driver's files import by name. */
type Modules = Readonly<Record<string, object>>;

/** One file of a driver while it is loaded. */
interface Loading {
  readonly exports: Record<string, unknown>;
  done: boolean;
}

/**
 * Runs the top level of a driver's entry, the first file, and of the files that it imports, each once, as it is imported. `require`
 * gives them and the modules that miniports import; `console` writes to the machine's log.
 * @param trace records each call of the driver's into the port, when there is one
 * @returns the entry's DriverEntry, or why there is none
 */
export function loadDriver(
  files: Program['files'],
  log: Port['log'],
  trace: CpuTrace | null,
): { readonly driverEntry: DriverEntry } | Failure {
  const modules: Modules = {
    videoport: Object.freeze({ __esModule: true, ...(trace ? trace.wrap(videoport) : videoport) }),
    ringgpu: Object.freeze({ __esModule: true, ...ringgpu }),
  };
  for (const [file, { code }] of files.entries()) {
    const missing = missingName(file, code, (name) => (Object.hasOwn(modules, name) ? modules[name] : undefined));
    if (missing) return missing;
  }
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

  const names = files.map(({ name }) => name);
  const loads = new Map<number, Loading>();
  /** The file whose top level ran last: where an error came from. */
  let running = names[0] ?? '';
  /** Says so when imports go in a circle: whoever comes last finds the first one unfinished. */
  let cycle = '';
  const load = (file: number): object => {
    const name = names[file] ?? '';
    const begun = loads.get(file);
    if (begun) {
      if (!begun.done)
        cycle = `; ${running} imports ${name}, which was not loaded to its end yet: imports go in a circle`;
      return begun.exports;
    }
    const loading: Loading = { exports: {}, done: false };
    loads.set(file, loading);
    const importer = running;
    running = name;
    const require = (wanted: string): object => {
      if (isRelative(wanted)) return load(resolveImport(names, wanted, name));
      const module = Object.hasOwn(modules, wanted) ? modules[wanted] : undefined;
      if (!module) throw new Error(`there is no module '${wanted}': a miniport imports 'videoport' and 'ringgpu'`);
      return module;
    };
    const code = namedText(file, files[file]?.code ?? '');
    new Function('require', 'exports', 'module', code)(require, loading.exports, { exports: loading.exports });
    loading.done = true;
    running = importer;
    return loading.exports;
  };
  try {
    load(0);
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { failed: `${running} threw ${text} while it was loaded${cycle}`, cause: error };
  }
  for (const [file, { name, code }] of files.entries()) {
    if (!loads.has(file)) continue;
    const exportsOf = (wanted: string) =>
      isRelative(wanted) ? loads.get(resolveImport(names, wanted, name))?.exports : undefined;
    const missing = missingName(file, code, exportsOf);
    if (missing) return missing;
  }
  const driverEntry = loads.get(0)?.exports.DriverEntry;
  if (typeof driverEntry !== 'function') {
    const elsewhere = names.find((_, file) => typeof loads.get(file)?.exports.DriverEntry === 'function');
    const hint = elsewhere ? `: ${elsewhere} does, but the port calls the first file's` : '';
    const position = { file: 0, line: 1, column: 1 };
    return { failed: `${names[0]} exports no function DriverEntry${hint}`, position };
  }
  return { driverEntry: driverEntry as DriverEntry };
}

/**
 * A name that a file imports and the module, or the other file, does not have, as a failure at the place where it is
 * used. Without this, it would be `undefined` until somebody calls it.
 * @param find gives what is known of a module by now
 */
function missingName(file: number, code: string, find: (name: string) => object | undefined): Failure | null {
  for (const [, alias = '', name = ''] of code.matchAll(/\b(_\w+) = require\('([^'\\]+)'\)/g)) {
    const module = find(name);
    if (!module) continue;
    for (const use of code.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g'))) {
      const wanted = use[1] ?? '';
      if (Object.hasOwn(module, wanted)) continue;
      const before = code.slice(0, use.index).split('\n');
      const position = { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
      return { failed: `${isRelative(name) ? 'the file' : 'the module'} '${name}' has no ${wanted}`, position };
    }
  }
  return null;
}
