import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BlockObjectResponse, PageObjectResponse, RichTextItemResponse } from '@notionhq/client';
import {
  aGrant,
  hiddenBlock,
  hiddenDatabase,
  hiddenPage,
  hiddenSource,
  idOf,
  open,
  openDatabase,
  openPage,
  openSource,
  secret,
  withheld,
} from './withheld.ts';

const hex = (id: string) => id.replaceAll('-', '');
const link = (id: string) => `https://app.notion.com/p/Secret-title-${hex(id)}`;
const userId = idOf(77);
const user = {
  ...{ object: 'user' as const, id: userId, name: 'Ada', avatar_url: null, type: 'person' as const },
  person: { email: 'ada@acme.example' },
};
const annotations = {
  ...{ bold: true, italic: false, strikethrough: false, underline: false, code: false },
  color: 'default' as const,
};

function text(content: string, url: string | null = null): RichTextItemResponse {
  const shown = { content, link: url === null ? null : { url } };
  return { type: 'text', text: shown, annotations, plain_text: content, href: url };
}

function mentionOf(id: string, kind: 'page' | 'database' = 'page'): RichTextItemResponse {
  const mention = { type: kind, [kind]: { id } } as Extract<RichTextItemResponse, { type: 'mention' }>['mention'];
  return { type: 'mention', mention, annotations, plain_text: 'Secret title', href: link(id) };
}

function aPage(given: object = {}) {
  return {
    ...{ object: 'page', id: openPage, parent: { type: 'page_id', page_id: open }, in_trash: false, archived: false },
    ...{ created_time: '2026-12-01T10:00:00.000Z', last_edited_time: '2026-12-01T10:00:00.000Z' },
    ...{ created_by: { object: 'user', id: userId }, last_edited_by: { object: 'user', id: userId } },
    ...{ is_archived: false, is_locked: false, icon: null, cover: null, public_url: null },
    ...{ url: link(openPage).replace('Secret', 'Open'), properties: {} },
    ...given,
  };
}

function aBlock(type: string, content: object, given: object = {}) {
  return {
    ...{ object: 'block', id: idOf(40), parent: { type: 'page_id', page_id: open }, type, [type]: content },
    ...{ created_time: 'x', last_edited_time: 'x', has_children: true, archived: false, in_trash: false },
    ...{ created_by: { object: 'user', id: userId }, last_edited_by: { object: 'user', id: userId } },
    ...given,
  };
}

/** What is left of a block of the open page. */
async function block(type: string, content: object): Promise<BlockObjectResponse> {
  const { seen } = await withheld({ extra: [{ kind: 'block', id: idOf(40), parent: { kind: 'page', id: open } }] });
  return (await seen('GET', `/v1/blocks/${idOf(40)}`, aBlock(type, content))).json;
}

/** What is left of a page in the open one. */
async function page(given: object, asked: Parameters<Awaited<ReturnType<typeof withheld>>['seen']>[3] = {}) {
  const { seen } = await withheld();
  const { json, text: body } = await seen('GET', `/v1/pages/${openPage}`, aPage(given), asked);
  return { page: json as PageObjectResponse & { properties: Record<string, never> }, body };
}

describe('rich text', () => {
  it('shows mentions of hidden pages as Notion shows what it may not tell', async () => {
    const shown = await block('paragraph', {
      rich_text: [text('See '), mentionOf(hiddenPage), mentionOf(hiddenDatabase, 'database'), mentionOf(openPage)],
      color: 'default',
    });
    assert.ok(shown.type === 'paragraph');
    const [, hidden, database, visible] = shown.paragraph.rich_text;
    const untitled = {
      ...{ type: 'text', text: { content: 'Untitled', link: null }, annotations, plain_text: 'Untitled', href: null },
    };
    assert.deepEqual(hidden, untitled);
    assert.deepEqual(database, untitled);
    assert.deepEqual(visible, mentionOf(openPage));
  });

  it('loses links to hidden pages, and addresses of them in the text', async () => {
    const shown = await block('quote', {
      rich_text: [
        text('the plan', link(secret)),
        text(`at ${link(hiddenPage)}, or not`, link(hiddenPage)),
        text('open', link(openPage)),
        text('elsewhere', `https://example.com/${hex(hiddenPage)}`),
      ],
      color: 'default',
    });
    assert.ok(shown.type === 'quote');
    assert.deepEqual(
      shown.quote.rich_text.map(({ plain_text: plain, href }) => [plain, href]),
      [
        ['the plan', null],
        ['at …, or not', null],
        ['open', link(openPage)],
        ['elsewhere', `https://example.com/${hex(hiddenPage)}`],
      ],
    );
    assert.deepEqual(shown.quote.rich_text[1], text('at …, or not'));
  });

  it('hides what it knows no type of (rule 12)', async () => {
    const strange = { type: 'hologram', hologram: { id: hiddenPage }, plain_text: 'Secret', href: null };
    const preview = { type: 'mention', mention: { type: 'hologram', hologram: {} }, plain_text: 'Secret', href: null };
    const shown = await block('paragraph', { rich_text: [strange, preview], color: 'default' });
    assert.doesNotMatch(JSON.stringify(shown), /Secret|hologram/);
  });
});

