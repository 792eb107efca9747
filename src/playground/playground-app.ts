import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type LinkView, usualLayout } from '../link/link-state.ts';
import { appStyles } from './app-styles.ts';
import { type BootChoice, defaultChoice } from './boot-choice.ts';
import type { ChoiceEvent, ControlEvent } from './control-bar.ts';
import { CrashGuard } from './crash-guard.ts';
import { packDriver } from './driver-archive.ts';
import { DriverDesk } from './driver-desk.ts';
import { NoStore } from './driver-store.ts';
import type { DriverRequestEvent, DriversDialog } from './drivers-dialog.ts';
import type { Extent } from './extent.ts';
import type { FilesEvent } from './file-drop.ts';
import type { FileRequestEvent, FileTabs } from './file-tabs.ts';
import { deepFocus } from './focus.ts';
import { gallery } from './gallery.ts';
import {
  driversIcon,
  exportIcon,
  findIcon,
  formatIcon,
  newIcon,
  openIcon,
  runIcon,
  sourceIcon,
  stopIcon,
} from './icons.ts';
import { type Layout, layoutNamed, layouts, rememberedLayout, rememberLayout } from './layout.ts';
import type { LayoutEvent, LayoutSwitch } from './layout-switch.ts';
import type { LessonRequestEvent, LessonTextEvent } from './lesson-pane.ts';
import { lastLesson } from './lesson-progress.ts';
import type { MachineBezel } from './machine-bezel.ts';
import type { MachineHost } from './machine-host.ts';
import type { MonitorView, Reserve, ShowLineEvent } from './monitor-view.ts';
import type { OutputPane } from './output-pane.ts';
import type { ActionEvent, PageHeader } from './page-header.ts';
import { Session } from './session.ts';
import { readSetting, writeSetting } from './settings.ts';
import { download, type ShareDialog } from './share-dialog.ts';
import { capsOf, matchShortcut, type ShortcutAction } from './shortcuts.ts';
import type { ShortcutsDialog } from './shortcuts-dialog.ts';
import type { EditEvent, EditorCommandEvent, EditorModule, SourceEditor } from './source-editor.ts';
import { SourceGuide } from './source-guide.ts';
import { fileTabs, sourceMarks } from './source-marks.ts';
import type { Splitter } from './splitter.ts';
import type { StatsPanel } from './stats-panel.ts';
import type { StepRequest } from './stepper.ts';
import { chooseTheme, currentTheme, type Theme } from './theme.ts';
import type { Tour } from './tour.ts';

import './control-bar.ts';
import './drivers-dialog.ts';
import './file-drop.ts';
import './file-tabs.ts';
import './layout-switch.ts';
import './machine-bezel.ts';
import './monitor-view.ts';
import './output-pane.ts';
import './page-header.ts';
import './share-dialog.ts';
import './shortcuts-dialog.ts';
import './source-editor.ts';
import './source-title.ts';
import './splitter.ts';
import './stats-panel.ts';

/**
 * `<vp-playground>`: the whole page. Open a driver on its desk and give it a machine host; it boots the driver at once where a
 * machine can run, and says why where none can.
 */
export class PlaygroundApp extends LitElement {
  static override properties = {
    machineHost: { attribute: false },
    loadEditor: { attribute: false },
    types: { type: Boolean },
    extent: {},
    layout: {},
    embedded: { type: Boolean },
    choice: { state: true },
    sourceAway: { state: true },
    theme: { state: true },
    singleKeys: { state: true },
    lessonClosed: { state: true },
  };
  /** `Machine`, or in tests what stands for it. */
  declare machineHost: MachineHost | null;
  /** Brings the editor; without it the source can only be read. */
  declare loadEditor: (() => Promise<EditorModule>) | null;
  /** Is the type service to be fetched for the editor? */
  declare types: boolean;
  /** How much of the page is shown. Set it before the page is put into a document. */
  declare extent: Extent;
  /** How it is laid out, if all of it is shown. */
  declare layout: Layout;
  /** Is the page in a frame of another page? */
  declare embedded: boolean;
  declare choice: BootChoice;
  /** Has the monitor all of the room, in the layout that allows it? */
  declare sourceAway: boolean;
  declare theme: Theme;
  declare singleKeys: boolean;
  /** Is the lesson put away, though its driver is open? */
  declare lessonClosed: boolean;

