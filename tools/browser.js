// @ts-check
/**
 * Which browser the tests, the benchmarks and the headless runner drive, and with which flags.
 *
 * 1. `CHROME_PATH`, when set: your own Chrome on your own GPU, so no adapter flags.
 * 2. Linux x64: the Chromium inside the npm package @sparticuz/chromium, with SwiftShader as its GPU.
 * 3. Elsewhere: the installed Chrome.
 */
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Flags that give WebGPU on a machine without a GPU. All are needed: with fewer the device is lost when a canvas is configured. */
const swiftShaderFlags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-gpu-watchdog',
];

/** Flags that keep any browser quiet and its timers honest while it runs headless. */
const quietFlags = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/**
 * Unpacks one brotli archive of @sparticuz/chromium.
 * @param {string} archive file in the package's bin folder
 * @param {NodeJS.WritableStream} target what takes the decompressed bytes
 */
function unbrotli(archive, target) {
  const source = join(root, 'node_modules/@sparticuz/chromium/bin', archive);
  return pipeline(
    createReadStream(source, { highWaterMark: 2 ** 22 }),
    createBrotliDecompress({ chunkSize: 2 ** 21 }),
    target,
  );
}

/**
 * Unpacks the browser beside the package, once. We do not use the package's own `executablePath()`: it
 * takes any older binary that it finds in the temporary folder, and leaves out its NSS libraries.
 * @returns {Promise<{executablePath: string, env: Record<string, string>}>}
 */
async function unpackChromium() {
  const { extract } = await import('tar-fs');
  const folder = join(root, 'node_modules/.cache/chromium-147.0.0');
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    await Promise.all([
      unbrotli('chromium.br', createWriteStream(join(fresh, 'chromium'), { mode: 0o755 })),
      unbrotli('swiftshader.tar.br', extract(fresh)),
      unbrotli('al2023.tar.br', extract(join(fresh, 'al2023'))),
      unbrotli('fonts.tar.br', extract(join(fresh, 'fonts'))),
    ]);
    // The archive's own file names folders of the cloud it was made for. Without a font the browser crashes at the first <select>.
    writeFileSync(
      join(fresh, 'fonts/fonts.conf'),
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>`,
    );
    // Two runners may unpack at once: the first rename wins, the other's copy goes.
    try {
      renameSync(fresh, folder);
    } catch {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [join(folder, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
  };
}

/**
 * Launch options for playwright-core's `chromium.launch`.
 * @returns {Promise<import('playwright-core').LaunchOptions>}
 */
export async function browserOptions() {
  const chrome = process.env.CHROME_PATH;
  if (chrome) {
    if (!existsSync(chrome)) throw new Error(`CHROME_PATH names no file: ${chrome}`);
    return { executablePath: chrome, args: ['--no-sandbox', '--enable-unsafe-webgpu', ...quietFlags] };
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    const { executablePath, env } = await unpackChromium();
    return {
      executablePath,
      env: { .../** @type {Record<string, string>} */ (process.env), ...env },
      args: [...swiftShaderFlags, ...quietFlags],
    };
  }
  console.error(
    `No browser comes with this project for ${process.platform} ${process.arch}: using the installed Chrome (set CHROME_PATH to choose another).`,
  );
  return { channel: 'chrome', args: ['--enable-unsafe-webgpu', ...quietFlags] };
}
