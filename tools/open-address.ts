/** `vite --open` on a machine without a desktop: one line that names the address to open, where Vite would print a stack. */
import type { Plugin } from 'vite';

/** The program whose absence an error tells of; null for all other errors. */
function missingProgram(error: string): string | null {
  return /^(?:Error: )?spawn (\S+) ENOENT/.exec(error)?.[1] ?? null;
}

/** Says where the page is when no browser can be started. */
export function openAddress(): Plugin {
  return {
    name: 'open-address',
    apply: 'serve',
    configureServer(server) {
      const { logger } = server.config;
      const error = logger.error.bind(logger);
      logger.error = (message, options) => {
        const program = missingProgram(message);
        const address = server.resolvedUrls?.local[0];
        if (program === null || address === undefined) error(message, options);
        else logger.warn(`No browser opens by itself here (there is no ${program}): open ${address} in one.`);
      };
    },
  };
}
