/** Ladders of the language server where git can't be asked: each says why in its own words. */
import assert from 'node:assert/strict';
import type { DoctorRequests } from '../../../src/server/doctorProtocol.js';
import { LspClient } from '../../support/lspClient.js';
import { MemoryWorkspace } from '../../support/memoryWorkspace.js';

const files = { '/w/overlays/prod/kustomization.yaml': 'resources: [web.yaml]\n', '/w/overlays/prod/web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n' };

describe('a ladder without git', () => {
  async function committed(isTrusted: boolean): Promise<string | undefined> {
    const client = await LspClient.start(new MemoryWorkspace(files, { folders: ['/w'] }), ['/w'], { isTrusted });
    try {
      const [environment] = await client.askDelivery('gitops/delivery/environments', {});
      const ladder = await client.connection.sendRequest<DoctorRequests['gitops/ladder/read']['result']>('gitops/ladder/read', { id: environment?.id });
      return 'rungs' in ladder ? ladder.rungs.find(({ rung }) => rung === 'committed')?.evidence : ladder.message;
    } finally {
      await client.stop();
    }
  }

  it('says that the server works without git, and in Restricted Mode that git is not asked', async () => {
    assert.equal(await committed(true), 'This server works without git.');
    assert.equal(await committed(false), 'Git is not asked in Restricted Mode.');
  });
});
