import { expect } from 'chai';
import { compile } from '../../src/machine/compile.ts';
import { CompileError } from '../../src/machine/machine-types.ts';
import { MINI } from '../support/drivers.ts';

describe('compile', () => {
  const errorOf = async (source: string): Promise<CompileError> => {
    try {
      await compile(source, 'd.ts');
    } catch (error) {
      expect(error).to.be.instanceOf(CompileError);
      return error as CompileError;
    }
    throw new Error('it compiled');
  };

  it('names line and column of what does not parse', async () => {
    for (const [source, line, column] of [
      ['const a = 1;\nconst b = ;\n', 2, 11],
      ['export function f() {\n  return 1;\n', 3, 1],
      ['let x: number = 1;\nlet y: string =\n  @;', 3, 4],
      ['let a = 1;\nlet a = 2;', 2, 5],
      ['function f(): number { return 1 }\nbreak;', 2, 1],
      ['const a = 1;\nnamespace N {\n  export const b = 2;\n}', 2, 1],
    ] as const) {
      const { errors } = await errorOf(source);
      expect(errors[0]?.file).to.equal('d.ts');
      expect(errors[0]?.line, source).to.equal(line);
      if (column) expect(errors[0]?.column, source).to.equal(column);
      expect(errors[0]?.message).not.to.match(/d\.ts|\(\d+:\d+\)/);
    }
  });
  it('takes TypeScript off and leaves what an engine can run', async () => {
    const { program } = await compile('export const x: number = 1 as number; interface A { a: string }', 'd.ts');
    expect(program.files[0]?.code).not.to.match(/interface|: number/);
  });
  it('leads a position in the compiled text back to line and column of the source', async () => {
    const source =
      'interface Long { member: string }\n\nexport function f(argument: Long): void {\n  console.log(argument as unknown, missing);\n}\n';
    const { program, locate } = await compile(source, 'd.ts');
    const lines = program.files[0]?.code.split('\n') ?? [];
    const line = lines.findIndex((text) => text.includes('missing'));
    const place = locate({ file: 0, line: line + 1, column: (lines[line] ?? '').indexOf('missing') + 1 });
    expect(place).to.deep.equal({
      file: 'd.ts',
      line: 4,
      column: (source.split('\n')[3]?.indexOf('missing') as number) + 1,
    });
  });
  it('compiles the shipped driver', async () => {
    expect((await compile(MINI, 'mini.ts')).program.files[0]?.code).to.include('DriverEntry');
  });
});
