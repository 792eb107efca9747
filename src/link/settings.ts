/** A link's settings: everything that it carries besides the source, as `key=value` joined by `&`. Only what is unusual is there. */
import {
  defaultMachine,
  type LinkMachine,
  type LinkState,
  type LinkView,
  type TextRange,
  usualLayout,
} from './link-state.ts';

/** What panes and layouts are called. */
const plainName = /^[a-z][a-z-]{0,19}$/;

/** Most panes that a link names. */
const MOST_PANES = 8;

function writeRange({ line, column, endLine, endColumn }: TextRange): string {
  const from = `${line}:${column}`;
  return line === endLine && column === endColumn ? from : `${from}-${endLine}:${endColumn}`;
}

function readRange(text: string): TextRange | null {
  const found = /^(\d{1,6}):(\d{1,6})(?:-(\d{1,6}):(\d{1,6}))?$/.exec(text);
  if (!found) return null;
  const [line = 1, column = 1, endLine = line, endColumn = column] = found
    .slice(1)
    .flatMap((number) => (number === undefined ? [] : [Number(number)]));
  return { line, column, endLine, endColumn };
}

/** Where dividers were put: `c38r60` are the columns' at 38 per cent, the rows' at 60. */
const dividerNames = ['columns', 'rows'] as const;

function writeDividers(dividers: Readonly<Record<string, number>>): string {
  return dividerNames.map((name) => (dividers[name] === undefined ? '' : `${name[0]}${dividers[name]}`)).join('');
}

function readDividers(text: string): Record<string, number> {
  const dividers: Record<string, number> = {};
  for (const name of dividerNames) {
    const share = new RegExp(`${name[0]}(\\d{1,3})(?!\\d)`).exec(text)?.[1];
    if (share !== undefined) dividers[name] = Number(share);
  }
  return dividers;
}

/** @returns the settings of a state, without its files */
export function writeSettings({ base, fileName, machine, view }: LinkState): URLSearchParams {
  const settings = new URLSearchParams();
  if (fileName !== `${base}.ts`) settings.set('n', fileName);
  if (machine.width !== defaultMachine.width || machine.height !== defaultMachine.height)
    settings.set('m', `${machine.width}x${machine.height}`);
  if (machine.engine !== defaultMachine.engine) settings.set('e', machine.engine);
  if (!machine.verifier) settings.set('v', '0');
  if (view && view.panes.length > 0) settings.set('p', view.panes.join(' '));
  if (view && view.file > 0) settings.set('o', String(view.file));
  if (view?.layout && view.layout !== usualLayout(base)) settings.set('l', view.layout);
  const dividers = writeDividers(view?.dividers ?? {});
  if (dividers !== '') settings.set('d', dividers);
  const selection = view?.selection ? writeRange(view.selection) : '1:1';
  if (selection !== '1:1') settings.set('s', selection);
  return settings;
}

/** @returns what the settings say, and the usual for what they do not */
export function readSettings(
  settings: URLSearchParams,
  base: string,
): Pick<LinkState, 'fileName' | 'machine'> & { readonly view?: LinkView } {
  const size = /^(\d{1,5})x(\d{1,5})$/.exec(settings.get('m') ?? '');
  const engine = settings.get('e');
  const machine: LinkMachine = {
    engine: engine === 'webgpu' || engine === 'software' ? engine : defaultMachine.engine,
    width: size ? Number(size[1]) : defaultMachine.width,
    height: size ? Number(size[2]) : defaultMachine.height,
    verifier: settings.get('v') !== '0',
  };
  const panes = (settings.get('p') ?? '').split(' ').filter((pane) => plainName.test(pane));
  const file = /^\d{1,2}$/.test(settings.get('o') ?? '') ? Number(settings.get('o')) : 0;
  const selection = readRange(settings.get('s') ?? '');
  const layout = settings.get('l') ?? '';
  const dividers = readDividers(settings.get('d') ?? '');
  const view = {
    panes: panes.slice(0, MOST_PANES),
    file,
    selection,
    ...(plainName.test(layout) ? { layout } : {}),
    ...(Object.keys(dividers).length > 0 ? { dividers } : {}),
  };
  const usual = panes.length === 0 && file === 0 && selection === null && !('layout' in view) && !('dividers' in view);
  return { fileName: settings.get('n') ?? `${base}.ts`, machine, ...(usual ? {} : { view }) };
}
