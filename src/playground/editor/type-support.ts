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
import type { TypeProblem, TypeSignature, TypesSubject } from '../types/types-protocol.ts';
import { documentationBox } from './documentation-box.ts';
import { drawDescription, drawSignature, tooltipLooks } from './type-tooltip.ts';

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
            return description && drawDescription(description);
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
    tooltipLooks,
    signatureField,
    documentationBox,
    autocompletion({ override: [completions(client, subject)] }),
    hoverTooltip(async (_, position) => {
      const found = await client.ask(subject(), { kind: 'hover', position }).catch(() => null);
      return found && { pos: found.from, end: found.to, create: () => ({ dom: drawDescription(found) }) };
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
export { showDocumentation } from './documentation-box.ts';
