/** Puts together what answers the requests about edits that are delivered through git. */
import type { Connection } from 'vscode-languageserver';
import type { ChangeTools } from '../../services/deliverChange.js';
import type { LiveSession } from '../cluster/liveSession.js';
import type { Ladders } from '../doctor/ladders.js';
import type { PromoteNotifications } from '../promoteProtocol.js';
import type { RegistrySession } from '../registries/registrySession.js';
import type { Session } from '../session.js';
import { followLaddersOf } from './followLadders.js';
import { KeptPlans } from './keptPlans.js';
import { PlanRuns } from './planRuns.js';
import { editThrough, registerPromoteRequests } from './promoteRequests.js';
import { editorForges } from './editorForges.js';
import { PreviewEnvironments } from './previewEnvironments.js';
import { Promotions } from './promotions.js';
import { PullRequestWatch } from './pullRequestWatch.js';
import { RegistryMoves } from './registryMoves.js';
import { Rollbacks } from './rollbacks.js';

export interface PromotionsParts {
  readonly session: Session;
  readonly live: LiveSession;
  readonly registries: RegistrySession;
  readonly ladders: Ladders;
  /** Undefined where nothing can be committed. */
  readonly tools: ChangeTools | undefined;
  readonly readKubernetesTable: () => string | undefined;
  /** Who works here, for records in clusters. */
  readonly user: string;
}

export interface StartedPromotions {
  /** After something changed in the workspace. */
  readonly workspaceChanged: () => void;
  readonly close: () => void;
}

/** Answers until it is closed. */
export function startPromotions(connection: Connection, { session, live, registries, ladders, tools, readKubernetesTable, user }: PromotionsParts): StartedPromotions {
  const plans = new KeptPlans();
  const promotions = new Promotions({ session, plans, live, readKubernetesTable, tagVerdict: (image, signal) => registries.registries.tagVerdict(image, signal) });
  const registryMoves = new RegistryMoves({ session, plans, promotions });
  const rollbacks = new Rollbacks({ session, plans, live, promotions, tools });
  const send = <Method extends keyof PromoteNotifications>(method: Method, parameters: PromoteNotifications[Method]): void => void connection.sendNotification(method, parameters);
  const pullRequests = new PullRequestWatch({ session, forge: tools?.forge, askSession: editorForges(connection), onChange: () => send('gitops/pullRequests/changed', {}) });
  const previews = new PreviewEnvironments({ session, live, pullRequests, user });
  const runs = new PlanRuns({
    session,
    plans,
    tools,
    applyEdit: editThrough(connection),
    follow: followLaddersOf({ session, ladders }),
    send: (progress) => send('gitops/promote/progress', progress),
  });
  registerPromoteRequests(connection, { session, plans, promotions, registryMoves, rollbacks, previews, pullRequests, runs });
  const close = (): void => {
    pullRequests.stop();
    runs.close();
  };
  return { workspaceChanged: () => pullRequests.workspaceChanged(), close };
}
