/** Mutations of YAML texts: slips of the keyboard, lines in the wrong place, and what an attacker would write. */
import type { Random } from './random.js';

type Mutation = (text: string, random: Random, donors: readonly string[]) => string;

const tokens: readonly string[] = [
  ':',
  ': ',
  '- ',
  '-',
  '#',
  ' #',
  "'",
  '"',
  '|',
  '>',
  '|-\n',
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '<<: *a',
  '!!str ',
  '!!int ',
  '!x ',
  '? ',
  '---\n',
  '...\n',
  '%YAML 1.2\n',
  '\t',
  '\r\n',
  '\r',
  '\0',
  '\uFEFF',
  '\u2028',
  '\uD800',
  '\u{1F600}',
  '~',
  'null',
  'yes',
  '1e400',
  '0x',
  '-.inf',
  '.nan',
  '9'.repeat(400),
  'a'.repeat(2000),
  '$patch: delete\n',
  '$patch: replace\n',
  '$retainKeys: [a]\n',
  '$setElementOrder/containers: [x]\n',
  '../',
  '/',
  '..',
  'https://example.test/x?ref=y',
  'spec',
  'metadata',
  'name',
  'namespace',
  'kind: List\n',
  'items',
  '$(A)',
  '__proto__',
  'constructor',
  '~1',
  '~0',
  '.*',
  '(',
  '(a+)+$',
  '[name=',
  '*',
  'generateName: x\n',
];

const bombs: readonly string[] = [
  `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
    .split('')
    .map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[index] ?? 'a'}`).join(', ')}]\n`)
    .join('')}`,
  `deep: ${'['.repeat(3000)}${']'.repeat(3000)}\n`,
  `deep: ${'{a: '.repeat(3000)}1${'}'.repeat(3000)}\n`,
  Array.from({ length: 1500 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
  `x: &x\n  <<: *x\n`,
  `list:\n${'- - - - - - - - '.repeat(200)}x\n`,
  `wide: [${'1,'.repeat(20_000)}]\n`,
];

const mutations: readonly Mutation[] = [
  (text, random) => splice(text, random, 1 + random.below(4), ''),
  (text, random) => splice(text, random, 0, random.pick(tokens)),
  (text, random) => splice(text, random, 0, random.pick(tokens)),
  (text, random) => splice(text, random, random.below(12), random.pick(tokens)),
  (text, random) => splice(text, random, 0, String.fromCharCode(32 + random.below(95))),
  (text, random) => onLines(text, (lines) => lines.splice(random.below(lines.length), 1)),
  (text, random) => onLines(text, (lines) => lines.splice(random.below(lines.length), 0, random.pick(lines))),
  (text, random) => onLines(text, (lines) => lines.reverse().splice(0, random.below(3))),
  (text, random) => onLines(text, (lines) => indent(lines, random)),
  (text, random) => onLines(text, (lines) => emptyValue(lines, random)),
  (text, random, donors) => onLines(text, (lines) => lines.splice(random.below(lines.length), 0, ...someLines(random.pick(donors), random))),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text + random.pick(bombs),
  (text, random) => random.pick(bombs) + text,
];

/** `text` after one to three mutations; `donors` are texts whose lines may be put in. */
export function mutateText(text: string, random: Random, donors: readonly string[]): string {
  let mutated = text;
  for (let count = 1 + random.below(3); count > 0; count--) mutated = random.pick(mutations)(mutated, random, donors);
  return mutated;
}

function splice(text: string, random: Random, length: number, insert: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + insert + text.slice(at + length);
}

function onLines(text: string, change: (lines: string[]) => unknown): string {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
}

function indent(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  lines[at] = random.below(2) === 0 ? `${' '.repeat(1 + random.below(4))}${line}` : line.replace(/^ {1,2}/, '');
}

/** Takes the value of a field away, or puts another kind of value in its place. */
function emptyValue(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  lines[at] = (lines[at] ?? '').replace(/: .*$/, `: ${random.pick(['', '{}', '[]', '12', 'true', 'null', 'text', '{a: b}', '[a]', '""'])}`);
}

function someLines(text: string, random: Random): readonly string[] {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  return lines.slice(at, at + 1 + random.below(5));
}
