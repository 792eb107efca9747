/** Cross-origin isolation, without which there is no SharedArrayBuffer; the first works inside foreign pages too. */
export const isolationHeaders = {
  'Document-Isolation-Policy': 'isolate-and-require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/**
 * For pages that have no policy of their own in their markup, as the built page has it: the development server's, the tests' and the command
 * line's. A frame may go nowhere, so the machine's cannot be led away.
 */
export const pageHeaders = { ...isolationHeaders, 'Content-Security-Policy': "frame-src 'none'" };
