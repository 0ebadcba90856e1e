/** What an operator complains of, sorted by what it is about, so that each check takes what is its own. */
import type { OperatorStatus } from '../operators/operatorStatus.js';
import { nameOf, oneLine } from './evidence.js';
import type { LiveFacts } from './facts.js';

/** `spec`: the object itself is refused. `dependency`: it waits for another one. `health`: applied, and not healthy. */
export type TroubleKind = 'path' | 'credentials' | 'revision' | 'unreachable' | 'forbidden' | 'render' | 'spec' | 'dependency' | 'health' | 'other';

export interface Trouble {
  readonly kind: TroubleKind;
  /** Who says it: `Application orders`. */
  readonly who: string;
  /** Its own words. */
  readonly message: string;
  /** One sentence with both. */
  readonly evidence: string;
  readonly status: OperatorStatus;
}

/** The complaints that stand now, those of the source first. */
export function troublesOf({ status, sourceStatus }: LiveFacts): readonly Trouble[] {
  return [...(sourceStatus ? complaintsOf(sourceStatus) : []), ...(status ? complaintsOf(status) : [])];
}

function complaintsOf(status: OperatorStatus): readonly Trouble[] {
  const who = nameOf(status.id);
  const found = new Map<string, Trouble>();
  const add = (type: string, reason: string, message: string): void => {
    if (message === '' || found.has(message)) return;
    const label = [type, reason].filter((text) => text !== '').join(', ');
    found.set(message, { kind: kindOf(type, reason, message), who, message, evidence: oneLine(`${who} says${label === '' ? '' : ` (${label})`}: ${message}`), status });
  };
  const bad = status.conditions.filter(({ isBad }) => isBad);
  // Flux says the same thing by several conditions; Ready is the one that counts.
  const told = status.operator === 'flux' ? bad.filter(({ type }) => type === 'Ready' || !bad.some((other) => other.type === 'Ready')) : bad;
  for (const { type, reason, message } of told) add(type, reason, message);
  const { operation } = status;
  const isOver = operation && !operation.isRunning && (operation.phase === 'Failed' || operation.phase === 'Error');
  if (isOver && status.sync !== 'Synced' && status.operator === 'argocd') add(`operation ${operation.phase}`, '', operation.message);
  return [...found.values()];
}

const patterns: readonly (readonly [TroubleKind, RegExp])[] = [
  ['path', /app path does not exist|kustomization path not found|there is no folder .* in the repository/i],
  [
    'credentials',
    /authentication required|authentication failed|authorization failed|could not read (?:Username|Password)|permission denied \(publickey|invalid (?:credentials|username or password)|access denied|unable to authenticate|repository not found|knownhosts: key|\b40[13]\b|unauthorized/i,
  ],
  [
    'revision',
    /unable to resolve '.*' to a commit|couldn't find remote ref|could not find remote ref|reference not found|did not match any file\(s\) known to git|unknown revision|The revision .* is not in this repository/i,
  ],
  ['unreachable', /dial tcp|no such host|i\/o timeout|connection refused|TLS handshake|x509:|could not resolve host|failed to connect/i],
  ['forbidden', /is forbidden|not permitted in project|violates PodSecurity|denied the request/i],
  [
    'render',
    /failed to generate manifest|kustomize build|Manifest generation error|error unmarshaling|cannot unmarshal|error converting YAML|yaml: |helm template|failed to load target state|accumulating resources|invalid Kustomization/i,
  ],
];

function kindOf(type: string, reason: string, message: string): TroubleKind {
  if (reason === 'DependencyNotReady') return 'dependency';
  if (reason === 'HealthCheckFailed') return 'health';
  const known = patterns.find(([, pattern]) => pattern.test(message))?.[0];
  if (known !== undefined) return known;
  if (type === 'InvalidSpecError') return 'spec';
  return reason === 'BuildFailed' || type === 'ComparisonError' ? 'render' : 'other';
}