  /** Is the tour to begin when the first picture is there? Set it before. */
  tour = false;
  /** What runs, and what it said. */
  readonly session: Session;
  /** Which driver is open. */
  readonly desk: DriverDesk;
  /** Has anything been run by hand? Embedded pages run nothing before that. */
  #started = false;
  readonly #guard = new CrashGuard();
  /** Did the page die while a driver of the visitor's own ran? */
  #died = false;
  readonly #guide: SourceGuide;
  /** The layout to go back to when the lesson for which it was left is put away. */
  #lent: Layout | null = null;
  /** A reload shows the page as it was left; later openings of a lesson show the lesson. */
  #reloaded = performance.getEntriesByType('navigation').some((entry) => 'type' in entry && entry.type === 'reload');
  /** What had the focus before the layout changed. */
  #focusBefore: HTMLElement | null = null;

  constructor() {
    super();
    this.machineHost = null;
    this.loadEditor = null;
    this.types = false;
    this.extent = 'page';
    this.layout = rememberedLayout() ?? 'debug';
    this.embedded = window.self !== window.top;
    this.choice = defaultChoice;
    this.sourceAway = false;
    this.theme = currentTheme();
    this.singleKeys = readSetting('single-keys') !== 'off';
    this.lessonClosed = false;
    this.session = new Session(this, {
      slots: () => this.#part<MonitorView>('vp-monitor').stack,
      log: (line) => this.#part<OutputPane>('vp-output').log(line),
      stats: () => this.#statsCame(),
    });
    this.desk = new DriverDesk(this, {
      opened: () => {
        this.#opened();
        this.#bootOpened();
      },
      edited: () => {
        // What the visitor has stopped stays stopped, and what was never run is not run by an edit.
        if (this.session.canRestart && !this.#open.held) this.#boot();
      },
      machine: () => this.choice,
      setMachine: (machine) => {
        this.choice = machine;
      },
      view: () => this.#view,
      setView: (view) => this.#setView(view),
    });
    const editor = () => this.#part<SourceEditor>('vp-editor');
    this.#guide = new SourceGuide(this, { session: this.session, workspace: this.desk.workspace, editor });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // A frame in a foreign page must not touch the visitor's own drivers.
    if (this.extent !== 'page') this.desk.workspace.store = new NoStore();
    window.addEventListener('keydown', this.#keyPressed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.#keyPressed);
  }

  #part<Part extends Element>(name: string): Part {
    const part = this.renderRoot.querySelector<Part>(name);
    if (!part) throw new Error(`<vp-playground>: <${name}> is not there yet`);
    return part;
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.setAttribute('layout', this.extent === 'page' ? this.layout : this.extent);
    this.toggleAttribute('noticed', this.desk.notice !== null);
    this.toggleAttribute('lesson', this.#teaching);
    this.toggleAttribute('source-away', this.sourceAway && this.#presenting);
    // Fetched when it is first needed. Until it is there, its place is empty.
    if (this.#lesson !== null) void import('./lesson-pane.ts');
    else if (this.#teaching) void import('./course-list.ts');
    if (changed.has('layout')) this.#focusBefore = deepFocus();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('machineHost') && this.machineHost) void this.#powerOn(this.machineHost);
    if (!this.session.canStop) this.#part<MachineBezel>('vp-bezel').change = null;
    this.#guard.mark(this.extent === 'page' && this.session.canStop && this.#open.origin !== 'gallery');
    if (changed.has('layout') && this.#focusBefore) void this.#keepFocus(this.#focusBefore);
    if (this.tour && this.session.hasPicture && !this.#dialogOpen) void this.#startTour();
  }

  /** What had the focus may be gone in another layout: then the switch has it. */
  async #keepFocus(before: HTMLElement): Promise<void> {
    this.#focusBefore = null;
    await this.updateComplete;
    if (before.isConnected && before.checkVisibility({ visibilityProperty: true })) return;
    const header = this.renderRoot.querySelector<PageHeader>('vp-header');
    await header?.updateComplete;
    const layoutSwitch = (header ?? this).renderRoot.querySelector<LayoutSwitch>('vp-layouts');
    await layoutSwitch?.updateComplete;
    layoutSwitch?.focus();
  }

  async #startTour(): Promise<void> {
    this.tour = false;
    // It speaks of things that stand before no audience.
    if (this.#presenting) this.#arrange('debug');
    await import('./tour.ts');
    await this.#part<Tour>('vp-tour').start();
  }

  /** What opens over the tour ends it; before its first start it is not even loaded. */
  #endTour(): void {
    this.tour = false;
    const tour = this.#part<Tour>('vp-tour');
    if (tour.open) tour.end();
  }

  async #powerOn(machineHost: MachineHost): Promise<void> {
    // The monitor draws itself in an update of its own.
    await this.#part<MonitorView>('vp-monitor').updateComplete;
    this.#died = this.extent === 'page' && (await this.#guard.died());
    if (await this.session.connect(machineHost)) this.#bootOpened();
  }

  /** Is a lesson, or the list of them, to be seen? */
  get #teaching(): boolean {
    return this.extent === 'page' && this.layout === 'learn' && !this.lessonClosed && this.#open.origin !== 'none';
  }

  /** Id of the lesson that is shown beside the editor. */
  get #lesson(): string | null {
    return this.#teaching ? this.desk.workspace.lesson : null;
  }

  get #presenting(): boolean {
    return this.extent === 'page' && this.layout === 'present';
  }

  /** Another layout: the visitor's choice, which is remembered. */
  #arrange(layout: Layout): void {
    this.layout = layout;
    this.#lent = null;
    rememberLayout(layout);
  }

