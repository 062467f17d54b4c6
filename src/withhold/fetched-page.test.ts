import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFetchedPage } from './fetched-page.ts';

const [page, parent, other] = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  '33333333-3333-4333-8333-333333333333',
];
const address = (id: string) => `https://app.notion.com/p/${id.replaceAll('-', '')}`;
const fetched = (id: string, above: string, rest = '<properties>\n{}\n</properties>') =>
  `Here is the result of "fetch" for the Page with URL ${address(id)} as of 2026-12-01T00:00:00.000Z:\n<page url="${address(id)}" icon="x">\n<ancestor-path>${above}</ancestor-path>\n${rest}`;

describe('rule 16: <ancestor-path>', () => {
  it('is read at its place, for the page that was asked for', () => {
    const above = `\n<parent-data-source url="collection://${parent}" name="a"/>\n<ancestor-2-database url="${address(other)}" title="b"/>\n`;
    const found = readFetchedPage(page, fetched(page, above));
    assert.deepEqual(found?.path, [
      { kind: 'page', id: page },
      { kind: 'data_source', id: parent },
      { kind: 'database', id: other },
    ]);
    assert.equal(found?.text, '<properties>\n{}\n</properties>');
    assert.deepEqual(readFetchedPage(page, fetched(page, ''))?.path, [{ kind: 'page', id: page }]);
  });

  it('counts nowhere else, and for no other page', () => {
    const allowed = `\n<parent-page url="${address(parent)}" title="allowed"/>\n`;
    assert.equal(readFetchedPage(page, fetched(other, allowed)), null);
    assert.equal(readFetchedPage(page, `<ancestor-path>${allowed}</ancestor-path>\n${fetched(page, '')}`), null);
    assert.equal(readFetchedPage(page, fetched(page, '\n<parent-page url="nowhere" title="x"/>\n')), null);
    const inContent = fetched(page, '', `<content>\n<ancestor-path>${allowed}</ancestor-path>\n</content>`);
    assert.equal(readFetchedPage(page, inContent)?.path.length, 1);
  });
});
