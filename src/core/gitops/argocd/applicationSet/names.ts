/** The forms of names that generators offer beside the names themselves. */

/** A name of small letters, digits, `-` and `.`, at most 253 long (Argo CD v3.2.11 applicationset/utils SanitizeName). */
export function sanitizeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^-a-z0-9.]/gu, '-')
    .slice(0, 253)
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** What characters become words or vanish (github.com/gosimple/slug v1.15.0, English). */
const substitutes: Readonly<Record<string, string>> = { '&': 'and', '@': 'at', '"': '', "'": '', '’': '', '‒': '-', '–': '-', '—': '-', '―': '-' };

const longestSlug = 50;

/**
 * A branch as a part of a host name (github.com/gosimple/slug v1.15.0 with Argo CD's settings): at most 50 long, cut at a
 * dash. Undefined for letters whose Latin form is not known here.
 */
export function slugOf(text: string): string | undefined {
  const plain = [...text.trim()]
    .map((character) => substitutes[character] ?? character)
    .join('')
    .replaceAll('_', '-')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss');
  if (/[^\x00-\x7f]/.test(plain)) return undefined;
  const slug = plain
    .toLowerCase()
    .replace(/[^a-z0-9-_]/g, '-')
    .replace(/-+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '');
  if (slug.length <= longestSlug) return slug;
  const dash = slug.lastIndexOf('-', longestSlug);
  return dash < 0 ? slug.slice(0, longestSlug) : slug.slice(0, dash);
}
