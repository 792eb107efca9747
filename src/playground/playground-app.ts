import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { LinkView } from '../link/link-state.ts';
import type { DriverFile } from '../machine/driver-files.ts';
import type { Hold } from '../machine/machine-types.ts';
import type { ActivityLights } from './activity-lights.ts';
import { appStyles } from './app-styles.ts';
import { type BootChoice, defaultChoice } from './boot-choice.ts';
import type { ChoiceEvent, ControlEvent } from './control-bar.ts';
import { CrashGuard } from './crash-guard.ts';
import { packDriver } from './driver-archive.ts';
import { DriverDesk } from './driver-desk.ts';
import { NoStore } from './driver-store.ts';
import type { DriverRequestEvent, DriversDialog } from './drivers-dialog.ts';
import type { FilesEvent } from './file-drop.ts';
import type { FileRequestEvent, FileTabs } from './file-tabs.ts';
import { formatCount, formatPlace } from './format.ts';
import { gallery } from './gallery.ts';
import {
  driversIcon,
  exportIcon,
  findIcon,
  formatIcon,
  keyboardIcon,
  lessonsIcon,
  logo,
  moonIcon,
  newIcon,
  openIcon,
  runIcon,
  shareIcon,
  stopIcon,
  sunIcon,
} from './icons.ts';
import type { Layout } from './layout.ts';
import type { LessonPane, LessonRequestEvent, LessonTextEvent } from './lesson-pane.ts';
import { lastLesson } from './lesson-progress.ts';
import type { LogView } from './log-view.ts';
import type { MachineHost } from './machine-host.ts';
import type { MonitorView, Reserve, ShowLineEvent } from './monitor-view.ts';
import type { Phase } from './phase.ts';
import { Session } from './session.ts';
import { readSetting, writeSetting } from './settings.ts';
import { download, type ShareDialog } from './share-dialog.ts';
import { capsOf, matchShortcut, type ShortcutAction } from './shortcuts.ts';
import type { ShortcutsDialog } from './shortcuts-dialog.ts';
import type { EditEvent, EditorCommandEvent, EditorModule, SourceEditor } from './source-editor.ts';
import { fileTabs, sourceMarks } from './source-marks.ts';
import type { StatsPanel } from './stats-panel.ts';
import { type StepRequest, spokenHold } from './stepper.ts';
import { chooseTheme, currentTheme, type Theme } from './theme.ts';
import type { Tour } from './tour.ts';
import { lessonOf } from './workspace.ts';

import './activity-lights.ts';
import './control-bar.ts';
import './drivers-dialog.ts';
import './engine-badge.ts';
import './file-drop.ts';
import './file-tabs.ts';
import './findings-list.ts';
import './hold-strip.ts';
import './log-view.ts';
import './monitor-view.ts';
import './share-dialog.ts';
import './shortcuts-dialog.ts';
import './source-editor.ts';
import './source-title.ts';
import './splitter.ts';
import './stats-panel.ts';

type Tab = 'findings' | 'log';

const phaseNames: Readonly<Record<Phase, string>> = {
  checking: 'Checking the browser',
  unsupported: 'Cannot run here',
  idle: 'Ready',
  starting: 'Starting',
  rejected: 'Not booted',
  booting: 'Booting',
  running: 'Running',
  paused: 'Paused',
  stopped: 'Stopped',
  failed: 'Driver failed',
  crashed: 'Crashed',
};

/** While the visitor waits for a machine. */
const bootingPhases: ReadonlySet<Phase> = new Set<Phase>(['checking', 'starting', 'booting']);

/**
 * `<vp-playground>`: the whole page. Open a driver on its desk and give it a machine host; it boots the driver at once where a
 * machine can run, and says why where none can.
 */
