/**
 * Between the editor's URIs and core's paths. A file is `file:///c%3A/repo/a.yaml` there and `c:/repo/a.yaml` here. A
 * preview's URI holds the previewed folder, a name for the editor's tab, and as its query the git revision, if any, and
 * behind a colon the environment as which it is rendered, if any (a revision has no colon). Behind two colons it is a chart
 * as `helm template` prints it: with the inputs of that environment, or with those that stand there as JSON.
 */
import { baseName, normalizePath, parentPath } from '../core/base/path.js';
import type { ChosenInputs } from '../services/chartRenderings.js';
import type { PreviewScheme, UriText } from './protocol.js';

export const previewScheme: PreviewScheme = 'gitops-preview';

/** The URI of an absolute path. */
export function pathToUri(path: string): UriText {
  return `file://${encodePath(path)}`;
}

/** The path of a `file:` URI; undefined for any other scheme and for a Windows network share, which core's paths can't express. */
export function uriToPath(uri: UriText): string | undefined {
  const parsed = parseUri(uri);
  if (parsed?.scheme !== 'file' || parsed.authority !== '') return undefined;
  return normalizePath(decodePath(parsed.path));
}

/** What a preview shows. */
export interface PreviewAddress {
  readonly folder: string;
  readonly revision: string | undefined;
  /** The environment's id, where the folder is rendered as its operator does. */
  readonly environment?: string;
  /** Set for a chart as `helm template` prints it: with the inputs of `environment`, or with these. */
  readonly chart?: ChosenInputs | 'environment';
}

/** The URI of a preview; `label` becomes the name of its tab. */
export function makePreviewUri(address: PreviewAddress, label: string): UriText {
  const name = `${label.replaceAll(/[/\\?#%]/g, '-')}${address.revision === undefined ? '' : ` @ ${shortRevision(address.revision)}`} (preview).yaml`;
  const asked = `${address.revision ?? ''}${inputsOf(address)}`;
  const query = asked === '' ? '' : `?${encodeURIComponent(withoutHalves(asked))}`;
  return `${previewScheme}:${encodePath(`${address.folder}/${name}`)}${query}`;
}

function inputsOf({ environment = '', chart }: PreviewAddress): string {
  if (chart === undefined) return environment === '' ? '' : `:${environment}`;
  return `::${chart === 'environment' ? environment : JSON.stringify(chart)}`;
}

/** What a preview's URI shows; undefined where it is none. */
export function parsePreviewUri(uri: UriText): PreviewAddress | undefined {
  const parsed = parseUri(uri);
  if (parsed?.scheme !== previewScheme) return undefined;
  const asked = safeDecode(parsed.query);
  const colon = asked.indexOf(':');
  const revision = colon < 0 ? asked : asked.slice(0, colon);
  return {
    folder: parentPath(normalizePath(decodePath(parsed.path))),
    revision: revision === '' ? undefined : revision,
    ...(colon >= 0 && readInputs(asked.slice(colon + 1))),
  };
}

function readInputs(text: string): Pick<PreviewAddress, 'environment' | 'chart'> {
  if (!text.startsWith(':')) return { environment: text };
  const inputs = text.slice(1);
  return inputs.startsWith('{') ? { chart: readChoice(inputs) } : { environment: inputs, chart: 'environment' };
}

function readChoice(text: string): ChosenInputs {
  const read = readJson(text);
  const given: Partial<Record<keyof ChosenInputs, unknown>> = typeof read === 'object' && read !== null ? read : {};
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { values: (Array.isArray(given.values) ? given.values : []).map(textOf), releaseName: textOf(given.releaseName), namespace: textOf(given.namespace) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `orders with values-prod.yaml`: for the tab of a chart with inputs that somebody chose. */
export function labelOfChart(chart: string, { values }: ChosenInputs): string {
  return values.length === 0 ? `${chart} with its own values` : `${chart} with ${values.map(baseName).join(', ')}`;
}

export interface ParsedUri {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
}

/** Undefined for what is no URI. */
export function parseUri(uri: UriText): ParsedUri | undefined {
  const match = /^([a-zA-Z][\w+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(uri);
  if (!match) return undefined;
  const [, scheme = '', authority = '', path = '', query = ''] = match;
  return { scheme: scheme.toLowerCase(), authority, path, query };
}

/** The path part of a URI: a slash first, the colon of a drive escaped as the editor does. */
export function encodePath(path: string): string {
  return (path.startsWith('/') ? path : `/${path}`)
    .split('/')
    .map((segment) => encodeURIComponent(withoutHalves(segment)).replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`))
    .join('/');
}

/** Half a pair of surrogates can't be written in a URI; it stands in no name of a file either. */
function withoutHalves(text: string): string {
  return text.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}

function decodePath(path: string): string {
  const decoded = path.split('/').map(safeDecode).join('/');
  return /^\/[a-zA-Z]:/.test(decoded) ? decoded.slice(1) : decoded;
}

/** A malformed escape stays as it is. */
export function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function shortRevision(revision: string): string {
  const plain = revision.replaceAll(/[/\\?#%]/g, '-');
  return /^[0-9a-f]{40}$/.test(plain) ? plain.slice(0, 8) : plain;
}
