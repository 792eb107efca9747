/**
 * From a driver's source to text that the worker can run: TypeScript's types are taken off, imports become calls of
 * `require`, and a source map leads every position back. Nothing is executed here.
 */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { Parser, parse, type Token, tokTypes } from 'acorn';
import { transform } from 'sucrase';
import type { GeneratedPosition } from '../verifier/source-position.ts';
import { type DriverFile, isRelative, listProblems, resolveImport } from './driver-files.ts';
import { listExports, mayDeclareSeveral } from './export-lists.ts';
import { CompileError, type SourceError } from './machine-types.ts';

/** What the worker gets of a driver. */
export interface Program {
  /** The text of each file, by number. The first is run, and the others as it imports them. */
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

/** One file, compiled. */
interface CompiledFile {
  readonly name: string;
  readonly code: string;
  /** The ways back, from the text to the source, the last step of the compiler's first. */
  readonly traces: readonly TraceMap[];
  /** What it imports, with the places in the compiled text; columns count from 0. */
  readonly imports: readonly { readonly specifier: string; readonly line: number; readonly column: number }[];
}

/** The files of the driver compiled last: an edit is tried before it is booted, and most of its files are as they were. */
let recent: readonly { readonly source: string; readonly file: CompiledFile }[] = [];

/**
 * Compiles a driver: its entry first, then the files that it imports from.
 * Rejects with {@link CompileError}, which holds an error for each file that does not parse, or for each import of a file that is not there.
 */
export async function compile(files: readonly DriverFile[]): Promise<Compiled> {
  const errors: SourceError[] = listProblems(files).map((problem) => ({ ...problem, line: 1, column: 1 }));
  if (errors.length > 0) throw new CompileError(errors);
  const known = recent;
  const compiled: CompiledFile[] = [];
  for (const file of files) {
    try {
      const same = known.find(({ source, file: { name } }) => name === file.name && source === file.source);
      compiled.push(same?.file ?? (await compileFile(file)));
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      errors.push(...error.errors);
    }
  }
  const locate = (position: GeneratedPosition | null): SourcePosition | null => {
    const file = position && compiled[position.file];
    if (!file) return null;
    let at = { line: position.line, column: position.column - 1 };
    for (const trace of file.traces) {
      const { line, column } = originalPositionFor(trace, at);
      if (line === null) return null;
      at = { line, column };
    }
    return { file: file.name, line: at.line, column: at.column + 1 };
  };
  if (errors.length === 0) {
    const names = files.map(({ name }) => name);
    for (const [file, { name, imports }] of compiled.entries()) {
      for (const { specifier, line, column } of imports) {
        if (!isRelative(specifier) || resolveImport(names, specifier, name) >= 0) continue;
        const message = `there is no file '${specifier}': the driver's files are ${names.join(', ')}`;
        errors.push({ message, ...(locate({ file, line, column: column + 1 }) ?? { file: name, line: 1, column: 1 }) });
      }
    }
  }
  if (errors.length > 0) throw new CompileError(errors);
  recent = compiled.map((file, index) => ({ source: files[index]?.source ?? '', file }));
  return { program: { files: compiled.map(({ name, code }) => ({ name, code })) }, locate };
}

/** The files that a file imports, as it writes them; none when it does not compile. Rejects for nothing else. */
export async function relativeImports(file: DriverFile): Promise<string[]> {
  try {
    const { imports } = await compileFile(file);
    return imports.map(({ specifier }) => specifier).filter(isRelative);
  } catch (error) {
    if (error instanceof CompileError) return [];
    throw error;
  }
}

async function compileFile({ name, source }: DriverFile): Promise<CompiledFile> {
  const namespace = /^[ \t]*(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*\{/m.exec(source);
  if (namespace) {
    // The type stripper would drop it without a word.
    const message =
      'a namespace is more than types, and only types can be taken off: use plain constants and functions';
    const line = source.slice(0, namespace.index).split('\n').length;
    throw new CompileError([{ message, file: name, line, column: 1 }]);
  }
  try {
    const first = mayDeclareSeveral(source) ? strip(source, name, ['typescript']) : null;
    const last = first
      ? strip(listExports(first.code), name, ['imports'])
      : strip(source, name, ['typescript', 'imports']);
    const { code } = last;
    const traces = [last, ...(first ? [first] : [])].map(({ trace }) => trace);
    const tokens: Token[] = [];
    // The type stripper reads past many an error; a parser does not.
    parse(code, { ecmaVersion: 2022, sourceType: 'script', onToken: tokens, locations: true });
    return { name, code, traces, imports: importsIn(code, tokens) };
  } catch (error) {
    throw new CompileError([await explain(source, name, error as Located)]);
  }
}

/** Types taken off, or imports made calls of `require`, or both; and the way back. */
function strip(source: string, name: string, transforms: ('typescript' | 'imports')[]) {
  const { code, sourceMap } = transform(source, {
    transforms,
    filePath: name,
    production: true,
    disableESTransforms: true,
    sourceMapOptions: { compiledFilename: 'driver.js' },
  });
  return { code, trace: new TraceMap(sourceMap as ConstructorParameters<typeof TraceMap>[0]) };
}

/** The calls of `require` that imports have become. */
function importsIn(code: string, tokens: readonly Token[]): CompiledFile['imports'] {
  return tokens.flatMap(({ type, start, end, loc }, index) => {
    if (type !== tokTypes.string || !loc || tokens[index - 1]?.type !== tokTypes.parenL) return [];
    const callee = tokens[index - 2];
    if (callee?.type !== tokTypes.name || code.slice(callee.start, callee.end) !== 'require') return [];
    return [{ specifier: code.slice(start + 1, end - 1), line: loc.start.line, column: loc.start.column }];
  });
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
