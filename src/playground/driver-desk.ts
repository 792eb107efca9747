/** What can be done with drivers: open one from the gallery, a link or a file, begin one, keep, rename, delete, share. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { lessonOf } from '../lessons/driver-id.ts';
import type { LessonTexts } from '../lessons/lesson.ts';
import { defaultExample, provideExample } from '../link/examples.ts';
import { decodeLink, encodeLink } from '../link/link.ts';
import type { LinkMachine, LinkState, LinkView } from '../link/link-state.ts';
import { packDriver, readDrivers } from './driver-archive.ts';
import type { DriverRequest } from './drivers-dialog.ts';
import type { FileRequest } from './file-tabs.ts';
import { loadGalleryDriver, loadNewDriver } from './gallery.ts';
import { LiveRun } from './live-run.ts';
import { download } from './share-dialog.ts';
import { fileNameFrom, Workspace } from './workspace.ts';

/** Something that the visitor must know. */
export interface Notice {
  readonly kind: 'bad' | 'info';
  readonly text: string;
}

/** What the page supplies. */
export interface DeskOptions {
  /** Another driver is open, or as the page begins the one that was open when it was left: boot it, if it may run by itself. */
  readonly opened: (how: 'asked' | 'as-left') => void;
  /** Is the lesson shown that the open driver belongs to? In a frame, which never shows one, its driver stands for it. */
  readonly teaching: () => boolean;
  /** The open driver was edited and compiles: boot it, if one runs. */
  readonly edited: () => void;
  /** How the machine is put together now. */
  readonly machine: () => LinkMachine;
  /** A link says how the machine is to be put together. */
  readonly setMachine: (machine: LinkMachine) => void;
  /** What the page shows beside the machine. */
  readonly view: () => LinkView;
  /** A link says what the page is to show. The driver is open by then. */
  readonly setView: (view: LinkView) => void;
}

/** A stranger's names as they can be here. Files of one name, which no link of this page holds, get a number. */
function withPlainNames(state: LinkState): LinkState {
  const taken = new Set<string>();
  const plain = (name: string): string => {
    const wanted = fileNameFrom(name);
    let free = wanted;
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = wanted.replace(/\.ts$/, `-${number}.ts`);
    taken.add(free.toLowerCase());
    return free;
  };
  const fileName = plain(state.fileName);
  const others = (state.others ?? []).map(({ name, source }) => ({ name: plain(name), source }));
  return { ...state, fileName, others };
}

