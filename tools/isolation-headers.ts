/** Cross-origin isolation, without which there is no SharedArrayBuffer; the first works inside foreign pages too. */
export const isolationHeaders = {
  'Document-Isolation-Policy': 'isolate-and-require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
