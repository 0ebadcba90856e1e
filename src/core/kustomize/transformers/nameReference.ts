/**
 * Lets what refers to an object follow its name and namespace (kustomize's internal/accumulator/
 * namereferencetransformer.go and api/filters/nameref v0.21.2). Kustomize sieves all objects for each reference; here
 * they are found by the names that they once had, with the same outcome.
 */
import { formatResId, isGvkSelected, type Gvk, type ResId } from '../../objects/resId.js';
import { makeScalar, type MapNode, type ScalarNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import type { BuildContext, Transformer } from '../context.js';
import { parseFieldPath, updateAtFieldSpec, type FieldPath, type FieldUpdate } from '../fieldSpec/updateAtFieldSpec.js';
import type { FieldSpec, NameBackReferences } from '../kustomization.js';
import type { Resource } from '../resource.js';
import { overwriteScalar } from './overwriteScalar.js';
import { Candidates, Referrer, type ReferralQuery } from './referralCandidates.js';
import { mismatchReporter } from './reportMismatch.js';

/** A transformer over all objects; several objects that a name may mean are an error unless they are named alike. */
export function nameReferenceTransformer(backReferences: readonly NameBackReferences[]): Transformer {
  return {
    transform(map, context) {
      const candidates = new Candidates(map);
      const fields = new ReferenceFields(backReferences);
      const referrals = new Referrals();
      for (const resource of map.resources) {
        const own = fields.of(resource.originalId);
        if (own.length === 0) continue;
        const referrer = new Referrer(resource, context.problems);
        for (const field of own) {
          const updater = new ReferenceUpdater(referrer, field, candidates, referrals, context);
          resource.root = updateAtFieldSpec(resource.root, field.path, updater);
        }
      }
      referrals.note();
    },
  };
}

/** One field that may hold the name of an object of the kind `target`. */
interface ReferenceField {
  readonly target: Gvk;
  readonly path: FieldPath;
}

/** The fields to look at, found once per kind. */
class ReferenceFields {
  readonly #all: readonly { readonly target: Gvk; readonly spec: FieldSpec }[];
  readonly #byKind = new Map<string, readonly ReferenceField[]>();

  constructor(backReferences: readonly NameBackReferences[]) {
    this.#all = backReferences.flatMap((target) => target.fieldSpecs.map((spec) => ({ target, spec })));
  }

  of(gvk: Gvk): readonly ReferenceField[] {
    const key = `${gvk.group}/${gvk.version}/${gvk.kind}`;
    let fields = this.#byKind.get(key);
    if (!fields) {
      fields = this.#all.filter(({ spec }) => isGvkSelected(gvk, spec)).map(({ target, spec }) => ({ target, path: parseFieldPath(spec) }));
      this.#byKind.set(key, fields);
    }
    return fields;
  }
}

/** What was referred to, by whom; and one step per object, for all the names that follow it. */
class Referrals {
  readonly #referrers = new Map<Resource, ResId[]>();
  readonly #steps = new Map<Resource, Step>();

  add(referral: Resource, referrer: Resource): void {
    const ids = this.#referrers.get(referral);
    if (ids) ids.push(referrer.id);
    else this.#referrers.set(referral, [referrer.id]);
  }

  /** The step that writes `referral`'s name into other objects; it stands where that name was changed last. */
  stepOf(referral: Resource): Step {
    let step = this.#steps.get(referral);
    if (!step) {
      const { source, start, end } = metadataField(referral, 'name') ?? referral.root;
      step = { kind: 'nameReference', field: `nameReference ${referral.id.kind}/${referral.originalId.name}`, source, start, end };
      this.#steps.set(referral, step);
    }
    return step;
  }

  /** Tells the objects who refers to them. */
  note(): void {
    for (const [referral, ids] of this.#referrers) referral.referredBy = [...referral.referredBy, ...ids];
  }
}

/** Updates one field of one referrer. */
class ReferenceUpdater implements FieldUpdate {
  readonly step: Step;
  readonly onMismatch: FieldUpdate['onMismatch'];
  readonly #referrer: Referrer;
  readonly #field: ReferenceField;
  readonly #candidates: Candidates;
  readonly #referrals: Referrals;
  readonly #context: BuildContext;

  constructor(referrer: Referrer, field: ReferenceField, candidates: Candidates, referrals: Referrals, context: BuildContext) {
    const { source, start, end } = field.path.spec.place ?? referrer.resource.root;
    this.step = { kind: 'nameReference', field: `nameReference ${field.target.kind}`, source, start, end };
    this.onMismatch = mismatchReporter(context.problems, this.step);
    this.#referrer = referrer;
    this.#field = field;
    this.#candidates = candidates;
    this.#referrals = referrals;
    this.#context = context;
  }

  get place(): Step {
    return this.step;
  }

  /** These fields are never created, so there is a node. */
  readonly set = (node: YamlNode = makeScalar('', this.step, this.step)): YamlNode => {
    if (node.kind !== 'sequence') return this.#setOne(node);
    return node.mapItems((item) => {
      if (item.kind !== 'sequence') return this.#setOne(item);
      this.onMismatch(item, 'A name, or a map with a name, is expected in this list.');
      return item;
    });
  };

  #setOne(node: MapNode | ScalarNode): YamlNode {
    if (node.kind === 'map') return this.#setMap(node);
    if (node.tag === '!!null') return node;
    const referral = this.#select(node, undefined);
    return referral ? this.#follow(node, referral, 'name') : node;
  }

  /** A subject of a role binding and the like: the name is looked up in the namespace beside it, and both follow. */
  #setMap(map: MapNode): MapNode {
    const name = map.get('name');
    if (!name) {
      this.onMismatch(map, `The path ${this.#field.path.spec.path} leads to this map for the name of another object, but it has no name.`);
      return map;
    }
    if (name.kind !== 'scalar') return map;
    const namespace = map.get('namespace');
    const referral = this.#select(name, { namespace: namespace && (namespace.kind === 'scalar' ? namespace.value : '') });
    if (!referral || (referral.namespace === '' && referral.name === name.value)) return map;
    const named = map.with('name', this.#follow(name, referral, 'name'));
    return referral.namespace === '' ? named : named.with('namespace', this.#follow(namespace, referral, 'namespace'));
  }

  /** The object that a name means. */
  #select(name: ScalarNode, map: ReferralQuery['map']): Resource | undefined {
    const query: ReferralQuery = { target: this.#field.target, name: name.value, map, isRoleRef: this.#field.path.spec.path.endsWith('roleRef/name') };
    const found = this.#candidates.select(query, this.#referrer);
    if (!found) return undefined;
    if (!('id' in found)) {
      this.#reportAmbiguous(name, found);
      return undefined;
    }
    this.#referrals.add(found, this.#referrer.resource);
    return found;
  }

  #follow(old: YamlNode | undefined, referral: Resource, field: 'name' | 'namespace'): YamlNode {
    const text = referral[field];
    const place = metadataField(referral, field) ?? referral.root;
    const next = overwriteScalar(old, text, old ? undefined : '!!str', place, this.#referrals.stepOf(referral));
    const isSame = old?.kind === 'scalar' && old.value === text && old.tag === next.tag;
    return isSame ? old : next;
  }

  #reportAmbiguous(name: ScalarNode, found: readonly Resource[]): void {
    const related = found.map((each) => {
      const place = metadataField(each, 'name') ?? each.root;
      return { location: place.source.locate(place.start, place.end), message: formatResId(each.id) };
    });
    const ids = found.map((each) => formatResId(each.id)).join(', ');
    this.#context.problems.error('kustomize/ambiguous-reference', `${name.value} may mean several objects: ${ids}; give them different names.`, name, { related });
  }
}

function metadataField(resource: Resource, field: 'name' | 'namespace'): YamlNode | undefined {
  const metadata = resource.root.get('metadata');
  return metadata?.kind === 'map' ? metadata.get(field) : undefined;
}
