/** Delivers one change in a process of its own, which a test kills. Arguments: top, branch, way, then pairs of file and text. */
import { gitRepositories } from '../../../src/adapters/git/gitRepositories.js';
import { gitWriter } from '../../../src/adapters/git/gitWriter.js';
import { deliverChange } from '../../../src/services/deliverChange.js';

const [top = '', branch = '', way = '', ...rest] = process.argv.slice(2);
const edits = rest.flatMap((name, index) => (index % 2 === 0 ? [{ path: `${top}/${name}`, content: rest[index + 1] === '-' ? undefined : (rest[index + 1] ?? '') }] : []));
await deliverChange(
  { writer: gitWriter, repositories: gitRepositories },
  { top, branch, way: way === 'push' ? { kind: 'push' } : { kind: 'commit' }, plan: () => Promise.resolve({ edits, message: 'change' }) },
  new AbortController().signal,
);
