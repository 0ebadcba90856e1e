/**
 * A chart that lies in a repository: what names it among all that can be fetched, as one line of text. Fetching is a
 * service's; here is only what is asked for, and where it was fetched to.
 */

export interface RemoteChart {
  /** `https://charts.example.com`, or `oci://registry.example.com/charts`: the folder of the registry, without the chart's name. */
  readonly repository: string;
  readonly name: string;
  /** An exact version or a range; empty for the latest. */
  readonly version: string;
  /** True where versions such as `2.0.0-rc.1` count for a range or for the latest. */
  readonly devel: boolean;
}

/** `chart redis@20.1.0 from https://charts.example.com`. */
export function formatRemoteChart({ repository, name, version, devel }: RemoteChart): string {
  return `chart ${name}@${version.trim() === '' ? 'latest' : version.trim()}${devel ? ' or a pre-release' : ''} from ${repository.replace(/\/+$/, '')}`;
}

/** What {@link formatRemoteChart} wrote; undefined for any other text. */
export function parseRemoteChart(spec: string): RemoteChart | undefined {
  const match = /^chart ([^@\s]+)@(\S.*?)( or a pre-release)? from (\S+)$/.exec(spec);
  if (!match) return undefined;
  const [, name = '', version = '', devel, repository = ''] = match;
  return { repository, name, version: version === 'latest' ? '' : version, devel: devel !== undefined };
}

/** True for an address that charts are fetched from. */
export function isChartRepository(address: string): boolean {
  return /^(?:https?|oci):\/\/[^\s/]/.test(address);
}
