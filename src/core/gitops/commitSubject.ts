/**
 * The subject of commits in a team's own words: a template with names in braces, such as `deploy({app}): {change}`. It is
 * one line; what the commit's body says is not its business.
 */

/** What a template can name. */
export const subjectWords = ['type', 'change', 'app', 'environments', 'from', 'to', 'image', 'version'] as const;

/** What each name stands for in one commit; empty where there is nothing to say. */
export type SubjectWords = Readonly<Record<(typeof subjectWords)[number], string>>;

/** What a team says about the commits that are made for it. */
export interface CommitSettings {
  /** A template without unknown names; undefined for our own words. */
  readonly subject: string | undefined;
  /** Whether subjects end in `[skip ci]`; undefined where nothing is said. */
  readonly skipCi: boolean | undefined;
}

/** How one message is written. */
export interface MessageOptions {
  readonly skipCi: boolean;
  readonly subject?: string | undefined;
}

const skipMark = '[skip ci]';

/** The names in braces that there aren't, with their braces and in their order: `['{nme}']`. */
export function unknownSubjectWords(template: string): readonly string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].flatMap(([whole, name = '']) => (isSubjectWord(name) ? [] : [whole]));
}

/** The subject by the template of `options`, else `own`, with `[skip ci]` at its end where that is wished; one line without its end. */
export function writeSubject(own: string, words: SubjectWords, { subject: template, skipCi }: MessageOptions): string {
  const filled = template?.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => (isSubjectWord(name) ? words[name] : whole));
  const subject = filled?.replaceAll(/\s+/g, ' ').trim();
  const said = subject === undefined || subject === '' ? own : subject;
  return skipCi && !said.includes(skipMark) ? `${said} ${skipMark}` : said;
}

/** The one text that there is, or how many: `v2`, `3 versions`; empty without any. */
export function nameOneOrCount(texts: readonly string[], plural: string): string {
  const different = [...new Set(texts)];
  return different.length > 1 ? `${different.length} ${plural}` : (different[0] ?? '');
}

/** What a workspace says of its commits, with what was asked for this time before it. */
export function messageOptions({ subject, skipCi }: CommitSettings, asked?: { readonly skipCi: boolean | undefined }): MessageOptions {
  return { subject, skipCi: asked?.skipCi ?? skipCi ?? false };
}

function isSubjectWord(name: string): name is keyof SubjectWords {
  return subjectWords.some((word) => word === name);
}
