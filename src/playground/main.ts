/** The page: the shipped driver, the real machine. */
import { Machine } from '../machine/machine.ts';
import source from '../miniports/mini.ts?raw';
import { PlaygroundApp } from './playground-app.ts';

const app = new PlaygroundApp();
app.source = source;
app.fileName = 'mini.ts';
app.machineHost = Machine;
document.body.append(app);
