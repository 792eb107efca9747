import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { course, lessonById } from '../lessons/course.ts';
import type { Lesson, LessonTexts } from '../lessons/lesson.ts';
import { loadLesson } from '../lessons/load-lesson.ts';
import type { DriverFile } from '../machine/driver-files.ts';
import type { BootChoice } from './boot-choice.ts';
import { closeIcon, nextIcon, previousIcon } from './icons.ts';
import { LessonCheck } from './lesson-check.ts';
import { lessonStyles } from './lesson-pane-styles.ts';
import { lessonsDone, rememberDone, rememberLast } from './lesson-progress.ts';
import type { MachineHost } from './machine-host.ts';
import { showLine } from './monitor-view.ts';
import type { Phase } from './phase.ts';

/** Fired for another lesson: `detail` is its id. */
export type LessonRequestEvent = CustomEvent<string>;
/** Fired when the whole text of the driver is to be another: `detail` is that text. */
export type LessonTextEvent = CustomEvent<string>;

/** A driver that has booted, or tried to, is checked by itself. */
const checked: ReadonlySet<Phase> = new Set<Phase>(['running', 'failed', 'crashed']);

/**
 * `<vp-lesson>`: a lesson beside the editor. Its text, what the driver must do and how far it is, hints and the solution; the way to
 * the lesson before and the one after. Each check boots the driver a second time, in a machine of its own, from start to shutdown.
 */
export class LessonPane extends LitElement {
  static override properties = {
    lesson: {},
    files: { attribute: false },
    phase: {},
    boots: { type: Number },
    engine: {},
    machineHost: { attribute: false },
    texts: { state: true },
    trouble: { state: true },
  };
  /** Id of the lesson. */
  declare lesson: string;
  /** The driver as it stands in the editor, its entry first. */
  declare files: readonly DriverFile[];
  /** Where the machine that the visitor looks at stands, and how many there were. */
  declare phase: Phase;
  declare boots: number;
  declare engine: BootChoice['engine'];
  declare machineHost: MachineHost | null;
  declare texts: LessonTexts | null;
  declare trouble: string;

  readonly check = new LessonCheck(this, (lesson) => rememberDone(lesson));
  /** The boot that was checked last. */
  #checkedBoot = -1;

  constructor() {
    super();
    this.lesson = '';
    this.files = [];
    this.phase = 'checking';
    this.boots = 0;
    this.engine = 'auto';
    this.machineHost = null;
    this.texts = null;
    this.trouble = '';
  }

