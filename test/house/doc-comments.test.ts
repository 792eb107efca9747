import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { undocumented } from './doc-comments.ts';
import { sources } from './project-files.ts';

describe('doc comments', () => {
  it('stand above every export of src/', () => {
    const missing = [...sources()].flatMap(([file, text]) => undocumented(file, text));
    assert.equal(missing.length, 0, `without a doc comment:\n${missing.join('\n')}\n`);
  });

  const names = (text: string) => undocumented('f.ts', text).map((place) => place.replace(/^.*: /, ''));

  it('are missed on each kind of declaration', () => {
    for (const kind of ['class A {}', 'interface A {}', 'type A = 1;', 'const A = {', 'function A() {}']) {
      assert.deepEqual(undocumented('f.ts', `/** This file. */\n\nexport ${kind}`), ['f.ts:3: A'], kind);
      assert.deepEqual(undocumented('f.ts', `/** What it is. */\nexport ${kind}`), [], kind);
    }
    assert.deepEqual(names('export default async function A() {}'), ['A']);
    assert.deepEqual(names('export abstract class A {}'), ['A']);
  });

  it('may stand above decorators, and above the first overload', () => {
    assert.deepEqual(names("/** A. */\n@customElement('a-a')\nexport class A {}"), []);
    assert.deepEqual(names('/** A. */\nexport function a(): void;\nexport function a(b?: 1) {}'), []);
    assert.deepEqual(names('/** A. */\nexport function a(): void;\nexport function b() {}'), ['b']);
  });

  it('may serve a group of constants', () => {
    assert.deepEqual(names('/** Both. */\nexport const A = 1;\nexport const B = 2;'), []);
    assert.deepEqual(names('// Both.\nexport const A = 1;\nexport const B = 2;'), []);
    assert.deepEqual(names('/** Both. */\nexport const A = 1;\n\nexport const B = 2;'), []);
    assert.deepEqual(names('export const A = 1;\nexport const B = 2;'), ['A', 'B']);
    assert.deepEqual(names('/** One. */\nconst c = 1;\nexport const A = 1;'), ['A']);
    assert.deepEqual(names('/** One. */\nexport const A = 1;\nexport class B {}'), ['B']);
  });

  it('may open the file for what the file is named after', () => {
    const text = '/** A ring. */\nconst size = 1;\nexport class SharedRing {}\nexport class Other {}';
    assert.deepEqual(undocumented('src/memory/shared-ring.ts', text), ['src/memory/shared-ring.ts:4: Other']);
    assert.equal(undocumented('src/memory/ring.ts', text).length, 2);
    const header = '/** A. */\nimport "b";\n';
    assert.deepEqual(undocumented('src/hal/dma-adapter.ts', `${header}export class DMAAdapter {}`), []);
    assert.deepEqual(undocumented('src/devices/ringgpu/front.ts', `${header}export class RingGpuFront {}`), []);
    assert.equal(undocumented('src/devices/ringgpu/front.ts', `${header}export type T = 1;`).length, 1);
  });

  it('are not asked of re-exports, or of text that only looks like an export', () => {
    assert.deepEqual(
      names("export * from './a.ts';\nexport { b } from './b.ts';\nexport type { C } from './c.ts';"),
      [],
    );
    assert.deepEqual(names('const text = `\nexport const a = 1;\n`;\n/*\nexport class B {}\n*/'), []);
  });
});
