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
import type { TypeDescription, TypeProblem, TypeSignature } from '../types/types-protocol.ts';

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

function describe({ code, documentation }: Pick<TypeDescription, 'code' | 'documentation'>): HTMLElement {
  const box = document.createElement('div');
  box.className = 'vp-type';
  const head = document.createElement('code');
  head.textContent = code;
  box.append(head);
  if (documentation) {
    const text = document.createElement('p');
    text.textContent = documentation;
    box.append(text);
  }
  return box;
}

function drawSignature({ before, parameters, after, active, documentation }: TypeSignature): HTMLElement {
  const box = describe({ code: before, documentation });
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
  (client: TypesClient) =>
  async (context: CompletionContext): Promise<CompletionResult | null> => {
    if (!context.explicit && !context.matchBefore(/[\w$]{2,}|\.[\w$]*/)) return null;
    const text = context.state.doc.toString();
    const found = await client.ask(text, { kind: 'complete', position: context.pos }).catch(() => null);
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
            const asked = { kind: 'describe', position: context.pos, name } as const;
            const description = await client.ask(text, asked).catch(() => null);
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
  '.vp-type': { padding: '8px 12px', maxHeight: '16em', overflow: 'auto' },
  '.vp-type code': { font: 'var(--size-code) / 1.5 var(--mono)', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  '.vp-type b': { color: 'var(--accent)' },
  '.vp-type p': { margin: '6px 0 0', color: 'var(--text-quiet)', whiteSpace: 'pre-wrap' },
});

/**
 * @param show takes what the type checker says about the text as it is
 * @returns what to put into the editor
 */
export function typeSupport(client: TypesClient, show: (problems: readonly TypeProblem[]) => void): Extension {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round = 0;
  const check = (view: EditorView) => {
    const asked = ++round;
    client.ask(view.state.doc.toString(), { kind: 'check' }).then(
      (problems) => {
        if (asked === round) show(problems);
      },
      // Types are a help; an editor without them is one too.
      () => {},
    );
  };
  const signature = async (view: EditorView) => {
    const { head, empty } = view.state.selection.main;
    const { doc } = view.state;
    const found = empty
      ? await client.ask(doc.toString(), { kind: 'signature', position: head }).catch(() => null)
      : null;
    // Whoever types fast has gone on meanwhile: what holds is where the cursor is now.
    if (view.state.doc !== doc || view.state.selection.main.head !== head) await signature(view);
    else view.dispatch({ effects: setSignature.of(found) });
  };
  return [
    looks,
    signatureField,
    autocompletion({ override: [completions(client)] }),
    hoverTooltip(async (view, position) => {
      const found = await client.ask(view.state.doc.toString(), { kind: 'hover', position }).catch(() => null);
      return found && { pos: found.from, end: found.to, create: () => ({ dom: describe(found) }) };
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        clearTimeout(timer);
        round++;
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
