/** The source's place on the page: the driver's files as tabs, the editor, and what can be done with the driver. */
import { html, type TemplateResult } from 'lit';
import type { FileRequestEvent, FileTabs } from './file-tabs.ts';
import { exportIcon, findIcon, formatIcon, newIcon } from './icons.ts';
import { openButton } from './machine-pane.ts';
import type { Page } from './page.ts';
import { capsOf } from './shortcuts.ts';
import type { EditEvent, EditorCommandEvent } from './source-editor.ts';
import { fileTabs, sourceMarks } from './source-marks.ts';
import { saveFiles } from './ways-out.ts';
import './file-tabs.ts';
import './source-editor.ts';
import './source-title.ts';

/** @returns the source as it is now */
export function sourcePane(page: Page): TemplateResult {
  const { session, desk, loadEditor } = page;
  const { workspace, live } = desk;
  const driver = workspace.current;
  const { name, source } = workspace.file;
  const marks = sourceMarks(session, live.errors, page.guide.held, workspace);
  const fileAsked = ({ detail }: FileRequestEvent) => {
    const { name: removed = '' } = detail.action === 'remove' ? (workspace.files[detail.index] ?? {}) : {};
    const undo = desk.askFile(detail);
    if (undo) page.piece<FileTabs>('vp-files').removed = { name: removed, undo };
  };
  const commanded = ({ detail }: EditorCommandEvent) => {
    if (detail === 'leave') page.piece<FileTabs>('vp-files').focus();
    else if (detail === 'run') page.do(session.canRun ? 'run' : 'restart');
    else page.do(detail);
  };
  return html`<section class="pane source-pane" aria-label="Source">
    <vp-files
      .files=${fileTabs(workspace, marks)}
      .shown=${workspace.shown}
      .driver=${driver.key}
      .nextName=${workspace.nextName()}
      .editable=${page.extent === 'page' && loadEditor !== null && driver.origin !== 'none'}
      @file-request=${fileAsked}
    >
      <vp-editor
        .source=${source}
        .document=${`${driver.key}/${workspace.shown}`}
        .file=${name}
        .files=${workspace.files}
        .marks=${marks[workspace.shown] ?? []}
        .boots=${session.boots}
        .types=${page.types}
        .loadEditor=${driver.origin === 'none' ? null : loadEditor}
        @edit=${(event: EditEvent) => desk.edit(event.detail)}
        @editor-command=${commanded}
      ></vp-editor>
      <vp-source-title
        slot="bar"
        .driver=${driver}
        .source=${source}
        .errors=${live.errors.length || session.errors.length}
        .running=${session.canStop}
        .unsaved=${workspace.unsaved}
        .deleted=${workspace.deleted}
        .editable=${loadEditor !== null}
      ></vp-source-title>
      <div class="tools" slot="tools" role="toolbar" aria-label="Driver">
        ${page.extent === 'page' ? tools(page) : openButton(page)}
      </div>
    </vp-files>
  </section>`;
}

function tools(page: Page): TemplateResult {
  const { desk } = page;
  const save = () => {
    if (desk.workspace.current.origin !== 'none') void saveFiles(page);
  };
  return html`<button class="plain icon" aria-label="Find in the source" title=${`Find (${capsOf('find').join(' ')})`} @click=${() => page.do('find')}>${findIcon}</button>
    <button class="plain icon" aria-label="Format the source" title=${`Format (${capsOf('format').join(' ')})`} @click=${() => page.do('format')}>${formatIcon}</button>
    <button class="plain icon" aria-label="New driver" title="New driver" @click=${() => void desk.ask({ action: 'new' })}>${newIcon}</button>
    <button class="plain icon" aria-label="Save as a file" title="Save as a file" @click=${save}>${exportIcon}</button>`;
}
