/** ResourceQuotas say what their namespace uses (kubernetes pkg/controller/resourcequota, v1.34); the API refuses what goes beyond. */
import { objectAt } from '../../core/live/readFields.js';
import { formatAmount, usageIn } from '../api/quota.js';
import type { Controller } from './controllers.js';
import { controllerManager } from './podTemplates.js';

export const quotas: Controller = {
  group: '',
  kind: 'ResourceQuota',
  *related(changed, world) {
    const { namespace } = changed.metadata;
    if (namespace === undefined || changed.kind === 'Event') return;
    for (const { metadata } of world.store.list('', 'ResourceQuota', namespace)) yield { namespace, name: metadata.name };
  },
  reconcile(quota, world) {
    const hard = objectAt(quota, 'spec', 'hard');
    const list = (group: string, kind: string): ReturnType<typeof world.store.list> => world.store.list(group, kind, quota.metadata.namespace);
    const used = Object.fromEntries(
      Object.keys(hard).flatMap((name) => {
        const amount = usageIn(name, list, world.store.kinds);
        return amount === undefined ? [] : [[name, formatAmount(amount, name)]];
      }),
    );
    world.writeStatus(quota, { hard, used }, controllerManager);
    return undefined;
  },
};
