/** Which driver is open, where it came from, and what becomes of edits. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { driverOfLesson, lessonOf } from '../lessons/driver-id.ts';
import { defaultExample } from '../link/examples.ts';
import { type DriverFile, mostFiles } from '../machine/driver-files.ts';
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
  /** Its other files; `fileName` and `source` are its entry. */
  readonly others: readonly DriverFile[];
  /** A stranger's code: it does not run before the visitor presses Run. */
  readonly held: boolean;
}

const nothing: OpenDriver = {
  origin: 'none',
  key: 'none',
  id: '',
  fileName: 'driver.ts',
  base: defaultExample,
  source: '',
  others: [],
  held: false,
};

/** All files of a driver, the entry first. */
export function filesOf({
  fileName,
  source,
  others,
}: Pick<OpenDriver, 'fileName' | 'source' | 'others'>): DriverFile[] {
  return [{ name: fileName, source }, ...others];
}

/** Files in which imports of another follow it to its new name. */
function withImportsRenamed(files: readonly DriverFile[], from: string, to: string): readonly DriverFile[] {
  if (from === to) return files;
  const bare = from.replace(/\.ts$/, '');
  return files.map(({ name, source }) => ({
    name,
    source: source.replace(
      /(\bfrom\s*|\bimport\s*\(?\s*)(['"])\.\/([^'"\n]+)\2/g,
      (whole, before: string, quote: string, path: string) =>
        path === from || path === `${bare}.js`
          ? `${before}${quote}./${to}${quote}`
          : path === bare
            ? `${before}${quote}./${to.replace(/\.ts$/, '')}${quote}`
            : whole,
    ),
  }));
}

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
  /** Which of its files is in the editor, counted from 0, the entry. */
  shown = 0;
  /** Did the browser refuse to keep the last edit? */
  unsaved = false;
  /** Was the open driver deleted, so that the editor alone holds it? The next edit keeps it again. */
  deleted = false;
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
    this.shown = 0;
    this.unsaved = false;
    this.deleted = false;
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
    const id = driverOfLesson(lesson);
    const shipped = { id, fileName: `${id}.ts`, base: id, source: beginning };
    if (this.openMine(id)) this.#shipped = shipped;
    else this.#openShipped(shipped);
    // Lessons are come back to whether or not anything was written yet.
    this.store.current = id;
  }

  #openShipped(shipped: Pick<OpenDriver, 'id' | 'fileName' | 'base' | 'source'>): void {
    this.#shipped = shipped;
    this.#show({ origin: 'gallery', key: this.#nextKey(), held: false, others: [], ...shipped });
    this.store.current = null;
  }

  /** Opens a driver of the visitor's own. @returns false when it is not there any more */
  openMine(id: string): boolean {
    const driver = this.store.get(id);
    if (!driver) return false;
    this.#shipped = null;
    // Lessons' drivers were once kept as if they had begun as another.
    const base = lessonOf(id) === null ? driver.base || defaultExample : id;
    this.#show({ origin: 'mine', key: this.#nextKey(), ...driver, base });
    this.store.current = id;
    return true;
  }

  /** Opens what a link brought. It is kept only when it is edited. */
  openLink(driver: Pick<OpenDriver, 'fileName' | 'base' | 'source'> & Partial<Pick<OpenDriver, 'others'>>): void {
    this.#shipped = null;
    const { fileName, base, source, others = [] } = driver;
    this.#show({ origin: 'link', key: this.#nextKey(), id: '', fileName, base, source, others, held: true });
  }

  /** Opens nothing: what the page shows instead of a link that cannot be read. */
  openNothing(): void {
    this.#shipped = null;
    this.#show({ ...nothing, key: this.#nextKey() });
  }

  /** Keeps a text, or several, as a new driver of the visitor's own, and opens it. */
  create(fileName: string, source: string, base: string = defaultExample, others: readonly DriverFile[] = []): void {
    const name = this.#freeName(fileName);
    const kept = withImportsRenamed(others, fileName, name);
    const driver = this.#store({ fileName: name, base, source, others: kept, held: false });
    this.#shipped = null;
    this.#show({ origin: 'mine', key: this.#nextKey(), ...driver });
    this.store.current = driver.id;
  }

  /** The driver that was open when the page was left, if it was one of the visitor's own. @returns whether there was one */
  restore(): boolean {
    const id = this.store.current;
    return id !== null && this.openMine(id);
  }

  /** The lesson that the open driver belongs to, be it the visitor's own attempt or one that came by a link; null: to none. */
  get lesson(): string | null {
    return lessonOf(this.current.id) ?? lessonOf(this.current.base);
  }

  /** All files of what is open, the entry first. */
  get files(): DriverFile[] {
    return filesOf(this.current);
  }

  /** The file that is in the editor. */
  get file(): DriverFile {
    return this.files[this.shown] ?? { name: this.current.fileName, source: this.current.source };
  }

  /** Which file a machine speaks of; -1 when it is not there any more. A driver of one file has no other. */
  indexOf(name: string): number {
    return this.current.others.length === 0 ? 0 : this.files.findIndex((file) => file.name === name);
  }

  /** Shows another file. */
  show(index: number): void {
    if (index === this.shown || index < 0 || index >= this.files.length) return;
    this.shown = index;
    this.#host.requestUpdate();
  }

  /** Takes what the visitor typed into the file that is shown, and keeps it. */
  edit(source: string): void {
    if (source !== this.file.source)
      this.#change(this.files.map((file, index) => (index === this.shown ? { ...file, source } : file)));
  }

  /** Adds a file behind the others and shows it. @throws Error that says why it cannot be */
  addFile(name: string, source = 'export {};\n'): void {
    const { files } = this;
    if (files.length >= mostFiles) throw new Error(`A driver has ${mostFiles} files at most.`);
    this.#change([...files, { name: this.#newName(name, -1), source }]);
    this.show(files.length);
  }

  /** Renames a file; imports of it in the others follow. The entry's name is the driver's. @throws Error that says why it cannot be */
  renameFile(index: number, name: string): void {
    const { files } = this;
    const from = files[index]?.name;
    if (from === undefined || fileNameFrom(name) === from) return;
    const wanted = this.#newName(name, index);
    // The driver's name must differ from that of others as well.
    const to = index === 0 ? this.#freeName(wanted) : wanted;
    const renamed = files.map((file, at) => (at === index ? { ...file, name: to } : file));
    this.#change(withImportsRenamed(renamed, from, to));
  }

  /** Removes a file, not the entry. @returns what brings it back; null when there is none */
  removeFile(index: number): (() => void) | null {
    const { files } = this;
    const removed = files[index];
    if (index === 0 || !removed) return null;
    this.#change(files.filter((_, at) => at !== index));
    if (this.shown >= index) this.show(this.shown - 1);
    const { key } = this.current;
    return () => {
      const { files: now } = this;
      if (this.current.key !== key || now.length >= mostFiles) return;
      const place = Math.min(index, now.length);
      const name = now.some((file) => file.name === removed.name) ? this.nextName() : removed.name;
      this.#change([...now.slice(0, place), { ...removed, name }, ...now.slice(place)]);
      this.show(place);
    };
  }

  /** A name that no file has, for the next one. */
  nextName(): string {
    const taken = new Set(this.files.map((file) => file.name.toLowerCase()));
    for (let number = this.files.length + 1; ; number++) {
      const name = `file-${number}.ts`;
      if (!taken.has(name)) return name;
    }
  }

  /** @throws Error when another file than the one at `index` has the name */
  #newName(wanted: string, index: number): string {
    const name = fileNameFrom(wanted);
    // On many a disk, names that differ in their capitals alone are the same.
    const taken = this.files.find((file, at) => at !== index && file.name.toLowerCase() === name.toLowerCase());
    if (taken) throw new Error(`This driver has a file ${taken.name} already.`);
    return name;
  }

  /** What is open has become another text, or several. */
  #change(files: readonly DriverFile[]): void {
    const { current } = this;
    const [entry, ...others] = files;
    if (current.origin === 'none' || !entry) return;
    const { name: fileName, source } = entry;
    if (current.origin === 'mine') {
      const shipped = this.#shipped;
      if (shipped && shipped.source === source && others.length === 0 && fileName === current.fileName) {
        this.store.remove(current.id);
        this.deleted = false;
        this.current = { ...current, ...shipped, others, origin: 'gallery', held: false };
        this.store.current = lessonOf(current.id) === null ? null : current.id;
      } else {
        this.current = { ...current, fileName, source, others };
        this.#save();
      }
    } else {
      const ofLesson = lessonOf(current.id) !== null;
      const renamed = fileName !== current.fileName;
      const name = this.#freeName(current.origin === 'gallery' && !ofLesson && !renamed ? `my-${fileName}` : fileName);
      const { base, held } = current;
      const kept = withImportsRenamed(others, fileName, name);
      const driver = this.#store({ fileName: name, base, source, others: kept, held }, ofLesson ? current.id : null);
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
    // What was deleted comes back by an edit, not by a run.
    if (this.current.origin === 'mine' && !this.deleted) this.#save();
    this.#host.requestUpdate();
  }

  /** Renames a driver of the visitor's own. */
  rename(id: string, name: string): void {
    if (this.current.origin === 'mine' && this.current.id === id) {
      this.renameFile(0, name);
      return;
    }
    const driver = this.store.get(id);
    const fileName = fileNameFrom(name);
    if (!driver || driver.fileName === fileName) return;
    const to = this.#freeName(fileName);
    this.store.save({ ...driver, fileName: to, others: withImportsRenamed(driver.others, driver.fileName, to) });
    this.#host.requestUpdate();
  }

  /** Keeps a copy of a driver of the visitor's own beside it, and leaves open what is open. */
  duplicate(id: string): void {
    const driver = this.store.get(id);
    if (!driver) return;
    const { fileName, base, source, held } = driver;
    const name = this.#freeName(fileName.replace(/(?:-copy)?\.ts$/, '-copy'));
    const others = withImportsRenamed(driver.others, fileName, name);
    this.#store({ fileName: name, base, source, others, held });
    this.#host.requestUpdate();
  }

  /** Deletes a driver of the visitor's own. @returns what brings it back; null when there is none of that id */
  remove(id: string): (() => void) | null {
    const driver = this.store.get(id);
    if (!driver) return null;
    this.store.remove(id);
    if (this.store.current === id) this.store.current = null;
    const isOpen = () => this.current.origin === 'mine' && this.current.id === id;
    if (isOpen()) this.deleted = true;
    this.#host.requestUpdate();
    return () => {
      // The editor's text may be newer than what was deleted.
      if (isOpen()) this.#save();
      else this.store.save(driver);
      this.#host.requestUpdate();
    };
  }

  #store(driver: Omit<StoredDriver, 'id' | 'edited'>, id: string | null = null): StoredDriver {
    const stored = { ...driver, id: id ?? crypto.randomUUID(), edited: Date.now() };
    this.unsaved = !this.store.save(stored);
    return stored;
  }

  #save(): void {
    const { id, fileName, base, source, others, held } = this.current;
    this.unsaved = !this.store.save({ id, fileName, base, source, others, held, edited: Date.now() });
    if (!this.deleted || this.unsaved) return;
    this.deleted = false;
    this.store.current = id;
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
