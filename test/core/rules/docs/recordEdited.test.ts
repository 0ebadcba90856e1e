import { recordEdited } from '../../../../src/core/rules/docs/recordEdited.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';

const record = (status: string, decision: string): string => `#- .git/HEAD
ref: refs/heads/main
#- .git/config
[core]
#- overlays/dev/kustomization.yaml
resources: []
#- docs/adr/0004-argo.md
# 0004 Deliver with Argo CD

Status: ${status}

## Decision
${decision}
`;

describe('docs/record-edited', () => {
  const committed = record('accepted', 'We deliver with Argo CD.');

  it('finds the line that changes an accepted record, and takes the accepted text back', () => {
    checkRule(recordEdited, record('accepted', 'We deliver with Flux.\n^^^^^^^^^^^^^^^^^^^^^ This decision is accepted'), { committed });
    checkFix(recordEdited, record('accepted', 'We deliver with Flux.'), committed, { committed });
  });

  it('is quiet on another status, on what was no decision yet, and where nothing is known of commits', () => {
    checkRule(recordEdited, record('superseded by [0009](0009-flux.md)', 'We deliver with Argo CD.'), { committed });
    checkRule(recordEdited, record('proposed', 'We deliver with Flux.'), { committed: record('proposed', 'We deliver with Argo CD.') });
    checkRule(recordEdited, record('accepted', 'We deliver with Flux.'));
    checkRule(recordEdited, committed, { committed });
  });
});