describe('blocks', () => {
  const unsupported = { type: 'unsupported', unsupported: { block_type: 'unsupported' }, has_children: false };

  it('that are nothing but a hidden page become unsupported', async () => {
    for (const [type, content] of [
      ['link_to_page', { type: 'page_id', page_id: hiddenPage }],
      ['link_to_page', { type: 'database_id', database_id: hiddenDatabase }],
      ['synced_block', { synced_from: { type: 'block_id', block_id: hiddenBlock } }],
      ['whiteboard', { title: 'Secret' }],
    ] as const) {
      const shown = await block(type, content);
      const { id, type: kind, has_children: has } = shown;
      assert.deepEqual({ id, type: kind, has }, { id: idOf(40), type: 'unsupported', has: false });
      assert.deepEqual({ ...shown, ...unsupported }, shown);
      assert.ok(!(type in shown), type);
    }
  });

  it('keep what is not hidden', async () => {
    for (const [type, content] of [
      ['link_to_page', { type: 'page_id', page_id: openPage }],
      ['synced_block', { synced_from: null }],
      ['to_do', { rich_text: [text('a')], checked: true, color: 'default' }],
      ['code', { rich_text: [text('a')], caption: [], language: 'typescript' }],
      ['table_row', { cells: [[text('a')], [text('b', 'https://example.com/')]] }],
      ['image', { type: 'external', external: { url: 'https://example.com/a.png' }, caption: [text('c')] }],
      ['callout', { rich_text: [text('a')], icon: { type: 'emoji', emoji: '💡' }, color: 'default' }],
      ['equation', { expression: 'e=mc^2' }],
      ['bookmark', { url: link(openPage), caption: [] }],
    ] as const) {
      assert.deepEqual(await block(type, content), aBlock(type, content));
    }
  });

  it('lose addresses of hidden pages', async () => {
    for (const type of ['bookmark', 'embed', 'link_preview'] as const) {
      const shown = await block(type, { url: link(hiddenPage), caption: [text('c')] });
      assert.equal((shown as unknown as Record<string, { url: string }>)[type]?.url, '');
    }
    const cells = await block('table_row', { cells: [[mentionOf(hiddenPage)], [text('b')]] });
    assert.doesNotMatch(JSON.stringify(cells), /Secret/);
  });
});

describe('pages', () => {
  it('stand at the top where their parent is hidden', async () => {
    const { seen } = await withheld();
    const grants = [aGrant({ effect: 'limit', scopes: [{ kind: 'page', id: openPage }] })];
    const { json } = await seen('GET', `/v1/pages/${openPage}`, aPage(), { grants });
    assert.deepEqual(json.parent, { type: 'workspace', workspace: true });
    assert.deepEqual((await page({})).page.parent, { type: 'page_id', page_id: open });
  });

  it('lose hidden pages from their relations, and the address at which they are published', async () => {
    const relation = [{ id: openPage }, { id: hiddenPage }, { id: secret }];
    const { page: shown, body } = await page({
      public_url: 'https://acme.notion.site/x',
      properties: { Tasks: { id: 'a', type: 'relation', relation, has_more: true } },
    });
    assert.deepEqual(shown.properties.Tasks, {
      ...{ id: 'a', type: 'relation', relation: [{ id: openPage }], has_more: false },
    });
    assert.equal(shown.public_url, null);
    assert.ok(!body.includes(hiddenPage));
  });

  it('lose values of types that nobody knows, and fields that nobody knows (rule 12)', async () => {
    const properties = { A: { id: 'a', type: 'hologram', hologram: 1 }, B: { id: 'b', type: 'number', number: 3 } };
    const { page: shown } = await page({ properties, ancestors: [{ id: hiddenPage }] });
    assert.deepEqual(Object.keys(shown.properties), ['B']);
    assert.ok(!('ancestors' in shown));
  });

  it('name people only to those who may know them', async () => {
    const properties = {
      Owner: { id: 'a', type: 'people', people: [user, { object: 'group', id: idOf(78), name: 'Board' }] },
      By: { id: 'b', type: 'created_by', created_by: user },
      Text: {
        ...{ id: 'c', type: 'rich_text' },
        rich_text: [{ type: 'mention', mention: { type: 'user', user }, annotations, plain_text: '@Ada', href: null }],
      },
    };
    const asked = { grants: [], role: 'reader', roles: { reader: ['read'] as const } };
    const { page: shown, body } = await page({ properties, created_by: user }, asked);
    assert.doesNotMatch(body, /Ada|acme|Board/);
    assert.deepEqual(shown.created_by, { object: 'user', id: userId });
    const all = await page({ properties, created_by: user });
    assert.match(all.body, /Ada.*Board/);
  });
});

