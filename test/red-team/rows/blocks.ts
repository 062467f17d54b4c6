import { editor, keeper, olderVersion, paragraph, type RowCase, rowCase, scout } from './row-case.ts';

const of = (block: string) => `/v1/blocks/${block}`;
const children = (block: string) => `${of(block)}/children`;
const append = (more: object = {}) => ({ children: [paragraph()], ...more });
const after = (id: string) => append({ position: { type: 'after_block', after_block: { id } } });
const notes = '/v1/blocks/meeting_notes';
const inBlock = (block_id: string) => ({ title: 'x', source: { type: 'block', block_id } });
const upload = (file_upload_id: string) => ({ type: 'file_upload', file_upload_id });
const onPage = (page_id: string, file: string) => ({ title: 'x', source: upload(file), parent: { page_id } });
const titledLike = (value: string) => ({
  operator: 'and',
  filters: [{ property: 'title', filter: { operator: 'string_contains', value: { type: 'exact', value } } }],
});

export const blockCases: readonly RowCase[] = [
  rowCase('blocks.get', 'path.block_id', scout.get(of('{in.block}')), scout.get(of('{out.block}'))),
  rowCase('blocks.get', 'path.block_id as a page', scout.get(of('{in.page}')), scout.get(of('{out.page}'))),
  rowCase('blocks.get', 'path.block_id as a database', scout.get(of('{in.database}')), scout.get(of('{out.database}'))),

  rowCase(
    'blocks.update',
    'path.block_id',
    editor.patch(of('{in.block}'), paragraph()),
    editor.patch(of('{out.deepBlock}'), paragraph()),
  ),
  // What holds others may hold pages, which go with it.
  rowCase(
    'blocks.update',
    '!in_trash',
    editor.patch(of('{new.block}'), { in_trash: true }),
    editor.patch(of('{new.holder}'), { in_trash: true }),
    403,
  ),
  rowCase(
    'blocks.update',
    '!archived',
    editor.patch(of('{new.block}'), { archived: true }, olderVersion),
    editor.patch(of('{new.holder}'), { archived: true }, olderVersion),
    403,
  ),
  rowCase('blocks.delete', 'path.block_id', editor.remove(of('{new.block}')), editor.remove(of('{out.deepBlock}'))),
  rowCase(
    'blocks.delete',
    'path.block_id as a page',
    keeper.remove(of('{new.page}')),
    editor.remove(of('{new.page}')),
    403,
  ),
  rowCase(
    'blocks.delete',
    'path.block_id as a database',
    keeper.remove(of('{new.database}')),
    keeper.remove(of('{out.database}')),
  ),

  rowCase('blocks.children.list', 'path.block_id', scout.get(children('{in.page}')), scout.get(children('{out.page}'))),
  rowCase(
    'blocks.children.append',
    'path.block_id',
    editor.patch(children('{in.page}'), append()),
    editor.patch(children('{out.page}'), append()),
  ),
  rowCase(
    'blocks.children.append',
    'body.after',
    editor.patch(children('{in.page}'), append({ after: '{in.block}' }), olderVersion),
    editor.patch(children('{in.page}'), append({ after: '{out.block}' }), olderVersion),
  ),
  rowCase(
    'blocks.children.append',
    'body.position.after_block.id',
    editor.patch(children('{in.page}'), after('{in.block}')),
    editor.patch(children('{in.page}'), after('{out.block}')),
  ),

  rowCase(
    'blocks.meeting_notes.create',
    'body.parent.page_id',
    editor.post(notes, onPage('{in.page}', '{mine.upload}')),
    editor.post(notes, onPage('{out.page}', '{mine.upload}')),
  ),
  rowCase(
    'blocks.meeting_notes.create',
    'body.source.block_id',
    editor.post(notes, inBlock('{in.block}')),
    editor.post(notes, inBlock('{out.block}')),
  ),
  rowCase(
    'blocks.meeting_notes.create',
    'body.source.file_upload_id',
    editor.post(notes, onPage('{in.page}', '{mine.upload}')),
    editor.post(notes, onPage('{in.page}', '{out.upload}')),
  ),
  rowCase(
    'blocks.meeting_notes.query',
    'workspace',
    scout.post(`${notes}/query`, { filter: titledLike('open meeting') }),
    scout.post(`${notes}/query`, { filter: titledLike('meeting') }),
    200,
  ),
];
