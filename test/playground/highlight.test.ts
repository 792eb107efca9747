import { expect } from 'chai';
import fc from 'fast-check';
import { highlight } from '../../src/playground/highlight.ts';

/** The kind of the token that is exactly `text`. */
const kindOf = (source: string, text: string) =>
  highlight(source)
    .flat()
    .find((token) => token.text === text)?.kind;

describe('highlighting', () => {
  it('knows comments, strings, numbers, keywords, port functions and constants', () => {
    const source = "const status = VideoPortGetBusData(NULL, 0x10n, 'a // b', PCI_COMMON_HDR_LENGTH); // read it";
    expect(kindOf(source, 'const')).to.equal('keyword');
    expect(kindOf(source, 'VideoPortGetBusData')).to.equal('port');
    expect(kindOf(source, 'NULL')).to.equal('constant');
    expect(kindOf(source, '0x10n')).to.equal('number');
    expect(kindOf(source, "'a // b'")).to.equal('string');
    expect(kindOf(source, 'PCI_COMMON_HDR_LENGTH')).to.equal('constant');
    expect(kindOf(source, '// read it')).to.equal('comment');
  });

  it('carries a comment over lines', () => {
    const kinds = highlight('/* one\ntwo */ three').map((line) => line[0]?.kind);
    expect(kinds).to.deep.equal(['comment', 'comment']);
  });

  it('loses and adds no character, whatever the text', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '`',
      '\\',
      '/',
      '*',
      '//',
      '/*',
      '*/',
      '\n',
      '\r\n',
      ' ',
      'a',
      '0',
      '${',
      '}',
      'if',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const source = parts.join('');
        const lines = highlight(source).map((line) => line.map((token) => token.text).join(''));
        expect(lines.join('\n')).to.equal(source.replace(/\r\n?/g, '\n'));
      }),
    );
  });
});
