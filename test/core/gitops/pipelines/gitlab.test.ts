import assert from 'node:assert/strict';
import { describePipelines } from '../../../support/pipelineFixtures.js';

const shop = `#- .gitlab-ci.yml
include:
  - local: /ci/templates.yml
variables:
  IMAGE: $CI_REGISTRY_IMAGE/web
build:
  extends: .kaniko
  variables: {TAG: $CI_COMMIT_SHORT_SHA}
  rules:
    - if: $CI_COMMIT_BRANCH == "main" || $CI_COMMIT_BRANCH == "dev"
      changes: [src/**/*]
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      when: never
docker:
  image: docker:24
  script:
    - docker build -t $IMAGE:$CI_COMMIT_REF_SLUG -t "$IMAGE:latest" .
    - docker push $IMAGE:$CI_COMMIT_REF_SLUG
    - docker push --all-tags "$IMAGE"
  only: [main]
deploy:
  before_script:
    - git clone https://oauth2:\${TOKEN}@gitlab.com/acme/infra.git
    - cd infra
  script:
    - |
      case "$CI_COMMIT_BRANCH" in
        dev) ENV=dev ;;
        main) ENV=prod ;;
      esac
    - cd apps/web/overlays/prod
    - yq -i '.images[0].newTag = env(CI_COMMIT_SHORT_SHA)' kustomization.yaml
    - 'sed -i "s/tag: .*/tag: $CI_COMMIT_SHORT_SHA/" ../$ENV/values.yaml'
    - git commit -am "x" && git push origin HEAD:main
  only: [main]
#- ci/templates.yml
.kaniko:
  image: {name: "gcr.io/kaniko-project/executor:debug", entrypoint: [""]}
  script:
    - >-
      /kaniko/executor
      --context "\${CI_PROJECT_DIR}"
      --dockerfile "\${CI_PROJECT_DIR}/Dockerfile"
      --destination "\${IMAGE}:\${TAG}"
`;

describe('gitlab ci', () => {
  it('includes, templates, variables and rules lead to images and files', () => {
    assert.deepEqual(describePipelines(shop, 'git@gitlab.com:acme/shop.git'), [
      '.gitlab-ci.yml: push main, dev src/**/*; push main',
      '  kaniko pushes registry.gitlab.com/acme/shop/web:{<commit:8>} on main, dev @5',
      '  docker pushes registry.gitlab.com/acme/shop/web:{<branch>,latest} on main @16',
      '  writes ?:<commit:8> (parsed) into https://gitlab.com/acme/infra.git apps/web/overlays/prod/kustomization.yaml images[0].newTag to main on main @31',
      '  writes ?:<commit:8> (bare) into https://gitlab.com/acme/infra.git apps/web/overlays/prod/values.yaml to main on main @32',
    ]);
  });

  it('a job that no branch is left for does nothing', () => {
    const lines = describePipelines(`#- .gitlab-ci.yml
a:
  script: docker build -t r/a:1 . && docker push r/a:1
  rules: [{if: $CI_COMMIT_BRANCH == "main", when: never}]
b:
  script: [[docker build -t r/b:1 .], [docker push r/b:1]]
  rules: [{if: $CI_COMMIT_TAG}]
.c:
  script: docker push r/c:1
`);
    assert.deepEqual(lines, ['.gitlab-ci.yml: tag', '  docker pushes r/b:{1} @5']);
  });
});
