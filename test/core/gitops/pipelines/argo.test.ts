import assert from 'node:assert/strict';
import { describePipelines } from '../../../support/pipelineFixtures.js';

const shop = `#- es.yaml
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: gitlab, namespace: ci}
spec:
  gitlab:
    web:
      projects: [shop/web]
      gitlabBaseURL: https://git.acme.example
      events: [PushEvents]
  webhook:
    gitea:
      port: "12000"
      endpoint: /gitea
#- sensor.yaml
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: web, namespace: ci}
spec:
  dependencies:
    - name: push
      eventSourceName: gitlab
      eventName: web
      filters:
        exprs:
          - expr: ref == "refs/heads/main" || ref == "refs/heads/dev"
            fields: [{name: ref, path: body.ref}]
    - name: hook
      eventSourceName: gitlab
      eventName: gitea
  triggers:
    - template:
        name: build
        conditions: push
        k8s:
          operation: create
          source:
            resource:
              apiVersion: argoproj.io/v1alpha1
              kind: Workflow
              metadata: {generateName: web-}
              spec:
                entrypoint: main
                arguments:
                  parameters:
                    - {name: tag, value: "v-"}
                templates:
                  - name: main
                    steps:
                      - - name: image
                          templateRef: {name: tools, template: buildkit, clusterScope: true}
                          withItems: [api, worker]
                          arguments:
                            parameters:
                              - {name: image, value: "registry.acme.example/shop/{{item}}"}
                              - {name: tag, value: "{{workflow.parameters.tag}}"}
                      - - name: write
                          template: write
                  - name: write
                    script:
                      image: alpine
                      command: [sh]
                      source: |
                        git clone -b main https://x:$TOKEN@github.com/acme/orders.git /tmp/infra
                        cd /tmp/infra/deploy
                        kustomize edit set image web=registry.acme.example/shop/api:{{workflow.parameters.tag}}
                        git commit -am x && git push
          parameters:
            - src: {dependencyName: push, dataTemplate: '{{ .Input.body.checkout_sha | substr 0 8 }}'}
              dest: spec.arguments.parameters.0.value
              operation: append
#- tools.yaml
apiVersion: argoproj.io/v1alpha1
kind: ClusterWorkflowTemplate
metadata: {name: tools}
spec:
  templates:
    - name: buildkit
      inputs:
        parameters: [{name: image}, {name: tag}]
      container:
        image: moby/buildkit:latest
        command: [buildctl-daemonless.sh]
        args: [build, --frontend, dockerfile.v0, --local, context=., --output, "type=image,name={{inputs.parameters.image}}:{{inputs.parameters.tag}},push=true"]
#- nightly.yaml
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: nightly, namespace: ci}
spec:
  schedule: "0 3 * * *"
  workflowSpec:
    entrypoint: copy
    templates:
      - name: copy
        container:
          image: gcr.io/go-containerregistry/crane:debug
          command: [sh, -c]
          args: ["crane copy nginx:1.29 registry.acme.example/mirror/nginx:1.29 && echo done"]
#- deploy/kustomization.yaml
images:
  - name: web
    newTag: v1
`;

/** A sensor for pushes of one repository with one trigger, and the workflow that it submits. */
function sensor(filters: string, source: string, parameters: string, more = ''): string {
  return `#- events.yaml
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: github}
spec:
  github:
    web:
      repositories: [{owner: acme, names: [web]}]
      events: ["*"]
#- sensor.yaml
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: web}
spec:
  dependencies:
    - name: push
      eventSourceName: github
      eventName: web
      filters: ${filters}
  triggers:
    - template:
        name: build
        argoWorkflow:
          source: ${source}
          parameters: ${parameters}
${more}`;
}

const kaniko = `#- template.yaml
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: kaniko}
spec:
  entrypoint: main
  arguments: {parameters: [{name: image, value: registry.example/default}, {name: tag, value: none}]}
  templates:
    - name: main
      container:
        image: gcr.io/kaniko-project/executor:latest
        args: ["--destination={{workflow.parameters.image}}:{{workflow.parameters.tag}}"]
`;

const fromTemplate = `{resource: {apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {generateName: a-}, spec: {workflowTemplateRef: {name: kaniko}, arguments: {parameters: [{name: image}, {name: tag, value: v}]}}}}`;

describe('argo events and workflows', () => {
  it('events, parameters, steps, templates of the cluster, items and scripts are followed to images and files', () => {
    assert.deepEqual(describePipelines(shop), [
      'build: push git.acme.example/shop/web main, dev',
      '  buildkit pushes registry.acme.example/shop/api:{v-<commit:8>} on main, dev @12',
      '  buildkit pushes registry.acme.example/shop/worker:{v-<commit:8>} on main, dev @12',
      '  writes registry.acme.example/shop/api:v-<commit:8> (text) into https://github.com/acme/orders.git deploy/kustomization.yaml images[name=web].newTag to main on main, dev @51',
      'nightly: schedule',
      '  copy pushes registry.acme.example/mirror/nginx:{1.29} @13',
    ]);
  });

  it('a value that filters or the list of repositories leave one choice for is constant', () => {
    const fixture = sensor(
      '{data: [{path: body.ref, type: string, value: [refs/heads/dev]}]}',
      fromTemplate,
      `[{src: {dependencyName: push, dataTemplate: "registry.example/{{ .Input.body.repository.full_name }}"}, dest: spec.arguments.parameters.0.value}, {src: {dependencyName: push, dataTemplate: '{{ .Input.body.ref | trimPrefix "refs/heads/" }}'}, dest: spec.arguments.parameters.1.value, operation: append}]`,
      kaniko,
    );
    assert.deepEqual(describePipelines(fixture), ['build: push github.com/acme/web dev', '  kaniko pushes registry.example/acme/web:{vdev} on dev @11']);
  });

  it('what only the event knows is a hole, with its meaning where it has one', () => {
    const parameters =
      '[{src: {dependencyName: push, dataKey: body.custom.image}, dest: spec.arguments.parameters.0.value}, {src: {dependencyName: push, dataKey: body.after}, dest: spec.arguments.parameters.1.value}]';
    assert.deepEqual(describePipelines(sensor('{}', fromTemplate, parameters, kaniko)), ['build: webhook github.com/acme/web', '  kaniko pushes body.custom.image:{<commit>} @11']);
  });

  it('a template that no sensor starts is told, one without a build is not', () => {
    assert.deepEqual(describePipelines(kaniko), ['kaniko: ', '  kaniko pushes registry.example/default:{none} @11']);
    assert.deepEqual(describePipelines(kaniko.replace('--destination=', '--no-push=')), []);
  });

  it('templates that call each other without an end are followed to a limit', () => {
    const fixture = `#- a.yaml
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: a}
spec:
  entrypoint: a
  templates:
    - name: a
      steps: [[{name: x, template: a}, {name: y, template: a}], [{name: z, template: b}]]
    - name: b
      container: {image: crane, command: [crane, copy, a, b/c:1]}
`;
    assert.ok(describePipelines(fixture).length > 0);
  });
});
