import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { Operation } from '../domain/operation.ts';
import { classifyRest } from './classify.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const hex = id.replaceAll('-', '');
const other = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const third = '12121212-3434-4565-8787-909090909090';

function call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Operation {
  const bytes = body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return classifyRest({ method, url, headers: { 'content-type': 'application/json', ...headers }, body: bytes });
}

/** Demands as `action kind id`, the id cut to its first eight digits. */
function demands({ demands, problem }: Operation): string[] {
  assert.equal(problem, null);
  return demands.map(
    ({ action, object }) => `${action} ${object.kind}${'id' in object ? ` ${object.id.slice(0, 8)}` : ''}`,
  );
}

function problem(operation: Operation): string {
  return `${operation.problem?.code}: ${operation.problem?.message}`;
}

describe('trap 1: spellings of ids and paths', () => {
  for (const spelling of [id, hex, id.toUpperCase(), hex.toUpperCase(), id.replace('0f', '%30%66')]) {
    it(`judges and sends ${spelling} as one id`, () => {
      const operation = call('GET', `/v1/pages/${spelling}`);
      assert.deepEqual(demands(operation), ['read page 0f1e2d3c']);
      assert.equal(operation.target?.kind === 'notion' && operation.target.path, `/v1/pages/${id}`);
      assert.deepEqual(operation.response.notFound, { kind: 'page', id });
    });
  }

  it('canonicalises ids in the query', () => {
    const operation = call('GET', `/v1/comments?block_id=${hex.toUpperCase()}`);
    assert.equal(operation.target?.kind === 'notion' && operation.target.path, `/v1/comments?block_id=${id}`);
  });

  for (const url of [
    `/v1/pages/${id}/`,
    `/v1//pages/${id}`,
    `/v1/users/../pages/${id}`,
    `/v1/pages/${id}%2F..%2F${other}`,
    `/v1/pages/${id}/properties/..`,
    `/v1/pages/${id}/properties/%252e%252e`,
    `/v1/Pages/${id}`,
    `/v1/pages/${id}/children`,
  ]) {
    it(`refuses ${url}`, () => assert.notEqual(call('GET', url).problem, null));
  }
});

describe('trap 2: every way to trash and restore escalates', () => {
  for (const key of ['in_trash', 'archived', 'is_archived']) {
    for (const value of [true, false, 'true', null, 1]) {
      it(`PATCH pages with ${key}: ${value} needs delete`, () => {
        const found = demands(call('PATCH', `/v1/pages/${id}`, { [key]: value }));
        assert.deepEqual(found, ['update page 0f1e2d3c', 'delete page 0f1e2d3c']);
      });
    }
  }
  for (const [path, action] of [
    ['blocks', 'update'],
    ['databases', 'manage'],
    ['data_sources', 'manage'],
  ] as const) {
    for (const key of ['in_trash', 'archived']) {
      it(`PATCH ${path} with ${key} needs delete`, () => {
        const found = demands(call('PATCH', `/v1/${path}/${id}`, { [key]: true }));
        const kind = path.slice(0, -1);
        assert.deepEqual(found, [`${action} ${kind} 0f1e2d3c`, `delete ${kind} 0f1e2d3c`]);
      });
    }
  }

  it('DELETE of a block needs delete, whatever the block is', () => {
    assert.deepEqual(demands(call('DELETE', `/v1/blocks/${id}`)), ['delete block 0f1e2d3c']);
  });

  const others: [string, unknown, string[]][] = [
    ['pages', { erase_content: true }, ['update', 'delete']],
    ['pages', { erase_content: 'yes' }, ['update', 'delete']],
    ['pages', { erase_content: false }, ['update']],
    ['pages', { is_locked: false }, ['update', 'manage']],
    ['data_sources', { properties: { Old: null } }, ['manage', 'delete']],
    ['data_sources', { properties: { Old: { name: 'New' } } }, ['manage']],
    ['databases', { properties: { Old: null } }, ['manage', 'delete']],
  ];
  for (const [path, body, actions] of others) {
    it(`PATCH ${path} ${JSON.stringify(body)} needs ${actions.join(' and ')}`, () => {
      const found = call('PATCH', `/v1/${path}/${id}`, body).demands.map(demand => demand.action);
      assert.deepEqual(found, actions);
    });
  }

  for (const type of ['replace_content', 'update_content', 'replace_content_range']) {
    it(`${type} needs update, and delete with allow_deleting_content`, () => {
      const url = `/v1/pages/${id}/markdown`;
      const body = { type, [type]: { new_str: 'x', content: 'x', content_updates: [] } };
      const deleting = { type, [type]: { ...(body[type] as object), allow_deleting_content: true } };
      assert.deepEqual(demands(call('PATCH', url, body)), ['update page 0f1e2d3c']);
      assert.deepEqual(demands(call('PATCH', url, deleting)), ['update page 0f1e2d3c', 'delete page 0f1e2d3c']);
    });
  }
});

