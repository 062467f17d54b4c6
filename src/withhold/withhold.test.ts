import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { allowedRuling, memoryOwners, principalId, requestId, workspaceId } from '../../test/rest/a-decided-call.ts';
import { memoryLinks, recordedEvidence } from '../../test/rest/memory-links.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Answer, Released } from '../domain/operation.ts';
import { renderError } from '../notion/error-envelope.ts';
import { isNotionFileUrl } from '../notion/file-hosts.ts';
import { createCursorSeal } from './list-cursor.ts';
import { listNamed } from './list-request.ts';
import { answerBytesMax } from './read-answer.ts';
import { createWithhold, type WithholdParts } from './withhold.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const other = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const publicBase = 'https://gate.example';
const upstreamId = '99999999-8888-4777-8666-555555555555';
const now = () => new Date('2026-11-22T10:00:00Z');
const { links } = memoryLinks(now);

function setUp(pages: readonly object[] = []) {
  const owners = memoryOwners();
  const fetched: string[] = [];
  const remaining = [...pages];
  const evidence = recordedEvidence();
  const withhold = released({
    publicBase,
    owners,
    fileLinks: links,
    evidence: evidence.evidence,
    isHostedFile: isNotionFileUrl,
    now,
    monotonicMs: () => 0,
    ...{ cursors, lookUp: async () => null, schemas: { of: async () => null, forget() {} } },
    forward: async ({ call: { operation } }) => {
      if (operation.target?.kind === 'notion') fetched.push(operation.target.path);
      return answerOf(200, remaining.shift() ?? {});
    },
  });
  return { withhold, owners, fetched, evidence };
}

const cursors = createCursorSeal(randomBytes(64));

/** Withholds in cases that need no second decision. */
function released(parts: WithholdParts): (decided: DecidedCall, answer: Answer) => Promise<Released> {
  const withhold = createWithhold(parts);
  return async (decided, answer) => {
    const result = await withhold(decided, answer);
    assert.ok(!('reconsider' in result));
    return result;
  };
}

function answerOf(status: number, body: object | string | null, headers: Record<string, string> = {}): Answer {
  const bytes = body === null ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: bytes };
}

/** What a caller of an allowed call sees of Notion's answer. */
async function seen(decided: DecidedCall, answer: Answer) {
  const released = await setUp().withhold(decided, answer);
  return { ...released, json: json(released.answer) };
}

function json({ body }: Answer) {
  assert.ok(Buffer.isBuffer(body));
  return JSON.parse(body.toString());
}

const getPage = () => allowedRuling('GET', `/v1/pages/${id}`);
const patchPage = (mayRead = true) => allowedRuling('PATCH', `/v1/pages/${id}`, { body: {}, mayRead });

describe('rule 12: headers', () => {
  it('releases those of its list and no other', async () => {
    const headers = {
      ...{ 'x-notion-request-id': upstreamId, 'retry-after': '3', 'cache-control': 'no-store' },
      ...{ 'set-cookie': 'a=b', server: 'cloudflare', 'cf-ray': 'x', etag: 'W/"1"', 'content-encoding': 'identity' },
      ...{ 'x-powered-by': 'x', location: '/x', 'transfer-encoding': 'chunked', via: 'x' },
    };
    const { answer } = await seen(getPage(), answerOf(200, { object: 'page', id }, headers));
    assert.deepEqual(Object.keys(answer.headers).sort(), [
      'cache-control',
      'content-type',
      'retry-after',
      'x-notion-request-id',
    ]);
  });
});

