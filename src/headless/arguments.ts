/** The command line: `npm run headless -- FILE [options]`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { WantedMode } from '../display/modes.ts';
import { course } from '../lessons/course.ts';

/** What the command line asks for, checked. */
export interface RunOptions {
  /** The driver's file, absolute. */
  readonly file: string;
  /** The same as it was typed: this is what messages show, so that a terminal can open it. */
  readonly typed: string;
  /** Frames to wait for. */
  readonly frames: number;
  /** Which engine; absent: the machine chooses. */
  readonly engine?: 'webgpu' | 'software';
  readonly verifier: boolean;
  /** How long the frames may take to come, in milliseconds from boot. */
  readonly timeoutMs: number;
  /** Print the report as JSON. */
  readonly json: boolean;
  /** Where to write the last screen, absolute. */
  readonly png?: string;
  /** Where to write the trace, absolute. */
  readonly trace?: string;
  /** Screen size, and bits of a pixel, to ask for. */
  readonly mode?: WantedMode;
  readonly ramBytes?: number;
  /** What is expected of the driver: the name of a lesson, or a JSON file as it was typed. It then says frames, screen size and memory. */
  readonly scenario?: string;
}

/** A command line that makes no sense; the message says why and is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The text of `--help`. */
export const HELP = `Boots a video miniport driver in a headless browser, with a monitor that runs at 60 Hz, waits for frames and reports.

Usage: npm run headless -- FILE [options]

  FILE                        the driver: a TypeScript or JavaScript file, anywhere on this machine;
                              the files beside it that it imports (import './ring.ts') come along
  --frames N                  frames to wait for: different pictures on the screen (default 60)
  --engine webgpu|software    which GPU serves the device (default: webgpu where there is one)
  --no-verifier               do not check Driver Verifier's rules
  --timeout SECONDS           how long boot and frames may take together (default 30)
  --mode WIDTHxHEIGHT[xBITS]  screen size to ask the driver for, and bits of a pixel: 8, 16 or 32
                              (default 640x480, in as many bits as it offers)
  --ram MIB                   memory of the machine in MiB, 1 to 1024 (default 64)
  --scenario NAME|FILE        check what is expected of the driver: a lesson's scenario, or one in a JSON file (see
                              README.md). It says how the machine is put together and how long it runs, so --frames,
                              --mode, --ram and --no-verifier do not go with it
  --json                      print the report as one JSON object on stdout, everything else on stderr
  --png OUT                   write the last screen to the PNG file OUT
  --trace OUT                 write what processor and device did, with times, to OUT: open it in ui.perfetto.dev
  --help                      print this

With --json, use "npm run --silent headless -- FILE --json": npm itself prints a banner on stdout otherwise.

Lessons: ${course.map(({ id }) => id).join(', ')}

Exit status, the first that applies:
  5  the source does not compile (stderr says file:line:column)
  1  usage: a wrong argument, an unreadable file, an engine that is not there, a browser that does not start
  2  bug check
  3  findings: rules were broken; also a driver that did not start (the reason is printed), one that has not
     the mode asked for with --mode, and with --scenario one that does not do what is expected
  4  time-out: the frames did not come, and no finding says why
  0  clean
The report is printed with 0, 2, 3 and 4, save when the machine stopped answering altogether.
`;

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${name} ${text}: must be a whole number from ${least} to ${most}.`);
  }
  return value;
}

/**
 * Reads the command line.
 * @param argv arguments after the script's name
 * @param folder what relative file names are relative to: where the user stands, which under npm is not the working folder
 * @returns the options, or `'help'` when they were asked for
 * @throws UsageError naming the argument, its value and the rule
 */
export function parseArguments(argv: readonly string[], folder: string): RunOptions | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const typed = positionals[0];
  if (typed === undefined || typed === '') throw new UsageError('FILE is missing: which driver shall boot?');
  if (positionals.length > 1) {
    throw new UsageError(`Only one FILE can boot, but ${positionals.length} were named: ${positionals.join(', ')}.`);
  }
  const { engine, mode, png, trace, scenario } = values;
  if (engine !== undefined && engine !== 'webgpu' && engine !== 'software') {
    throw new UsageError(`--engine ${engine}: must be webgpu or software.`);
  }
  const seconds = Number(values.timeout);
  if (!/^\d*\.?\d+$/.test(values.timeout) || seconds <= 0 || seconds > 86_400) {
    throw new UsageError(`--timeout ${values.timeout}: must be a number of seconds above 0, at most 86400.`);
  }
  const size = mode === undefined ? undefined : /^(\d+)[x×](\d+)(?:[x×](8|16|32))?$/i.exec(mode);
  if (size === null)
    throw new UsageError(`--mode ${mode}: must be WIDTHxHEIGHT or WIDTHxHEIGHTxBITS, such as 800x600 or 800x600x16.`);
  if (png === '') throw new UsageError('--png: must name a file.');
  if (trace === '') throw new UsageError('--trace: must name a file.');
  if (scenario === '') throw new UsageError('--scenario: must name a lesson or a file.');
  const both = ['frames', 'mode', 'ram', 'no-verifier'].find((name) => name in values);
  if (scenario !== undefined && both) throw new UsageError(`--${both}: the scenario says that. Leave one of them out.`);
  return {
    file: resolve(folder, typed),
    typed,
    frames: whole('--frames', values.frames ?? '60', 1, 1_000_000),
    verifier: values['no-verifier'] !== true,
    timeoutMs: seconds * 1000,
    json: values.json,
    ...(engine === undefined ? {} : { engine }),
    ...(png === undefined ? {} : { png: resolve(folder, png) }),
    ...(trace === undefined ? {} : { trace: resolve(folder, trace) }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(size === undefined
      ? {}
      : {
          mode: {
            width: whole('--mode width', size[1] ?? '', 1, 8192),
            height: whole('--mode height', size[2] ?? '', 1, 8192),
            ...(size[3] === undefined ? {} : { bitsPerPixel: Number(size[3]) }),
          },
        }),
    ...(values.ram === undefined ? {} : { ramBytes: whole('--ram', values.ram, 1, 1024) * 2 ** 20 }),
  };
}

/** Splits the words; what Node says of an unknown or incomplete option is plain enough to pass on. */
function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        frames: { type: 'string' },
        engine: { type: 'string' },
        'no-verifier': { type: 'boolean' },
        timeout: { type: 'string', default: '30' },
        mode: { type: 'string' },
        ram: { type: 'string' },
        scenario: { type: 'string' },
        json: { type: 'boolean', default: false },
        png: { type: 'string' },
        trace: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
