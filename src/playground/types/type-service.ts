/** TypeScript's language service over one driver and the sources of the modules that it imports. Runs in a worker. */
import ts from 'typescript-service';
import type {
  TypeCompletions,
  TypeDescription,
  TypeProblem,
  TypeSignature,
  TypesAnswers,
  TypesRequest,
} from './types-protocol.ts';

const driver = '/driver.ts';

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
  #text = '';
  #version = 0;

  /** @param files path → text: the libraries as `/lib.*.d.ts`, the project's sources as `/src/…` */
  constructor(files: ReadonlyMap<string, string>) {
    this.#files = new Map([...files, ['/globals.d.ts', globals]]);
    const read = (path: string) => (path === driver ? this.#text : this.#files.get(path));
    const folders = new Set([...this.#files.keys()].map((path) => path.replace(/\/[^/]*$/, '') || '/'));
    this.#service = ts.createLanguageService({
      getCompilationSettings: () => options,
      getScriptFileNames: () => [driver, '/globals.d.ts'],
      getScriptVersion: (path) => (path === driver ? String(this.#version) : '0'),
      getScriptSnapshot: (path) => {
        const text = read(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: () => '/lib.es2022.d.ts',
      fileExists: (path) => read(path) !== undefined,
      readFile: read,
      directoryExists: (path) => folders.has(path) || path === '/src',
      getDirectories: () => [],
    });
  }

  /** Answers one question. */
  answer({ text, question }: Pick<TypesRequest, 'text' | 'question'>): TypesAnswers[keyof TypesAnswers] {
    if (text !== this.#text) {
      this.#text = text;
      this.#version++;
    }
    switch (question.kind) {
      case 'check':
        return this.#check();
      case 'complete':
        return this.#complete(question.position);
      case 'describe':
        return this.#describe(question.position, question.name);
      case 'hover':
        return this.#hover(question.position);
      case 'signature':
        return this.#signature(question.position);
    }
  }

  #check(): TypeProblem[] {
    // What does not parse is the compiler's to tell, and the types of half a text mean little.
    if (this.#service.getSyntacticDiagnostics(driver).length > 0) return [];
    return this.#service.getSemanticDiagnostics(driver).map(({ start = 0, length = 0, category, messageText }) => ({
      from: start,
      to: start + length,
      severity: severities[category],
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
  }

  #complete(position: number): TypeCompletions | null {
    const found = this.#service.getCompletionsAtPosition(driver, position, { includeCompletionsWithInsertText: false });
    if (!found) return null;
    const word = /[\w$]*$/.exec(this.#text.slice(0, position))?.[0] ?? '';
    return {
      from: found.optionalReplacementSpan?.start ?? position - word.length,
      entries: found.entries.map(({ name, kind, sortText }) => ({ name, kind, rank: sortText })),
    };
  }

  #describe(position: number, name: string): TypeDescription | null {
    const found = this.#service.getCompletionEntryDetails(driver, position, name, {}, undefined, {}, undefined);
    if (!found) return null;
    return {
      from: position,
      to: position,
      code: ts.displayPartsToString(found.displayParts),
      documentation: prose(found.documentation, found.tags),
    };
  }

  #hover(position: number): TypeDescription | null {
    const found = this.#service.getQuickInfoAtPosition(driver, position);
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
      documentation: prose(found.documentation, found.tags),
    };
  }

  #signature(position: number): TypeSignature | null {
    const found = this.#service.getSignatureHelpItems(driver, position, {});
    const item = found?.items[found.selectedItemIndex];
    if (!found || !item) return null;
    return {
      from: found.applicableSpan.start,
      before: ts.displayPartsToString(item.prefixDisplayParts),
      parameters: item.parameters.map((parameter) => ts.displayPartsToString(parameter.displayParts)),
      after: ts.displayPartsToString(item.suffixDisplayParts),
      active: found.argumentIndex,
      documentation: prose(item.documentation, item.tags),
    };
  }
}

/** A doc comment as plain text: its sentences, then its tags, a line each. */
function prose(documentation: ts.SymbolDisplayPart[] | undefined, tags: ts.JSDocTagInfo[] | undefined): string {
  const lines = (tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`.trim());
  // Comments are wrapped for the width of a file, not for that of a tooltip.
  const text = ts.displayPartsToString(documentation).replace(/([^\n])\n(?![\n@*-])/g, '$1 ');
  return [text, ...lines].filter(Boolean).join('\n');
}
