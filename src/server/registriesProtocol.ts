/**
 * What the extension and the server say to each other about registries of images. Types only. A registry is contacted only
 * once the user allowed its host, which the extension keeps in the setting `gitops.registries.allowed` (`ServerSettings`), and
 * never in Restricted Mode. Passwords are asked for when a registry wants one, and are not kept by the server.
 */
import type { ObjectName } from './clusterProtocol.js';
import type { FailureWords, Place } from './protocol.js';

/** A registry that images of the workspace come from. */
export interface RegistrySummary {
  /** `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly host: string;
  /** How many different images (without tags) come from it. */
  readonly images: number;
  readonly isAllowed: boolean;
  /** One sentence where it refused or could not be reached the last time; empty otherwise. */
  readonly message: string;
}

/** Tags of an image for a choice, newest first. */
export interface TagChoices {
  /** Without tag. */
  readonly image: string;
  readonly tags: readonly TagChoice[];
  /** False where there are more. */
  readonly isComplete: boolean;
  /** `asked 2 minutes ago` */
  readonly age: string;
}

export interface TagChoice {
  readonly tag: string;
  /** `3 days ago`; empty where it isn't known. */
  readonly description: string;
}

/** A running container whose tag leads elsewhere by now. */
export interface BehindTag {
  /** The environment's id. */
  readonly id: string;
  /** The workload to restart; undefined where the pod stands alone. */
  readonly workload: ObjectName | undefined;
  readonly container: string;
  readonly image: string;
  /** Digests, shortened. */
  readonly runs: string;
  readonly has: string;
  /** One sentence for people. */
  readonly message: string;
  /** The line that sets the tag. */
  readonly place: Place | undefined;
}

export interface RegistriesRequests {
  'gitops/registries/hosts': { params: Record<string, never>; result: readonly RegistrySummary[] };
  /** @param image with or without a tag, which doesn't count */
  'gitops/registries/tags': { params: { readonly image: string }; result: TagChoices | FailureWords };
  /** Asks again what was asked before: of one registry, or of all. */
  'gitops/registries/refresh': { params: { readonly host?: string }; result: null };
  /** The containers of an environment that run something else than their tags lead to by now. */
  'gitops/registries/behind': { params: { readonly id: string }; result: readonly BehindTag[] | FailureWords };
  /** Restarts the pods of a workload as `kubectl rollout restart` does. To be confirmed before. */
  'gitops/registries/restart': { params: { readonly id: string; readonly object: ObjectName }; result: null | FailureWords };
}

/** Notifications of the server to the extension. */
export interface RegistriesNotifications {
  /** What registries say changed: ask again for what is shown. */
  'gitops/registries/changed': Record<string, never>;
}

/** Requests of the server to the extension. */
export interface RegistriesQuestions {
  /** The user and password that the user stored in the editor for a registry; null where there are none. */
  'gitops/registries/secret': { params: { readonly host: string }; result: { readonly username: string; readonly password: string } | null };
}
