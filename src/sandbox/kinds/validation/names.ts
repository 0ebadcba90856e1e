/** What names, labels and the like may look like, in a server's words (k8s.io/apimachinery v0.34, pkg/util/validation). Each answers with what is wrong. */

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const qualifiedWords = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** A rule of a pattern, with a longest length and examples. */
interface Rule {
  readonly pattern: string;
  readonly words: string;
  readonly examples: readonly string[];
  readonly longest?: number;
}

const rules = {
  label: {
    pattern: label,
    words: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    examples: ['my-name', '123-abc'],
    longest: 63,
  },
  oldLabel: {
    pattern: '[a-z]([-a-z0-9]*[a-z0-9])?',
    words: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    examples: ['my-name', 'abc-123'],
    longest: 63,
  },
  subdomain: {
    pattern: subdomain,
    words: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    examples: ['example.com'],
    longest: 253,
  },
  wildcard: {
    pattern: `\\*\\.${subdomain}`,
    words:
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    examples: ['*.example.com'],
    longest: 253,
  },
  labelValue: {
    pattern: `(${qualified})?`,
    words: "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    examples: ['MyValue', 'my_value', '12345'],
    longest: 63,
  },
  key: {
    pattern: '[-._a-zA-Z0-9]+',
    words: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    examples: ['key.name', 'KEY_NAME', 'key-name'],
    longest: 253,
  },
} as const satisfies Record<string, Rule>;

const compiled: Readonly<Record<string, RegExp>> = Object.fromEntries(
  [...Object.values(rules), { pattern: qualified }].map(({ pattern }) => [pattern, new RegExp(`^(?:${pattern})$`)]),
);

function check(text: string, { pattern, words, examples, longest }: Rule): readonly string[] {
  return [
    ...(longest !== undefined && Buffer.byteLength(text) > longest ? [`must be no more than ${longest} characters`] : []),
    ...(compiled[pattern]?.test(text) === true ? [] : [`${words} ${examplesOf(examples, pattern)}`]),
  ];
}

function examplesOf(examples: readonly string[], pattern: string): string {
  return `(e.g. ${examples.map((each) => `'${each}', `).join(' or ')}regex used for validation is '${pattern}')`;
}

/** One label of a DNS name: `my-name`. */
export const checkLabel = (text: string): readonly string[] => check(text, rules.label);
/** A label that starts with a letter, as Services are named. */
export const checkOldLabel = (text: string): readonly string[] => check(text, rules.oldLabel);
export const checkSubdomain = (text: string): readonly string[] => check(text, rules.subdomain);
/** `*.example.com` */
export const checkWildcard = (text: string): readonly string[] => check(text, rules.wildcard);
export const checkLabelValue = (text: string): readonly string[] => check(text, rules.labelValue);

/** A key of a ConfigMap or a Secret. */
export function checkKey(text: string): readonly string[] {
  if (text === '.') return ["must not be '.'"];
  if (text === '..') return ["must not be '..'"];
  return [...check(text, rules.key), ...(text.startsWith('..') ? ["must not start with '..'"] : [])];
}

/** A name that stands in a path of the API alone: those of RBAC. */
export function checkPathSegment(text: string): readonly string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((letter) => text.includes(letter)).map((letter) => `may not contain '${letter}'`);
}

/** `example.com/MyName`, as the keys of labels are. */
export function checkQualifiedName(text: string): readonly string[] {
  const parts = text.split('/');
  const [prefix, name = ''] = parts.length === 1 ? [undefined, parts[0]] : parts;
  if (/^[A-Za-z0-9]+$/.test(text) && text.length < 64) return [];
  const words = `${qualifiedWords} ${examplesOf(['MyName', 'my.name', '123-abc'], qualified)}`;
  if (parts.length > 2) return [`a qualified name ${words} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const errors: string[] = [];
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined) errors.push(...checkSubdomain(prefix).map((each) => `prefix part ${each}`));
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push('name part must be no more than 63 characters');
  if (compiled[qualified]?.test(name) !== true) errors.push(`name part ${words}`);
  return errors;
}

/** A name of a port of a container or a probe. */
export function checkPortName(text: string): readonly string[] {
  return [
    ...(text.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(text) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(text) ? [] : ['must contain at least one letter (a-z)']),
    ...(text.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(/^-|-$/.test(text) ? ['must not begin or end with a hyphen'] : []),
  ];
}

export function checkPort(port: number): readonly string[] {
  return port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** The name of an environment variable: anything printable but `=`. */
export function checkVariable(text: string): readonly string[] {
  return /^[ -<>-~]*$/.test(text) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}
