import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type BlockObjectRequest,
  type Client,
  collectPaginatedAPI,
  isFullBlock,
  isFullPage,
  isNotionClientError,
  type PageObjectResponse,
} from '@notionhq/client';
import { type Gate, openGate } from './gate.ts';
import { aGrant } from './withheld.ts';

const text = (content: string) => [{ type: 'text' as const, text: { content } }];
const titled = (content: string) => ({ title: { title: text(content) } });

function paragraph(rich_text: object[]): BlockObjectRequest {
  return { type: 'paragraph', paragraph: { rich_text: rich_text as ReturnType<typeof text> } };
}

/** Titles and texts of what is hidden carry it. */
const canary = 'zebra';

describe('access by page, through the official client', () => {
  let gate: Gate;
  /** May read everything but the subtree of the restricted page. */
  let denied: Client;
  /** Has a key for the subtree of the public page. */
  let limited: Client;
  before(async () => {
    gate = await openGate();
    const { restricted, public: open } = gate.emulator.pages;
    const actions = ['read', 'comment.read', 'update', 'move', 'create'] as const;
    denied = gate.as({ role: 'editor', grants: [aGrant({ actions, scopes: [{ kind: 'page', id: restricted }] })] });
    limited = gate.as({ role: 'editor', under: [open] });
  });
  after(() => gate.close());

  async function addPage(parent: string, title: string): Promise<PageObjectResponse> {
    const page = await gate.direct.pages.create({ parent: { page_id: parent }, properties: titled(title) });
    assert.ok(isFullPage(page));
    return page;
  }

  async function addDatabase(parent: string, title: string, properties: object) {
    const database = await gate.direct.databases.create({
      parent: { type: 'page_id', page_id: parent },
      title: text(title),
      initial_data_source: { properties: { Name: { title: {} }, ...properties } },
    });
    assert.ok('data_sources' in database);
    const [source] = database.data_sources;
    assert.ok(source);
    return { database: database.id, source: source.id };
  }

  async function refusal(call: Promise<unknown>) {
    const error = await call.then(
      () => assert.fail('it was not refused'),
      (reason: unknown) => reason,
    );
    assert.ok(isNotionClientError(error), String(error));
    return error;
  }

  const everything = (notion: Client, page_size: number, query = '') =>
    collectPaginatedAPI(notion.search, { page_size, query });

  describe('lists', () => {
    it('hold in all their pages what may be seen, each once and in order, and nothing else', async () => {
      const { public: open, restricted } = gate.emulator.pages;
      const expected: string[] = [];
      for (let number = 1; number <= 12; number++) {
        const hidden = number % 3 !== 0;
        const page = await addPage(hidden ? restricted : open, `Needle ${hidden ? canary : ''} ${number}`);
        if (!hidden) expected.push(page.id);
      }
      const ids = (results: { id: string }[]) => results.map(({ id }) => id);
      for (const size of [1, 2, 3, 100]) {
        const found = await everything(limited, size, 'Needle');
        assert.deepEqual(ids(found).toSorted(), expected.toSorted(), `pages of ${size}`);
        assert.doesNotMatch(JSON.stringify(found), new RegExp(canary));
      }
      const first = await denied.search({ query: 'Needle', page_size: 4 });
      assert.equal(first.results.length, 4);
      assert.equal(first.has_more, false);
      assert.equal(first.next_cursor, null);
    });

    it('of rows are filtered by row', async () => {
      const { source } = await addDatabase(gate.emulator.pages.public, 'Rows', { Number: { number: {} } });
      const rows: string[] = [];
      for (const number of [1, 2, 3, 4, 5]) {
        const properties = { Name: { title: text(`row ${number}`) }, Number: { number } };
        rows.push((await gate.direct.pages.create({ parent: { data_source_id: source }, properties })).id);
      }
      const scopes = [rows[1], rows[2], rows[4]].map(id => ({ kind: 'page' as const, id: id ?? '' }));
      const reader = gate.as({ grants: [aGrant({ scopes })] });
      for (const page_size of [1, 2, 100]) {
        const sorts = [{ property: 'Number', direction: 'descending' as const }];
        const query = { data_source_id: source, sorts, page_size };
        const found = await collectPaginatedAPI(reader.dataSources.query, query);
        assert.deepEqual(
          found.map(({ id }) => id),
          [rows[3], rows[0]],
        );
      }
    });

    it('by words of what a row mentions do not tell its title', async () => {
      const { public: open, restricted } = gate.emulator.pages;
      const secret = await addPage(restricted, `Plan ${canary}`);
      const { source } = await addDatabase(open, 'Notes', { Text: { rich_text: {} }, Number: { number: {} } });
      const row = await gate.direct.pages.create({
        parent: { data_source_id: source },
        properties: {
          Name: { title: [{ type: 'mention', mention: { type: 'page', page: { id: secret.id } } }] },
          Text: { rich_text: [{ type: 'mention', mention: { type: 'page', page: { id: secret.id } } }] },
          Number: { number: 1 },
        },
      });
      const found = async (notion: Client, filter: object, filter_properties?: string[]) => {
        const query = {
          data_source_id: source,
          filter: filter as never,
          ...(filter_properties && { filter_properties }),
        };
        return (await notion.dataSources.query(query)).results.map(({ id }) => id);
      };
      for (const filter of [
        { property: 'Text', rich_text: { contains: canary } },
        { property: 'Name', title: { starts_with: 'Plan' } },
      ]) {
        assert.deepEqual(await found(gate.direct, filter), [row.id], 'so it is at Notion');
        assert.deepEqual(await found(limited, filter), []);
        const evading = await refusal(found(denied, filter, ['Number']));
        assert.equal(evading.code, 'restricted_resource');
        assert.deepEqual(await found(denied, filter, ['Number', filter.property]), []);
      }
      assert.deepEqual(await found(limited, { property: 'Number', number: { equals: 1 } }), [row.id]);
      assert.deepEqual((await limited.search({ query: canary })).results, []);
    });

    it('of children leave hidden pages out, and their titles', async () => {
      const parent = await addPage(gate.emulator.pages.public, 'A parent');
      const hidden = await addPage(parent.id, `A ${canary} child`);
      const visible = await addPage(parent.id, 'An open child');
      const reader = gate.as({ grants: [aGrant({ scopes: [{ kind: 'page', id: hidden.id }] })] });
      for (const page_size of [1, 100]) {
        const children = await collectPaginatedAPI(reader.blocks.children.list, { block_id: parent.id, page_size });
        assert.deepEqual(
          children.map(({ id }) => id),
          [visible.id],
        );
      }
      const raw = await gate.direct.blocks.children.list({ block_id: parent.id, page_size: 1 });
      const error = await refusal(
        reader.blocks.children.list({ block_id: parent.id, start_cursor: raw.next_cursor ?? '' }),
      );
      assert.equal(error.code, 'validation_error');
    });
  });

  describe('content', () => {
    it('shows no mention, link, copy, relation or rollup of what is hidden', async () => {
      const { public: open, restricted } = gate.emulator.pages;
      const secret = await addPage(restricted, `${canary} page`);
      const { results } = await gate.direct.blocks.children.append({
        block_id: secret.id,
        children: [
          { type: 'synced_block', synced_block: { synced_from: null, children: [paragraph(text(canary))] as never } },
        ],
      });
      const original = results[0]?.id ?? '';
      const there = await addDatabase(restricted, `${canary} database`, { Value: { number: {} } });
      const far = await gate.direct.pages.create({
        parent: { data_source_id: there.source },
        properties: { Name: { title: text(`${canary} row`) }, Value: { number: 424_242 } },
      });
      const page = await addPage(open, 'Open, with references');
      const link = `https://www.notion.so/${canary}-${secret.id.replaceAll('-', '')}`;
      await gate.direct.blocks.children.append({
        block_id: page.id,
        children: [
          paragraph([{ type: 'mention', mention: { type: 'page', page: { id: secret.id } } }]),
          paragraph([{ type: 'mention', mention: { type: 'database', database: { id: there.database } } }]),
          paragraph([{ type: 'text', text: { content: 'a link', link: { url: link } } }]),
          { type: 'bookmark', bookmark: { url: link } },
          { type: 'link_to_page', link_to_page: { type: 'page_id', page_id: secret.id } },
          { type: 'synced_block', synced_block: { synced_from: { type: 'block_id', block_id: original } } },
        ],
      });
      const here = await addDatabase(open, 'Open database', {
        Related: { relation: { data_source_id: there.source, single_property: {} } },
        Sum: { rollup: { relation_property_name: 'Related', rollup_property_name: 'Value', function: 'sum' } },
        Twice: { formula: { expression: 'prop("Sum") * 2' } },
        Own: { formula: { expression: 'prop("Number") * 2' } },
        Number: { number: {} },
      });
      const row = await gate.direct.pages.create({
        parent: { data_source_id: here.source },
        properties: { Name: { title: text('Row') }, Related: { relation: [{ id: far.id }] }, Number: { number: 21 } },
      });

      for (const reader of [denied, limited]) {
        const children = await collectPaginatedAPI(reader.blocks.children.list, { block_id: page.id });
        const types = children.map(block => (isFullBlock(block) ? block.type : 'partial'));
        assert.deepEqual(types, [
          ...['paragraph', 'paragraph', 'paragraph', 'bookmark'],
          ...['unsupported', 'unsupported'],
        ]);
        const copy = children.at(-1)?.id ?? '';
        assert.deepEqual((await reader.blocks.children.list({ block_id: copy })).results, []);

        const shown = await reader.pages.retrieve({ page_id: row.id });
        assert.ok(isFullPage(shown));
        const { Related, Sum, Twice, Own } = shown.properties;
        assert.ok(Related?.type === 'relation' && Sum?.type === 'rollup');
        assert.deepEqual(Related.relation, []);
        assert.ok(Sum.rollup.type === 'number' && Sum.rollup.number === null);
        assert.ok(Twice?.type === 'formula' && Twice.formula.type === 'number' && Twice.formula.number === null);
        assert.ok(Own?.type === 'formula' && Own.formula.type === 'number' && Own.formula.number === 42);

        const source = await reader.dataSources.retrieve({ data_source_id: here.source });
        const all = JSON.stringify([children, shown, source]);
        for (const id of [secret.id, far.id, there.database, there.source, original]) {
          assert.ok(!all.includes(id) && !all.includes(id.replaceAll('-', '')), all);
        }
        assert.doesNotMatch(all, new RegExp(`${canary}|424242|848484`));

        const markdown = await refusal(reader.pages.retrieveMarkdown({ page_id: page.id }));
        assert.equal(markdown.code, 'restricted_resource');
        const filter = { property: 'Sum', rollup: { number: { greater_than: 1 } } };
        const oracle = await refusal(reader.dataSources.query({ data_source_id: here.source, filter }));
        assert.equal(oracle.code, 'restricted_resource');
      }
    });

    it('hides a masked column everywhere', async () => {
      const { source, database } = await addDatabase(gate.emulator.pages.public, 'People', { Salary: { number: {} } });
      const properties = { Name: { title: text('Ada') }, Salary: { number: 90_210 } };
      const row = await gate.direct.pages.create({ parent: { data_source_id: source }, properties });
      const reader = gate.as({
        grants: [aGrant({ properties: ['Salary'], scopes: [{ kind: 'database', id: database }] })],
      });
      const all = JSON.stringify([
        await reader.pages.retrieve({ page_id: row.id }),
        await reader.dataSources.query({ data_source_id: source }),
        await reader.dataSources.retrieve({ data_source_id: source }),
        await reader.search({ query: 'Ada' }),
      ]);
      assert.doesNotMatch(all, /90210|Salary/);
      const missing = 'Could not find property with name or id: ';
      const filter = { property: 'Salary', number: { greater_than: 90_000 } };
      const query = await refusal(reader.dataSources.query({ data_source_id: source, filter }));
      assert.equal(query.message, `${missing}Salary`);
      const none = await refusal(
        reader.dataSources.query({ data_source_id: source, filter: { ...filter, property: 'None' } }),
      );
      assert.equal(none.message, `${missing}None`, 'as it is for one that does not exist');
      const full = await gate.direct.dataSources.retrieve({ data_source_id: source });
      const property_id = full.properties.Salary?.id ?? '';
      const item = await refusal(reader.pages.properties.retrieve({ page_id: row.id, property_id }));
      assert.ok(item.message.startsWith(missing), item.message);
      const nothing = await refusal(reader.pages.properties.retrieve({ page_id: row.id, property_id: 'zzzz' }));
      assert.equal(nothing.message, `${missing}zzzz`);
    });

    it('answers for what may not be seen exactly as for what does not exist', async () => {
      const hidden = await addPage(gate.emulator.pages.restricted, `${canary} page`);
      const missing = '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f';
      const heard = async (page_id: string) => {
        const error = await refusal(denied.pages.retrieve({ page_id }));
        assert.ok('body' in error);
        return JSON.stringify([error.message, error.body, [...(error.headers as Headers)]]).replaceAll(page_id, 'ID');
      };
      assert.equal(await heard(hidden.id), await heard(missing));
    });
  });

  describe('rule 18: pages that are moved behind the back of the gate', () => {
    it('are not shown once an answer has told where they stand', async () => {
      const { public: open, restricted } = gate.emulator.pages;
      const page = await addPage(open, 'Moving');
      const before = await limited.pages.retrieve({ page_id: page.id });
      assert.equal(before.id, page.id);
      await gate.direct.pages.move({ page_id: page.id, parent: { type: 'page_id', page_id: restricted } });
      const error = await refusal(limited.pages.retrieve({ page_id: page.id }));
      assert.equal(error.code, 'object_not_found');
      await gate.direct.pages.move({ page_id: page.id, parent: { type: 'page_id', page_id: open } });
      await gate.direct.pages.retrieve({ page_id: page.id });
    });

    it('and are changed nevertheless, tell that and nothing more', async () => {
      const { public: open, restricted } = gate.emulator.pages;
      const page = await addPage(open, `Moving ${canary}`);
      await limited.pages.retrieve({ page_id: page.id });
      await gate.direct.pages.move({ page_id: page.id, parent: { type: 'page_id', page_id: restricted } });
      const error = await refusal(limited.pages.update({ page_id: page.id, icon: { emoji: '🦓' } }));
      assert.equal(error.code, 'conflict_error');
      assert.match(error.message, /change was made/);
      assert.doesNotMatch(JSON.stringify(error), new RegExp(canary));
    });

    it('by the call itself are shown where they stand now', async () => {
      const { public: open } = gate.emulator.pages;
      const to = await addPage(open, 'New home');
      const page = await addPage(open, 'Moving');
      const moved = await denied.pages.move({ page_id: page.id, parent: { type: 'page_id', page_id: to.id } });
      assert.ok(isFullPage(moved));
      assert.deepEqual(moved.parent, { type: 'page_id', page_id: to.id });
    });
  });
});
