import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { idsInLink, isLinkToObject } from './links.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const hex = id.replaceAll('-', '');
const other = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const otherHex = other.replaceAll('-', '');
const percentEncoded = [...hex].map(digit => `%${digit.charCodeAt(0).toString(16)}`).join('');
const asReferences = [...hex].map(digit => `&#x${digit.charCodeAt(0).toString(16)};`).join('');

describe('a link', () => {
  const links: Record<string, string[]> = {
    [`https://www.notion.so/acme/Roadmap-${hex}`]: [id],
    [`https://www.notion.so/${hex}?v=${otherHex}&pvs=4`]: [id, other],
    [`https://app.notion.com/p/Roadmap-${hex}`]: [id],
    [`https://acme.notion.site/${id}`]: [id],
    [`HTTPS://WWW.NOTION.SO/${hex.toUpperCase()}`]: [id],
    [`https://www.notion.so/acme/${hex}?p=${other}&pm=s`]: [id, other],
    [`https://www.notion.so/${hex}?peekPageId=${otherHex}`]: [id, other],
    [`https://www.notion.so/${hex}#${otherHex}`]: [id, other],
    [`https://www.notion.so/image/x.png?table=block&id=${id}`]: [id],
    [`https://api.notion.com/v1/pages/${id}`]: [id],
    [`notion://www.notion.so/acme/${hex}`]: [id],
    [`collection://${id}`]: [id],
    [`view://${hex}`]: [id],
    [`/${hex}`]: [id],
    [hex]: [id],
    [id]: [id],
    // Written so that a strict reader misses it, and a lenient one does not.
    [`https://www.notion.so./${hex}`]: [id],
    [`https://www.notion.so:443/${hex}`]: [id],
    [`https://somebody@www.notion.so/${hex}`]: [id],
    [`https:\\\\www.notion.so\\${hex}`]: [id],
    [`//www.notion.so/${hex}`]: [id],
    [`https:/www.notion.so/${hex}`]: [id],
    [`https://ｗｗｗ.notion.so/${hex}`]: [id],
    [` https://www.notion.so/${hex} `]: [id],
    [`https://www.notion.so/${percentEncoded}`]: [id],
    [`https://www.notion.so/${asReferences}`]: [id],
    [`https&colon;//www.notion.so/${hex}`]: [id],
    [`https://www.notion.so/${id.replaceAll('-', '\\-')}`]: [id],
    [`https://www.notion.so/${id.replaceAll('-', '%2d')}`]: [id],
    [`https://www.notion.so/A title with spaces ${hex}`]: [id],
    [`https://www.notion.so/Caf-e-${hex}`]: [id],
    [`https://www.notion.so/${hex.slice(0, 5)}-${hex.slice(5)}`]: [id],
    [`https://www.notion.so/Cafe${hex}`]: [
      id,
      `cafe${hex.slice(0, 28)}`.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    ],
    [`unheard-of:${hex}`]: [id],
  };
  for (const [link, ids] of Object.entries(links)) {
    it(`${link} names ${ids.length}`, () => assert.deepEqual(idsInLink(link), ids));
  }

  for (const link of [
    `https://example.com/${hex}`,
    `https://notion.so.example.com/${hex}`,
    `https://example.com/?next=https://www.notion.so/${hex}`,
    'https://www.notion.so/help/guides',
    `mailto:${hex}@notion.so`,
    `user://${id}`,
    'not a link',
    '',
  ]) {
    it(`${JSON.stringify(link)} names nothing of ours`, () => assert.deepEqual(idsInLink(link), []));
  }

  it('is told from text that holds one', () => {
    assert.equal(isLinkToObject(`https://www.notion.so/${hex}`), true);
    assert.equal(isLinkToObject(`see ${hex}`), false);
    assert.equal(isLinkToObject(`https://example.com/${hex}`), false);
  });

  it('shows its id through any one encoding of any of its characters', () => {
    const encoders: ((character: string) => string)[] = [
      character => character,
      character => character.toUpperCase(),
      character => `%${character.charCodeAt(0).toString(16)}`,
      character => `&#${character.charCodeAt(0)};`,
      character => `&#x${character.charCodeAt(0).toString(16)};`,
    ];
    const hosts = fc.constantFrom(
      'https://www.notion.so/',
      'https://NOTION.site./',
      '/',
      '',
      'notion://',
      'collection://',
    );
    const encoded = fc
      .array(fc.nat(encoders.length - 1), { minLength: id.length, maxLength: id.length })
      .map(choices => choices.map((choice, at) => encoders[choice]?.(id[at] ?? '') ?? '').join(''));
    fc.assert(
      fc.property(hosts, fc.constantFrom('', 'Title-', 'x '), encoded, (host, title, spelled) => {
        assert.ok(idsInLink(host + title + spelled).includes(id), host + title + spelled);
      }),
      { numRuns: 2_000 },
    );
  });
});
