/** The page: the real machine, and the driver that the address, the last visit or nobody asks for. */
import source from '../miniports/mini.ts?raw';
import { isolatePage, keepSite } from '../site/page.ts';
import { extentOf } from './extent.ts';
import { PlaygroundApp } from './playground-app.ts';
import { readSetting } from './settings.ts';

const isolated = isolatePage();
// Asked for first and waited for last: the page is painted while the machine's script is on its way.
const machine = import('../machine/machine.ts');

const app = new PlaygroundApp();
app.extent = extentOf(location.search);
app.loadEditor = () => import('./editor/driver-editor.ts');
app.types = app.extent === 'page';
// Once, to people who came for nothing in particular; `?tour` asks for it.
const asked = new URLSearchParams(location.search).has('tour');
const stranger = readSetting('tour') === null && location.hash === '' && !navigator.webdriver;
app.tour = app.extent === 'page' && (asked || stranger);
app.machineHost = {
  boot: async (options) => (await machine).Machine.boot(options),
  support: async () => {
    await isolated;
    return (await machine).Machine.support();
  },
};
document.body.append(app);
void app.desk.start('mini', source);
void isolated.then(keepSite);
