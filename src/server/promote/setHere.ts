/** "Set this here" on a position of a preview: which field it is, and the edit that makes the render say something else. */
import type { Environment } from '../../core/gitops/delivery.js';
import type { JsonValue } from '../../core/live/json.js';
import type { FieldStep } from '../../core/objects/compare.js';
import { formatFieldPath, plainValue } from '../../core/objects/compare.js';
import { lineOfRendering, type RenderedObject, type Rendering } from '../../core/objects/rendering.js';
import { nodeAt } from '../../core/promote/setHere.js';
import { sameObject, setFieldOf } from '../../core/promote/setField.js';
import { SourceText } from '../../core/base/source.js';
import { parseYaml } from '../../core/yaml/parse.js';
import { writeScalar } from '../../core/yaml/editText.js';
import type { YamlNode } from '../../core/yaml/nodes.js';
import { Failure } from '../../services/failure.js';
import { shortName } from '../cluster/words.js';
import { toPlace } from '../delivery/summaries.js';
import { isSecretLine } from '../preview/mask.js';
import { toWorkspaceEdit } from './fieldEdit.js';
import type { PlanRunsOptions } from './planRuns.js';
import type { SetHereAnswer, SetHereRequest, SettableField } from '../promoteProtocol.js';
import type { TextPosition, UriText } from '../protocol.js';
import type { Session } from '../session.js';
import { parsePreviewUri, pathToUri } from '../uris.js';

interface FoundField {
  readonly environment: Environment;
  readonly object: RenderedObject;
  readonly path: readonly FieldStep[];
  readonly node: YamlNode;
  readonly refusal: string | undefined;
}

/** The field at a position; undefined where the preview shows none that belongs to an environment. */
export function describeField(session: Session, uri: UriText, position: TextPosition): SettableField | undefined {
  const found = findField(session, uri, position);
  if (!found) return undefined;
  const { environment, object, path, node, refusal } = found;
  const kind = node.kind === 'map' ? 'map' : node.kind === 'sequence' ? 'list' : kindOf(plainValue(node));
  return {
    environmentId: environment.id,
    environmentLabel: environment.label,
    object: shortName(object.id),
    path: formatFieldPath(path),
    value: node.kind === 'scalar' && refusal === undefined ? scalarText(plainValue(node)) : undefined,
    valueKind: kind,
    place: toPlace(node, (each) => session.label(each)),
    refusal,
  };
}

/** Makes the edit, or says what it would change besides. Rejects with a {@link Failure}. */
export async function setHere(session: Session, request: SetHereRequest, applyEdit: PlanRunsOptions['applyEdit']): Promise<SetHereAnswer> {
  const found = findField(session, request.uri, request.position);
  if (!found) throw refused('There is no field of an environment here.');
  const { environment, path, refusal } = found;
  if (refusal !== undefined) throw refused(refusal);
  const edited = session.source.edited();
  const rendering = edited.render(environment.id)?.rendering;
  const object = rendering && (sameObject(rendering, found.object) ?? onlyNamesake(rendering, found.object));
  if (!object) throw refused(`${environment.label} is rendered otherwise by now.`);
  const value = request.value === undefined ? undefined : readValue(request.value);
  const outcome = setFieldOf(environment.id, { object, path, value }, edited.sources);
  if (outcome.kind === 'refused') throw refused(outcome.reason);
  if (outcome.kind === 'same') throw refused('It says so already.');
  const { proposal, alsoChanged } = outcome;
  const [first] = proposal.changes;
  if (!first) throw refused('It says so already.');
  const key = `along/${alsoChanged.map(({ id }) => id).join(',')}`;
  if (alsoChanged.length > 0 && !request.confirmed?.includes(key)) {
    const names = alsoChanged.map(({ label }) => label).join(', ');
    return { kind: 'asks', question: { key, question: `This is set in a file of others: ${names} would change as well. Change it there?`, isDangerous: true, typed: undefined } };
  }
  if (!(await applyEdit(`Set ${formatFieldPath(path)} for ${environment.label}`, toWorkspaceEdit(proposal.changes)))) throw refused('The editor did not make the change.');
  const place = { uri: pathToUri(first.location.path), range: first.location.range, label: `${session.label(first.location.path)}:${first.location.range.start.line + 1}` };
  return { kind: 'done', way: proposal.title, place, alsoChanged: alsoChanged.map(({ label }) => label) };
}

