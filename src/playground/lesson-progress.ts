/** Which lessons the visitor has done, and which was looked at last; kept in this browser. */
import { readSetting, writeSetting } from './settings.ts';

const doneSetting = 'lessons-done';
const lastSetting = 'lesson-last';

/** Ids of the lessons that are done. */
export function lessonsDone(): ReadonlySet<string> {
  return new Set((readSetting(doneSetting) ?? '').split(' ').filter(Boolean));
}

/** A lesson's check has passed: it stays done, whatever becomes of its driver. */
export function rememberDone(lesson: string): void {
  writeSetting(doneSetting, [...lessonsDone(), lesson].filter((id, index, all) => all.indexOf(id) === index).join(' '));
}

/** The lesson to go on with when someone opens the lessons: the one looked at last. */
export function lastLesson(): string {
  return readSetting(lastSetting) ?? 'common-buffer';
}

/** A lesson is looked at. */
export function rememberLast(lesson: string): void {
  writeSetting(lastSetting, lesson);
}
