/** Loads the page's design tokens, without which components have neither sizes nor colours. */
export function loadPageStyles(): Promise<void> {
  const href = '/src/playground/tokens.css';
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = href;
  document.head.append(sheet);
  return new Promise((resolve, reject) => {
    sheet.addEventListener('load', () => resolve());
    sheet.addEventListener('error', () => reject(new Error(`${href} did not load`)));
  });
}
