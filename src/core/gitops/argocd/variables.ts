/**
 * The build environment that Argo CD offers in some fields: `$ARGOCD_APP_NAME` and its kin (Argo CD v3.2.11
 * reposerver/repository newEnv), replaced as Go's os.Expand does. What only the cluster knows is refused, not guessed.
 */
import type { Problems } from '../../base/problem.js';
import { makeScalar, type ScalarNode, type Step } from '../../yaml/nodes.js';

/** The variables that are known; those that depend on a commit that nobody told are missing. */
export type BuildVariables = ReadonlyMap<string, string>;

/** What the variables are made of. */
export interface BuildFacts {
  readonly appName: string;
  /** Of the destination: that is what Argo CD puts there. */
  readonly namespace: string;
  readonly project: string;
  readonly repoURL: string;
  readonly path: string;
  readonly targetRevision: string;
  /** The commit that is rendered; undefined where it is not known. */
  readonly revision: string | undefined;
}

/** The build environment of a source. */
export function buildVariables(facts: BuildFacts): BuildVariables {
  const { revision } = facts;
  return new Map([
    ['ARGOCD_APP_NAME', facts.appName],
    ['ARGOCD_APP_NAMESPACE', facts.namespace],
    ['ARGOCD_APP_PROJECT_NAME', facts.project],
    ['ARGOCD_APP_SOURCE_REPO_URL', facts.repoURL],
    ['ARGOCD_APP_SOURCE_PATH', facts.path],
    ['ARGOCD_APP_SOURCE_TARGET_REVISION', facts.targetRevision],
    ...(revision === undefined
      ? []
      : ([
          ['ARGOCD_APP_REVISION', revision],
          ['ARGOCD_APP_REVISION_SHORT', revision.slice(0, 7)],
          ['ARGOCD_APP_REVISION_SHORT_8', revision.slice(0, 8)],
        ] as const)),
  ]);
}

const revisionVariables: ReadonlySet<string> = new Set(['ARGOCD_APP_REVISION', 'ARGOCD_APP_REVISION_SHORT', 'ARGOCD_APP_REVISION_SHORT_8']);

/** The text with its variables replaced: one node with the text's own place. Undefined where a variable isn't known here, which is reported. */
export function expandVariables(text: ScalarNode, variables: BuildVariables, problems: Problems, field: string): ScalarNode | undefined {
  if (!text.value.includes('$')) return text;
  const names: string[] = [];
  const value = expand(text.value, (name) => {
    names.push(name);
    return name === '$' ? '$' : (variables.get(name) ?? '');
  });
  const unknown = names.find((name) => revisionVariables.has(name) && !variables.has(name));
  if (unknown !== undefined) {
    problems.error('argocd/revision-variable-unsupported', `${unknown} is the commit that is synced, which is not known here; this source can't be rendered.`, text);
    return undefined;
  }
  const nothing = names.find((name) => name !== '$' && !variables.has(name));
  if (nothing !== undefined) problems.warning('argocd/unknown-variable', `Argo CD knows no variable ${nothing} here and puts nothing in its place; write $$ for a dollar.`, text);
  if (value === text.value) return text;
  const step: Step = { kind: 'variable', field, source: text.source, start: text.start, end: text.end };
  return makeScalar(value, text, step, text);
}

/** Go's os.Expand: `$name`, `${name}`, `$$` and the like of one special character. */
function expand(text: string, valueOf: (name: string) => string): string {
  return text.replace(/\$(?:\{([^}]*)\}|([*#$@!?\-0-9])|(\w+)|\{)/g, (_whole: string, braced: string | undefined, special: string | undefined, plain: string | undefined) => {
    const name = braced ?? special ?? plain;
    return name === undefined || name === '' ? '' : valueOf(name);
  });
}
