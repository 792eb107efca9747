/**
 * From a driver's source to text that the worker can run: TypeScript's types are taken off, imports become calls of
 * `require`, and a source map leads every position back. Nothing is executed here.
 */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { Parser, parse } from 'acorn';
import { transform } from 'sucrase';
import type { GeneratedPosition } from '../verifier/source-position.ts';
import { CompileError, type SourceError } from './machine-types.ts';

/** What the worker gets of a driver. */
export interface Program {
  /** The text of each file, by number. Only the first is run; it is the driver. */
  readonly files: readonly { readonly name: string; readonly code: string }[];
}

/** A place in the driver's own source; lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A driver that can be run, and the way back from its text to its source. */
export interface Compiled {
  readonly program: Program;
  /** Where a position in the compiled text lies in the source; null when it lies in no line of it. */
  locate(position: GeneratedPosition | null): SourcePosition | null;
}

/** Where a parser's message says that it stopped. */
interface Located {
  readonly message: string;
  readonly loc?: { readonly line: number; readonly column: number };
}

/**
 * Compiles one file.
 * @param fileName its name, as findings show it Rejects with {@link CompileError} when the source does not parse.
 */
export async function compile(source: string, fileName: string): Promise<Compiled> {
  const namespace = /^[ \t]*(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*\{/m.exec(source);
  if (namespace) {
    // The type stripper would drop it without a word.
    const message =
      'a namespace is more than types, and only types can be taken off: use plain constants and functions';
    const line = source.slice(0, namespace.index).split('\n').length;
    throw new CompileError([{ message, file: fileName, line, column: 1 }]);
  }
  let code: string;
  let trace: TraceMap;
  try {
    const stripped = transform(source, {
      transforms: ['typescript', 'imports'],
      filePath: fileName,
      production: true,
      disableESTransforms: true,
      sourceMapOptions: { compiledFilename: 'driver.js' },
    });
    code = stripped.code;
    trace = new TraceMap(stripped.sourceMap as ConstructorParameters<typeof TraceMap>[0]);
    // The type stripper reads past many an error; a parser does not.
    parse(code, { ecmaVersion: 2022, sourceType: 'script' });
  } catch (error) {
    throw new CompileError([await explain(source, fileName, error as Located)]);
  }
  const locate = (position: GeneratedPosition | null): SourcePosition | null => {
    if (!position) return null;
    const { line, column } = originalPositionFor(trace, { line: position.line, column: position.column - 1 });
    return line === null ? null : { file: fileName, line, column: column + 1 };
  };
  return { program: { files: [{ name: fileName, code }] }, locate };
}

/**
 * Finds out what is wrong with a source that did not compile: a whole TypeScript parser, loaded for this only, knows
 * the place better than the stripper, which is made for speed.
 */
async function explain(source: string, file: string, error: Located): Promise<SourceError> {
  const { tsPlugin } = await import('@sveltejs/acorn-typescript');
  try {
    Parser.extend(tsPlugin()).parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch (better) {
    const { message, loc } = better as Located;
    return { message: bare(message), file, line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1 };
  }
  return { message: bare(error.message), file, line: error.loc?.line ?? 1, column: error.loc?.column ?? 1 };
}

/** The message without file and position, which are told apart from it. */
function bare(message: string): string {
  return message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '');
}
