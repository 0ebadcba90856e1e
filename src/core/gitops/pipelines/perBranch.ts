/**
 * Pipelines that do different things for different branches (`ENV=prod` on main, `ENV=dev` on dev) are walked through once
 * for each branch that is named, and what is the same for several is put together again.
 */
import type { Place } from '../../base/problem.js';
import { joinBranches } from './branchLimit.js';
import type { BranchLimit, ImageBuild, TagWrite, UnresolvedWrite } from './pipeline.js';

/** What one walk found. */
export interface Found {
  readonly builds: readonly ImageBuild[];
  readonly writes: readonly TagWrite[];
  readonly unresolved: readonly UnresolvedWrite[];
}

const mostBranches = 6;

/** A limit as one limit per branch, where all its branches are named; else itself. */
export function splitBranches(limit: BranchLimit): readonly BranchLimit[] {
  const { only, except } = limit;
  const isNamed = only.length > 1 && only.length <= mostBranches && except.length === 0 && only.every((branch) => !/[*?[\]!<]/.test(branch));
  return isNamed ? only.map((branch) => ({ only: [branch], except: [] })) : [limit];
}

/** The branch of a limit that names one; undefined for any other. */
export function singleBranch({ only }: BranchLimit): string | undefined {
  const [single] = only;
  return only.length === 1 && single !== undefined && !/[*?[\]!<]/.test(single) ? single : undefined;
}

/** Puts several walks together: what is the same but for its branches is one. */
export function joinFound(walks: readonly Found[]): Found {
  return {
    builds: joinSame(
      walks.flatMap(({ builds }) => builds),
      ({ image, tags, tool, place }) => [image, tags, tool, placeKey(place)],
    ),
    writes: joinSame(
      walks.flatMap(({ writes }) => writes),
      ({ repository, path, field, tag, image, branch, place }) => [repository, path, field, tag, image, branch, placeKey(place)],
    ),
    unresolved: [...new Map(walks.flatMap(({ unresolved }) => unresolved).map((write) => [JSON.stringify([write.reason, placeKey(write.place)]), write])).values()],
  };
}

function joinSame<Item extends { readonly branches: BranchLimit }>(items: readonly Item[], keyOf: (item: Item) => unknown): readonly Item[] {
  const found = new Map<string, Item>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const known = found.get(key);
    found.set(key, known ? { ...known, branches: joinBranches(known.branches, item.branches) } : item);
  }
  return [...found.values()];
}

/** Scripts are sources of their own each time they are read: places are compared in the file. */
function placeKey({ source, start, end }: Place): readonly unknown[] {
  return [source.path, source.toFileOffset(start), source.toFileOffset(end)];
}
