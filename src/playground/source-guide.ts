/** Leads the eye to places in the source: of crashes, of calls that are held, of whatever somebody asks for. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { DriverFile } from '../machine/driver-files.ts';
import type { Hold } from '../machine/machine-types.ts';
import { formatPlace } from './format.ts';
import type { Session } from './session.ts';
import type { SourceEditor } from './source-editor.ts';
import type { Workspace } from './workspace.ts';

/** What the page supplies. */
export interface SourceGuideOptions {
  readonly session: Session;
  readonly workspace: Workspace;
  /** The pane that shows the source; there after the page's first update. */
  readonly editor: () => SourceEditor;
}

/** Brings lines into view, in the file that they belong to; crashes and held calls by itself, once each. */
export class SourceGuide implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: SourceGuideOptions;
  #shownPlace: string | null = null;
  #shownHold: Hold | null = null;

  constructor(host: ReactiveControllerHost, options: SourceGuideOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostUpdated(): void {
    this.#showNewTrouble();
    this.#showNewHold();
  }

  /** The line of the call that is held, if what the editor shows is what runs. */
  get held(): Hold | null {
    const { session, workspace } = this.#options;
    const { hold } = session.stepper;
    const isHeld = ({ name }: DriverFile) => name === hold?.file;
    const source = workspace.files.find(isHeld)?.source;
    return source !== undefined && source === session.bootedFiles.find(isHeld)?.source ? hold : null;
  }

  /** Brings a line (from 1) into view; `file` is its name, null the one that is shown. */
  reveal(line: number, file: string | null): void {
    const { workspace } = this.#options;
    const index = file === null ? workspace.shown : workspace.indexOf(file);
    // Renamed or removed since it was booted.
    if (index < 0) return;
    workspace.show(index);
    void this.#host.updateComplete.then(() => this.#options.editor().reveal(line));
  }

  /** A crash or a compile error brings its line into view, once, unless someone is writing elsewhere. */
  #showNewTrouble(): void {
    const { bugCheck, errors } = this.#options.session;
    const place = bugCheck ?? errors[0] ?? null;
    const shown = place && formatPlace(place);
    if (shown === this.#shownPlace) return;
    this.#shownPlace = shown;
    // In one column that would scroll the stop screen away, which says more and leads there too.
    if (matchMedia('(width < 960px)').matches) return;
    if (place?.line && !this.#options.editor().editor?.view.hasFocus) this.reveal(place.line, place.file);
  }

  #showNewHold(): void {
    const { workspace, editor } = this.#options;
    const { held } = this;
    const { line } = held ?? {};
    if (line && held !== this.#shownHold) {
      workspace.show(workspace.indexOf(held?.file ?? ''));
      void this.#host.updateComplete.then(() => editor().bringIn(line));
    }
    this.#shownHold = held;
  }
}
