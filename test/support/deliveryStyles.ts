/** Repositories that deliver one app to dev and prod, in a style that is drawn: who delivers it, where its version stands, how that is written. */
import type { Random } from '../fuzz/random.js';

export interface DeliveryStyle {
  /** The draw, for the words of a failure. */
  readonly title: string;
  /** By path. */
  readonly files: ReadonlyMap<string, string>;
  /** The file in which a promotion writes prod's version. */
  readonly edited: string;
}

const url = 'https://git.example.com/acme/orders.git';

/** The remote that declarations name. */
export const remoteOfStyles = url;

/** How one file says the version; some leave it to the base, which has v0. */
interface Writing {
  readonly flow: boolean;
  readonly quote: '' | '"' | "'";
  readonly comment: string;
}

/** A place for the version of an environment: its files, and which of them a promotion edits. */
interface Place {
  readonly name: string;
  readonly files: (environment: string, tag: string, writing: Writing) => Readonly<Record<string, string>>;
  readonly edited: (environment: string) => string;
}

const image = 'ghcr.io/acme/orders';
const overlayOf = (environment: string): string => `overlays/${environment}/kustomization.yaml`;
const appOf = (environment: string): string => `apps/${environment}.yaml`;

const entry = (tag: string, { flow, quote, comment }: Writing, indent = ''): string =>
  flow ? `${indent}- {name: ${image}, newTag: ${quote}${tag}${quote}}${comment}\n` : `${indent}- name: ${image}\n${indent}  newTag: ${quote}${tag}${quote}${comment}\n`;

