/** The parser beside the `yaml` package, on the manifests of the small corpus: the same values. */
import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { SourceText } from '../../../src/core/base/source.js';
import type { YamlNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { loadFuzzSeeds } from '../../fuzz/seeds.js';

describe('the parser and the yaml package', () => {
  it('read the same texts of scalars from manifests', () => {
    const texts = new Set(loadFuzzSeeds().flatMap(({ files }) => Object.entries(files).flatMap(([name, text]) => (/\.ya?ml$/.test(name) ? [text] : []))));
    let compared = 0;
    for (const text of texts) {
      const own = parseYaml(new SourceText('/a.yaml', text));
      const other = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
      if (own.problems.length > 0 || !Array.isArray(other) || other.some(({ errors, warnings }) => errors.length + warnings.length > 0) || /<<:|\*\w/.test(text)) continue;
      const roots = own.documents.flatMap(({ root }) => (root ? [valueOf(root)] : []));
      assert.deepEqual(
        roots,
        other.flatMap((document) => (document.contents?.range[0] === document.contents?.range[1] ? [] : [document.toJS({ mapAsMap: true }) as unknown])),
        text,
      );
      compared++;
    }
    assert.ok(compared > 50, `${compared}`);
  });
});

/** Strings, lists and Maps, as the package's failsafe schema gives them. */
function valueOf(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'sequence':
      return node.items.map(valueOf);
    case 'map':
      return new Map(node.pairs.map(({ key, value }) => [key.value, valueOf(value)]));
  }
}
