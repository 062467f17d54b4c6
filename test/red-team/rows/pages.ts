import {
  admin,
  editor,
  keeper,
  named,
  olderVersion,
  type RowCase,
  reader,
  rowCase,
  scout,
  titled,
} from './row-case.ts';

const make = '/v1/pages';
const under = (parent: object, more: object = {}) => ({ parent, properties: titled('x'), ...more });
const template = (template_id: string) => ({ template: { type: 'template_id', template_id } });
const after = (id: string) => ({ position: { type: 'after_block', after_block: { id } } });
const of = (page: string) => `/v1/pages/${page}`;
const move = (page: string) => `/v1/pages/${page}/move`;
const toPage = (page_id: string) => ({ parent: { type: 'page_id', page_id } });
const toSource = (data_source_id: string) => ({ parent: { type: 'data_source_id', data_source_id } });
const insert = { type: 'insert_content', insert_content: { content: 'x' } };
const replace = (allow_deleting_content: boolean) => ({
  type: 'replace_content',
  replace_content: { new_str: 'x', allow_deleting_content },
});

export const pageCases: readonly RowCase[] = [
  rowCase(
    'pages.create',
    'body.parent.page_id',
    editor.post(make, under({ page_id: '{in.page}' })),
    editor.post(make, under({ page_id: '{out.page}' })),
  ),
  rowCase(
    'pages.create',
    'body.parent.database_id',
    editor.post(make, { parent: { database_id: '{in.database}' }, properties: named('x') }),
    editor.post(make, { parent: { database_id: '{out.database}' }, properties: named('x') }),
  ),
  rowCase(
    'pages.create',
    'body.parent.data_source_id',
    editor.post(make, { parent: { data_source_id: '{in.dataSource}' }, properties: named('x') }),
    editor.post(make, { parent: { data_source_id: '{out.dataSource}' }, properties: named('x') }),
  ),
  rowCase(
    'pages.create',
    'body.parent.workspace',
    admin.post(make, under({ workspace: true })),
    editor.post(make, under({ workspace: true })),
    403,
  ),
  rowCase(
    'pages.create',
    'workspace',
    admin.post(make, { properties: titled('x') }),
    editor.post(make, { properties: titled('x') }),
    403,
  ),
  rowCase(
    'pages.create',
    'body.template.template_id',
    editor.post(make, under({ page_id: '{in.page}' }, template('{in.child}'))),
    editor.post(make, under({ page_id: '{in.page}' }, template('{out.page}'))),
  ),
  rowCase(
    'pages.create',
    'body.position.after_block.id',
    editor.post(make, under({ page_id: '{in.page}' }, after('{in.block}'))),
    editor.post(make, under({ page_id: '{in.page}' }, after('{out.block}'))),
  ),

  rowCase('pages.get', 'path.page_id', scout.get(of('{in.page}')), scout.get(of('{out.page}'))),

  rowCase(
    'pages.update',
    'path.page_id',
    editor.patch(of('{in.page}'), { icon: { emoji: '🔑' } }),
    editor.patch(of('{out.page}'), { icon: { emoji: '🔑' } }),
  ),
  rowCase(
    'pages.update',
    'body.template.template_id',
    editor.patch(of('{new.page}'), template('{in.child}')),
    editor.patch(of('{new.page}'), template('{out.page}')),
  ),
  ...[
    { key: 'in_trash', options: {} },
    { key: 'archived', options: olderVersion },
    { key: 'is_archived', options: {} },
    { key: 'erase_content', options: {} },
    { key: 'is_locked', options: {} },
  ].map(({ key, options }) =>
    rowCase(
      'pages.update',
      `!${key}`,
      keeper.patch(of('{new.page}'), { [key]: true }, options),
      editor.patch(of('{new.page}'), { [key]: true }, options),
      403,
    ),
  ),

  rowCase(
    'pages.move',
    'path.page_id',
    editor.post(move('{new.page}'), toPage('{in.child}')),
    editor.post(move('{out.child}'), toPage('{in.child}')),
  ),
  rowCase(
    'pages.move',
    'old parent',
    editor.post(move('{new.page}'), toPage('{in.child}')),
    // The page is theirs, and what it stands in is not.
    editor.post(move('{in.page}'), toPage('{in.child}')),
    403,
  ),
  rowCase(
    'pages.move',
    'body.parent.page_id',
    editor.post(move('{new.page}'), toPage('{in.child}')),
    editor.post(move('{new.page}'), toPage('{out.page}')),
  ),
  rowCase(
    'pages.move',
    'body.parent.data_source_id',
    editor.post(move('{new.page}'), toSource('{in.dataSource}')),
    editor.post(move('{new.page}'), toSource('{out.dataSource}')),
  ),

  rowCase(
    'pages.properties.get',
    'path.page_id',
    reader.get(`${of('{in.page}')}/properties/title`),
    reader.get(`${of('{out.page}')}/properties/title`),
  ),
  rowCase(
    'pages.markdown.get',
    'path.page_id',
    scout.get(`${of('{in.child}')}/markdown`),
    scout.get(`${of('{out.child}')}/markdown`),
  ),
  rowCase(
    'pages.markdown.get',
    'path.page_id as a block',
    scout.get(`${of('{in.block}')}/markdown`),
    scout.get(`${of('{out.block}')}/markdown`),
  ),
  rowCase(
    'pages.markdown.update',
    'path.page_id',
    editor.patch(`${of('{in.child}')}/markdown`, insert),
    editor.patch(`${of('{out.child}')}/markdown`, insert),
  ),
  rowCase(
    'pages.markdown.update',
    '!*.allow_deleting_content',
    keeper.patch(`${of('{new.page}')}/markdown`, replace(true)),
    editor.patch(`${of('{new.page}')}/markdown`, replace(true)),
    403,
  ),
];