const application = (environment: string, source: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: orders-${environment}, namespace: argocd}\nspec:\n  project: default\n  source:\n    repoURL: ${url}\n    targetRevision: main\n${source}  destination: {server: https://kubernetes.default.svc, namespace: orders-${environment}}\n  syncPolicy: {automated: {}}\n`;

const flux = (environment: string, extra: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: orders-${environment}, namespace: flux-system}\nspec:\n  interval: 10m\n  prune: true\n  path: ./overlays/${environment}\n  sourceRef: {kind: GitRepository, name: orders}\n${extra}`;

const release = (environment: string, values: string): string =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: orders-${environment}, namespace: orders-${environment}}\nspec:\n  interval: 10m\n  chart:\n    spec:\n      chart: ./chart\n      sourceRef: {kind: GitRepository, name: orders, namespace: flux-system}\n${values}`;

const plain = 'resources: [../../base]\n';

const places: readonly Place[] = [
  { name: 'images of the overlay', files: (name, tag, writing) => ({ [overlayOf(name)]: `${plain}images:\n${entry(tag, writing)}` }), edited: overlayOf },
  { name: 'indented images of the overlay', files: (name, tag, writing) => ({ [overlayOf(name)]: `images:\n${entry(tag, writing, '  ')}\n${plain}` }), edited: overlayOf },
  {
    name: 'a JSON patch',
    files: (name, tag, { quote, comment }) => ({
      [overlayOf(name)]:
        `${plain}patches:\n  - target: {kind: Deployment}\n    patch: |-\n      - op: replace${comment}\n        path: /spec/template/spec/containers/0/image\n        value: ${quote}${image}:${tag}${quote}\n`,
    }),
    edited: overlayOf,
  },
  {
    name: 'a strategic merge in a file',
    files: (name, tag, { quote, comment }) => ({
      [overlayOf(name)]: `${plain}patches: [{path: image.yaml}]\n`,
      [`overlays/${name}/image.yaml`]: `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: ${quote}${image}:${tag}${quote}${comment}\n`,
    }),
    edited: (name) => `overlays/${name}/image.yaml`,
  },
  { name: 'nothing but the base', files: (name, tag, writing) => ({ [overlayOf(name)]: tag === 'v2' ? `${plain}images:\n${entry(tag, writing)}` : plain }), edited: overlayOf },
  {
    name: 'kustomize.images of an Application',
    files: (name, tag, { flow, quote, comment }) => ({
      [overlayOf(name)]: plain,
      [appOf(name)]: application(
        name,
        `    path: overlays/${name}\n    kustomize:\n${flow ? `      images: [${quote === '' ? '"' : quote}${image}:${tag}${quote === '' ? '"' : quote}]${comment}\n` : `      images:\n        - ${quote}${image}:${tag}${quote}${comment}\n`}`,
      ),
    }),
    edited: appOf,
  },
  {
    name: 'an overlay that an Application follows',
    files: (name, tag, writing) => ({ [overlayOf(name)]: `${plain}images:\n${entry(tag, writing)}`, [appOf(name)]: application(name, `    path: overlays/${name}\n`) }),
    edited: overlayOf,
  },
  {
    name: 'images of a Flux Kustomization',
    files: (name, tag, writing) => ({ [overlayOf(name)]: plain, [appOf(name)]: flux(name, `  images:\n${entry(tag, writing, '    ')}`) }),
    edited: appOf,
  },
  {
    name: "a values file of an Application's chart",
    files: (name, tag, { quote, comment }) => ({
      [`chart/values-${name}.yaml`]: `image:\n  tag: ${quote}${tag}${quote}${comment}\nreplicas: 2\n`,
      [appOf(name)]: application(name, `    path: chart\n    helm: {valueFiles: [values-${name}.yaml]}\n`),
    }),
    edited: (name) => `chart/values-${name}.yaml`,
  },
  {
    name: 'a parameter of an Application',
    files: (name, tag, { quote, comment }) => ({
      [appOf(name)]: application(name, `    path: chart\n    helm:\n      parameters:\n        - name: image.tag\n          value: ${quote}${tag}${quote}${comment}\n`),
    }),
    edited: appOf,
  },
  {
    name: 'values of a HelmRelease',
    files: (name, tag, { quote, comment }) => ({ [appOf(name)]: release(name, `  values:\n    replicas: 2\n    image:\n      tag: ${quote}${tag}${quote}${comment}\n`) }),
    edited: appOf,
  },
];

const shared: Readonly<Record<string, string>> = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  template:\n    spec:\n      containers:\n        - name: web\n          image: ${image}:v0\n`,
  'chart/Chart.yaml': 'apiVersion: v2\nname: orders\nversion: 0.1.0\n',
  'chart/values.yaml': `image:\n  repository: ${image}\n  tag: v0\nreplicas: 1\n`,
  'chart/templates/web.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: {{ .Values.replicas }}\n  template:\n    spec:\n      containers:\n        - name: web\n          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n',
  'apps/source.yaml': `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: orders, namespace: flux-system}\nspec: {interval: 1m, url: "${url}", ref: {branch: main}}\n`,
  '.gitops-workbench.yaml': 'protected: []\n',
};

/** The number of places that a version is drawn to stand in. */
export const numberOfPlaces = places.length;

/** Dev has v2, prod v1 or what the base says. @param index of the place; the rest is drawn */
export function drawDeliveryStyle(random: Random, index: number): DeliveryStyle {
  const place = places[index % places.length] ?? random.pick(places);
  const writing: Writing = { flow: random.below(2) === 0, quote: random.pick(['', '"', "'"] as const), comment: random.pick(['', ' # released', '   # see the board: #42']) };
  const dress = {
    newline: random.pick(['\n', '\r\n']),
    mark: random.below(4) === 0 ? '\ufeff' : '',
    head: random.pick(['', '# Who owns this.\n', '---\n', '# a\n\n# b\n']),
    end: random.pick(['', '\n', '\n\n']),
  };
  const own = place.files('prod', 'v1', writing);
  const edited = place.edited('prod');
  const files = new Map(Object.entries({ ...shared, ...place.files('dev', 'v2', { flow: false, quote: '', comment: '' }), ...own }));
  const text = `${dress.mark}${dress.head}${(own[edited] ?? '').replace(/\n$/, '')}${dress.end}`;
  files.set(edited, text.replaceAll('\n', dress.newline));
  return { title: `${place.name}, ${JSON.stringify({ ...writing, ...dress })}`, files, edited };
}