describe('trap 3: what is not known does not pass', () => {
  const unknown: [string, string][] = [
    ['GET', '/v1/agents'],
    ['POST', '/v1/agents/query'],
    ['POST', '/v1/sessions'],
    ['POST', '/v1/oauth/token'],
    ['GET', '/v1/ai/plugins'],
    ['GET', `/v1/threads/${id}`],
    ['GET', '/v1/admin'],
    ['GET', '/v1/teamspaces'],
    ['PUT', `/v1/pages/${id}`],
    ['DELETE', `/v1/pages/${id}`],
    ['HEAD', `/v1/pages/${id}`],
    ['get', `/v1/pages/${id}`],
    ['POST', `/v1/pages/${id}`],
    ['OPTIONS', '/v1/pages'],
    ['GET', '/v1/pages'],
    ['GET', '/v1/constructor'],
  ];
  for (const [method, url] of unknown) {
    it(`${method} ${url} is refused like a path that Notion does not have`, () => {
      const operation = call(method, url);
      assert.equal(problem(operation), 'invalid_request_url: Invalid request URL.');
      assert.equal(operation.target, null);
      assert.deepEqual(operation.demands, []);
    });
  }

  it('rule 7: an unknown Notion-Version is refused in the words of Notion', () => {
    assert.match(
      problem(call('GET', '/v1/users/me', undefined, { 'notion-version': 'banana' })),
      /^missing_version: .*or `"2026-03-11"`, instead was `"banana"`\.$/,
    );
    assert.match(problem(call('GET', '/v1/users/me', undefined, { 'notion-version': '' })), /^missing_version: /);
  });

  it('sends a version of its own for a client that sends none', () => {
    const { target } = call('GET', '/v1/users/me');
    assert.deepEqual(target?.kind === 'notion' && target.headers, { 'notion-version': '2025-09-03' });
  });

  it('rule 7: forwards no header but those of its list', () => {
    const headers = { authorization: 'Bearer x', cookie: 'a=b', 'x-forwarded-for': '1.2.3.4', accept: '*/*' };
    const { target } = call('PATCH', `/v1/pages/${id}`, {}, headers);
    assert.deepEqual(target?.kind === 'notion' && Object.keys(target.headers).sort(), [
      'content-type',
      'notion-version',
    ]);
  });
});

