/**
 * What pipelines do for delivery, as data: which event builds which image, and which of their commands write an image's
 * tag into which file on which branch. The same for Argo Events with Argo Workflows, GitHub Actions and GitLab CI.
 */
import type { FileTree } from '../../base/fileTree.js';
import type { Place } from '../../base/problem.js';
import type { YamlNode } from '../../yaml/nodes.js';
import type { ParsedYaml } from '../../yaml/parse.js';
import type { DeliveryObject, Repository } from '../delivery.js';
import type { SymbolicText } from './symbolicText.js';

export type PipelineSystem = 'argo' | 'github' | 'gitlab';

/** The branches that something happens for; both lists empty: any. */
export interface BranchLimit {
  /** Names or patterns as they are written. */
  readonly only: readonly string[];
  readonly except: readonly string[];
}

export const anyBranch: BranchLimit = { only: [], except: [] };

export type EventKind = 'push' | 'pullRequest' | 'tag' | 'schedule' | 'manual' | 'pipeline' | 'webhook' | 'other';

/** What starts a pipeline. */
export interface PipelineEvent {
  readonly kind: EventKind;
  /** The system's own word: `pull_request`, `workflow_run`. */
  readonly word: string;
  /** `owner/name` or a URL; undefined for the repository that the pipeline stands in, and where it isn't said. */
  readonly repository: string | undefined;
  readonly branches: BranchLimit;
  /** Patterns of the files that must have changed; empty: any. */
  readonly paths: readonly string[];
  /** Of kind `pipeline`: the names of the pipelines whose end starts this one. */
  readonly pipelines: readonly string[];
  readonly place: Place;
}

export type BuildTool = 'docker' | 'kaniko' | 'buildkit' | 'buildah' | 'ko' | 'jib' | 'pack' | 'copy' | 'push' | 'cloud';

/** An image that a pipeline builds or copies. */
export interface ImageBuild {
  readonly tool: BuildTool;
  /** Without tag. */
  readonly image: SymbolicText;
  readonly tags: readonly SymbolicText[];
  /** Whether it goes to a registry; a build that isn't pushed delivers nothing. */
  readonly isPushed: boolean;
  /** What is built: a folder or a repository; undefined where it isn't said. */
  readonly context: SymbolicText | undefined;
  readonly branches: BranchLimit;
  /** The command, step or argument that says so. */
  readonly place: Place;
}

/** How a written tag comes to stand in YAML: in quotes (or typed as text by the tool), as it is, or parsed as YAML. */
export type TagQuoting = 'text' | 'bare' | 'parsed';

/** A command that writes an image's tag (or an image with its tag) into a file. */
export interface TagWrite {
  /** `owner/name` or a URL; undefined for the repository that the pipeline stands in. */
  readonly repository: string | undefined;
  /** Within its repository. */
  readonly path: string;
  /** The same as an absolute path; undefined where it isn't in the workspace. */
  readonly file: string | undefined;
  /** `images[0].newTag`, `image.tag`; undefined where the command says a line, not a field. */
  readonly field: string | undefined;
  /** What is overwritten, as it stands now; empty where the file isn't here or has no such field. */
  readonly targets: readonly YamlNode[];
  /** As far as the command or its target says it. */
  readonly image: SymbolicText | undefined;
  readonly tag: SymbolicText;
  readonly quoting: TagQuoting;
  /** The branch that it is pushed to, or undefined where that can't be told. */
  readonly branch: SymbolicText | undefined;
  /** The branches that the pipeline must run for. */
  readonly branches: BranchLimit;
  /** By a pull request instead of a push. */
  readonly byPullRequest: boolean;
  /** False where no push follows in the same job. */
  readonly isPushed: boolean;
  readonly place: Place;
}

/** A command that writes a tag, but where or what can't be told. */
export interface UnresolvedWrite {
  /** The command as it is written. */
  readonly text: string;
  /** A clause for people: `the file depends on $APP`. */
  readonly reason: string;
  readonly place: Place;
}

/** A workflow, a sensor's trigger, a configuration of CI. */
export interface Pipeline {
  /** Unique in the workspace and stable: `github/.github/workflows/ci.yml`. */
  readonly id: string;
  readonly system: PipelineSystem;
  readonly name: string;
  /** The top of the repository that it stands in; undefined for what stands in a cluster. */
  readonly root: string | undefined;
  readonly place: Place;
  readonly events: readonly PipelineEvent[];
  readonly builds: readonly ImageBuild[];
  readonly writes: readonly TagWrite[];
  readonly unresolved: readonly UnresolvedWrite[];
}

/** What reading pipelines may ask. */
export interface PipelineInput {
  readonly tree: FileTree;
  /** Tops of repositories and the workspace's folders, absolute: where configurations of CI are looked for. */
  readonly roots: readonly string[];
  readonly repositories: readonly Repository[];
  /** Event sources, sensors and workflows are taken from them. */
  readonly objects: readonly DeliveryObject[];
  /** The parsed form of a file; undefined where there is none. */
  readonly parse: (path: string) => ParsedYaml | undefined;
}
