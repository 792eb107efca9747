/** The page that records a film: boots the driver and puts pictures of its monitor one below the other. */
import { Machine } from '../../src/machine/machine.ts';
import { filmFrames, filmSize } from '../../src/playground/thumbnails.ts';

/** Frames that go by before the first picture: drivers that start with an empty screen have filled it by then. */
const prelude = 40;
/** Frames from picture to picture. */
const stride = 4;
/** WebP's quality, 0 to 1. */
const quality = 0.62;

/** Frames go by at this pace at the slowest, in milliseconds: a driver that draws once and moves a pointer has none to wait for. */
const slowest = 50;

/** Waits until `count` frames were shown, or as long as that may take. */
async function pass(machine: Machine, count: number): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, count * slowest));
  await Promise.race([machine.frames(count).catch(() => late), late]);
}

declare global {
  interface Window {
    /** Records the film of a driver. @returns the WebP file in base64 */
    recordFilm?: (source: string, fileName: string) => Promise<string>;
  }
}

window.recordFilm = async (source, fileName) => {
  const canvas = new OffscreenCanvas(filmSize.width, filmSize.height * filmFrames);
  const context = canvas.getContext('2d');
  if (!context) throw new Error(`no 2D canvas of ${canvas.width}×${canvas.height}`);
  context.imageSmoothingQuality = 'high';
  // The software engine draws what a GPU draws, bit for bit, and is the quicker one where the GPU is software too.
  const machine = await Machine.boot({ source, fileName, engine: 'software', pacing: 'timer' });
  await pass(machine, prelude);
  for (let frame = 0; frame < filmFrames; frame++) {
    // While it is paused nothing is drawn, however long the picture takes: so the film is as even as the driver.
    machine.pause();
    const { width, height, pixels } = await machine.screen();
    const picture = await createImageBitmap(new ImageData(pixels, width, height));
    context.drawImage(picture, 0, frame * filmSize.height, filmSize.width, filmSize.height);
    machine.resume();
    await pass(machine, stride);
  }
  const { bugCheck, findings } = await machine.stop({ graceMs: 8000 });
  if (bugCheck) throw new Error(`${fileName}: ${bugCheck.name}: ${bugCheck.message}`);
  if (findings[0]) throw new Error(`${fileName}: ${findings[0].message}`);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};