describe('who must be allowed what', () => {
  const cases: [string, string, unknown, string[]][] = [
    ['POST', '/v1/pages', { parent: { page_id: id } }, ['create page 0f1e2d3c']],
    ['POST', '/v1/pages', { parent: { database_id: id } }, ['create database 0f1e2d3c']],
    [
      'POST',
      '/v1/pages',
      { parent: { page_id: id, database_id: other } },
      ['create page 0f1e2d3c', 'create database aaaaaaaa'],
    ],
    ['POST', '/v1/pages', { parent: { type: 'workspace', workspace: true } }, ['create workspace']],
    ['POST', '/v1/pages', {}, ['create workspace']],
    [
      'POST',
      '/v1/pages',
      { parent: { page_id: id }, template: { type: 'template_id', template_id: other } },
      ['create page 0f1e2d3c', 'read page aaaaaaaa'],
    ],
    [
      'POST',
      '/v1/pages',
      { parent: { page_id: id }, position: { type: 'after_block', after_block: { id: other } } },
      ['create page 0f1e2d3c', 'read block aaaaaaaa'],
    ],
    [
      'PATCH',
      `/v1/pages/${id}`,
      { template: { type: 'template_id', template_id: other } },
      ['update page 0f1e2d3c', 'read page aaaaaaaa'],
    ],
    [
      'POST',
      `/v1/pages/${id}/move`,
      { parent: { data_source_id: other } },
      ['move page 0f1e2d3c', 'create data_source aaaaaaaa'],
    ],
    [
      'PATCH',
      `/v1/blocks/${id}/children`,
      { children: [], after: other },
      ['create block 0f1e2d3c', 'read block aaaaaaaa'],
    ],
    [
      'PATCH',
      `/v1/blocks/${id}`,
      { synced_block: { synced_from: { block_id: other } } },
      ['update block 0f1e2d3c', 'read block aaaaaaaa'],
    ],
    ['POST', '/v1/databases', { parent: { page_id: id } }, ['manage page 0f1e2d3c']],
    ['POST', '/v1/databases', { parent: { workspace: true } }, ['manage workspace']],
    [
      'PATCH',
      `/v1/databases/${id}`,
      { parent: { page_id: other } },
      ['manage database 0f1e2d3c', 'create page aaaaaaaa', 'move database 0f1e2d3c'],
    ],
    [
      'PATCH',
      `/v1/data_sources/${id}`,
      { parent: { database_id: other } },
      ['manage data_source 0f1e2d3c', 'create database aaaaaaaa', 'move data_source 0f1e2d3c'],
    ],
    [
      'POST',
      '/v1/data_sources',
      { parent: { database_id: id }, properties: { R: { relation: { data_source_id: other, single_property: {} } } } },
      ['manage database 0f1e2d3c', 'read data_source aaaaaaaa'],
    ],
    [
      'POST',
      '/v1/data_sources',
      { parent: { database_id: id }, properties: { R: { relation: { data_source_id: other, dual_property: {} } } } },
      ['manage database 0f1e2d3c', 'manage data_source aaaaaaaa', 'read data_source aaaaaaaa'],
    ],
    ['POST', '/v1/comments', { parent: { block_id: id }, rich_text: [] }, ['comment.write block 0f1e2d3c']],
    ['POST', '/v1/comments', { discussion_id: id, rich_text: [] }, ['comment.write discussion 0f1e2d3c']],
    ['POST', '/v1/views', { data_source_id: id }, ['read data_source 0f1e2d3c', 'manage data_source 0f1e2d3c']],
    [
      'POST',
      '/v1/views',
      { data_source_id: id, database_id: other },
      ['read data_source 0f1e2d3c', 'manage database aaaaaaaa'],
    ],
    [
      'POST',
      '/v1/views',
      {
        data_source_id: id,
        create_database: { parent: { page_id: other }, position: { type: 'after_block', block_id: third } },
      },
      ['read data_source 0f1e2d3c', 'manage page aaaaaaaa', 'read block 12121212'],
    ],
    ['DELETE', `/v1/views/${id}`, undefined, ['manage view 0f1e2d3c', 'delete view 0f1e2d3c']],
    ['GET', '/v1/users/me', undefined, ['read membership']],
    ['GET', '/v1/users', undefined, ['people.read workspace']],
    ['POST', '/v1/search', {}, ['read workspace']],
    ['POST', '/v1/file_uploads', { mode: 'single_part' }, ['file.write workspace']],
  ];
  for (const [method, url, body, expected] of cases) {
    it(`${method} ${url.replace(id, ':id')} ${JSON.stringify(body ?? '').slice(0, 90)}`, () => {
      assert.deepEqual(demands(call(method, url, body)), expected);
    });
  }

  it("trap 7: uploads, tasks, view queries and comments are their maker's", () => {
    const owned: [string, string, unknown?][] = [
      ['GET', `/v1/file_uploads/${id}`],
      ['POST', `/v1/file_uploads/${id}/complete`],
      ['GET', '/v1/async_tasks/task_1'],
      ['GET', `/v1/views/${id}/queries/${other}`],
      ['DELETE', `/v1/views/${id}/queries/${other}`],
      ['PATCH', `/v1/comments/${id}`, { rich_text: [] }],
      ['DELETE', `/v1/comments/${id}`],
      ['PATCH', `/v1/pages/${id}`, { icon: { file_upload: { id: other } } }],
      ['POST', '/v1/comments', { parent: { page_id: id }, rich_text: [], attachments: [{ file_upload_id: other }] }],
      ['POST', '/v1/blocks/meeting_notes', { parent: { page_id: id }, source: { file_upload_id: other } }],
    ];
    for (const [method, url, body] of owned) {
      assert.ok(
        call(method, url, body).demands.some(demand => demand.owned),
        `${method} ${url}`,
      );
    }
    assert.equal(call('GET', '/v1/file_uploads').response.ownedList, 'file_upload');
  });

  it('the legacy query of a database exists up to 2022-06-28', () => {
    const url = `/v1/databases/${id}/query`;
    assert.equal(call('POST', url, {}, { 'notion-version': '2022-06-28' }).problem, null);
    assert.equal(call('POST', url, {}, { 'notion-version': '2025-09-03' }).problem?.code, 'invalid_request_url');
    const dataSource = `/v1/data_sources/${id}`;
    assert.equal(
      call('GET', dataSource, undefined, { 'notion-version': '2022-06-28' }).problem?.code,
      'invalid_request_url',
    );
  });
});

