import { css, html, LitElement, type TemplateResult } from 'lit';
import { course } from '../lessons/course.ts';
import { closeIcon } from './icons.ts';
import type { LessonRequestEvent } from './lesson-pane.ts';
import { lessonsDone } from './lesson-progress.ts';
import { sharedStyles } from './shared-styles.ts';

/**
 * `<vp-course>`: the lessons, in their order, where a lesson would stand if one were open. Fires `lesson-request` for the one that is
 * chosen, and `lesson-close`.
 */
export class CourseList extends LitElement {
  /** Focuses the title: where reading begins. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  override render(): TemplateResult {
    const done = lessonsDone();
    return html`<section class="pane" aria-label="Lessons">
      <header>
        <h2 tabindex="-1">Lessons</h2>
        <button class="plain" data-close aria-label="Close the lessons" title="Close the lessons" @click=${() => this.dispatchEvent(new CustomEvent('lesson-close'))}>${closeIcon}</button>
      </header>
      <ol tabindex="0" aria-label="Lessons in their order">
        ${course.map(
          ({ id, title, sentence }, index) => html`<li>
            <button data-lesson=${id} @click=${() => this.#choose(id)}>
              <span class="number mono ${done.has(id) ? 'done' : ''}" aria-hidden="true">${done.has(id) ? '✓' : index + 1}</span>
              <span><b>${title}</b>${done.has(id) ? html`<span class="hidden-text">, done</span>` : ''}<span class="sentence">${sentence}</span></span>
            </button>
          </li>`,
        )}
      </ol>
    </section>`;
  }

  #choose(id: string): void {
    const event: LessonRequestEvent = new CustomEvent('lesson-request', { detail: id });
    this.dispatchEvent(event);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        min-height: 0;
      }

      .pane {
        height: 100%;
      }

      header {
        display: flex;
        flex: none;
        align-items: center;
        justify-content: space-between;
        height: var(--tab-height);
        padding: 0 4px 0 14px;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
      }

      h2 {
        margin: 0;
        font-size: var(--size);
        font-weight: 600;
        outline: none;
      }

      header button {
        justify-content: center;
        width: 28px;
        min-height: 28px;
        padding: 0;
        color: var(--text-quiet);
      }

      ol {
        min-height: 0;
        margin: 0;
        padding: 6px;
        overflow: auto;
        list-style: none;
      }

      ol:focus-visible {
        outline-offset: -2px;
      }

      li button {
        gap: 10px;
        align-items: flex-start;
        width: 100%;
        padding: 8px;
        border-color: transparent;
        background: none;
        text-align: left;
        white-space: normal;
      }

      .number {
        flex: none;
        width: 22px;
        border: 1px solid var(--line-strong);
        border-radius: 11px;
        color: var(--text-quiet);
        font-size: var(--size-small);
        line-height: 20px;
        text-align: center;
      }

      .done {
        border-color: var(--good);
        color: var(--good);
      }

      b {
        font-weight: 600;
      }

      .sentence {
        display: block;
        margin-top: 1px;
        color: var(--text-quiet);
        font-size: var(--size-small);
      }
    `,
  ];
}

customElements.define('vp-course', CourseList);