describe('property masks', () => {
  const grants = [aGrant({ properties: ['Salary', 'Name'], scopes: [{ kind: 'database', id: openDatabase }] })];
  const parent = { type: 'data_source_id', data_source_id: openSource, database_id: openDatabase };
  const extra = [{ kind: 'page', id: openPage, parent: { kind: 'data_source', id: openSource } }] as const;
  const properties = {
    Salary: { id: 's', type: 'number', number: 90_000 },
    Name: { id: 'title', type: 'title', title: [text('Secret title')] },
    Team: { id: 't', type: 'select', select: { id: 'x', name: 'A', color: 'red' } },
  };

  it('take a property from pages, with the title in the address', async () => {
    const { seen } = await withheld({ extra });
    const given = aPage({ parent, properties, url: link(openPage) });
    const { json, text: body } = await seen('GET', `/v1/pages/${openPage}`, given, { grants });
    assert.deepEqual(Object.keys(json.properties), ['Team']);
    assert.equal(json.url, `https://app.notion.com/p/${hex(openPage)}`);
    assert.doesNotMatch(body, /90000|Secret/);
    const unmasked = await seen('GET', `/v1/pages/${openPage}`, aPage({ parent, properties }), {
      grants: [aGrant({})],
    });
    assert.equal(unmasked.json.properties.Salary.number, 90_000);
  });

  it('hold where nobody knows where the page stands', async () => {
    const { seen } = await withheld();
    const somewhere = { type: 'block_id', block_id: idOf(999) };
    const given = { ...aPage({ parent: somewhere, properties }), id: idOf(31) };
    const list = { object: 'list', results: [given], has_more: false, next_cursor: null };
    const { json } = await seen('POST', '/v1/search', list, { body: {}, grants });
    assert.deepEqual(Object.keys(json.results[0].properties), ['Team']);
  });

  it('take its column from the data source', async () => {
    const { seen } = await withheld();
    const columns = { Salary: { id: 's', name: 'Salary', type: 'number', number: { format: 'euro' } } };
    const source = {
      object: 'data_source',
      id: openSource,
      parent: { database_id: openDatabase },
      properties: columns,
    };
    const { json } = await seen('GET', `/v1/data_sources/${openSource}`, source, { grants });
    assert.deepEqual(json.properties, {});
  });

  it('take the name of a column from what uses it: formulas, rollups, and those of other data sources', async () => {
    const { seen } = await withheld();
    const uses = {
      relation_property_name: 'People',
      relation_property_id: 'r',
      rollup_property_id: 's',
      function: 'sum',
    };
    const columns = {
      Salary: { id: 's', name: 'Salary', type: 'number', number: {} },
      ByName: { id: 'a', name: 'ByName', type: 'formula', formula: { expression: 'prop("Salary") / 12' } },
      ById: {
        ...{ id: 'b', name: 'ById', type: 'formula' },
        formula: { expression: '{{notion:block_property:s:00000000:00000000}} / 12' },
      },
      Own: { id: 'c', name: 'Own', type: 'formula', formula: { expression: 'prop("Team")' } },
      People: {
        id: 'r',
        name: 'People',
        type: 'relation',
        relation: { data_source_id: openSource, single_property: {} },
      },
      Pay: { id: 'd', name: 'Pay', type: 'rollup', rollup: { ...uses, rollup_property_name: 'Salary' } },
      Team: { id: 't', name: 'Team', type: 'select', select: {} },
    };
    const at = { object: 'data_source', parent: { database_id: openDatabase } };
    const own = await seen(
      'GET',
      `/v1/data_sources/${openSource}`,
      { ...at, id: openSource, properties: columns },
      { grants },
    );
    assert.doesNotMatch(own.text, /Salary|block_property:s/);
    assert.equal(own.json.properties.Own.formula.expression, 'prop("Team")');
    const { Salary: _own, ...others } = columns;
    const elsewhere = { ...at, id: hiddenSource, parent: { database_id: hiddenDatabase }, properties: others };
    const there = await seen('GET', `/v1/data_sources/${hiddenSource}`, elsewhere, { grants });
    assert.doesNotMatch(there.text, /Salary/);
  });

  it('take a title that is hidden from where the page is mentioned', async () => {
    const titles = {
      [openSource]: { Name: { id: 'title', type: 'title', title: {} }, Salary: { id: 's', type: 'number' } },
    };
    const mentioning = (id: string) => ({
      ...{ type: 'mention', mention: { type: 'page', page: { id } }, annotations },
      ...{ plain_text: 'Secret title', href: link(id) },
    });
    const shown = async (schemas: Record<string, object>, masked: string[]) => {
      const { seen } = await withheld({ extra, schemas });
      const block = {
        ...{ object: 'block', id: idOf(40), parent: { type: 'page_id', page_id: open }, type: 'paragraph' },
        ...{ has_children: false, paragraph: { rich_text: [mentioning(openPage)], color: 'default' } },
      };
      const masks = [aGrant({ properties: masked, scopes: [{ kind: 'database', id: openDatabase }] })];
      const list = { object: 'list', results: [block], has_more: false, next_cursor: null };
      return (await seen('GET', `/v1/blocks/${open}/children`, list, { grants: masks })).text;
    };
    assert.doesNotMatch(await shown(titles, ['Name']), /Secret title/);
    assert.match(await shown(titles, ['Salary']), /Secret title/);
    assert.doesNotMatch(await shown({}, ['Salary']), /Secret title/, 'what cannot be told counts as hidden');
  });

  it('answer like a missing property where it is read by itself', async () => {
    const schemas = {
      [openSource]: { Salary: { id: 's', type: 'number', number: {} }, Team: { id: 't', type: 'select' } },
    };
    const { seen, result } = await withheld({ extra, schemas });
    const item = { object: 'property_item', id: 's', type: 'number', number: 90_000 };
    await assert.rejects(result('GET', `/v1/pages/${openPage}/properties/s`, item, { grants }), {
      code: 'validation_error',
      message: 'Could not find property with name or id: s',
    });
    const team = { object: 'property_item', id: 't', type: 'select', select: null };
    assert.deepEqual((await seen('GET', `/v1/pages/${openPage}/properties/t`, team, { grants })).json, team);
  });
});

