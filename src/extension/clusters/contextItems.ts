/** The contexts of a kubeconfig as a list to choose from: what fits first, then what is connected, then the current one. Data in, data out. */
import type { ConnectionSummary, ContextList, ContextSummary } from '../../server/clusterProtocol.js';

export interface ContextItem {
  readonly context: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** A product icon's id. */
  readonly icon: string;
}

interface Known {
  /** The context that the environment's destination fits. */
  readonly suggested: string | undefined;
  readonly connections: readonly ConnectionSummary[];
}

export function contextItems({ contexts, current }: ContextList, { suggested, connections }: Known): readonly ContextItem[] {
  const stateOf = ({ name }: ContextSummary): ConnectionSummary['state'] | undefined => connections.find(({ context }) => context === name)?.state;
  const rank = (context: ContextSummary): number => (context.name === suggested ? 0 : stateOf(context) === 'connected' ? 1 : context.name === current ? 2 : 3);
  return [...contexts]
    .sort((a, b) => rank(a) - rank(b))
    .map((context) => {
      const { name, server, user, namespace, needsProgram } = context;
      const state = stateOf(context);
      const marks = [
        name === suggested ? 'fits this environment' : '',
        state === 'connected' ? 'connected' : state === undefined ? '' : 'not connected now',
        name === current ? 'current context' : '',
      ];
      const facts = [user === '' ? 'no user' : `user ${user}`, `namespace ${namespace === '' ? 'default' : namespace}`, needsProgram ? 'signs in by running a program' : ''];
      return {
        context: name,
        label: name,
        description: [server === '' ? 'without a server' : server, ...marks].filter((word) => word !== '').join(' · '),
        detail: facts.filter((word) => word !== '').join(' · '),
        icon: state === 'connected' ? 'plug' : 'debug-disconnect',
      };
    });
}

/** Environments for which a context is to be offered once it is connected: those that it fits and that have none. */
export function fittingEnvironments<Environment extends { readonly id: string }>(
  environments: readonly Environment[],
  context: string,
  suggestionOf: (id: string) => { readonly context: string | undefined; readonly suggestedContext: string | undefined } | undefined,
): readonly Environment[] {
  return environments.filter(({ id }) => {
    const live = suggestionOf(id);
    return live?.context === undefined && live?.suggestedContext === context;
  });
}
