/** Runs the command line as a user does, and collects what it says. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A temporary folder outside the project, gone when the test file's tests are over. */
export const folder = mkdtempSync(join(tmpdir(), 'headless-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A driver that the project ships, by its file's path. */
export const shipped = (name: string): string => join(root, 'src/miniports', `${name}.ts`);

/** A lesson's solution, likewise. */
export const lesson = (id: string): string => join(root, 'src/lessons', id, 'driver.ts');

/** Writes a file into {@link folder} and returns its path. */
export function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** How a run of the command line ended. */
export interface Ended {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/**
 * Runs the command line with the arguments, standing in {@link folder} as npm does it: the working folder is the
 * project's, and INIT_CWD says where the user is.
 * @param meddle is given the child's process id once it runs, for tests that disturb it
 */
export function headless(args: readonly string[], meddle?: (pid: number) => void): Promise<Ended> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/headless/main.ts', ...args], {
    cwd: root,
    env: { ...process.env, npm_lifecycle_event: 'headless', INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  if (meddle && child.pid !== undefined) meddle(child.pid);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr, ms: performance.now() - started }));
  });
}
