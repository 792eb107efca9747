import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { appStyles } from './app-styles.ts';
import { Arrangement } from './arrangement.ts';
import { type BootChoice, defaultChoice } from './boot-choice.ts';
import { DriverDesk } from './driver-desk.ts';
import { NoStore } from './driver-store.ts';
import type { DriverRequestEvent, DriversDialog } from './drivers-dialog.ts';
import type { Extent } from './extent.ts';
import type { FilesEvent } from './file-drop.ts';
import { gallery } from './gallery.ts';
import { driversIcon } from './icons.ts';
import { layoutTitle } from './layout.ts';
import type { LayoutSwitch } from './layout-switch.ts';
import { lessonPlace, toggleLessons } from './lesson-place.ts';
import type { MachineBezel } from './machine-bezel.ts';
import type { MachineHost } from './machine-host.ts';
import { machinePane } from './machine-pane.ts';
import type { MonitorView, ShowLineEvent } from './monitor-view.ts';
import type { OutputPane } from './output-pane.ts';
import type { Page } from './page.ts';
import type { ActionEvent, PageHeader } from './page-header.ts';
import { showView, viewOf } from './page-view.ts';
import { Power } from './power.ts';
import { Session } from './session.ts';
import { readSetting, writeSetting } from './settings.ts';
import type { ShareDialog } from './share-dialog.ts';
import { matchShortcut, type ShortcutAction } from './shortcuts.ts';
import type { ShortcutsDialog } from './shortcuts-dialog.ts';
import type { EditorModule, SourceEditor } from './source-editor.ts';
import { SourceGuide } from './source-guide.ts';
import { sourcePane } from './source-pane.ts';
import type { Splitter } from './splitter.ts';
import type { StatsPanel } from './stats-panel.ts';
import { chooseTheme, currentTheme, type Theme } from './theme.ts';
import type { Tour } from './tour.ts';
import { openInPlayground, share } from './ways-out.ts';

import './drivers-dialog.ts';
import './file-drop.ts';
import './output-pane.ts';
import './page-header.ts';
import './share-dialog.ts';
import './shortcuts-dialog.ts';
import './splitter.ts';
import './stats-panel.ts';

/**
 * `<vp-playground>`: the whole page. Open a driver on its desk and give it a machine host; it boots the driver at once where a
 * machine can run, and says why where none can.
 */
export class PlaygroundApp extends LitElement implements Page {
  static override properties = {
    machineHost: { attribute: false },
    loadEditor: { attribute: false },
    types: { type: Boolean },
    extent: {},
    embedded: { type: Boolean },
    choice: { state: true },
    theme: { state: true },
    singleKeys: { state: true },
  };
  declare machineHost: MachineHost | null;
  declare loadEditor: (() => Promise<EditorModule>) | null;
  declare types: boolean;
  /** How much of the page is shown. Set it before the page is put into a document. */
  declare extent: Extent;
  declare embedded: boolean;
  declare choice: BootChoice;
  declare theme: Theme;
  declare singleKeys: boolean;

  /** Is the tour to begin when the first picture is there? Set it before. */
  tour = false;
  readonly session: Session;
  readonly desk: DriverDesk;
  readonly arrangement: Arrangement;
  readonly guide: SourceGuide;
  readonly power: Power;

