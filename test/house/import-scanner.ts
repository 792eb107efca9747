/** Finds the imports of a TypeScript file without a compiler: exact for this code base, which test/house/imports.test.ts proves. */

/** One import, re-export or dynamic import. */
export interface ImportFound {
  /** As written, such as `../bus/iommu.ts?script`. */
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
  /** True when nothing of it is left at run time: `import type`, `export type … from`, `import('…').Name` as a type. */
  readonly typeOnly: boolean;
}

/** After these, a slash begins a regular expression; after anything else it divides. */
const BEFORE_REGEX = /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do))\s*$/;

/** Stands for each character inside a string; no source file uses it. */
const IN_STRING = '\uE000';

/**
 * Blanks comments, template text and regular expressions with spaces and the insides of strings with a mark, and keeps
 * everything else in its place. What is left of the word `import` is code.
 */
export function blankNonCode(text: string): string {
  let out = '';
  let at = 0;
  /** For each open `${`, how many braces are open inside it. */
  const holes: number[] = [];
  const blank = (end: number) => {
    out += text.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  /** End of template text that starts at `from`: after its backtick, or after the `${` of its next hole. */
  const templateEnd = (from: number): number => {
    for (let i = from; i < text.length; i++) {
      if (text[i] === '\\') i++;
      else if (text[i] === '`') return i + 1;
      else if (text[i] === '$' && text[i + 1] === '{') {
        holes.push(0);
        return i + 2;
      }
    }
    return text.length;
  };
  while (at < text.length) {
    const rest = text.slice(at, at + 2);
    const here = rest[0] ?? '';
    if (rest === '//') {
      const end = text.indexOf('\n', at);
      blank(end < 0 ? text.length : end);
    } else if (rest === '/*') {
      const end = text.indexOf('*/', at + 2);
      blank(end < 0 ? text.length : end + 2);
    } else if (here === '/' && BEFORE_REGEX.test(out.slice(-40))) {
      const regex = /^\/(?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+\/\w*/.exec(text.slice(at));
      if (regex) blank(at + regex[0].length);
      else out += text[at++];
    } else if (here === "'" || here === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== here && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
      out += here + IN_STRING.repeat(end - at - 1) + (text[end] ?? '');
      at = end + 1;
    } else if (here === '`') blank(templateEnd(at + 1));
    else {
      const depth = holes.at(-1);
      if (depth !== undefined && here === '{') holes[holes.length - 1] = depth + 1;
      if (depth !== undefined && here === '}') {
        if (depth === 0) {
          holes.pop();
          blank(templateEnd(at + 1));
          continue;
        }
        holes[holes.length - 1] = depth - 1;
      }
      out += here;
      at++;
    }
  }
  return out;
}

/** A quoted string, whose place is group `name`. */
const STRING = '(?<quote>[\'"])(?<name>\uE000+)\\k<quote>';
/** `import … from '…'` and `export … from '…'`: between the keyword and `from` there are names, braces, commas and stars. */
const STATIC = `(?<![\\w$.])(?:import|export)(?<type>\\s+type(?=\\s*[{*\\w$]))?\\s*(?<names>[\\w$\\s{},*]*?)\\s*\\bfrom\\s*${STRING}`;
/** `import '…'`, for its effects. */
const BARE = `(?<![\\w$.])import\\s*${STRING}`;
/** `import('…')` as value or type. */
const DYNAMIC = `(?<![\\w$.])(?<typeOf>typeof\\s+)?import\\s*\\(\\s*${STRING}\\s*,?\\s*\\)(?<member>\\s*\\.\\s*[A-Z])?`;
/** `new URL('./x.ts', import.meta.url)`: how Vite is told of a worker or an asset. */
const ASSET = `\\bnew\\s+URL\\s*\\(\\s*${STRING}\\s*,\\s*import\\.meta\\.url`;

/** All imports of a file, in their order. */
export function findImports(text: string): ImportFound[] {
  const code = blankNonCode(text);
  const found: (ImportFound & { readonly at: number })[] = [];
  for (const form of [STATIC, BARE, DYNAMIC, ASSET]) {
    for (const match of code.matchAll(new RegExp(form, 'dg'))) {
      const { type, names, typeOf, member } = match.groups ?? {};
      const [start, end] = match.indices?.groups?.name ?? [0, 0];
      // `import type from './x.ts'` imports a value that is called type.
      const typeOnly = (type !== undefined && names !== '') || typeOf !== undefined || member !== undefined;
      const line = code.slice(0, match.index).split('\n').length;
      found.push({ specifier: text.slice(start, end), line, typeOnly, at: match.index });
    }
  }
  return found
    .sort((one, other) => one.at - other.at)
    .map(({ specifier, line, typeOnly }) => ({ specifier, line, typeOnly }));
}
