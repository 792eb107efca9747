/**
 * `npm run thumbnails`: records the gallery's films of the shipped drivers whose text has changed since theirs was recorded, from the
 * real machine in a headless browser. `npm run thumbnails -- cube mini` records those anew whatever their text.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openPage } from '../../src/headless/browser-page.ts';
import { textHash } from '../../src/link/fingerprint.ts';

const miniports = fileURLToPath(new URL('../../src/miniports/', import.meta.url));
const films = fileURLToPath(new URL('../../src/playground/thumbnails/', import.meta.url));

const drivers = readdirSync(miniports)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const source = readFileSync(miniports + name, 'utf8');
    const id = name.replace(/\.ts$/, '');
    return { id, name, source, film: `${id}@${textHash(source)}.webp` };
  });

const asked = process.argv.slice(2);
const unknown = asked.filter((id) => !drivers.some((driver) => driver.id === id));
if (unknown.length > 0) {
  console.error(`There is no shipped driver called ${unknown.join(', ')}.`);
  process.exit(1);
}

const present = readdirSync(films);
const stale = drivers.filter(({ id, film }) => (asked.length > 0 ? asked.includes(id) : !present.includes(film)));

if (stale.length > 0) {
  const opened = await openPage('tools/thumbnails/page.html');
  try {
    for (const { name, source, film } of stale) {
      const recorded = opened.page.evaluate(
        ([text, fileName]) => {
          if (!window.recordFilm) throw new Error('page.ts did not start: see the messages above.');
          return window.recordFilm(text, fileName);
        },
        [source, name] as const,
      );
      const bytes = Buffer.from(await Promise.race([recorded, opened.died]), 'base64');
      writeFileSync(films + film, bytes);
      console.log(`${film}: ${Math.round(bytes.length / 1024)} KiB`);
    }
  } finally {
    await opened.close();
  }
}

// Films of texts that are not shipped any more.
const wanted = drivers.map(({ film }) => film);
for (const film of readdirSync(films)) if (film.endsWith('.webp') && !wanted.includes(film)) rmSync(films + film);
