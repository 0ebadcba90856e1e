import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { ScalarNode, type ScalarTag } from '../../../src/core/yaml/nodes.js';
import { jsonScalarOf, resolveTag, resolveTagYaml11 } from '../../../src/core/yaml/scalars.js';

const tags: Readonly<Partial<Record<ScalarTag, readonly string[]>>> = {
  '!!int': [
    '1',
    '014',
    '0o14',
    '0b11',
    '0x1f',
    '1_000',
    '1__0',
    '-0',
    '+1',
    '+0x1f',
    '-0b1',
    '0O17',
    '18446744073709551615',
    '-9223372036854775808',
    '08_'.replace('8_', '7'),
    '0777',
  ],
  '!!float': [
    '1.10',
    '1e3',
    '1E5',
    '1.',
    '.5',
    '-.5',
    '+.5',
    '553640e6',
    '12e03',
    '08',
    '09',
    '.inf',
    '-.Inf',
    '.nan',
    '18446744073709551616',
    '685_230.15',
    '-9223372036854775809',
  ],
  '!!bool': ['true', 'True', 'TRUE', 'false'],
  '!!null': ['', '~', 'null', 'Null', 'NULL'],
  '!!timestamp': ['2001-01-01', '2001-1-1', '2001-01-01T01:02:03Z', '2001-01-01 01:02:03.5', '2001-01-01t1:2:3-05:00'],
  '!!merge': ['<<'],
  '!!str': [
    'a',
    'yes',
    'no',
    'on',
    'y',
    'tRue',
    '1.2.3',
    '12:30:45',
    '190:20:30.15',
    '0x',
    '0xg',
    '1e',
    'e1',
    '1e400',
    '_1',
    '-',
    '.',
    '2001-02-30',
    '2001-01-01 01:02:03 +1',
    '0b',
    '=',
    '1,000',
    '1d',
  ],
};

describe('resolveTag', () => {
  for (const [tag, texts] of Object.entries(tags)) {
    it(`takes ${texts.join(' ')} for ${tag}`, () =>
      assert.deepEqual(
        texts.filter((text) => resolveTag(text) !== tag),
        [],
      ));
  }
});

describe('resolveTagYaml11', () => {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    string: ['1.9.1', 'v1', '1.2.3-4', '0123abc', '1d', '1e', 'e1', '0x', '1,000', '9e9999', '190:20:30', '1:30'],
    number: [
      '1.9',
      '3.6',
      '0.1',
      '.5',
      '5.',
      '7284872',
      '12345678901234567890',
      '+1',
      '-1',
      '553640e6',
      '1e10',
      '1E5',
      '12e03',
      '1.e3',
      '00e1',
      '0e0',
      '0x1f',
      '0o17',
      '017',
      '08',
      '0777',
      '0b1',
      '1_000',
      '1__0',
      '.inf',
      '.nan',
    ],
    boolean: ['yes', 'no', 'on', 'off', 'y', 'n', 'Y', 'N', 'Yes', 'ON', 'true', 'false'],
    null: ['null', '~', ''],
    date: ['2024-01-02', '2024-01-02T03:04:05Z'],
  };
  const kindOf: Readonly<Record<ScalarTag, string>> = {
    '!!str': 'string',
    '!!int': 'number',
    '!!float': 'number',
    '!!bool': 'boolean',
    '!!null': 'null',
    '!!timestamp': 'date',
    '!!binary': 'binary',
    '!!merge': 'merge',
  };
  for (const [kind, texts] of Object.entries(kinds)) {
    it(`reads ${texts.join(' ')} as ${kind}`, () =>
      assert.deepEqual(
        texts.filter((text) => kindOf[resolveTagYaml11(text)] !== kind),
        [],
      ));
  }
});

describe('jsonScalarOf', () => {
  const source = new SourceText('/a.yaml', '');
  const printed = (value: string, tag: ScalarTag): string | undefined => {
    const json = jsonScalarOf(new ScalarNode(value, tag, 'plain', source, 0, 0, undefined, undefined));
    return json.kind === 'literal' ? json.text : json.kind === 'string' ? JSON.stringify(json.value) : undefined;
  };

  it('writes numbers by their value', () => {
    const rows: Readonly<Record<string, string>> = {
      '1.10': '1.1',
      '0x1f': '31',
      '014': '12',
      '0o14': '12',
      '0b11': '3',
      '1_000': '1000',
      '553640e6': '553640000000',
      '1e21': '1e+21',
      '1e-7': '1e-07',
      '1000000.5': '1.0000005e+06',
      '0.0001': '0.0001',
      '0.00001': '1e-05',
      '-0': '0',
      '1.5e300': '1.5e+300',
      '123456789012345678901234567890': '1.2345678901234568e+29',
      '18446744073709551615': '18446744073709551615',
      '-9223372036854775808': '-9223372036854775808',
      '100000': '100000',
    };
    for (const [text, expected] of Object.entries(rows)) assert.equal(printed(text, resolveTag(text)), expected, text);
  });

  it('writes dates in full and decodes binary', () => {
    assert.equal(printed('2001-1-2', '!!timestamp'), '"2001-01-02T00:00:00Z"');
    assert.equal(printed('2001-01-01t1:2:3.50-05:00', '!!timestamp'), '"2001-01-01T01:02:03.5-05:00"');
    assert.equal(printed('aGVsbG8=', '!!binary'), '"hello"');
  });

  it('has no form for infinities and for values that their tag does not fit', () => {
    const rows: readonly (readonly [string, ScalarTag])[] = [
      ['.inf', '!!float'],
      ['.nan', '!!float'],
      ['x', '!!int'],
      ['1.5', '!!int'],
      ['yes', '!!bool'],
      ['x', '!!null'],
      ['x', '!!timestamp'],
      ['a b', '!!binary'],
    ];
    for (const [text, tag] of rows) assert.equal(printed(text, tag), undefined, `${tag} ${text}`);
  });
});
