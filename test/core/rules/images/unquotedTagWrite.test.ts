import { unquotedTagWrite } from '../../../../src/core/rules/images/unquotedTagWrite.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';

function workflow(...lines: readonly string[]): string {
  return `#- .github/workflows/deliver.yml
on: {push: {branches: [main]}}
env: {TAG: "\${{ github.run_number }}"}
jobs:
  deliver:
    steps:
      - uses: actions/checkout@v5
      - run: |
${lines.map((line) => `          ${line}`).join('\n')}
#- deploy/kustomization.yaml
images:
  - name: web
    newTag: v1
#- chart/values.yaml
image:
  repository: web
  tag: v1
`;
}

const sed = 'sed -i "s|newTag:.*|newTag: ${GITHUB_SHA::7}|" deploy/kustomization.yaml';
const yq = "yq -i '.image.tag = env(TAG)' chart/values.yaml";

describe('images/unquoted-tag-write', () => {
  it('a short commit that sed writes as it is', () => {
    checkRule(unquotedTagWrite, workflow(sed, `${'^'.repeat(sed.length)} about one in 22`));
  });

  it('a number that yq reads as YAML, and the fix that takes it as text', () => {
    checkRule(unquotedTagWrite, workflow(yq, `${'^'.repeat(yq.length)} <number> is written without quotes`));
    checkFix(unquotedTagWrite, workflow(yq), workflow(yq.replace('env(', 'strenv(')));
  });

  it('nothing where the tag is quoted, begins with letters, is a whole commit, or belongs to a whole image', () => {
    checkRule(
      unquotedTagWrite,
      workflow(
        'sed -i "s|newTag:.*|newTag: \\"${GITHUB_SHA::7}\\"|" deploy/kustomization.yaml',
        'sed -i "s|newTag:.*|newTag: sha-${GITHUB_SHA::7}|" deploy/kustomization.yaml',
        'sed -i "s|newTag:.*|newTag: ${GITHUB_SHA}|" deploy/kustomization.yaml',
        '(cd deploy && kustomize edit set image web=web:${GITHUB_SHA::7})',
        "yq -i '.image.tag = strenv(TAG)' chart/values.yaml",
        'yq -i ".image.tag = \\"$TAG\\"" chart/values.yaml',
      ),
    );
  });

  it('the same in GitLab CI', () => {
    const line = 'sed -i "s/newTag:.*/newTag: $CI_COMMIT_SHORT_SHA/" deploy/kustomization.yaml';
    checkRule(
      unquotedTagWrite,
      `#- .gitlab-ci.yml
deliver:
  script:
    - '${line}'
       ${'^'.repeat(line.length)} about one in 35
#- deploy/kustomization.yaml
images: [{name: web, newTag: v1}]
`,
    );
  });
});
