/** What templates find in their scope besides values (helm v3.22, pkg/engine, pkg/chartutil, pkg/release), in our own words. */

/** A member of a built-in object. */
export interface BuiltinMember {
  readonly name: string;
  readonly documentation: string;
  /** For a method: how it is written. */
  readonly signature?: string;
  readonly members?: readonly BuiltinMember[];
}

const chart: readonly BuiltinMember[] = [
  { name: 'Name', documentation: 'The name in Chart.yaml.' },
  { name: 'Version', documentation: 'The version of the chart.' },
  { name: 'AppVersion', documentation: 'The version of the application that the chart installs, as Chart.yaml says it.' },
  { name: 'APIVersion', documentation: '`v2`, or `v1` for charts of Helm 2.' },
  { name: 'Description', documentation: 'The sentence on the chart.' },
  { name: 'Type', documentation: '`application` or `library`; empty where Chart.yaml leaves it out.' },
  { name: 'Home', documentation: 'The address of the project.' },
  { name: 'Icon', documentation: 'The address of a picture.' },
  { name: 'Keywords', documentation: 'A list of words.' },
  { name: 'Sources', documentation: 'Addresses of source code.' },
  { name: 'Maintainers', documentation: 'A list with `Name`, `Email` and `URL` each.' },
  { name: 'KubeVersion', documentation: 'The range of Kubernetes versions that the chart asks for.' },
  { name: 'Deprecated', documentation: 'True for a chart that is given up.' },
  { name: 'Annotations', documentation: 'The annotations in Chart.yaml, by their keys.' },
  { name: 'Dependencies', documentation: 'The enabled entries of `dependencies`.' },
  { name: 'IsRoot', documentation: 'False in a chart that another one takes in.' },
];

const release: readonly BuiltinMember[] = [
  { name: 'Name', documentation: 'The name that the chart is installed under.' },
  { name: 'Namespace', documentation: 'The namespace that it is installed in, as far as objects don’t name their own.' },
  { name: 'Service', documentation: '`Helm`, whoever renders.' },
  { name: 'Revision', documentation: 'Counts installs and upgrades; 1 where nothing is installed, as with Argo CD and in previews.' },
  { name: 'IsInstall', documentation: 'True for a first install, and with `helm template`.' },
  { name: 'IsUpgrade', documentation: 'True for an upgrade or rollback; false with `helm template` unless it is told otherwise.' },
];

const versions: readonly BuiltinMember[] = [
  { name: 'Version', documentation: 'The whole version: `v1.34.0`.' },
  { name: 'Major', documentation: 'A text: `1`.' },
  { name: 'Minor', documentation: 'A text: `34`.' },
  { name: 'GitVersion', documentation: 'The same as `Version`, for charts of Helm 2.' },
];

const capabilities: readonly BuiltinMember[] = [
  {
    name: 'APIVersions',
    documentation: 'The versions and kinds that the cluster serves.',
    members: [{ name: 'Has', signature: 'Has VERSION', documentation: 'True where the cluster serves a version, `batch/v1`, or a kind of one, `batch/v1/CronJob`.' }],
  },
  { name: 'KubeVersion', documentation: 'The version of Kubernetes.', members: versions },
  {
    name: 'HelmVersion',
    documentation: 'The version of Helm.',
    members: [
      { name: 'Version', documentation: 'As Helm says it: `v3.22.0`.' },
      { name: 'GitCommit', documentation: 'The commit that it was built from.' },
      { name: 'GitTreeState', documentation: '`clean` or `dirty`.' },
      { name: 'GoVersion', documentation: 'The version of the compiler.' },
    ],
  },
];

const files: readonly BuiltinMember[] = [
  {
    name: 'Get',
    signature: 'Get NAME',
    documentation: 'The text of a file of the chart; empty where there is none. Templates, Chart.yaml and values.yaml are not among the files.',
  },
  { name: 'GetBytes', signature: 'GetBytes NAME', documentation: 'The same as bytes, for what is no text.' },
  { name: 'Glob', signature: 'Glob PATTERN', documentation: 'The files whose names a pattern matches, to loop over or for `AsConfig`.' },
  { name: 'Lines', signature: 'Lines NAME', documentation: 'The lines of a file, to loop over.' },
  { name: 'AsConfig', signature: 'AsConfig', documentation: 'The files as the data of a ConfigMap, under their last names.' },
  { name: 'AsSecrets', signature: 'AsSecrets', documentation: 'The same in base64, as the data of a Secret.' },
];

const template: readonly BuiltinMember[] = [
  { name: 'Name', documentation: 'The way to the file that is rendered: `app/templates/service.yaml`.' },
  { name: 'BasePath', documentation: 'The way to its folder of templates: `app/templates`.' },
];

/** What stands in the scope of a template by its name. */
export const builtinObjects: readonly BuiltinMember[] = [
  { name: 'Values', documentation: 'The chart’s values: its own `values.yaml` under what files of an environment, parents and `--set` say.' },
  { name: 'Chart', documentation: 'What Chart.yaml says, each field with a capital letter.', members: chart },
  { name: 'Release', documentation: 'The install that is rendered.', members: release },
  { name: 'Capabilities', documentation: 'What the cluster can do. Where there is none, as in previews, what Helm takes for given.', members: capabilities },
  { name: 'Files', documentation: 'The files of the chart that are neither templates nor values.', members: files },
  { name: 'Template', documentation: 'The file that is rendered.', members: template },
  { name: 'Subcharts', documentation: 'The scopes of the charts below this one, by their names.' },
];

/** What a way leads to from the scope: `Capabilities`, `KubeVersion`, `Version`. */
export function builtinAt(path: readonly string[]): BuiltinMember | undefined {
  let members: readonly BuiltinMember[] | undefined = builtinObjects;
  let found: BuiltinMember | undefined;
  for (const name of path) {
    found = members?.find((each) => each.name === name);
    if (!found) return undefined;
    members = found.members;
  }
  return found;
}

/** Go's words of control, with how they are written, for completion and hovers. `$1` stands where the cursor goes. */
export const keywords: readonly { readonly name: string; readonly snippet: string; readonly documentation: string }[] = [
  {
    name: 'if',
    snippet: 'if $1',
    documentation: 'Writes what follows, up to `else` or `end`, where the value is not empty: not false, 0, an empty text, list or map, or nothing.',
  },
  { name: 'else', snippet: 'else', documentation: 'What is written otherwise; `else if` and `else with` ask again.' },
  { name: 'end', snippet: 'end', documentation: 'Ends `if`, `with`, `range`, `define` or `block`.' },
  { name: 'with', snippet: 'with $1', documentation: 'As `if`, and the dot is the value until `end`; `$` stays the whole scope.' },
  {
    name: 'range',
    snippet: 'range $1',
    documentation: 'Once for each item of a list or value of a map, by its keys in order; the dot is the item. `range $key, $value := MAP` names both.',
  },
  { name: 'define', snippet: 'define "$1"', documentation: 'Gives the text up to `end` a name, under which `include` runs it.' },
  { name: 'block', snippet: 'block "$1" .', documentation: 'Defines a template and runs it at once.' },
  { name: 'template', snippet: 'template "$1" .', documentation: 'Writes a named template. `include` does the same and gives a text, which can be indented.' },
  { name: 'break', snippet: 'break', documentation: 'Leaves the loop.' },
  { name: 'continue', snippet: 'continue', documentation: 'Goes on with the next item.' },
];
