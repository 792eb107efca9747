/**
 * Share links: a page's whole state in the fragment of its address, `#v<version>.<example>@<hash>.<payload>`. Nothing is sent to any server.
 * See docs/links.md.
 */
import { driverOfLesson, lessonOf } from '../lessons/driver-id.ts';
import { type Dictionary, loadDictionary } from './dictionaries.ts';
import { defaultExample, loadExample } from './examples.ts';
import { textHash } from './fingerprint.ts';
import type { LinkReading, LinkState } from './link-state.ts';

/** The newest version. All up to it are read. */
const newest = 2;

/** What reads and writes the payloads of each version. */
const codecs = {
  1: () => import('./link-v1.ts'),
  2: () => import('./link-v2.ts'),
} as const;

/** Links call the driver that a lesson begins with `_<lesson>`, which is short. */
const nameOf = (id: string): string => (lessonOf(id) === null ? id : `_${lessonOf(id)}`);
const idOf = (name: string): string => (name.startsWith('_') ? driverOfLesson(name.slice(1)) : name);

/** What chat programs and sentences put behind a link; browsers write some of it as `%22` and `%3E`. No link ends with any of it. */
const trailing = /(?:[.,)>"]|%22|%3e)+$/i;

const damaged = (what: string): LinkReading => ({
  kind: 'damaged',
  reason: `This link is damaged: ${what}. It may have been cut short on its way; ask whoever sent it for the whole link.`,
});

/**
 * @returns the fragment, `#` included
 * Rejects when the example's text or the packer cannot be fetched.
 */
export async function encodeLink(state: LinkState): Promise<string> {
  // The oldest version that can carry it: so older pages read what they can.
  const version = state.others?.length ? 2 : 1;
  const { encodePayload } = await codecs[version]();
  const known = await loadExample(state.base);
  const base = known === null ? defaultExample : state.base;
  const example = known ?? (await loadExample(base));
  if (example === null) throw new Error(`encodeLink: there is no example ${base} to build on`);
  return `#v${version}.${nameOf(base)}@${textHash(example)}.${encodePayload({ ...state, base }, example)}`;
}

/** Reads a fragment. Never rejects: whatever is wrong is told in the result. */
export async function decodeLink(fragment: string): Promise<LinkReading> {
  const versioned = /^#?v(\d+)(.*)$/s.exec(fragment.replace(trailing, ''));
  if (!versioned) return { kind: 'none' };
  const [, version = '', rest = ''] = versioned;
  if (Number(version) > newest && rest.startsWith('.')) {
    return {
      kind: 'too-new',
      reason: `This link was made by a newer version of this page (links of version ${version}; this page reads up to ${newest}). Reload the page, or open the link where it was made.`,
    };
  }
  if (version !== '1' && version !== '2') return damaged(`there are no links of version ${version}`);
  const parts = /^\.([\w-]+)@([\da-f]{8})\.([^.]*)$/.exec(rest);
  if (!parts) return damaged('a part of it is missing');
  const [, name = '', hash = '', payload = ''] = parts;
  const base = idOf(name);
  let dictionary: Dictionary | null;
  let codec: Pick<typeof import('./link-v1.ts'), 'decodePayload'>;
  try {
    [dictionary, codec] = await Promise.all([loadDictionary(base, hash), codecs[version]()]);
  } catch {
    return {
      kind: 'unavailable',
      reason: 'What this link builds on could not be fetched. Are you offline? Reload the page to try again.',
    };
  }
  if (!dictionary) {
    return {
      kind: 'too-new',
      reason: `This link builds on a version of the driver ${base} that this page does not know (${hash}): the link is damaged, or it was made by a newer version of this page.`,
    };
  }
  const state = codec.decodePayload(payload, base, dictionary.text);
  if (!state) return damaged('its content does not add up');
  return {
    kind: 'opened',
    state,
    shipped: dictionary.shipped && state.source === dictionary.text && !state.others?.length,
  };
}
