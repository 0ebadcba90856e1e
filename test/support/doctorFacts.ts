/** What the doctor's checks look at, with nothing in it: a test puts in what it is about. */
import type { LiveFacts } from '../../src/core/doctor/facts.js';

/** A cluster in which nothing was found, and everything could be seen. */
export const nothingLive: LiveFacts = {
  context: 'test',
  drift: undefined,
  declaration: undefined,
  status: undefined,
  source: undefined,
  sourceStatus: undefined,
  hasOperatorKind: true,
  otherDeclarations: 0,
  seen: {
    pods: [],
    replicaSets: [],
    events: [],
    services: [],
    endpointSlices: [],
    ingressClasses: [],
    quotas: [],
    claims: [],
    storageClasses: [],
    namespaces: [],
    imageRepositories: [],
    imagePolicies: [],
    imageAutomations: [],
  },
  unseen: new Map(),
  pullSecrets: new Map(),
  accounts: new Map(),
};
