/**
 * The visitor's own drivers, in the browser's storage: one entry a driver, so that a keystroke writes one text and no more.
 * Storage can be closed or full: then nothing is kept, `save` says so, and the page works all the same.
 */
import type { DriverFile } from '../machine/driver-files.ts';
import { readSetting, writeSetting } from './settings.ts';

/** A driver of the visitor's own. */
export interface StoredDriver {
  readonly id: string;
  /** As findings show it, such as `my-mini.ts`. */
  readonly fileName: string;
  /** Id of the shipped driver that it began as. */
  readonly base: string;
  readonly source: string;
  /** Its other files; `fileName` and `source` are its entry. */
  readonly others: readonly DriverFile[];
  /** When it was last edited, in milliseconds since 1970. */
  readonly edited: number;
  /** It came by a link and was never run: it does not run before someone presses Run. */
  readonly held: boolean;
}

const prefix = 'videoport.driver.';
const currentSetting = 'current-driver';

/** Files as they were kept; drivers of one file were once kept without a list. */
function parseFiles(value: unknown): DriverFile[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((file: Partial<Record<keyof DriverFile, unknown>> | null) =>
    typeof file?.name === 'string' && typeof file.source === 'string' ? [{ name: file.name, source: file.source }] : [],
  );
}

/** Reads an entry; null for what is no driver, whoever wrote it. */
function parse(text: string | null): StoredDriver | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<Record<keyof StoredDriver, unknown>>;
    const { id, fileName, base, source, others, edited, held } = value;
    if (typeof id !== 'string' || typeof fileName !== 'string' || typeof source !== 'string') return null;
    return {
      id,
      fileName,
      base: typeof base === 'string' ? base : '',
      source,
      others: parseFiles(others),
      edited: typeof edited === 'number' ? edited : 0,
      held: held === true,
    };
  } catch {
    return null;
  }
}

/** The drivers that the browser keeps for this page. */
export class DriverStore {
  /** Id of the driver that was open last; null when it was none of the visitor's own. */
  get current(): string | null {
    return readSetting(currentSetting);
  }

  set current(id: string | null) {
    writeSetting(currentSetting, id);
  }

  /** All of them, the one edited last first. */
  list(): StoredDriver[] {
    try {
      const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '');
      return keys
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => parse(localStorage.getItem(key)) ?? [])
        .sort((a, b) => b.edited - a.edited);
    } catch {
      return [];
    }
  }

  get(id: string): StoredDriver | null {
    try {
      return parse(localStorage.getItem(prefix + id));
    } catch {
      return null;
    }
  }

  /** @returns false when the browser did not keep it */
  save(driver: StoredDriver): boolean {
    try {
      localStorage.setItem(prefix + driver.id, JSON.stringify(driver));
      return true;
    } catch {
      return false;
    }
  }

  remove(id: string): void {
    try {
      localStorage.removeItem(prefix + id);
    } catch {
      // Closed: there was nothing to remove.
    }
  }
}

/** Keeps nothing: for embedded pages, which must not touch the visitor's own drivers. */
export class NoStore extends DriverStore {
  override get current(): null {
    return null;
  }
  override set current(_id: string | null) {}
  override list(): StoredDriver[] {
    return [];
  }
  override get(): null {
    return null;
  }
  override save(): boolean {
    return true;
  }
  override remove(): void {}
}
