// Renders the charts of samples/argocd-helm with the real helm, as their environments do, and writes what it printed to
// test/data/helm/argocd-helm. The tool is taken from HELM or from the PATH, and must be the version that the engine follows.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const expectedVersion = 'v3.22';
const project = path.resolve(import.meta.dirname, '..');
const sample = path.join(project, 'samples/argocd-helm');
const goldens = path.join(project, 'test/data/helm/argocd-helm');
const tool = process.env.HELM ?? 'helm';

const version = execFileSync(tool, ['version', '--short'], { encoding: 'utf8' });
if (!version.startsWith(expectedVersion)) throw new Error(`helm ${version.trim()} found, the goldens are made by ${expectedVersion}`);

fs.rmSync(goldens, { recursive: true, force: true });
fs.mkdirSync(goldens, { recursive: true });
const render = (name, words) => fs.writeFileSync(path.join(goldens, `${name}.yaml`), execFileSync(tool, ['template', ...words], { cwd: sample }));

render('quayside-default', ['quayside', 'apps', '--namespace', 'argocd']);
for (const service of ['orders', 'catalog', 'storefront']) {
  for (const environment of ['dev', 'stage', 'prod']) {
    const values = ['values.yaml', `values-${environment}.yaml`].flatMap((file) => ['--values', `charts/${service}/${file}`]);
    render(`${service}-${environment}`, [service, `charts/${service}`, '--namespace', `${service}-${environment}`, ...values]);
  }
}
const edge = ['--values', 'charts/catalog/values-edge.yaml', '--set', 'service.settings.CURRENCY=USD'];
render('catalog-default', ['catalog', 'charts/catalog', '--namespace', 'catalog-edge', ...edge]);
console.log(`${fs.readdirSync(goldens).length} charts rendered`);
