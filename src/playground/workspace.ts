/** Which driver is open, where it came from, and what becomes of edits. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { defaultExample } from '../link/examples.ts';
import { DriverStore, type StoredDriver } from './driver-store.ts';

/** The driver that is open. */
export interface OpenDriver {
  /** `gallery`: as shipped · `mine`: kept in this browser · `link`: came by a link and was not edited · `none`: nothing is open */
  readonly origin: 'gallery' | 'mine' | 'link' | 'none';
  /** Tells drivers apart, also before and after the first edit of one. */
  readonly key: string;
  /** The shipped driver's id, or the stored one's. */
  readonly id: string;
  readonly fileName: string;
  /** Id of the shipped driver that it is, or began as. */
  readonly base: string;
  readonly source: string;
  /** A stranger's code: it does not run before the visitor presses Run. */
  readonly held: boolean;
}

/** Drivers of lessons have ids of their own, under which they are kept: one for each lesson. */
const lessonPrefix = 'lesson-';

/** The lesson that a driver's id belongs to; null when it belongs to none. */
export function lessonOf(id: string): string | null {
  return id.startsWith(lessonPrefix) ? id.slice(lessonPrefix.length) : null;
}

const nothing: OpenDriver = {
  origin: 'none',
  key: 'none',
  id: '',
  fileName: 'driver.ts',
  base: defaultExample,
  source: '',
  held: false,
};

/** A name that ends in `.ts` and holds nothing that a file's name cannot. */
export function fileNameFrom(text: string): string {
  const bare = [...text.trim()]
    .filter((character) => character >= ' ' && !'\\/:*?"<>|'.includes(character))
    .join('')
    .replace(/\.(?:ts|js|mts|mjs)$/i, '')
    .slice(0, 60);
  return `${bare || 'driver'}.ts`;
}

/**
 * The open driver. Shipped drivers are never changed: the first edit makes a copy of the visitor's own, and every edit is
 * kept at once.
 */
