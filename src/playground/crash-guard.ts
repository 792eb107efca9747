/**
 * Notices that the page died while a driver ran. A driver can exhaust the browser's memory, which ends the whole page; since
 * every edit is kept, it would do so again at each visit, and its author could never mend it. So a mark stands in the
 * browser's storage for as long as a driver of the visitor's own runs: where it is found without a page that holds its lock,
 * that page is dead.
 */
import { readSetting, writeSetting } from './settings.ts';

const setting = 'running';

export class CrashGuard {
  readonly #lock = `videoport.running.${crypto.randomUUID()}`;
  #release: (() => void) | null = null;

  constructor() {
    // A page that is left in good order takes its mark along.
    addEventListener('pagehide', () => this.mark(false));
  }

  /** Whether a page died while a driver ran in it. Says so once. */
  async died(): Promise<boolean> {
    const lock = readSetting(setting);
    if (lock === null || lock === this.#lock) return false;
    const held = await navigator.locks.query().then(
      ({ held: locks = [] }) => locks.some(({ name }) => name === lock),
      () => true, // Without locks nobody can tell: better no alarm than a false one.
    );
    // Another page of ours runs a driver, and is well.
    if (held) return false;
    writeSetting(setting, null);
    return true;
  }

  /** Says whether a driver of the visitor's own runs now. */
  mark(running: boolean): void {
    if (running === (this.#release !== null)) return;
    if (!running) {
      this.#release?.();
      this.#release = null;
      if (readSetting(setting) === this.#lock) writeSetting(setting, null);
      return;
    }
    writeSetting(setting, this.#lock);
    const over = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    navigator.locks.request(this.#lock, () => over).catch(() => {});
  }
}
