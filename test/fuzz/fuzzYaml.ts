/**
 * One round of fuzzing the reader and the printer of YAML: both parsers give the same tree where both can read, nothing
 * crashes, every place lies in the text, and what was printed prints the same once it is read again.
 */
import assert from 'node:assert/strict';
import type { Place } from '../../src/core/base/problem.js';
import { SourceText } from '../../src/core/base/source.js';
import type { YamlNode } from '../../src/core/yaml/nodes.js';
import { parseYaml } from '../../src/core/yaml/parse.js';
import { parseBlock } from '../../src/core/yaml/parseBlock.js';
import { parseTokens } from '../../src/core/yaml/parseTokens.js';
import { printDocument } from '../../src/core/yaml/print.js';
import { describeTree } from '../support/describeTree.js';
import { mutateText } from './mutate.js';
import { Random } from './random.js';
import { randomDocument, randomScalars } from './randomYaml.js';

const budget = { depth: 500, aliased: 100_000 };

/** @throws AssertionError with the text where a property does not hold */
export function fuzzYaml(texts: readonly string[], round: number): void {
  const random = new Random(round);
  const kind = random.below(3);
  const text = kind === 0 ? mutateText(random.pick(texts), random, texts) : kind === 1 ? randomDocument(random) : randomScalars(random);
  try {
    checkParsers(text);
    checkPrinting(text);
  } catch (error) {
    throw new assert.AssertionError({ message: `round ${round} breaks on ${JSON.stringify(text)}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}` });
  }
}

/** The positional parser reads less than the token parser, and never otherwise. */
function checkParsers(text: string): void {
  if (/\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]/.test(text)) return;
  const source = new SourceText('/fuzz.yaml', text);
  const quick = parseBlock(source, 0, text.length);
  if (!quick) return;
  const problems: string[] = [];
  const exact = parseTokens(source, 0, text.length, budget, (code) => {
    problems.push(code);
    return undefined;
  });
  assert.deepEqual(problems, [], 'the token parser refuses what the positional parser reads');
  assert.equal(exact.ignoredFrom, -1);
  assert.deepEqual(quick.root && describeTree(quick.root, true), exact.root && describeTree(exact.root, true));
  assert.deepEqual(
    quick.duplicateKeys.map(({ start }) => start),
    exact.duplicateKeys.map(({ start }) => start),
  );
  assert.deepEqual(quick.comments, exact.comments);
}

function checkPrinting(text: string): void {
  const source = new SourceText('/fuzz.yaml', text);
  const parsed = parseYaml(source);
  for (const { location } of parsed.problems) assert.ok(location.range.end.line < source.lineStarts.length);
  for (const { root } of parsed.documents) {
    if (!root) continue;
    checkPlaces(root, 0);
    if (root.kind !== 'map') continue;
    const printed = printDocument(root);
    if ('message' in printed) continue;
    assert.equal(printed.lines.length, printed.text.split('\n').length - 1);
    const [again] = parseYaml(new SourceText('/printed.yaml', printed.text)).documents;
    assert.equal(again?.root?.kind, 'map');
    const reprinted = printDocument(again.root);
    assert.equal('text' in reprinted ? reprinted.text : reprinted.message, printed.text);
  }
}

function checkPlaces(node: YamlNode, depth: number): void {
  const { start, end, source }: Place = node;
  assert.ok(start >= 0 && start <= end && end <= source.text.length, `${node.kind} at ${start} to ${end}`);
  if (depth > 12) return;
  if (node.kind === 'sequence') for (const item of node.items) checkPlaces(item, depth + 1);
  if (node.kind === 'map') {
    for (const { key, value } of node.pairs) {
      checkPlaces(key, depth + 1);
      checkPlaces(value, depth + 1);
    }
  }
}
