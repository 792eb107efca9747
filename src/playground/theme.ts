import { readSetting, writeSetting } from './settings.ts';

/** The page's two looks. Without a choice the system's preference rules. */
export type Theme = 'dark' | 'light';

/** The theme in force: the one chosen in this visit, the remembered one, or the system's. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme ?? readSetting('theme');
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Puts `theme` on the page and remembers it. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  writeSetting('theme', theme);
}
