/** The fields of a kustomization that inflate Helm charts. */
import { any, boolean, oneOf, text, textOf, texts, listOf, type Field, type FieldType, type ObjectType } from './field.js';

const values: FieldType = { kind: 'map', value: any };

const valuesMerge: FieldType = oneOf(
  { value: 'override', documentation: 'Inline values win over those of the file; the default.' },
  { value: 'merge', documentation: 'Values of the file win over the inline ones.' },
  { value: 'replace', documentation: 'Inline values are used alone.' },
);

export const helmGlobalsFields: readonly Field[] = [
  { name: 'chartHome', type: textOf('folder'), documentation: 'Folder with the charts, each in a folder of its own; `charts` where none is given.' },
  { name: 'configHome', type: textOf('folder'), documentation: "Folder with Helm's own configuration." },
];

export const helmGlobalsType: ObjectType = { kind: 'object', title: 'settings for all charts', fields: helmGlobalsFields };

export const helmChartFields: readonly Field[] = [
  { name: 'name', type: text, documentation: 'Name of the chart.' },
  { name: 'version', type: text, documentation: 'Version of the chart to pull when it is not in the chart folder.' },
  { name: 'repo', type: text, documentation: 'Where to pull the chart from: an `https://` or `oci://` address.' },
  { name: 'releaseName', type: text, documentation: 'Name of the release: `.Release.Name` in the templates.' },
  { name: 'namespace', type: text, documentation: "Namespace of the release: `.Release.Namespace` in the templates. The kustomization's own where none is given." },
  { name: 'valuesFile', type: textOf('file'), documentation: "Values file to use instead of the chart's own." },
  { name: 'additionalValuesFiles', type: listOf(textOf('file')), documentation: 'Further values files; later ones win.' },
  { name: 'valuesInline', type: values, documentation: 'Values given in place.' },
  { name: 'valuesMerge', type: valuesMerge, documentation: 'What to do where inline values and those of a file meet.' },
  { name: 'includeCRDs', type: boolean, documentation: 'Renders the custom resource definitions of the chart too.' },
  { name: 'skipHooks', type: boolean, documentation: 'Leaves hooks out.' },
  { name: 'skipTests', type: boolean, documentation: 'Leaves test hooks out.' },
  { name: 'apiVersions', type: texts, documentation: 'API versions that the templates find in `.Capabilities.APIVersions`.' },
  { name: 'kubeVersion', type: text, documentation: 'Kubernetes version that the templates find in `.Capabilities.KubeVersion`.' },
  { name: 'nameTemplate', type: text, documentation: 'Template for the name of the release.' },
  { name: 'debug', type: boolean, documentation: 'Asks Helm for debug output.' },
  { name: 'devel', type: boolean, documentation: 'Allows pre-release versions of the chart.' },
];

export const helmChartType: ObjectType = { kind: 'object', title: 'a Helm chart', fields: helmChartFields };

export const helmChartArgsType: ObjectType = {
  kind: 'object',
  title: 'a Helm chart (old form)',
  fields: [
    { name: 'chartName', type: text, documentation: 'Name of the chart.' },
    { name: 'chartVersion', type: text, documentation: 'Version of the chart.' },
    { name: 'chartRepoUrl', type: text, documentation: 'Where to pull the chart from.' },
    { name: 'chartHome', type: textOf('folder'), documentation: 'Folder with the charts.' },
    { name: 'chartRepoName', type: text, documentation: 'Has no effect.' },
    { name: 'helmBin', type: text, documentation: 'Has no effect.' },
    { name: 'helmHome', type: textOf('folder'), documentation: "Folder with Helm's own configuration." },
    { name: 'values', type: textOf('file'), documentation: "Values file to use instead of the chart's own." },
    { name: 'valuesLocal', type: values, documentation: 'Values given in place.' },
    { name: 'valuesMerge', type: valuesMerge, documentation: 'What to do where inline values and those of a file meet.' },
    { name: 'releaseName', type: text, documentation: 'Name of the release.' },
    { name: 'releaseNamespace', type: text, documentation: 'Has no effect.' },
    { name: 'extraArgs', type: texts, documentation: 'Has no effect.' },
  ],
};
