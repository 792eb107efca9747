import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkImports, ROOMS } from './import-rules.ts';
import { findImports } from './import-scanner.ts';
import { read, root, sources } from './project-files.ts';

/** A tree of sample files; those that are only named as targets come into being empty. */
const tree = (files: Record<string, string>) => new Map(Object.entries(files));

describe('the imports of src/', () => {
  it('keep the order of the rooms, the two wings apart, and make no cycle', () => {
    const files = sources();
    assert.ok(files.size > 5, 'the sources were found');
    const violations = checkImports(files, (file) => existsSync(join(root, file)));
    assert.equal(violations.length, 0, `\n${violations.join('\n')}\n`);
  });

  it('are found in every file whose text says import or export … from at the start of a line', () => {
    // The plainest possible count, by line, beside the scanner's: they may differ only where it found more.
    for (const [file, text] of sources()) {
      const found = findImports(text).map(({ specifier }) => specifier);
      for (const line of text.split('\n')) {
        const plain = /^(?:import|export|\})[^'"`(]*from '([^']+)';$/.exec(line)?.[1];
        if (plain) assert.ok(found.includes(plain), `${file}: missed ${line}`);
      }
    }
  });

  it('go by the same module names as vite.config.ts', () => {
    const config = read('vite.config.ts');
    assert.match(config, /videoport: `\$\{root\}src\/videoport\/index\.ts`/);
    assert.match(config, /ringgpu: `\$\{root\}src\/devices\/ringgpu\/index\.ts`/);
  });
});

describe('the import scanner', () => {
  const specifiers = (text: string) => findImports(text).map(({ specifier }) => specifier);

  it('finds every form of import, on its line', () => {
    const text = [
      "import one from './one.ts';",
      'import {',
      '  two,',
      '  type Two,',
      '} from "./two.ts";',
      "import * as three from './three.ts';",
      "import './four.ts';",
      "export * from './five.ts';",
      "export { six } from './six.ts';",
      "const seven = await import('./seven.ts');",
      "import text from './eight.ts?script';",
      "const worker = new Worker(new URL('./nine.ts', import.meta.url));",
      "import one, { other } from './ten.ts';",
    ].join('\n');
    assert.deepEqual(
      findImports(text).map(({ specifier, line }) => [specifier, line]),
      [
        ['./one.ts', 1],
        ['./two.ts', 2],
        ['./three.ts', 6],
        ['./four.ts', 7],
        ['./five.ts', 8],
        ['./six.ts', 9],
        ['./seven.ts', 10],
        ['./eight.ts?script', 11],
        ['./nine.ts', 12],
        ['./ten.ts', 13],
      ],
    );
  });

  it('tells imports that leave nothing at run time from those that do', () => {
    const typeOnly = (text: string) => findImports(text)[0]?.typeOnly;
    assert.equal(typeOnly("import type { A } from './a.ts';"), true);
    assert.equal(typeOnly("import type A from './a.ts';"), true);
    assert.equal(typeOnly("import type * as a from './a.ts';"), true);
    assert.equal(typeOnly("export type { A } from './a.ts';"), true);
    assert.equal(typeOnly("export type * from './a.ts';"), true);
    assert.equal(typeOnly("let a: import('./a.ts').A;"), true);
    assert.equal(typeOnly("let a: typeof import('./a.ts');"), true);
    assert.equal(typeOnly("import type from './a.ts';"), false);
    assert.equal(typeOnly("import('./a.ts').then(go);"), false);
    // verbatimModuleSyntax leaves `import {} from './a.ts'` of this one.
    assert.equal(typeOnly("import { type A } from './a.ts';"), false);
  });

  it('ignores comments, strings, templates and regular expressions', () => {
    assert.deepEqual(specifiers("// import a from './a.ts';\n/* import './b.ts' */"), []);
    assert.deepEqual(specifiers("const text = `import a from './a.ts';`;"), []);
    assert.deepEqual(specifiers('const text = "import a from \'./a.ts\'";'), []);
    assert.deepEqual(specifiers("const quote = /['\"`]/; import a from './a.ts';"), ['./a.ts']);
    assert.deepEqual(specifiers("const half = a / b; const other = c / d;\nimport './a.ts';"), ['./a.ts']);
    assert.deepEqual(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the sample is source code
      specifiers("const x = `${await import('./a.ts')} import './b.ts' ${{ y: `}` }}`; import './c.ts';"),
      ['./a.ts', './c.ts'],
    );
    assert.deepEqual(specifiers("object.import('./a.ts'); reimport('./b.ts');"), []);
    assert.deepEqual(specifiers("export const a = 1;\nconst b = from('./c.ts');"), []);
  });
});

describe('the import rules', () => {
  it('let a room import itself, the rooms before it and packages', () => {
    const files = tree({
      'src/bus/a.ts': "import '../memory/b.ts'; import './c.ts'; import 'lit';",
      'src/memory/b.ts': '',
      'src/bus/c.ts': '',
    });
    assert.deepEqual(checkImports(files), []);
  });

  it('refuse an import of a later room, naming file, line and rule', () => {
    const files = tree({ 'src/memory/a.ts': "\nimport '../bus/b.ts';", 'src/bus/b.ts': '' });
    assert.deepEqual(checkImports(files), [
      "src/memory/a.ts:2: imports '../bus/b.ts': memory may not know bus, which comes after it in the order of the rooms",
    ]);
  });

  it('refuse it even for types and for texts', () => {
    const files = tree({
      'src/memory/a.ts': "import type { B } from '../bus/b.ts';\nimport text from '../bus/b.ts?raw';",
      'src/bus/b.ts': '',
    });
    assert.deepEqual(
      checkImports(files).map((violation) => violation.slice(0, 17)),
      ['src/memory/a.ts:1', 'src/memory/a.ts:2'],
    );
  });

  it('hold for every pair of rooms', () => {
    for (const [from, room] of ROOMS.entries()) {
      for (const [to, other] of ROOMS.entries()) {
        if (room === 'miniports' || from === to) continue;
        const files = tree({ [`src/${room}/a.ts`]: `import '../${other}/b.ts';`, [`src/${other}/b.ts`]: '' });
        const wings = [
          ['hal', 'videoport', 'verifier'],
          ['devices', 'engine'],
        ];
        const across = wings.some((wing) => wing.includes(room)) && wings.some((wing) => wing.includes(other));
        const apart = across && !wings.some((wing) => wing.includes(room) && wing.includes(other));
        assert.equal(checkImports(files).length, to > from || apart ? 1 : 0, `${room} → ${other}`);
      }
    }
  });

  it('keep the wings apart also where the order would allow it, and through the module names', () => {
    const across = tree({ 'src/engine/a.ts': "import '../hal/b.ts';", 'src/hal/b.ts': '' });
    assert.match(checkImports(across)[0] ?? '', /engine is in the device's wing and hal in the processor's/);
    const named = tree({ 'src/verifier/a.ts': "import 'ringgpu';", 'src/devices/ringgpu/index.ts': '' });
    assert.match(checkImports(named)[0] ?? '', /verifier is in the processor's wing and devices in the device's/);
  });

  it('let a miniport import videoport and ringgpu, and nothing else', () => {
    const modules = { 'src/videoport/index.ts': '', 'src/devices/ringgpu/index.ts': '', 'src/ddi/a.ts': '' };
    const good = tree({ ...modules, 'src/miniports/m.ts': "import { A } from 'videoport';\nimport 'ringgpu';" });
    assert.deepEqual(checkImports(good), []);
    for (const other of ['../ddi/a.ts', '../videoport/index.ts', './n.ts', 'lit', 'node:fs']) {
      const bad = tree({ ...modules, 'src/miniports/m.ts': `import '${other}';`, 'src/miniports/n.ts': '' });
      assert.match(checkImports(bad)[0] ?? '', /^src\/miniports\/m\.ts:1: .*may import only videoport and ringgpu$/);
    }
  });

  it('find a cycle between files, once, but let types point back', () => {
    const cycle = tree({
      'src/bus/a.ts': "import './b.ts';",
      'src/bus/b.ts': "\nimport './c.ts';",
      'src/bus/c.ts': "export * from './a.ts';",
    });
    assert.deepEqual(checkImports(cycle), [
      'src/bus/a.ts:1: import cycle: src/bus/a.ts → src/bus/b.ts → src/bus/c.ts → src/bus/a.ts',
    ]);
    const types = tree({
      'src/bus/a.ts': "import './b.ts';",
      'src/bus/b.ts': "import type { A } from './a.ts';",
    });
    assert.deepEqual(checkImports(types), []);
    const itself = tree({ 'src/bus/a.ts': "import './a.ts?script';" });
    assert.deepEqual(checkImports(itself), ['src/bus/a.ts:1: import cycle: src/bus/a.ts → src/bus/a.ts']);
    const diamond = tree({
      'src/bus/a.ts': "import './b.ts'; import './c.ts';",
      'src/bus/b.ts': "import './d.ts';",
      'src/bus/c.ts': "import './d.ts';",
      'src/bus/d.ts': '',
    });
    assert.deepEqual(checkImports(diamond), []);
  });

  it('refuse files outside the rooms, files that do not exist, and Node outside headless', () => {
    assert.match(checkImports(tree({ 'src/a.ts': '' }))[0] ?? '', /^src\/a\.ts:1: lies in no room/);
    assert.deepEqual(checkImports(tree({ 'src/a.d.ts': '' })), []);
    assert.match(checkImports(tree({ 'src/misc/a.ts': '' }))[0] ?? '', /^src\/misc\/a\.ts:1: lies in no room/);
    assert.match(
      checkImports(tree({ 'src/bus/a.ts': "import './b.ts';" }))[0] ?? '',
      /there is no file src\/bus\/b\.ts/,
    );
    assert.match(checkImports(tree({ 'src/bus/a.ts': "import 'node:fs';" }))[0] ?? '', /only headless runs in Node/);
    const tools = (room: string) => tree({ [`src/${room}/a.ts`]: "import '../../tools/browser.js';" });
    assert.match(checkImports(tools('playground'))[0] ?? '', /lies outside src\//);
    assert.deepEqual(checkImports(tools('headless')), []);
  });
});
