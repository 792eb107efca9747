import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ActivityLights } from './activity-lights.ts';
import { appStyles } from './app-styles.ts';
import type { ChoiceEvent, ControlEvent } from './control-bar.ts';
import { formatCount, formatPlace } from './format.ts';
import { keyboardIcon, logo, moonIcon, sunIcon } from './icons.ts';
import type { LogView } from './log-view.ts';
import type { MonitorView, ShowLineEvent } from './monitor-view.ts';
import { type BootChoice, type MachineHost, type Phase, Session } from './session.ts';
import { readSetting, writeSetting } from './settings.ts';
import { matchShortcut, type ShortcutAction } from './shortcuts.ts';
import type { ShortcutsDialog } from './shortcuts-dialog.ts';
import type { LineMark, SourceView } from './source-view.ts';
import type { StatsPanel } from './stats-panel.ts';
import { chooseTheme, currentTheme, type Theme } from './theme.ts';

import './activity-lights.ts';
import './control-bar.ts';
import './engine-badge.ts';
import './findings-list.ts';
import './log-view.ts';
import './monitor-view.ts';
import './shortcuts-dialog.ts';
import './source-view.ts';
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

/**
 * `<vp-playground>`: the whole page. Give it a driver and a machine host; it boots the driver at once where a machine can
 * run, and says why where none can.
 */
export class PlaygroundApp extends LitElement {
  static override properties = {
    machineHost: { attribute: false },
    source: {},
    fileName: {},
    embedded: { type: Boolean },
    choice: { state: true },
    tab: { state: true },
    theme: { state: true },
    singleKeys: { state: true },
  };
  /** `Machine`, or in tests what stands for it. */
  declare machineHost: MachineHost | null;
  /** The driver's source. */
  declare source: string;
  /** Its name, as findings show it. */
  declare fileName: string;
  /** Is the page in a frame of another page? */
  declare embedded: boolean;
  declare choice: BootChoice;
  declare tab: Tab;
  declare theme: Theme;
  declare singleKeys: boolean;

  /** What runs, and what it said. */
  readonly session: Session;
  #tabChosen = false;
  #shownPlace: string | null = null;

  constructor() {
    super();
    this.machineHost = null;
    this.source = '';
    this.fileName = 'driver.ts';
    this.embedded = window.self !== window.top;
    this.choice = { engine: 'auto', width: 640, height: 480 };
    this.tab = 'log';
    this.theme = currentTheme();
    this.singleKeys = readSetting('single-keys') !== 'off';
    this.session = new Session(this, {
      slots: () => this.#part<MonitorView>('vp-monitor').stack,
      log: (line) => this.#part<LogView>('vp-log').add(line),
      stats: () => this.#statsCame(),
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
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
    // The first finding brings its list to light, unless the visitor has chosen what to look at.
    if (this.session.findings.length > 0 && !this.#tabChosen) this.tab = 'findings';
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('machineHost') && this.machineHost) void this.#powerOn(this.machineHost);
    if (changed.has('tab') && this.tab === 'log') this.#part<LogView>('vp-log').shown();
    if (!this.session.canStop) this.#part<ActivityLights>('vp-lights').change = null;
    this.#showNewTrouble();
  }

  async #powerOn(machineHost: MachineHost): Promise<void> {
    // The monitor draws itself in an update of its own.
    await this.#part<MonitorView>('vp-monitor').updateComplete;
    if (await this.session.connect(machineHost)) await this.session.run(this.source, this.fileName, this.choice);
  }

  /** A crash or a compile error brings its line into view, once. */
  #showNewTrouble(): void {
    const { bugCheck, errors } = this.session;
    const place = bugCheck ?? errors[0] ?? null;
    const shown = place && formatPlace(place);
    if (shown !== this.#shownPlace) {
      this.#shownPlace = shown;
      if (place?.line) void this.#part<SourceView>('vp-source').reveal(place.line);
    }
  }

