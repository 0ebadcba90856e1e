/** What starts a workflow of GitHub Actions: its `on`. */
import type { Place } from '../../base/problem.js';
import type { MapNode, YamlNode } from '../../yaml/nodes.js';
import { joinBranches } from './branchLimit.js';
import { anyBranch, type BranchLimit, type EventKind, type PipelineEvent } from './pipeline.js';
import { textsOf } from './yamlFields.js';

const kinds: ReadonlyMap<string, EventKind> = new Map([
  ['push', 'push'],
  ['pull_request', 'pullRequest'],
  ['pull_request_target', 'pullRequest'],
  ['schedule', 'schedule'],
  ['workflow_dispatch', 'manual'],
  ['repository_dispatch', 'manual'],
  ['workflow_call', 'manual'],
  ['workflow_run', 'pipeline'],
  ['release', 'tag'],
  ['create', 'tag'],
]);

/** The events of a workflow, in the order of the file. */
export function readGithubEvents(workflow: MapNode): readonly PipelineEvent[] {
  const on = workflow.get('on') ?? workflow.get('true');
  if (!on) return [];
  if (on.kind === 'scalar') return eventsOf(on.value, undefined, on);
  if (on.kind === 'sequence') return on.items.flatMap((item) => (item.kind === 'scalar' ? eventsOf(item.value, undefined, item) : []));
  return on.pairs.flatMap(({ key, value }) => eventsOf(key.value, value, key));
}

/** A push that names tags and no branches is for tags alone; one that names both, for both. */
function eventsOf(word: string, settings: YamlNode | undefined, place: Place): readonly PipelineEvent[] {
  const field = (name: string): readonly string[] => textsOf(settings?.kind === 'map' ? settings.get(name) : undefined);
  const branches: BranchLimit = splitNegated(field('branches'), field('branches-ignore'));
  const base = { word, repository: undefined, paths: field('paths'), pipelines: field('workflows'), place };
  const kind = kinds.get(word) ?? 'other';
  const tags = field('tags');
  if (kind !== 'push' || (tags.length === 0 && field('tags-ignore').length === 0)) return [{ kind, ...base, branches }];
  const ofTags: PipelineEvent = { ...base, kind: 'tag', branches: { only: tags, except: field('tags-ignore') } };
  return field('branches').length + field('branches-ignore').length > 0 ? [{ kind, ...base, branches }, ofTags] : [ofTags];
}

function splitNegated(only: readonly string[], except: readonly string[]): BranchLimit {
  const negated = only.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  return { only: only.filter((pattern) => !pattern.startsWith('!')), except: [...except, ...negated] };
}

/** The branches that a pipeline with these events runs for; those that are started by hand and by the clock don't count. */
export function branchesOfEvents(events: readonly PipelineEvent[]): BranchLimit {
  const counted = events.filter(({ kind }) => kind === 'push' || kind === 'pullRequest' || kind === 'pipeline');
  const [first, ...rest] = counted;
  if (!first || counted.length < events.filter(({ kind }) => kind !== 'manual' && kind !== 'schedule').length) return anyBranch;
  return rest.reduce((limit, { branches }) => joinBranches(limit, branches), first.branches);
}
