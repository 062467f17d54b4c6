import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  aGrant,
  hiddenDatabase,
  hiddenPage,
  hiddenSource,
  idOf,
  open,
  openDatabase,
  openPage,
  openSource,
  withheld,
} from './withheld.ts';

const view = idOf(70);
const masks = aGrant({ properties: ['Salary'], scopes: [{ kind: 'database', id: openDatabase }] });
const hides = aGrant({});

const schemas = {
  [openSource]: {
    Name: { id: 'title', type: 'title', title: {} },
    Salary: { id: 'sa%3A', type: 'number', number: {} },
    Team: { id: 't', type: 'select', select: {} },
    Deals: { id: 'r', type: 'relation', relation: { data_source_id: hiddenSource } },
    Sum: { id: 's', type: 'rollup', rollup: { relation_property_id: 'r', rollup_property_id: 'v', function: 'sum' } },
    Own: { id: 'o', type: 'formula', formula: { expression: 'prop("Team")' } },
    Pay: { id: 'p', type: 'formula', formula: { expression: 'prop("Salary") / 12' } },
    Through: { id: 'h', type: 'formula', formula: { expression: 'prop("Sum") + 1' } },
  },
};

/** The guard in front of a Notion that shows one view. */
async function ask(method: string, path: string, body: object, asked: object = {}, shown: object = {}) {
  const { guard, decide } = await withheld({
    ...{ schemas, views: { [view]: { object: 'view', id: view, data_source_id: openSource, ...shown } } },
    extra: [{ kind: 'view', id: view, parent: { kind: 'database', id: openDatabase } }],
  });
  return guard(await decide(method, `/v1/${path}`, { body, grants: [hides, masks], role: 'admin', ...asked }));
}

const query = (body: object, asked: object = {}) => ask('POST', `data_sources/${openSource}/query`, body, asked);
const missing = (name: string, what = 'property') => ({
  ...{
    code: 'validation_error',
    message: `Could not find ${what} with name or id: ${name}`,
    details: { fate: 'not_sent' },
  },
});
const restricted = { code: 'restricted', details: { fate: 'not_sent' } };

describe('rule 14: a query', () => {
  it('by a masked property is answered as if there were none, by name, by id and inside of others', async () => {
    await assert.rejects(query({ filter: { property: 'Salary', number: { equals: 1 } } }), missing('Salary'));
    await assert.rejects(query({ filter: { property: 'sa%3A', number: { equals: 1 } } }), missing('sa%3A'));
    await assert.rejects(query({ filter: { property: 'sa:', number: { equals: 1 } } }), missing('sa:'));
    const nested = {
      and: [{ property: 'Team', select: { equals: 'A' } }, { or: [{ property: 'Salary', number: {} }] }],
    };
    await assert.rejects(query({ filter: nested }), missing('Salary'));
    const sorts = [{ property: 'Salary', direction: 'ascending' }];
    await assert.rejects(query({ sorts }), missing('Salary', 'sort property'));
  });

  it('by what may depend on hidden pages or a masked property is refused', async () => {
    for (const property of ['Sum', 'Through', 'Pay']) {
      await assert.rejects(query({ filter: { property, number: { equals: 1 } } }), restricted, property);
      await assert.rejects(query({ sorts: [{ property, direction: 'descending' }] }), restricted, property);
    }
    await assert.rejects(query({ filter: { property: 'Deals', relation: { is_empty: true } } }), restricted);
    await assert.rejects(query({ sorts: [{ property: 'Deals', direction: 'ascending' }] }), restricted);
  });

  it('by anything else passes', async () => {
    await query({});
    await query({ filter: { property: 'Team', select: { equals: 'A' } }, sorts: [{ timestamp: 'created_time' }] });
    await query({ filter: { property: 'Own', formula: { string: { equals: 'A' } } } });
    await query({ filter: { property: 'Deals', relation: { contains: openPage } } });
    await query({ filter: { property: 'Nothing of the kind', number: { equals: 1 } } });
    await query({ filter: { property: 'Sum', number: { equals: 1 } } }, { grants: [] });
  });

  it('keeps out rows that hide what it tests, while other rows show it', async () => {
    const row = aGrant({ properties: ['Salary'], scopes: [{ kind: 'page', id: openPage }] });
    const { seen } = await withheld({ schemas });
    const rows = [openPage, idOf(30)].map(id => ({
      ...{
        object: 'page',
        id,
        parent: { type: 'data_source_id', data_source_id: openSource, database_id: openDatabase },
      },
      properties: {
        Salary: { id: 'sa%3A', type: 'number', number: 9 },
        Team: { id: 't', type: 'select', select: null },
      },
    }));
    const list = { object: 'list', results: rows, has_more: false, next_cursor: null };
    const by = async (property: string, condition: object) => {
      const body = { filter: { property, ...condition } };
      const { json } = await seen('POST', `/v1/data_sources/${openSource}/query`, list, { body, grants: [row] });
      return json.results.map(({ id, properties }: { id: string; properties: object }) => [id, 'Salary' in properties]);
    };
    assert.deepEqual(await by('Salary', { number: { equals: 9 } }), [[idOf(30), true]]);
    assert.deepEqual(await by('sa%3A', { number: { equals: 9 } }), [[idOf(30), true]]);
    assert.deepEqual(await by('Team', { select: { is_empty: true } }), [
      [openPage, false],
      [idOf(30), true],
    ]);
  });
});

