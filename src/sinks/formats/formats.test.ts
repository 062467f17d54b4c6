/** No entry, with any content, is read as two, ends a field early, or controls a terminal. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../../domain/ids.ts';
import { rowOf } from '../kinds/notion/columns.ts';
import { newPage } from '../kinds/notion/pages.ts';
import { readRecord, type SinkRecord } from '../record.ts';
import { lineOf } from './lines.ts';
import { ocsfOf } from './ocsf.ts';
import { counted, syslogMessage } from './syslog.ts';

const hostile = [
  'a\r\nb',
  'nul\u0000nul',
  '\u001b[31mred\u001b]0;title\u0007',
  '\u009b31m and \u007f',
  'x" y="z',
  'end]ed [other@1 a="b"]',
  'back\\slash\\',
  'pipe|pipe=pipe',
  'line\u2028para\u2029next\u0085',
  '<34>1 2026-01-01T00:00:00Z evil evil - - - gotcha',
  '=HYPERLINK("https://evil.example")',
  '\ud800 alone',
  '\u202eesrever',
];

function record(words: string): SinkRecord {
  const id = newId('evt');
  const text = JSON.stringify({
    clientAddress: words,
    detail: { words },
    id,
    kind: 'event',
    operation: words,
    principal: { id: words, kind: 'user', owner: null },
    requestId: words,
    result: 'success',
    time: '2026-12-01T12:00:00.000Z',
    v: 1,
    workspace: null,
  });
  return { index: 7, id, kind: 'event', operation: words, text, intentText: null };
}

/** What a reader of lines might take for an end, and what a terminal obeys. */
const ends = /[\p{Cc}\p{Zl}\p{Zp}]/u;

for (const words of hostile) {
  describe(`an entry that says ${JSON.stringify(words)}`, () => {
    for (const format of ['json', 'ocsf'] as const) {
      it(`is one line of ${format}, and means the same`, () => {
        const line = lineOf(record(words), null, format);
        assert.ok(!ends.test(line), line);
        const read = JSON.parse(line);
        const entry = format === 'json' ? read : read.unmapped.entry;
        assert.equal(entry.detail.words, words);
      });
    }

    it('is one message of syslog, whose fields are ours', () => {
      const framed = counted(syslogMessage(record(words), null, 'portcullis.example')).toString();
      const [, length = '', message = ''] = /^(\d+) (.*)$/s.exec(framed) ?? [];
      assert.equal(Number(length), Buffer.byteLength(message));
      assert.ok(!ends.test(message), message);
      const { fields, rest } = parseSyslog(message);
      assert.deepEqual(Object.keys(fields), ['log', 'index', 'id', 'kind', 'principal']);
      assert.equal(fields.principal, words.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\u{fffd}').toWellFormed());
      assert.equal(JSON.parse(rest).detail.words, words);
    });

    it('is text in a row of Notion, and nothing else', () => {
      const page = newPage('source', rowOf(readRecord(record(words))), new Set(['Reason', 'Decision']));
      const { properties } = JSON.parse(JSON.stringify(page));
      assert.deepEqual(properties.Action, { title: [{ type: 'text', text: { content: words } }] });
    });
  });
}

describe('a message of syslog', () => {
  it('has its header as RFC 5424 spells it', () => {
    const message = syslogMessage(record('key.created'), 'wsp_1' as never, 'portcullis.example').toString();
    assert.match(
      message,
      /^<110>1 2026-12-01T12:00:00\.000Z portcullis\.example portcullis - key\.created \[audit@32473 log="wsp_1" index="7" /,
    );
  });

  it('that is too long for receivers names its entry instead', () => {
    const long = record('x'.repeat(20_000));
    const message = syslogMessage({ ...long, operation: 'long' }, null, 'host').toString();
    assert.ok(Buffer.byteLength(message) <= 8_192 || message.includes('truncated'));
    assert.ok(message.endsWith(`{"id":"${long.id}","truncated":true}`));
  });
});

describe('an event of OCSF', () => {
  const of = (operation: string, more: object = {}) => {
    const { text, ...rest } = record('words');
    const entry = JSON.parse(text);
    return ocsfOf({ ...rest, operation, text: JSON.stringify({ ...entry, operation, ...more }) }, null) as Record<
      string,
      never
    >;
  };

  it('has the attributes that its class requires', () => {
    for (const [operation, classUid, activity] of [
      ['key.created', 6003, 1],
      ['member.removed', 6003, 4],
      ['policy.grant_added', 6003, 1],
      ['workspace_authorized', 6003, 99],
      ['session.started', 3002, 1],
      ['session.ended', 3002, 2],
    ] as const) {
      const event: Record<string, unknown> = of(operation);
      assert.equal(event.class_uid, classUid);
      assert.equal(event.activity_id, activity);
      assert.equal(event.type_uid, classUid * 100 + activity);
      assert.equal(event.category_uid, Math.floor(classUid / 1000));
      const needed = [
        'time',
        'severity_id',
        'metadata',
        ...(classUid === 6003 ? ['actor', 'api', 'src_endpoint'] : ['user', 'service']),
      ];
      assert.deepEqual(
        needed.filter(name => event[name] === undefined),
        [],
      );
    }
  });

  it('says that a denial failed, and why', () => {
    const objects = [{ kind: 'page', id: 'p', action: 'update' }];
    const decision = { because: 'denied_by_grant', role: null };
    const { text } = record('pages.update');
    const denied = { ...JSON.parse(text), kind: 'denial', objects, decision, operation: 'pages.update' };
    const event = ocsfOf(
      { ...record('x'), kind: 'denial', operation: 'pages.update', text: JSON.stringify(denied) },
      null,
    );
    const { status, status_detail: detail, activity_id: id } = event as Record<string, unknown>;
    assert.deepEqual([status, detail, id], ['Failure', 'denied_by_grant', 3]);
  });
});

/** Structured data as RFC 5424 section 6.3 reads it, and what comes behind. */
function parseSyslog(message: string): { fields: Record<string, string>; rest: string } {
  const [, data = ''] = /^<\d+>1 \S+ \S+ \S+ \S+ \S+ \[audit@32473(.*)$/s.exec(message) ?? [];
  const fields: Record<string, string> = {};
  let at = 0;
  const pair = / ([a-z]+)="((?:[^"\\\]]|\\["\\\]])*)"/y;
  for (;;) {
    pair.lastIndex = at;
    const found = pair.exec(data);
    if (found === null) break;
    fields[found[1] ?? ''] = (found[2] ?? '').replace(/\\(["\\\]])/g, '$1');
    at = pair.lastIndex;
  }
  assert.equal(data.slice(at, at + 2), '] ');
  return { fields, rest: data.slice(at + 2) };
}