  #statsCame(): void {
    this.#part<StatsPanel>('vp-stats').take();
    this.#part<ActivityLights>('vp-lights').change = this.session.canStop ? this.session.meter.latestChange : null;
  }

  #lineAsked(event: ShowLineEvent): void {
    const source = this.#part<SourceView>('vp-source');
    // On a narrow page the source may lie outside the window.
    source.parentElement?.scrollIntoView({ block: 'nearest' });
    void source.reveal(event.detail.line);
  }

  #do(action: ShortcutAction): void {
    const { session } = this;
    switch (action) {
      case 'run':
        void session.run(this.source, this.fileName, this.choice);
        break;
      case 'stop':
        void session.stop();
        this.#statsCame();
        break;
      case 'restart':
        void session.restart(this.source, this.fileName, this.choice);
        break;
      case 'source':
        this.#part<SourceView>('vp-source').focus();
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
        this.#part<ShortcutsDialog>('vp-shortcuts').show();
        break;
    }
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (this.renderRoot.querySelector<ShortcutsDialog>('vp-shortcuts')?.open) return;
    const action = matchShortcut(event, this.singleKeys);
    if (!action) return;
    event.preventDefault();
    this.#do(action);
  };

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

  get #marks(): LineMark[] {
    const { findings, errors, bugCheck } = this.session;
    const marks: LineMark[] = findings.flatMap(({ finding }) =>
      finding.line === null
        ? []
        : [{ line: finding.line, kind: 'finding', text: `${finding.code}: ${finding.message}` }],
    );
    for (const error of errors) marks.push({ line: error.line, kind: 'error', text: error.message });
    if (bugCheck?.line)
      marks.push({ line: bugCheck.line, kind: 'error', text: `${bugCheck.name}: ${bugCheck.message}` });
    return marks;
  }

  get #pending(): boolean {
    const { bootedWith, canStop } = this.session;
    const { engine, width, height } = this.choice;
    return (
      canStop &&
      bootedWith !== null &&
      (bootedWith.engine !== engine || bootedWith.width !== width || bootedWith.height !== height)
    );
  }

  override render(): TemplateResult {
    return html`${this.#header()}
      <main @show-line=${this.#lineAsked}>
        ${this.#machine()} ${this.#text()}
      </main>
      <vp-shortcuts .singleKeys=${this.singleKeys} @single-keys=${this.#singleKeysChosen}></vp-shortcuts>`;
  }

  #header(): TemplateResult {
    const other = this.theme === 'dark' ? 'light' : 'dark';
    return html`<header>
      ${logo}
      <h1>videoport</h1>
      <p>A Windows video port driver (videoprt.sys, XP/2003 model) running in your browser.</p>
      <button class="plain icon" aria-label="Keyboard shortcuts" aria-keyshortcuts="?" title="Keyboard shortcuts (?)" @click=${() => this.#do('help')}>${keyboardIcon}</button>
      <button class="plain icon" aria-label=${`Use the ${other} theme`} aria-keyshortcuts="T" title=${`Use the ${other} theme (T)`} @click=${() => this.#do('theme')}>${this.theme === 'dark' ? sunIcon : moonIcon}</button>
    </header>`;
  }

  #machine(): TemplateResult {
    const { session } = this;
    const { mode, phase, bugCheck } = session;
    const reason = bugCheck ? `: ${bugCheck.name}` : '';
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
        ></vp-monitor>
        <div class="bezel">
          <span class="state ${phase}"><i aria-hidden="true"></i><span role="status" aria-live="polite">${phaseNames[phase]}<span class="hidden-text">${reason}</span></span></span>
          <span class="mode mono" title="The mode that is set">${mode ? `${mode.width}×${mode.height}` : ''}</span>
          <vp-engine .engine=${session.engine} .support=${session.support}></vp-engine>
          <vp-lights></vp-lights>
        </div>
      </div>
      <vp-controls
        .canRun=${session.canRun}
        .canStop=${session.canStop}
        .canRestart=${session.canRestart}
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
    const lines = this.source === '' ? 0 : this.source.replace(/\n$/, '').split('\n').length;
    return html`<div class="text">
      <section class="pane source-pane" aria-label="Source">
        <div class="title"><h2 class="mono">${this.fileName}</h2><span class="quiet">${formatCount(lines)} lines, read-only</span></div>
        <vp-source .source=${this.source} .marks=${this.#marks}></vp-source>
      </section>
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
