/** The name of a release: as it is given, or made by a template (helm v3.22 pkg/action/install.go TemplateName, pkg/chartutil/validate_name.go). */
import type { Place } from '../base/problem.js';
import type { ChartInputs } from '../objects/chartInputs.js';
import { sprigFunctions } from '../template/functions/sprig.js';
import { renderText } from '../template/renderTemplate.js';
import { nil } from '../template/values.js';
import { embeddedSource } from '../yaml/embed.js';
import type { ChartMistake } from './loadChart.js';

const pattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const longest = 53;

/** The release's name, or why helm refuses it. @param place where a name that is given outright is told to be wrong */
export function releaseNameOf({ releaseName, nameTemplate }: Pick<ChartInputs, 'releaseName' | 'nameTemplate'>, place: Place): string | ChartMistake {
  if (!nameTemplate) return isReleaseName(releaseName) ? releaseName : refusal(releaseName, place);
  const made = renderText(embeddedSource(nameTemplate), nil, sprigFunctions, { name: 'name-template' });
  if ('error' in made) return { code: 'helm/invalid-release-name', message: made.error.message, place: nameTemplate };
  return isReleaseName(made.text) ? made.text : refusal(made.text, nameTemplate);
}

function refusal(name: string, place: Place): ChartMistake {
  const message = `release name "${name}": invalid release name, must match regex ${pattern} and the length must not be longer than ${longest}`;
  return { code: 'helm/invalid-release-name', message, place };
}

function isReleaseName(name: string): boolean {
  return name.length <= longest && new RegExp(pattern).test(name);
}