  /** A lesson is to be read: for that the page is laid out, until the lesson is put away. */
  #teach(): void {
    this.lessonClosed = false;
    if (this.extent !== 'page' || this.layout === 'learn') return;
    const before = this.layout;
    // What came by a link changes no choice of the visitor's.
    if (this.#open.origin === 'link') this.layout = 'learn';
    else this.#arrange('learn');
    this.#lent = before;
  }

  /** Puts the lesson away. */
  #closeLesson(): void {
    this.lessonClosed = true;
    if (this.#lent) this.#arrange(this.#lent);
  }

  /** Another driver is open: if it is a lesson's, the lesson is shown with it. */
  #opened(): void {
    const isLesson = this.desk.workspace.lesson !== null;
    if (isLesson && !this.#reloaded) this.#teach();
    else if (!isLesson && this.#lent) this.#arrange(this.#lent);
    this.#reloaded = false;
  }

  get #open() {
    return this.desk.workspace.current;
  }

  /** Why nothing runs by itself, if so. */
  get #waitsFor(): Reserve {
    if (this.#open.held) return 'link';
    if (this.#died && !this.#started && this.#open.origin === 'mine') return 'crash';
    return this.extent !== 'page' && !this.#started ? 'click' : '';
  }

  /** Another driver is open: it takes the place of what runs, unless it has to wait. */
  #bootOpened(): void {
    const { session } = this;
    if (session.phase === 'checking' || session.phase === 'unsupported') return;
    if (this.#open.origin === 'none' || this.#waitsFor !== '') void session.clear();
    else this.#boot();
  }

  /** Boots what is open, whatever runs. */
  #boot(): void {
    const { session } = this;
    if (this.#open.origin === 'none') return;
    this.desk.live.cancel();
    const { files } = this.desk.workspace;
    if (session.canRestart) void session.restart(files, this.choice);
    else void session.run(files, this.choice);
  }

  /** Run or Restart, asked for by hand. */
  async #run(again: boolean): Promise<void> {
    const { session, desk } = this;
    if (this.#open.origin === 'none' || !(again ? session.canRestart : session.canRun)) return;
    this.#started = true;
    if (this.#died) void this.#guard.forgive();
    desk.workspace.release();
    // Nothing that does not compile takes the place of a machine that runs.
    if (session.canStop && (again || session.phase !== 'paused')) {
      if (!(await desk.live.check(desk.workspace.files))) {
        const [error] = desk.live.errors;
        if (error) this.#guide.reveal(error.line, error.file);
        return;
      }
    }
    if (again) this.#boot();
    else await session.run(desk.workspace.files, this.choice);
  }

  /** Step, or Step out, asked for by hand. */
  #step(how: StepRequest): void {
    const { session } = this;
    if (this.#open.origin === 'none') return;
    if (!session.canStop && session.canStep && how === 'step') {
      this.#started = true;
      this.desk.workspace.release();
    }
    void session.step(how, this.desk.workspace.files, this.choice);
  }

  #statsCame(): void {
    this.#part<StatsPanel>('vp-stats').take();
    this.#part<MachineBezel>('vp-bezel').change = this.session.canStop ? this.session.meter.latestChange : null;
  }

  #lineAsked(event: ShowLineEvent): void {
    this.#bringSourceBack();
    const source = this.#part<SourceEditor>('vp-editor');
    // On a narrow page the source may lie outside the window.
    source.parentElement?.scrollIntoView({ block: 'nearest' });
    this.#guide.reveal(event.detail.line, event.detail.file);
  }

