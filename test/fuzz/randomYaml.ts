/** Random YAML documents: every kind of scalar and collection, in good and in bad places. */
import type { Random } from './random.js';

const long = 'word '.repeat(20);
const plainScalars: readonly string[] = [
  'a',
  'b c',
  'x:y',
  'a#b',
  '-x',
  '?x',
  ':x',
  'http://x/y',
  'a,b',
  'a]b',
  "a'b",
  'a"b',
  'a\\b',
  `long ${long}end`,
  '🙂',
  'ünïcode',
  '.',
  '..',
  '...',
  '-',
  '--',
  '---',
  '@x',
  '%x',
  '`x',
  '=',
  '<<',
  'true',
  'True',
  'yes',
  'No',
  'y',
  'on',
  'null',
  '~',
  'Null',
  '',
  '.inf',
  '-.Inf',
  '.nan',
  '1',
  '014',
  '0o14',
  '0b11',
  '0x1f',
  '1_000',
  '1__0',
  '_1',
  '1e3',
  '1.',
  '.5',
  '-.5',
  '+1',
  '+.5',
  '1.10',
  '-0',
  '0.0',
  '1E5',
  '+0x1f',
  '-0b1',
  '0O17',
  '0x',
  '0xg',
  '09',
  '08.5',
  '1e',
  'e1',
  '1e21',
  '1e-7',
  '1e400',
  '1.5e300',
  '100000',
  '1000000.5',
  '0.00001',
  '123456789.123',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775809',
  '18446744073709551615',
  '18446744073709551616',
  '12345678901234567890123',
  '0777777777777777777777777',
  '0xffffffffffffffff',
  '-0x8000000000000000',
  '685_230.15',
  '190:20:30.15',
  '12:30:45',
  '1:20',
  '2001-01-01',
  '2001-1-1',
  '2001-01-01T01:02:03Z',
  '2001-01-01 01:02:03',
  '2001-01-01 01:02:03.5 +1',
  '2001-01-01t01:02:03.123456789-05:00',
  '2001-02-30',
];
const otherScalars: readonly string[] = [
  '"a\\tb"',
  '"a\\u263a\\U0001F600"',
  '"\\x41"',
  "'it''s'",
  '""',
  "''",
  '"a: b"',
  `"long ${long}"`,
  `'l ${'word  '.repeat(20)}x'`,
  '"x\\n"',
  '"x\\ny"',
  '"\\n"',
  '" x"',
  '"x "',
  '"\\n x"',
  '"x \\ny"',
  '"tab\\tx\\ny"',
  '"- a"',
  '"a #b"',
  '"a: "',
  '"é"',
  '"\u{1F600}\\ny"',
  '"\\e"',
  '"\\0"',
  '"\\L"',
  '"\\_"',
  '"\\N"',
  '"a \\N b"',
  '"\\/"',
  '"\\uFEFF"',
  '"a\\rb"',
  '"\\x7f"',
  '"123"',
  "'true'",
  '"open',
  "'open",
  '!!str 1',
  '!!int 1',
  '!!int "1"',
  '!!float 1',
  '!!str true',
  '!!str',
  '!!null x',
  '!!bool yes',
  '!!binary aGVsbG8=',
  '!!binary "aGVs bG8="',
  '!!timestamp 2001-01-01',
  '!foo bar',
  '! 12',
  '!a!b c',
  '{}',
  '[]',
  '{a: b, c: [d, 1]}',
  '[a, {b: c}, ]',
  '{a, b: }',
  '{"a":1}',
  '{"a": 1,"b":[true,null]}',
  '[a: b]',
  '{a: {b: {c: d}}}',
  '{t: 2001-1-1t1:2:3Z, u: 2001-01-01}',
  '[~, null, "", 1, ]',
  '{ , }',
  '[a b, c',
  '{{ x }}',
  '*x',
  '*y',
  '*z',
  '&x q',
  '&y {m: 1}',
  '&z [*z]',
];
const keys: readonly string[] = [
  'a',
  'b',
  'c',
  'name',
  'b2',
  'b10',
  'A',
  '"q k"',
  "'s'",
  'k-1',
  'a.b/c',
  '1',
  'true',
  'null',
  'y',
  '1.5',
  '"1"',
  '2001-01-01',
  '<<',
  'é',
  'x y',
  '_z',
  '$p',
  'a1',
  'a01',
  'a001',
  'a1b',
  '? c',
  '!!str t',
  '&k ak',
  `"${'k'.repeat(130)}"`,
  '"k\\nl"',
  'k'.repeat(50),
  `"${'é'.repeat(70)}"`,
  '=',
  '.x',
  '/x',
  '[a]',
  '{a: b}',
  '😀',
  'on',
  '0x1',
  '""',
  '-k',
  '?k',
  'k:v',
  'k#v',
  '*k',
];
const lines: readonly string[] = ['text', 'two  words', '  indented', '', '', 'x: y', '# no comment', '- item', '\ttab', 'tr ', `${long}end`, 'é', '{{ x }}', '  ', '   more'];
const headers: readonly string[] = ['', '', '', '-', '+', '2', '-2', '2+', ' # c', '1', '4', '- ', '+2 #x', 'x'];

