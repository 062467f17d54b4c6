import { type Attack, call } from './attack.ts';

/** What a body may have, less the frame around it. */
const bytes = 500 * 1024 - 400;

/** Beginnings of what the scanners look for, none of which ends. */
const openers = [
  ...['{{', '[', '![', '](', '<', '<page url="', '<user ', '<mention-page url="{{', '[x](<', '&#', '%', '\\'],
  ...['https://www.notion.so/', 'collection://', '?v=', '0123456789abcdef', '0123456789abcdef0123456789abcdef ', '- '],
  ...['`', '```\n', '<!--', '$$', '\n[x]: ', '{{https://www.notion.so/', '(', '((', '<a b="', '{'],
];

const filled = (piece: string) => piece.repeat(Math.floor(bytes / JSON.stringify(piece).length));
const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const tooDeep = `{"a":${'['.repeat(200_000)}`;
const manyKeys = `{${Array.from({ length: 30_000 }, (_, at) => `"k${at}":1`).join()}}`;
const manyIds = Array.from({ length: 8_000 }, () => ({ id }));

/**
 * The costliest bodies that a key may send: as large as Notion takes them, and made of what is looked for. A viewer sends
 * them: they are looked through before anything is decided, and the emulator, which reads Markdown slowly, never sees them.
 */
export const scanners: Attack = {
  atOnce: 2,
  pauseMs: 150,
  async once(means, round) {
    const { root } = means.tenant;
    const text = filled(openers[round % openers.length] ?? '');
    const block = { paragraph: { rich_text: [{ text: { content: text } }] } };
    const parent = { page_id: root };
    const calls: readonly [method: string, path: string, body: object | string][] = [
      ['PATCH', `/v1/pages/${root}/markdown`, { type: 'insert_content', insert_content: { content: text } }],
      ['POST', '/v1/pages', { parent, properties: {}, markdown: text }],
      ['PATCH', `/v1/blocks/${root}/children`, { children: [block] }],
      ['POST', '/v1/pages', { parent, properties: { Rel: manyIds } }],
      ['POST', '/v1/pages', { parent, properties: { Link: { url: text } } }],
      ['POST', '/v1/pages', tooDeep],
      ['POST', '/v1/pages', manyKeys],
      ['POST', `/v1/pages/${'%32'.repeat(4_000)}`, {}],
    ];
    const [method = '', path = '', body] = calls[round % calls.length] ?? [];
    return String((await call(means, method, path, body, 'viewer')).status);
  },
};
