/**
 * Fills templates with parameters, in the two dialects of ApplicationSets (Argo CD v3.2.11 applicationset/utils/utils.go
 * Render): `{{name}}` of fasttemplate, which leaves unknown names as they stand, and Go templates. A text that a template
 * fills leads to the parameter that filled it; the template is what it overrode.
 */
import type { Problems } from '../../../base/problem.js';
import { makeScalar, type MapNode, Pair, type ScalarNode, type YamlNode } from '../../../yaml/nodes.js';
import { lookUpParam, toGoValue, type GoValue, type ParamSet } from './params.js';

/** What became of a Go template; `unsupported`: a sentence on what this engine can't do, where Argo CD may. */
export type GoTemplateResult = { readonly text: string } | { readonly error: string } | { readonly unsupported: string };

/** Renders one Go template with Argo CD's functions; `options` as in Go's Template.Option. */
export type RenderGoTemplate = (text: string, data: GoValue, options: readonly string[]) => GoTemplateResult;

export interface Dialect {
  readonly isGo: boolean;
  readonly options: readonly string[];
  readonly renderGo: RenderGoTemplate;
}

/** A parameter that a text asks for. */
export interface ParameterUse {
  /** As it is written: `namespace`, in Go templates without the dot in front: `path.basename`. */
  readonly name: string;
  /** The text of the template. */
  readonly text: ScalarNode;
  /** False where some Application was to be made without it. */
  readonly isKnown: boolean;
}

/** A text, with the parameter that it comes from. */
type Filled = { readonly text: string; readonly from: YamlNode | undefined } | Exclude<GoTemplateResult, { readonly text: string }>;

/** Fills the texts of one set's templates, and notes which parameters they ask for. */
export class TemplateRenderer {
  readonly #dialect: Dialect;
  readonly #uses = new Map<ScalarNode, Map<string, ParameterUse>>();
  readonly #goValues = new WeakMap<MapNode, GoValue>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  get isGo(): boolean {
    return this.#dialect.isGo;
  }

  get uses(): readonly ParameterUse[] {
    return [...this.#uses.values()].flatMap((byName) => [...byName.values()]);
  }

  /**
   * A tree with all its texts filled, keys of maps too; what has no template stays the same node. Undefined where a text
   * can't be filled, which is reported.
   */
  renderTree(node: YamlNode, params: ParamSet, problems: Problems): YamlNode | undefined {
    switch (node.kind) {
      case 'scalar':
        return node.tag === '!!str' ? this.renderText(node, params, problems) : node;
      case 'sequence': {
        const items = node.items.map((item) => this.renderTree(item, params, problems));
        if (items.some((item) => item === undefined)) return undefined;
        return items.every((item, index) => item === node.items[index]) ? node : node.withItems(items.flatMap((item) => item ?? []));
      }
      case 'map':
        return this.#renderMap(node, params, problems);
    }
  }

  #renderMap(node: MapNode, params: ParamSet, problems: Problems): MapNode | undefined {
    const pairs: Pair[] = [];
    let isSame = true;
    for (const pair of node.pairs) {
      // A null in a map is passed over.
      if (pair.value.kind === 'scalar' && pair.value.tag === '!!null') {
        isSame = false;
        continue;
      }
      const value = this.renderTree(pair.value, params, problems);
      const key = this.renderText(pair.key, params, problems);
      if (!value || !key) return undefined;
      if (value === pair.value && key === pair.key) pairs.push(pair);
      else {
        isSame = false;
        pairs.push(new Pair(key, value));
      }
    }
    return isSame ? node : node.withPairs(pairs);
  }

  /** A text with its templates filled; itself where it has none. */
  renderText(text: ScalarNode, params: ParamSet, problems: Problems): ScalarNode | undefined {
    if (!text.value.includes('{{')) return text;
    const filled = this.#fill(text, params);
    if ('unsupported' in filled) {
      problems.error('argocd/template-unsupported', filled.unsupported, text);
      return undefined;
    }
    if ('error' in filled) {
      problems.error('argocd/invalid-template', `This template can't be filled: ${filled.error}`, text);
      return undefined;
    }
    if (filled.text === text.value) return text;
    const place = filled.from ?? text;
    return makeScalar(filled.text, place, params.step, text);
  }

  #fill(text: ScalarNode, params: ParamSet): Filled {
    return this.#dialect.isGo ? this.#fillGo(text, params) : this.#fillFast(text, params);
  }

  /** github.com/valyala/fasttemplate: only texts count as values, and an unknown name stays with its braces. */
  #fillFast(text: ScalarNode, params: ParamSet): Filled {
    if (!/\{\{.*\}\}/.test(text.value)) return { text: text.value, from: undefined };
    let from: YamlNode | undefined;
    let result = '';
    let at = 0;
    for (;;) {
      const open = text.value.indexOf('{{', at);
      if (open < 0) return { text: result + text.value.slice(at), from };
      const close = text.value.indexOf('}}', open + 2);
      if (close < 0) return { error: 'a {{ has no }} behind it.' };
      const tag = text.value.slice(open + 2, close);
      const name = tag.trim();
      const value = name === '' ? undefined : params.values.get(name);
      const isText = value?.kind === 'scalar' && value.tag === '!!str';
      if (name !== '') this.#note(name, text, isText);
      if (isText) from ??= value;
      result += text.value.slice(at, open) + (isText ? value.value : `{{${tag}}}`);
      at = close + 2;
    }
  }

  #fillGo(text: ScalarNode, params: ParamSet): Filled {
    let from: YamlNode | undefined;
    for (const keys of parametersOfGoTemplate(text.value)) {
      const found = lookUpParam(params.values, keys);
      this.#note(keys.join('.'), text, found !== undefined);
      from ??= found;
    }
    let data = this.#goValues.get(params.values);
    if (data === undefined) {
      data = toGoValue(params.values);
      this.#goValues.set(params.values, data);
    }
    const rendered = this.#dialect.renderGo(text.value, data, this.#dialect.options);
    return 'text' in rendered ? { text: rendered.text, from } : rendered;
  }

  #note(name: string, text: ScalarNode, isKnown: boolean): void {
    const byName = this.#uses.get(text) ?? new Map<string, ParameterUse>();
    this.#uses.set(text, byName);
    const before = byName.get(name);
    if (!before || (before.isKnown && !isKnown)) byName.set(name, { name, text, isKnown });
  }
}

/** The ways of fields that a Go template begins at the dot or at `$`: `{{ .path.basename | upper }}` is `path`, `basename`. Fields inside of range and with are left out. */
export function parametersOfGoTemplate(text: string): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  let depth = 0;
  for (const [, action = ''] of text.matchAll(/\{\{-?((?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^}"`]|\}(?!\}))*)\}\}/g)) {
    const plain = action.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|\/\*.*?\*\//gs, '""');
    const word = /^\s*(\w+)/.exec(plain)?.[1];
    if (word === 'end') depth = Math.max(0, depth - 1);
    for (const [, dollar, way = ''] of plain.matchAll(/(?:^|[\s(,|=])(\$?)\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/g)) if (depth === 0 || dollar === '$') found.push(way.split('.'));
    // The dot is another one inside of these; an if matters only for whose end an end is.
    if (word === 'range' || word === 'with' || word === 'define' || word === 'block' || (word === 'if' && depth > 0)) depth++;
  }
  return found;
}