export class Workspace implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  /** Where own drivers are kept. */
  store: DriverStore;
  /** What is open. */
  current: OpenDriver = nothing;
  /** Did the browser refuse to keep the last edit? */
  unsaved = false;
  /** The shipped text behind a copy: an edit that leads back to it gives the copy up. */
  #shipped: Pick<OpenDriver, 'id' | 'fileName' | 'base' | 'source'> | null = null;
  #keys = 0;

  constructor(host: ReactiveControllerHost, store: DriverStore = new DriverStore()) {
    this.#host = host;
    this.store = store;
    host.addController(this);
  }

  hostConnected(): void {}

  #show(driver: OpenDriver): void {
    this.current = driver;
    this.unsaved = false;
    this.#host.requestUpdate();
  }

  #nextKey(): string {
    this.#keys++;
    return `open-${this.#keys}`;
  }

  /** Opens a shipped driver. */
  openShipped(id: string, source: string): void {
    this.#openShipped({ id, fileName: `${id}.ts`, base: id, source });
  }

  /** Opens a lesson's driver: what the visitor has made of it, else `beginning`. Begun anew, it is as it was shipped. */
  openLesson(lesson: string, beginning: string): void {
    const id = `${lessonPrefix}${lesson}`;
    const shipped = { id, fileName: `${id}.ts`, base: defaultExample, source: beginning };
    if (this.openMine(id)) this.#shipped = shipped;
    else this.#openShipped(shipped);
  }

  #openShipped(shipped: Pick<OpenDriver, 'id' | 'fileName' | 'base' | 'source'>): void {
    this.#shipped = shipped;
    this.#show({ origin: 'gallery', key: this.#nextKey(), held: false, ...shipped });
    this.store.current = null;
  }

  /** Opens a driver of the visitor's own. @returns false when it is not there any more */
  openMine(id: string): boolean {
    const driver = this.store.get(id);
    if (!driver) return false;
    this.#shipped = null;
    const { fileName, base, source, held } = driver;
    this.#show({ origin: 'mine', key: this.#nextKey(), id, fileName, base: base || defaultExample, source, held });
    this.store.current = id;
    return true;
  }

  /** Opens what a link brought. It is kept only when it is edited. */
  openLink(driver: Pick<OpenDriver, 'fileName' | 'base' | 'source'>): void {
    this.#shipped = null;
    const { fileName, base, source } = driver;
    this.#show({ origin: 'link', key: this.#nextKey(), id: '', fileName, base, source, held: true });
  }

  /** Opens nothing: what the page shows instead of a link that cannot be read. */
  openNothing(): void {
    this.#shipped = null;
    this.#show({ ...nothing, key: this.#nextKey() });
  }

  /** Keeps a text as a new driver of the visitor's own, and opens it. */
  create(fileName: string, source: string, base: string = defaultExample): void {
    const driver = this.#store({ fileName: this.#freeName(fileName), base, source, held: false });
    this.#shipped = null;
    this.#show({ origin: 'mine', key: this.#nextKey(), ...driver });
    this.store.current = driver.id;
  }

  /** The driver that was open when the page was left, if it was one of the visitor's own. @returns whether there was one */
  restore(): boolean {
    const id = this.store.current;
    return id !== null && this.openMine(id);
  }

  /** Takes what the visitor typed, and keeps it. */
  edit(source: string): void {
    const { current } = this;
    if (current.origin === 'none' || source === current.source) return;
    if (current.origin === 'mine') {
      const shipped = this.#shipped;
      if (shipped && shipped.source === source) {
        this.store.remove(current.id);
        this.current = { ...current, ...shipped, origin: 'gallery', held: false };
        this.store.current = null;
      } else {
        this.current = { ...current, source };
        this.#save();
      }
    } else {
      const ofLesson = lessonOf(current.id) !== null;
      const wanted = current.origin === 'gallery' && !ofLesson ? `my-${current.fileName}` : current.fileName;
      const { base, held } = current;
      const driver = this.#store(
        { fileName: this.#freeName(wanted), base, source, held },
        ofLesson ? current.id : null,
      );
      // The same key: the editor goes on with its undo history.
      this.current = { origin: 'mine', key: current.key, ...driver };
      this.store.current = driver.id;
    }
    this.#host.requestUpdate();
  }

  /** The visitor has pressed Run: what is open is trusted from here on. */
  release(): void {
    if (!this.current.held) return;
    this.current = { ...this.current, held: false };
    if (this.current.origin === 'mine') this.#save();
    this.#host.requestUpdate();
  }

  /** Renames a driver of the visitor's own. */
  rename(id: string, name: string): void {
    const driver = this.store.get(id);
    const fileName = fileNameFrom(name);
    if (!driver || driver.fileName === fileName) return;
    const free = this.#freeName(fileName);
    this.store.save({ ...driver, fileName: free });
    if (this.current.origin === 'mine' && this.current.id === id) this.current = { ...this.current, fileName: free };
    this.#host.requestUpdate();
  }

  /** Keeps a copy of a driver of the visitor's own beside it, and leaves open what is open. */
  duplicate(id: string): void {
    const driver = this.store.get(id);
    if (!driver) return;
    const { fileName, base, source, held } = driver;
    this.#store({ fileName: this.#freeName(fileName.replace(/(?:-copy)?\.ts$/, '-copy')), base, source, held });
    this.#host.requestUpdate();
  }

  /** Deletes a driver of the visitor's own. @returns what brings it back; null when there is none of that id */
  remove(id: string): (() => void) | null {
    const driver = this.store.get(id);
    if (!driver) return null;
    this.store.remove(id);
    if (this.store.current === id) this.store.current = null;
    this.#host.requestUpdate();
    return () => {
      this.store.save(driver);
      if (this.current.origin === 'mine' && this.current.id === id) this.store.current = id;
      this.#host.requestUpdate();
    };
  }

  #store(driver: Omit<StoredDriver, 'id' | 'edited'>, id: string | null = null): StoredDriver {
    const stored = { ...driver, id: id ?? crypto.randomUUID(), edited: Date.now() };
    this.unsaved = !this.store.save(stored);
    return stored;
  }

  #save(): void {
    const { id, fileName, base, source, held } = this.current;
    this.unsaved = !this.store.save({ id, fileName, base, source, held, edited: Date.now() });
  }

  #freeName(wanted: string): string {
    const taken = new Set(this.store.list().map(({ fileName }) => fileName));
    const name = fileNameFrom(wanted);
    if (!taken.has(name)) return name;
    for (let number = 2; ; number++) {
      const next = name.replace(/\.ts$/, `-${number}.ts`);
      if (!taken.has(next)) return next;
    }
  }
}
