/** Which schema merges follow: the built-in one, or the one that a kustomization names with `openapi` (kyaml/openapi SetSchema v0.21.2). */
import { customSchema } from '../objects/schema.js';
import type { Build } from './buildState.js';
import type { Target } from './target.js';

/** The only version of the built-in schema that kustomize v5.8.2 carries. */
const builtinVersion = 'v1.21.2';

/** Takes the schema that the target names; the first one named in a build holds for all of it. */
export function applyOpenApi(build: Build, target: Target): void {
  const { openapiPath, openapiVersion } = target.kustomization;
  const { problems } = build;
  if (!openapiPath && !openapiVersion) return;
  const source = openapiPath && build.contextOf(target.loader).load(target.loader.root, openapiPath.value, openapiPath);
  if (build.schemaIsChosen || (openapiPath && !source)) return;
  if (openapiPath && openapiVersion) {
    problems.error('kustomize/openapi-conflict', 'Give openapi a path or a version, not both.', openapiVersion);
    return;
  }
  if (openapiVersion && openapiVersion.value !== '' && openapiVersion.value !== builtinVersion) {
    problems.error('kustomize/openapi-version', `Kustomize carries only the OpenAPI version ${builtinVersion}.`, openapiVersion);
    return;
  }
  if (!source) {
    build.chooseSchema(build.cache.schema);
    return;
  }
  const parsed = build.cache.parse(source);
  problems.addAll(parsed.problems);
  const root = parsed.documents[0]?.root;
  // What kyaml has looked up before stays known: the root's schema comes first and stands alone, one that is named further
  // inside comes after objects whose kinds made kyaml read the built-in schema (unless those were all of the few kinds
  // whose scope it knows without).
  const isRoot = target.loader.referrer === undefined;
  if (root) build.chooseSchema(isRoot ? customSchema(root) : customSchema(root, build.cache.schema));
}