describe('rule 12: errors', () => {
  const notFound = {
    object: 'error',
    status: 404,
    code: 'object_not_found',
    message: `Could not find page with ID: ${id}. Make sure the relevant pages and databases are shared with your integration "Secret Bot".`,
    additional_data: { integration_id: other },
    request_id: upstreamId,
  };

  it('a missing object reads byte for byte like one that the caller may not see', async () => {
    const upstream = answerOf(404, notFound, { 'x-notion-request-id': upstreamId, 'cf-ray': 'x', date: 'x' });
    const { answer, upstreamRequestId } = await seen(getPage(), upstream);
    const refusal = renderError(
      new PortcullisError('not_found', undefined, { notFound: { kind: 'page', id } }),
      requestId,
    );
    assert.deepEqual({ status: answer.status, headers: answer.headers, body: answer.body }, refusal);
    assert.equal(upstreamRequestId, upstreamId, 'for the log');
  });

  it('names the object that is missing, of those that the caller named', async () => {
    const decided = allowedRuling('POST', '/v1/pages', {
      body: { parent: { page_id: id }, properties: { R: { relation: [{ id: other }] } } },
    });
    const about = async (missing: string) =>
      (await seen(decided, answerOf(404, { ...notFound, message: `Could not find page with ID: ${missing}.` }))).json
        .message;
    assert.match(await about(other), new RegExp(`page with ID: ${other}\\.`));
    assert.match(await about(id), new RegExp(`page with ID: ${id}\\.`));
    assert.match(
      await about(upstreamId),
      new RegExp(`page with ID: ${id}\\.`),
      'an id that the caller did not name is not told',
    );
  });

  it('pass with the fields of a list, and without the name of the integration', async () => {
    const { answer, json: error } = await seen(
      patchPage(),
      answerOf(
        503,
        {
          ...{ object: 'error', status: 503, code: 'service_unavailable', debug: 'x', stack: 'y' },
          message: 'Not shared with your connection "Secret Bot".',
          additional_data: {
            ...{ integration_id: other, committed_resource_id: id, committed_child_ids: [other], other: 'x' },
            ...{ retry_guidance: ['Read the object again'], block_limit: { nested: 1 } },
          },
        },
        { 'x-notion-request-id': upstreamId, 'retry-after': '5', 'set-cookie': 'a=b' },
      ),
    );
    assert.deepEqual(error, {
      object: 'error',
      status: 503,
      code: 'service_unavailable',
      message: 'Not shared with your connection.',
      additional_data: {
        retry_guidance: ['Read the object again'],
        committed_resource_id: id,
        committed_child_ids: [other],
      },
      request_id: upstreamId,
    });
    assert.equal(answer.headers['retry-after'], '5');
    assert.equal(answer.headers['x-notion-request-id'], upstreamId);
    assert.equal(answer.headers['set-cookie'], undefined);
  });

  it('a rate limit says how long to wait', async () => {
    const body = {
      ...{ object: 'error', status: 429, code: 'rate_limited', message: 'You have been rate limited.' },
      additional_data: { rate_limit_reason: 'public_api_request_rate_limit', retry_after: '7' },
    };
    const { answer, json: error } = await seen(getPage(), answerOf(429, body, { 'retry-after': '7' }));
    assert.deepEqual([answer.status, answer.headers['retry-after']], [429, '7']);
    assert.deepEqual(error.additional_data, { rate_limit_reason: 'public_api_request_rate_limit', retry_after: '7' });
  });

  const unusable: [string, DecidedCall, Answer, string, string | undefined][] = [
    ['an error page after a read', getPage(), answerOf(502, '<html>'), 'upstream_unavailable', 'failed'],
    ['an error page after a write', patchPage(), answerOf(502, '<html>'), 'upstream_unknown', 'unknown'],
    ['a page of a firewall', getPage(), answerOf(403, '<html>'), 'upstream_refused', 'failed'],
    ['a rate limit of the edge', getPage(), answerOf(429, '', { 'retry-after': '9' }), 'rate_limited', 'failed'],
    [
      'an answer about our token',
      getPage(),
      answerOf(401, { object: 'error', code: 'unauthorized' }),
      'connection_needs_reauth',
      'failed',
    ],
    ['a redirect', getPage(), answerOf(302, null, { location: 'https://evil.example' }), 'upstream_refused', 'failed'],
    ['a page where JSON should be', getPage(), answerOf(200, '<html>'), 'upstream_refused', 'failed'],
    ['a list where an object should be', getPage(), answerOf(200, '[]'), 'upstream_refused', 'failed'],
    ['nothing', patchPage(), answerOf(200, null), 'upstream_refused', 'unknown'],
    [
      'more than can be checked',
      getPage(),
      { status: 200, headers: {}, body: Buffer.alloc(answerBytesMax + 1, ' ') },
      'upstream_refused',
      'failed',
    ],
    [
      'a stream of more than can be checked',
      getPage(),
      { status: 200, headers: {}, body: endless() },
      'upstream_refused',
      'failed',
    ],
  ];
  for (const [what, decided, answer, code, fate] of unusable) {
    it(`${what} is withheld: ${code}`, async () => {
      await assert.rejects(setUp().withhold(decided, answer), (error: unknown) => {
        assert.ok(error instanceof PortcullisError);
        assert.deepEqual([error.code, error.details.fate], [code, fate]);
        return true;
      });
    });
  }

  it('an answer that comes as a stream is read whole', async () => {
    const { json: page } = await seen(getPage(), {
      ...answerOf(200, null),
      body: Readable.from([Buffer.from('{"object":'), Buffer.from('"page"}')]),
    });
    assert.deepEqual(page, { object: 'page' });
  });
});