export class PlaygroundApp extends LitElement {
  static override properties = {
    machineHost: { attribute: false },
    loadEditor: { attribute: false },
    types: { type: Boolean },
    layout: { reflect: true },
    embedded: { type: Boolean },
    choice: { state: true },
    tab: { state: true },
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
  declare layout: Layout;
  /** Is the page in a frame of another page? */
  declare embedded: boolean;
  declare choice: BootChoice;
  declare tab: Tab;
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
  #tabChosen = false;
  #shownPlace: string | null = null;
  #shownHold: Hold | null = null;

  constructor() {
    super();
    this.machineHost = null;
    this.loadEditor = null;
    this.types = false;
    this.layout = 'page';
    this.embedded = window.self !== window.top;
    this.choice = defaultChoice;
    this.tab = 'log';
    this.theme = currentTheme();
    this.singleKeys = readSetting('single-keys') !== 'off';
    this.lessonClosed = false;
    this.session = new Session(this, {
      slots: () => this.#part<MonitorView>('vp-monitor').stack,
      log: (line) => this.#part<LogView>('vp-log').add(line),
      stats: () => this.#statsCame(),
    });
    this.desk = new DriverDesk(this, {
      opened: () => {
        this.lessonClosed = false;
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
      view: () => ({
        panes: this.#tabChosen ? [this.tab] : [],
        file: this.desk.workspace.shown,
        selection: this.#part<SourceEditor>('vp-editor').selection,
      }),
      setView: (view) => this.#setView(view),
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // A frame in a foreign page must not touch the visitor's own drivers.
    if (this.layout !== 'page') this.desk.workspace.store = new NoStore();
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

  protected override willUpdate(): void {
    this.toggleAttribute('noticed', this.desk.notice !== null);
    this.toggleAttribute('lesson', this.#lesson !== null);
    // Fetched when it is first needed. Until it is there, its place is empty.
    if (this.#lesson !== null) void import('./lesson-pane.ts');
    // The first finding brings its list to light, unless the visitor has chosen what to look at.
    if (this.session.findings.length > 0 && !this.#tabChosen) this.tab = 'findings';
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('machineHost') && this.machineHost) void this.#powerOn(this.machineHost);
    if (changed.has('tab') && this.tab === 'log') this.#part<LogView>('vp-log').shown();
    if (!this.session.canStop) this.#part<ActivityLights>('vp-lights').change = null;
    this.#guard.mark(this.layout === 'page' && this.session.canStop && this.#open.origin !== 'gallery');
    this.#showNewTrouble();
    this.#showNewHold();
    if (this.tour && this.session.hasPicture && !this.#dialogOpen) void this.#startTour();
  }

  async #startTour(): Promise<void> {
    this.tour = false;
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
    this.#died = this.layout === 'page' && (await this.#guard.died());
    if (await this.session.connect(machineHost)) this.#bootOpened();
  }

  /** Id of the lesson that is shown beside the editor. */
  get #lesson(): string | null {
    return this.layout === 'page' && !this.lessonClosed ? lessonOf(this.#open.id) : null;
  }

  get #open() {
    return this.desk.workspace.current;
  }

  /** Why nothing runs by itself, if so. */
  get #waitsFor(): Reserve {
    if (this.#open.held) return 'link';
    if (this.#died && !this.#started && this.#open.origin === 'mine') return 'crash';
    return this.layout !== 'page' && !this.#started ? 'click' : '';
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
        if (error) this.#reveal(error.line, error.file);
        return;
      }
    }
    if (again) this.#boot();
    else await session.run(desk.workspace.files, this.choice);
  }

  /** A crash or a compile error brings its line into view, once, unless someone is writing elsewhere. */
  #showNewTrouble(): void {
    const { bugCheck, errors } = this.session;
    const place = bugCheck ?? errors[0] ?? null;
    const shown = place && formatPlace(place);
    if (shown === this.#shownPlace) return;
    this.#shownPlace = shown;
    // In one column that would scroll the stop screen away, which says more and leads there too.
    if (matchMedia('(width < 960px)').matches) return;
    const editor = this.#part<SourceEditor>('vp-editor');
    if (place?.line && !editor.editor?.view.hasFocus) this.#reveal(place.line, place.file);
  }

  /** Brings a line into view, in the file that it belongs to. */
  #reveal(line: number, file: string | null): void {
    const { workspace } = this.desk;
    const index = file === null ? workspace.shown : workspace.indexOf(file);
    // Renamed or removed since it was booted.
    if (index < 0) return;
    workspace.show(index);
    void this.updateComplete.then(() => this.#part<SourceEditor>('vp-editor').reveal(line));
  }

  /** The line of the call that is held, if what the editor shows is what runs. */
  get #held(): Hold | null {
    const { session } = this;
    const { hold } = session.stepper;
    const isHeld = ({ name }: DriverFile) => name === hold?.file;
    const source = this.desk.workspace.files.find(isHeld)?.source;
    return source !== undefined && source === session.bootedFiles.find(isHeld)?.source ? hold : null;
  }

  #showNewHold(): void {
    const held = this.#held;
    const { line } = held ?? {};
    if (line && held !== this.#shownHold) {
      this.desk.workspace.show(this.desk.workspace.indexOf(held?.file ?? ''));
      void this.updateComplete.then(() => this.#part<SourceEditor>('vp-editor').bringIn(line));
    }
    this.#shownHold = held;
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
    this.#part<ActivityLights>('vp-lights').change = this.session.canStop ? this.session.meter.latestChange : null;
  }

  #lineAsked(event: ShowLineEvent): void {
    const source = this.#part<SourceEditor>('vp-editor');
    // On a narrow page the source may lie outside the window.
    source.parentElement?.scrollIntoView({ block: 'nearest' });
    this.#reveal(event.detail.line, event.detail.file);
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
        this.#part<SourceEditor>('vp-editor').focus();
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
      case 'findings':
      case 'log':
        this.#choose(action);
        void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#tab-${action}`)?.focus());
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

  /** Shows the lesson whose driver is open, or the one looked at last; or puts it away. */
  async #toggleLessons(): Promise<void> {
    if (this.#lesson !== null) {
      this.lessonClosed = true;
      return;
    }
    this.lessonClosed = false;
    if (this.#lesson === null) await this.desk.ask({ action: 'lesson', id: lastLesson() });
    await import('./lesson-pane.ts');
    await this.updateComplete;
    const pane = this.renderRoot.querySelector<LessonPane>('vp-lesson');
    await pane?.updateComplete;
    pane?.focus();
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

  /** Shows what a link speaks of; panes that this page does not have are skipped. */
  #setView({ panes, file, selection }: LinkView): void {
    const tab = (['findings', 'log'] as const).find((name) => panes.includes(name));
    if (tab) this.#choose(tab);
    this.desk.workspace.show(file);
    if (selection) void this.updateComplete.then(() => this.#part<SourceEditor>('vp-editor').select(selection));
  }

  #choose(tab: Tab): void {
    this.tab = tab;
    this.#tabChosen = true;
  }

  /** Arrow keys go from tab to tab, as lists of tabs do. */
  #tabKeyPressed(event: KeyboardEvent): void {
    if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    const next: Tab =
      event.key === 'Home' ? 'findings' : event.key === 'End' ? 'log' : this.tab === 'log' ? 'findings' : 'log';
    this.#do(next);
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
    return html`${this.layout === 'page' ? this.#header() : nothing}
      ${
        notice
          ? html`<div class="notice ${notice.kind}" role="alert"><p>${notice.text}</p>
              <button @click=${() => this.#do('drivers')}>${driversIcon}Drivers</button>
              <button class="plain icon" aria-label="Dismiss" @click=${() => this.desk.dismiss()}>✕</button></div>`
          : nothing
      }
      <div class="work">
        ${this.#lesson === null ? nothing : this.#lessonPane(this.#lesson)}
        <main @show-line=${this.#lineAsked} @own-tab=${this.#openInPlayground}>
          ${this.layout === 'page' ? nothing : html`<h1 class="hidden-text">videoport</h1>`}
          ${this.#machine()}
          <vp-splitter name="columns" label="Machine and source" ?remember=${this.layout === 'page'}></vp-splitter>
          ${this.#text()}
        </main>
      </div>
      <vp-drivers .shipped=${gallery} .mine=${this.desk.workspace.store.list()} .openId=${this.#open.id} @driver-request=${this.#driverAsked}></vp-drivers>
      ${this.layout === 'page' ? html`<vp-drop @files=${this.#filesDropped}></vp-drop>` : nothing}
      <vp-share></vp-share>
      <vp-shortcuts .singleKeys=${this.singleKeys} @single-keys=${this.#singleKeysChosen} @tour=${this.#startTour}></vp-shortcuts>
      <vp-tour></vp-tour>`;
  }

  #header(): TemplateResult {
    const other = this.theme === 'dark' ? 'light' : 'dark';
    return html`<header>
      ${logo}
      <h1>videoport</h1>
      <p>A Windows video port driver (videoprt.sys, XP/2003 model) running in your browser.</p>
      <div class="header-buttons">
      <button class="plain" aria-label="Drivers" aria-keyshortcuts="D" title="Shipped drivers and your own (D)" @click=${() => this.#do('drivers')}>${driversIcon}<span class="label">Drivers</span></button>
      <button class="plain" data-lessons aria-label="Lessons" aria-expanded=${this.#lesson === null ? 'false' : 'true'} title="Lessons: from the first common buffer to a whole driver" @click=${() => void this.#toggleLessons()}>${lessonsIcon}<span class="label">Lessons</span></button>
      <button class="plain" aria-label="Share" aria-keyshortcuts="H" title="Share what is open (H)" @click=${() => this.#do('share')}>${shareIcon}<span class="label">Share</span></button>
      <button class="plain icon" aria-label="Keyboard shortcuts" aria-keyshortcuts="?" title="Keyboard shortcuts (?)" @click=${() => this.#do('help')}>${keyboardIcon}</button>
      <button class="plain icon" aria-label=${`Use the ${other} theme`} aria-keyshortcuts="T" title=${`Use the ${other} theme (T)`} @click=${() => this.#do('theme')}>${this.theme === 'dark' ? sunIcon : moonIcon}</button>
      </div>
    </header>`;
  }

  #lessonPane(lesson: string): TemplateResult {
    const { session } = this;
    return html`<vp-lesson
      .lesson=${lesson}
      .files=${this.desk.workspace.files}
      .phase=${session.phase}
      .boots=${session.boots}
      .engine=${this.choice.engine}
      .machineHost=${session.phase === 'checking' || session.phase === 'unsupported' ? null : this.machineHost}
      @show-line=${this.#lineAsked}
      @lesson-request=${(event: LessonRequestEvent) => void this.desk.ask({ action: 'lesson', id: event.detail })}
      @lesson-text=${(event: LessonTextEvent) => {
        // The lesson's text is the entry's.
        this.desk.workspace.show(0);
        void this.updateComplete.then(() => this.#part<SourceEditor>('vp-editor').replace(event.detail));
      }}
      @lesson-close=${() => {
        this.lessonClosed = true;
        this.renderRoot.querySelector<HTMLElement>('[data-lessons]')?.focus();
      }}
    ></vp-lesson>`;
  }

  #machine(): TemplateResult {
    const { session } = this;
    const { mode, phase, bugCheck } = session;
    const { hold } = session.stepper;
    const paused = phase === 'paused';
    const reason = bugCheck ? `: ${bugCheck.name}` : paused ? spokenHold(hold) : '';
    return html`<section class="machine" aria-label="Machine">
      <div class="case">
        <vp-monitor
          .phase=${phase}
          .reason=${session.reason}
          .errors=${session.errors}
          .bugCheck=${bugCheck}
          .support=${session.support}
          .hasPicture=${session.hasPicture}
          .embedded=${this.embedded}
          .waitsFor=${this.#waitsFor}
          @control=${(event: ControlEvent) => this.#do(event.detail)}
        ></vp-monitor>
        <div class="sill"><div class="bezel">
          ${bootingPhases.has(phase) ? html`<div class="progress" role="progressbar" aria-label=${phaseNames[phase]}></div>` : nothing}
          <span class="state ${phase}"><i aria-hidden="true"></i><span role="status" aria-live="polite">${phaseNames[phase]}<span class="hidden-text">${reason}</span></span></span>
          <vp-hold .hold=${hold} ?linked=${this.layout !== 'monitor'} ?hidden=${!paused}></vp-hold>
          <span class="mode mono" title="The mode that is set" ?hidden=${paused}>${mode ? `${mode.width}×${mode.height}` : ''}</span>
          <vp-engine .engine=${session.engine} .support=${session.support} ?hidden=${paused}></vp-engine>
          <vp-lights ?hidden=${paused}></vp-lights>
          ${this.layout === 'monitor' ? this.#bezelButtons() : nothing}
        </div></div>
      </div>
      <vp-controls
        .canRun=${session.canRun && this.#open.origin !== 'none'}
        .canStop=${session.canStop}
        .canRestart=${session.canRestart}
        .canPause=${session.canPause}
        .canStep=${session.canStep && this.#open.origin !== 'none'}
        .canStepOut=${session.canStepOut}
        .paused=${paused}
        .choice=${this.choice}
        .pending=${this.#pending}
        @control=${(event: ControlEvent) => this.#do(event.detail)}
        @choice=${(event: ChoiceEvent) => {
          this.choice = event.detail;
        }}
      ></vp-controls>
      <vp-stats .meter=${session.meter} .live=${session.canStop}></vp-stats>
    </section>`;
  }

  #text(): TemplateResult {
    const { session } = this;
    const { workspace, live } = this.desk;
    const driver = workspace.current;
    const { name, source } = workspace.file;
    const marks = sourceMarks(session, live.errors, this.#held, workspace);
    return html`<div class="text">
      <section class="pane source-pane" aria-label="Source">
        <vp-files
          .files=${fileTabs(workspace, marks)}
          .shown=${workspace.shown}
          .driver=${driver.key}
          .nextName=${workspace.nextName()}
          .editable=${this.layout === 'page' && this.loadEditor !== null && driver.origin !== 'none'}
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
            ${this.layout === 'page' ? this.#tools() : this.#openButton()}
          </div>
        </vp-files>
      </section>
      <vp-splitter name="rows" label="Source and output" ?remember=${this.layout === 'page'}></vp-splitter>
      <section class="pane output-pane" aria-label="Output">
        <div class="title" role="tablist" aria-label="Output" @keydown=${this.#tabKeyPressed}>
          ${this.#tabButton('findings', html`Findings<span class="count mono ${session.findingTotal > 0 ? 'some' : ''}">${formatCount(session.findingTotal)}</span>`)}
          ${this.#tabButton('log', 'Log')}
        </div>
        <div class="panel" id="panel-findings" role="tabpanel" aria-labelledby="tab-findings" ?hidden=${this.tab !== 'findings'}>
          <vp-findings .groups=${session.findings} .ran=${session.bootedWith !== null}></vp-findings>
        </div>
        <div class="panel" id="panel-log" role="tabpanel" aria-labelledby="tab-log" ?hidden=${this.tab !== 'log'}>
          <vp-log></vp-log>
        </div>
      </section>
    </div>`;
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

  #tabButton(tab: Tab, content: TemplateResult | string): TemplateResult {
    const selected = this.tab === tab;
    return html`<button id=${`tab-${tab}`} class="tab" role="tab" aria-selected=${selected ? 'true' : 'false'} aria-controls=${`panel-${tab}`} tabindex=${selected ? 0 : -1} @click=${() => this.#choose(tab)}>${content || nothing}</button>`;
  }

  #singleKeysChosen(event: CustomEvent<boolean>): void {
    this.singleKeys = event.detail;
    writeSetting('single-keys', event.detail ? null : 'off');
  }

  static override styles = appStyles;
}

customElements.define('vp-playground', PlaygroundApp);