  constructor() {
    super();
    this.machineHost = null;
    this.loadEditor = null;
    this.types = false;
    this.extent = 'page';
    this.embedded = window.self !== window.top;
    this.choice = defaultChoice;
    this.theme = currentTheme();
    this.singleKeys = readSetting('single-keys') !== 'off';
    this.session = new Session(this, {
      slots: () => this.piece<MonitorView>('vp-monitor').stack,
      log: (line) => this.piece<OutputPane>('vp-output').log(line),
      stats: () => this.#statsCame(),
    });
    this.desk = new DriverDesk(this, {
      opened: (how) => {
        this.arrangement.opened(how);
        this.power.opened();
      },
      teaching: () => this.extent !== 'page' || this.arrangement.teaching,
      edited: () => this.power.edited(),
      machine: () => this.choice,
      setMachine: (machine) => {
        this.choice = machine;
      },
      view: () => viewOf(this),
      setView: (view) => showView(this, view),
    });
    const { session, desk } = this;
    const { workspace } = desk;
    const whole = () => this.extent === 'page';
    this.arrangement = new Arrangement(this, { workspace, whole, focusSwitch: () => void this.#focusSwitch() });
    this.guide = new SourceGuide(this, { session, workspace, editor: () => this.piece<SourceEditor>('vp-editor') });
    this.power = new Power(this, { session, desk, guide: this.guide, choice: () => this.choice, whole });
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

  piece<Piece extends Element>(selector: string): Piece {
    const piece = this.renderRoot.querySelector<Piece>(selector);
    if (!piece) throw new Error(`<vp-playground>: there is no ${selector} yet`);
    return piece;
  }

  protected override willUpdate(): void {
    const { arrangement } = this;
    this.setAttribute('layout', this.extent === 'page' ? arrangement.layout : this.extent);
    this.toggleAttribute('noticed', this.desk.notice !== null);
    this.toggleAttribute('lesson', arrangement.teaching);
    this.toggleAttribute('source-away', arrangement.sourceAway);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('machineHost') && this.machineHost) void this.#powerOn(this.machineHost);
    if (!this.session.canStop) this.piece<MachineBezel>('vp-bezel').change = null;
    if (this.tour && this.session.hasPicture && !this.#dialogOpen) void this.#startTour();
  }

  async #powerOn(machineHost: MachineHost): Promise<void> {
    // The monitor draws itself in an update of its own.
    await this.piece<MonitorView>('vp-monitor').updateComplete;
    await this.power.connect(machineHost);
  }

  /** The switch between the layouts stands in the header, or before an audience below the monitor. */
  async #focusSwitch(): Promise<void> {
    await this.updateComplete;
    const header = this.renderRoot.querySelector<PageHeader>('vp-header');
    await header?.updateComplete;
    const layoutSwitch = (header ?? this).renderRoot.querySelector<LayoutSwitch>('vp-layouts');
    await layoutSwitch?.updateComplete;
    layoutSwitch?.focus();
  }

  async #startTour(): Promise<void> {
    this.tour = false;
    // It speaks of things that stand before no audience.
    if (this.arrangement.presenting) this.arrangement.choose('debug');
    await import('./tour.ts');
    await this.piece<Tour>('vp-tour').start();
  }

