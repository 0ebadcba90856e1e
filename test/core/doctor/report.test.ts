/** What leaves the doctor: Markdown that can be copied, and no secret in it, wherever it was planted. */
import assert from 'node:assert/strict';
import { causeOf, type Diagnosis } from '../../../src/core/doctor/diagnosis.js';
import { examine, maskTextOf } from '../../../src/core/doctor/examine.js';
import type { DoctorFacts, LiveFacts } from '../../../src/core/doctor/facts.js';
import { maskOf } from '../../../src/core/doctor/mask.js';
import { formatReport } from '../../../src/core/doctor/report.js';
import type { EnvironmentDrift, ObjectDrift } from '../../../src/core/drift/drift.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { environmentIn, renderingOf } from '../../support/driftOn.js';
import { nothingLive } from '../../support/doctorFacts.js';

const secrets = {
  ofSecret: 'swordfish-of-the-deep',
  inEnv: 'plain-env-hunter2',
  inAnnotation: 'annotated-t0ken-value',
  inUrl: 'p4ssw0rd-in-url',
  inEvent: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.sflKxwRJSMeKKF2QT4fwpM',
  ofForge: `ghp_${'a1B2'.repeat(9)}`,
};

const rendering = renderingOf(`apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: ${secrets.ofSecret}}
`);

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'shop', uid: 'p', annotations: { 'example.com/api-token': secrets.inAnnotation } },
  spec: { containers: [{ name: 'web', image: 'ghcr.io/shop/web:1', env: [{ name: 'DATABASE_PASSWORD', value: secrets.inEnv }] }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'web',
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: {
          terminated: {
            exitCode: 1,
            reason: 'Error',
            message: `can't sign in with ${secrets.inEnv}, ${secrets.ofSecret} or ${secrets.inAnnotation} at https://ada:${secrets.inUrl}@db.example.com/`,
          },
        },
      },
    ],
  },
} as unknown as LiveObject;

const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'shop' },
  involvedObject: { kind: 'Pod', name: 'web-1', namespace: 'shop', uid: 'p' },
  type: 'Warning',
  reason: 'Unhealthy',
  message: `Liveness probe failed: Get "http://10.0.0.1/live?token=${secrets.ofForge}": Authorization: Bearer ${secrets.inEvent}`,
} as unknown as LiveObject;

function factsWith(): DoctorFacts {
  const drift: EnvironmentDrift = {
    environment: 'e',
    health: { status: 'Degraded', message: '' },
    objects: [
      {
        id: { group: '', version: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' },
        state: 'in-sync',
        reason: '',
        fields: [],
        ignored: [],
        live: pod,
      } as unknown as ObjectDrift,
    ],
  };
  const live: LiveFacts = { ...nothingLive, drift, seen: { ...nothingLive.seen, pods: [pod], events: [event] } };
  return { environment: environmentIn('shop'), rendering, findings: [], rungs: [], sources: [], markers: [], images: new Map(), live, label: (path) => path, now: 0 };
}

describe('what the doctor says', () => {
  it('has no secret in it, of Secrets, variables, annotations, events or URLs', () => {
    const facts = factsWith();
    const diagnoses = examine(facts);
    assert.equal(diagnoses[0]?.code, 'crash-loop');
    const report = formatReport([
      {
        label: 'shop dev',
        context: 'kind',
        at: '2026-11-21T12:00:00Z',
        diagnoses,
        rungs: [{ rung: 'synced', title: 'Synced', state: 'failed', evidence: `Password: ${secrets.ofSecret}`, facts: [], place: undefined }],
        notSeen: [`https://x-access-token:${secrets.ofForge}@git.example.com can't be read.`],
        maskText: maskTextOf(facts),
        labelFile: (path) => path,
      },
    ]);
    for (const text of [JSON.stringify(diagnoses), report])
      for (const [where, secret] of Object.entries(secrets)) assert.equal(text.includes(secret), false, `${where} in ${text}`);
    assert.match(JSON.stringify(diagnoses), /can't sign in with ••••••••, •••••••• or •••••••• at https:\/\/ada:••••••••@db\.example\.com/);
    assert.match(report, /Liveness probe failed/);
  });

  it('leaves alone what is no secret', () => {
    const maskText = maskOf(rendering, [pod]);
    for (const text of [
      'Deployment web has ghcr.io/shop/web:1 at spec.template.spec.containers[name=web].image.',
      '0/1 nodes are available: 1 Insufficient cpu.',
      "Secret shop/regcred doesn't exist.",
      'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      'failed to resolve reference "ghcr.io/a/b:1": unauthorized',
      'https://github.com/acme/shop.git at 1a2b3c4d',
      'serviceaccounts "token-reader" is forbidden',
    ])
      assert.equal(maskText(text), text);
  });

  it('masks keys, tokens and passwords by their form alone', () => {
    const maskText = maskOf(renderingOf('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'), []);
    assert.equal(maskText('password=hunter22 user=ada'), 'password=•••••••• user=ada');
    assert.equal(maskText('Authorization: Basic YWRhOmh1bnRlcjI='), 'Authorization: Basic ••••••••');
    assert.equal(maskText('https://x-access-token-123456@github.com/a/b'), 'https://••••••••@github.com/a/b');
    assert.equal(maskText(`token ${secrets.ofForge}`), 'token ••••••••');
    assert.equal(maskText('-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----'), '••••••••');
    assert.equal(maskText('client_secret: "abcdef" and AKIAABCDEFGHIJKLMNOP'), 'client_secret: "••••••••" and ••••••••');
  });

  it('is Markdown in which texts of others stay texts', () => {
    const diagnosis: Diagnosis = {
      code: 'route',
      severity: 'error',
      symptom: '*.example.com of Ingress <web> does not answer.',
      object: undefined,
      causes: [
        causeOf('It is [broken](https://evil.example).', ['`rm` #1\n\n# Not a heading'], 'Mend it.', {
          place: { path: '/repo/a`b.yaml', range: { start: { line: 4, character: 0 }, end: { line: 4, character: 0 } } },
        }),
      ],
    };
    const report = formatReport([
      {
        label: 'shop_dev',
        context: undefined,
        at: 'now',
        diagnoses: [diagnosis],
        rungs: [],
        notSeen: ['No cluster was asked.'],
        maskText: (text) => text,
        labelFile: (path) => path.slice(6),
      },
    ]);
    assert.equal(
      report,
      `## shop\\_dev

No cluster was asked, now.


### Error: \\*.example.com of Ingress \\<web\\> does not answer.

Symptom \`route\`.

1. **It is \\[broken\\](https://evil.example).**
   - \\\`rm\\\` \\#1 \\# Not a heading
   - At \`a'b.yaml:5\`.
   - Fix: Mend it.

### Not seen

- No cluster was asked.
`,
    );
  });
});
