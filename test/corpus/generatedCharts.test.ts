/**
 * Charts of the large corpus whose output helm makes anew each time (passwords, keys, certificates, the time): all that
 * doesn't change is byte for byte helm's, what does is marked as generated here, and it is of the same form.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { SourceText } from '../../src/core/base/source.js';
import { ChartCache } from '../../src/core/helm/chartCache.js';
import { renderChart } from '../../src/core/helm/renderChart.js';
import { rememberSecrets } from '../../src/core/template/cryptography.js';
import type { MapNode, YamlNode } from '../../src/core/yaml/nodes.js';
import { parseYaml } from '../../src/core/yaml/parse.js';
import { findLargeCorpus } from '../support/corpus.js';
import { loadCorpusCharts, type ChartCase } from '../support/corpusCharts.js';

/** What a text is, as far as it is the same each time: certificates and keys by what stands in them, all else by its length. */
function formOf(text: string): string {
  if (text.startsWith('-----BEGIN CERTIFICATE')) {
    const certificate = new X509Certificate(text);
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
    return ['certificate', certificate.subject, certificate.issuer, certificate.subjectAltName ?? '', days, certificate.ca, certificate.keyUsage].join(' ');
  }
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)) {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(text);
    return [text.split('\n')[0], asymmetricKeyType, asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve].join(' ');
  }
  if (text.startsWith('LS0tLS1')) return `base64 of ${formOf(Buffer.from(text, 'base64').toString())}`;
  if (text.includes('-----BEGIN') || text.length > 4000) return 'a text with a key in it';
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(text)) return 'a date';
  if (/^[0-9]+$/.test(text)) return 'a number';
  return `${text.length} characters`;
}

/** Files that the corpus is stored without. */
const missing: ReadonlySet<string> = new Set(['prometheus-community+helm-charts__charts__kube-prometheus-stack__ci__06-upgrade-crds-values ConfigMap.binaryData.crds.bz2']);

interface Field {
  readonly at: string;
  readonly ours: string;
  readonly helms: string;
  readonly isGenerated: boolean;
}

/** All fields of two manifests, in pairs; a text where their shapes differ. */
function pairUp(ours: YamlNode, helms: YamlNode, at: string): readonly (Field | string)[] {
  if (ours.kind === 'scalar' && helms.kind === 'scalar') {
    const step = ours.step as { readonly isGenerated?: boolean } | undefined;
    return [{ at, ours: ours.value, helms: helms.value, isGenerated: step?.isGenerated === true }];
  }
  if (ours.kind === 'map' && helms.kind === 'map') {
    if (ours.pairs.length !== helms.pairs.length) return [`${at}: ${ours.pairs.length} fields, helm has ${helms.pairs.length}`];
    return ours.pairs.flatMap(({ key, value }, index) => {
      const other = helms.pairs[index];
      return other?.key.value === key.value ? pairUp(value, other.value, `${at}.${key.value}`) : [`${at}.${key.value}: helm has ${other?.key.value ?? ''}`];
    });
  }
  if (ours.kind === 'sequence' && helms.kind === 'sequence') {
    if (ours.items.length !== helms.items.length) return [`${at}: ${ours.items.length} entries, helm has ${helms.items.length}`];
    return ours.items.flatMap((item, index) => {
      const other = helms.items[index];
      return other ? pairUp(item, other, `${at}[${index}]`) : [];
    });
  }
  return [`${at}: a ${ours.kind}, helm has a ${helms.kind}`];
}

describe('what helm makes anew each time', function () {
  this.timeout(300_000);
  const large = findLargeCorpus();
  if (large === undefined) return;
  const wrong: string[] = [];
  const counts = { charts: 0, fields: 0, generated: 0, certificates: 0, keys: 0 };

  const compare = ({ entry, root }: ChartCase, rendering: ReturnType<typeof renderChart>): void => {
    const golden = fs.readFileSync(path.join(root, entry.golden ?? ''), 'utf8');
    if (!rendering.ok) {
      wrong.push(`${entry.id}: ${rendering.problems[0]?.message ?? ''}`);
      return;
    }
    const documents = parseYaml(new SourceText('/golden.yaml', golden)).documents.flatMap(({ root: each }) => (each?.kind === 'map' ? [each] : []));
    counts.charts++;
    if (documents.length !== rendering.objects.length) {
      wrong.push(`${entry.id}: ${rendering.objects.length} objects, helm has ${documents.length}`);
      return;
    }
    for (const [index, { root: ours }] of rendering.objects.entries()) {
      const helms: MapNode | undefined = documents[index];
      for (const field of helms ? pairUp(ours, helms, `${entry.id} ${rendering.objects[index]?.id.kind ?? ''}`) : []) {
        if (typeof field === 'string') wrong.push(field);
        else checkField(field);
      }
    }
  };

  const checkField = ({ at, ours, helms, isGenerated }: Field): void => {
    counts.fields++;
    if (isGenerated) {
      counts.generated++;
      const form = formOf(ours);
      if (form.includes('certificate ')) counts.certificates++;
      if (form.includes('PRIVATE KEY')) counts.keys++;
      if (form !== formOf(helms)) wrong.push(`${at}: ${form}, helm's is ${formOf(helms)}`);
    } else if (ours !== helms && !missing.has(at)) wrong.push(`${at}: ${JSON.stringify(ours.slice(0, 60))}, helm has ${JSON.stringify(helms.slice(0, 60))}, and it isn't marked`);
  };

  before(async () => {
    const rendering = { tools: { ...chartTools, cryptography: rememberSecrets(chartTools.cryptography) }, cache: new ChartCache() };
    for (const each of await loadCorpusCharts(large)) {
      const { entry, tree, path: chart, inputs } = each;
      if (entry.ok && entry.deterministic === false) compare(each, renderChart({ tree, path: chart, inputs }, rendering));
    }
  });

  it('is marked as generated and of the same form; all else is the same', () => {
    console.log(`      charts: ${counts.charts}, fields ${counts.fields}, of which generated ${counts.generated}: ${counts.certificates} certificates, ${counts.keys} keys`);
    assert.deepEqual(wrong.slice(0, 60), []);
    assert(counts.certificates > 0 && counts.keys > 0);
  });
});
