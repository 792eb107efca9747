/** How the editor looks: the page's design tokens, so that it follows the theme without being told. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Sizes that the plain source view has as well: the one takes the other's place without moving a letter. */
const layout = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--text)', fontSize: 'var(--size-code)' },
  '&.cm-focused': { outline: 'none' },
  // Over the gutters, which would cover an outline.
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    inset: '0',
    zIndex: '250',
    border: '2px solid var(--accent)',
    pointerEvents: 'none',
  },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', overscrollBehavior: 'contain' },
  // Long lines are wrapped where the page asks for it: CodeMirror goes by what is drawn.
  '.cm-content': {
    padding: '6px 0',
    caretColor: 'var(--accent)',
    tabSize: '2',
    whiteSpace: 'var(--code-wrap, pre)',
    flexShrink: 'var(--code-shrink, 0)',
    overflowWrap: 'anywhere',
  },
  '.cm-line': { padding: '0 16px 0 0' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-faint)', border: '0' },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0 0 0 3px', display: 'grid', placeContent: 'center' },
  '.cm-lint-marker': { width: '9px', height: '9px', borderRadius: '50%', content: 'none', cursor: 'help' },
  '.cm-lint-marker-error': { backgroundColor: 'var(--bad)', content: 'none' },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--warn)', borderRadius: '2px', content: 'none' },
  '.cm-lint-marker-info': { backgroundColor: 'var(--accent)', content: 'none' },
  '.cm-lineNumbers .cm-gutterElement': {
    minWidth: 'auto',
    padding: '0 14px 0 0',
    fontVariantNumeric: 'tabular-nums',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 60%, transparent)' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--text)' },
  '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--accent)' },
  '.cm-selectionBackground': { backgroundColor: 'var(--hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--accent) 16%, transparent)' },
  '.cm-searchMatch': { backgroundColor: 'color-mix(in srgb, var(--warn) 30%, transparent)' },
  '.cm-searchMatch-selected': { backgroundColor: 'color-mix(in srgb, var(--warn) 60%, transparent)' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'color-mix(in srgb, var(--good) 22%, transparent)',
    outline: '1px solid color-mix(in srgb, var(--good) 60%, transparent)',
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--bad-wash)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--hover)', border: '0', color: 'var(--text-quiet)' },
});

const marks = EditorView.theme({
  '.cm-line.vp-finding': { backgroundColor: 'var(--warn-wash)' },
  '.cm-line.vp-error': { backgroundColor: 'var(--bad-wash)' },
  '.cm-line.vp-hold': { backgroundColor: 'var(--hold-wash)' },
  '.cm-lineNumbers .vp-hold-number': { position: 'relative', color: 'var(--accent)', fontWeight: '700' },
  '.cm-lineNumbers .vp-hold-number::after': { content: '"▶"', position: 'absolute', right: '2px', fontSize: '0.7em' },
  '.cm-line.vp-target': { boxShadow: 'inset 0 1px var(--accent), inset 0 -1px var(--accent)' },
  '.cm-lintRange': { backgroundImage: 'none', paddingBottom: '0' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--bad) 1px', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { textDecoration: 'underline wavy var(--warn) 1px', textUnderlineOffset: '3px' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--bad)' },
  '.cm-diagnostic': { padding: '6px 10px', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
});

const floating = EditorView.theme({
  '.cm-tooltip': {
    maxWidth: 'min(560px, 90vw)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    overflow: 'hidden',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    font: 'var(--size) / 1.45 var(--sans)',
    boxShadow: '0 8px 28px rgb(0 0 0 / 35%)',
    zIndex: '20',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { font: 'var(--size-code) / 1.6 var(--mono)', maxHeight: '14em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
  },
  '.cm-completionInfo': { padding: '8px 12px', maxHeight: '16em', overflow: 'auto', whiteSpace: 'pre-wrap' },
  '.cm-completionDetail': { opacity: '0.75', fontStyle: 'normal' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '6px 28px 6px 8px', font: 'var(--size-small) / 1.4 var(--sans)' },
  '.cm-panel.cm-search label': {
    display: 'inline-flex',
    gap: '4px',
    alignItems: 'center',
    minHeight: '24px',
    marginRight: '8px',
    fontSize: 'var(--size-small)',
  },
  '.cm-panel.cm-search input[type=checkbox]': { margin: '0', accentColor: 'var(--accent)' },
  '.cm-textfield': {
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
    color: 'var(--text)',
    fontSize: 'var(--size-small)',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
    color: 'var(--text)',
    fontSize: 'var(--size-small)',
    minHeight: '24px',
    padding: '0 8px',
  },
  '.cm-panel button[name=close]': {
    color: 'var(--text)',
    fontSize: '16px',
    minWidth: '24px',
    minHeight: '24px',
    justifyContent: 'center',
    padding: '0',
    top: '4px',
    right: '4px',
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.comment, tags.lineComment, tags.blockComment], class: 'vp-comment' },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  {
    tag: [
      tags.keyword,
      tags.controlKeyword,
      tags.definitionKeyword,
      tags.moduleKeyword,
      tags.operatorKeyword,
      tags.bool,
      tags.null,
      tags.self,
      tags.modifier,
    ],
    color: 'var(--code-keyword)',
  },
]);

/** The port driver's functions and the DDK's constants: what this page is about stands out, but not in comments. */
function colourNames(pattern: RegExp, className: string): Extension {
  const decorator = new MatchDecorator({ regexp: pattern, decoration: Decoration.mark({ class: className }) });
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = decorator.createDeco(view);
      }
      update(update: ViewUpdate): void {
        this.decorations = decorator.updateDeco(update, this.decorations);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

const names = EditorView.theme({
  '.vp-port': { color: 'var(--code-port)' },
  '.vp-constant': { color: 'var(--code-constant)' },
  '.vp-comment, .vp-comment *, .vp-port .vp-comment, .vp-constant .vp-comment': { color: 'var(--code-comment)' },
});

/** Everything that makes the editor look like a part of the page. */
export const editorTheme: Extension = [
  layout,
  marks,
  floating,
  names,
  syntaxHighlighting(colours),
  colourNames(/\b(?:VideoPort|VideoDebug|HwVid)\w+/g, 'vp-port'),
  colourNames(/\b(?:[A-Z][A-Z\d]*_[A-Z\d_]+|TRUE|FALSE|NULL)\b/g, 'vp-constant'),
];
