/** Ways for a driver out of the page: as a link, as files, into a page of its own. */
import { packDriver } from './driver-archive.ts';
import type { Page } from './page.ts';
import { download, type ShareDialog } from './share-dialog.ts';

/** Opens the dialog with the link to what is open. */
export function share(page: Page): void {
  const { desk, session } = page;
  const { fileName, others } = desk.workspace.current;
  const shared = Promise.all([desk.link(), session.picture()]);
  void page
    .piece<ShareDialog>('vp-share')
    .show(shared.then(([fragment, picture]) => ({ fragment, fileName, others: others.length, picture })));
}

/** Hands what is open to the browser's downloads: a file, or several in a zip. */
export async function saveFiles({ desk }: Pick<Page, 'desk'>): Promise<void> {
  try {
    const { name, content } = await packDriver(desk.workspace.files);
    download(content, name);
  } catch {
    desk.notify({ kind: 'bad', text: 'The files were not saved: the packer could not be fetched.' });
  }
}

/** From a frame to a page of its own, with the code as it stands. */
export async function openInPlayground({ desk }: Pick<Page, 'desk'>): Promise<void> {
  const fragment = await desk.link();
  window.open(`${location.origin}${location.pathname}${fragment}`, '_blank', 'noopener');
}
