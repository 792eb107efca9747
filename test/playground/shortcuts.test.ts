import { expect } from 'chai';
import { matchShortcut, type ShortcutAction, shortcuts } from '../../src/playground/shortcuts.ts';

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** What the page makes of a key pressed in `target`. */
function press(
  target: HTMLElement,
  key: string,
  some: KeyboardEventInit = {},
  singleKeys = true,
): ShortcutAction | null {
  let action: ShortcutAction | null = null;
  const listener = (event: KeyboardEvent) => {
    action = matchShortcut(event, singleKeys);
  };
  document.body.append(target);
  window.addEventListener('keydown', listener);
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, ...some }));
  window.removeEventListener('keydown', listener);
  target.remove();
  return action;
}

const withModifier: KeyboardEventInit = isMac ? { metaKey: true } : { ctrlKey: true };
const element = (name: string) => document.createElement(name);

describe('shortcuts', () => {
  it('every shortcut of the sheet works as it is shown', () => {
    for (const { action, keys, modifier, shift, inEditor } of shortcuts) {
      // Those are the editor's, and tested with it.
      if (inEditor) continue;
      const init = { ...(modifier ? withModifier : {}), shiftKey: shift ?? false };
      expect(press(element('div'), keys[0] ?? '', init), action).to.equal(action);
    }
  });

  it('no shortcut fires while someone types', () => {
    const editable = element('div');
    editable.contentEditable = 'true';
    for (const field of [document.createElement('input'), element('textarea'), editable]) {
      expect(press(field, '?', { shiftKey: true })).to.equal(null);
      expect(press(field, 'Enter', withModifier)).to.equal(null);
    }
  });

  it('bare letters choose entries in a list, combinations still work there', () => {
    expect(press(element('select'), 's')).to.equal(null);
    expect(press(element('select'), 'Enter', withModifier)).to.equal('run');
  });

  it('a key held down counts once', () => {
    expect(press(element('div'), 'Enter', { ...withModifier, repeat: true })).to.equal(null);
  });

  it('bare letters can be turned off; the sheet and the combinations stay', () => {
    expect(press(element('div'), 't', {}, false)).to.equal(null);
    expect(press(element('div'), '?', { shiftKey: true }, false)).to.equal('help');
    expect(press(element('div'), '.', withModifier, false)).to.equal('stop');
  });
});
