// @ts-check
/**
 * Makes node_modules what package-lock.json says, and does nothing when it already is.
 * It runs before every script of package.json, so a fresh clone needs no separate install step,
 * and so it may use nothing but Node itself.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const stamp = new URL('node_modules/.installed', root);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19) || (major === 22 && minor < 12)) {
  console.error(`Node ${process.versions.node} is too old: this needs Node 20.19, 22.12 or later.`);
  process.exit(1);
}

const wanted = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing what is missing (npm install) …');
  // What package-lock.json pins, and no change of it: `npm ci` would refuse a lock file without the binaries of other platforms.
  // npm's chatter goes to stderr: stdout belongs to the script that follows.
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm install failed: see above. Are you offline?');
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, wanted);
}
