/** The page's keyboard shortcuts: what they are, how they read, and when a key press means one. */

/** What a shortcut does; the app carries it out. */
export type ShortcutAction =
  | 'run'
  | 'stop'
  | 'restart'
  | 'pause'
  | 'step'
  | 'step-out'
  | 'source'
  | 'find'
  | 'format'
  | 'describe'
  | 'findings'
  | 'log'
  | 'drivers'
  | 'lessons'
  | 'share'
  | 'learn'
  | 'debug'
  | 'present'
  | 'theme'
  | 'help';

/** One shortcut, and how the page tells of it. */
export interface Shortcut {
  readonly action: ShortcutAction;
  /** `KeyboardEvent.key` values that mean it, in small letters. */
  readonly keys: readonly string[];
  /** With Ctrl (⌘ on a Mac)? Those work in lists too; bare keys would choose an entry there. */
  readonly modifier: boolean;
  readonly shift?: boolean;
  /** A function key: it types nothing, so it works everywhere. */
  readonly everywhere?: boolean;
  /** Is it one of the editor's own, which works there alone? */
  readonly inEditor?: boolean;
  /** As the page shows it. */
  readonly caps: readonly string[];
  readonly text: string;
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const modifierCap = isMac ? '⌘' : 'Ctrl';

const functionKey = { modifier: false, everywhere: true } as const;

/** All of them, in the order of the sheet. */
export const shortcuts: readonly Shortcut[] = [
  { action: 'run', keys: ['enter'], modifier: true, shift: false, caps: [modifierCap, '↵'], text: 'Run the driver' },
  { action: 'stop', keys: ['.'], modifier: true, caps: [modifierCap, '.'], text: 'Stop the machine' },
  { action: 'restart', keys: ['enter'], modifier: true, shift: true, caps: [modifierCap, '⇧', '↵'], text: 'Restart' },
  { action: 'pause', keys: ['f8'], ...functionKey, shift: false, caps: ['F8'], text: 'Pause or resume' },
  { action: 'step', keys: ['f10'], ...functionKey, shift: false, caps: ['F10'], text: 'Step to the next call' },
  {
    action: 'step-out',
    keys: ['f11'],
    ...functionKey,
    shift: true,
    caps: ['⇧', 'F11'],
    text: 'Step out of the callback',
  },
  { action: 'source', keys: ['s'], modifier: false, shift: false, caps: ['S'], text: 'Go to the source' },
  {
    action: 'find',
    keys: ['f'],
    modifier: true,
    inEditor: true,
    caps: [modifierCap, 'F'],
    text: 'Find, within the source',
  },
  {
    action: 'format',
    keys: ['f'],
    modifier: false,
    shift: true,
    inEditor: true,
    caps: ['⇧', isMac ? '⌥' : 'Alt', 'F'],
    text: 'Format, within the source',
  },
  {
    action: 'describe',
    keys: ['f1'],
    modifier: false,
    inEditor: true,
    caps: ['F1'],
    text: 'Documentation at the cursor',
  },
  { action: 'findings', keys: ['f'], modifier: false, shift: false, caps: ['F'], text: 'Go to the findings' },
  { action: 'log', keys: ['l'], modifier: false, shift: false, caps: ['L'], text: 'Go to the log' },
  { action: 'drivers', keys: ['d'], modifier: false, shift: false, caps: ['D'], text: 'Shipped drivers and your own' },
  { action: 'lessons', keys: ['e'], modifier: false, shift: false, caps: ['E'], text: 'Lessons' },
  { action: 'share', keys: ['h'], modifier: false, shift: false, caps: ['H'], text: 'Share what is open' },
  { action: 'learn', keys: ['1'], modifier: false, caps: ['1'], text: 'Learn: a lesson beside the source' },
  { action: 'debug', keys: ['2'], modifier: false, caps: ['2'], text: 'Debug: everything at hand' },
  { action: 'present', keys: ['3'], modifier: false, caps: ['3'], text: 'Present: the monitor, large, for a room' },
  { action: 'theme', keys: ['t'], modifier: false, shift: false, caps: ['T'], text: 'Dark or light theme' },
  { action: 'help', keys: ['?'], modifier: false, caps: ['?'], text: 'This list' },
];

/** The key caps of an action, such as `['Ctrl', '↵']`. */
export function capsOf(action: ShortcutAction): readonly string[] {
  return shortcuts.find((shortcut) => shortcut.action === action)?.caps ?? [];
}

/** The same for `aria-keyshortcuts`: `Control+Enter`. */
export function ariaKeysOf(action: ShortcutAction): string {
  const shortcut = shortcuts.find((entry) => entry.action === action);
  if (!shortcut) return '';
  const parts = [shortcut.modifier ? (isMac ? 'Meta' : 'Control') : '', shortcut.shift ? 'Shift' : ''];
  const key = shortcut.keys[0] ?? '';
  return [...parts.filter(Boolean), key.charAt(0).toUpperCase() + key.slice(1)].join('+');
}

/** Is someone typing text there? Then no shortcut applies. */
function isTextField(element: EventTarget | undefined): boolean {
  if (element instanceof HTMLTextAreaElement) return true;
  if (element instanceof HTMLInputElement) {
    return !['button', 'checkbox', 'radio', 'range', 'reset', 'submit'].includes(element.type);
  }
  return element instanceof HTMLElement && element.isContentEditable;
}

/**
 * @param singleKeys whether shortcuts of one bare key are on (WCAG 2.1.4: they can be turned off; `?` stays)
 * @returns the action that this key press means, or null
 */
export function matchShortcut(event: KeyboardEvent, singleKeys = true): ShortcutAction | null {
  const target = event.composedPath()[0];
  if (event.defaultPrevented || event.isComposing) return null;
  const modifier = isMac ? event.metaKey : event.ctrlKey;
  if (event.altKey || (isMac ? event.ctrlKey : event.metaKey)) return null;
  for (const shortcut of shortcuts) {
    if (shortcut.inEditor) continue;
    if (shortcut.modifier !== modifier || !shortcut.keys.includes(event.key.toLowerCase())) continue;
    if (shortcut.shift !== undefined && shortcut.shift !== event.shiftKey) continue;
    if (shortcut.everywhere) return event.repeat ? null : shortcut.action;
    if (isTextField(target)) return null;
    // Holding Ctrl+Enter down must not boot thirty machines a second.
    if (event.repeat) return null;
    if (!shortcut.modifier) {
      if (target instanceof HTMLSelectElement) return null;
      if (!singleKeys && shortcut.action !== 'help') return null;
    }
    return shortcut.action;
  }
  return null;
}