function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(1024 * 1024, ' '));
    },
  });
}

describe('rule 13: the answer to a write is a read', () => {
  const page = { object: 'page', id, properties: { Salary: 1 }, url: 'x', request_id: upstreamId };

  it('whole for those who may read', async () => {
    assert.deepEqual((await seen(patchPage(true), answerOf(200, page))).json, page);
  });

  it('the partial object of Notion for those who may not', async () => {
    const { json: partial, withheld } = await seen(patchPage(false), answerOf(200, page));
    assert.deepEqual(partial, { object: 'page', id, request_id: upstreamId });
    assert.equal(withheld, 1);
  });

  it('a list of partial objects for those who may not read appended blocks', async () => {
    const decided = allowedRuling('PATCH', `/v1/blocks/${id}/children`, { body: { children: [] }, mayRead: false });
    const results = [
      { object: 'block', id, paragraph: {} },
      { object: 'block', id: other },
    ];
    const list = { object: 'list', results, next_cursor: null, has_more: false, type: 'block', block: {} };
    const { json: partial, withheld } = await seen(decided, answerOf(200, list));
    assert.deepEqual(partial, {
      ...{ object: 'list', next_cursor: null, has_more: false, type: 'block' },
      results: [
        { object: 'block', id },
        { object: 'block', id: other },
      ],
    });
    assert.equal(withheld, 2);
  });
});

describe('trap 4: absolute URLs of the API lead back to this gate', () => {
  const upload = { object: 'file_upload', id, upload_url: `https://api.notion.com/v1/file_uploads/${id}/send` };

  it('with the prefix that the client used', async () => {
    const plain = allowedRuling('POST', '/v1/file_uploads', { body: {} });
    assert.equal(
      (await seen(plain, answerOf(200, upload))).json.upload_url,
      `${publicBase}/v1/file_uploads/${id}/send`,
    );
    const named = allowedRuling('POST', '/v1/file_uploads', { body: {}, workspace: workspaceId });
    assert.equal(
      (await seen(named, answerOf(200, upload))).json.upload_url,
      `${publicBase}/w/${workspaceId}/v1/file_uploads/${id}/send`,
    );
  });

  it('wherever they stand, with their query, from whatever origin Notion has', async () => {
    const answer = {
      ...{
        complete_url: `http://127.0.0.1:9/v1/file_uploads/${id}/complete`,
        status_url: 'https://api.notion.com/v1/async_tasks/task_1',
      },
      property_item: { next_url: `https://api.notion.com/v1/pages/${id}/properties/a?start_cursor=b` },
      results: [{ next_url: null, upload_url: 'https://elsewhere.example/x', status_url: 'nonsense' }],
    };
    assert.deepEqual((await seen(getPage(), answerOf(200, answer))).json, {
      ...{
        complete_url: `${publicBase}/v1/file_uploads/${id}/complete`,
        status_url: `${publicBase}/v1/async_tasks/task_1`,
      },
      property_item: { next_url: `${publicBase}/v1/pages/${id}/properties/a?start_cursor=b` },
      results: [{ next_url: null, upload_url: null, status_url: null }],
    });
  });

  it('an answer without any is released as the bytes that came', async () => {
    const answer = answerOf(200, `{"object":"page", "n": 1.0}`);
    assert.equal((await seen(getPage(), answer)).answer.body, answer.body);
  });
});