/** A document of random shape; about a third of them is refused by go-yaml. */
export function randomDocument(random: Random): string {
  const start = random.pick(['', '', '---\n', '# c\n', '%YAML 1.1\n---\n', '\ufeff', '--- # x\n', '\n']);
  const end = random.pick(['\n', '\n', '', '\n\n', '\n...\n', '\n---\nb: 1\n', '\n---', '\n--- \n---\nx: 1\n', '\n# c\n']);
  const text = start + (random.below(6) === 0 ? sequence(random, 0, 0) : map(random, 0, 0)) + end;
  return random.below(12) === 0 ? text.replaceAll('\n', '\r\n') : text;
}

/** A map of a few scalars, most of them good: for the printer. */
export function randomScalars(random: Random): string {
  const fields = ['k0: &x 1\nk00: &y {z: 1}\n'];
  for (let index = 1; index < 6; index++) fields.push(`k${index}: ${random.below(3) === 0 ? block(random, 0) : scalar(random)}\n`);
  return fields.join('');
}

function scalar(random: Random): string {
  return random.pick(random.below(2) === 0 ? plainScalars : otherScalars);
}

function block(random: Random, indent: number): string {
  const width = indent + random.pick([2, 2, 2, 1, 4, 0]);
  const written = Array.from({ length: random.below(6) }, () => {
    const line = random.pick(lines);
    return line === '' ? ' '.repeat(random.below(indent + 4)) : ' '.repeat(width) + line;
  });
  return [`${random.pick(['|', '|', '>'])}${random.pick(headers)}`, ...written].join('\n');
}

/** What stands behind a colon or a dash. */
function value(random: Random, indent: number, depth: number): string {
  const kind = random.below(20);
  if (depth < 4 && kind < 4) return `${random.pick(['', '', ' # c', ' &x', '  ', ' !!map'])}\n${map(random, indent + random.pick([1, 2, 2, 2, 4]), depth + 1)}`;
  if (depth < 4 && kind < 7) return `${random.pick(['', '', ' # c', ' &y', ' !!seq'])}\n${sequence(random, indent + random.pick([0, 0, 2, 2, 4]), depth + 1)}`;
  if (kind < 9) return ` ${block(random, indent)}`;
  if (kind < 10) return ` ${scalar(random)}\n${' '.repeat(indent + 2)}${random.pick(['more', 'x y', '# c', 'a: b', '"q"', ''])}`;
  return ` ${scalar(random)}${random.pick(['', '', '', '', ' # c', ' ', '\t', '#x'])}`;
}

function map(random: Random, indent: number, depth: number): string {
  const written: string[] = [];
  for (let count = 1 + random.below(4); count > 0; count--) {
    if (random.below(15) === 0) written.push(random.pick(['', '# c', `${' '.repeat(indent)}# c`, ' '.repeat(random.below(6))]));
    written.push(' '.repeat(indent) + random.pick(keys) + random.pick([':', ':', ':', ':', ' :']) + value(random, indent, depth));
  }
  return written.join('\n');
}

function sequence(random: Random, indent: number, depth: number): string {
  const written: string[] = [];
  for (let count = 1 + random.below(4); count > 0; count--) {
    const shape = depth < 4 ? random.below(12) : 11;
    const inner = shape < 3 ? map(random, indent + 2, depth + 1) : shape === 3 ? sequence(random, indent + 2, depth + 1) : undefined;
    written.push(`${' '.repeat(indent)}-${inner === undefined ? value(random, indent, depth) : ` ${inner.slice(indent + 2)}`}`);
  }
  return written.join('\n');
}
