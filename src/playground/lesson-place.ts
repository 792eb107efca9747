/** The place of the lessons on the page: a lesson, the list of them, or nothing. */
import { html, type LitElement, nothing, type TemplateResult } from 'lit';
import type { LessonRequestEvent, LessonTextEvent } from './lesson-pane.ts';
import { lastLesson } from './lesson-progress.ts';
import type { Page } from './page.ts';
import type { PageHeader } from './page-header.ts';
import type { SourceEditor } from './source-editor.ts';

/** Brings what the page shows of lessons; fetched when it is first needed. Until it is there, its place is empty. */
const fetchLessons = ({ arrangement }: Page): Promise<unknown> =>
  arrangement.lesson === null ? import('./course-list.ts') : import('./lesson-pane.ts');

async function focusLessons(page: Page): Promise<void> {
  await fetchLessons(page);
  await page.updateComplete;
  // Closed again meanwhile.
  if (!page.arrangement.teaching) return;
  const pane = page.piece<LitElement>('vp-lesson, vp-course');
  await pane.updateComplete;
  pane.focus();
}

/** Shows the lesson whose driver is open, or the one looked at last; or puts away what is shown. */
export async function toggleLessons(page: Page): Promise<void> {
  const { arrangement, desk } = page;
  if (page.extent !== 'page') return;
  if (arrangement.teaching) {
    arrangement.closeLesson();
    return;
  }
  arrangement.teach();
  if (arrangement.lesson === null) await desk.ask({ action: 'lesson', id: lastLesson() });
  if (arrangement.teaching) await focusLessons(page);
}

/** @returns what stands there now */
export function lessonPlace(page: Page): TemplateResult | typeof nothing {
  const { arrangement, desk, session } = page;
  const { lesson } = arrangement;
  if (!arrangement.teaching) return nothing;
  void fetchLessons(page);
  const asked = async ({ detail: id }: LessonRequestEvent) => {
    await desk.ask({ action: 'lesson', id });
    // The list that was pressed is gone.
    if (lesson === null && arrangement.lesson !== null) await focusLessons(page);
  };
  const closed = async () => {
    arrangement.closeLesson();
    await page.updateComplete;
    page.piece<PageHeader>('vp-header').focusLessons();
  };
  const put = async (event: LessonTextEvent) => {
    // The lesson's text is the entry's.
    desk.workspace.show(0);
    await page.updateComplete;
    void page.piece<SourceEditor>('vp-editor').replace(event.detail);
  };
  if (lesson === null) return html`<vp-course @lesson-request=${asked} @lesson-close=${closed}></vp-course>`;
  return html`<vp-lesson
    .lesson=${lesson}
    .files=${desk.workspace.files}
    .phase=${session.phase}
    .boots=${session.boots}
    .engine=${page.choice.engine}
    .machineHost=${session.phase === 'checking' || session.phase === 'unsupported' ? null : page.machineHost}
    @lesson-request=${asked}
    @lesson-text=${put}
    @lesson-close=${closed}
  ></vp-lesson>`;
}
