/**
 * What the page remembers between visits. Storage can be closed (a sandboxed frame, a browser set so): then reading
 * gives null, writing does nothing, and the page works all the same.
 */
const prefix = 'videoport.';

/** The remembered text under `name`, or null when there is none or storage is closed. */
export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    return null;
  }
}

/** Remembers `value` under `name`; null forgets it. */
export function writeSetting(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch {
    // Nothing to do: the choice holds until the page is left.
  }
}

/** Names of all that is remembered under names that begin so. */
export function settingsNamed(beginning: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix + beginning))
      .map((key) => key.slice(prefix.length));
  } catch {
    return [];
  }
}
