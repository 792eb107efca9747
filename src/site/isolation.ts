/**
 * Headers that make a page in a tab of its own cross-origin isolated. Hosts do better to send Document-Isolation-Policy as
 * well, which also isolates a page that another site shows in a frame; a service worker cannot give that, since a browser
 * lets none serve such frames.
 */
export const ISOLATION: Readonly<Record<string, string>> = {
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
