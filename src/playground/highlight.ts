/**
 * Colours for TypeScript as a reader wants them: comments, strings, numbers, keywords, and, because this page is about
 * them, the port driver's functions and the DDK's constants. A scanner, not a parser: it never fails, whatever the text.
 */
export type TokenKind = 'comment' | 'string' | 'number' | 'keyword' | 'port' | 'constant' | 'plain';

/** A piece of one line that has one colour. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const keywords = new Set(
  (
    'as async await break case catch class const continue declare default delete do else export extends false finally for ' +
    'from function if implements import in instanceof interface let new null of readonly return satisfies static super ' +
    'switch this throw true try type typeof undefined var void while yield'
  ).split(' '),
);

const pattern =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?|`(?:\\[\s\S]|[^`\\])*`?)|(?<number>\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.\d+)?)n?\b)|(?<word>[A-Za-z_$][\w$]*)/g;

function kindOfWord(word: string): TokenKind {
  if (keywords.has(word)) return 'keyword';
  if (/^(?:VideoPort|VideoDebug|HwVid)\w/.test(word)) return 'port';
  if (/^[A-Z][A-Z\d]*_[A-Z\d_]+$|^(?:TRUE|FALSE|NULL)$/.test(word)) return 'constant';
  return 'plain';
}

/** @returns the text's lines, each as tokens that joined give the line again, without its line end */
export function highlight(source: string): Token[][] {
  const text = source.replace(/\r\n?/g, '\n');
  const lines: Token[][] = [[]];
  const put = (kind: TokenKind, piece: string): void => {
    for (const [index, part] of piece.split('\n').entries()) {
      if (index > 0) lines.push([]);
      const line = lines.at(-1);
      if (part === '' || !line) continue;
      const last = line.at(-1);
      if (last?.kind === kind) line[line.length - 1] = { kind, text: last.text + part };
      else line.push({ kind, text: part });
    }
  };
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    put('plain', text.slice(end, match.index));
    const groups = match.groups ?? {};
    const kind = groups.word
      ? kindOfWord(groups.word)
      : (['comment', 'string', 'number'] as const).find((name) => groups[name]);
    put(kind ?? 'plain', match[0]);
    end = match.index + match[0].length;
  }
  put('plain', text.slice(end));
  return lines;
}
