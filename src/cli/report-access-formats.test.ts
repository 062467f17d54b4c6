import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Shapes } from './remote.ts';
import { accessFormats } from './report-access-formats.ts';

const anItem = (given: Partial<Shapes['ReachedItem']> = {}): Shapes['ReachedItem'] => ({
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
    for (const title of ['=HYPERLINK("x")', '+1', '-1', '@SUM(1)', '  =1', '＝1']) {
      assert.match(accessFormats.csv.item(anItem({ title })), /,"\s*'[=+\-@＝]/, title);
    }
  });

  it('makes none of what stands behind a semicolon, where those separate fields', () => {
    assert.match(accessFormats.csv.item(anItem({ title: 'a;=1+1; -2' })), /,"a;'=1\+1; '-2",/);
    // A quote there opens and closes an empty text, and what follows is the field.
    assert.match(accessFormats.csv.item(anItem({ title: 'a; "=1+1&"' })), /,"a; ""'=1\+1&""",/);
  });

  it('hands nothing to a terminal that it could obey, and joins what belongs together', () => {
    const title = 'safe\u001b]0;owned\u0007\r\nnext \u009b31m \u202egpj.exe \u2028 \u{e0041} 👩\u200d💻';
    for (const format of ['table', 'csv', 'json'] as const) {
      const line = accessFormats[format].item(anItem({ title }));
      assert.doesNotMatch(line, /[\p{Cc}\p{Co}\p{Zl}\p{Zp}\u202e\u{e0041}]/u, format);
      assert.match(line, /👩\u200d💻/u, format);
    }
    assert.deepEqual(JSON.parse(accessFormats.json.item(anItem({ title }))).title, title);
    const lying: Shapes['ReportedConnection'] = {
      id: 'con_1\u001b[2J',
      kind: 'rest',
      status: 'active',
      audience: 'members',
      reach: 'listed',
      userInformation: null,
      capabilities: [],
    };
    assert.doesNotMatch(accessFormats.table.head([lying]).join(''), /\p{Cc}/u);
  });

  it('tells what was shared itself from what lies in it, and from what nobody knows', () => {
    const column = accessFormats.table.head([])[0]?.indexOf('root') ?? 0;
    const mark = (root: boolean | null) => accessFormats.table.item(anItem({ root })).slice(column, column + 4);
    const marks = [true, false, null].map(root => mark(root).trim());
    assert.deepEqual(marks, ['root', '', '?']);
  });
});
