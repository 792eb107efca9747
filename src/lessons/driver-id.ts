/** Drivers of lessons have ids of their own, under which browsers keep them and links name them: so they never change. */
const prefix = 'lesson-';

/** The id of a lesson's driver. */
export const driverOfLesson = (lesson: string): string => `${prefix}${lesson}`;

/** The lesson that a driver's id belongs to; null when it belongs to none. */
export function lessonOf(id: string): string | null {
  return id.startsWith(prefix) ? id.slice(prefix.length) : null;
}
