/** What Go was recorded to make of templates (scripts/facts/template/record.mjs): every function, the language, charts. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { cryptography } from '../../../src/adapters/charts/certificates.js';
import { chartTools } from '../../../src/adapters/charts/chartTools.js';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import { SourceText } from '../../../src/core/base/source.js';
import { ChartCache } from '../../../src/core/helm/chartCache.js';
import { renderChart } from '../../../src/core/helm/renderChart.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { valueOfNode } from '../../../src/core/template/data.js';
import { argocdFunctions } from '../../../src/core/template/functions/argocd.js';
import { helmFunctions } from '../../../src/core/template/functions/helm.js';
import { renderText } from '../../../src/core/template/renderTemplate.js';
import type { MissingKey } from '../../../src/core/template/evaluate.js';
import { projectFolder } from '../../support/projectFolder.js';

interface RecordedCase {
  readonly text: string;
  readonly functions: 'helm' | 'argocd' | 'chart';
  readonly missingKey?: MissingKey;
  readonly output: string;
  readonly error?: string;
}
interface Recorded {
  readonly data: string;
  readonly cases: readonly RecordedCase[];
}

function read<T>(name: string): T {
  return JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/template', name), 'utf8')) as T;
}

/** What is not as in Go, by the text of the case, or by a pattern on what Go says of it, with the reason. */
interface Known {
  readonly text?: string;
  readonly pattern?: string;
  readonly reason: string;
}
const known = read<readonly Known[]>('differences.json');

interface Answer {
  readonly output: string;
  readonly error?: string;
}

function runner({ data }: Recorded): (each: RecordedCase) => Answer {
  const root = parseYaml(new SourceText('/values.yaml', data)).documents[0]?.root;
  assert(root);
  return ({ text, functions, missingKey }) => {
    const table = functions === 'helm' ? helmFunctions : argocdFunctions;
    const result = renderText(text, valueOfNode(root), table, { name: 't', cryptography, ...(missingKey ? { missingKey } : {}) });
    // a byte that is no character has no place in the record
    return 'error' in result ? { output: '', error: result.error.message } : { output: result.text.replace(/\p{Surrogate}/gu, '\ufffd') };
  };
}

function isExcused({ text, pattern }: Known, each: RecordedCase): boolean {
  return text === undefined ? new RegExp(pattern ?? '$^').test(`${each.text}\n${each.error ?? each.output}`) : text === each.text;
}

function checkAll(recorded: Recorded, run: (each: RecordedCase) => Answer): void {
  const wrong: string[] = [];
  for (const each of recorded.cases) {
    const { output, error } = run(each);
    if ((output === each.output && error === each.error) || known.some((one) => isExcused(one, each))) continue;
    wrong.push(`${each.text}\n  Go:   ${each.error ?? JSON.stringify(each.output)}\n  here: ${error ?? JSON.stringify(output)}`);
  }
  assert.equal(wrong.length, 0, `${wrong.length} of ${recorded.cases.length} differ:\n${wrong.slice(0, 30).join('\n')}`);
}

describe('templates, against what Go was recorded to make of them', function () {
  this.timeout(120_000);
  const functions = read<Recorded & { readonly names: readonly string[] }>('functions.json');
  const random = read<Recorded>('random.json');

  it('give the same text or the same message, but for the differences that are listed', () => {
    checkAll(functions, runner(functions));
  });

  it('do so where they are made up at random', () => {
    checkAll(random, runner(random));
  });

  it('can call the functions that helm gives them, and no others', () => {
    assert.deepEqual([...helmFunctions.keys()].sort(), [...functions.names].sort());
  });

  it('lists no difference that there is not', () => {
    const runs = [functions, random].map((recorded) => ({ recorded, run: runner(recorded) }));
    const settled = known.filter(
      (one) => !runs.some(({ recorded, run }) => recorded.cases.some((each) => isExcused(one, each) && (run(each).output !== each.output || run(each).error !== each.error))),
    );
    assert.deepEqual(settled, []);
  });
});

describe('what charts show their templates, against what helm was recorded to make of it', () => {
  const recorded = read<Recorded & { readonly files: Readonly<Record<string, string>> }>('charts.json');
  const inputs = {
    releaseName: 'rel',
    namespace: 'ns',
    values: [],
    includeCrds: false,
    skipHooks: false,
    skipTests: false,
    skipSchemaValidation: false,
    kubeVersion: undefined,
    apiVersions: [],
  } as const;

  const run = ({ text }: RecordedCase): Answer => {
    const tree = new MemoryTree({
      ...Object.fromEntries(Object.entries(recorded.files).map(([name, content]) => [`/app/${name}`, content])),
      '/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.2.3\nappVersion: "4.5"\n',
      '/app/values.yaml': recorded.data,
      '/app/templates/t': text,
    });
    const rendering = renderChart({ tree, path: '/app', inputs }, { tools: chartTools, cache: new ChartCache() });
    const error = rendering.problems.find(({ severity }) => severity === 'error')?.message;
    return rendering.ok ? { output: (rendering.text ?? '').replace('---\n# Source: app/templates/t\n', '').trimEnd() } : { output: '', error: error ?? '' };
  };

  it('is the same, and what helm refuses is refused in its words', () => {
    checkAll(recorded, run);
  });
});
