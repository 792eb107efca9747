/** Entry of `npm run headless`: boots a driver in a headless browser. See `--help` in arguments.ts. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { course, lessonById } from '../lessons/course.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { HELP, parseArguments, type RunOptions, UsageError } from './arguments.ts';
import { readDriver, typedName } from './driver-folder.ts';
import { EXIT, exitStatus, type RunOutcome } from './outcome.ts';
import { summary, trouble } from './summary.ts';

/** Where relative names start: npm changes the working folder to the project's and keeps the user's in INIT_CWD. */
const folder = (process.env.npm_lifecycle_event === 'headless' && process.env.INIT_CWD) || process.cwd();

/** Writes all of it, however slowly the other end reads. */
const print = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));

/** Stops a run on the usual signals; a second one ends the process at once. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(status);
      process.exitCode = status;
      controller.abort(new Error(`Stopped by ${signal}.`));
    });
  }
  return controller.signal;
}

/** Says how the run ended: the report to stdout, the rest to stderr. */
async function tell(outcome: RunOutcome, options: RunOptions): Promise<void> {
  switch (outcome.kind) {
    case 'source':
      for (const { message, file, line, column } of outcome.errors) {
        console.error(`${typedName(file, options.typed)}:${line}:${column}: ${message}`);
      }
      return;
    case 'unavailable':
      console.error(outcome.reason);
      return;
    case 'silent':
      console.error(`Time-out: ${outcome.reason}`);
      return;
    case 'ran':
      if (options.json) {
        const { report, scenario } = outcome;
        await print(`${JSON.stringify(scenario ? { ...report, scenario } : report, null, 2)}\n`);
        for (const line of trouble(outcome, options)) console.error(line);
      } else await print(summary(outcome, options));
  }
}

/** Writes what an option asked for. */
async function save(option: string, file: string, contents: Buffer | string): Promise<void> {
  await writeFile(file, contents).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${option} ${file}: cannot be written (${error.code ?? error.message}).`);
  });
}

/** The scenario of a lesson, or of a JSON file. */
async function findScenario(asked: string): Promise<Scenario> {
  const lesson = lessonById(asked);
  if (lesson) return lesson.scenario;
  const text = await readFile(resolve(folder, asked), 'utf8').catch((error: NodeJS.ErrnoException) => {
    const lessons = course.map(({ id }) => id).join(', ');
    throw new UsageError(
      `--scenario ${asked}: cannot be read (${error.code ?? error.message}), and is no lesson: those are ${lessons}.`,
    );
  });
  try {
    return readScenario(text);
  } catch (error) {
    throw new UsageError(`--scenario ${asked}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @returns the exit status */
async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2), folder);
  if (options === 'help') {
    await print(HELP);
    return EXIT.clean;
  }
  const files = await readDriver(options.file, options.typed);
  const { frames, engine, verifier, ramBytes, mode, timeoutMs, png, trace } = options;
  const scenario = options.scenario === undefined ? undefined : await findScenario(options.scenario);
  // Only now, because Vite and the browser's driver take a second to load and a usage error needs neither.
  const { run } = await import('./run.ts');
  const outcome = await run(
    {
      boot: {
        files,
        verifier,
        pacing: 'timer',
        ...(engine ? { engine } : {}),
        ...(trace ? { trace: true } : {}),
        ...(ramBytes ? { ramBytes } : {}),
        ...(mode ? { mode } : {}),
      },
      frames,
      ...(scenario ? { scenario } : {}),
      timeoutMs,
      png: png !== undefined,
    },
    stopOnSignals(),
  );
  await tell(outcome, options);
  if (outcome.kind === 'ran') {
    if (png && outcome.png !== null) await save('--png', png, Buffer.from(outcome.png, 'base64'));
    if (trace && outcome.trace !== null) await save('--trace', trace, outcome.trace);
  }
  return exitStatus(outcome);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\nTry --help.`);
  else console.error(error instanceof Error ? error.message : error);
  // A signal has set its own.
  process.exitCode ??= EXIT.usage;
}
// By now everything is closed. Should a handle linger all the same, it does not keep the process.
setTimeout(() => process.exit(), 1000).unref();
