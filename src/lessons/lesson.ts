/** What a lesson is. */

import type { Scenario } from '../scenario/scenario.ts';
import type { Gap } from './gaps.ts';

/** A lesson as the list of lessons has it. */
export interface Lesson {
  /** Its folder's name; addresses and what the browser keeps name it so, hence it never changes. */
  readonly id: string;
  readonly title: string;
  /** What there is to learn, in a sentence. */
  readonly sentence: string;
  /** What a driver must do for the lesson to count as done. */
  readonly scenario: Scenario;
}

/** The rest of it, which is fetched when the lesson is opened. */
export interface LessonTexts {
  /** The text beside the editor: HTML. Each `<details class="hint">` in it is a hint. */
  readonly text: string;
  /** The driver that the lesson begins with. */
  readonly beginning: string;
  readonly solution: string;
  /** What the two differ in. */
  readonly gaps: readonly Gap[];
}
