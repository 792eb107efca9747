/** Reads a scenario out of a JSON text, which anybody may have written: whatever is wrong is said with its place. */
import { type Expectation, figures, type Scenario } from './scenario.ts';

/** The text is no scenario; the message says where and why. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

type Fields = Readonly<Record<string, unknown>>;
/** Says what is wrong with a value, or returns null. */
type Rule = (value: unknown) => string | null;

const textRule: Rule = (value) => (typeof value === 'string' && value !== '' ? null : 'must be a text');
const flagRule: Rule = (value) => (typeof value === 'boolean' ? null : 'must be true or false');
const numberRule: Rule = (value) =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value) ? null : 'must be a number, 0 or more';
const whole =
  (least: number, most: number): Rule =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? null
      : `must be a whole number from ${least} to ${most}`;
const matching =
  (pattern: RegExp, what: string): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? null : `must be ${what}`;
const figureRule: Rule = (value) =>
  (figures as readonly unknown[]).includes(value) ? null : `must be one of ${figures.join(', ')}`;
const textsRule: Rule = (value) =>
  Array.isArray(value) && value.every((entry) => textRule(entry) === null) ? null : 'must be a list of texts';
const any: Rule = () => null;

const pixels = whole(1, 16_384);
const place = whole(0, 16_383);
const limits = { atLeast: numberRule, atMost: numberRule };
const said = { kind: textRule, text: textRule, why: textRule };

/** Each kind of expectation: its fields, and those of them that must be there. */
const kinds: Readonly<
  Record<Expectation['kind'], { readonly fields: Readonly<Record<string, Rule>>; readonly needed: readonly string[] }>
> = {
  figure: { fields: { figure: figureRule, per: figureRule, ...limits }, needed: ['figure'] },
  'common-buffers': {
    fields: { length: whole(1, 2 ** 32 - 1), cacheEnabled: flagRule, released: flagRule, ...limits },
    needed: [],
  },
  size: { fields: { width: pixels, height: pixels }, needed: ['width', 'height'] },
  area: {
    fields: {
      x: place,
      y: place,
      width: pixels,
      height: pixels,
      colour: matching(/^#[\da-f]{6}$/i, 'a colour such as #ff8800'),
    },
    needed: ['x', 'y', 'width', 'height'],
  },
  picture: { fields: { sha256: matching(/^[\da-f]{64}$/i, '64 hexadecimal digits') }, needed: ['sha256'] },
  log: { fields: { contains: textRule }, needed: ['contains'] },
  calls: { fields: { function: textRule, from: textRule, ...limits }, needed: ['function'] },
};

function checkFields(
  value: unknown,
  where: string,
  fields: Readonly<Record<string, Rule>>,
  needed: readonly string[],
): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ScenarioError(`${where} must be an object.`);
  }
  const found = value as Fields;
  for (const name of needed) {
    if (found[name] === undefined) throw new ScenarioError(`${where}: ${name} is missing.`);
  }
  for (const [name, entry] of Object.entries(found)) {
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!rule) {
      throw new ScenarioError(`${where}: there is no ${name}; known are ${Object.keys(fields).join(', ')}.`);
    }
    const wrong = rule(entry);
    if (wrong) throw new ScenarioError(`${where}: ${name} ${wrong}, not ${JSON.stringify(entry)}.`);
  }
  return found;
}

function checkExpectation(value: unknown, where: string): void {
  const kind = (value as Fields | null)?.kind;
  const known = Object.keys(kinds).join(', ');
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) {
    throw new ScenarioError(`${where}: kind must be one of ${known}, not ${JSON.stringify(kind)}.`);
  }
  const { fields, needed } = kinds[kind as Expectation['kind']];
  const found = checkFields(value, where, { ...said, ...fields }, ['text', ...needed]);
  if (kind === 'figure' && found.atLeast === undefined && found.atMost === undefined) {
    throw new ScenarioError(`${where}: atLeast or atMost is missing: anything would do.`);
  }
}

/**
 * @param text a JSON object of the shape of {@link Scenario}
 * @throws ScenarioError
 */
export function readScenario(text: string): Scenario {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ScenarioError(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const top = checkFields(
    value,
    'the scenario',
    { name: textRule, machine: any, refreshes: whole(1, 1_000_000), expect: any, findings: textsRule },
    ['name', 'refreshes', 'expect'],
  );
  if (top.machine !== undefined) {
    const fields = { width: pixels, height: pixels, ramMiB: whole(1, 1024), verifier: flagRule };
    checkFields(top.machine, 'machine', fields, []);
  }
  if (!Array.isArray(top.expect)) throw new ScenarioError('expect must be a list.');
  for (const [index, entry] of top.expect.entries()) checkExpectation(entry, `expect[${index}]`);
  return value as Scenario;
}
