import { expect } from 'chai';
import * as ringgpu from '../../src/devices/ringgpu/index.ts';
import { RINGGPU_PACKETS } from '../../src/devices/ringgpu/packets.ts';
import { RINGGPU_REG } from '../../src/devices/ringgpu/registers.ts';
import { CALLBACKS } from '../../src/hal/processor.ts';
import { course, lessonById } from '../../src/lessons/course.ts';
import { gapsOf } from '../../src/lessons/gaps.ts';
import { loadLesson } from '../../src/lessons/load-lesson.ts';
import { typeFiles } from '../../src/playground/types/type-files.ts';
import { TypeService } from '../../src/playground/types/type-service.ts';
import type { TypeProblem } from '../../src/playground/types/types-protocol.ts';
import * as videoport from '../../src/videoport/index.ts';

const drivers = import.meta.glob<string>('../../src/lessons/*/driver.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const portSources = Object.values(
  import.meta.glob<string>('../../src/videoport/*.ts', { query: '?raw', import: 'default', eager: true }),
).join('\n');

/** Names that a text may use: the DDK's, the device's, and of the language what hints show. */
const known = new Set([
  ...Object.keys(videoport),
  ...Object.keys(ringgpu),
  ...Object.keys(RINGGPU_REG),
  ...Object.keys(RINGGPU_PACKETS),
  ...CALLBACKS,
  ...'true false const while Math min find lt'.split(' '),
]);

describe('the lessons’ texts', () => {
  for (const { id, title, sentence, scenario } of course) {
    it(`${id}: name only what there is, in the DDK, in the device or in the lesson’s driver`, async () => {
      const { text, solution } = await loadLesson(id);
      const words = new Set(solution.match(/\w+/g));
      const page = new DOMParser().parseFromString(text, 'text/html');
      const named = [...page.querySelectorAll('code')].map(({ textContent }) => textContent);
      const told = scenario.expect.flatMap(
        ({ why = '' }) => why.match(/\b(?:VideoPort|HwVid|RINGGPU_|IOCTL_)\w+/g) ?? [],
      );
      for (const code of [...named, ...told]) {
        for (const [word] of code.matchAll(/[A-Za-z_]\w*/g)) {
          expect(known.has(word) || words.has(word), `${word}, in "${code}"`).to.equal(true);
        }
      }
    });

    it(`${id}: point only where the port’s own functions point, and say in words what their picture shows`, async () => {
      const page = new DOMParser().parseFromString((await loadLesson(id)).text, 'text/html');
      for (const { href, textContent } of page.querySelectorAll('a')) {
        expect(portSources, `${textContent}: ${href}`).to.contain(`@see ${href}\n`);
        expect(href, textContent).to.match(new RegExp(`-${textContent.toLowerCase()}$`));
      }
      for (const picture of page.querySelectorAll('svg')) {
        expect(picture.getAttribute('role')).to.equal('img');
        expect(picture.getAttribute('aria-label')?.length).to.be.above(20);
      }
      expect(page.querySelectorAll('details.hint > summary').length).to.be.at.least(2);
      expect(page.querySelectorAll('script, style, [onclick]').length).to.equal(0);
      expect([title, sentence].every((words) => words.length > 5)).to.equal(true);
    });

    it(`${id}: number the driver’s gaps from 1 on, each with a task`, () => {
      const gaps = gapsOf(drivers[`../../src/lessons/${id}/driver.ts`] ?? '');
      expect(gaps.map(({ number }) => number)).to.deep.equal(gaps.map((_, index) => index + 1));
      expect(gaps.length).to.be.above(0);
      for (const { task, code } of gaps) expect(Math.min(task.length, code.length)).to.be.above(10);
    });
  }

  it('stand beside drivers in which the editor finds nothing wrong, neither at the beginning nor at the end', async () => {
    const service = new TypeService(typeFiles);
    for (const { id } of course) {
      const { beginning, solution } = await loadLesson(id);
      for (const text of [beginning, solution]) {
        const problems = service.answer({
          files: [{ name: 'driver.ts', source: text }],
          file: 'driver.ts',
          question: { kind: 'check' },
        }) as TypeProblem[];
        expect(
          problems.map(({ message }) => message),
          id,
        ).to.deep.equal([]);
      }
    }
  });

  it('are refused in plain words for a lesson that there is not', async () => {
    expect(lessonById('toString')).to.equal(undefined);
    const refused = await loadLesson('toString').catch((error: Error) => error.message);
    expect(refused).to.equal('There is no lesson called toString.');
  });
});