  get #lesson(): Lesson | undefined {
    return lessonById(this.lesson);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('lesson')) {
      this.check.clear();
      // Whatever boots next, or runs already, is this lesson's.
      this.#checkedBoot = -1;
      rememberLast(this.lesson);
      void this.#load(this.lesson);
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('lesson')) this.renderRoot.querySelector('.reading')?.scrollTo(0, 0);
    // Not before the machine that the visitor looks at is up: it has the right of way.
    if (this.boots === this.#checkedBoot || !checked.has(this.phase)) return;
    this.#checkedBoot = this.boots;
    this.#begin('soon');
  }

  async #load(lesson: string): Promise<void> {
    this.trouble = '';
    try {
      const texts = await loadLesson(lesson);
      if (lesson !== this.lesson) return;
      this.texts = texts;
      // Where there is room for both: what is to be done lies far below the imports.
      if (matchMedia('(width >= 960px)').matches) this.#show(1);
    } catch (error) {
      if (lesson === this.lesson) this.trouble = error instanceof Error ? error.message : String(error);
    }
  }

  #begin(when: 'soon' | 'run'): void {
    const { machineHost, files, engine } = this;
    const scenario = this.#lesson?.scenario;
    if (!machineHost || !scenario) return;
    const boot: MachineHost['boot'] = (options) => machineHost.boot(options);
    void this.check[when]({ boot, files, scenario, ...(engine === 'auto' ? {} : { engine }) });
  }

  #go(lesson: string | undefined): void {
    if (lesson) this.dispatchEvent(new CustomEvent('lesson-request', { detail: lesson }));
  }

  #put(text: string): void {
    this.dispatchEvent(new CustomEvent('lesson-text', { detail: text }));
  }

  /** Focuses the lesson's title: where reading begins. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  override render(): TemplateResult {
    const lesson = this.#lesson;
    const index = course.findIndex(({ id }) => id === this.lesson);
    return html`<section class="pane" aria-label="Lesson">
      ${this.#head(index)}
      <div class="reading" tabindex="0" role="group" aria-label="Text of the lesson">
        <h2 tabindex="-1">${lesson?.title ?? this.lesson}</h2>
        ${
          this.trouble
            ? html`<p class="bad" role="alert">${this.trouble}</p>`
            : this.texts
              ? keyed(
                  this.texts,
                  html`${unsafeHTML(this.texts.text)} ${this.#gaps(this.texts)} ${this.#solution(this.texts)}`,
                )
              : nothing
        }
      </div>
      ${lesson ? this.#goals(lesson, course[index + 1]) : nothing}
    </section>`;
  }

  #head(index: number): TemplateResult {
    const done = lessonsDone();
    return html`<header>
      <select aria-label="Lesson" title="All lessons" @change=${(event: Event) => this.#go((event.target as HTMLSelectElement).value)}>
        ${course.map(
          ({ id, title }, at) =>
            html`<option value=${id} .selected=${at === index}>${at + 1}. ${title}${done.has(id) ? ' ✓' : ''}</option>`,
        )}
      </select>
      <button class="plain icon" data-previous aria-label="Previous lesson" title="Previous lesson" aria-disabled=${index > 0 ? 'false' : 'true'} @click=${() => this.#go(course[index - 1]?.id)}>${previousIcon}</button>
      <button class="plain icon" data-next aria-label="Next lesson" title="Next lesson" aria-disabled=${course[index + 1] ? 'false' : 'true'} @click=${() => this.#go(course[index + 1]?.id)}>${nextIcon}</button>
      <button class="plain icon" data-close aria-label="Close the lesson" title="Close the lesson: its driver stays open" @click=${() => this.dispatchEvent(new CustomEvent('lesson-close'))}>${closeIcon}</button>
    </header>`;
  }

  /** Brings a gap's task into view, wherever it stands in the driver by now; nothing happens when it is not there any more. */
  #show(gap: number): void {
    for (const { name, source } of this.files) {
      const line = source.split('\n').findIndex((text) => text.includes(`// [${gap}] `)) + 1;
      if (line === 0) continue;
      this.dispatchEvent(showLine(line, null, name));
      return;
    }
  }

  #gaps({ gaps }: LessonTexts): TemplateResult {
    return html`<p class="gaps" role="group" aria-label="Gaps in the driver">To do in the driver:
      ${gaps.map(({ number, task }) => html`<button data-gap=${number} title=${task} aria-label=${`Gap ${number}: ${task}`} @click=${() => this.#show(number)}>${number}</button>`)}
    </p>`;
  }

  #solution({ gaps, solution, beginning }: LessonTexts): TemplateResult {
    return html`<details class="solution">
      <summary>Solution</summary>
      ${gaps.map(({ number, code }) => html`<p class="gap">Gap ${number}</p><pre tabindex="0" aria-label=${`Solution of gap ${number}`}>${code}</pre>`)}
      <p class="buttons">
        <button data-solution @click=${() => this.#put(solution)}>Put it into the editor</button>
        <button data-anew @click=${() => this.#put(beginning)}>Begin anew</button>
      </p>
      <p class="quiet">Both can be undone in the editor.</p>
    </details>`;
  }

  #goals({ scenario }: Lesson, next: Lesson | undefined): TemplateResult {
    const { result, running, trouble } = this.check;
    const checks = result?.checks ?? scenario.expect.map(({ text }) => ({ text, passed: null, actual: '' }));
    const firstUnmet = checks.findIndex(({ passed }) => passed === false);
    return html`<div class="goals" role="group" aria-label="What the driver must do">
      <div class="bar">
        <h3>What the driver must do</h3>
        <button data-check class=${result?.passed ? '' : 'primary'} aria-disabled=${running || !this.machineHost ? 'true' : 'false'} @click=${() => {
          if (!running) this.#begin('run');
        }}>Check</button>
      </div>
      <ul>
        ${checks.map(({ text, passed, actual }, index) => {
          // Advice for one thing at a time.
          const why = index === firstUnmet ? scenario.expect[index]?.why : undefined;
          return html`<li class=${passed === null ? 'open' : passed ? 'met' : 'unmet'}>
            <i aria-hidden="true"></i>
            <span><span class="hidden-text">${passed === null ? 'Not checked yet: ' : passed ? 'Met: ' : 'Not met: '}</span>${text}
              ${passed === false ? html`<span class="reason">Instead: ${actual}.${why ? html` ${why}` : nothing}</span>` : nothing}</span>
          </li>`;
        })}
      </ul>
      <p class="outcome" role="status" aria-live="polite">${this.#outcome(trouble)}</p>
      ${
        result?.passed && next
          ? html`<button class="primary" data-on @click=${() => {
              this.#go(next.id);
              // This button goes away.
              this.focus();
            }}>Next: ${next.title}</button>`
          : nothing
      }
    </div>`;
  }

  #outcome(trouble: string): string {
    const { result, running } = this.check;
    if (running) return 'Checking: your driver boots, runs and shuts down once more…';
    if (trouble) return trouble;
    if (!result) return 'Checked by itself when your driver has booted.';
    if (result.passed) return 'All met: the lesson is done.';
    const met = result.checks.filter(({ passed }) => passed).length;
    return `${met} of ${result.checks.length} met.`;
  }

  static override styles = lessonStyles;
}

customElements.define('vp-lesson', LessonPane);
