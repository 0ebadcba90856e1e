/**
 * A value that kustomize can't carry: it writes data of several lines as a literal block, and one that begins with a tab
 * it can't read back ("found a tab character where an indentation space is expected"; kyaml/yaml/datamap.go and
 * rnode.go MarshalJSON v0.21.2, go.yaml.in/yaml/v3 v3.0.5 emitterc.go yaml_emitter_analyze_scalar).
 */
import type { Place, Problems } from '../../base/problem.js';

/** Reports a value of ConfigMap data that kustomize fails on; true where there is nothing to report. */
export function checkLeadingTab(key: string, value: string, place: Place, problems: Problems): boolean {
  if (!value.startsWith('\t') || !value.includes('\n') || isQuoted(value)) return true;
  problems.error('kustomize/leading-tab', `The value of ${key} begins with a tab and has several lines, which kustomize fails to print; begin it with something else.`, place);
  return false;
}

/** What go-yaml takes for printable, and the tab; nothing beyond 16 bits (is_printable in yamlprivateh.go). */
const printable = /^[\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;

/** True for text that go-yaml writes between double quotes, whatever style is asked for. */
function isQuoted(value: string): boolean {
  return / (?:$|[\n\u2028\u2029])/.test(value) || !printable.test(value);
}
