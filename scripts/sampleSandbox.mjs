// Starts a sandbox with a copy of a sample delivered in it, as its users would find their cluster: in the first sample one
// environment was scaled by hand, and another has a commit that isn't pushed yet.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What becomes of the sample that people see first, once it is delivered. */
const stories = {
  'argocd-kustomize': {
    // Argo CD would set a change by hand back at once.
    prepare: (repository) => commitEdit(repository, 'bootstrap/dashboard-stage.yaml', [/^ {6}selfHeal: true\n/m, ''], 'Stage of the dashboard may be changed by hand'),
    drift: (kubeconfig) => scale(kubeconfig, 'dashboard-stage', 'dashboard', 5),
    advance: (repository) =>
      commitEdit(repository, 'apps/orders/overlays/stage/kustomization.yaml', ['newTag: sha-2b9f6a13', 'newTag: sha-7c41d09e'], 'Orders on stage: sha-7c41d09e'),
    words: 'dashboard stage was scaled by hand, orders stage has a commit that is not pushed',
  },
};

/**
 * @param {{ program: string, repository: string, dataFolder: string }} options the built command line, a copy of a sample under git, a folder for the sandbox
 * @returns {Promise<{ kubeconfig: string, words: string, stop: () => Promise<void> }>}
 */
export async function startSampleSandbox({ program, repository, dataFolder }) {
  const story = stories[path.basename(repository)];
  story?.prepare(repository);
  const git = (...words) => execFileSync('git', words, { cwd: repository, stdio: 'pipe', encoding: 'utf8' });
  git('branch', '--force', 'dev');
  const environments = JSON.parse(execFileSync(process.execPath, [program, 'environments', '--workspace', repository, '--format', 'json'], { encoding: 'utf8' }));
  const url = environments.find(({ source }) => source.repoURL)?.source.repoURL ?? 'https://git.example.com/sample.git';
  // The sandbox's remote stands for the one that the declarations name.
  git('remote', 'add', 'origin', url);
  const child = spawn(process.execPath, [program, 'sandbox', '--workspace', repository, '--deliver', '--data', dataFolder, '--format', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Where this process ends without having stopped it, nobody else would.
  const kill = () => child.kill();
  process.once('exit', kill);
  const stop = async () => {
    await stopChild(child);
    process.off('exit', kill);
  };
  try {
    const { kubeconfig, repository: remote } = await firstLine(child);
    git('config', `url.${remote}.insteadOf`, url);
    git('fetch', '--quiet', 'origin');
    git('branch', '--set-upstream-to=origin/main', 'main');
    git('branch', '--set-upstream-to=origin/dev', 'dev');
    await story?.drift(kubeconfig);
    story?.advance(repository);
    return { kubeconfig, words: story?.words ?? 'the sample is delivered', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Changes a text in a file and commits it. */
function commitEdit(repository, file, [from, to], message) {
  const place = path.join(repository, file);
  const text = fs.readFileSync(place, 'utf8');
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${file} of the sample is not as the start script expects it.`);
  fs.writeFileSync(place, edited);
  execFileSync('git', ['commit', '--quiet', '--all', '--message', message], { cwd: repository });
}

/** What `kubectl scale` sends. */
function scale(kubeconfigPath, namespace, name, replicas) {
  const { clusters, users } = JSON.parse(fs.readFileSync(kubeconfigPath, 'utf8'));
  const { cluster } = clusters[0];
  const { user } = users[0];
  const body = JSON.stringify({ spec: { replicas } });
  const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/merge-patch+json', 'content-length': body.length, 'user-agent': 'kubectl/v1.34.2' };
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
  return new Promise((done, fail) => {
    const request = https.request(`${cluster.server}/apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`, { method: 'PATCH', headers, ca }, (response) => {
      response.resume();
      if (response.statusCode === 200) done();
      else fail(new Error(`The sandbox answered ${response.statusCode} to a change of replicas.`));
    });
    request.once('error', fail);
    request.end(body);
  });
}

/** What the sandbox says when it is up, and what it delivers has come to rest. */
function firstLine(child) {
  return new Promise((done, fail) => {
    let printed = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      printed += text;
      if (printed.includes('\n')) done(JSON.parse(printed.slice(0, printed.indexOf('\n'))));
    });
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`The sandbox ended with status ${code}.`)));
  });
}

async function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await Promise.race([ended, wait(5000, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}
