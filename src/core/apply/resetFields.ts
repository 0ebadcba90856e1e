/**
 * The fields that an endpoint of a kind doesn't take: its strategy sets them back to what they were, and so nobody gets
 * to own them there (Kubernetes v1.34, GetResetFields in pkg/registry, apiextensions-apiserver and kube-aggregator).
 */
import { fieldsOf, noFields, uniteFields, type FieldSet } from '../live/fieldSet.js';

const spec = fieldsOf([['f:spec']]);
const status = fieldsOf([['f:status']]);
const metadata = fieldsOf([['f:metadata']]);

/** What the status endpoint of some kinds doesn't take besides the spec, by `group/Kind`. */
const besideSpec: Readonly<Record<string, FieldSet>> = {
  'apps/Deployment': fieldsOf([['f:metadata', 'f:labels']]),
  '/Pod': fieldsOf([
    ['f:metadata', 'f:deletionTimestamp'],
    ['f:metadata', 'f:ownerReferences'],
  ]),
  'storage.k8s.io/VolumeAttachment': metadata,
  'flowcontrol.apiserver.k8s.io/FlowSchema': metadata,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': metadata,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': metadata,
  'apiextensions.k8s.io/CustomResourceDefinition': metadata,
  'apiregistration.k8s.io/APIService': metadata,
  'storagemigration.k8s.io/StorageVersionMigration': metadata,
  'internal.apiserver.k8s.io/StorageVersion': metadata,
  'certificates.k8s.io/CertificateSigningRequest': fieldsOf([['f:status', 'f:conditions']]),
};

export interface Endpoint {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** `status`, `scale`; empty for the object itself. */
  readonly subresource: string;
  /** Whether the kind has a `status` subresource. */
  readonly hasStatus: boolean;
}

/** The fields that an endpoint doesn't take. */
export function resetFieldsOf({ group, kind, subresource, hasStatus }: Endpoint): FieldSet {
  const name = `${group}/${kind}`;
  // its fields are registered under a group that doesn't exist
  if (name === 'networking.k8s.io/ServiceCIDR') return noFields;
  if (subresource === 'status') return uniteFields(spec, besideSpec[name] ?? noFields);
  if (subresource !== '' || !hasStatus) return noFields;
  return name === 'certificates.k8s.io/CertificateSigningRequest' ? uniteFields(spec, status) : status;
}
