/** Types in the editor: problems in the margin, completion, signatures, and on hover the doc comments of the port driver. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { EditorView, hoverTooltip, showTooltip, type Tooltip } from '@codemirror/view';
import type { TypesClient } from '../types/types-client.ts';
import type { TypeDescription, TypeProblem, TypeSignature, TypesSubject } from '../types/types-protocol.ts';

/** How long after an edit the types are checked, in milliseconds. */
const pauseMs = 250;

/** TypeScript's names for kinds of things → CodeMirror's, which have icons. */
const kinds: Readonly<Record<string, string>> = {
  const: 'constant',
  let: 'variable',
  var: 'variable',
  parameter: 'variable',
  alias: 'variable',
  'local var': 'variable',
  function: 'function',
  'local function': 'function',
  method: 'method',
  property: 'property',
  getter: 'property',
  class: 'class',
  interface: 'interface',
  type: 'type',
  'primitive type': 'type',
  enum: 'enum',
  keyword: 'keyword',
};

function linkTo(url: string): HTMLElement {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  link.textContent = url.startsWith('https://learn.microsoft.com/') ? 'Microsoft’s page' : url;
  return link;
}

function describe({ code, documentation }: Pick<TypeDescription, 'code' | 'documentation'>): HTMLElement {
  const box = document.createElement('div');
  box.className = 'vp-type';
  const head = document.createElement('code');
  head.textContent = code;
  box.append(head);
  if (documentation.text) {
    const text = document.createElement('p');
    text.textContent = documentation.text;
    box.append(text);
  }
  if (documentation.rows.length > 0) {
    const list = document.createElement('dl');
    for (const { term, text } of documentation.rows) {
      const name = document.createElement('dt');
      name.textContent = term;
      const says = document.createElement('dd');
      says.textContent = text;
      list.append(name, says);
    }
    box.append(list);
  }
  for (const url of documentation.links) {
    const line = document.createElement('p');
    line.append(linkTo(url));
    box.append(line);
  }
  return box;
}

function drawSignature({ before, parameters, after, active, documentation }: TypeSignature): HTMLElement {
  // Of the parameters only the one that is being written: the rest of the text is below.
  const name = /^[\w$]+/.exec(parameters[active] ?? '')?.[0];
  const rows = documentation.rows.filter(({ term }) => term === name || term === 'IRQL' || term === 'Returns');
  const box = describe({ code: before, documentation: { ...documentation, rows } });
  const head = box.querySelector('code');
  for (const [index, parameter] of parameters.entries()) {
    if (index > 0) head?.append(', ');
    const piece = document.createElement(index === active ? 'b' : 'span');
    piece.textContent = parameter;
    head?.append(piece);
  }
  head?.append(after);
  return box;
}

/** Completion from the service, each entry with its documentation when it is looked at. */
const completions =
  (client: TypesClient, subject: () => TypesSubject) =>
  async (context: CompletionContext): Promise<CompletionResult | null> => {
    if (!context.explicit && !context.matchBefore(/[\w$]{2,}|\.[\w$]*/)) return null;
    const asked = subject();
    const found = await client.ask(asked, { kind: 'complete', position: context.pos }).catch(() => null);
    if (!found || context.aborted) return null;
    return {
      from: found.from,
      validFor: /^[\w$]*$/,
      options: found.entries.map(({ name, kind, rank }): Completion => {
        const type = kinds[kind];
        return {
          label: name,
          ...(type ? { type } : {}),
          // TypeScript's ranks are numbers as text, the best first.
          boost: Math.max(-99, 11 - (Number.parseInt(rank, 10) || 0)),
          info: async () => {
            const question = { kind: 'describe', position: context.pos, name } as const;
            const description = await client.ask(asked, question).catch(() => null);
            return description && describe(description);
          },
        };
      }),
    };
  };

const setSignature = StateEffect.define<TypeSignature | null>();

const signatureField = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setSignature)) continue;
      const signature = effect.value;
      return signature && { pos: signature.from, above: true, create: () => ({ dom: drawSignature(signature) }) };
    }
    return tooltip && transaction.docChanged ? { ...tooltip, pos: transaction.changes.mapPos(tooltip.pos) } : tooltip;
  },
  provide: (field) => showTooltip.from(field),
});

const looks = EditorView.theme({
  '.vp-type': { padding: '8px 12px', maxHeight: '20em', overflow: 'auto' },
  '.vp-type code': { font: 'var(--size-code) / 1.5 var(--mono)', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  '.vp-type b': { color: 'var(--accent)' },
  '.vp-type dl': {
    display: 'grid',
    gridTemplateColumns: 'fit-content(40%) minmax(0, 1fr)',
    gap: '2px 10px',
    margin: '6px 0 0',
    color: 'var(--text-quiet)',
  },
  '.vp-type dt': { font: 'var(--size-small) / 1.6 var(--mono)', color: 'var(--text)', overflowWrap: 'anywhere' },
  '.vp-type dd': { margin: '0', whiteSpace: 'pre-wrap' },
  '.vp-type a': { color: 'var(--accent)' },
  '.vp-type p': { margin: '6px 0 0', color: 'var(--text-quiet)', whiteSpace: 'pre-wrap' },
});

/**
 * @param subject gives the driver as it is, and the file that is in the editor
 * @param show takes what the type checker says about that file
 * @returns what to put into the editor
 */
export function typeSupport(
  client: TypesClient,
  subject: () => TypesSubject,
  show: (problems: readonly TypeProblem[]) => void,
): Extension {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const check = (view: EditorView) => {
    const { doc } = view.state;
    client.ask(subject(), { kind: 'check' }).then(
      (problems) => {
        if (view.state.doc === doc) show(problems);
      },
      // Types are a help; an editor without them is one too.
      () => {},
    );
  };
  const signature = async (view: EditorView) => {
    const { head, empty } = view.state.selection.main;
    const { doc } = view.state;
    const found = empty ? await client.ask(subject(), { kind: 'signature', position: head }).catch(() => null) : null;
    // Whoever types fast has gone on meanwhile: what holds is where the cursor is now.
    if (view.state.doc !== doc || view.state.selection.main.head !== head) await signature(view);
    else view.dispatch({ effects: setSignature.of(found) });
  };
  return [
    looks,
    signatureField,
    autocompletion({ override: [completions(client, subject)] }),
    hoverTooltip(async (_, position) => {
      const found = await client.ask(subject(), { kind: 'hover', position }).catch(() => null);
      return found && { pos: found.from, end: found.to, create: () => ({ dom: describe(found) }) };
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        clearTimeout(timer);
        timer = setTimeout(() => check(update.view), pauseMs);
      }
      const shown = update.state.field(signatureField) !== null;
      const typed = update.transactions.some((transaction) => transaction.isUserEvent('input.type'));
      // Signatures begin with a bracket or comma that is typed, and then follow the cursor until it leaves the call.
      if (typed || (shown && update.selectionSet)) {
        const { head } = update.state.selection.main;
        if (shown || /[(,]/.test(update.state.sliceDoc(head - 1, head))) void signature(update.view);
      }
    }),
  ];
}

export { TypesClient } from '../types/types-client.ts';
