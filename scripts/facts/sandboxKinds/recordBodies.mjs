// Writes test/data/sandbox/messages/: bodies in protobuf with the JSON of the same objects. filled.jsonl.gz holds objects of
// every kind that Kubernetes' own client makes; kubectl.jsonl what kubectl sends for some commands, recorded between it and
// a real API server.
//
// usage: node scripts/facts/sandboxKinds/recordBodies.mjs URL KUBECTL
// where URL answers the API without credentials, such as `kubectl proxy` in front of a real server. Go is needed.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

const [server, kubectl] = process.argv.slice(2);
const folder = path.resolve(import.meta.dirname, '../../../test/data/sandbox/messages');
const protobuf = 'application/vnd.kubernetes.protobuf';

const commands = [
  'create namespace recorded',
  '-n recorded create deployment web --image=web:1 --replicas=2 --port=80',
  '-n recorded create configmap settings --from-literal=level=info --from-literal=empty=',
  '-n recorded create secret generic token --from-literal=token=hush',
  '-n recorded create secret docker-registry pull --docker-server=registry.example.com --docker-username=a --docker-password=b',
  '-n recorded create role reader --verb=get,list --resource=pods --resource-name=one',
  '-n recorded create rolebinding reader --role=reader --user=ada --serviceaccount=recorded:default',
  'create clusterrole recorded --verb=get --non-resource-url=/logs/*',
  '-n recorded create serviceaccount robot',
  '-n recorded create quota few --hard=pods=10,cpu=2500m',
  '-n recorded create ingress site --rule=a.example.com/x*=web:80,tls=cert --class=nginx --annotation=a=b',
  '-n recorded create job once --image=job:1 -- sleep 5',
  '-n recorded create cronjob often --image=job:1 --schedule=*/5|*|*|*|*',
  '-n recorded create poddisruptionbudget web --selector=app=web --min-available=50%',
  '-n recorded create service loadbalancer lb --tcp=80:8080',
  'create priorityclass recorded --value=5 --description=some',
  '-n recorded create token default',
  '-n recorded expose deployment web --port=80 --target-port=http --session-affinity=ClientIP',
  '-n recorded autoscale deployment web --min=1 --max=3 --cpu=70%',
  '-n recorded auth can-i create deployments.apps --subresource=scale',
  '-n recorded auth can-i --list',
  'auth whoami',
  '-n recorded scale deployment web --replicas=0',
  '-n recorded rollout undo deployment web',
];

const recorded = [];
const recorder = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.once('end', () => {
    const body = Buffer.concat(chunks);
    if (request.headers['content-type'] === protobuf) recorded.at(-1).bodies.push({ method: request.method, path: request.url, body: body.toString('base64') });
    const { host: _host, ...headers } = request.headers;
    const forwarded = http.request(new URL(request.url, server), { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    forwarded.end(body);
  });
});
await new Promise((resolve) => recorder.listen(0, '127.0.0.1', resolve));

const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'kubectl-'));
for (const words of commands) {
  recorded.push({ words: words.replaceAll('|', ' '), bodies: [] });
  const all = ['-s', `http://127.0.0.1:${recorder.address().port}`, '--cache-dir', cache, ...words.split(' ').map((word) => word.replaceAll('|', ' '))];
  const child = spawn(kubectl, all, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, KUBECONFIG: '/dev/null' } });
  await new Promise((resolve) => child.once('exit', resolve));
}
recorder.close();
fs.rmSync(cache, { recursive: true });

const lines = recorded.flatMap(({ words, bodies }) => bodies.map((each) => ({ words, ...each })));
const decoded = runGo(['./bodies', 'decode'], lines.map(({ body }) => `${body}\n`).join('')).trimEnd().split('\n');
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, 'kubectl.jsonl'), lines.map((line, index) => `${JSON.stringify({ ...line, json: JSON.parse(decoded[index]) })}\n`).join(''));
fs.writeFileSync(path.join(folder, 'filled.jsonl.gz'), zlib.gzipSync(runGo(['./bodies'], ''), { level: 9 }));
console.log(`${lines.length} bodies of ${commands.length} commands`);

function runGo(words, input) {
  return execFileSync('go', ['run', ...words], { cwd: path.join(import.meta.dirname, 'codec'), encoding: 'utf8', input, maxBuffer: 1 << 28 });
}
