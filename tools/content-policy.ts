/**
 * The content security policy of the built page, as a meta element, so that it holds on every host. The development server
 * has none: it puts scripts and styles into the page itself.
 *
 * Frames whose document comes with the page (srcdoc) and blob workers inherit it, and have a narrower one of their own
 * besides; so it also holds what the machine's frame needs, which the page does not: the board's inline script by its
 * hash, blob workers, and 'unsafe-eval', since a driver arrives as text. In the page itself text becomes script nowhere,
 * and browsers with trusted types enforce that: only the policies named here may make script of text, and the page has
 * none that does.
 */
import type { Plugin } from 'vite';

/** @param scripts hashes of the inline scripts of frames */
export function contentPolicy(scripts: Iterable<string>): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'unsafe-eval' ${[...scripts].map((hash) => `'${hash}'`).join(' ')}`.trim(),
    "worker-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    // lit-html: its templates. videoport: addresses of workers, and the frame's document. default: in the CPU worker only.
    'trusted-types lit-html videoport default',
  ].join('; ');
}

/** Puts the policy at the head of index.html. @param scripts hashes of inline scripts, complete when the page is written */
export function contentPolicyMeta(scripts: Iterable<string>): Plugin {
  return {
    name: 'content-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { path }) =>
        path === '/index.html'
          ? {
              html,
              tags: [
                {
                  tag: 'meta',
                  attrs: { 'http-equiv': 'Content-Security-Policy', content: contentPolicy(scripts) },
                  injectTo: 'head-prepend',
                },
              ],
            }
          : html,
    },
  };
}
