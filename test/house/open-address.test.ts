import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger, createServer } from 'vite';
import { openAddress } from '../../tools/open-address.ts';

describe('npm start where no browser can be started', () => {
  it('names the address to open in one line, and leaves all other errors as they are', async () => {
    const said: string[] = [];
    const customLogger = createLogger('silent');
    customLogger.warn = (message) => said.push(message);
    customLogger.error = (message) => said.push(message);
    const server = await createServer({
      configFile: false,
      customLogger,
      optimizeDeps: { noDiscovery: true },
      plugins: [openAddress()],
      server: { port: 0, ws: false },
    });
    try {
      await server.listen();
      server.config.logger.error('Error: spawn xdg-open ENOENT\n    at onErrorNT (node:internal/child_process:483:16)');
      server.config.logger.error('Error: spawn EACCES');
      const address = server.resolvedUrls?.local[0];
      assert.match(address ?? '', /^http:\/\/localhost:\d+\/$/);
      assert.deepEqual(said, [
        `No browser opens by itself here (there is no xdg-open): open ${address} in one.`,
        'Error: spawn EACCES',
      ]);
    } finally {
      await server.close();
    }
  });
});
