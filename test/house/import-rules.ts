/** Who may import whom in src/: the order of the rooms, the two wings, what miniports see, no cycles. See docs/architecture.md. */
import { posix } from 'node:path';
import { findImports } from './import-scanner.ts';

/** The rooms, each of which may import itself and those before it. */
export const ROOMS: readonly string[] = [
  'ddi',
  'memory',
  'bus',
  'hal',
  'videoport',
  'verifier',
  'devices',
  'engine',
  'display',
  'miniports',
  'machine',
  'scenario',
  'lessons',
  'link',
  'site',
  'playground',
  'headless',
];

/** The processor's wing and the device's: neither imports the other. */
const WINGS: Readonly<Record<string, string>> = {
  hal: "processor's",
  videoport: "processor's",
  verifier: "processor's",
  devices: "device's",
  engine: "device's",
};

/** Modules that miniports import by name, and the files that they are. The same as in vite.config.ts. */
const ALIASES: Readonly<Record<string, string>> = {
  videoport: 'src/videoport/index.ts',
  ringgpu: 'src/devices/ringgpu/index.ts',
};

/** An import that breaks a rule, as `file:line: rule`. */
export type Violation = string;

/** The file that a specifier means, relative to the root and without `?query`; null for a package. */
function resolveSpecifier(from: string, specifier: string): string | null {
  const path = specifier.replace(/\?.*$/, '');
  if (path.startsWith('.')) return posix.join(posix.dirname(from), path);
  return ALIASES[path] ?? null;
}

const roomOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1];

/** Whether a file is a driver, of those that are shipped or of the lessons'. */
const isDriver = (file: string): boolean =>
  roomOf(file) === 'miniports' || /^src\/lessons\/[^/]+\/driver\.ts$/.test(file);

/** The rule that an import breaks, in words; null when it breaks none. */
function brokenRule(from: string, specifier: string, exists: (file: string) => boolean): string | null {
  const room = roomOf(from);
  if (room === undefined || !ROOMS.includes(room)) return `lies in no room; the rooms are ${ROOMS.join(', ')}`;
  if (isDriver(from) && !(specifier in ALIASES)) {
    return `imports '${specifier}', but a miniport may import only ${Object.keys(ALIASES).join(' and ')}`;
  }
  const target = resolveSpecifier(from, specifier);
  if (target === null) {
    return specifier.startsWith('node:') && room !== 'headless'
      ? `imports '${specifier}', but only headless runs in Node: every other room runs in a browser`
      : null;
  }
  if (!exists(target)) return `imports '${specifier}', but there is no file ${target}`;
  if (!target.startsWith('src/')) {
    return room === 'headless' ? null : `imports '${specifier}', which lies outside src/`;
  }
  const other = roomOf(target);
  if (other === undefined || !ROOMS.includes(other)) return `imports '${specifier}', which lies in no room`;
  const [wing, otherWing] = [WINGS[room], WINGS[other]];
  if (wing && otherWing && wing !== otherWing) {
    return `imports '${specifier}': ${room} is in the ${wing} wing and ${other} in the ${otherWing}; they share only memory, bus and ddi`;
  }
  if (ROOMS.indexOf(other) > ROOMS.indexOf(room)) {
    return `imports '${specifier}': ${room} may not know ${other}, which comes after it in the order of the rooms`;
  }
  return null;
}

/** Cycles among run-time imports, one for each strongly connected knot of files. */
function cycles(edges: ReadonlyMap<string, ReadonlyMap<string, number>>): Violation[] {
  const found: Violation[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      const loop = [...path.slice(start), file];
      const line = edges.get(file)?.get(loop[1] ?? file) ?? 0;
      found.push(`${file}:${line}: import cycle: ${loop.join(' → ')}`);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of edges.get(file)?.keys() ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return found;
}

/**
 * Checks a tree of sources.
 * @param sources path from the root (`src/…`) → text; files other than TypeScript need no text but must be listed
 * @param elsewhere says whether a file outside src/ exists
 */
export function checkImports(
  sources: ReadonlyMap<string, string>,
  elsewhere: (file: string) => boolean = () => true,
): Violation[] {
  const violations: Violation[] = [];
  const edges = new Map<string, Map<string, number>>();
  const exists = (file: string) => (file.startsWith('src/') ? sources.has(file) : elsewhere(file));
  for (const [file, text] of sources) {
    // What src/*.d.ts declares belongs to no room: it tells the compiler of things such as `?script` imports.
    if (!file.endsWith('.ts') || /^src\/[^/]+\.d\.ts$/.test(file)) continue;
    const room = roomOf(file);
    if (room === undefined || !ROOMS.includes(room)) {
      violations.push(`${file}:1: lies in no room; the rooms are ${ROOMS.join(', ')}`);
      continue;
    }
    const targets = new Map<string, number>();
    edges.set(file, targets);
    for (const { specifier, line, typeOnly } of findImports(text)) {
      const rule = brokenRule(file, specifier, exists);
      if (rule) violations.push(`${file}:${line}: ${rule}`);
      const target = resolveSpecifier(file, specifier);
      // `?raw` takes a file's text and never runs it; `?script` bundles it, and would bundle for ever in a cycle.
      if (target && !typeOnly && !specifier.endsWith('?raw') && !targets.has(target)) targets.set(target, line);
    }
  }
  return [...violations, ...cycles(edges)];
}
