/**
 * The pull request generator: an Application for each open pull request (Argo CD v3.2.11
 * applicationset/generators/pull_request.go). The pull requests are the caller's: from the forge, or samples.
 */
import { compilePattern } from '../../../base/regexp/program.js';
import { makeScalar, makeSequence, scalarValue, type MapNode, type ScalarNode } from '../../../yaml/nodes.js';
import { mapAt, scalarAt } from '../../declarations.js';
import type { PullRequestFacts } from '../../delivery.js';
import { mapsAt, textsAt } from '../application.js';
import { headOf } from '../argoType.js';
import { allOrNothing, makeTexts, stepAt, withValues, type Generated, type GeneratorContext } from './generatorContext.js';
import { slugOf } from './names.js';
import type { ParamSet } from './params.js';
import type { PullRequestSample } from './world.js';

const forges = ['github', 'gitlab', 'gitea', 'bitbucketServer', 'bitbucket', 'azuredevops'] as const;

export function generatePullRequests(generator: MapNode, field: string, context: GeneratorContext): Generated {
  const forge = forges.map((name) => mapAt(generator, name)).find((node) => node !== undefined);
  if (!forge) {
    context.problems.error('argocd/invalid-generator', `A pull request generator needs one of ${forges.join(', ')}.`, headOf(generator));
    return undefined;
  }
  const filters = readFilters(generator, context);
  if (!filters) return undefined;
  const samples = context.world.pullRequests(generator);
  if (!samples) {
    const spec = ['owner', 'project', 'repo'].flatMap((key) => scalarAt(forge, key)?.value ?? []).join('/');
    const message = 'The open pull requests are not known here; have the forge asked, or give samples, to see what this generator makes.';
    context.lacks.push({ kind: 'pullRequests', spec, place: headOf(generator), message });
    return [];
  }
  const labels = textsAt(forge, 'labels').map(({ value }) => value);
  const hasLabel = mapAt(generator, 'gitlab') === forge ? fitsGitlabLabel : ({ labels: own }: PullRequestSample, label: string): boolean => own.includes(label);
  const isWanted = (sample: PullRequestSample): boolean => labels.every((label) => hasLabel(sample, label)) && (filters.length === 0 || filters.some((matches) => matches(sample)));
  return allOrNothing(samples.filter(isWanted).map((sample) => pullRequestParams(sample, generator, field, context)));
}

/** GitLab is asked for the labels, and knows two words that are none: `Any` and `None` (docs.gitlab.com/api/merge_requests, `labels`). */
function fitsGitlabLabel({ labels }: PullRequestSample, label: string): boolean {
  const word = label.toLowerCase();
  if (word === 'any' || word === 'none') return labels.length > 0 === (word === 'any');
  return labels.includes(label);
}

/** One of the filters has to match, with all that it says. */
function readFilters(generator: MapNode, { problems }: GeneratorContext): readonly ((sample: PullRequestSample) => boolean)[] | undefined {
  const filters: ((sample: PullRequestSample) => boolean)[] = [];
  for (const node of mapsAt(generator, 'filters')) {
    const tests: ((sample: PullRequestSample) => boolean)[] = [];
    for (const [key, textOf] of [
      ['branchMatch', (sample: PullRequestSample) => sample.branch],
      ['targetBranchMatch', (sample: PullRequestSample) => sample.targetBranch],
      ['titleMatch', (sample: PullRequestSample) => sample.title],
    ] as const) {
      const text: ScalarNode | undefined = scalarAt(node, key);
      if (!text) continue;
      const pattern = compilePattern(text.value);
      if ('failure' in pattern) {
        problems.error('argocd/invalid-pattern', `This regular expression ${pattern.failure}.`, text);
        return undefined;
      }
      tests.push((sample) => pattern.matches(textOf(sample)) ?? false);
    }
    filters.push((sample) => tests.every((test) => test(sample)));
  }
  return filters;
}

function pullRequestParams(sample: PullRequestSample, generator: MapNode, field: string, context: GeneratorContext): ParamSet | undefined {
  const place = sample.place ?? headOf(generator);
  const { branch, targetBranch, headSHA } = sample;
  const slugs = [branch, targetBranch].map((text) => {
    const slug = slugOf(text);
    if (slug === undefined) context.problems.warning('argocd/slug-unsupported', `How Argo CD writes ${text} in Latin letters is not known here; its slug is left empty.`, place);
    return slug ?? '';
  });
  const texts = {
    number: String(sample.number),
    title: sample.title,
    branch,
    branch_slug: slugs[0] ?? '',
    target_branch: targetBranch,
    target_branch_slug: slugs[1] ?? '',
    head_sha: headSHA,
    head_short_sha: headSHA.slice(0, 8),
    head_short_sha_7: headSHA.slice(0, 7),
    author: sample.author,
  };
  let values = makeTexts(texts, place);
  if (context.renderer.isGo) {
    const labels = sample.labels.map((label) => makeScalar(label, place, undefined));
    values = values.with('labels', makeSequence(labels, place, undefined));
  }
  return withValues({ values, opaque: new Set(['labels']), step: stepAt(field, place) }, generator, context);
}

/** The pull request that a set of parameters stands for, also where other generators added to it; undefined where there is none. */
export function pullRequestOf({ values }: ParamSet): PullRequestFacts | undefined {
  const [number, title, branch, targetBranch, headSHA, author] = ['number', 'title', 'branch', 'target_branch', 'head_sha', 'author'].map((name) => scalarValue(values.get(name)));
  if (number === undefined || title === undefined || branch === undefined || targetBranch === undefined || headSHA === undefined || author === undefined) return undefined;
  return { number, title, branch, targetBranch, headSHA, author };
}
