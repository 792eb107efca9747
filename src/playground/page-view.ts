/** What a link says of the page: taken from it, and shown in it. */
import { type LinkView, usualLayout } from '../link/link-state.ts';
import { layoutNamed } from './layout.ts';
import type { OutputPane } from './output-pane.ts';
import type { Page } from './page.ts';
import type { SourceEditor } from './source-editor.ts';
import { dividers as names, type Splitter } from './splitter.ts';

const splitterOf = (page: Page, name: string) => page.piece<Splitter>(`vp-splitter[name=${name}]`);

/** @returns what somebody who opens a link from this page is to see. A frame in another page has a layout of its own, which no link holds. */
export function viewOf(page: Page): LinkView {
  const { arrangement, desk } = page;
  const panes: string[] = [...page.piece<OutputPane>('vp-output').chosen];
  const { selection } = page.piece<SourceEditor>('vp-editor');
  const view = { panes, file: desk.workspace.shown, selection };
  if (page.extent !== 'page') return view;
  if (arrangement.layout === 'learn' && arrangement.lessonClosed) panes.push('no-lesson');
  const moved = names.flatMap((name) => {
    const { share } = splitterOf(page, name);
    return share === null ? [] : [[name, Math.round(share)]];
  });
  return { ...view, layout: arrangement.layout, dividers: Object.fromEntries(moved) };
}

/** Shows what a link speaks of, for this visit; panes that this page does not have are skipped. */
export function showView(page: Page, { panes, file, selection, layout, dividers = {} }: LinkView): void {
  const { arrangement, desk } = page;
  const tab = (['findings', 'log'] as const).find((name) => panes.includes(name));
  if (tab) page.piece<OutputPane>('vp-output').choose(tab);
  desk.workspace.show(file);
  if (selection) void page.updateComplete.then(() => page.piece<SourceEditor>('vp-editor').select(selection));
  if (page.extent !== 'page') return;
  arrangement.lessonClosed = panes.includes('no-lesson');
  const wanted = layoutNamed(layout) ?? layoutNamed(usualLayout(desk.workspace.current.base));
  if (wanted) arrangement.layout = wanted;
  // Then the dividers are those of that layout.
  void page.updateComplete.then(() => {
    for (const name of names) {
      const share = dividers[name];
      if (share !== undefined) splitterOf(page, name).show(share);
    }
  });
}