  /** Find and Format are the editor's. */
  async #inEditor(action: 'find' | 'format'): Promise<void> {
    const { editor } = this.#part<SourceEditor>('vp-editor');
    if (action === 'find') editor?.find();
    else {
      try {
        await editor?.format();
      } catch {
        const text = 'The source was not formatted: the formatter could not be fetched. Are you offline?';
        this.desk.notify({ kind: 'bad', text });
      }
    }
  }

  #do(action: ShortcutAction): void {
    const { session } = this;
    switch (action) {
      case 'run':
        void this.#run(false);
        break;
      case 'stop':
        void session.stop();
        this.#statsCame();
        break;
      case 'restart':
        void this.#run(true);
        break;
      case 'pause':
        session.pause();
        break;
      case 'step':
      case 'step-out':
        this.#step(action);
        break;
      case 'source':
        this.#bringSourceBack();
        void this.updateComplete.then(() => this.#part<SourceEditor>('vp-editor').focus());
        break;
      case 'find':
      case 'format':
        void this.#inEditor(action);
        break;
      case 'drivers':
        this.#endTour();
        this.#part<DriversDialog>('vp-drivers').show();
        break;
      case 'share':
        this.#share();
        break;
      case 'lessons':
        void this.#toggleLessons();
        break;
      case 'findings':
      case 'log':
        // Before an audience there are neither.
        if (this.#presenting) this.#arrange('debug');
        void this.updateComplete.then(() => this.#part<OutputPane>('vp-output').reach(action));
        break;
      case 'learn':
      case 'debug':
      case 'present':
        // A frame in another page has a layout of its own.
        if (this.extent === 'page') this.#arrange(action);
        break;
      case 'theme':
        this.theme = this.theme === 'dark' ? 'light' : 'dark';
        chooseTheme(this.theme);
        break;
      case 'help':
        this.#endTour();
        this.#part<ShortcutsDialog>('vp-shortcuts').show();
        break;
    }
  }

  get #dialogOpen(): boolean {
    const dialogs = this.renderRoot.querySelectorAll<ShortcutsDialog | DriversDialog | ShareDialog>(
      'vp-shortcuts, vp-drivers, vp-share',
    );
    return [...dialogs].some((dialog) => dialog.open);
  }

  #share(): void {
    if (this.#open.origin === 'none') return;
    this.#endTour();
    const { fileName, others } = this.#open;
    const shared = Promise.all([this.desk.link(), this.session.picture()]);
    void this.#part<ShareDialog>('vp-share').show(
      shared.then(([fragment, picture]) => ({ fragment, fileName, others: others.length, picture })),
    );
  }

  async #saveFile(): Promise<void> {
    if (this.#open.origin === 'none') return;
    try {
      const { name, content } = await packDriver(this.desk.workspace.files);
      download(content, name);
    } catch {
      this.desk.notify({ kind: 'bad', text: 'The files were not saved: the packer could not be fetched.' });
    }
  }

  #fileAsked({ detail }: FileRequestEvent): void {
    const { name = '' } = detail.action === 'remove' ? (this.desk.workspace.files[detail.index] ?? {}) : {};
    const undo = this.desk.askFile(detail);
    if (undo) this.#part<FileTabs>('vp-files').removed = { name, undo };
  }

  /** From a frame to a page of its own, with the code as it stands. */
  async #openInPlayground(): Promise<void> {
    const fragment = await this.desk.link();
    window.open(`${location.origin}${location.pathname}${fragment}`, '_blank', 'noopener');
  }

  /** Shows the lesson whose driver is open, or the one looked at last; or puts away what is shown. */
  async #toggleLessons(): Promise<void> {
    if (this.extent !== 'page') return;
    if (this.#teaching) {
      this.#closeLesson();
      return;
    }
    this.#teach();
    if (this.#lesson === null) await this.desk.ask({ action: 'lesson', id: lastLesson() });
    await this.#focusLesson();
  }

  async #focusLesson(): Promise<void> {
    await (this.#lesson === null ? import('./course-list.ts') : import('./lesson-pane.ts'));
    await this.updateComplete;
    const pane = this.renderRoot.querySelector<LitElement>('vp-lesson, vp-course');
    await pane?.updateComplete;
    pane?.focus();
  }

  get #columns(): Splitter {
    return this.#part<Splitter>('vp-splitter[name=columns]');
  }

  #bringSourceBack(): void {
    if (this.sourceAway && this.#presenting) this.#columns.toggleWhole();
  }

  async #driverAsked(event: DriverRequestEvent): Promise<void> {
    const dialog = this.#part<DriversDialog>('vp-drivers');
    const removed = await this.desk.ask(event.detail);
    dialog.mine = this.desk.workspace.store.list();
    if (removed) dialog.removed = removed;
  }

  async #filesDropped(event: FilesEvent): Promise<void> {
    this.#part<DriversDialog>('vp-drivers').close();
    await this.desk.ask({ action: 'import', files: event.detail });
  }

  #commanded(event: EditorCommandEvent): void {
    const { session } = this;
    if (event.detail === 'leave') this.#part<FileTabs>('vp-files').focus();
    else if (event.detail === 'run') this.#do(session.canRun ? 'run' : 'restart');
    else this.#do(event.detail);
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (this.#dialogOpen) return;
    const action = matchShortcut(event, this.singleKeys);
    if (!action) return;
    event.preventDefault();
    this.#do(action);
  };

  /** What a link says of the page. */
  get #view(): LinkView {
    const { workspace } = this.desk;
    const panes: string[] = [...this.#part<OutputPane>('vp-output').chosen];
    if (this.layout === 'learn' && this.lessonClosed) panes.push('no-lesson');
    const { selection } = this.#part<SourceEditor>('vp-editor');
    const view = { panes, file: workspace.shown, selection };
    // A frame in another page has a layout of its own.
    if (this.extent !== 'page') return view;
    const moved = [...this.renderRoot.querySelectorAll<Splitter>('vp-splitter')].flatMap(({ name, share }) =>
      share === null ? [] : [[name, Math.round(share)]],
    );
    return { ...view, layout: this.layout, dividers: Object.fromEntries(moved) };
  }

  /** Shows what a link speaks of, for this visit; panes that this page does not have are skipped. */
  #setView({ panes, file, selection, layout, dividers = {} }: LinkView): void {
    const tab = (['findings', 'log'] as const).find((name) => panes.includes(name));
    if (tab) this.#part<OutputPane>('vp-output').choose(tab);
    this.desk.workspace.show(file);
    if (selection) void this.updateComplete.then(() => this.#part<SourceEditor>('vp-editor').select(selection));
    if (this.extent !== 'page') return;
    this.lessonClosed = panes.includes('no-lesson');
    const wanted = layoutNamed(layout) ?? layoutNamed(usualLayout(this.#open.base)) ?? this.layout;
    if (wanted !== this.layout) this.#lent = null;
    this.layout = wanted;
    void this.updateComplete.then(() => {
      for (const splitter of this.renderRoot.querySelectorAll<Splitter>('vp-splitter')) {
        const share = dividers[splitter.name];
        if (share !== undefined) splitter.show(share);
      }
    });
  }

  get #pending(): boolean {
    const { bootedWith, canStop } = this.session;
    const { engine, width, height, verifier } = this.choice;
    return (
      canStop &&
      bootedWith !== null &&
      (bootedWith.engine !== engine ||
        bootedWith.width !== width ||
        bootedWith.height !== height ||
        bootedWith.verifier !== verifier)
    );
  }

  override render(): TemplateResult {
    const { notice } = this.desk;
    const splitters = this.extent === 'page' ? this.layout : '';
    const sides =
      this.layout === 'learn'
        ? ['Source and machine', 'Machine and output']
        : ['Machine and source', 'Source and output'];
    return html`${this.extent === 'page' && !this.#presenting ? this.#header() : nothing}
      ${
        notice
          ? html`<div class="notice ${notice.kind}" role="alert"><p>${notice.text}</p>
              <button @click=${() => this.#do('drivers')}>${driversIcon}Drivers</button>
              <button class="plain icon" aria-label="Dismiss" @click=${() => this.desk.dismiss()}>✕</button></div>`
          : nothing
      }
      <p class="hidden-text" role="status">${this.extent === 'page' ? `Layout: ${layouts.find(({ id }) => id === this.layout)?.name}` : nothing}</p>
      <div class="work">
        ${this.#teaching ? this.#lessons() : nothing}
        <main @show-line=${this.#lineAsked} @own-tab=${this.#openInPlayground}>
          ${this.extent === 'page' && !this.#presenting ? nothing : html`<h1 class="hidden-text">videoport</h1>`}
          ${this.#machine()}
          <vp-splitter name="columns" label=${sides[0]} kept=${splitters} ?whole=${this.#presenting} @split=${(
            event: Event,
          ) => {
            this.sourceAway = (event.target as Splitter).share === 100;
          }}></vp-splitter>
          ${this.#source()}
          <vp-splitter name="rows" label=${sides[1]} kept=${splitters}></vp-splitter>
          <div class="output">
            <vp-stats .meter=${this.session.meter} .live=${this.session.canStop}></vp-stats>
            <vp-output
              .groups=${this.session.findings}
              .total=${this.session.findingTotal}
              .ran=${this.session.bootedWith !== null}
              ?both=${this.layout === 'debug'}
            ></vp-output>
          </div>
        </main>
      </div>
      <vp-drivers .shipped=${gallery} .mine=${this.desk.workspace.store.list()} .openId=${this.#open.id} @driver-request=${this.#driverAsked}></vp-drivers>
      ${this.extent === 'page' ? html`<vp-drop @files=${this.#filesDropped}></vp-drop>` : nothing}
      <vp-share></vp-share>
      <vp-shortcuts .singleKeys=${this.singleKeys} @single-keys=${this.#singleKeysChosen} @tour=${this.#startTour}></vp-shortcuts>
      <vp-tour></vp-tour>`;
  }

  #header(): TemplateResult {
    return html`<vp-header .layout=${this.layout} .theme=${this.theme} .teaching=${this.#teaching} @action=${({ detail }: ActionEvent) => this.#do(detail)}></vp-header>`;
  }

  #lessons(): TemplateResult {
    const { session } = this;
    const lesson = this.#lesson;
    const asked = async ({ detail: id }: LessonRequestEvent) => {
      await this.desk.ask({ action: 'lesson', id });
      // The list that was pressed is gone.
      if (lesson === null) await this.#focusLesson();
    };
    const closed = () => {
      this.#closeLesson();
      void this.updateComplete.then(() => this.#part<PageHeader>('vp-header').focusLessons());
    };
    if (lesson === null) return html`<vp-course @lesson-request=${asked} @lesson-close=${closed}></vp-course>`;
    return html`<vp-lesson
      .lesson=${lesson}
      .files=${this.desk.workspace.files}
      .phase=${session.phase}
      .boots=${session.boots}
      .engine=${this.choice.engine}
      .machineHost=${session.phase === 'checking' || session.phase === 'unsupported' ? null : this.machineHost}
      @show-line=${this.#lineAsked}
      @lesson-request=${asked}
      @lesson-text=${(event: LessonTextEvent) => {
        // The lesson's text is the entry's.
        this.desk.workspace.show(0);
        void this.updateComplete.then(() => this.#part<SourceEditor>('vp-editor').replace(event.detail));
      }}
      @lesson-close=${closed}
    ></vp-lesson>`;
  }

  #machine(): TemplateResult {
    const { session } = this;
    const { phase, bugCheck, mode, engine, support } = session;
    const { hold } = session.stepper;
    const presenting = this.#presenting;
    return html`<section class="machine" aria-label="Machine">
      <div class="case">
        <vp-monitor
          .phase=${phase}
          .reason=${session.reason}
          .errors=${session.errors}
          .bugCheck=${bugCheck}
          .support=${support}
          .hasPicture=${session.hasPicture}
          .embedded=${this.embedded}
          .waitsFor=${this.#waitsFor}
          @control=${(event: ControlEvent) => this.#do(event.detail)}
        ></vp-monitor>
        <vp-bezel extent=${this.extent} .told=${{ phase, bugCheck, mode, engine, support, hold }} ?linked=${this.extent !== 'monitor'}>
          ${this.extent === 'monitor' ? this.#bezelButtons() : nothing}
        </vp-bezel>
      </div>
      <div class="strip">
        <vp-controls
          ?bare=${presenting}
          .canRun=${session.canRun && this.#open.origin !== 'none'}
          .canStop=${session.canStop}
          .canRestart=${session.canRestart}
          .canPause=${session.canPause}
          .canStep=${session.canStep && this.#open.origin !== 'none'}
          .canStepOut=${session.canStepOut}
          .paused=${phase === 'paused'}
          .choice=${this.choice}
          .pending=${this.#pending}
          @control=${(event: ControlEvent) => this.#do(event.detail)}
          @choice=${(event: ChoiceEvent) => {
            this.choice = event.detail;
          }}
        ></vp-controls>
        ${presenting ? this.#presenterTools() : nothing}
      </div>
    </section>`;
  }

  /** What stands in the header otherwise, as far as a presenter needs it. */
  #presenterTools(): TemplateResult {
    return html`<button class="icon" data-source aria-label="Source" aria-pressed=${this.sourceAway ? 'false' : 'true'} title=${this.sourceAway ? 'Show the source (S)' : 'Put the source away'} @click=${() => this.#columns.toggleWhole()}>${sourceIcon}</button>
      <vp-layouts .layout=${this.layout} @layout-chosen=${({ detail }: LayoutEvent) => this.#do(detail)}></vp-layouts>`;
  }

  #source(): TemplateResult {
    const { session } = this;
    const { workspace, live } = this.desk;
    const driver = workspace.current;
    const { name, source } = workspace.file;
    const marks = sourceMarks(session, live.errors, this.#guide.held, workspace);
    return html`<section class="pane source-pane" aria-label="Source">
      <vp-files
        .files=${fileTabs(workspace, marks)}
        .shown=${workspace.shown}
        .driver=${driver.key}
        .nextName=${workspace.nextName()}
        .editable=${this.extent === 'page' && this.loadEditor !== null && driver.origin !== 'none'}
        @file-request=${this.#fileAsked}
      >
        <vp-editor
          .source=${source}
          .document=${`${driver.key}/${workspace.shown}`}
          .file=${name}
          .files=${workspace.files}
          .marks=${marks[workspace.shown] ?? []}
          .boots=${session.boots}
          .types=${this.types}
          .loadEditor=${driver.origin === 'none' ? null : this.loadEditor}
          @edit=${(event: EditEvent) => this.desk.edit(event.detail)}
          @editor-command=${this.#commanded}
        ></vp-editor>
        <vp-source-title
          slot="bar"
          .driver=${driver}
          .source=${source}
          .errors=${live.errors.length || session.errors.length}
          .running=${session.canStop}
          .unsaved=${workspace.unsaved}
          .editable=${this.loadEditor !== null}
        ></vp-source-title>
        <div class="tools" slot="tools" role="toolbar" aria-label="Driver">
          ${this.extent === 'page' ? this.#tools() : this.#openButton()}
        </div>
      </vp-files>
    </section>`;
  }

  #tools(): TemplateResult {
    return html`<button class="plain icon" aria-label="Find in the source" title=${`Find (${capsOf('find').join(' ')})`} @click=${() => this.#do('find')}>${findIcon}</button>
      <button class="plain icon" aria-label="Format the source" title=${`Format (${capsOf('format').join(' ')})`} @click=${() => this.#do('format')}>${formatIcon}</button>
      <button class="plain icon" aria-label="New driver" title="New driver" @click=${() => void this.desk.ask({ action: 'new' })}>${newIcon}</button>
      <button class="plain icon" aria-label="Save as a file" title="Save as a file" @click=${this.#saveFile}>${exportIcon}</button>`;
  }

  /** The monitor alone has no other place for buttons. */
  #bezelButtons(): TemplateResult {
    const { canStop } = this.session;
    return html`<span class="bezel-buttons">
      <button class="plain" data-toggle aria-label=${canStop ? 'Stop' : 'Run'} @click=${() => this.#do(canStop ? 'stop' : 'run')}>${canStop ? stopIcon : runIcon}</button>
      ${this.#openButton()}
    </span>`;
  }

  #openButton(): TemplateResult {
    return html`<button class="plain" data-open @click=${this.#openInPlayground}>${openIcon}Open in playground</button>`;
  }

  #singleKeysChosen(event: CustomEvent<boolean>): void {
    this.singleKeys = event.detail;
    writeSetting('single-keys', event.detail ? null : 'off');
  }

  static override styles = appStyles;
}

customElements.define('vp-playground', PlaygroundApp);