/** A chart says no namespace where its release has one: there the operator sets it, and the object is known by the rest. */
function onlyNamesake({ objects }: Rendering, { id }: RenderedObject): RenderedObject | undefined {
  const namesakes = objects.filter((object) => object.id.group === id.group && object.id.kind === id.kind && object.id.name === id.name);
  return id.namespace === '' && namesakes.length === 1 ? namesakes[0] : undefined;
}

function findField(session: Session, uri: UriText, position: TextPosition): FoundField | undefined {
  const view = session.previews.view(uri);
  const address = parsePreviewUri(uri);
  const found = view && lineOfRendering(view.rendering, position.line);
  const environment = address && environmentOf(session, address);
  if (!view || !found || !environment) return undefined;
  const path = toSteps(found.object.root, found.printed.path);
  const node = nodeAt(found.object.root, path);
  if (!node || path.length === 0) return undefined;
  return { environment, object: found.object, path, node, refusal: whyNot(found, path, address.revision) };
}

function whyNot(found: NonNullable<ReturnType<typeof lineOfRendering>>, path: readonly FieldStep[], revision: string | undefined): string | undefined {
  if (revision !== undefined) return `This is the preview of ${revision}; open the one of the files as they are.`;
  if (isSecretLine(found.object, found.printed)) return 'The values of Secrets are not written into git from here.';
  const text = formatFieldPath(path);
  return text === 'apiVersion' || text === 'kind' || text === 'metadata.name' ? `${text} is what the object is; another one is another object.` : undefined;
}

/** The environment that a preview shows: by its id, else the one that is its folder. */
function environmentOf(session: Session, { folder, environment }: { readonly folder: string; readonly environment?: string }): Environment | undefined {
  const { environments } = session.model.delivery.model;
  if (environment !== undefined) return environments.find(({ id }) => id === environment);
  return environments.find(({ sources: [source] }) => source?.folder === folder);
}

/** Items of lists by their names, so that the way means the same in another render. */
function toSteps(root: YamlNode, path: readonly (string | number)[]): readonly FieldStep[] {
  let at: YamlNode | undefined = root;
  return path.map((step): FieldStep => {
    if (typeof step === 'string') {
      at = at?.kind === 'map' ? at.get(step) : undefined;
      return step;
    }
    const list: YamlNode | undefined = at;
    at = list?.kind === 'sequence' ? list.items[step] : undefined;
    const name = at?.kind === 'map' ? at.get('name') : undefined;
    if (name?.kind !== 'scalar' || list?.kind !== 'sequence') return step;
    const isOnly = list.items.filter((item) => item.kind === 'map' && item.get('name')?.kind === 'scalar' && plainValue(item.get('name') ?? item) === name.value).length === 1;
    return isOnly ? { key: 'name', value: name.value } : step;
  });
}

/** YAML as somebody typed it. @throws Failure where it is none */
function readValue(text: string): JsonValue {
  const { documents, problems } = parseYaml(new SourceText('/value', text));
  const [document, another] = documents;
  const problem = problems.find(({ severity }) => severity === 'error');
  if (problem || another || document?.root === undefined) throw refused(`${text} is no value in YAML${problem ? `: ${problem.message}` : '.'}`);
  return plainValue(document.root) as JsonValue;
}

function kindOf(value: unknown): SettableField['valueKind'] {
  if (value === null) return 'null';
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string';
}

function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null ? writeScalar(value) : '';
}

function refused(reason: string): Failure {
  return new Failure('set-here/refused', reason, 'Edit the sources by hand.');
}
