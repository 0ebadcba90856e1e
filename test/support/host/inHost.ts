/**
 * Runs in the extension host: mocha over the suites that the bundle registered, the report for the runner, and the
 * window's driver for the suites.
 */
import fs from 'node:fs';

/** Runs the suites that `register` adds; rejects when one of them failed, which is how the host learns it. */
export async function runMocha(register: () => void): Promise<void> {
  // Mocha is an ES module: only import() gives a CommonJS bundle its class.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, color: false, reporter: 'spec' });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  register();
  return new Promise((done, fail) => {
    const runner = mocha.run((failures) => {
      const passed = runner.stats?.passes ?? 0;
      fs.writeFileSync(process.env['GITOPS_TEST_REPORT'] ?? '', JSON.stringify({ passed, failed: failures }));
      if (failures > 0) fail(new Error(`${failures} failed`));
      else done();
    });
  });
}

/** Asks the window for something; throws with the driver's words where that failed. */
async function askWindow(action: string, query: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(`${process.env['GITOPS_TEST_DRIVER'] ?? ''}/${action}?${new URLSearchParams(query).toString()}`, { method: 'POST' });
  const text = await response.text();
  if (!response.ok) throw new Error(`${action}: ${text}`);
  return text;
}

/** The window as a person has it: keys, the mouse, what can be read, pictures. */
export const window = {
  screenshot: async (name: string): Promise<void> => void (await askWindow('screenshot', { name })),
  press: async (keys: string): Promise<void> => void (await askWindow('press', { keys })),
  type: async (text: string): Promise<void> => void (await askWindow('type', { text })),
  click: async (selector: string): Promise<void> => void (await askWindow('click', { selector })),
  rightClick: async (selector: string): Promise<void> => void (await askWindow('click', { selector, button: 'right' })),
  /** Drags with the mouse held down, from the middle of one to the middle of the other, both in the same page. */
  drag: async (selector: string, to: string): Promise<void> => void (await askWindow('drag', { selector, to })),
  hover: async (selector: string): Promise<void> => void (await askWindow('hover', { selector })),
  moveMouse: async (x: number, y: number): Promise<void> => void (await askWindow('move', { x: String(x), y: String(y) })),
  resize: async (width: number, height: number): Promise<void> => void (await askWindow('resize', { width: String(width), height: String(height) })),
  attributeOf: (selector: string, name: string): Promise<string> => askWindow('attribute', { selector, name }),
  textOf: (selector: string): Promise<string> => askWindow('text', { selector }),
};
