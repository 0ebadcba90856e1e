// The hands and eyes of a suite: a service on the loopback address by which code in the extension host, which is another
// process, presses keys, moves the mouse, reads what stands in the window and takes pictures of it.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const patience = { timeout: 10_000 };

/** What may be asked of the window (inHost.ts does), by the path of the request. An answer is a text. */
const actions = {
  '/screenshot': async (page, query, screenshots) => {
    fs.mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: path.join(screenshots, `${path.basename(query.get('name'))}.png`) });
  },
  '/press': (page, query) => page.keyboard.press(query.get('keys')),
  '/type': (page, query) => page.keyboard.type(query.get('text')),
  '/click': async (page, query) => (await locate(page, query)).first().click({ ...patience, button: query.get('button') ?? 'left' }),
  '/drag': async (page, query) => {
    const found = await locate(page, query);
    await found.first().dragTo((await locate(page, new URLSearchParams({ selector: query.get('to') }))).first(), patience);
  },
  '/hover': async (page, query) => (await locate(page, query)).first().hover(patience),
  '/move': (page, query) => page.mouse.move(Number(query.get('x')), Number(query.get('y'))),
  '/text': async (page, query) => {
    const found = await locate(page, query);
    // A page that is being replaced takes its frame with it, also between two questions.
    return (await found.allInnerTexts().catch(() => [])).join('\n');
  },
  '/attribute': async (page, query) => (await locate(page, query)).first().getAttribute(query.get('name'), patience),
  '/resize': (page, query) => page.setViewportSize({ width: Number(query.get('width')), height: Number(query.get('height')) }),
};

/** What a selector finds: in the window, or in the first of its frames that has it (a page of an extension is a frame in a frame). */
async function locate(page, query) {
  const selector = query.get('selector');
  for (const frame of page.frames()) {
    const found = frame.locator(selector);
    // A page that is being replaced takes its frame with it.
    if ((await found.count().catch(() => 0)) > 0) return found;
  }
  return page.locator(selector);
}

/**
 * Starts the service; an action that fails is answered with status 500 and its words.
 * @param {() => Promise<import('playwright-core').Page>} openPage the window, looked up when it is first needed
 * @param {string} screenshots the folder for pictures
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startDriver(openPage, screenshots) {
  const answer = async (request) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const action = actions[pathname];
    if (!action) return { status: 404, text: `there is no action ${pathname}` };
    try {
      return { status: 200, text: (await action(await openPage(), searchParams, screenshots)) ?? '' };
    } catch (error) {
      return { status: 500, text: error.message };
    }
  };
  const service = http.createServer((request, response) => {
    void answer(request).then(({ status, text }) => response.writeHead(status).end(text));
  });
  await new Promise((done, fail) => service.once('error', fail).listen(0, '127.0.0.1', done));
  const stop = () =>
    new Promise((done) => {
      service.close(done);
      service.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${service.address().port}`, stop };
}