describe('rule 14: a view', () => {
  it('is neither made nor changed by what is hidden', async () => {
    const base = { data_source_id: openSource, database_id: openDatabase, name: 'x', type: 'table' };
    const filter = { property: 'Salary', number: { equals: 1 } };
    await assert.rejects(ask('POST', 'views', { ...base, filter }), missing('Salary'));
    const grouped = { type: 'board', group_by: { type: 'number', property_id: 'sa%3A' } };
    await assert.rejects(ask('POST', 'views', { ...base, configuration: grouped }), missing('sa%3A'));
    await ask('POST', 'views', base);
    await assert.rejects(ask('PATCH', `views/${view}`, { filter }), missing('Salary'));
    await assert.rejects(ask('PATCH', `views/${view}`, { quick_filters: { s: { number: {} } } }), restricted);
    await ask('PATCH', `views/${view}`, { name: 'y' });
  });

  it('that filters by what is hidden is not run', async () => {
    const run = (shown: object) => ask('POST', `views/${view}/queries`, {}, {}, shown);
    await assert.rejects(run({ filter: { property: 'Sum', number: { equals: 1 } } }), restricted);
    await assert.rejects(
      run({ sorts: [{ property: 'Salary', direction: 'ascending' }] }),
      missing('Salary', 'sort property'),
    );
    await run({ filter: { property: 'Team', select: { equals: 'A' } } });
    await assert.rejects(run({ data_source_id: null, filter: { property: 'Team', select: {} } }), restricted);
  });
});

describe('rule 14: a rollup or formula', () => {
  const change = (properties: object, asked: object = {}) =>
    ask('PATCH', `data_sources/${openSource}`, { properties }, asked);
  const rollup = { relation_property_name: 'Deals', rollup_property_name: 'Value', function: 'sum' };

  it('is added only by those who may read what the relations lead to', async () => {
    await assert.rejects(change({ Total: { rollup } }), restricted);
    await assert.rejects(change({ Total: { formula: { expression: 'prop("Deals").length()' } } }), restricted);
    await change({ Total: { number: {} } });
    await change({ Total: { rollup } }, { grants: [] });
    const readable = aGrant({ scopes: [{ kind: 'page', id: hiddenPage }] });
    await change({ Total: { rollup } }, { grants: [readable] });
    const relation = { database_id: hiddenDatabase, data_source_id: hiddenSource, single_property: {} };
    const body = {
      parent: { type: 'page_id', page_id: open },
      initial_data_source: { properties: { R: { relation }, S: { rollup } } },
    };
    await assert.rejects(ask('POST', 'databases', body), restricted);
  });
});