describe('rule 5: a required locator that finds nothing denies', () => {
  const cases: [string, string, unknown][] = [
    ['POST', '/v1/pages', { parent: {} }],
    ['POST', '/v1/pages', { parent: { block_id: id } }],
    ['POST', '/v1/pages', { parent: { workspace: false } }],
    ['POST', '/v1/pages', { parent: 'workspace' }],
    ['POST', '/v1/pages', { parent: [{ page_id: id }] }],
    ['POST', '/v1/pages', { parent: { page_id: { id } } }],
    ['POST', '/v1/pages', { parent: { page_id: [id] } }],
    ['POST', '/v1/pages', { parent: { page_id: 'x' } }],
    ['POST', `/v1/pages/${id}/move`, {}],
    ['POST', `/v1/pages/${id}/move`, { parent: { workspace: true } }],
    ['POST', `/v1/pages/${id}/move`, undefined],
    ['PATCH', `/v1/databases/${id}`, { parent: { database_id: other } }],
    ['POST', '/v1/databases', {}],
    ['POST', '/v1/comments', { rich_text: [] }],
    ['GET', '/v1/comments', undefined],
    ['GET', '/v1/comments?block_id=', undefined],
    ['GET', '/v1/views', undefined],
    ['POST', '/v1/views', { name: 'x' }],
    ['PATCH', `/v1/pages/${id}`, { properties: { R: { relation: [{ id: 'x' }] } } }],
  ];
  for (const [method, url, body] of cases) {
    it(`${method} ${url.replace(id, ':id')} ${JSON.stringify(body) ?? ''}`, () => {
      assert.equal(call(method, url, body).problem?.code, 'validation_error');
    });
  }

  it('in the words of Notion', () => {
    assert.equal(
      problem(call('GET', '/v1/pages/not-an-id')),
      'validation_error: path failed validation: path.page_id should be a valid uuid, instead was `"not-an-id"`.',
    );
  });
});

describe('rule 5: an id or Notion URL that no locator claims denies', () => {
  const body = (extra: object) => ({ parent: { page_id: id }, ...extra });
  const refused: [string, string, unknown][] = [
    ['POST', '/v1/pages', { parent: { page_id: id, agent_id: other } }],
    ['POST', '/v1/pages', body({ children: [{ id: other, paragraph: { rich_text: [] } }] })],
    ['POST', '/v1/pages', body({ children: [{ unknown_type: { source: other } }] })],
    ['POST', '/v1/pages', body({ children: [{ unknown_type: { source: `{${hex}}` } }] })],
    ['POST', '/v1/pages', body({ children: [{ unknown_type: { source: `https://www.notion.so/x-${hex}` } }] })],
    ['POST', '/v1/pages', body({ template: { page: other } })],
    ['POST', '/v1/search', { filter: { ancestor: other } }],
    ['GET', `/v1/users?space_id=${other}`, undefined],
    ['GET', `/v1/users?of=https%3A%2F%2Fwww.notion.so%2F${hex}`, undefined],
  ];
  for (const [method, url, sent] of refused) {
    it(`${method} ${url} ${JSON.stringify(sent) ?? ''}`.slice(0, 120), () => {
      assert.equal(call(method, url, sent).problem?.code, 'validation_error');
    });
  }

  it('but ids of people, options, properties and emojis, and text that looks like an id, are no objects', () => {
    const innocent = body({
      icon: { custom_emoji: { id: other } },
      properties: {
        A: { id: other, title: [{ text: { content: other } }] },
        B: { people: [{ id: other }] },
        C: { select: { id: other } },
        page: { id: other, rich_text: [{ plain_text: hex, text: { content: `https://www.notion.so/${hex}` } }] },
      },
      children: [{ code: { rich_text: [{ text: { content: hex } }], language: 'json' } }],
    });
    assert.deepEqual(demands(call('POST', '/v1/pages', innocent)), ['create page 0f1e2d3c']);
  });

  const reads: [string, object][] = [
    ['a mention of a page', { children: [{ paragraph: { rich_text: [{ mention: { page: { id: other } } }] } }] }],
    ['a relation', { properties: { R: { relation: [{ id: other }] } } }],
    ['a relation of a property that is called "people"', { properties: { people: { relation: [{ id: other }] } } }],
    [
      'a link into Notion',
      {
        children: [
          { paragraph: { rich_text: [{ text: { content: 'x', link: { url: `/${other.replaceAll('-', '')}` } } }] } },
        ],
      },
    ],
    [
      'a bookmark of a Notion page',
      { children: [{ bookmark: { url: `https://www.notion.so/x-${other.replaceAll('-', '')}` } }] },
    ],
    ['a link in Markdown', { markdown: `see [x](https://app.notion.com/p/x-${other.replaceAll('-', '')})` }],
    ['a mention in Markdown', { markdown: `see <mention-page url="https://www.notion.so/${other}"/>` }],
    ['a bare id in a tag of Markdown', { markdown: `<synced_block_reference url="${other}">` }],
  ];
  for (const [what, extra] of reads) {
    it(`${what} reads that page`, () => {
      assert.deepEqual(demands(call('POST', '/v1/pages', body(extra))), ['create page 0f1e2d3c', 'read page aaaaaaaa']);
    });
  }

  it('a page placed by Markdown is moved there', () => {
    const markdown = `<page url="https://www.notion.so/${other}">Title</page>`;
    const content = { type: 'insert_content', insert_content: { content: markdown } };
    assert.deepEqual(demands(call('PATCH', `/v1/pages/${id}/markdown`, content)), [
      'update page 0f1e2d3c',
      'move page aaaaaaaa',
      'read page aaaaaaaa',
    ]);
  });

  it('people and ids in the text of Markdown are no objects', () => {
    const markdown = `<mention-user url="user://${other}"/> build ${hex} \`${other}\` https://example.com/${hex}`;
    assert.deepEqual(demands(call('POST', '/v1/pages', body({ markdown }))), ['create page 0f1e2d3c']);
  });
});

