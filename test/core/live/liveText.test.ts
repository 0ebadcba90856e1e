/** Live objects as people read them. */
import assert from 'node:assert/strict';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { liveText } from '../../../src/core/live/liveText.js';

const shown = { mask: undefined, withStatus: false };

describe('the text of a live object', () => {
  it('has the fields in the order of their names, without what the server keeps for itself', () => {
    const object: LiveObject = {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: {
        name: 'web',
        namespace: 'shop',
        uid: 'u',
        resourceVersion: '7',
        generation: 3,
        creationTimestamp: '2026-01-01T00:00:00Z',
        managedFields: [],
        labels: { app: 'web', on: 'yes' },
      },
      spec: {
        replicas: 3,
        paused: false,
        template: {
          spec: {
            containers: [
              {
                name: 'web',
                args: [],
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: 'a\nb\n' },
                ],
              },
            ],
          },
        },
        ratio: 0.5,
        none: null,
      },
      status: { replicas: 2 },
    };
    assert.equal(
      liveText(object, shown),
      `apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    app: web
    "on": "yes"
  name: web
  namespace: shop
spec:
  none: null
  paused: false
  ratio: 0.5
  replicas: 3
  template:
    spec:
      containers:
      - args: []
        env:
        - name: A
          value: "1"
        - name: B
          value: |
            a
            b
        name: web
`,
    );
    assert.match(liveText(object, { ...shown, withStatus: true }), /\nstatus:\n {2}replicas: 2\n$/);
  });

  it('hides the values of Secrets, and the copy of them that kubectl leaves', () => {
    const secret: LiveObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"aHVudGVy"}}', team: 'a' } },
      data: { password: 'aHVudGVy', empty: '' },
    };
    const text = liveText(secret, { mask: (value) => `•• ${value.length}`, withStatus: false });
    assert.doesNotMatch(text, /aHVudGVy/);
    assert.match(text, /password: •• 8\n/);
    assert.match(text, /empty: ""\n/);
    assert.match(text, /team: a\n/);
  });
});
