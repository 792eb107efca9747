/** How the page is laid out now: which layout is in force, and whether a lesson stands beside the source. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { deepFocus } from './focus.ts';
import { type Layout, layoutNamed, rememberedLayout, rememberLayout } from './layout.ts';
import { readSetting, writeSetting } from './settings.ts';
import type { Workspace } from './workspace.ts';

/** The layout that a lesson took the place of, for as long as the lesson's is the one that is remembered. */
const lentSetting = 'layout-before-lesson';
/** Was the lesson put away in the layout that is remembered? */
const closedSetting = 'lesson-closed';

/** What the page supplies. */
export interface ArrangementOptions {
  readonly workspace: Workspace;
  /** Is all of the page shown? A frame in another page has a layout of its own, whatever is chosen here. */
  readonly whole: () => boolean;
  /** Puts the keyboard focus on the switch between the layouts, once it is there. */
  readonly focusSwitch: () => void;
}

/** One page's arrangement. Lessons change it for as long as they are read; links for one visit; the visitor for good. */
export class Arrangement implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: ArrangementOptions;
  #layout: Layout = rememberedLayout() ?? 'debug';
  #drawn: Layout = this.#layout;
  #lessonClosed = readSetting(closedSetting) !== null;
  #sourceAway = false;
  /** The layout to go back to when the lesson for which it was left is put away. */
  #lent: Layout | null = layoutNamed(readSetting(lentSetting));
  /** What had the focus before the layout changed. */
  #focusBefore: HTMLElement | null = null;

  constructor(host: ReactiveControllerHost, options: ArrangementOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostUpdate(): void {
    if (this.#layout !== this.#drawn) this.#focusBefore = deepFocus();
  }

  hostUpdated(): void {
    const before = this.#focusBefore;
    this.#drawn = this.#layout;
    this.#focusBefore = null;
    // What had the focus may be gone in another layout.
    if (before && !(before.isConnected && before.checkVisibility({ visibilityProperty: true })))
      this.#options.focusSwitch();
  }

  /** The layout in force. Set, it holds for this visit. */
  get layout(): Layout {
    return this.#layout;
  }

  set layout(layout: Layout) {
    if (layout !== this.#layout) this.#lent = null;
    this.#layout = layout;
    this.#host.requestUpdate();
  }

  /** Is the lesson put away, though its driver is open? */
  get lessonClosed(): boolean {
    return this.#lessonClosed;
  }

  set lessonClosed(closed: boolean) {
    this.#lessonClosed = closed;
    this.#host.requestUpdate();
  }

  /** Has the monitor all of the room, in the layout that allows it? */
  get sourceAway(): boolean {
    return this.#sourceAway && this.presenting;
  }

  set sourceAway(away: boolean) {
    if (away === this.#sourceAway) return;
    this.#sourceAway = away;
    this.#host.requestUpdate();
  }

  /** Is it laid out for an audience? */
  get presenting(): boolean {
    return this.#options.whole() && this.#layout === 'present';
  }

  /** Is a lesson, or the list of them, to be seen? */
  get teaching(): boolean {
    const { workspace, whole } = this.#options;
    return whole() && this.#layout === 'learn' && !this.#lessonClosed && workspace.current.origin !== 'none';
  }

  /** Id of the lesson that is shown beside the source. */
  get lesson(): string | null {
    return this.teaching ? this.#options.workspace.lesson : null;
  }

  /** The visitor's choice, which is remembered. */
  choose(layout: Layout): void {
    if (!this.#options.whole()) return;
    this.layout = layout;
    this.#lent = null;
    rememberLayout(layout);
    writeSetting(lentSetting, null);
    if (layout !== 'learn') writeSetting(closedSetting, null);
  }

  /** A lesson is to be read: for that the page is laid out, until the lesson is put away. */
  teach(): void {
    this.lessonClosed = false;
    if (!this.#options.whole()) return;
    writeSetting(closedSetting, null);
    if (this.#layout === 'learn') return;
    const before = this.#layout;
    // What came by a link changes no choice of the visitor's.
    if (this.#options.workspace.current.origin === 'link') this.layout = 'learn';
    else {
      this.choose('learn');
      writeSetting(lentSetting, before);
    }
    this.#lent = before;
  }

  /** Puts the lesson, or the list of them, away. */
  closeLesson(): void {
    this.lessonClosed = true;
    if (this.#lent) this.choose(this.#lent);
    else writeSetting(closedSetting, 'yes');
  }

  /** Another driver is open: if it is a lesson's, the lesson is shown with it. As the page was left, it stays as it was. */
  opened(how: 'asked' | 'as-left'): void {
    const isLesson = this.#options.workspace.lesson !== null;
    if (isLesson && how === 'asked') this.teach();
    else if (!isLesson && this.#lent) this.choose(this.#lent);
  }
}
