/**
 * What is typed over a selection replaces it here, not in the browser: that would join what is left of the lines with inline styles of its
 * own, which the page's content security policy refuses, and says so in the console each time.
 */
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/** The extension. Compositions stay the browser's: they cannot be taken over without ending them. */
export const typedOver: Extension = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main, ranges } = view.state.selection;
    if (
      view.state.readOnly ||
      !event.cancelable ||
      event.isComposing ||
      view.composing ||
      ranges.every(({ empty }) => empty)
    )
      return false;
    if (/^deleteContent/.test(event.inputType)) {
      view.dispatch(view.state.replaceSelection(''), { userEvent: 'delete.selection', scrollIntoView: true });
      return true;
    }
    const text = event.data;
    if (event.inputType !== 'insertText' || text === null) return false;
    const insert = () =>
      view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
    const handled = view.state
      .facet(EditorView.inputHandler)
      .some((handle) => handle(view, main.from, main.to, text, insert));
    if (!handled) view.dispatch(insert());
    return true;
  },
});
