/**
 * Health of the other built-in kinds, as Argo CD v3.2.11 judges them: in Go (gitops-engine pkg/health/health_{pvc,service,
 * ingress,hpa,apiservice}.go) or by a script (resource_customizations/{batch/CronJob,policy/PodDisruptionBudget,
 * apiextensions.k8s.io/CustomResourceDefinition}/health.lua).
 */
import type { Health } from '../health.js';
import { isJsonObject, type JsonObject } from '../json.js';
import type { LiveObject } from '../liveObject.js';
import { degraded, healthy, progressing, unknown, type HealthRules } from './healthRule.js';
import { conditionsAt, isTrueAt, mapsAt, textAt, valueAt } from '../readFields.js';
import { ofVersion } from './workloads.js';

export const builtInRules: HealthRules = {
  '/PersistentVolumeClaim': ofVersion('v1', 'PersistentVolumeClaim', claimHealth),
  '/Service': ofVersion('v1', 'Service', serviceHealth),
  'networking.k8s.io/Ingress': ingressHealth,
  'extensions/Ingress': ingressHealth,
  'autoscaling/HorizontalPodAutoscaler': autoscalerHealth,
  'apiregistration.k8s.io/APIService': apiServiceHealth,
  'batch/CronJob': cronJobHealth,
  'policy/PodDisruptionBudget': disruptionBudgetHealth,
  'apiextensions.k8s.io/CustomResourceDefinition': definitionHealth,
};

function claimHealth(object: LiveObject): Health {
  switch (textAt(object, 'status', 'phase')) {
    case 'Lost':
      return degraded();
    case 'Pending':
      return progressing();
    case 'Bound':
      return healthy();
    default:
      return unknown();
  }
}

function serviceHealth(object: LiveObject): Health {
  return textAt(object, 'spec', 'type') === 'LoadBalancer' ? ingressHealth(object) : healthy();
}

/** Healthy as soon as an address is published; controllers that never publish one keep it Progressing. */
function ingressHealth(object: LiveObject): Health {
  return mapsAt(object, 'status', 'loadBalancer', 'ingress').length > 0 ? healthy() : progressing();
}

const autoscalerVersions = new Set(['autoscaling/v1', 'autoscaling/v2', 'autoscaling/v2beta1', 'autoscaling/v2beta2']);
const autoscalerFailures = new Set(['AbleToScale/FailedGetScale', 'AbleToScale/FailedUpdateScale', 'ScalingActive/FailedGetResourceMetric', 'ScalingActive/InvalidSelector']);

/** By the first condition that says anything; the status of a failure's condition isn't looked at. */
function autoscalerHealth(object: LiveObject): Health {
  if (!autoscalerVersions.has(object.apiVersion)) return unknown(`HorizontalPodAutoscaler of ${object.apiVersion} can't be judged`);
  const conditions = object.apiVersion === 'autoscaling/v1' ? annotatedConditions(object) : conditionsAt(object);
  if (conditions === undefined) return unknown("the annotation with its conditions can't be read");
  for (const { type, status, reason, message } of conditions) {
    if (autoscalerFailures.has(`${type}/${reason ?? ''}`)) return degraded(message);
    if ((type === 'AbleToScale' || type === 'ScalingLimited') && status === 'True') return healthy(message);
  }
  return progressing('not scaling yet');
}

/** The conditions of an `autoscaling/v1` object, which has them as JSON in an annotation; undefined where that can't be read. */
function annotatedConditions(object: LiveObject): ReturnType<typeof conditionsAt> | undefined {
  const text = object.metadata.annotations?.['autoscaling.alpha.kubernetes.io/conditions'];
  if (text === undefined) return [];
  const list = parseList(text);
  return list && conditionsAt({ conditions: list }, 'conditions');
}

function parseList(text: string): readonly JsonObject[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isJsonObject) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function apiServiceHealth(object: LiveObject): Health {
  const available = conditionsAt(object).find(({ type }) => type === 'Available');
  if (available === undefined) return progressing('no conditions yet');
  const message = `${available.reason ?? ''}: ${available.message ?? ''}`;
  return available.status === 'True' ? healthy(message) : progressing(message);
}

/** Suspended counts as Healthy, and only a last run that ended without success as Degraded. */
function cronJobHealth(object: LiveObject): Health {
  if (isTrueAt(object, 'spec', 'suspend')) return healthy('suspended');
  if (valueAt(object, 'status') === undefined) return progressing('no status yet');
  const scheduled = textAt(object, 'status', 'lastScheduleTime');
  const succeeded = textAt(object, 'status', 'lastSuccessfulTime');
  if (scheduled === undefined) return healthy('no run was due yet');
  if (succeeded === undefined) return healthy('no run has succeeded yet');
  if (mapsAt(object, 'status', 'active').length > 0) return healthy(`running since ${scheduled}`);
  // Times are RFC 3339 in UTC, which compare as texts.
  return succeeded < scheduled ? degraded(`the run of ${scheduled} did not succeed`) : healthy(`succeeded at ${succeeded}`);
}

/** The last condition decides, unless an earlier one is False for another reason than too few pods. */
function disruptionBudgetHealth(object: LiveObject): Health {
  let health = progressing('no status yet');
  for (const { status, reason } of conditionsAt(object)) {
    const message = reason ?? '';
    if (status === 'False' && reason !== 'InsufficientPods') return degraded(message);
    health = healthy(message);
  }
  return health;
}

function definitionHealth(object: LiveObject): Health {
  const conditions = conditionsAt(object);
  if (conditions.length === 0) return progressing('no conditions yet');
  let isEstablished = false;
  for (const { type, status, message } of conditions) {
    if (type === 'Terminating' && status === 'True') return progressing(message);
    if (type === 'NamesAccepted' && status === 'False') return degraded(message);
    if (type === 'NonStructuralSchema' && status === 'True') return degraded(message);
    isEstablished ||= type === 'Established' && status === 'True';
  }
  return isEstablished ? healthy() : degraded('not established');
}
