/** Fetches a lesson's texts, when it is opened and not before. */
import { fillGaps, gapsOf } from './gaps.ts';
import type { LessonTexts } from './lesson.ts';

const drivers = import.meta.glob<string>('./*/driver.ts', { query: '?raw', import: 'default' });
const texts = import.meta.glob<string>('./*/text.html', { query: '?raw', import: 'default' });

/** The texts of a lesson. Rejects in plain words when there is none of that id, or it cannot be fetched. */
export async function loadLesson(id: string): Promise<LessonTexts> {
  const [driver, text] = [`./${id}/driver.ts`, `./${id}/text.html`].map((path) =>
    Object.hasOwn(drivers, path) ? drivers[path] : Object.hasOwn(texts, path) ? texts[path] : undefined,
  );
  if (!driver || !text) throw new Error(`There is no lesson called ${id}.`);
  const [kept, words] = await Promise.all([driver(), text()]);
  return {
    text: words,
    beginning: fillGaps(kept, () => false),
    solution: fillGaps(kept, () => true),
    gaps: gapsOf(kept),
  };
}