describe('databases, data sources and views', () => {
  it('name no hidden data source', async () => {
    const { seen } = await withheld();
    const sources = [openSource, hiddenSource].map(id => ({ id, name: `source ${id}` }));
    const database = { object: 'database', id: openDatabase, parent: { page_id: open }, data_sources: sources };
    const { json } = await seen('GET', `/v1/databases/${openDatabase}`, database);
    assert.deepEqual(json.data_sources, [sources[0]]);
  });

  it('say nothing of the data source at the other end of a relation', async () => {
    const { seen } = await withheld();
    const dual = { synced_property_id: 'x', synced_property_name: 'Secret column' };
    const related = { data_source_id: hiddenSource, database_id: hiddenDatabase, type: 'dual_property' };
    const rollup = {
      ...{ function: 'sum', relation_property_id: 'r', relation_property_name: 'Deals' },
      ...{ rollup_property_id: 'y', rollup_property_name: 'Secret column' },
    };
    const properties = {
      Deals: { id: 'r', name: 'Deals', type: 'relation', relation: { ...related, dual_property: dual } },
      Sum: { id: 'u', name: 'Sum', type: 'rollup', rollup },
      F: {
        id: 'f',
        name: 'F',
        type: 'formula',
        formula: { expression: 'prop("Deals").map(current.prop("Secret column"))' },
      },
    };
    const source = { object: 'data_source', id: openSource, parent: { database_id: openDatabase }, properties };
    const { json, text: body } = await seen('GET', `/v1/data_sources/${openSource}`, source);
    assert.doesNotMatch(body, /Secret column/);
    assert.ok(!body.includes(hiddenSource) && !body.includes(hiddenDatabase));
    assert.equal(json.properties.Deals.relation.type, 'single_property');
  });

  it('show a view without its data where that is hidden', async () => {
    const { seen } = await withheld({
      extra: [{ kind: 'view', id: idOf(70), parent: { kind: 'database', id: openDatabase } }],
    });
    const view = {
      ...{ object: 'view', id: idOf(70), parent: { type: 'database_id', database_id: openDatabase }, name: 'All' },
      ...{ type: 'table', data_source_id: hiddenSource, filter: { property: 'Secret column', number: { equals: 1 } } },
      ...{ sorts: [{ property: 'Secret column', direction: 'ascending' }], quick_filters: null, configuration: {} },
    };
    const { json, text: body } = await seen('GET', `/v1/views/${idOf(70)}`, view);
    assert.deepEqual(
      { source: json.data_source_id, filter: json.filter, sorts: json.sorts },
      { source: null, filter: null, sorts: null },
    );
    assert.doesNotMatch(body, /Secret/);
  });
});

