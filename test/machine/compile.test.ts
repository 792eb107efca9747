import { expect } from 'chai';
import { compile } from '../../src/machine/compile.ts';
import { CompileError } from '../../src/machine/machine-types.ts';
import { MINI } from '../support/drivers.ts';

describe('compile', () => {
  const errorOf = async (source: string): Promise<CompileError> => {
    try {
      await compile([{ name: 'd.ts', source }]);
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
    const { program } = await compile([
      { name: 'd.ts', source: 'export const x: number = 1 as number; interface A { a: string }' },
    ]);
    expect(program.files[0]?.code).not.to.match(/interface|: number/);
  });
  it('leads a position in the compiled text back to line and column of the source', async () => {
    const source =
      'interface Long { member: string }\n\nexport function f(argument: Long): void {\n  console.log(argument as unknown, missing);\n}\n';
    const { program, locate } = await compile([{ name: 'd.ts', source }]);
    const lines = program.files[0]?.code.split('\n') ?? [];
    const line = lines.findIndex((text) => text.includes('missing'));
    const place = locate({ file: 0, line: line + 1, column: (lines[line] ?? '').indexOf('missing') + 1 });
    expect(place).to.deep.equal({
      file: 'd.ts',
      line: 4,
      column: (source.split('\n')[3]?.indexOf('missing') as number) + 1,
    });
  });
  it('exports every name of a declaration of several, whatever their kind, and keeps its places', async () => {
    const source = [
      'export const X: number = 0, Y = X + 1;',
      'export const f = () => 1, g = (a: number, b = 2) => a + b;',
      'export let p: number | undefined, q = 3;',
      'export const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], k: 5 }, z = 6;',
      'export const alone = (one: number, two: number) => one - two;',
      'p = Y + g(1); q++;',
      'export function boom() { throw new Error("here"); }',
    ].join('\n');
    const { program, locate } = await compile([{ name: 'd.ts', source }]);
    const code = program.files[0]?.code as string;
    const exported: Record<string, unknown> = {};
    new Function('exports', code)(exported);
    const { X, Y, p, q, a, c, d, e, z } = exported;
    expect([X, Y, p, q, a, c, d, e, z]).to.deep.equal([0, 1, 4, 4, 1, 2, [3, 4], { k: 5 }, 6]);
    expect(['f', 'g', 'alone'].map((name) => (exported[name] as (a: number) => number)(5))).to.deep.equal([1, 7, NaN]);
    const lines = code.split('\n');
    const line = lines.findIndex((text) => text.includes('throw new')) + 1;
    const column = (lines[line - 1]?.indexOf('Error') as number) + 1;
    expect(locate({ file: 0, line, column })).to.deep.equal({ file: 'd.ts', line: 7, column: 36 });
  });

  it('compiles the shipped driver', async () => {
    expect((await compile([{ name: 'mini.ts', source: MINI }])).program.files[0]?.code).to.include('DriverEntry');
  });
});

describe('compile, with several files', () => {
  const errorsOf = (files: Parameters<typeof compile>[0]) =>
    compile(files).then(
      () => [],
      (error: CompileError) => error.errors,
    );

  it('leads positions back to the file that they lie in', async () => {
    const { program, locate } = await compile([
      { name: 'main.ts', source: "import { twice } from './lib/twice';\nexport const four = twice(2);\n" },
      {
        name: 'lib/twice.ts',
        source: 'interface N {}\n\nexport function twice(n: number): number { return n * 2; }\n',
      },
    ]);
    expect(program.files.map(({ name }) => name)).to.deep.equal(['main.ts', 'lib/twice.ts']);
    expect(locate({ file: 0, line: 2, column: 1 })).to.include({ file: 'main.ts', line: 2 });
    expect(locate({ file: 1, line: 3, column: 1 })).to.include({ file: 'lib/twice.ts', line: 3 });
    expect(locate({ file: 2, line: 1, column: 1 })).to.equal(null);
  });

  it('tells the errors of all files, each with its place', async () => {
    const errors = await errorsOf([
      { name: 'main.ts', source: 'const a = 1;\nconst b = ;\n' },
      { name: 'fine.ts', source: '' },
      { name: 'other.ts', source: '\n\nlet x: string =\n  @;' },
    ]);
    expect(errors.map(({ file, line, column }) => `${file}:${line}:${column}`)).to.deep.equal([
      'main.ts:2:11',
      'other.ts:4:4',
    ]);
  });

  it('names file, line and column of an import that leads nowhere', async () => {
    const source =
      "// './comment.ts' is none\nimport { a } from './rung.ts';\nconst text = `require('./x')`;\nexport { a, text };";
    const errors = await errorsOf([
      { name: 'main.ts', source: "import './ring.ts';" },
      { name: 'ring.ts', source },
    ]);
    expect(errors).to.have.length(1);
    expect(errors[0]).to.include({ file: 'ring.ts', line: 2 });
    expect(errors[0]?.message).to.equal("there is no file './rung.ts': the driver's files are main.ts, ring.ts");
  });

  it('finds a file with and without its ending, and from another folder', async () => {
    const errors = await errorsOf([
      { name: 'main.ts', source: "import './a'; import './a.ts'; import './a.js'; import './lib/b';" },
      { name: 'a.ts', source: '' },
      { name: 'lib/b.ts', source: "import '../a.ts'; import './c.ts'; import '.././main';" },
      { name: 'lib/c.ts', source: '' },
    ]);
    expect(errors).to.deep.equal([]);
  });

  it('refuses lists that make no driver, and names the file', async () => {
    const file = (name: string) => ({ name, source: '' });
    const cases = [
      [[], 'driver.ts', /one file at least/],
      [[file('a.ts'), file('b.ts'), file('a.ts')], 'a.ts', /two files .* called a\.ts/],
      [[file('a.ts'), file('')], '', /no name/],
      [[file('a\nb.ts')], 'a\nb.ts', /cannot be called "a\\nb\.ts"/],
      [[file('a/../b.ts')], 'a/../b.ts', /no plain relative path/],
      [[file('/etc/passwd')], '/etc/passwd', /no plain relative path/],
      [Array.from({ length: 17 }, (_, index) => file(`f${index}.ts`)), 'f16.ts', /16 files at most.* has 17/],
    ] as const;
    for (const [files, name, message] of cases) {
      const errors = await errorsOf(files);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include({ file: name, line: 1, column: 1 });
      expect(errors[0]?.message).to.match(message);
    }
  });
});
