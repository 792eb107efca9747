/** Entry of `npm run soak`: plays random streams on both engines for as long as one likes, in a headless browser. */
import { parseArgs } from 'node:util';
import { openPage } from '../../src/headless/browser-page.ts';

const HELP = `Plays random packet streams on both engines, which must leave the same: memory, registers, fences, faults, guard bytes.

Usage: npm run soak -- [--streams N | --minutes M] [--packets N] [--seed N]

  --streams N   how many streams (default 10000)
  --minutes M   as many as there is time for
  --packets N   packets in a stream at most (default 12)
  --seed N      begins with these streams; the same number gives the same ones (default: the time)

A stream on which the engines differ is made as small as it goes and printed as an entry of test/engine/stream-regressions.ts.
Set CHROME_PATH to run in your own Chrome on your own GPU.

Exit status: 0 the engines agreed, 1 they did not, or the arguments make no sense.
`;

/** Streams between two lines of output. */
const ROUND = 500;

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} ${text}: must be a whole number above 0`);
  return value;
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, streams: text, minutes: text, packets: text, seed: text },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.streams && values.minutes) throw new Error('--streams and --minutes: one of them says when to end');
  const limit = values.minutes ? Number.POSITIVE_INFINITY : whole('streams', values.streams ?? '10000');
  const end = values.minutes ? Date.now() + whole('minutes', values.minutes) * 60_000 : Number.POSITIVE_INFINITY;
  const packets = whole('packets', values.packets ?? '12');
  let seed = values.seed ? whole('seed', values.seed) : Date.now() % 0x7fff_ffff;

  const { page, died, close } = await openPage('test/soak/page.html');
  process.once('SIGINT', () => void close().finally(() => process.exit(130)));
  try {
    const adapter = await page.evaluate(() => window.soak?.adapter());
    console.log(`${adapter}, beside the software engine; first seed ${seed}`);
    for (let played = 0, faulted = 0; played < limit && Date.now() < end; seed++) {
      const count = Math.min(ROUND, limit - played);
      const playing = page.evaluate(
        ([streams, most, first]) => {
          if (!window.soak) throw new Error('test/soak/page.ts did not start: see the messages above.');
          return window.soak.round(streams, most, first);
        },
        [count, packets, seed] as const,
      );
      playing.catch(() => {});
      const round = await Promise.race([playing, died]);
      played += round.played;
      faulted += round.faulted;
      if (round.failure) {
        console.error(`The engines differ (seed ${seed}):\n\n${round.failure.message}\n`);
        console.error(`For test/engine/stream-regressions.ts:\n\n  ${round.failure.entry},`);
        return 1;
      }
      console.log(`${played} streams, of which ${faulted} ended in a fault: the engines agree`);
    }
    return 0;
  } finally {
    await close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
setTimeout(() => process.exit(), 1000).unref();
