/** What the health of an object or an environment is, in Argo CD's words (gitops-engine pkg/health/health.go, v3.2). */

export type HealthStatus = 'Healthy' | 'Suspended' | 'Progressing' | 'Missing' | 'Degraded' | 'Unknown';

export interface Health {
  readonly status: HealthStatus;
  /** One line from the object's status; empty where it says nothing. */
  readonly message: string;
}
