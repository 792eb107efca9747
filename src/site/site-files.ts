/** One build of the site, as its service worker knows it. */
export interface Site {
  /** Differs whenever any file does. */
  readonly version: string;
  /** Subresource integrity by path below the site's folder; the page itself is the empty path. */
  readonly files: Readonly<Record<string, string>>;
}
