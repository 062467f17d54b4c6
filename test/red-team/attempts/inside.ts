import { type Attempt, get, post } from './attempt.ts';

const legacy = { 'notion-version': '2022-06-28' };
const oldest = { 'notion-version': '2021-05-13' };
const query = (body: object): Attempt => post('/v1/data_sources/{in.dataSource}/query', body);
const secret = (relation: object) => ({ property: 'Secret', relation });
const open = { property: 'Name', title: { contains: 'open' } };

/** More of what lies inside, where something outside may shine through. */
export const readInsideOtherwise: readonly Attempt[] = [
  get('/v1/pages/{in.top}'),
  get('/v1/blocks/{in.top}'),
  get('/v1/blocks/{in.top}/children'),
  get('/v1/pages/{in.child}'),
  get('/v1/pages/{in.child}/markdown?include_transcript=true'),
  get('/v1/pages/{in.row}?filter_properties={in.relationId}&filter_properties={in.rollupId}'),
  get('/v1/pages/{in.row}/properties/{in.countId}'),
  get('/v1/pages/{in.row}/properties/{in.relationId}?page_size=1'),
  get('/v1/databases/{in.database}', legacy),
  post('/v1/databases/{in.database}/query', {}, legacy),
  get('/v1/blocks/{in.page}/children', oldest),
  get('/v1/pages/{in.row}', oldest),
  ...[
    { or: [secret({ is_empty: true }), open] },
    { and: [open, { or: [secret({ is_not_empty: true })] }] },
    { property: '{in.relationId}', relation: { is_not_empty: true } },
    { property: 'Secret count', rollup: { number: { greater_than: 0 } } },
    { property: 'Secret names', rollup: { every: { title: { contains: 'zebra' } } } },
    { property: 'Secret names', rollup: { none: { title: { contains: 'zebra' } } } },
    { or: [{ property: 'Secret names', rollup: { any: { title: { is_not_empty: true } } } }, open] },
  ].map(filter => query({ filter })),
  ...['Secret', 'Secret count', '{in.relationId}', '{in.rollupId}'].map(property =>
    query({ sorts: [{ property, direction: 'descending' }] }),
  ),
  query({ in_trash: true }),
  get('/v1/data_sources/{in.dataSource}/templates'),
  get('/v1/data_sources/{in.dataSource}/templates?name=zebra'),
  get('/v1/views/{in.view}'),
  post('/v1/views/{in.view}/queries'),
  get('/v1/views/{in.foreignView}'),
  post('/v1/views/{in.foreignView}/queries'),
  post('/v1/views/{in.foreignView}/queries', { page_size: 1 }),
  get('/v1/comments?block_id={in.page}&page_size=1'),
  get('/v1/users/me'),
  get('/v1/custom_emojis'),
  get('/v1/file_uploads?page_size=1'),
  post('/v1/search', { query: 'zebra page' }),
  post('/v1/search', { query: '{out.page.digits}' }),
  post('/v1/search', { query: 'zebra', page_size: 1, sort: { timestamp: 'last_edited_time', direction: 'ascending' } }),
  post('/v1/search', { filter: { property: 'object', value: 'page', in_trash: true } }),
  post('/v1/search', { filter: { property: 'object', value: 'database' } }, legacy),
  get('/v1/pages/{in.page}', { 'if-none-match': '*' }),
];

/** Each asks a question about a word. The answer is the same for the word that is hidden everywhere and for one that is nowhere. */
export const oracles: readonly ((word: string) => Attempt)[] = [
  word => post('/v1/search', { query: word }),
  word => post('/v1/search', { query: `${word} page`, page_size: 1 }),
  word => get(`/v1/data_sources/{in.dataSource}/templates?name=${word}`),
  word => query({ filter: { property: 'Secret names', rollup: { any: { title: { contains: word } } } } }),
  word => query({ filter: { property: 'Note', rich_text: { contains: word } } }),
  word => query({ filter: { or: [{ property: 'Note', rich_text: { starts_with: word } }] } }),
  word => query({ filter: { property: 'Note', rich_text: { does_not_contain: word } } }),
  word => get(`/v1/custom_emojis?name=${word}`),
  word =>
    post('/v1/blocks/meeting_notes/query', {
      filter: {
        operator: 'and',
        filters: [
          { property: 'title', filter: { operator: 'string_contains', value: { type: 'exact', value: word } } },
        ],
      },
    }),
];

/** Lists that are read to their ends, in the smallest pages. */
export const listsInside: readonly Attempt[] = [
  get('/v1/blocks/{in.page}/children?page_size=1'),
  get('/v1/comments?block_id={in.page}&page_size=1'),
  get('/v1/views?database_id={in.database}&page_size=1'),
  get('/v1/views?data_source_id={in.dataSource}&page_size=1'),
  get('/v1/pages/{in.row}/properties/{in.relationId}?page_size=1'),
  query({ page_size: 1 }),
  post('/v1/search', { page_size: 1 }),
  post('/v1/search', { query: 'zebra', page_size: 1 }),
];
