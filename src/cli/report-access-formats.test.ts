import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReachedItem } from './report-access-answer.ts';
import { accessFormats } from './report-access-formats.ts';

const anItem = (given: Partial<ReachedItem> = {}): ReachedItem => ({
  connection: 'con_1',
  id: '11111111-1111-4111-8111-111111111111',
  object: 'page',
  title: 'Plans',
  url: null,
  root: true,
  publicUrl: null,
  ...given,
});

describe('an access report in print', () => {
  it('is CSV that says the same after it was read (RFC 4180)', () => {
    const line = accessFormats.csv.item(anItem({ title: 'a, "b"', root: null }));
    assert.equal(line, 'con_1,11111111-1111-4111-8111-111111111111,page,"a, ""b""",,,');
  });

  it('makes no formulas of titles', () => {
    for (const title of ['=HYPERLINK("x")', '+1', '-1', '@SUM(1)']) {
      assert.match(accessFormats.csv.item(anItem({ title })), /,"'[=+\-@]/, title);
    }
  });

  it('hands no control characters to a terminal', () => {
    const title = 'safe\u001b]0;owned\u0007\r\nnext';
    for (const format of ['table', 'csv'] as const) {
      assert.doesNotMatch(accessFormats[format].item(anItem({ title })), /\p{Cc}/u, format);
    }
    assert.deepEqual(JSON.parse(accessFormats.json.item(anItem({ title }))).title, title);
  });

  it('tells what was shared itself from what lies in it, and from what nobody knows', () => {
    const column = accessFormats.table.head([])[0]?.indexOf('root') ?? 0;
    const mark = (root: boolean | null) => accessFormats.table.item(anItem({ root })).slice(column, column + 4);
    const marks = [true, false, null].map(root => mark(root).trim());
    assert.deepEqual(marks, ['root', '', '?']);
  });
});