describe('rule 17: files that Notion hosts become tickets of this gate', () => {
  const signed = (name: string) =>
    `https://prod-files-secure.s3.us-west-2.amazonaws.com/space/${name}?X-Amz-Signature=secret`;
  const file = (name: string) => ({
    type: 'file',
    file: { url: signed(name), expiry_time: '2026-11-22T11:00:00.000Z' },
  });

  async function opened(url: string) {
    const ticket = /^https:\/\/gate\.example\/v1\/portcullis\/files\/([^/]+)\/[^/]+$/.exec(url)?.[1];
    assert.ok(ticket, url);
    return (await links.open([ticket])).get(ticket);
  }

  it("on the object that they stand on, until Notion's own link ends", async () => {
    const decided = allowedRuling('GET', `/v1/blocks/${id}/children`);
    const block = { object: 'block', id: other, type: 'image', image: { ...file('a.png'), caption: [] } };
    const { json: list, answer } = await seen(decided, answerOf(200, { object: 'list', results: [block] }));
    assert.doesNotMatch(String(answer.body), /X-Amz|secret|amazonaws/);
    const { url, expiry_time: expiry } = list.results[0].image.file;
    assert.equal(expiry, '2026-11-22T11:00:00.000Z');
    assert.match(url, /\/a\.png$/);
    assert.deepEqual(await opened(url), {
      url: signed('a.png'),
      workspaceId,
      connectionId: decided.facts.connection?.id,
      principalId,
      credential: decided.caller.credential,
      holder: { kind: 'block', id: other },
      source: { kind: 'block', id: other },
      seenAt: now(),
      expiresAt: new Date('2026-11-22T11:00:00Z'),
    });
  });

  it('in covers, icons, properties and comments alike', async () => {
    const page = {
      ...{ object: 'page', id, icon: file('icon'), cover: file('cover') },
      properties: {
        Files: {
          files: [
            { name: 'a', ...file('a') },
            { name: 'b', type: 'external', external: { url: 'https://example.com/b' } },
          ],
        },
      },
      attachments: [{ category: 'image', file: file('c').file }],
    };
    const { json: released, answer } = await seen(getPage(), answerOf(200, page));
    assert.doesNotMatch(String(answer.body), /amazonaws/);
    assert.equal((await opened(released.attachments[0].file.url))?.holder.id, id);
    assert.equal(released.properties.Files.files[1].external.url, 'https://example.com/b');
  });

  it('on the object that the call is about, where the answer names none', async () => {
    const decided = allowedRuling('GET', `/v1/pages/${id}/properties/abc`);
    const item = { object: 'property_item', type: 'files', files: [file('a')] };
    const { json: released } = await seen(decided, answerOf(200, item));
    assert.deepEqual((await opened(released.files[0].file.url))?.holder, { kind: 'page', id });
  });

  it('in Markdown too, and other links there stay', async () => {
    const decided = allowedRuling('GET', `/v1/pages/${id}/markdown`);
    const markdown = `![a](${signed('a')}) [b](https://example.com/) <file src="${signed('ab')}"> ![a](${signed('a')}).`;
    const { json: released } = await seen(decided, answerOf(200, { object: 'page_markdown', id, markdown }));
    assert.doesNotMatch(released.markdown, /amazonaws/);
    assert.match(
      released.markdown,
      /^!\[a\]\(https:\/\/gate\.example\/\S+\) \[b\]\(https:\/\/example\.com\/\) <file src="https:\/\/gate/,
    );
    assert.match(released.markdown, /\)\.$/);
    const urls = [...released.markdown.matchAll(/https:\/\/gate[^)">]+/g)].map(match => match[0]);
    assert.deepEqual(await Promise.all(urls.map(async url => (await opened(url))?.url)), [
      signed('a'),
      signed('ab'),
      signed('a'),
    ]);
  });

  it('whole, whatever the name holds: nothing of the signature is left behind', async () => {
    const decided = allowedRuling('GET', `/v1/pages/${id}/markdown`);
    const names = ['a(1).png', "Ada's.png", "(a)(b)'s%20(c).png", 'a_(b).png'];
    const markdown = names.map(name => `(see ![](${signed(name)}) and <file src="${signed(name)}"/>)`).join('\n');
    const { json: released } = await seen(decided, answerOf(200, { object: 'page_markdown', id, markdown }));
    assert.doesNotMatch(released.markdown, /Signature|secret/);
    const urls = [...released.markdown.matchAll(/\((https:[^\s)]+)\) and <file src="(https:[^"]+)"\/>\)/g)];
    assert.equal(urls.length, names.length, released.markdown);
    for (const [index, [, inImage = '', inTag]] of urls.entries()) {
      assert.equal(inImage, inTag);
      assert.equal((await opened(inImage))?.url, signed(names[index] ?? ''));
    }
  });

  it('under the prefix that the client used', async () => {
    const decided = allowedRuling('GET', `/v1/pages/${id}`, { workspace: workspaceId });
    const { json: released } = await seen(decided, answerOf(200, { object: 'page', id, cover: file('c') }));
    assert.ok(released.cover.file.url.startsWith(`${publicBase}/w/${workspaceId}/v1/portcullis/files/`));
  });

  it('where somebody has written a signed URL as a link of their own', async () => {
    const block = { object: 'block', id: other, image: { type: 'external', external: { url: signed('a.png') } } };
    const text = { plain_text: 'see', href: signed('b.pdf'), text: { content: 'see', link: { url: signed('b.pdf') } } };
    const plain = { url: 'https://prod-files-secure.s3.us-west-2.amazonaws.com/space/unsigned.png' };
    const page = { object: 'page', id, results: [block, text, plain] };
    const { json: released, answer } = await seen(getPage(), answerOf(200, page));
    assert.doesNotMatch(String(answer.body), /Signature/);
    assert.equal((await opened(released.results[0].image.external.url))?.url, signed('a.png'));
    assert.equal((await opened(released.results[1].text.link.url))?.url, signed('b.pdf'));
    assert.equal(released.results[1].href, released.results[1].text.link.url);
    assert.deepEqual(released.results[2], plain, 'what opens nothing is a link like any other');
  });

  it('sees a block as shared with the page or block that it stands in', async () => {
    const sourceOf = async (object: object) => {
      const { json: released } = await seen(getPage(), answerOf(200, { results: [{ ...object, ...file('a') }] }));
      return (await opened(released.results[0].file.url))?.source;
    };
    const block = { object: 'block', id: other };
    assert.deepEqual(await sourceOf({ ...block, parent: { type: 'page_id', page_id: id } }), { kind: 'page', id });
    assert.deepEqual(await sourceOf({ ...block, parent: { type: 'block_id', block_id: id } }), { kind: 'block', id });
    assert.deepEqual(await sourceOf({ ...block, parent: { type: 'workspace', workspace: true } }), {
      kind: 'block',
      id: other,
    });
    assert.deepEqual(await sourceOf({ object: 'page', id: other, parent: { page_id: id } }), {
      kind: 'page',
      id: other,
    });
  });

  it('gives Portcullis itself no link: it reads answers, and fetches no files', async () => {
    const { caller, ...decided } = getPage();
    const system = { ...caller, principal: { kind: 'system' as const, component: 'test' }, credential: null };
    const { json: released } = await seen(
      { ...decided, caller: system },
      answerOf(200, { object: 'page', id, cover: file('c') }),
    );
    assert.equal(released.cover.file.url, '');
  });

  it('notes what Notion has shown, and what it could not find', async () => {
    const { withhold, evidence } = setUp();
    const decided = getPage();
    const connection = decided.facts.connection?.id;
    await withhold(decided, answerOf(200, { object: 'page', id, cover: file('c') }));
    await withhold(decided, answerOf(404, { object: 'error', status: 404, code: 'object_not_found', message: 'x' }));
    assert.deepEqual(evidence.seen, [`${connection} page ${id}`]);
    assert.deepEqual(evidence.missed, [`${connection} page ${id}`]);
  });
});

