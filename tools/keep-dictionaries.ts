/**
 * `npm run keep`: keeps the texts of all shipped drivers, and of those that lessons begin with, as they are today, so that links to
 * them work for ever. What is kept already stays as it is. See docs/links.md.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { course } from '../src/lessons/course.ts';
import { driverOfLesson } from '../src/lessons/driver-id.ts';
import { fillGaps } from '../src/lessons/gaps.ts';
import { textHash } from '../src/link/fingerprint.ts';

const src = fileURLToPath(new URL('../src/', import.meta.url));
const read = (path: string) => readFileSync(src + path, 'utf8');

const texts = [
  ...readdirSync(`${src}miniports`)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ id: name.slice(0, -'.ts'.length), text: read(`miniports/${name}`) })),
  ...course.map(({ id }) => ({
    id: driverOfLesson(id),
    text: fillGaps(read(`lessons/${id}/driver.ts`), () => false),
  })),
];

for (const { id, text } of texts) {
  const path = `link/dictionaries/${id}@${textHash(text)}.txt`;
  if (existsSync(src + path)) continue;
  writeFileSync(src + path, text);
  console.log(`kept src/${path}`);
}
