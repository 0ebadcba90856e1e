/**
 * A rule about references to objects that nothing renders. An object may come from another environment of the workspace
 * that goes to the same namespace, from an operator, or from a chart that is installed in the cluster: then it is not
 * missing, and where that can't be told nothing is said.
 */
import type { Place } from '../../base/problem.js';
import type { Environment } from '../../gitops/delivery.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import { defineWorkspaceRule, type FindingExtras, type RuleFacts, type WorkspaceRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { isOpenText, keyOf, objectsOf, writtenName, type EnvironmentObjects } from './environmentObjects.js';
import { chartNamespacesOf, isProduced, mayComeFromChart, rememberProduced } from './producers.js';

/** A reference by name. */
export interface Reference {
  readonly group: string;
  readonly kind: string;
  /** Undefined for a kind that lives in the cluster. */
  readonly namespace: string | undefined;
  readonly name: ScalarNode;
  /** The sentence up to what is missing: `Deployment web reads ConfigMap settings`. */
  readonly sentence: string;
}

interface Missing {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly place: Place;
  readonly message: string;
  readonly extras: FindingExtras;
}

interface Gathered {
  readonly environment: Environment;
  readonly cluster: string;
  /** Undefined for an environment of which all objects are known. */
  readonly unknownNamespace: string | undefined;
  readonly chartNamespaces: ReadonlySet<string>;
  readonly isProduced: (kind: string, namespace: string, name: string) => boolean;
  readonly provided: ReadonlySet<string>;
  readonly missing: readonly Missing[];
}

/**
 * @param kinds of the objects that are referred to
 * @param find all references of an environment's objects to such objects, also those that are fine
 */
export function defineReferenceRule(facts: RuleFacts, kinds: readonly string[], find: (objects: EnvironmentObjects) => Iterable<Reference>): WorkspaceRule {
  return defineWorkspaceRule<Gathered>({
    ...facts,
    gather: (checked) => {
      const { environment, rendering } = checked;
      const { destination } = environment;
      const objects = objectsOf(checked);
      const provided = new Set<string>();
      for (const kind of kinds) for (const object of objects.ofKind(kind)) provided.add(keyOf(object.id.group, kind, objects.namespaceOf(object), object.id.name));
      return {
        environment,
        cluster: destination.server?.value ?? destination.cluster?.value ?? '',
        unknownNamespace: rendering.ok ? undefined : (destination.namespace?.value ?? ''),
        chartNamespaces: chartNamespacesOf(objects),
        isProduced: rememberProduced(objects),
        provided,
        missing: [...find(objects)].flatMap((reference) => {
          const missing = missingOf(reference, objects, provided);
          return missing ? [missing] : [];
        }),
      };
    },
    check: (gathered, _, report) => {
      for (const own of gathered) {
        for (const missing of own.missing) {
          if (mayComeFromChart(own.chartNamespaces, missing.namespace) || gathered.some((other) => other !== own && mayProvide(other, own, missing))) continue;
          report(missing.place, missing.message, { ...missing.extras, environments: [own.environment] });
        }
      }
    },
  });
}

/** Whether another environment has the object, or could have it for all that is known. */
function mayProvide(other: Gathered, own: Gathered, { key, kind, name, namespace }: Missing): boolean {
  if (namespace === '' || other.cluster !== own.cluster) return false;
  const isUnknown = other.unknownNamespace !== undefined && (namespace === undefined || other.unknownNamespace === namespace);
  return other.provided.has(key) || isUnknown || mayComeFromChart(other.chartNamespaces, namespace) || other.isProduced(kind, namespace ?? '', name);
}

function missingOf(reference: Reference, objects: EnvironmentObjects, provided: ReadonlySet<string>): Missing | undefined {
  const { group, kind, namespace, name, sentence } = reference;
  const key = keyOf(group, kind, namespace ?? '', name.value);
  if (provided.has(key) || isOpenText(name.value) || isProduced(objects, kind, namespace ?? '', name.value)) return undefined;
  const candidates = objects.ofKind(kind).filter((object) => objects.namespaceOf(object) === (namespace ?? ''));
  const written = candidates.map(writtenName).filter((each) => each !== name.value && Math.abs(each.length - name.value.length) <= 3);
  const nearest = nearestName(written, name.value);
  const fix = nearest === undefined ? undefined : replaceScalar(name, nearest, `Change to ${nearest}`);
  const advice = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  const message = `${sentence}, which nothing in this environment brings${advice === '' ? '.' : advice}`;
  return { key, kind, name: name.value, namespace, place: name, message, extras: fix ? { fix: { ...fix, needsReview: true } } : {} };
}