describe("trap 7: what a caller makes is the caller's", () => {
  it('records uploads, tasks, view queries and comments', async () => {
    const { withhold, owners } = setUp();
    await withhold(
      allowedRuling('POST', '/v1/file_uploads', { body: {} }),
      answerOf(200, { object: 'file_upload', id }),
    );
    await withhold(
      allowedRuling('POST', `/v1/views/${id}/queries`, { body: {} }),
      answerOf(200, { object: 'view_query', id }),
    );
    const comment = allowedRuling('POST', '/v1/comments', { body: { parent: { page_id: id } }, mayRead: false });
    await withhold(comment, answerOf(200, { object: 'comment', id }));
    const update = allowedRuling('PATCH', `/v1/pages/${id}/markdown`, { body: { allow_async: true } });
    await withhold(update, answerOf(202, { object: 'async_task', id: 'task_Ab1' }));
    await withhold(update, answerOf(200, { object: 'page_markdown', id }));
    assert.deepEqual(
      [...owners.rows],
      ['file_upload', 'view_query', 'comment']
        .map(kind => [`${workspaceId} ${kind} ${id}`, principalId])
        .concat([[`${workspaceId} async_task task_Ab1`, principalId]]),
    );
  });

  it('says that a change was made when its owner could not be recorded', async () => {
    const { owners } = setUp();
    const withhold = createWithhold({
      ...{ publicBase, fileLinks: links, evidence: recordedEvidence().evidence, isHostedFile: isNotionFileUrl, now },
      monotonicMs: () => 0,
      ...{ cursors, lookUp: async () => null, schemas: { of: async () => null, forget() {} } },
      owners: { ...owners, record: () => Promise.reject(new Error('no database')) },
      forward: () => Promise.reject(new Error('unused')),
    });
    const decided = allowedRuling('POST', '/v1/file_uploads', { body: {} });
    await assert.rejects(withhold(decided, answerOf(200, { object: 'file_upload', id })), {
      code: 'outcome_unrecorded',
    });
  });

  const uploads = (ids: string[], cursor: string | null) => ({
    ...{ object: 'list', type: 'file_upload', next_cursor: cursor, has_more: cursor !== null },
    results: ids.map(each => ({ object: 'file_upload', id: each })),
  });
  const listing = () => allowedRuling('GET', '/v1/file_uploads?page_size=2&status=uploaded');

  /** Where a cursor of the gate's leads to. */
  const opened = ({ next_cursor: cursor }: { next_cursor: string | null }, decided = listing()) => {
    assert.ok(decided.call.operation.target?.kind === 'notion');
    return cursors.open(listNamed(decided, decided.call.operation.target), String(cursor));
  };

  it('lists to each caller their own uploads', async () => {
    const { withhold, owners } = setUp();
    await owners.record(workspaceId, { kind: 'file_upload', id }, principalId);
    const { answer, withheld } = await withhold(listing(), answerOf(200, uploads([id, other], null)));
    assert.deepEqual(json(answer), uploads([id], null));
    assert.equal(withheld, 1);
  });

  it('rule 15: fetches on until the page is full, and looks for one more', async () => {
    const third = '11111111-2222-4333-8444-555555555555';
    const pages = [uploads([other], 'c3'), uploads([id, other, id, other, third], 'c4')];
    const { withhold, owners, fetched } = setUp(pages);
    await owners.record(workspaceId, { kind: 'file_upload', id }, principalId);
    await owners.record(workspaceId, { kind: 'file_upload', id: third }, principalId);
    const decided = listing();
    const { answer, withheld } = await withhold(decided, answerOf(200, uploads([other], 'c 2')));
    const list = json(answer);
    assert.deepEqual(list, { ...uploads([id, id], list.next_cursor), has_more: true });
    assert.deepEqual(await opened(list, decided), { cursor: 'c3', skip: 4, size: 100 });
    assert.equal(withheld, 4);
    assert.deepEqual(fetched, [
      '/v1/file_uploads?status=uploaded&start_cursor=c+2&page_size=100',
      '/v1/file_uploads?status=uploaded&start_cursor=c3&page_size=100',
    ]);
  });

  it('rule 15: an empty page never says that there is more', async () => {
    const { withhold, fetched } = setUp(Array.from({ length: 50 }, () => uploads([other], 'again')));
    const { answer } = await withhold(listing(), answerOf(200, uploads([other], 'next')));
    assert.deepEqual(json(answer), {
      ...uploads([], null),
      request_status: { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' },
    });
    assert.equal(fetched.length, 25);
  });
});
