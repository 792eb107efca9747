/**
 * The verifier: hears of every broken rule, says where in the driver it was broken, and stops the machine where Windows
 * would under Driver Verifier. It only observes; a machine works without it.
 */
import type { Observer, Parameters4, Rule, Site } from '../ddi/observer.ts';
import { CATALOGUE, findingCode } from './catalogue.ts';
import { driverPositions, type GeneratedPosition } from './source-position.ts';

/** A broken rule, as it leaves the worker: positions are still those in the compiled text. */
export interface RawFinding {
  readonly rule: Rule;
  readonly code: string;
  readonly parameters: readonly string[];
  readonly message: string;
  /** The place, then its callers. */
  readonly positions: readonly GeneratedPosition[];
}

/** What a driver passed may be anything: what is no number shows as 0. */
const whole = (value: number | bigint): bigint =>
  typeof value === 'bigint' ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;

/** Bits of a parameter: the machine is an x86, whose parameters have 32; addresses of 64 bits are told whole. */
const bits = (value: bigint): bigint => BigInt.asUintN(value < 0n && value >= -(1n << 31n) ? 32 : 64, value);

/** Parameters as Windows prints them: four hexadecimal numbers. */
export function formatParameters(parameters: Parameters4): string[] {
  return parameters.map((value) => `0x${bits(whole(value)).toString(16).toUpperCase()}`);
}

/** A rule broken at one place is told this many times, so that a loop does not bury the rest. Every leak is told. */
const REPEATS = 3;

/** What the verifier needs from the machine. */
export interface VerifierParts {
  /** Takes a finding. */
  readonly found: (finding: RawFinding) => void;
  /** KeBugCheckEx: does not return. */
  readonly bugCheck: (code: number, parameters: Parameters4, sentence: string, cause: unknown) => never;
}

/** Makes the observer. */
export function createVerifier(parts: VerifierParts): Observer {
  const seen = new Map<string, number>();
  return {
    report(rule, parameters, sentence, site) {
      const entry = CATALOGUE[rule];
      const cause = site?.error ?? new Error(sentence);
      const positions = driverPositions(cause);
      const key = `${rule} ${positions.map(({ file, line, column }) => `${file}:${line}:${column}`).join(' ')}`;
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      const { crashes, bugCheck, subcode } = entry;
      const full: Parameters4 =
        subcode !== null && rule !== 'wait-irql' ? [subcode, parameters[0], parameters[1], parameters[2]] : parameters;
      if (times <= REPEATS || crashes || rule === 'leak') {
        const more =
          times === REPEATS && !crashes && rule !== 'leak' ? ' (seen often at this place: not reported again)' : '';
        parts.found({
          rule,
          code: findingCode(rule),
          parameters: formatParameters(full),
          message: sentence + more,
          positions,
        });
      }
      if (crashes && bugCheck !== null) parts.bugCheck(bugCheck, full, sentence, cause);
    },
    site(): Site {
      return { error: new Error('site') };
    },
  };
}
