import { expect } from 'chai';
import { course } from '../../src/lessons/course.ts';
import { readScenario, ScenarioError } from '../../src/scenario/read-scenario.ts';

describe('a scenario in a file', () => {
  it('may say all that the lessons’ scenarios say', () => {
    for (const { scenario } of course) expect(readScenario(JSON.stringify(scenario))).to.deep.equal(scenario);
  });

  const wrong: readonly (readonly [text: string, reason: RegExp])[] = [
    ['{', /^it is no JSON: /],
    ['[]', /^the scenario must be an object/],
    ['{"name":"a","refreshes":1}', /^the scenario: expect is missing/],
    ['{"name":"a","refreshes":0,"expect":[]}', /refreshes must be a whole number from 1 to 1000000, not 0/],
    ['{"name":"a","refreshes":1,"expect":{}}', /^expect must be a list/],
    ['{"name":"a","refreshes":1,"expect":[],"frames":5}', /there is no frames; known are name, machine, refreshes/],
    ['{"name":"a","refreshes":1,"expect":[],"machine":{"width":"wide"}}', /^machine: width must be .*, not "wide"/],
    ['{"name":"a","refreshes":1,"expect":[],"findings":"leak"}', /findings must be a list of texts/],
    ['{"name":"a","refreshes":1,"expect":[null]}', /^expect\[0\]: kind must be one of figure, common-buffers/],
    ['{"name":"a","refreshes":1,"expect":[{"kind":"toString"}]}', /^expect\[0\]: kind must be one of/],
    ['{"name":"a","refreshes":1,"expect":[{"kind":"log","contains":"x"}]}', /^expect\[0\]: text is missing/],
    [
      '{"name":"a","refreshes":1,"expect":[{"kind":"figure","text":"t","figure":"speed"}]}',
      /figure must be one of frames/,
    ],
    [
      '{"name":"a","refreshes":1,"expect":[{"kind":"figure","text":"t","figure":"frames"}]}',
      /atLeast or atMost is missing/,
    ],
    [
      '{"name":"a","refreshes":1,"expect":[{"kind":"area","text":"t","x":0,"y":0,"width":1,"height":1,"colour":"red"}]}',
      /colour must be a colour such as #ff8800, not "red"/,
    ],
  ];

  it('is refused with its place and the reason where it makes no sense', () => {
    for (const [text, reason] of wrong) expect(() => readScenario(text), text).to.throw(ScenarioError, reason);
  });
});
