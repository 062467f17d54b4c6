import { onePage } from '../rest-door/one-page.ts';

/** No caller of the bench sees it, and nothing stands under it. */
export const hiddenPage = '0badc0de-0000-4000-8000-000000000000';
export const rootPage = '0c0ffee0-0000-4000-8000-000000000000';
const database = '0d0ffee0-0000-4000-8000-000000000000';
const source = '0e0ffee0-0000-4000-8000-000000000000';

/** Rows of a table in a page at the top, about 1 kB each, as search finds them. */
export const hundredRows = {
  object: 'list',
  results: Array.from({ length: 100 }, (_, number) => {
    const { request_id: _request, ...page } = onePage;
    const id = `${String(number).padStart(8, '0')}-1111-4111-8111-111111111111`;
    return { ...page, id, parent: { type: 'data_source_id', data_source_id: source, database_id: database } };
  }),
  next_cursor: null,
  has_more: false,
  type: 'page_or_data_source',
  page_or_data_source: {},
  request_id: onePage.request_id,
};

const top = { type: 'workspace', workspace: true };

/** What the rows stand in. */
export const containers: Readonly<Record<string, object>> = {
  [`/v1/pages/${rootPage}`]: { ...onePage, id: rootPage, parent: top },
  [`/v1/databases/${database}`]: { object: 'database', id: database, parent: { type: 'page_id', page_id: rootPage } },
  [`/v1/data_sources/${source}`]: {
    ...{ object: 'data_source', id: source, parent: { type: 'database_id', database_id: database } },
    ...{ database_parent: { type: 'page_id', page_id: rootPage }, properties: {} },
  },
};
