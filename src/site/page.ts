/**
 * What a page does with its site's service worker: becomes isolated by it where the host sends no headers, and has it keep the
 * site for times without a network. Only the built site has one, and only in a tab of its own.
 */
import { trusted } from '../machine/trusted.ts';

/** In session storage: this tab was reloaded in order to be isolated. */
const RELOADED = 'videoport.reloaded';

const possible = (): boolean =>
  import.meta.env.PROD && window.self === window.top && isSecureContext && Boolean(navigator.serviceWorker);

const register = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register(trusted.createScriptURL('./service-worker.js'));

/**
 * Resolves when the page is isolated, or is not going to be. Where a reload isolates it, once, the promise stays pending and
 * the page goes.
 */
export async function isolatePage(): Promise<void> {
  if (!possible()) return;
  try {
    if (crossOriginIsolated) {
      sessionStorage.removeItem(RELOADED);
      return;
    }
    // It was served by the worker, or should have been, and that did not help.
    if (sessionStorage.getItem(RELOADED) !== null) return;
    await register();
    await navigator.serviceWorker.ready;
    sessionStorage.setItem(RELOADED, '1');
  } catch {
    // Service workers or storage are closed to this page: it says what its host must send.
    return;
  }
  location.reload();
  await new Promise(() => {});
}

/** Has the site kept, when the page has come to rest. */
export function keepSite(): void {
  if (!possible()) return;
  const keep = async () => {
    await register();
    (await navigator.serviceWorker.ready).active?.postMessage('keep');
  };
  // Without it the page works as long as there is a network.
  const start = () => requestIdleCallback(() => void keep().catch(() => {}), { timeout: 10_000 });
  if (document.readyState === 'complete') start();
  else addEventListener('load', start, { once: true });
}
