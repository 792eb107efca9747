/** `page`: everything · `embed`: monitor and source, in a frame of another page · `monitor`: the monitor alone */
export type Extent = 'page' | 'embed' | 'monitor';

/** How much of the page the address asks for: `?embed` or `?embed=monitor`. */
export function extentOf(search: string): Extent {
  const asked = new URLSearchParams(search).get('embed');
  return asked === null ? 'page' : asked === 'monitor' ? 'monitor' : 'embed';
}
