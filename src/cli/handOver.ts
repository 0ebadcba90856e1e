/** A sync of what Argo CD or Flux delivers: asked of the operator, and followed. */
import type { Environment } from '../core/gitops/delivery.js';
import type { OperatorAction } from '../core/operators/planAction.js';
import type { ResId } from '../core/objects/resId.js';
import { actOnOperator, planOperatorAction, type OperatorOutcome } from '../services/operators.js';
import type { ConnectedCluster } from './clusterConnection.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';

export interface HandingOver {
  readonly environment: Environment;
  readonly words: { readonly dryRun?: true; readonly prune?: true; readonly format: 'text' | 'json' };
  readonly connected: ConnectedCluster;
  /** Milliseconds. */
  readonly timeout: number;
  /** Rejects where nobody says yes. */
  readonly confirm: () => Promise<void>;
}

/** Starts the operator's own sync of `declaration` and follows it to its end. */
export async function handOver(declaration: ResId, handing: HandingOver, commandLine: CommandLine): Promise<ExitStatus> {
  const { environment, words, connected, timeout, confirm } = handing;
  const { errors, output, signal, variables } = commandLine;
  const operator = environment.operator === 'argocd' ? 'Argo CD' : 'Flux';
  const user = variables['USER'] ?? variables['USERNAME'] ?? connected.context.user;
  const action: OperatorAction = environment.operator === 'argocd' ? { kind: 'sync', prune: words.prune === true } : { kind: 'reconcile', withSource: true };
  const plan = await planOperatorAction(declaration, action, { cluster: connected.cluster, user }, signal);
  if (!plan.ok) throw new CommandError(`${plan.refusal.message} ${plan.refusal.action}`);
  const steps = plan.requests.map(({ label }) => `  ${label}\n`).join('');
  await writeText(words.format === 'text' ? output : errors, `${environment.label} is delivered by ${operator} (context ${connected.context.name}), which is asked to:\n${steps}`);
  if (words.dryRun) {
    if (words.format === 'json')
      await writeText(output, `${JSON.stringify({ environment: environment.label, revision: '', result: 'done', operator: environment.operator, dryRun: true, objects: [] })}\n`);
    return 0;
  }
  await confirm();
  let last = '';
  const onProgress = ({ step, message }: { readonly step: string; readonly message: string }): void => {
    const text = message === '' ? step : `${step}: ${message}`;
    if (text !== last) errors.write(`${text}\n`);
    last = text;
  };
  const outcome = await actOnOperator(declaration, action, { cluster: connected.cluster, user, timeout, onProgress }, signal);
  const told = tell(outcome);
  if (words.format === 'json') {
    const result = outcome.result === 'done' ? 'done' : 'failed';
    const revision = outcome.result === 'refused' ? '' : (outcome.status?.revisions[0] ?? '');
    await writeText(output, `${JSON.stringify({ environment: environment.label, revision, result, operator: environment.operator, message: told, objects: [] })}\n`);
  } else await writeText(output, `${outcome.result === 'done' ? 'Done' : 'Failed'}${told === '' ? '' : `: ${told}`}\n`);
  return outcome.result === 'done' ? 0 : 2;
}

function tell(outcome: OperatorOutcome): string {
  if (outcome.result === 'refused') return `${outcome.refusal.message} ${outcome.refusal.action}`;
  return outcome.result === 'timed-out' ? `${outcome.message} ${outcome.action}` : outcome.message;
}
