import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalId, idsInNotionUrl, looksLikeId } from './ids.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const hex = id.replaceAll('-', '');
const other = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';

describe('trap 1: an id in any spelling that Notion accepts', () => {
  for (const spelling of [id, hex, id.toUpperCase(), hex.toUpperCase()]) {
    it(`${spelling} has one canonical form`, () => assert.equal(canonicalId(spelling), id));
  }

  for (const spelling of [
    '',
    'me',
    `${id}0`,
    `{${id}}`,
    `${hex.slice(1)}g`,
    ` ${id}`,
    `${id}\n`,
    id.replace('-', '_'),
  ]) {
    it(`${JSON.stringify(spelling)} is no id`, () => assert.equal(canonicalId(spelling), null));
  }

  it('is noticed even in a spelling that we would not accept', () => {
    for (const value of [`{${id}}`, `urn:uuid:${id}`, `${hex.slice(0, 4)}-${hex.slice(4)}`, ` ${id} `]) {
      assert.equal(looksLikeId(value), true, value);
    }
    for (const value of ['', 'roadmap', id.slice(1), `see ${id}`, 'https://example.com/']) {
      assert.equal(looksLikeId(value), false, value);
    }
  });
});

describe('a Notion URL', () => {
  const urls: Record<string, string[]> = {
    [`https://www.notion.so/acme/Roadmap-${hex}`]: [id],
    [`https://www.notion.so/${hex}?v=${other.replaceAll('-', '')}&pvs=4`]: [id],
    [`https://app.notion.com/p/Roadmap-${hex}`]: [id],
    [`https://acme.notion.site/${id}`]: [id],
    [`HTTPS://WWW.NOTION.SO/${hex.toUpperCase()}`]: [id],
    [`https://www.notion.so/acme/${hex}?p=${other}&pm=s`]: [id, other],
    [`https://www.notion.so/${hex}#${other.replaceAll('-', '')}`]: [id, other],
    [`https://www.notion.so/image/x.png?table=block&id=${id}`]: [id],
    [`https://api.notion.com/v1/pages/${id}`]: [id],
    [`notion://www.notion.so/acme/${hex}`]: [id],
    [`/${hex}`]: [id],
  };
  for (const [url, ids] of Object.entries(urls)) {
    it(`${url} names ${ids.length}`, () => assert.deepEqual(idsInNotionUrl(url), ids));
  }

  for (const url of [
    `https://example.com/${hex}`,
    `https://notion.so.example.com/${hex}`,
    `https://example.com/?next=https://www.notion.so/${hex}`,
    'https://www.notion.so/help/guides',
    `mailto:${hex}@notion.so`,
    'not a url',
    '',
  ]) {
    it(`${JSON.stringify(url)} names nothing of ours`, () => assert.deepEqual(idsInNotionUrl(url), []));
  }
});
