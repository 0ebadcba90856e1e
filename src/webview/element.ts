/** Makes elements. No markup is ever parsed: what comes from files is text. */

/** `true` stands for an attribute without a value; undefined and false leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export type Child = Node | string | undefined;

/** An HTML element with attributes and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  complete(made, attributes, children);
  return made;
}

/** The same of SVG. */
export function svgElement<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Attributes, ...children: readonly Child[]): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  complete(made, attributes, children);
  return made;
}

function complete(made: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  made.append(...children.filter((child) => child !== undefined));
}

/** What an icon is drawn with, on a field of 16 by 16. */
const iconPaths = {
  error: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M5.6 5.6l4.8 4.8m0-4.8-4.8 4.8',
  warning: 'M8 2 1.6 13.6h12.8zM8 6.4v3.4m0 1.8v.2',
  info: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M8 7.2v4m0-6.6v.2',
  shield: 'M8 1.6 13 3.4v4c0 3.4-2.2 5.8-5 7-2.8-1.2-5-3.6-5-7v-4z',
  change: 'M10.5 2.5 13.5 5.5 10.5 8.5M13.5 5.5H3.5M5.5 7.5 2.5 10.5 5.5 13.5M2.5 10.5H12.5',
  same: 'M3 6h10M3 10h10',
  edit: 'M11.2 2.6 13.4 4.8 5.4 12.8 2.6 13.4 3.2 10.6z',
  push: 'M8 13.5V5M4.5 8 8 4.5 11.5 8M3.5 2.5h9',
  branch:
    'M4.5 4.6v6.8M4.5 9c0-2.5 7-1 7-4.4M4.5 1.9a1.3 1.3 0 1 0 0 2.7 1.3 1.3 0 0 0 0-2.7m0 9.5a1.3 1.3 0 1 0 0 2.7 1.3 1.3 0 0 0 0-2.7m7-9.5a1.3 1.3 0 1 0 0 2.7 1.3 1.3 0 0 0 0-2.7',
  link: 'M9 3h4v4M13 3 7.5 8.5M11 9.5V13H3V5h3.5',
  event: 'M9 1.8 3.6 9H8l-1 5.2L12.4 7H8z',
  build: 'M2.5 5 8 2l5.5 3v6L8 14l-5.5-3zM2.5 5 8 8l5.5-3M8 8v6',
  registry: 'M3 4c0-2.7 10-2.7 10 0v8c0 2.7-10 2.7-10 0zM3 4c0 2.7 10 2.7 10 0M3 8c0 2.7 10 2.7 10 0',
  automation: 'M13 8A5 5 0 1 1 11.4 4.3M13.3 2v2.8h-2.8',
  source: 'M3 1.8h6.2L13 5.6v8.6H3zM9 1.8v4h4',
  operator: 'M8 5.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8M8 1.6v2.2m0 8.4v2.2M1.6 8h2.2m8.4 0h2.2M3.5 3.5 5 5m6 6 1.5 1.5m0-9L11 5m-6 6-1.5 1.5',
  environment: 'M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.2M4.5 11h.2',
  cluster: 'M8 1.6 13.6 4.8v6.4L8 14.4 2.4 11.2V4.8zM8 5.4l2.4 1.3v2.6L8 10.6 5.6 9.3V6.7z',
} as const;

export type IconName = keyof typeof iconPaths;

/** A small picture beside a word that says the same: hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  return svgElement('svg', { class: `icon icon-${name}`, viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, svgElement('path', { d: iconPaths[name] }));
}
