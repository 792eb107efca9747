/**
 * Notices that a page died while a driver ran in it. A driver can exhaust the browser's memory, which ends the whole page; since
 * every edit is kept, it would do so again at each visit, and its author could never mend it. So each page leaves a mark in
 * the browser's storage for as long as a driver of the visitor's own runs in it: where there is a mark and no page that holds its
 * lock, that page is dead. Its mark stays until the visitor runs a driver by hand.
 */
import { settingsNamed, writeSetting } from './settings.ts';

const prefix = 'running.';

export class CrashGuard {
  readonly #setting = `${prefix}${crypto.randomUUID()}`;
  #release: (() => void) | null = null;

  constructor() {
    // A page that is left in good order takes its mark along.
    addEventListener('pagehide', () => this.mark(false));
  }

  /** Whether a page died while a driver ran in it, and none was run by hand since. */
  async died(): Promise<boolean> {
    return (await this.#deadMarks()).length > 0;
  }

  /** The visitor runs a driver by hand, knowing what happened. */
  async forgive(): Promise<void> {
    for (const mark of await this.#deadMarks()) writeSetting(mark, null);
  }

  /** Says whether a driver of the visitor's own runs in this page. */
  mark(running: boolean): void {
    if (running === (this.#release !== null)) return;
    if (!running) {
      this.#release?.();
      this.#release = null;
      writeSetting(this.#setting, null);
      return;
    }
    writeSetting(this.#setting, 'yes');
    const over = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    navigator.locks.request(this.#setting, () => over).catch(() => {});
  }

  async #deadMarks(): Promise<string[]> {
    const marks = settingsNamed(prefix).filter((mark) => mark !== this.#setting);
    if (marks.length === 0) return [];
    try {
      const { held = [] } = await navigator.locks.query();
      return marks.filter((mark) => !held.some(({ name }) => name === mark));
    } catch {
      // Without locks nobody can tell: better no alarm than a false one.
      return [];
    }
  }
}
