import { expect } from 'chai';
import { loadLesson } from '../../src/lessons/load-lesson.ts';
import { loadExample } from '../../src/link/examples.ts';
import { encodeLink } from '../../src/link/link.ts';
import { defaultMachine } from '../../src/link/link-state.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { DriversDialog } from '../../src/playground/drivers-dialog.ts';
import { gallery, loadGalleryDriver, loadNewDriver } from '../../src/playground/gallery.ts';
import type { LessonPane } from '../../src/playground/lesson-pane.ts';
import type { OutputPane } from '../../src/playground/output-pane.ts';
import { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { readSetting } from '../../src/playground/settings.ts';
import type { SourceEditor } from '../../src/playground/source-editor.ts';
import { dmaViolation, FakeMachineHost } from './fake-machine-host.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const until = async (what: string, condition: () => unknown) => {
  const patience = performance.now() + 8000;
  while (!condition()) {
    if (performance.now() > patience) throw new Error(`waited in vain for ${what}`);
    await frame();
  }
};
const forget = () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith('videoport.')) localStorage.removeItem(key);
  history.replaceState(null, '', location.pathname + location.search);
};

describe('drivers of the page', () => {
  let app: PlaygroundApp;
  let host: FakeMachineHost;
  let mini: string;
  const part = <Found extends Element>(selector: string) => app.shadowRoot?.querySelector<Found>(selector) ?? null;
  const dialog = () => part<DriversDialog>('vp-drivers');
  const inDialog = (selector: string) => dialog()?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  const sourceState = () => part('vp-source-title')?.shadowRoot?.querySelector('.state')?.textContent ?? '';
  const notice = () => part('.notice')?.textContent ?? '';

  const open = async (extent: PlaygroundApp['extent'] = 'page') => {
    app = new PlaygroundApp();
    app.extent = extent;
    host = new FakeMachineHost();
    app.machineHost = host;
    document.body.append(app);
    await app.desk.start('mini', mini);
    await frame();
    await app.updateComplete;
  };
  const running = async () => {
    await until('a machine', () => host.machines.length > 0 && app.session.canStop);
    host.machine.comeUp();
    host.machine.showFrame();
    await frame();
  };

  before(async () => {
    await loadPageStyles();
    mini = (await loadExample('mini')) ?? '';
  });
  beforeEach(forget);
  afterEach(() => {
    app?.remove();
    forget();
  });

  describe('run on edit', () => {
    it('boots an edit that compiles, a moment after the last keystroke, and only once', async () => {
      await open();
      await running();
      for (const word of ['a', 'ab', 'abc']) app.desk.edit(`${mini}\n// ${word}`);
      await until('the edit', () => host.machines.length === 2);
      expect(host.machine.options.source).to.equal(`${mini}\n// abc`);
      expect(host.machine.options.fileName).to.equal('my-mini.ts');
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(host.machines).to.have.length(2);
    });

    it('never boots an edit that does not compile: its error is shown and the machine runs on', async () => {
      await open();
      await running();
      app.desk.edit(`${mini}\nconst x = (;`);
      await until('the error', () => app.desk.live.errors.length > 0);
      await app.updateComplete;
      await frame();
      expect(host.machines).to.have.length(1);
      expect(host.machine.stops).to.equal(0);
      expect(sourceState()).to.equal('1 error: the last good version runs on');
      app.desk.edit(`${mini}\nconst x = 1;`);
      await until('the mended edit', () => host.machines.length === 2);
      expect(app.desk.live.errors).to.deep.equal([]);
    });

    it('Restart by hand does not boot what does not compile either', async () => {
      await open();
      await running();
      app.desk.edit(`${mini}\nconst x = (;`);
      part('vp-controls')?.shadowRoot?.querySelector<HTMLElement>('[data-action=restart]')?.click();
      await until('the error', () => app.desk.live.errors.length > 0);
      await frame();
      expect(host.machines).to.have.length(1);
      expect(host.machine.stops).to.equal(0);
    });

    it('leaves a machine stopped that the visitor has stopped', async () => {
      await open();
      await running();
      await app.session.stop();
      app.desk.edit(`${mini}\n// edited`);
      await new Promise((resolve) => setTimeout(resolve, 450));
      expect(host.machines).to.have.length(1);
    });

    it('brings a crashed machine back', async () => {
      await open();
      await running();
      host.machine.emit({ type: 'bugcheck', bugCheck: dmaViolation });
      host.machine.emit({ type: 'state', state: 'crashed' });
      app.desk.edit(`${mini}\n// mended`);
      await until('the mended driver', () => host.machines.length === 2);
    });
  });

  describe('a page that died while a driver of the visitor’s own ran', () => {
    const waiting = () =>
      part('vp-monitor')?.shadowRoot?.querySelector('.invitation')?.textContent?.replace(/\s+/g, ' ') ?? '';
    const marks = () => Object.keys(localStorage).filter((key) => key.startsWith('videoport.running.'));
    const leaveEdited = async () => {
      await open();
      await running();
      app.desk.edit(`${mini}\n// greedy`);
      await until('the edit', () => host.machines.length === 2);
      await until('the mark', () => marks().length > 0);
      app.remove();
      for (const mark of marks()) localStorage.removeItem(mark);
    };

    it('does not run it before Run is pressed, at the next visit nor the one after, and has kept every word', async () => {
      await leaveEdited();
      localStorage.setItem('videoport.running.of a dead page', 'yes');
      await open();
      await until('the invitation', () => waiting() !== '');
      app.remove();
      await open();
      await until('the invitation', () => waiting() !== '');
      expect(waiting()).to.match(/ended unexpectedly while your driver ran.*Nothing you wrote is lost/);
      expect(host.machines).to.have.length(0);
      expect(app.desk.workspace.current.source).to.equal(`${mini}\n// greedy`);
      part('vp-monitor')?.shadowRoot?.querySelector<HTMLElement>('.start')?.click();
      await until('the driver', () => host.machines.length === 1);
      await until('the mark to go', () => !marks().includes('videoport.running.of a dead page'));
    });

    it('is not taken for one that lives and runs a driver in another tab', async () => {
      await leaveEdited();
      let over = () => {};
      const locked = new Promise<void>((resolve) => {
        void navigator.locks.request('running.of a living page', () => {
          resolve();
          return new Promise<void>((release) => {
            over = release;
          });
        });
      });
      await locked;
      localStorage.setItem('videoport.running.of a living page', 'yes');
      await open();
      await until('the driver', () => host.machines.length === 1);
      over();
    });
  });

  describe('links', () => {
    const linkTo = (source: string) =>
      encodeLink({
        base: 'mini',
        fileName: 'theirs.ts',
        source,
        machine: { ...defaultMachine, width: 800, height: 600, verifier: false },
      });

    it('bring a stranger’s code, which runs when Run is pressed and not before, not even on edit', async () => {
      history.replaceState(null, '', await linkTo(`${mini}\n// theirs`));
      await open();
      await frame();
      expect(app.desk.workspace.current.source).to.equal(`${mini}\n// theirs`);
      expect(host.machines).to.have.length(0);
      expect(part('vp-monitor')?.shadowRoot?.querySelector('.invitation')?.textContent).to.contain('came by a link');
      app.desk.edit(`${mini}\n// theirs, edited`);
      await new Promise((resolve) => setTimeout(resolve, 450));
      expect(host.machines).to.have.length(0);
      expect(location.hash, 'the address speaks no more of what is open').to.equal('');
      part('vp-monitor')?.shadowRoot?.querySelector<HTMLElement>('.start')?.click();
      await until('the machine', () => host.machines.length === 1);
      expect(host.machine.options).to.include({ fileName: 'theirs.ts', verifier: false });
      expect(host.machine.options.mode).to.deep.equal({ width: 800, height: 600 });
    });

    it('to a driver as shipped run at once', async () => {
      history.replaceState(
        null,
        '',
        await encodeLink({ base: 'mini', fileName: 'mini.ts', source: mini, machine: defaultMachine }),
      );
      await open();
      await until('the machine', () => host.machines.length === 1);
      expect(app.desk.workspace.current.origin).to.equal('gallery');
    });

    it('that are damaged say so, stay in the address, and open nothing else', async () => {
      const cut = (await linkTo(`${mini}\n// theirs`)).slice(0, -4);
      history.replaceState(null, '', cut);
      await open();
      await frame();
      expect(notice()).to.contain('This link is damaged');
      expect(location.hash).to.equal(cut);
      expect(app.desk.workspace.current).to.include({ origin: 'none', source: '' });
      expect(host.machines).to.have.length(0);
    });

    it('are opened when they come into the address of an open page, which stops what ran', async () => {
      await open();
      await running();
      location.hash = await linkTo(`${mini}\n// theirs`);
      await until('the link', () => app.desk.workspace.current.origin === 'link');
      await frame();
      expect(host.machine.stops).to.equal(1);
      expect(app.session.canStop).to.equal(false);
    });

    it('made here lead back to the same state', async () => {
      await open();
      await running();
      app.desk.edit(`${mini}\n// mine`);
      app.choice = { ...app.choice, engine: 'software' };
      const fragment = await app.desk.link();
      app.remove();
      forget();
      history.replaceState(null, '', fragment);
      await open();
      await frame();
      expect(app.desk.workspace.current).to.include({
        source: `${mini}\n// mine`,
        fileName: 'my-mini.ts',
        base: 'mini',
      });
      expect(app.choice.engine).to.equal('software');
    });
  });

  it('can be shared while the machine gives no picture', async () => {
    await open();
    await running();
    host.machine.screen = () => new Promise(() => {});
    part('vp-header')?.shadowRoot?.querySelector('[aria-label=Share]')?.dispatchEvent(new MouseEvent('click'));
    await until('the link', () => part('vp-share')?.shadowRoot?.querySelector('#link'));
    expect(part('vp-share')?.shadowRoot?.textContent).to.contain('The monitor shows nothing now');
  });

  describe('list of drivers', () => {
    it('shows what is shipped and one’s own, and opens either', async () => {
      await open();
      await running();
      app.desk.edit(`${mini}\n// mine`);
      await app.updateComplete;
      dialog()?.show();
      await dialog()?.updateComplete;
      const card = inDialog('[data-shipped=mini]');
      expect(card?.textContent).to.match(/beginner[\s\S]*The smallest complete miniport[\s\S]*common buffers/);
      inDialog('[data-shipped=mini]')?.click();
      await until('mini', () => app.desk.workspace.current.origin === 'gallery');
      expect(dialog()?.open).to.equal(false);
      await app.updateComplete;
      dialog()?.show();
      await dialog()?.updateComplete;
      inDialog('[data-mine]')?.click();
      await until('the copy', () => app.desk.workspace.current.fileName === 'my-mini.ts');
    });

    it('renames, deletes, and undoes a deletion', async () => {
      await open();
      app.desk.workspace.create('first.ts', mini);
      await app.updateComplete;
      dialog()?.show();
      await dialog()?.updateComplete;
      inDialog('[data-rename]')?.click();
      await dialog()?.updateComplete;
      const input = inDialog('input[name=name]') as HTMLInputElement;
      input.value = 'second';
      input.form?.requestSubmit();
      await until('the new name', () => inDialog('[data-mine]')?.textContent?.includes('second.ts'));
      inDialog('[data-remove]')?.click();
      await until('the deletion', () => inDialog('.undo'));
      expect(inDialog('[data-mine]')).to.equal(null);
      inDialog('[data-undo]')?.click();
      await until('the driver', () => inDialog('[data-mine]'));
      expect(app.desk.workspace.store.list()[0]?.fileName).to.equal('second.ts');
    });

    it('says when the driver that is open is deleted, and comes back to it once an edit keeps it again', async () => {
      await open();
      app.desk.edit(`${mini}\n// mine`);
      await app.updateComplete;
      dialog()?.show();
      await dialog()?.updateComplete;
      inDialog('[data-remove]')?.click();
      await until('the deletion', () => sourceState().startsWith('deleted: '));
      app.desk.edit(`${mini}\n// mine again`);
      await until('the edit', () => sourceState().endsWith('kept in this browser'));
      app.remove();
      await open();
      expect(app.desk.workspace.current).to.include({ origin: 'mine', source: `${mini}\n// mine again` });
    });

    it('duplicates a driver and leaves open what is open', async () => {
      await open();
      app.desk.workspace.create('first.ts', `${mini}\n// first`);
      app.desk.workspace.create('second.ts', mini);
      await app.updateComplete;
      dialog()?.show();
      await dialog()?.updateComplete;
      inDialog('[data-duplicate][aria-label*="first.ts"]')?.click();
      await until('the copy', () => inDialog('.rows')?.textContent?.includes('first-copy.ts'));
      inDialog('[data-duplicate][aria-label*="first-copy.ts"]')?.click();
      await until('the copy of the copy', () => inDialog('.rows')?.textContent?.includes('first-copy-2.ts'));
      expect(app.desk.workspace.current.fileName).to.equal('second.ts');
      const copies = app.desk.workspace.store.list().filter(({ fileName }) => fileName.startsWith('first'));
      expect(copies.map(({ source }) => source)).to.deep.equal(Array(3).fill(`${mini}\n// first`));
    });

    it('saves a driver of the list as a file, whatever is open', async () => {
      await open();
      app.desk.workspace.create('first.ts', `${mini}\n// first`);
      app.desk.workspace.create('second.ts', mini);
      await app.updateComplete;
      dialog()?.show();
      await dialog()?.updateComplete;
      const saved: { name: string; address: string }[] = [];
      const { click } = HTMLAnchorElement.prototype;
      HTMLAnchorElement.prototype.click = function () {
        saved.push({ name: this.download, address: this.href });
      };
      try {
        inDialog('[data-export][aria-label*="first.ts"]')?.click();
        await until('the file', () => saved.length > 0);
      } finally {
        HTMLAnchorElement.prototype.click = click;
      }
      expect(saved[0]?.name).to.equal('first.ts');
      expect(await (await fetch(saved[0]?.address ?? '')).text()).to.equal(`${mini}\n// first`);
    });

    it('keeps the focus in the list when a row goes and when it comes back', async () => {
      await open();
      app.desk.workspace.create('first.ts', mini);
      await app.updateComplete;
      dialog()?.show();
      await dialog()?.updateComplete;
      const focused = () => dialog()?.shadowRoot?.activeElement;
      expect(focused(), 'what is open').to.equal(inDialog('[data-mine]'));
      inDialog('[data-remove]')?.click();
      await until('the way back', () => focused()?.hasAttribute('data-undo'));
      inDialog('[data-undo]')?.click();
      await until('the row', () => focused()?.hasAttribute('data-mine'));
    });

    it('takes a file that is dropped on the page, and leaves text that is dragged to the editor', async () => {
      await open();
      const drag = (type: string, fill: (data: DataTransfer) => void) => {
        const dataTransfer = new DataTransfer();
        fill(dataTransfer);
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
        return event;
      };
      const curtain = () => part('vp-drop')?.shadowRoot?.querySelector('[popover]');
      const file = (data: DataTransfer) => data.items.add(new File([`${mini}\n// dropped`], 'dropped.ts'));
      expect(drag('dragenter', (data) => data.setData('text/plain', 'words')).defaultPrevented).to.equal(false);
      drag('dragenter', file);
      await until('the curtain', () => curtain()?.matches(':popover-open'));
      drag('dragleave', file);
      await until('no curtain', () => !curtain());
      drag('dragover', file);
      expect(drag('drop', file).defaultPrevented).to.equal(true);
      await until('the driver', () => app.desk.workspace.current.fileName === 'dropped.ts');
      expect(app.desk.workspace.current).to.include({ origin: 'mine', source: `${mini}\n// dropped` });
      await until('no curtain', () => !curtain());
    });

    it('opens a link to several files with the file, the selection and the layout that it speaks of, and makes the same link again', async () => {
      const selection = { line: 2, column: 3, endLine: 2, endColumn: 9 };
      const view = { panes: ['findings'], file: 1, selection, layout: 'present', dividers: { columns: 44 } };
      const link = await encodeLink({
        base: 'mini',
        fileName: 'theirs.ts',
        source: `import './ring.ts';\n${mini}`,
        others: [{ name: 'ring.ts', source: '// one\n// two three\nexport {};\n' }],
        machine: defaultMachine,
        view,
      });
      history.replaceState(null, '', link);
      await open();
      await until('the file', () => app.desk.workspace.file.name === 'ring.ts');
      expect(app.desk.workspace.current).to.include({ origin: 'link', held: true });
      expect(part<OutputPane>('vp-output')?.tab).to.equal('findings');
      const editor = () => part<SourceEditor>('vp-editor');
      await until('the selection', () => editor()?.selection);
      expect(editor()?.selection).to.deep.equal(view.selection);
      expect(app.arrangement.layout).to.equal('present');
      expect(readSetting('layout'), 'the choice stays the visitor’s own').to.equal(null);
      expect(await app.desk.link()).to.equal(link);
    });

    it('opens a link to a lesson with the lesson beside it, and leaves one’s own attempt at it alone', async () => {
      const { beginning, solution } = await loadLesson('ring');
      const base = 'lesson-ring';
      const common = { base, fileName: `${base}.ts`, machine: defaultMachine };
      history.replaceState(null, '', await encodeLink({ ...common, source: beginning }));
      await open();
      await until('the lesson', () => part('vp-lesson'));
      expect([app.arrangement.layout, app.desk.workspace.current.held]).to.deep.equal(['learn', false]);
      app.desk.edit(`${beginning}\n// mine`);
      const theirs = await encodeLink({ ...common, source: solution });
      location.hash = theirs;
      await until('their driver', () => app.desk.workspace.current.origin === 'link');
      await until('the lesson', () => part<LessonPane>('vp-lesson')?.lesson === 'ring');
      expect(app.desk.workspace.current).to.include({ source: solution, held: true });
      expect(app.desk.workspace.store.get(base)?.source).to.equal(`${beginning}\n// mine`);
      expect(await app.desk.link()).to.equal(theirs);
      app.desk.edit(`${solution}\n// theirs, by me`);
      app.remove();
      await open();
      expect(app.desk.workspace.lesson, 'kept as a lesson’s driver').to.equal('ring');
      expect(app.desk.workspace.current.source).to.equal(`${solution}\n// theirs, by me`);
    });

    it('imports a file as a driver of one’s own, and refuses what is too large for one', async () => {
      await open();
      await app.desk.ask({ action: 'import', files: [new File(['export const a = 1;'], 'theirs.js')] });
      expect(app.desk.workspace.current).to.include({
        fileName: 'theirs.ts',
        source: 'export const a = 1;',
        origin: 'mine',
      });
      await app.desk.ask({ action: 'import', files: [new File([new Uint8Array(2 * 1024 * 1024)], 'film.mp4')] });
      expect(app.desk.workspace.current.fileName).to.equal('theirs.ts');
      await app.updateComplete;
      expect(notice()).to.contain('film.mp4 is larger than a driver can be');
      await app.desk.ask({ action: 'import', files: [new File([new Uint8Array(64)], 'picture.png')] });
      await app.updateComplete;
      expect(notice()).to.contain('picture.png is not a text');
      app.desk.edit('export const a = 2;');
      await app.updateComplete;
      expect(notice(), 'gone with an edit').to.equal('');
    });
  });

  describe('embedded', () => {
    it('starts on a click, and shows neither header nor output', async () => {
      await open('embed');
      await frame();
      expect(host.machines).to.have.length(0);
      expect(part('vp-header')).to.equal(null);
      expect(getComputedStyle(part('.output') ?? document.body).display).to.equal('none');
      part('vp-monitor')?.shadowRoot?.querySelector<HTMLElement>('.start')?.click();
      await until('the machine', () => host.machines.length === 1);
    });
  });

  describe('texts', () => {
    it('are there for everything that the gallery lists', async () => {
      expect(gallery.map(({ id }) => id)).to.include('mini');
      for (const { id } of gallery) expect(await loadGalleryDriver(id)).to.contain('DriverEntry');
    });

    it('of a new driver boot, draw frame after frame, and give everything back', async () => {
      app = new PlaygroundApp();
      const machine = await Machine.boot({ source: await loadNewDriver(), engine: 'software', pacing: 'unpaced' });
      await machine.frames(5);
      const report = await machine.stop({ graceMs: 8000 });
      expect(report.findings).to.deep.equal([]);
      expect(report.bugCheck).to.equal(null);
      expect(report.commonBuffers.every(({ released }) => released)).to.equal(true);
      expect(report.frames).to.be.at.least(5);
    });
  });
});
