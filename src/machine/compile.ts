/**
 * From a driver's source to text that the worker can run: TypeScript's types are taken off, imports become calls of
 * `require`, and a
 * source map leads every position back. Nothing is executed here.
 */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { parse } from 'acorn';
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
 * @param fileName its name, as findings show it
 * Throws {@link CompileError} when the source does not parse.
 */
export function compile(source: string, fileName: string): Compiled {
  const { code, map } = stripTypes(source, fileName);
  const trace = new TraceMap(map as ConstructorParameters<typeof TraceMap>[0]);
  const locate = (position: GeneratedPosition | null): SourcePosition | null => {
    if (!position) return null;
    const { line, column } = originalPositionFor(trace, { line: position.line, column: position.column - 1 });
    return line === null ? null : { file: fileName, line, column: column + 1 };
  };
  // The type stripper reads past many an error; a parser does not.
  try {
    parse(code, { ecmaVersion: 2022, sourceType: 'script' });
  } catch (error) {
    const { message, loc } = error as Located;
    const place = locate({ file: 0, line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1 });
    throw failure({
      message: bare(message),
      file: fileName,
      line: place?.line ?? loc?.line ?? 1,
      column: place?.column ?? 1,
    });
  }
  return { program: { files: [{ name: fileName, code }] }, locate };
}

function stripTypes(source: string, fileName: string): { code: string; map: unknown } {
  try {
    const { code, sourceMap } = transform(source, {
      transforms: ['typescript', 'imports'],
      filePath: fileName,
      production: true,
      disableESTransforms: true,
      sourceMapOptions: { compiledFilename: 'driver.js' },
    });
    return { code, map: sourceMap };
  } catch (error) {
    const { message, loc } = error as Located;
    throw failure({ message: bare(message), file: fileName, line: loc?.line ?? 1, column: loc?.column ?? 1 });
  }
}

/** The message without file and position, which are told apart from it. */
function bare(message: string): string {
  return message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '');
}

function failure(error: SourceError): CompileError {
  return new CompileError([error]);
}
