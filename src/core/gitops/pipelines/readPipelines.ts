/** All pipelines of a workspace. */
import { readArgoPipelines } from './argoPipelines.js';
import { readGithubWorkflows } from './githubWorkflows.js';
import { readGitlabPipeline } from './gitlabPipeline.js';
import type { Pipeline, PipelineInput } from './pipeline.js';

/**
 * Reads what builds images and writes tags: in the cluster, then per root GitHub's workflows and GitLab's configuration.
 * Ids that several roots share are told apart by their root.
 */
export function readPipelines(input: PipelineInput): readonly Pipeline[] {
  const roots = [...new Set(input.roots)];
  const all = [...readArgoPipelines(input), ...roots.flatMap((root) => [...readGithubWorkflows(input, root), ...readGitlabPipeline(input, root)])];
  const seen = new Set<string>();
  return all.map((pipeline) => {
    const id = seen.has(pipeline.id) ? `${pipeline.id}#${pipeline.root ?? seen.size}` : pipeline.id;
    seen.add(id);
    return id === pipeline.id ? pipeline : { ...pipeline, id };
  });
}

/** True for files of the configurations of CI: a change to one of them may change pipelines. */
export function isPipelineFile(path: string): boolean {
  return /\/\.github\/(?:workflows|actions)\/.+\.ya?ml$|\/action\.ya?ml$|\/\.gitlab-ci\.yml$|\/\.gitlab\/.+\.ya?ml$/.test(path);
}
