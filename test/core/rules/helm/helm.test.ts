import { chartVersion } from '../../../../src/core/rules/helm/chartVersion.js';
import { dependencyLock } from '../../../../src/core/rules/helm/dependencyLock.js';
import { libraryChart } from '../../../../src/core/rules/helm/libraryChart.js';
import { outdatedCopy } from '../../../../src/core/rules/helm/outdatedCopy.js';
import { checkRule } from '../../../support/rules/checkRule.js';

describe('helm/dependency-not-locked', () => {
  // The lock was made by helm 3.19 with `helm dependency update`.
  const lock = `#- chart/Chart.lock
dependencies:
- name: lib
  repository: file://../lib
  version: 1.2.3
- name: web
  repository: file://../web
  version: 1.2.3
digest: sha256:f6beaaeb9205afce67431cc969cf2ea12b253594ee9c0109ed59e21590be546f
generated: "2025-11-21T10:04:02.100165137Z"
`;
  const dependencies = `- name: lib
  version: ">=1.0.0 <2"
  repository: file://../lib
- name: web
  version: 1.x.x
  repository: file://../web
  condition: web.enabled
  alias: front
  tags: [a, b]
`;
  const chart = (list: string): string => `#- chart/Chart.yaml\napiVersion: v2\nname: app\nversion: 0.1.0\n${list}`;

  it('finds ranges without a lock', () =>
    void checkRule(
      dependencyLock,
      chart(`dependencies:
- name: redis
  version: ^20.0.0
#          ^^^^^^^ There is no Chart.lock
  repository: https://charts.example.com
- name: exact
  version: 1.2.3
  repository: https://charts.example.com
- name: local
  version: 1.x
  repository: file://../local
`),
    ));

  it('is quiet on a lock that helm made for these dependencies', () => void checkRule(dependencyLock, chart(`dependencies:\n${dependencies}`) + lock));

  it('finds a lock that was made for others', () => {
    checkRule(dependencyLock, chart(`dependencies:\n^^^^^^^^^^^^ made for other dependencies\n${dependencies.replace('1.x.x', '2.x.x')}`) + lock);
    checkRule(
      dependencyLock,
      chart(`dependencies:\n${dependencies}- name: new\n#       ^^^ Chart.lock doesn't have new\n  version: 1.0.0\n  repository: https://charts.example.com\n`) + lock,
    );
  });
});

describe('helm/library-chart', () => {
  const files = (path: string, mark = ''): string => `#- charts/common/Chart.yaml
apiVersion: v2
name: common
version: 1.0.0
type: library
#- charts/web/Chart.yaml
apiVersion: v2
name: web
version: 1.0.0
type: application
#- apps/web.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
spec:
  project: default
  source:
    repoURL: https://git.example.com/infra.git
    path: ${path}
${mark}  destination:
    server: https://kubernetes.default.svc
    namespace: web
`;

  it('finds a source that is a library, at its path', () => void checkRule(libraryChart, files('charts/common', '#         ^^^^^^^^^^^^^ charts/common is a library chart\n')));

  it('is quiet on applications', () => void checkRule(libraryChart, files('charts/web')));
});

describe('helm/version-unchanged', () => {
  const files = (version: string, template: string): string => `#- library/Chart.yaml
apiVersion: v2
name: common
version: ${version}
type: library
#- library/templates/_names.tpl
${template}
`;

  it('finds a changed template under the committed version', () =>
    void checkRule(chartVersion, files('1.2.0\n#        ^^^^^ templates/_names.tpl differs from the commit', 'b'), { committed: files('1.2.0', 'a') }));

  it('is quiet where the version is raised, where nothing changed, and where nothing is known of commits', () => {
    checkRule(chartVersion, files('1.2.1', 'b'), { committed: files('1.2.0', 'a') });
    checkRule(chartVersion, files('1.2.0', 'a'), { committed: files('1.2.0', 'a') });
    checkRule(chartVersion, files('1.2.0', 'b'));
    checkRule(chartVersion, files('1.2.0', 'b'), { committed: '#- a.yaml\na: 1' });
  });
});

describe('helm/outdated-copy', () => {
  const library = (version: string, files: string): string => `#- common/Chart.yaml\nname: common\nversion: ${version}\ntype: library\n${files}`;
  const web = (mark: string): string => `#- web/Chart.yaml
name: web
version: 1.0.0
dependencies:
- name: common
  version: ">=1.0.0"
  repository: file://../common
${mark}#- web/charts/common/Chart.yaml
version: 1.0.0
name: common
#- web/charts/common/values.yaml
a: 1
#- web/charts/common/templates/_a.tpl
a
`;
  const same = '#- common/values.yaml\na: 1\n#- common/templates/_a.tpl\na\n';
  const mark = (words: string): string => `#             ^^^^^^^^^^^^^^^^ charts/common is not what file://../common holds by now: ${words}.\n`;

  it('finds a text that differs, a file that is missing or too much, and another version', () => {
    checkRule(outdatedCopy, web(mark('templates/_a.tpl differs')) + library('1.0.0', same.replace(/a\n$/, 'b\n')));
    checkRule(outdatedCopy, web(mark('it lacks templates/_b.tpl')) + library('1.0.0', `${same}#- common/templates/_b.tpl\nb\n`));
    checkRule(outdatedCopy, web(mark('it still has templates/_a.tpl')) + library('1.0.0', '#- common/values.yaml\na: 1\n'));
    checkRule(outdatedCopy, web(mark('it has version 1.0.0 and that 1.1.0')) + library('1.1.0', same));
  });

  it('says nothing of a copy that is one, however its Chart.yaml is written, nor where there is none', () => {
    checkRule(outdatedCopy, web('') + library('1.0.0', same));
    checkRule(
      outdatedCopy,
      '#- web/Chart.yaml\nname: web\nversion: 1.0.0\ndependencies:\n- name: common\n  version: 1.0.0\n  repository: file://../common\n' + library('1.0.0', same),
    );
  });
});
