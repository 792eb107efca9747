/** TypeScript's language service over one driver, all its files, and the sources of the modules that it imports. Runs in a worker. */
import ts from 'typescript-service';
import type {
  TypeCompletions,
  TypeDescription,
  TypeDocumentation,
  TypeEdit,
  TypeProblem,
  TypeSignature,
  TypesAnswers,
  TypesRequest,
} from './types-protocol.ts';

/** Where the driver's files lie. */
const folder = '/driver/';

/** What a driver finds without importing it, besides the language itself. */
const globals = `interface Console { log(...values: unknown[]): void; info(...values: unknown[]): void; debug(...values: unknown[]): void; warn(...values: unknown[]): void; error(...values: unknown[]): void }
/** Writes to the machine's log. */
declare const console: Console;
`;

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts'],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  paths: { videoport: ['/src/videoport/index.ts'], ringgpu: ['/src/devices/ringgpu/index.ts'] },
};

/** As the shipped drivers are written. */
const formatting: ts.FormatCodeSettings = {
  ...ts.getDefaultFormatCodeSettings('\n'),
  indentSize: 2,
  tabSize: 2,
  convertTabsToSpaces: true,
};

const severities: Readonly<Record<ts.DiagnosticCategory, TypeProblem['severity']>> = {
  [ts.DiagnosticCategory.Error]: 'error',
  [ts.DiagnosticCategory.Warning]: 'warning',
  [ts.DiagnosticCategory.Suggestion]: 'info',
  [ts.DiagnosticCategory.Message]: 'info',
};

/** Answers questions about a driver's text. */
export class TypeService {
  readonly #files: Map<string, string>;
  readonly #service: ts.LanguageService;
  /** The driver's files by path, each with a number that grows when its text changes. */
  #driver = new Map<string, { readonly text: string; readonly version: number }>();
  #versions = 0;

  /** @param files path → text: the libraries as `/lib.*.d.ts`, the project's sources as `/src/…` */
  constructor(files: ReadonlyMap<string, string>) {
    this.#files = new Map([...files, ['/globals.d.ts', globals]]);
    const read = (path: string) => this.#driver.get(path)?.text ?? this.#files.get(path);
    const folders = new Set([...this.#files.keys()].map((path) => path.replace(/\/[^/]*$/, '') || '/'));
    this.#service = ts.createLanguageService({
      getCompilationSettings: () => options,
      getScriptFileNames: () => [...this.#driver.keys(), '/globals.d.ts'],
      getScriptVersion: (path) => String(this.#driver.get(path)?.version ?? 0),
      getScriptSnapshot: (path) => {
        const text = read(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: () => '/lib.es2022.d.ts',
      fileExists: (path) => read(path) !== undefined,
      readFile: read,
      directoryExists: (path) => folders.has(path) || path === '/src' || `${path}/`.startsWith(folder),
      getDirectories: () => [],
    });
  }

  /** Answers one question. */
  answer({ files, file, question }: Omit<TypesRequest, 'id'>): TypesAnswers[keyof TypesAnswers] {
    this.#driver = new Map(
      files.map(({ name, source }) => {
        const known = this.#driver.get(folder + name);
        return [folder + name, known?.text === source ? known : { text: source, version: ++this.#versions }];
      }),
    );
    const path = folder + file;
    if (!this.#driver.has(path)) throw new Error(`the driver has no file ${file}`);
    switch (question.kind) {
      case 'check':
        return this.#check(path);
      case 'complete':
        return this.#complete(path, question.position);
      case 'describe':
        return this.#describe(path, question.position, question.name);
      case 'hover':
        return this.#hover(path, question.position);
      case 'signature':
        return this.#signature(path, question.position);
      case 'format':
        return this.#format(path);
    }
  }

  #check(path: string): TypeProblem[] {
    // What does not parse is the compiler's to tell, and the types of half a text mean little.
    if (this.#service.getSyntacticDiagnostics(path).length > 0) return [];
    return this.#service.getSemanticDiagnostics(path).map(({ start = 0, length = 0, category, messageText }) => ({
      from: start,
      to: start + length,
      severity: severities[category],
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
  }

  #complete(path: string, position: number): TypeCompletions | null {
    const found = this.#service.getCompletionsAtPosition(path, position, { includeCompletionsWithInsertText: false });
    if (!found) return null;
    const word = /[\w$]*$/.exec((this.#driver.get(path)?.text ?? '').slice(0, position))?.[0] ?? '';
    return {
      from: found.optionalReplacementSpan?.start ?? position - word.length,
      entries: found.entries.map(({ name, kind, sortText }) => ({ name, kind, rank: sortText })),
    };
  }

  #describe(path: string, position: number, name: string): TypeDescription | null {
    const found = this.#service.getCompletionEntryDetails(path, position, name, {}, undefined, {}, undefined);
    if (!found) return null;
    return {
      from: position,
      to: position,
      code: ts.displayPartsToString(found.displayParts),
      documentation: documented(found.documentation, found.tags),
    };
  }

  #hover(path: string, position: number): TypeDescription | null {
    const found = this.#service.getQuickInfoAtPosition(path, position);
    if (!found) return null;
    const { start, length } = found.textSpan;
    return {
      from: start,
      to: start + length,
      // That it is imported can be seen above.
      code: ts
        .displayPartsToString(found.displayParts)
        .replace(/^\(alias\) /, '')
        .replace(/\nimport [\w$]+$/, ''),
      documentation: documented(found.documentation, found.tags),
    };
  }

  #signature(path: string, position: number): TypeSignature | null {
    const found = this.#service.getSignatureHelpItems(path, position, {});
    const item = found?.items[found.selectedItemIndex];
    if (!found || !item) return null;
    return {
      from: found.applicableSpan.start,
      before: ts.displayPartsToString(item.prefixDisplayParts),
      parameters: item.parameters.map((parameter) => ts.displayPartsToString(parameter.displayParts)),
      after: ts.displayPartsToString(item.suffixDisplayParts),
      active: found.argumentIndex,
      documentation: documented(item.documentation, item.tags),
    };
  }

  #format(path: string): TypeEdit[] {
    return this.#service
      .getFormattingEditsForDocument(path, formatting)
      .map(({ span, newText }) => ({ from: span.start, to: span.start + span.length, insert: newText }));
  }
}

/** Comments are wrapped for the width of a file, not for that of a tooltip. */
const unwrapped = (text: string) => text.replace(/([^\n])\n\s*(?![\n@*-])/g, '$1 ').trim();

/** How tags are named for people. */
const terms: Readonly<Record<string, string>> = { irql: 'IRQL', returns: 'Returns', return: 'Returns' };

/** A doc comment: its sentences, its tags, the pages that it points to. */
function documented(
  documentation: ts.SymbolDisplayPart[] | undefined,
  tags: ts.JSDocTagInfo[] | undefined,
): TypeDocumentation {
  const rows: { term: string; text: string }[] = [];
  const links: string[] = [];
  for (const { name, text: parts } of tags ?? []) {
    const text = unwrapped(ts.displayPartsToString(parts));
    if (name === 'see' && /^https:\/\/\S+$/.test(text)) links.push(text);
    else if (name === 'param') {
      const [, term = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
      rows.push({ term, text: rest });
    } else rows.push({ term: terms[name] ?? name, text });
  }
  return { text: unwrapped(ts.displayPartsToString(documentation)), rows, links };
}
