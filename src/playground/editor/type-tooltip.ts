/** What the type service says, as a box: a driver may come from a stranger, so all of it is text and never markup. */
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { TypeDescription, TypeSignature } from '../types/types-protocol.ts';

function linkTo(url: string): HTMLElement {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  link.textContent = url.startsWith('https://learn.microsoft.com/') ? 'Microsoft’s page' : url;
  return link;
}

/** A name's type and what its documentation says: parameters, IRQL, result, pages to read on. */
export function drawDescription({ code, documentation }: Pick<TypeDescription, 'code' | 'documentation'>): HTMLElement {
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

/** The call that the cursor is in, with the parameter that is being written. */
export function drawSignature({ before, parameters, after, active, documentation }: TypeSignature): HTMLElement {
  // Of the parameters only the one that is being written: the rest of the text is below.
  const name = /^[\w$]+/.exec(parameters[active] ?? '')?.[0];
  const rows = documentation.rows.filter(({ term }) => term === name || term === 'IRQL' || term === 'Returns');
  const box = drawDescription({ code: before, documentation: { ...documentation, rows } });
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

/** How both look. */
export const tooltipLooks: Extension = EditorView.theme({
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
  // In sight however long the rest is.
  '.vp-type .vp-keys': {
    position: 'sticky',
    bottom: '-8px',
    margin: '8px -12px -8px',
    padding: '5px 12px',
    borderTop: '1px solid var(--line)',
    background: 'var(--raised)',
    fontSize: 'var(--size-small)',
  },
  '.vp-type p': { margin: '6px 0 0', color: 'var(--text-quiet)', whiteSpace: 'pre-wrap' },
});
