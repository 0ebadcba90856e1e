/** The client of registries with the credentials of this machine, behind those that whoever opens it has. */
import os from 'node:os';
import type { ImageRegistry, RegistryCredentials } from '../../services/ports.js';
import { dockerCredentials, firstCredentials } from './dockerCredentials.js';
import { OciRegistry } from './ociRegistry.js';
import { proxyFor } from './proxy.js';

export interface OpenRegistryOptions {
  /** False in workspaces that aren't trusted. */
  readonly mayRunPrograms: () => boolean;
  readonly insecure: () => readonly string[];
  /** Asked before Docker's and Podman's files. */
  readonly credentials: RegistryCredentials;
}

/** Nothing is read or contacted before it is asked for something. */
export function openRegistry({ mayRunPrograms, insecure, credentials }: OpenRegistryOptions): ImageRegistry {
  const docker = dockerCredentials({ environment: process.env, home: os.homedir(), mayRunPrograms });
  return new OciRegistry({ credentials: firstCredentials([credentials, docker]), insecure, proxyFor: (url) => proxyFor(url, process.env) });
}
