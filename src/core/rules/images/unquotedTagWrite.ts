/** Finds commands of pipelines that write a tag without quotes, where a short commit may come to be read as a number. */
import { isInside } from '../../base/path.js';
import type { Fix } from '../../base/problem.js';
import { readGithubWorkflows } from '../../gitops/pipelines/githubWorkflows.js';
import { readGitlabPipeline } from '../../gitops/pipelines/gitlabPipeline.js';
import { numericRiskOf, type NumericRisk } from '../../gitops/pipelines/numericTag.js';
import type { PipelineInput, TagWrite } from '../../gitops/pipelines/pipeline.js';
import { describeText } from '../../gitops/pipelines/symbolicText.js';
import type { CheckedFile, FileRule, RuleContext } from '../rule.js';

export const unquotedTagWrite: FileRule = {
  id: 'images/unquoted-tag-write',
  scope: 'file',
  title: 'Pipeline that writes a tag without quotes',
  severity: 'warning',
  what: 'A command of a GitHub workflow or of GitLab CI that writes a short commit, or the number of a run, as a tag into YAML without quotes.',
  why: 'YAML reads a tag of digits alone as a number, and so it does with digits around one `e`: about one in 22 short commits of seven characters, one in 35 of eight. Kustomize then refuses the whole overlay, and a chart renders another tag, such as `5.5364e+11`. It works for weeks, and fails with a commit that nobody did anything wrong in.',
  mend: 'Write the tag in quotes, write it with `kustomize edit set image` or with `strenv()` of yq, which quote where they must, or begin it with letters: `sha-$TAG`.',
  examples: {
    bad: `#- .github/workflows/deliver.yml
on: {push: {branches: [main]}}
jobs:
  deliver:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: |
          sed -i "s|newTag:.*|newTag: \${GITHUB_SHA::7}|" overlays/prod/kustomization.yaml
          git commit -am "Deliver" && git push
#- overlays/prod/kustomization.yaml
images:
  - name: web
    newTag: "4f1c9ab"
`,
    good: `#- .github/workflows/deliver.yml
on: {push: {branches: [main]}}
jobs:
  deliver:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: |
          sed -i "s|newTag:.*|newTag: \\"\${GITHUB_SHA::7}\\"|" overlays/prod/kustomization.yaml
          git commit -am "Deliver" && git push
#- overlays/prod/kustomization.yaml
images:
  - name: web
    newTag: "4f1c9ab"
`,
  },
  hasFix: true,
  looksAt: (path) => rootOf(path) !== undefined,
  check: (file, report, context) => {
    for (const write of writesIn(file, context)) {
      const risk = numericRiskOf(write);
      if (!risk) continue;
      const fix = makeFix(write);
      report(write.place, `${describeRisk(write, risk)}; write it in quotes, or begin it with letters.`, fix ? { fix } : {});
    }
  },
};

/** The top of the repository that a configuration of CI stands in; undefined for any other file. */
function rootOf(path: string): string | undefined {
  return /^(.*)\/(?:\.github\/(?:workflows|actions\/[^/]+)\/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.gitlab\/.+\.ya?ml)$/.exec(path)?.[1];
}

/** The writes that stand in this file, those of jobs that other files call included; each command once. */
function writesIn({ source }: CheckedFile, { tree, parse }: RuleContext): readonly TagWrite[] {
  const root = rootOf(source.path);
  if (root === undefined || !/\b(?:sed|yq|perl)\b/.test(source.text)) return [];
  const input: PipelineInput = { tree, roots: [root], repositories: [], objects: [], parse };
  const pipelines = isInside(source.path, `${root}/.github`) ? readGithubWorkflows(input, root) : readGitlabPipeline(input, root);
  const writes = pipelines.flatMap((pipeline) => pipeline.writes).filter(({ place }) => place.source.path === source.path);
  return [...new Map(writes.map((write) => [write.place.source.toFileOffset(write.place.start), write])).values()];
}

function describeRisk({ tag }: TagWrite, { how, length }: NumericRisk): string {
  const text = describeText(tag);
  if (how === 'always') return `The tag ${text} is written without quotes, and YAML reads it as a number`;
  const share = length === 7 ? ' (about one in 22)' : length === 8 ? ' (about one in 35)' : '';
  return `The tag is a short commit, written without quotes: YAML reads some of them${share} as numbers`;
}

/** `env(TAG)` of yq reads the value as YAML, `strenv(TAG)` takes it as text. */
function makeFix({ place, quoting }: TagWrite): Fix | undefined {
  const { file } = place.source;
  const start = place.source.toFileOffset(place.start);
  const text = file.text.slice(start, place.source.toFileOffset(place.end));
  const at = text.search(/=\s*env\(/);
  if (quoting !== 'parsed' || at < 0 || text.indexOf('env(', at) !== text.lastIndexOf('env(')) return undefined;
  const from = start + text.indexOf('env(', at);
  return { title: 'Take the tag as text with strenv', changes: [{ location: file.locate(from, from + 'env'.length), newText: 'strenv' }] };
}