describe('rule 7: bodies', () => {
  const url = `/v1/pages/${id}`;
  it('are well-formed JSON objects', () => {
    for (const body of ['{', '[]', 'x', '{"a":1,"a":2}', '\uFEFF{}']) {
      assert.equal(problem(call('PATCH', url, body)), 'invalid_json: Error parsing JSON body.');
    }
  });

  it('have the declared content type', () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'application/jsonp',
      '',
    ]) {
      assert.equal(call('PATCH', url, {}, { 'content-type': type }).problem?.code, 'invalid_request', type);
    }
    for (const type of [
      ...['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'],
      ...['application/json;', 'application/json; charset=utf8', 'application/json; odata=verbose; charset=utf-8'],
    ]) {
      assert.equal(call('PATCH', url, {}, { 'content-type': type }).problem, null, type);
    }
  });

  it('are forms where a file is sent, and nowhere else', () => {
    const form = (to: string, type: string) =>
      classifyRest({
        method: 'POST',
        url: to,
        headers: { 'content-type': type, 'content-length': '3' },
        body: Readable.from(['abc']),
      });
    const send = `/v1/file_uploads/${id}/send`;
    const { problem: none, target } = form(send, 'multipart/form-data; boundary=abc');
    assert.equal(none, null);
    assert.deepEqual(target?.kind === 'notion' && target.headers, {
      'notion-version': '2025-09-03',
      'content-type': 'multipart/form-data; boundary=abc',
      'content-length': '3',
    });
    const spelled = form(send, 'multipart/form-data; charset=UTF-8; boundary="a b"; x=y');
    assert.equal(spelled.problem, null);
    const contentType = spelled.target?.kind === 'notion' && spelled.target.headers['content-type'];
    assert.equal(contentType, 'multipart/form-data; boundary="a b"', 'sent on in one spelling');
    assert.equal(form(send, 'multipart/form-data').problem?.code, 'invalid_request');
    assert.equal(form(send, 'multipart/form-data; boundary=a; boundary=b').problem?.code, 'invalid_request');
    assert.equal(form('/v1/pages', 'multipart/form-data; boundary=abc').problem?.code, 'invalid_request');
    assert.equal(call('POST', send, {}).problem?.code, 'invalid_request');
  });

  it('are sent as the bytes that were judged', () => {
    const bytes = Buffer.from(' { "archived" : false } ');
    const operation = classifyRest({
      method: 'PATCH',
      url,
      headers: { 'content-type': 'application/json' },
      body: bytes,
    });
    assert.equal(operation.target?.kind === 'notion' && operation.target.body, bytes);
  });

  it('have no U+0000, in whatever place', () => {
    for (const body of [
      { properties: { T: { title: [{ text: { content: 'a\0b' } }] } } },
      { properties: { 'a\0': 1 } },
    ]) {
      assert.equal(call('PATCH', url, body).problem?.code, 'validation_error');
    }
  });

  it('of a DELETE may be an empty object, which is not sent', () => {
    const { problem: none, target } = call('DELETE', `/v1/blocks/${id}`, {});
    assert.equal(none, null);
    assert.equal(target?.kind === 'notion' && target.body, null);
    assert.equal(call('DELETE', `/v1/blocks/${id}`, { in_trash: false }).problem?.code, 'validation_error');
  });
});
