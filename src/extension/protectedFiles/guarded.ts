/** Which files belong to protected environments, as far as their summaries say: the rendered folder and the declaration. */
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { UriText } from '../../server/protocol.js';

/** URIs are compared in the form that `normalize` gives them: the editor's. */
export type Normalize = (uri: UriText) => UriText;

export interface ProtectedPlaces {
  /** Labels of the protected environments in a folder, by its URI with `/` at the end. */
  readonly folders: ReadonlyMap<UriText, readonly string[]>;
  /** The same for files that declare nothing but protected environments. */
  readonly files: ReadonlyMap<UriText, readonly string[]>;
}

/** The places of all protected environments. What an unprotected one is rendered from or declared in too isn't among them. */
export function protectedPlaces(environments: readonly EnvironmentSummary[], normalize: Normalize): ProtectedPlaces {
  const folders = labelsBy(environments, ({ folderUri }) => (folderUri === undefined ? undefined : `${normalize(folderUri).replace(/\/$/, '')}/`));
  const files = labelsBy(environments, ({ declaredAt }) => normalize(declaredAt.uri));
  return { folders, files };
}

function labelsBy(environments: readonly EnvironmentSummary[], keyOf: (environment: EnvironmentSummary) => string | undefined): ReadonlyMap<UriText, readonly string[]> {
  const labels = new Map<string, string[]>();
  const open = new Set<string>();
  for (const environment of environments) {
    const key = keyOf(environment);
    if (key === undefined) continue;
    if (environment.isProtected) labels.set(key, [...(labels.get(key) ?? []), environment.label]);
    else open.add(key);
  }
  for (const key of open) labels.delete(key);
  return labels;
}

/** Labels of the protected environments that a file belongs to; empty for none. */
export function protectedBy({ folders, files }: ProtectedPlaces, uri: UriText): readonly string[] {
  const found = new Set(files.get(uri) ?? []);
  for (const [folder, labels] of folders) if (uri === folder.slice(0, -1) || uri.startsWith(folder)) for (const label of labels) found.add(label);
  return [...found];
}
