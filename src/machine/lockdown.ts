/**
 * Takes from the worker everything that a driver has no business with: network, storage, timers, messages, workers. The
 * frame's policy forbids most of it anyway; here it is not even there. What is left are ECMAScript's own globals, and
 * those are frozen: the port stands on them, and a driver that put its own function in the place of Atomics.load would
 * be handed the machine's shared memory.
 */

/** ECMAScript's globals, and what the engine itself needs to find. */
const ALLOWED: ReadonlySet<string | symbol> = new Set([
  'globalThis',
  'Infinity',
  'NaN',
  'undefined',
  'eval',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'escape',
  'unescape',
  'AggregateError',
  'Array',
  'ArrayBuffer',
  'AsyncDisposableStack',
  'Atomics',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'Boolean',
  'DataView',
  'Date',
  'DisposableStack',
  'Error',
  'EvalError',
  'FinalizationRegistry',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'Function',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'Intl',
  'Iterator',
  'JSON',
  'Map',
  'Math',
  'Number',
  'Object',
  'Promise',
  'Proxy',
  'RangeError',
  'ReferenceError',
  'Reflect',
  'RegExp',
  'Set',
  'SharedArrayBuffer',
  'String',
  'SuppressedError',
  'Symbol',
  'SyntaxError',
  'Temporal',
  'TypeError',
  'URIError',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'WeakMap',
  'WeakRef',
  'WeakSet',
]);

/**
 * Removes every global that is not on the list, along the whole prototype chain of `scope`. Returns the names that
 * could not be removed, which a test expects to be none that reaches anything.
 */
export function lockDown(scope: object): string[] {
  const left: string[] = [];
  for (let level: object | null = scope; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Reflect.ownKeys(level)) {
      if (ALLOWED.has(name) || name === 'constructor') continue;
      if (Reflect.deleteProperty(level, name)) continue;
      left.push(String(name));
    }
  }
  // The constructors of the scope's own classes lead back to nothing, but need not be reachable either.
  for (let level: object | null = scope; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    Reflect.deleteProperty(level, 'constructor');
  }
  return left;
}

/**
 * Freezes the globals that are left, their prototypes, and the intrinsics that are reached only through values. Two
 * prototypes stay writable, since ordinary code assigns to objects what it inherits from them (`this.name = …`), but
 * take no new members.
 */
export function freezeGlobals(scope: object): void {
  const open: readonly object[] = [Object.prototype, Error.prototype];
  const freeze = (value: unknown): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
    if (open.includes(value)) Object.preventExtensions(value);
    else if (!ArrayBuffer.isView(value)) Object.freeze(value);
  };
  for (const name of ALLOWED) {
    const value: unknown = Reflect.get(scope, name);
    if (value === undefined || value === scope) continue;
    freeze(value);
    freeze((value as { prototype?: unknown }).prototype);
    Object.defineProperty(scope, name, { value, writable: false, configurable: false, enumerable: false });
  }
  const reached: object[] = [
    Int8Array,
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''[Symbol.iterator](),
    ''.matchAll(/x/g),
    (function* () {})(),
    (async () => {})(),
    async () => {},
    function* () {},
    async function* () {},
  ];
  for (const value of reached) {
    for (
      let level = Object.getPrototypeOf(value);
      level && level !== Object.prototype;
      level = Object.getPrototypeOf(level)
    ) {
      freeze(level);
      freeze(level.constructor);
      freeze(level.prototype);
    }
  }
}
