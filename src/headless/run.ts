/** One run from outside: opens the browser, hands over the driver, closes everything again. */
import { openPage } from './browser-page.ts';
import type { RunOutcome, RunRequest } from './outcome.ts';

/** How much longer than its own time limit a page may take to answer before it counts as hung. */
const GRACE_MS = 13_000;

/**
 * Runs a machine in a headless browser of its own.
 * @param request what to boot and what to wait for
 * @param abort ends the run early; browser and server are closed then too
 * @returns how it ended; a page that stops answering is the outcome `silent`
 * @throws Error when the browser does not start, dies, or the page itself is at fault; the reason of `abort` when that fired
 */
export async function run(request: RunRequest, abort: AbortSignal): Promise<RunOutcome> {
  const opened = await openPage('src/headless/page.html');
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const aborted = new Promise<never>((_, reject) => {
      abort.addEventListener('abort', () => reject(abort.reason));
      if (abort.aborted) reject(abort.reason);
    });
    const hung = new Promise<RunOutcome>((resolve) => {
      const seconds = (request.timeoutMs + GRACE_MS) / 1000;
      const reason = `The page gave no sign of life for ${seconds} s.`;
      timer = setTimeout(resolve, request.timeoutMs + GRACE_MS, { kind: 'silent', reason });
    });
    const answer = opened.page.evaluate((asked) => {
      if (!window.runHeadless) throw new Error('page.ts did not start: see the messages above.');
      return window.runHeadless(asked);
    }, request);
    // When another wins the race, closing the page rejects this one, and nobody listens any more.
    answer.catch(() => {});
    return await Promise.race([answer, hung, opened.died, aborted]);
  } finally {
    clearTimeout(timer);
    await opened.close();
  }
}
