/** Headers of registries: challenges of authentication, links to the next page, waits and limits. What can't be read is left out. */

/** One way that a server offers to convince it. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The challenges of a `WWW-Authenticate` header (RFC 9110, section 11.6.1), several of which may stand in one. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  const parameter = new RegExp(String.raw`\s*(${token})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))`, 'y');
  const scheme = new RegExp(String.raw`\s*(${token})(?=\s|,|$)`, 'y');
  const separator = /[\s,]*/y;
  for (let at = 0; at < header.length;) {
    separator.lastIndex = at;
    separator.exec(header);
    at = separator.lastIndex;
    parameter.lastIndex = at;
    const field = parameter.exec(header);
    const current = challenges.at(-1);
    if (field && current) {
      current.parameters.set((field[1] ?? '').toLowerCase(), field[2]?.replaceAll(/\\(.)/g, '$1') ?? field[3] ?? '');
      at = parameter.lastIndex;
      continue;
    }
    scheme.lastIndex = at;
    const word = scheme.exec(header);
    if (!word) break;
    challenges.push({ scheme: (word[1] ?? '').toLowerCase(), parameters: new Map() });
    at = scheme.lastIndex;
  }
  return challenges;
}

/** The target of `rel="next"` in a `Link` header (RFC 8288), as written; undefined where there is none. */
export function nextLink(header: string): string | undefined {
  for (const match of header.matchAll(/<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g)) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))/i.exec(match[2] ?? '');
    if ((relation?.[1] ?? relation?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return match[1];
  }
  return undefined;
}

/**
 * The seconds of a `Retry-After` header: a number, or a date (RFC 9110, section 10.2.3).
 * @param now milliseconds since 1970
 * @param readDate of an HTTP date, in milliseconds since 1970; NaN for what is none
 */
export function readRetryAfter(header: string, now: number, readDate: (text: string) => number): number | undefined {
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  const date = readDate(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** `ratelimit-limit: 100;w=21600` of Docker Hub: how many in how many seconds. */
export interface RateLimit {
  readonly count: number;
  /** Undefined where it isn't said. */
  readonly seconds: number | undefined;
}

/** Reads such a header. */
export function readRateLimit(header: string): RateLimit | undefined {
  const match = /^\s*(\d+)(?:\s*;\s*w=(\d+))?/.exec(header);
  return match ? { count: Number(match[1]), seconds: match[2] === undefined ? undefined : Number(match[2]) } : undefined;
}

/** `100 pulls in 6 hours`. */
export function describeRateLimit({ count, seconds }: RateLimit): string {
  const pulls = `${count} ${count === 1 ? 'pull' : 'pulls'}`;
  if (seconds === undefined) return pulls;
  if (seconds % 3600 === 0) return `${pulls} in ${seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`}`;
  return `${pulls} in ${seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`}`;
}
