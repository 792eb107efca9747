import { expect } from 'chai';
import type { ReactiveControllerHost } from 'lit';
import { DriverStore, NoStore } from '../../src/playground/driver-store.ts';
import { fileNameFrom, Workspace } from '../../src/playground/workspace.ts';

const host: ReactiveControllerHost = {
  addController() {},
  removeController() {},
  requestUpdate() {},
  updateComplete: Promise.resolve(true),
};

const storage = Object.getOwnPropertyDescriptor(window, 'localStorage');

const forget = () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith('videoport.')) localStorage.removeItem(key);
};

describe('workspace', () => {
  let desk: Workspace;
  const names = () => desk.store.list().map(({ fileName }) => fileName);

  beforeEach(() => {
    forget();
    desk = new Workspace(host);
  });
  afterEach(() => {
    if (storage) Object.defineProperty(window, 'localStorage', storage);
    forget();
  });

  it('keeps every edit of a shipped driver in a copy, and leaves the shipped one alone', () => {
    desk.openShipped('mini', 'shipped');
    const { key } = desk.current;
    desk.edit('shipped!');
    expect(desk.current).to.include({ origin: 'mine', fileName: 'my-mini.ts', base: 'mini', source: 'shipped!', key });
    desk.edit('shipped!!');
    expect(desk.store.list()).to.have.length(1);
    expect(desk.store.list()[0]).to.include({ source: 'shipped!!' });
  });

  it('gives the copy up when edits lead back to the shipped text', () => {
    desk.openShipped('mini', 'shipped');
    desk.edit('shipped!');
    desk.edit('shipped');
    expect(desk.current).to.include({ origin: 'gallery', id: 'mini', fileName: 'mini.ts' });
    expect(names()).to.deep.equal([]);
  });

  describe('with several files', () => {
    const texts = () => desk.files.map(({ name, source }) => `${name}: ${source}`);

    it('adds, edits, renames and removes files, keeps each step, and brings a removed one back', () => {
      desk.openShipped('mini', 'entry');
      desk.addFile('ring', 'ring');
      expect(desk.current).to.include({ origin: 'mine', fileName: 'my-mini.ts', source: 'entry' });
      expect(desk.file).to.deep.equal({ name: 'ring.ts', source: 'ring' });
      desk.edit('ring!');
      desk.addFile('text.ts', 'text');
      desk.renameFile(1, 'queue');
      expect(texts()).to.deep.equal(['my-mini.ts: entry', 'queue.ts: ring!', 'text.ts: text']);
      const undo = desk.removeFile(1);
      expect(texts()).to.deep.equal(['my-mini.ts: entry', 'text.ts: text']);
      expect(desk.file.name).to.equal('text.ts');
      undo?.();
      expect(texts()).to.deep.equal(['my-mini.ts: entry', 'queue.ts: ring!', 'text.ts: text']);
      expect(desk.file.name).to.equal('queue.ts');
      const next = new Workspace(host);
      expect(next.restore()).to.equal(true);
      expect(next.files).to.deep.equal(desk.files);
      expect(next.shown).to.equal(0);
    });

    it('lets imports follow a file to its new name, and nothing else', () => {
      desk.create('main.ts', "import { a } from './ring.ts';\nimport './ring';\nimport './ringing';\n'./ring.ts';\n");
      desk.addFile('ring.ts', 'import "./main";');
      desk.renameFile(1, 'queue');
      expect(desk.current.source).to.equal(
        "import { a } from './queue.ts';\nimport './queue';\nimport './ringing';\n'./ring.ts';\n",
      );
      desk.rename(desk.current.id, 'entry');
      expect(texts()[1]).to.equal('queue.ts: import "./entry";');
      expect(names()).to.deep.equal(['entry.ts']);
    });

    it('refuses a second file of a name, a seventeenth file, and to remove the entry', () => {
      desk.create('main.ts', '');
      expect(() => desk.addFile('Main.ts')).to.throw('This driver has a file main.ts already.');
      desk.addFile('ring.ts');
      expect(() => desk.renameFile(1, 'main')).to.throw('This driver has a file main.ts already.');
      expect(desk.removeFile(0)).to.equal(null);
      while (desk.files.length < 16) desk.addFile(desk.nextName());
      expect(new Set(desk.files.map(({ name }) => name)).size).to.equal(16);
      expect(() => desk.addFile('one-more.ts')).to.throw('A driver has 16 files at most.');
    });

    it('gives the copy up when the added file is gone again', () => {
      desk.openShipped('mini', 'entry');
      desk.addFile('ring');
      desk.removeFile(1);
      desk.renameFile(0, 'mini.ts');
      desk.edit('entry ');
      desk.edit('entry');
      expect(desk.current).to.include({ origin: 'gallery', fileName: 'mini.ts' });
    });
  });

  it('opens drivers that were kept before drivers had several files', () => {
    const old = { id: 'old', fileName: 'old.ts', base: 'mini', source: 'kept', edited: 1, held: false };
    localStorage.setItem('videoport.driver.old', JSON.stringify(old));
    localStorage.setItem('videoport.driver.odd', JSON.stringify({ ...old, id: 'odd', others: [null, { name: 1 }] }));
    for (const id of ['old', 'odd']) {
      expect(desk.openMine(id)).to.equal(true);
      expect(desk.files).to.deep.equal([{ name: 'old.ts', source: 'kept' }]);
    }
  });

  it('opens after a reload what was open before', () => {
    desk.openShipped('mini', 'shipped');
    desk.edit('mine');
    const next = new Workspace(host);
    expect(next.restore()).to.equal(true);
    expect(next.current).to.include({ source: 'mine', fileName: 'my-mini.ts' });
    next.openShipped('mini', 'shipped');
    expect(new Workspace(host).restore()).to.equal(false);
  });

  it('holds what a link brought until it is run, even when it was edited and the page reloaded', () => {
    desk.openLink({ fileName: 'theirs.ts', base: 'mini', source: 'theirs' });
    expect(desk.current.held).to.equal(true);
    expect(names()).to.deep.equal([]);
    desk.edit('theirs, edited');
    const next = new Workspace(host);
    next.restore();
    expect(next.current).to.include({ source: 'theirs, edited', held: true });
    next.release();
    const last = new Workspace(host);
    last.restore();
    expect(last.current.held).to.equal(false);
  });

  it('names copies apart', () => {
    for (let index = 0; index < 3; index++) {
      desk.openShipped('mini', 'shipped');
      desk.edit(`edit ${index}`);
    }
    expect(names().sort()).to.deep.equal(['my-mini-2.ts', 'my-mini-3.ts', 'my-mini.ts']);
  });

  it('renames, also what is open', () => {
    desk.create('driver.ts', 'text');
    desk.rename(desk.current.id, ' my/best: driver.js ');
    expect(desk.current.fileName).to.equal('mybest driver.ts');
    expect(names()).to.deep.equal(['mybest driver.ts']);
  });

  it('deletes, and brings back what was deleted', () => {
    desk.create('driver.ts', 'text');
    const undo = desk.remove(desk.current.id);
    expect(names()).to.deep.equal([]);
    undo?.();
    expect(desk.store.list()[0]).to.include({ fileName: 'driver.ts', source: 'text' });
    expect(desk.remove('unheard-of')).to.equal(null);
  });

  it('says that the open driver was deleted until an edit keeps it again, to which a reload then returns', () => {
    desk.openShipped('mini', 'shipped');
    desk.edit('mine');
    const { id } = desk.current;
    const undo = desk.remove(id);
    expect([desk.deleted, desk.store.current]).to.deep.equal([true, null]);
    desk.release();
    expect(names()).to.deep.equal([]);
    desk.edit('mine again');
    expect([desk.deleted, desk.store.current]).to.deep.equal([false, id]);
    undo?.();
    const next = new Workspace(host);
    expect(next.restore()).to.equal(true);
    expect(next.current.source, 'undoing takes back no newer text').to.equal('mine again');
    desk.remove(id);
    desk.openShipped('mini', 'shipped');
    expect(desk.deleted).to.equal(false);
  });

  it('goes on without storage, and says that nothing is kept', () => {
    Object.defineProperty(window, 'localStorage', {
      configurable: true,
      get() {
        throw new DOMException('closed', 'SecurityError');
      },
    });
    desk.openShipped('mini', 'shipped');
    desk.edit('edited');
    expect(desk.current.source).to.equal('edited');
    expect(desk.unsaved).to.equal(true);
    expect(desk.restore()).to.equal(false);
    expect(desk.store.list()).to.deep.equal([]);
  });

  it('in a frame of another page touches nothing of the visitor’s', () => {
    desk.create('mine.ts', 'mine');
    const before = JSON.stringify(localStorage);
    const framed = new Workspace(host, new NoStore());
    expect(framed.restore()).to.equal(false);
    framed.openShipped('mini', 'shipped');
    framed.edit('edited');
    expect(framed.current.source).to.equal('edited');
    expect(JSON.stringify(localStorage)).to.equal(before);
  });

  it('reads nothing from entries that are no drivers', () => {
    localStorage.setItem('videoport.driver.broken', '{');
    localStorage.setItem('videoport.driver.other', '{"id":1}');
    expect(new DriverStore().list()).to.deep.equal([]);
  });

  it('makes file names of anything', () => {
    expect(fileNameFrom('a.ts')).to.equal('a.ts');
    expect(fileNameFrom('../../etc/passwd')).to.equal('....etcpasswd.ts');
    expect(fileNameFrom(' \n ')).to.equal('driver.ts');
  });
});
