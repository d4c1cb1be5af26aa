const VOID = new Set(['meta', 'br', 'hr', 'img', 'link', 'input', 'wbr']);

export interface Tag {
  name: string;
  attributes: Record<string, string>;
  /** Its text and that of its descendants. */
  text: string;
}

/** The elements of a page, in order. Throws where a tag is left open, closes another, or has an attribute without quotes. */
export function elementsOf(html: string): Tag[] {
  const found: Tag[] = [];
  const open: Tag[] = [];
  for (const [, markup, text = ''] of html.matchAll(/(<[^>]*>)([^<]*)/g)) {
    const tag = markup ?? '';
    if (tag.startsWith('</')) close(open, tag);
    else if (!tag.startsWith('<!') && !tag.startsWith('<?')) {
      const element = elementOf(tag);
      found.push(element);
      if (!tag.endsWith('/>') && !VOID.has(element.name)) open.push(element);
    }
    for (const element of open) element.text += text;
  }
  if (open.length > 0) throw new Error(`left open: ${open.map(({ name }) => name).join(', ')}`);
  return found;
}

function close(open: Tag[], tag: string): void {
  const name = tag.slice(2, -1).trim().toLowerCase();
  const innermost = open.pop();
  if (innermost?.name !== name) throw new Error(`${tag} closes <${innermost?.name}>`);
}

function elementOf(tag: string): Tag {
  const parsed = /^<([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"]*")*)\s*\/?>$/.exec(tag);
  if (parsed === null) throw new Error(`not a tag with quoted attributes: ${tag}`);
  const attributes = Object.fromEntries(
    [...(parsed[2] ?? '').matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [
      name ?? '',
      value ?? '',
    ]),
  );
  return { name: (parsed[1] ?? '').toLowerCase(), attributes, text: '' };
}
