/** The shipped drivers' texts by id. The id of a driver is its file's name without `.ts`; those that lessons begin with have ids, too. */
import { lessonOf } from '../lessons/driver-id.ts';

const files = import.meta.glob<string>('../miniports/*.ts', { query: '?raw', import: 'default' });

const texts = new Map<string, Promise<string | null>>();

/** The ids of the shipped drivers that are in the gallery. */
export const exampleIds: readonly string[] = Object.keys(files).map((path) => path.replace(/^.*\/|\.ts$/g, ''));

/** The example that stands behind drivers that began as none: their texts still share its imports. */
export const defaultExample = 'mini';

/** Gives a text that the page has already, so that it is not fetched a second time. */
export function provideExample(id: string, text: string): void {
  texts.set(id, Promise.resolve(text));
}

/** What a lesson begins with; null when there is no such lesson. */
async function loadBeginning(lesson: string): Promise<string | null> {
  const [{ lessonById }, { loadLesson }] = await Promise.all([
    import('../lessons/course.ts'),
    import('../lessons/load-lesson.ts'),
  ]);
  return lessonById(lesson) ? (await loadLesson(lesson)).beginning : null;
}

/** The text of a shipped driver; null when there is none of that id. Rejects when it cannot be fetched. */
export async function loadExample(id: string): Promise<string | null> {
  const path = `../miniports/${id}.ts`;
  const lesson = lessonOf(id);
  const load = lesson !== null ? () => loadBeginning(lesson) : Object.hasOwn(files, path) ? files[path] : undefined;
  if (!load) return null;
  const known = texts.get(id) ?? load();
  texts.set(id, known);
  try {
    return await known;
  } catch (error) {
    // The next one who asks tries again.
    texts.delete(id);
    throw error;
  }
}