/** One visitor's desk: the open driver, the link in the address, and what was said about both. */
export class DriverDesk implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: DeskOptions;
  readonly workspace: Workspace;
  readonly live: LiveRun;
  notice: Notice | null = null;
  /** What was said of a request that failed: it goes with the next that does not, and with an edit. */
  #complaint: Notice | null = null;
  /** Counts openings: what arrives late for an older one is dropped. */
  #round = 0;
  /** Does the desk follow the address? Only a page that is one does. */
  #followsAddress = false;
  /** Was what the address asked for opened, or refused? Before, nothing may change the address: a reload would forget what was asked for. */
  #begun = false;
  /** A page that was taken out of the document has no say in its address. */
  #connected = false;

  constructor(host: ReactiveControllerHost, options: DeskOptions) {
    this.#host = host;
    this.#options = options;
    this.workspace = new Workspace(host);
    this.live = new LiveRun(host, { run: options.edited });
    host.addController(this);
  }

  hostConnected(): void {
    this.#connected = true;
    window.addEventListener('hashchange', this.#addressChanged);
  }

  hostDisconnected(): void {
    this.#connected = false;
    window.removeEventListener('hashchange', this.#addressChanged);
  }

  hostUpdated(): void {
    this.#nameLesson();
  }

  /** Opens what the address asks for, else what was open when the page was left, else `id`. */
  async start(id: string, source: string): Promise<void> {
    this.#followsAddress = true;
    provideExample(id, source);
    if (await this.#openAddress()) return;
    const named = new URLSearchParams(location.search).get('lesson');
    const lesson = named ?? lessonOf(this.workspace.store.current ?? '');
    if (lesson !== null && (await this.#openLesson(lesson, named === null ? 'as-left' : 'asked'))) return;
    if (!this.workspace.restore()) this.workspace.openShipped(id, source);
    this.#wasOpened(this.notice, 'as-left');
  }

  /** @returns whether there is such a lesson; if not, a notice says so */
  async #openLesson(lesson: string, how: 'asked' | 'as-left' = 'asked'): Promise<boolean> {
    try {
      // Fetched now and not with the page: most visits open no lesson.
      const [{ loadLesson }, { lessonById }] = await Promise.all([
        import('../lessons/load-lesson.ts'),
        import('../lessons/course.ts'),
      ]);
      const open = ({ beginning }: LessonTexts) => {
        const { width = 640, height = 480 } = lessonById(lesson)?.scenario.machine ?? {};
        this.#options.setMachine({ ...this.#options.machine(), width, height });
        this.workspace.openLesson(lesson, beginning);
      };
      await this.#open(loadLesson(lesson), open, how);
      return true;
    } catch (error) {
      this.notice = { kind: 'bad', text: error instanceof Error ? error.message : String(error) };
      this.#host.requestUpdate();
      return false;
    }
  }

  readonly #addressChanged = (): void => {
    if (this.#followsAddress) void this.#openAddress();
  };

  /** @returns whether the address holds a link, readable or not */
  async #openAddress(): Promise<boolean> {
    const fragment = location.hash;
    if (!/^#v\d/.test(fragment)) return false;
    const round = ++this.#round;
    const reading = await decodeLink(fragment);
    if (round !== this.#round) return true;
    if (reading.kind === 'none') return false;
    if (reading.kind === 'opened') {
      const { state, shipped } = reading;
      this.#options.setMachine(state.machine);
      const lesson = lessonOf(state.base);
      if (shipped && lesson !== null) this.workspace.openLesson(lesson, state.source);
      else if (shipped) this.workspace.openShipped(state.base, state.source);
      else this.workspace.openLink(withPlainNames(state));
      this.#wasOpened();
      this.#options.setView(state.view ?? { panes: [], file: 0, selection: null });
    } else {
      this.workspace.openNothing();
      this.#wasOpened({ kind: 'bad', text: reading.reason });
    }
    return true;
  }

  #wasOpened(notice: Notice | null = null, how: 'asked' | 'as-left' = 'asked'): void {
    this.#round++;
    this.notice = notice;
    this.live.clear();
    this.#begun = this.#followsAddress;
    this.#options.opened(how);
    this.#nameLesson();
    this.#host.requestUpdate();
  }

  /** The address says which lesson is shown, so that a reload, and whoever is given it, comes back to it. */
  #nameLesson(): void {
    if (!this.#begun || !this.#connected) return;
    const lesson = this.#options.teaching() ? lessonOf(this.workspace.current.id) : null;
    const address = new URL(location.href);
    if (lesson === address.searchParams.get('lesson')) return;
    if (lesson === null) address.searchParams.delete('lesson');
    else address.searchParams.set('lesson', lesson);
    history.replaceState(null, '', address);
  }

  /** The address spoke of another driver than the one that is open now. */
  #leaveAddress(): void {
    if (!this.#followsAddress || location.hash === '') return;
    history.replaceState(null, '', location.pathname + location.search);
  }

  /** The visitor typed. */
  edit(source: string): void {
    this.#change(() => this.workspace.edit(source));
  }

  /** Does what the bar of files asks for. @returns for a removal, what brings the file back */
  askFile(request: FileRequest): (() => void) | null {
    const { workspace } = this;
    let undo: (() => void) | null = null;
    try {
      this.#change(() => {
        if (request.action === 'show') workspace.show(request.index);
        else if (request.action === 'add') workspace.addFile(request.name);
        else if (request.action === 'rename') workspace.renameFile(request.index, request.name);
        else undo = workspace.removeFile(request.index);
      });
    } catch (error) {
      this.#complain(error);
    }
    const bringBack = undo as (() => void) | null;
    return bringBack && (() => this.#change(bringBack));
  }

  /** What is open may change: then the address speaks of another text, and the new one is tried. */
  #change(change: () => void): void {
    const before = this.workspace.current;
    change();
    if (this.workspace.current === before) return;
    this.#settleComplaint();
    this.#leaveAddress();
    this.live.edited(this.workspace.files);
  }

  /** Does what the list of drivers asks for. @returns for a deletion, what brings the driver back */
  async ask(request: DriverRequest): Promise<{ readonly fileName: string; readonly undo: () => void } | null> {
    const { workspace } = this;
    try {
      switch (request.action) {
        case 'shipped':
          await this.#open(loadGalleryDriver(request.id), (source) => workspace.openShipped(request.id, source));
          break;
        case 'new':
          await this.#open(loadNewDriver(), (source) => workspace.create('driver.ts', source));
          break;
        case 'import':
          await this.#open(readDrivers(request.files), (drivers) => {
            for (const [entry, ...others] of drivers)
              if (entry) workspace.create(entry.name, entry.source, undefined, others);
          });
          break;
        case 'lesson':
          await this.#openLesson(request.id);
          break;
        case 'mine':
          if (lessonOf(request.id) !== null && (await this.#openLesson(lessonOf(request.id) ?? ''))) break;
          await this.#open(Promise.resolve(request.id), (id) => {
            if (!workspace.openMine(id)) throw new Error('That driver is not there any more: another tab deleted it.');
          });
          break;
        case 'rename':
          workspace.rename(request.id, request.name);
          break;
        case 'duplicate':
          workspace.duplicate(request.id);
          break;
        case 'export': {
          const driver = workspace.store.get(request.id);
          if (!driver) break;
          const { name, content } = await packDriver([
            { name: driver.fileName, source: driver.source },
            ...driver.others,
          ]);
          download(content, name);
          break;
        }
        case 'remove': {
          const fileName = workspace.store.get(request.id)?.fileName ?? '';
          const undo = workspace.remove(request.id);
          this.#settleComplaint();
          return undo && { fileName, undo };
        }
      }
      this.#settleComplaint();
    } catch (error) {
      this.#complain(error);
    }
    return null;
  }

  #complain(error: unknown): void {
    this.notify({ kind: 'bad', text: error instanceof Error ? error.message : String(error) });
    this.#complaint = this.notice;
  }

  #settleComplaint(): void {
    if (this.#complaint !== null && this.notice === this.#complaint) this.dismiss();
    this.#complaint = null;
  }

  /** Tells the visitor something, above the page. */
  notify(notice: Notice): void {
    this.notice = notice;
    this.#host.requestUpdate();
  }

  async #open<Value>(
    value: Promise<Value>,
    open: (value: Value) => void,
    how: 'asked' | 'as-left' = 'asked',
  ): Promise<void> {
    const round = ++this.#round;
    const arrived = await value;
    if (round !== this.#round) return;
    open(arrived);
    this.#leaveAddress();
    this.#wasOpened(null, how);
  }

  /** The link to what is open, as a fragment. */
  link(): Promise<string> {
    const { base, fileName, source, others } = this.workspace.current;
    const [machine, view] = [this.#options.machine(), this.#options.view()];
    return encodeLink({ base: base || defaultExample, fileName, source, others, machine, view });
  }

  dismiss(): void {
    this.notice = null;
    this.#host.requestUpdate();
  }
}
