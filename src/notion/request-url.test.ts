import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildRequestPath, parseRequestUrl } from './request-url.ts';

/** The path that would be sent for a raw one; null where it is refused. */
function sent(raw: string): string | null {
  const url = parseRequestUrl(raw);
  return url === null ? null : buildRequestPath(url.segments, url.query);
}

describe('trap 1: the path that is judged is the path that is sent', () => {
  const spellings: Record<string, string> = {
    '/v1/pages': '/v1/pages',
    '/v1/p%61ges/x': '/v1/pages/x',
    '/v1/pages/a%2Db': '/v1/pages/a-b',
    '/v1/pages/x/properties/%3ANHe': '/v1/pages/x/properties/%3ANHe',
    '/v1/pages/x/properties/%253ANHe': '/v1/pages/x/properties/%253ANHe',
    '/v1/users?page_size=5&start_cursor=a%20b': '/v1/users?page_size=5&start_cursor=a%20b',
    '/v1/users?a=b+c': '/v1/users?a=b%20c',
    '/v1/users?&&a=1&': '/v1/users?a=1',
    '/v1/users?a': '/v1/users?a=',
    '/v1/users?': '/v1/users',
    '/v1/x?filter_properties=a&filter_properties=b': '/v1/x?filter_properties=a&filter_properties=b',
    '/v1/x?filter_properties[]=a&filter_properties%5B%5D=b':
      '/v1/x?filter_properties%5B%5D=a&filter_properties%5B%5D=b',
  };
  for (const [raw, canonical] of Object.entries(spellings)) {
    it(`${raw} is sent as ${canonical}`, () => assert.equal(sent(raw), canonical));
  }

  const refused = [
    '/v1/',
    '/v1//pages',
    '/v1/pages/',
    '/v1/pages//x',
    '/v1/./pages',
    '/v1/pages/../users',
    '/v1/..',
    '/v1/%2e%2e/users',
    '/v1/%2E/users',
    '/v1/pages/.%2e/users',
    '/v1/pages\\x',
    '/v1/pages/x%00',
    '/v1/pages/x%0d%0aHost:y',
    '/v1/pages/x#y',
    '/v1/pages/ä',
    '/v1/pages/%ff',
    '/v1/pages/%',
    '/v1/pages/%zz',
    '/v1/users?a=%ff',
    '/v1/users?a=1&a=2',
    '/v1/users?a=1&%61=2',
    '/v1/users?a[]=1',
    '/v1/users?a%5Bb%5D=1',
    '/v1/users?_method=DELETE',
    '/v1',
    '/v2/pages',
    'http://api.notion.com/v1/pages',
    '*',
    '',
    `/v1/${'a'.repeat(20_000)}`,
  ];
  for (const raw of refused) {
    it(`${JSON.stringify(raw.slice(0, 60))} is refused`, () => assert.equal(sent(raw), null));
  }

  it('keeps an encoded slash inside its segment', () => {
    assert.deepEqual(parseRequestUrl('/v1/pages/a%2Fb')?.segments, ['pages', 'a/b']);
    assert.equal(sent('/v1/pages/a%2Fb'), '/v1/pages/a%2Fb');
    assert.equal(sent('/v1/pages/a%5Cb'), '/v1/pages/a%5Cb');
  });
});