describe('rule 14: rollups and formulas', () => {
  const parent = { type: 'data_source_id', data_source_id: openSource, database_id: openDatabase };
  const rollup = (key: string) => ({
    ...{ id: key, type: 'rollup' },
    rollup: { function: 'sum', relation_property_id: 'r', relation_property_name: 'Deals', rollup_property_id: 'v' },
  });
  const schemas = {
    [openSource]: {
      Deals: { id: 'r', type: 'relation', relation: { data_source_id: hiddenSource } },
      Sum: rollup('sum'),
      Own: { id: 'own', type: 'formula', formula: { expression: 'prop("Price") * 2' } },
      Through: {
        id: 'through',
        type: 'formula',
        formula: { expression: 'prop("Sum") + {{notion:block_property:price:x}}' },
      },
      Count: { id: 'count', type: 'formula', formula: { expression: 'prop("Deals").length()' } },
      Price: { id: 'price', type: 'number', number: {} },
    },
    [hiddenSource]: { Value: { id: 'v', type: 'number', number: {} } },
  };
  const values = (related: string[], more = false) => ({
    Deals: { id: 'r', type: 'relation', relation: related.map(id => ({ id })), has_more: more },
    Sum: { id: 'sum', type: 'rollup', rollup: { type: 'number', number: 42, function: 'sum' } },
    Own: { id: 'own', type: 'formula', formula: { type: 'number', number: 43 } },
    Through: { id: 'through', type: 'formula', formula: { type: 'number', number: 44 } },
    Count: { id: 'count', type: 'formula', formula: { type: 'number', number: 45 } },
    Price: { id: 'price', type: 'number', number: 3 },
  });

  async function numbers(properties: object, given: Parameters<typeof withheld>[0] = { schemas }, grants?: never[]) {
    const extra = [{ kind: 'page', id: openPage, parent: { kind: 'data_source', id: openSource } }] as const;
    const { seen } = await withheld({ ...given, extra });
    const answer = aPage({ parent, properties });
    const { json } = await seen('GET', `/v1/pages/${openPage}`, answer, grants && { grants });
    const of = (name: string) => json.properties[name].rollup?.number ?? json.properties[name].formula?.number ?? null;
    return ['Sum', 'Own', 'Through', 'Count'].map(of);
  }

  it('are null where a page that they depend on is hidden', async () => {
    assert.deepEqual(await numbers(values([open, hiddenPage])), [null, 43, null, null]);
  });

  it('show where everything that they depend on may be read', async () => {
    assert.deepEqual(await numbers(values([open, openDatabase])), [42, 43, 44, null]);
  });

  it('are null where it cannot be told what they depend on', async () => {
    assert.deepEqual(await numbers(values([open], true)), [null, 43, null, null], 'the relation goes on');
    assert.deepEqual(await numbers(values([open]), {}), [null, null, null, null], 'without a schema');
  });

  it('are not looked at where nothing is hidden', async () => {
    assert.deepEqual(await numbers(values([hiddenPage]), {}, []), [42, 43, 44, 45]);
  });

  it('keep the type of the value', async () => {
    const { page: shown } = await page({
      properties: {
        A: { id: 'a', type: 'formula', formula: { type: 'string', string: 'x' } },
        B: {
          id: 'b',
          type: 'rollup',
          rollup: { type: 'array', array: [{ type: 'number', number: 1 }], function: 'x' },
        },
        C: { id: 'c', type: 'rollup', rollup: { type: 'date', date: { start: '2026-01-01' }, function: 'x' } },
      },
    });
    assert.deepEqual(shown.properties, {
      A: { id: 'a', type: 'formula', formula: { type: 'string', string: null } },
      B: { id: 'b', type: 'rollup', rollup: { type: 'array', array: [], function: 'x' } },
      C: { id: 'c', type: 'rollup', rollup: { type: 'date', date: null, function: 'x' } },
    });
  });
});

