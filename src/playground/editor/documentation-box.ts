/** The documentation of what the cursor is at, for those who use no mouse: asked for by a key, read out, and a box that can be entered. */
import { type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import { EditorView, keymap, showTooltip, type Tooltip } from '@codemirror/view';
import type { TypesClient } from '../types/types-client.ts';
import type { TypeDescription, TypesSubject } from '../types/types-protocol.ts';
import { drawDescription } from './type-tooltip.ts';

const setBox = StateEffect.define<Tooltip | null>();

/** The box that is shown; it goes when the text or the cursor changes. */
const box = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setBox)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});

function close(view: EditorView): boolean {
  if (view.state.field(box, false) == null) return false;
  const within = view.dom.contains(view.root.activeElement) && !view.hasFocus;
  view.dispatch({ effects: setBox.of(null) });
  if (within) view.focus();
  return true;
}

/** Nothing is known of the place. */
const NOTHING: Pick<TypeDescription, 'code' | 'documentation'> = {
  code: 'Nothing to say about this place',
  documentation: { text: 'Put the cursor on a name.', rows: [], links: [] },
};

function draw(view: EditorView, description: Pick<TypeDescription, 'code' | 'documentation'>): HTMLElement {
  const dom = drawDescription(description);
  dom.classList.add('vp-asked');
  dom.tabIndex = 0;
  dom.role = 'region';
  dom.ariaLabel = 'Documentation';
  const keys = document.createElement('p');
  keys.className = 'vp-keys';
  keys.textContent = 'F1: into this box · Esc: close it';
  dom.append(keys);
  dom.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close(view);
  });
  return dom;
}

/** The same as a text to be read out. */
function spoken({ code, documentation }: Pick<TypeDescription, 'code' | 'documentation'>): string {
  const rows = documentation.rows.map(({ term, text }) => `${term}: ${text}`);
  return [code, documentation.text, ...rows].filter(Boolean).join('. ');
}

/**
 * Shows and says what is known of the name at the cursor; when that is shown already, the keyboard focus goes into the box.
 * Rejects when the type service cannot be had.
 */
export async function showDocumentation(view: EditorView, client: TypesClient, subject: TypesSubject): Promise<void> {
  const asked = view.dom.querySelector<HTMLElement>('.vp-asked');
  if (asked) {
    asked.focus();
    return;
  }
  const { state } = view;
  const { head } = state.selection.main;
  const ask = (position: number) => client.ask(subject, { kind: 'hover', position });
  // Behind a name's last letter the cursor is still at it.
  const found = (await ask(head)) ?? (head > 0 ? await ask(head - 1) : null);
  // The cursor has gone on meanwhile.
  if (view.state.doc !== state.doc || view.state.selection.main.head !== head) return;
  const description = found ?? NOTHING;
  const tooltip: Tooltip = {
    pos: found?.from ?? head,
    ...(found ? { end: found.to } : {}),
    create: () => ({ dom: draw(view, description) }),
  };
  view.dispatch({ effects: [setBox.of(tooltip), EditorView.announce.of(spoken(description))] });
}

/** What the editor needs for it. */
export const documentationBox: Extension = [box, Prec.highest(keymap.of([{ key: 'Escape', run: close }]))];
