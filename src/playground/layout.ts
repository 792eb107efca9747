/** `page`: everything · `embed`: monitor and source, in a frame of another page · `monitor`: the monitor alone */
export type Layout = 'page' | 'embed' | 'monitor';

/** The layout that the address asks for: `?embed` or `?embed=monitor`. */
export function layoutOf(search: string): Layout {
  const asked = new URLSearchParams(search).get('embed');
  return asked === null ? 'page' : asked === 'monitor' ? 'monitor' : 'embed';
}
