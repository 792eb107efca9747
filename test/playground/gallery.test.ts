import { expect } from 'chai';
import { exampleIds, loadExample } from '../../src/link/examples.ts';
import { textHash } from '../../src/link/fingerprint.ts';
import { DriversDialog } from '../../src/playground/drivers-dialog.ts';
import { gallery } from '../../src/playground/gallery.ts';
import { filmFrames, filmNames, filmOf, filmSize } from '../../src/playground/thumbnails.ts';

describe('gallery', () => {
  // First: a picture that is known already needs no fetching.
  it('fetches no film before it is opened, and each when it is', async () => {
    const dialog = new DriversDialog();
    dialog.shipped = gallery;
    document.body.append(dialog);
    try {
      await dialog.updateComplete;
      const films = () => [...dialog.renderRoot.querySelectorAll<HTMLImageElement>('.film img')];
      expect(films()).to.have.length(gallery.length);
      expect(films().every(({ complete, naturalWidth }) => !complete || naturalWidth === 0)).to.equal(true);
      dialog.show();
      const [first] = films();
      await first?.decode();
      expect(first?.naturalWidth).to.equal(filmSize.width);
    } finally {
      dialog.remove();
    }
  });

  it('lists every shipped driver once, each with a sentence, what it teaches and how hard it is', () => {
    expect(gallery.map(({ id }) => id).sort()).to.deep.equal([...exampleIds].sort());
    for (const { id, sentence, teaches } of gallery) {
      expect(sentence, id).to.match(/^[A-Z].{20,}\.$/);
      expect(teaches.length, id).to.be.within(1, 5);
    }
    const order = ['beginner', 'intermediate', 'advanced'];
    const ranks = gallery.map(({ difficulty }) => order.indexOf(difficulty));
    expect(ranks, 'from the easiest to the hardest').to.deep.equal([...ranks].sort());
  });

  it('has a film of every driver as it is today (if not: npm run thumbnails)', async () => {
    for (const id of exampleIds)
      expect(filmNames).to.include(`${id}@${textHash((await loadExample(id)) ?? '')}`, 'npm run thumbnails');
  });

  it('has films that move', async () => {
    for (const { id } of gallery) {
      const picture = new Image();
      picture.src = filmOf(id) ?? '';
      await picture.decode();
      expect([picture.naturalWidth, picture.naturalHeight], id).to.deep.equal([
        filmSize.width,
        filmSize.height * filmFrames,
      ]);
      const canvas = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context?.drawImage(picture, 0, 0);
      const frame = (index: number) =>
        context?.getImageData(0, index * filmSize.height, filmSize.width, filmSize.height).data ?? [];
      const hashes = Array.from({ length: filmFrames }, (_, index) =>
        textHash(String.fromCharCode(...sample(frame(index)))),
      );
      expect(new Set(hashes).size, id).to.be.greaterThan(filmFrames / 2);
    }
  });
});

/** Every thousandth byte or so: enough to tell pictures apart. */
function sample(bytes: ArrayLike<number>): number[] {
  return Array.from({ length: Math.floor(bytes.length / 997) }, (_, index) => bytes[index * 997] ?? 0);
}
