/** Answers the hosts of Ingresses over HTTP, with a text that names the Service: 200 where it has ready pods, 503 where not, 404 where no rule matches. */
import { createServer } from 'node:http';
import { listen, stopServer } from '../listen.js';
import { answerIngress } from './ingresses.js';
import type { World } from './world.js';

export interface IngressServer {
  readonly address: string;
  close(): Promise<void>;
}

export async function startIngressServer(world: World, port = 0): Promise<IngressServer> {
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [status, text] = wordsOf(host, pathname, world);
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  });
  return { address: `http://127.0.0.1:${await listen(server, port)}`, close: () => stopServer(server) };
}

function wordsOf(host: string, path: string, world: World): readonly [number, string] {
  const answer = answerIngress(host, path, world);
  switch (answer.kind) {
    case 'no-rule':
      return [404, `No Ingress has a rule for ${host}${path}.`];
    case 'unavailable':
      return [503, `Service ${answer.service}: ${answer.reason}.`];
    case 'served':
      return [200, `Service ${answer.service}, ${answer.pods} ready pods of ${answer.images.join(' ')}, by Ingress ${answer.ingress}. Nothing runs here: this is the sandbox.`];
  }
}
