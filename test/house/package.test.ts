import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { read, root, tracked } from './project-files.ts';

const manifest = JSON.parse(read('package.json')) as {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly scripts: Record<string, string>;
};
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Record<
    string,
    { readonly version?: string; readonly resolved?: string; readonly integrity?: string }
  >;
};

/** An exact version, or an alias for one: what installs is what was tested. */
const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;

describe('package.json', () => {
  const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

  it('pins every package to one version', () => {
    assert.ok(wanted.length > 0);
    assert.deepEqual(
      wanted.filter(([, version]) => !EXACT.test(version)),
      [],
    );
  });

  it('installs what is missing before each script that a fresh clone is told to run', () => {
    for (const script of ['start', 'test', 'build', 'preview', 'headless', 'bench']) {
      assert.ok(manifest.scripts[script], script);
      assert.equal(manifest.scripts[`pre${script}`], 'node tools/install.js');
    }
  });

  it('agrees with the lockfile', () => {
    for (const [name, version] of wanted) {
      assert.equal(lock.packages[`node_modules/${name}`]?.version, version.replace(/^npm:.*@/, ''), name);
    }
  });
});

describe('package-lock.json', () => {
  it('names no host but the public registry, which any mirror may stand in for', () => {
    const foreign = Object.entries(lock.packages).filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    assert.deepEqual(foreign, []);
  });

  it('knows the fingerprint of every package', () => {
    const bare = Object.entries(lock.packages).filter(([path, { integrity }]) => path !== '' && !integrity);
    assert.deepEqual(bare, []);
  });
});

describe('the files of the project', () => {
  /** In pieces, so that this file does not contain what it looks for. */
  const unfinished = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
  const somebodysMachine = /(?<![\w.])\/(?:work|home\/\w+|Users\/\w+|root)\/\w/;

  const offending = (pattern: RegExp, files: readonly string[]) =>
    files.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
    );
  const texts = tracked().filter((file) => !/\.(?:png|ico|woff2?|jpe?g|gif|webp|wasm|bin)$/.test(file));
  // Its fingerprints may spell anything.
  const written = texts.filter((file) => file !== 'package-lock.json');

  it('prove a clean clone by .ci/run', () => {
    assert.ok(tracked().includes('.ci/run'));
    accessSync(join(root, '.ci/run'), constants.X_OK);
  });

  it('leave nothing marked as unfinished', () => {
    assert.ok(unfinished.test(`// ${'TO' + 'DO'}: later`), 'the pattern itself works');
    assert.deepEqual(offending(unfinished, written), []);
  });

  it('name no folder of the machine they were written on', () => {
    assert.ok(somebodysMachine.test(`see ${'/home'}/somebody/file`), 'the pattern itself works');
    assert.deepEqual(offending(somebodysMachine, written), []);
  });
});
