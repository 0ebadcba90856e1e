/** Which registry an image's name leads to. Data in, data out. */

/** `ghcr.io` of `ghcr.io/acme/orders`, `docker.io` of `nginx` and `acme/orders`: a first part that can't be a host belongs to Docker Hub. */
export function hostOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (!isHost || first === 'index.docker.io' || first === 'registry-1.docker.io') return 'docker.io';
  return first.toLowerCase();
}
