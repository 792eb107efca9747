/**
 * Takes from the worker everything that a driver has no business with: network, storage, timers, messages, workers. The
 * frame's policy forbids most of it anyway; here it is not even there. What is left are ECMAScript's own globals.
 */

/** ECMAScript's globals, and what the engine itself needs to find. */
const ALLOWED: ReadonlySet<string> = new Set([
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
 * Removes every global that is not on the list, along the whole prototype chain of `scope`.
 * Returns the names that could not be removed, which a test expects to be none that reaches anything.
 */
export function lockDown(scope: object): string[] {
  const left: string[] = [];
  for (let level: object | null = scope; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (ALLOWED.has(name) || name === 'constructor') continue;
      if (Reflect.deleteProperty(level, name)) continue;
      left.push(name);
    }
  }
  // The constructors of the scope's own classes lead back to nothing, but need not be reachable either.
  for (let level: object | null = scope; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    Reflect.deleteProperty(level, 'constructor');
  }
  return left;
}
