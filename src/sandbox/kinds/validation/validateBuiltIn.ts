/**
 * What a server refuses of its own kinds, in its words. What isn't here is taken: kinds without rules have their metadata
 * checked alone. Values that the server prints in Go's own form stand here as far as they are short.
 */
import type { LiveObject } from '../../../core/live/liveObject.js';
import type { FieldError, SandboxKind } from '../kinds.js';
import { extensionChecks } from './extensions.js';
import { checkMetadata, checkMetadataUpdate, type CheckName } from './metadata.js';
import { invalid } from './fieldErrors.js';
import { checkLabel, checkOldLabel, checkPathSegment, checkQualifiedName, checkSubdomain } from './names.js';
import { networkChecks } from './networks.js';
import { otherChecks } from './others.js';
import { workloadChecks, type Check } from './workloads.js';

const checks: Readonly<Record<string, Check>> = { ...workloadChecks, ...networkChecks, ...otherChecks, ...extensionChecks };

/** Names that aren't subdomains. */
const nameChecks: Readonly<Record<string, CheckName>> = {
  '/Namespace': (name) => [
    ...(name.includes('.') ? ['must not contain dots'] : []),
    ...(name.includes('.') && checkLabel(name.replaceAll('.', '')).length === 0 ? [] : checkLabel(name)),
  ],
  '/Service': checkOldLabel,
  'rbac.authorization.k8s.io/Role': checkPathSegment,
  'rbac.authorization.k8s.io/ClusterRole': checkPathSegment,
  'rbac.authorization.k8s.io/RoleBinding': checkPathSegment,
  'rbac.authorization.k8s.io/ClusterRoleBinding': checkPathSegment,
  'apiregistration.k8s.io/APIService': checkPathSegment,
  'certificates.k8s.io/CertificateSigningRequest': checkSubdomain,
};

export function validateBuiltIn(kind: SandboxKind, object: LiveObject, before: LiveObject | undefined): readonly FieldError[] {
  const key = `${kind.group}/${kind.kind}`;
  return [
    ...checkFinalizers(object),
    ...checkMetadata(object, kind.isNamespaced, nameChecks[key] ?? checkSubdomain),
    ...checkMetadataUpdate(object, before),
    ...(checks[key]?.(object, before) ?? []),
  ];
}

/** Kubernetes' own kinds take no finalizer without a domain, but for its own. */
function checkFinalizers({ metadata }: LiveObject): readonly FieldError[] {
  return (metadata.finalizers ?? []).flatMap((each, index) =>
    each.includes('/') || ['orphan', 'foregroundDeletion', 'kubernetes'].includes(each) || checkQualifiedName(each).length > 0
      ? []
      : [invalid(`metadata.finalizers[${index}]`, each, 'name is neither a standard finalizer name nor is it fully qualified')],
  );
}