  /** What opens over the tour ends it; before its first start it is not even loaded. */
  #endTour(): void {
    this.tour = false;
    const tour = this.piece<Tour>('vp-tour');
    if (tour.open) tour.end();
  }

  #statsCame(): void {
    this.piece<StatsPanel>('vp-stats').take();
    this.piece<MachineBezel>('vp-bezel').change = this.session.canStop ? this.session.meter.latestChange : null;
  }

  #lineAsked({ detail: { line, file } }: ShowLineEvent): void {
    this.#bringSourceBack();
    // On a narrow page the source may lie outside the window. Elsewhere this would only lead the Tab key astray, which goes on from there.
    if (matchMedia('(width < 960px)').matches) this.piece('.source-pane').scrollIntoView({ block: 'nearest' });
    this.guide.reveal(line, file);
  }

  #bringSourceBack(): void {
    if (this.arrangement.sourceAway) this.piece<Splitter>('vp-splitter[name=columns]').toggleWhole();
  }

  /** What is the editor's own. */
  async #inEditor(action: 'find' | 'format' | 'describe'): Promise<void> {
    const { editor } = this.piece<SourceEditor>('vp-editor');
    try {
      await editor?.[action]();
    } catch {
      const text =
        action === 'format'
          ? 'The source was not formatted: the formatter could not be fetched. Are you offline?'
          : 'There is no documentation: the type service could not be fetched. Are you offline?';
      this.desk.notify({ kind: 'bad', text });
    }
  }

  /** Carries out what a key or a button means. */
  do(action: ShortcutAction): void {
    const { session } = this;
    switch (action) {
      case 'run':
        void this.power.run(false);
        break;
      case 'stop':
        void session.stop();
        this.#statsCame();
        break;
      case 'restart':
        void this.power.run(true);
        break;
      case 'pause':
        session.pause();
        break;
      case 'step':
      case 'step-out':
        this.power.step(action);
        break;
      case 'source':
        this.#bringSourceBack();
        void this.updateComplete.then(() => this.piece<SourceEditor>('vp-editor').focus());
        break;
      case 'find':
      case 'format':
      case 'describe':
        void this.#inEditor(action);
        break;
      case 'drivers':
        this.#endTour();
        this.piece<DriversDialog>('vp-drivers').show();
        break;
      case 'share':
        if (this.desk.workspace.current.origin === 'none') break;
        this.#endTour();
        share(this);
        break;
      case 'lessons':
        void toggleLessons(this);
        break;
      case 'findings':
      case 'log':
        // Before an audience there are neither.
        if (this.arrangement.presenting) this.arrangement.choose('debug');
        void this.updateComplete.then(() => this.piece<OutputPane>('vp-output').reach(action));
        break;
      case 'learn':
      case 'debug':
      case 'present':
        this.arrangement.choose(action);
        break;
      case 'theme':
        this.theme = this.theme === 'dark' ? 'light' : 'dark';
        chooseTheme(this.theme);
        break;
      case 'help':
        this.#endTour();
        this.piece<ShortcutsDialog>('vp-shortcuts').show();
        break;
    }
  }

  get #dialogOpen(): boolean {
    const dialogs = this.renderRoot.querySelectorAll<ShortcutsDialog | DriversDialog | ShareDialog>(
      'vp-shortcuts, vp-drivers, vp-share',
    );
    return [...dialogs].some((dialog) => dialog.open);
  }

  async #driverAsked(event: DriverRequestEvent): Promise<void> {
    const dialog = this.piece<DriversDialog>('vp-drivers');
    const removed = await this.desk.ask(event.detail);
    dialog.mine = this.desk.workspace.store.list();
    if (removed) dialog.removed = removed;
  }

  async #filesDropped(event: FilesEvent): Promise<void> {
    this.piece<DriversDialog>('vp-drivers').close();
    await this.desk.ask({ action: 'import', files: event.detail });
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (this.#dialogOpen) return;
    const action = matchShortcut(event, this.singleKeys);
    if (!action) return;
    event.preventDefault();
    this.do(action);
  };

  override render(): TemplateResult {
    const { arrangement, desk, session } = this;
    const { notice } = desk;
    const whole = this.extent === 'page';
    const hasHeader = whole && !arrangement.presenting;
    const kept = whole ? arrangement.layout : '';
    const [left, upper] =
      arrangement.layout === 'learn'
        ? ['Source and machine', 'Machine and output']
        : ['Machine and source', 'Source and output'];
    return html`${
      hasHeader
        ? html`<vp-header .layout=${arrangement.layout} .theme=${this.theme} .teaching=${arrangement.teaching} @action=${({ detail }: ActionEvent) => this.do(detail)}></vp-header>`
        : nothing
    }
      ${
        notice
          ? html`<div class="notice ${notice.kind}" role="alert"><p>${notice.text}</p>
              <button @click=${() => this.do('drivers')}>${driversIcon}Drivers</button>
              <button class="plain icon" aria-label="Dismiss" @click=${() => desk.dismiss()}>✕</button></div>`
          : nothing
      }
      <p class="hidden-text" role="status">${whole ? `Layout: ${layoutTitle(arrangement.layout)}` : nothing}</p>
      <div class="work" @show-line=${this.#lineAsked}>
        ${lessonPlace(this)}
        <main @own-tab=${() => openInPlayground(this)}>
          ${hasHeader ? nothing : html`<h1 class="hidden-text">videoport</h1>`}
          ${machinePane(this)}
          <vp-splitter name="columns" label=${left} kept=${kept} ?whole=${arrangement.presenting} @split=${this.#columnsMoved}></vp-splitter>
          ${sourcePane(this)}
          <vp-splitter name="rows" label=${upper} kept=${kept}></vp-splitter>
          <div class="output">
            <vp-stats .meter=${session.meter} .live=${session.canStop}></vp-stats>
            <vp-output
              .groups=${session.findings}
              .total=${session.findingTotal}
              .ran=${session.bootedWith !== null}
              .stopped=${session.bugCheck !== null}
              ?both=${arrangement.layout === 'debug'}
            ></vp-output>
          </div>
        </main>
      </div>
      <vp-drivers .shipped=${gallery} .mine=${desk.workspace.store.list()} .openId=${desk.workspace.current.id} @driver-request=${this.#driverAsked}></vp-drivers>
      ${whole ? html`<vp-drop @files=${this.#filesDropped}></vp-drop>` : nothing}
      <vp-share></vp-share>
      <vp-shortcuts .singleKeys=${this.singleKeys} @single-keys=${this.#singleKeysChosen} @tour=${this.#startTour}></vp-shortcuts>
      <vp-tour></vp-tour>`;
  }

  #columnsMoved({ target }: Event): void {
    this.arrangement.sourceAway = (target as Splitter).share === 100;
  }

  #singleKeysChosen(event: CustomEvent<boolean>): void {
    this.singleKeys = event.detail;
    writeSetting('single-keys', event.detail ? null : 'off');
  }

  static override styles = appStyles;
}

customElements.define('vp-playground', PlaygroundApp);
