/** The conformance table: which rule of which function was tested, and what came of it. Made of test titles and outcomes alone. */

/** A test as the runner reports it. */
export interface Outcome {
  readonly title: string;
  readonly passed: boolean;
}

/** What is known of a function from elsewhere: exports.json. */
export interface KnownFunction {
  readonly name: string;
  readonly family: string;
  readonly irql: string;
  /** What ReactOS's videoprt does: one of the letters of {@link REACTOS}. */
  readonly reactos: string;
  readonly reactosSource: string;
}

/** A rule, tested. */
export interface TestedRule {
  readonly sentence: string;
  /** The page as its last part, or a place in words. */
  readonly page: string;
  /** Where documents contradict each other or are silent: what was chosen, and why. */
  readonly chosen: string | null;
  readonly passed: boolean;
}

/** A function or callback with its rules. */
export interface TestedFunction {
  readonly name: string;
  readonly rules: readonly TestedRule[];
  /** It has rules, and all of them pass. */
  readonly passed: boolean;
}

/** The whole table. */
export interface Conformance {
  readonly functions: readonly TestedFunction[];
  /** Callbacks of the miniport, by the rules that tests state for them. */
  readonly callbacks: readonly TestedFunction[];
  readonly total: number;
  readonly passed: number;
}

/** What the letters in exports.json mean. */
export const REACTOS: Readonly<Record<string, string>> = {
  R: 'works',
  F: 'works (forwarded to HAL or kernel)',
  D: 'documented constant',
  P: 'partial',
  U: 'not implemented',
  '-': 'not exported',
};

/** A title of `rule`: names, sentence, page, and perhaps what was chosen. */
const TITLE = /^((?:VideoPort|Hw)\w+(?:, (?:VideoPort|Hw)\w+)*): (.+) \(([^()]+)\)(?: \[chosen: (.+)\])?$/;

/** Makes the table. Titles that state no rule are left out; a rule that several tests state passes when all do. */
export function conformance(known: readonly KnownFunction[], outcomes: readonly Outcome[]): Conformance {
  const byName = new Map<string, Map<string, TestedRule>>();
  for (const { title, passed } of outcomes) {
    const match = TITLE.exec(title);
    if (!match) continue;
    const [, names = '', sentence = '', page = '', chosen] = match;
    for (const name of names.split(', ')) {
      const rules = byName.get(name) ?? new Map<string, TestedRule>();
      byName.set(name, rules);
      const before = rules.get(sentence)?.passed ?? true;
      rules.set(sentence, { sentence, page, chosen: chosen ?? null, passed: passed && before });
    }
  }
  const tested = (name: string): TestedFunction => {
    const rules = [...(byName.get(name)?.values() ?? [])];
    return { name, rules, passed: rules.length > 0 && rules.every((rule) => rule.passed) };
  };
  const functions = known.map(({ name }) => tested(name));
  const names = new Set(known.map(({ name }) => name));
  const callbacks = [...byName.keys()].filter((name) => !names.has(name)).sort();
  return {
    functions,
    callbacks: callbacks.map(tested),
    total: functions.length,
    passed: functions.filter((entry) => entry.passed).length,
  };
}

const LEARN = 'https://learn.microsoft.com/windows-hardware/drivers';

/** A page as a link, when it is one of the driver documentation. */
function pageLink(page: string): string {
  const place = /^n[a-z]-wdm-/.test(page)
    ? `ddi/wdm/${page}`
    : /^n[a-z]-ntddvdeo-/.test(page)
      ? `ddi/ntddvdeo/${page}`
      : /^n[a-z]-[a-z0-9]+-/.test(page)
        ? `ddi/video/${page}`
        : /^bug-check-/.test(page)
          ? `debugger/${page}`
          : /^devtest\//.test(page)
            ? page
            : null;
  return place === null ? page : `[${page}](${LEARN}/${place})`;
}

const mark = (passed: boolean): string => (passed ? '✓' : '✗');

function details({ name, rules }: TestedFunction): string[] {
  return [
    `### ${name}`,
    '',
    ...rules.flatMap((rule) => [
      `- ${mark(rule.passed)} ${rule.sentence} (${pageLink(rule.page)})`,
      ...(rule.chosen ? [`  Chosen: ${rule.chosen}.`] : []),
    ]),
    '',
  ];
}

/** docs/conformance.md. */
export function toMarkdown(known: readonly KnownFunction[], table: Conformance): string {
  const { functions, callbacks, total, passed } = table;
  const rules = functions.reduce((sum, entry) => sum + entry.rules.length, 0);
  const lines = [
    '# Conformance',
    '',
    'Written by `npm run conformance`, which runs the rules below as tests in a real browser. A row is made of test titles and their',
    'outcomes and of nothing else: a rule that was not run is not here.',
    '',
    `**${passed} of ${total} VideoPort functions pass all their rules**, ${rules} rows in all. Beside each stands what ReactOS’s videoprt does,`,
    'as read from its source (snapshot 7432f4e9, file and line in `test/conformance/exports.json`).',
    '',
  ];
  for (const family of new Set(known.map((entry) => entry.family))) {
    lines.push(`## ${family}`, '', '| Function | Rules | Pass | IRQL | ReactOS |', '|---|---|---|---|---|');
    for (const { name, irql, reactos } of known.filter((entry) => entry.family === family)) {
      const entry = functions.find((tested) => tested.name === name);
      const count = entry?.rules.length ?? 0;
      const pass = entry?.rules.filter((rule) => rule.passed).length ?? 0;
      lines.push(
        `| \`${name}\` | ${count} | ${mark(count > 0 && pass === count)} ${pass} | ${irql} | ${REACTOS[reactos] ?? reactos} |`,
      );
    }
    lines.push('');
  }
  lines.push('## The rules', '', ...functions.flatMap(details));
  if (callbacks.length > 0) lines.push('## Callbacks of the miniport', '', ...callbacks.flatMap(details));
  return `${lines.join('\n').trimEnd()}\n`;
}
