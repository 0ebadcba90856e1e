/** `fetch [PATHS]`: brings remote bases and charts that the workspace names, into the cache that every command reads. The only command that does. */
import { isInside } from '../core/base/path.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import { findLacks } from '../services/lacks.js';
import { writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { labelLocation, openFiles } from './openFiles.js';

export interface FetchOptions {
  readonly workspace?: string;
  readonly build: BuildOptions;
}

/** What was fetched may name something remote itself; so deep is looked. */
const mostRounds = 10;

/** Status 2 where something could not be had. */
export async function fetchLacking(paths: readonly string[], options: FetchOptions, { signal, ...commandLine }: CommandLine): Promise<ExitStatus> {
  const files = openFiles({ signal, ...commandLine }, options.workspace);
  const workspace = files.open(options.build);
  const wanted = paths.map((each) => files.tree.realPath(files.resolve(each)));
  const tried = new Set<string>();
  let failed = false;
  for (let round = 0; round < mostRounds; round++) {
    const lacks = findLacks(workspace.state).filter(({ spec, location }) => !tried.has(spec) && (wanted.length === 0 || wanted.some((each) => isInside(location.path, each))));
    const specs = [...new Set(lacks.map(({ spec }) => spec))];
    if (specs.length === 0) break;
    for (const { spec, outcome } of await workspace.fetch(specs, signal)) {
      tried.add(spec);
      if (typeof outcome === 'string') await writeText(commandLine.output, `${spec} ${outcome}\n`);
      else {
        failed = true;
        const place = lacks.find((each) => each.spec === spec)?.location;
        commandLine.errors.write(`${place ? `${labelLocation(place, files.label)}: ` : ''}${outcome.code}: ${outcome.message} ${outcome.action}\n`);
      }
    }
  }
  if (tried.size === 0) commandLine.errors.write('Nothing is missing.\n');
  return failed ? 2 : 0;
}
