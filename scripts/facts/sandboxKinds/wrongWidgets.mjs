// Objects of the kind that test/data/sandbox/kinds/widgets.json defines: each value for each field alone, and random ones
// together. Most are wrong in some way.
const values = {
  size: [1, 5, 1000000, 0, 1000001, -3, '5', 1.5, null],
  replicas: [0, 3, null, 'x', -1],
  ratio: [0.5, 1, 0, 0.3, -1, 'a'],
  on: [true, 'true', null],
  mode: ['Fast', 'Slow', 'Other', '', null],
  code: ['abc', 'a', 'abcdef', 'A1', '', null],
  port: [80, 'http', 1.5, true],
  amount: [1, '2Gi', 'x', ''],
  when: ['2024-01-01T00:00:00Z', '2024', '', '2024-13-01T00:00:00Z'],
  after: ['5m', '1h30m', 'x', '5'],
  address: ['1.2.3.4', '1.2.3', '::1'],
  link: ['https://a.b/c', 'a b', '/x', 'abc'],
  blob: ['YWJj', '###', ''],
  tags: [['a'], ['a', 'a'], ['a', 'b', 'c', 'd'], [], 'x', null],
  items: [[{ name: 'a' }], [{ name: 'a' }, { name: 'a', weight: 1 }], [], [{ weight: 3 }], [{ name: 'a', note: null, extra: 1 }], [{ name: 1 }], [null]],
  labels: [{ a: 'b' }, { a: 'bbbbb' }, { a: 1 }, { a: 'b', c: 'd', e: 'f' }, { a: null }],
  defaults: [{}, { level: 'debug' }, { deep: {} }, null, { level: null }],
  free: [{ x: 1 }, { known: { a: 'b', c: 1 } }, []],
  anything: [1, { a: [1] }, null, 'x'],
  template: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', foo: 1 }, spec: {} }, { spec: {} }, { apiVersion: 'v1' }],
  choice: [{ a: 'x' }, { a: 'x', b: 'y' }, {}, { b: 1 }],
  both: ['xyz', 'ab', 'x', 'abcd'],
  never: ['good', 'bad'],
  atomic: [{ a: '1', b: 2 }],
  maybe: [null, 'x'],
  few: [{}, { a: 1 }],
  unknown: [1],
};

let seed = 7;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const pick = (list) => list[Math.floor(random() * list.length)];

const specs = [
  ...Object.entries(values).flatMap(([name, each]) => each.map((value) => ({ size: 1, [name]: value }))),
  ...['x', [], {}, null, undefined],
  ...Array.from({ length: 60 }, () => {
    const spec = { size: pick([1, 5, 7, 0]) };
    for (const name of Object.keys(values)) if (name !== 'size' && random() < 0.2) spec[name] = pick(values[name]);
    return spec;
  }),
];
const metadata = [{ name: 'Bad_Name' }, { labels: { 'a b': 'c' } }, { labels: {}, annotations: {}, finalizers: [] }, { labels: { a: '-x' } }, { foo: 1 }];

export const wrongWidgets = [...specs.map((spec) => ({ spec })), ...metadata.map((each) => ({ spec: { size: 1 }, metadata: each })), { spec: { size: 1 }, status: { replicas: 1 } }].map(
  (each, index) => ({ apiVersion: 'example.com/v1', kind: 'Widget', ...each, metadata: { name: `w${index}`, ...each.metadata } }),
);