describe('rule 16: text', () => {
  const markdown = (text: string) => ({ object: 'page_markdown', id: openPage, markdown: text, truncated: false });
  const url = `/v1/pages/${openPage}/markdown`;

  it('passes where everything that it embeds may be read', async () => {
    const { seen } = await withheld();
    const answer = markdown(`# A\n<page url="${link(open)}">Open</page>\n[x](https://example.com/${hex(secret)})`);
    assert.deepEqual((await seen('GET', url, answer)).json, answer);
  });

  it('is refused as a whole where something in it may be hidden', async () => {
    const { result } = await withheld();
    for (const text of [
      `<page url="${link(hiddenPage)}">Secret</page>`,
      `see <mention-page url="${link(secret)}">Secret</mention-page>`,
      `[plan](${link(hiddenPage)})`,
      `at ${link(hiddenPage)}`,
      `<page url="${link(idOf(999))}">nobody knows where</page>`,
      '<synced_block reference="true">\n\tcopied\n</synced_block>',
    ]) {
      await assert.rejects(result('GET', url, markdown(text)), { code: 'restricted', message: /block by block/ }, text);
    }
  });

  it('is left out of the answer to a write, which was made', async () => {
    const { seen } = await withheld();
    const body = { type: 'replace_content', replace_content: { new_str: 'x' } };
    const { json } = await seen('PATCH', url, markdown(`<page url="${link(hiddenPage)}">Secret</page>`), { body });
    assert.deepEqual(json, { object: 'page_markdown', id: openPage });
  });

  it('is judged the same in what a task came to', async () => {
    const { result } = await withheld();
    const task = (text: string) => ({
      object: 'async_task',
      id: 'task_1',
      status: 'succeeded',
      result: markdown(text),
    });
    await assert.rejects(result('GET', '/v1/async_tasks/task_1', task(`[plan](${link(hiddenPage)})`)), {
      code: 'restricted',
    });
    await result('GET', '/v1/async_tasks/task_1', task('plain'));
  });
});

describe('rule 18: an answer that shows that its object stands elsewhere', () => {
  it('is decided again, on what it has shown', async () => {
    const { result, index, decide } = await withheld();
    const moved = aPage({ parent: { type: 'page_id', page_id: secret } });
    assert.deepEqual(await result('GET', `/v1/pages/${openPage}`, moved), { reconsider: true });
    const again = await decide('GET', `/v1/pages/${openPage}`);
    const ancestry = again.facts.objects.get(`page:${openPage}`);
    assert.ok(ancestry?.state === 'known');
    assert.deepEqual(ancestry.path.map(({ id }) => id).slice(0, 2), [openPage, secret]);
    assert.deepEqual(index.asked, []);
  });

  it('passes where the call itself has moved it', async () => {
    const { seen } = await withheld();
    const moved = aPage({ parent: { type: 'page_id', page_id: openDatabase } });
    const body = { parent: { type: 'page_id', page_id: openDatabase } };
    const { json } = await seen('POST', `/v1/pages/${openPage}/move`, moved, { body, role: 'editor' });
    assert.equal(json.id, openPage);
  });

  it('rule 13: the answer to a write is partial where what it shows may not be read', async () => {
    const { seen } = await withheld();
    const moved = aPage({ parent: { type: 'page_id', page_id: secret } });
    const body = { parent: { type: 'page_id', page_id: secret } };
    const { json } = await seen('POST', `/v1/pages/${openPage}/move`, moved, { body, role: 'editor' });
    assert.deepEqual(json, { object: 'page', id: openPage });
  });
});
