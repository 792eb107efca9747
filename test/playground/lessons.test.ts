import { expect } from 'chai';
import { course } from '../../src/lessons/course.ts';
import { loadLesson } from '../../src/lessons/load-lesson.ts';
import { loadExample } from '../../src/link/examples.ts';
import type { CommonBufferRecord, Report } from '../../src/machine/report.ts';
import type { LessonPane } from '../../src/playground/lesson-pane.ts';
import { lessonsDone } from '../../src/playground/lesson-progress.ts';
import { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { FakeMachineHost } from './fake-machine-host.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const until = async (what: string, condition: () => unknown) => {
  const patience = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > patience) throw new Error(`waited in vain for ${what}`);
    await frame();
  }
};
const forget = (search = '') => {
  for (const key of Object.keys(localStorage)) if (key.startsWith('videoport.')) localStorage.removeItem(key);
  const address = new URL(location.href);
  address.searchParams.delete('lesson');
  if (search !== '') address.searchParams.set('lesson', search);
  history.replaceState(null, '', address.pathname + address.search);
};

describe('lessons of the page', () => {
  let app: PlaygroundApp;
  let host: FakeMachineHost;
  let mini: string;
  let beginning: string;
  const part = <Found extends Element>(selector: string) => app.shadowRoot?.querySelector<Found>(selector) ?? null;
  const lessonsButton = () => part('vp-header')?.shadowRoot?.querySelector<HTMLElement>('[data-lessons]') ?? null;
  const pane = () => part<LessonPane>('vp-lesson');
  const inPane = <Found extends HTMLElement = HTMLElement>(selector: string) =>
    pane()?.shadowRoot?.querySelector<Found>(selector) ?? null;
  const text = (selector: string) => (inPane(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();
  const current = () => app.desk.workspace.current;
  const checkMachine = () => host.machines.find(({ options }) => options.monitor === undefined);

  const open = async () => {
    app = new PlaygroundApp();
    host = new FakeMachineHost();
    app.machineHost = host;
    document.body.append(app);
    await app.desk.start('mini', mini);
    await frame();
    await app.updateComplete;
  };
  const openLessons = async () => {
    lessonsButton()?.click();
    await until('the lesson’s text', () => inPane('details.hint'));
  };

  before(async () => {
    await loadPageStyles();
    mini = (await loadExample('mini')) ?? '';
    ({ beginning } = await loadLesson('common-buffer'));
  });
  beforeEach(() => forget());
  afterEach(() => {
    app?.remove();
    forget();
  });

  it('open with the first: its text beside its driver, which boots, and the address names it', async () => {
    await open();
    expect(pane()).to.equal(null);
    await openLessons();
    expect(text('h2')).to.equal(course[0]?.title);
    expect(current()).to.include({ source: beginning, fileName: 'lesson-common-buffer.ts', held: false });
    expect(host.machine.options.source).to.equal(beginning);
    expect(new URL(location.href).searchParams.get('lesson')).to.equal('common-buffer');
    await until('the focus', () => pane()?.shadowRoot?.activeElement === inPane('h2'));
    lessonsButton()?.click();
    await until('the lesson put away', () => pane() === null);
    expect(current().source).to.equal(beginning);
  });

  it('keep what the visitor wrote in each, and take nothing of other drivers away', async () => {
    await open();
    app.desk.edit(`${mini}\n// mine`);
    const mine = current().id;
    await openLessons();
    app.desk.edit(`${beginning}\n// first`);
    inPane('[data-next]')?.click();
    await until('the second lesson', () => current().id === 'lesson-ring');
    app.desk.edit(`${current().source}\n// second`);
    inPane('[data-previous]')?.click();
    await until('the first lesson', () => current().id === 'lesson-common-buffer');
    expect(current().source).to.equal(`${beginning}\n// first`);
    await app.desk.ask({ action: 'mine', id: mine });
    expect(current().source).to.equal(`${mini}\n// mine`);
    await app.updateComplete;
    expect(pane()).to.equal(null);
    expect(new URL(location.href).searchParams.has('lesson')).to.equal(false);
    await app.desk.ask({ action: 'mine', id: 'lesson-ring' });
    expect(current().source).to.contain('// second');
    app.desk.edit((await loadLesson('ring')).beginning);
    expect(app.desk.workspace.store.get('lesson-ring')).to.equal(null);
  });

  it('open by the address, and again after a reload', async () => {
    forget('doorbell');
    await open();
    await until('the lesson', () => text('h2') === 'The doorbell');
    expect(host.machine.options.source).to.equal(current().source);
    app.desk.edit(`${current().source}\n// kept`);
    app.remove();
    await open();
    expect(current().source).to.contain('// kept');
  });

  it('are in the address while they are shown: put away, they stay away over a reload, and the layout before comes back', async () => {
    const named = () => new URL(location.href).searchParams.get('lesson');
    forget('ring');
    // A page that is reloaded before the lesson has come.
    app = new PlaygroundApp();
    document.body.append(app);
    const cutShort = app.desk.start('mini', mini);
    await app.updateComplete;
    expect(named()).to.equal('ring');
    app.remove();
    await cutShort;
    for (const visit of ['opened', 'reloaded']) {
      await open();
      await until('the lesson', () => text('h2') === 'The ring');
      expect([app.arrangement.layout, named()], visit).to.deep.equal(['learn', 'ring']);
      if (visit === 'opened') app.remove();
    }
    inPane('[data-close]')?.click();
    await until('the lesson put away', () => pane() === null);
    await app.updateComplete;
    expect([app.arrangement.layout, named()]).to.deep.equal(['debug', null]);
    app.remove();
    await open();
    expect([pane(), app.arrangement.layout, named(), current().id]).to.deep.equal([null, 'debug', null, 'lesson-ring']);
    await openLessons();
    await until('the focus', () => pane()?.shadowRoot?.activeElement === inPane('h2'));
    expect(named()).to.equal('ring');
    // Where the layout is the visitor's choice, it stays, and the lesson stays away all the same.
    app.arrangement.choose('learn');
    inPane('[data-close]')?.click();
    await until('the lesson put away', () => pane() === null);
    app.remove();
    await open();
    expect([pane(), app.arrangement.layout, named()]).to.deep.equal([null, 'learn', null]);
  });

  it('say that there is no such lesson, and open what is there', async () => {
    forget('nonsense');
    await open();
    expect(part('.notice')?.textContent).to.contain('There is no lesson called nonsense.');
    expect(current().id).to.equal('mini');
  });

  it('check by themselves, in a machine of their own, when the driver has booted, and say what is missing', async () => {
    await open();
    await openLessons();
    expect(text('.outcome')).to.contain('Checked by itself');
    host.machine.comeUp();
    await until('the check', () => checkMachine());
    expect(checkMachine()?.options).to.deep.include({
      files: [{ name: 'lesson-common-buffer.ts', source: beginning }],
      pacing: 'timer',
    });
    checkMachine()?.emit({ type: 'state', state: 'failed', reason: 'no DriverEntry' });
    await until('the outcome', () => text('.outcome').includes(' met.'));
    expect(text('.outcome')).to.equal('1 of 6 met.');
    expect(inPane('.outcome')?.getAttribute('aria-live')).to.equal('polite');
    expect(text('li.unmet')).to.contain('Not met: ').and.to.contain('no common buffer was allocated');
    expect(text('li.met')).to.contain('Driver Verifier has nothing to say.');
    expect([...lessonsDone()]).to.deep.equal([]);
  });

  it('remember that one is done when everything is met, and lead on to the next', async () => {
    await open();
    await openLessons();
    // The page's own machine is not up yet, so nothing is checked by itself.
    inPane('[data-check]')?.click();
    await until('the check', () => checkMachine());
    const machine = checkMachine();
    if (!machine) throw new Error('there is no machine for the check');
    const pixels = new Uint8ClampedArray(640 * 480 * 4);
    for (let i = 0; i < 640 * 480; i++)
      pixels.set(i % 640 < 160 ? [255, 255, 0, 255] : i % 640 >= 480 ? [0, 0, 255, 255] : [0, 0, 0, 255], i * 4);
    const buffer: CommonBufferRecord = {
      virtual: '0x10000',
      logical: '0x1000',
      length: 1_228_800,
      cacheEnabled: true,
      released: true,
    };
    const empty = await machine.report();
    machine.screen = () => Promise.resolve({ width: 640, height: 480, pixels });
    machine.report = machine.stop = (): Promise<Report> => Promise.resolve({ ...empty, commonBuffers: [buffer] });
    machine.comeUp();
    await until('the outcome', () => text('.outcome') === 'All met: the lesson is done.');
    expect([...lessonsDone()]).to.deep.equal(['common-buffer']);
    expect(text('option')).to.contain('✓');
    inPane('[data-on]')?.click();
    await until('the next lesson', () => text('h2') === 'The ring');
  });

  it('show the solution when asked, and put it into the editor', async () => {
    await open();
    await openLessons();
    const { gaps, solution } = await loadLesson('common-buffer');
    expect(
      [...(pane()?.shadowRoot?.querySelectorAll('.solution pre') ?? [])].map((pre) => pre.textContent),
    ).to.deep.equal(gaps.map(({ code }) => code));
    inPane('[data-solution]')?.click();
    await until('the solution', () => current().source === solution);
    inPane('[data-anew]')?.click();
    await until('the beginning', () => current().source === beginning);
    expect(current().origin).to.equal('gallery');
    // Nobody wants to see the next one before the next lesson was tried.
    inPane('.solution summary')?.click();
    await until('the solution open', () => inPane('details.solution')?.hasAttribute('open'));
    inPane('[data-next]')?.click();
    await until(
      'the next lesson, its solution closed',
      () => inPane('details.solution')?.hasAttribute('open') === false,
    );
  });
});
