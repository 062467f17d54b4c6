import assert from 'node:assert/strict';
import { it } from 'node:test';
import { officialClient } from '../authorized.ts';
import { startEmulator } from '../server.ts';

it('reads tables, columns and synced blocks from the Markdown that it writes', async () => {
  const emulator = await startEmulator();
  const notion = officialClient(emulator, emulator.internalToken);
  const content = [
    '<table header-row="true" header-column="false">',
    '\t<tr>',
    '\t\t<td>Name</td>',
    '\t\t<td>**Age**</td>',
    '\t</tr>',
    '\t<tr>',
    '\t\t<td>Ada</td>',
    '\t\t<td>36</td>',
    '\t</tr>',
    '</table>',
    '<columns>',
    '\t<column>',
    '\t\tleft',
    '\t</column>',
    '\t<column>',
    '\t\tright',
    '\t</column>',
    '</columns>',
    '<synced_block>',
    '\tin sync',
    '</synced_block>',
    'after',
  ].join('\n');
  const { id } = await notion.pages.create({ parent: { page_id: emulator.pages.root } });
  await notion.pages.updateMarkdown({ page_id: id, type: 'insert_content', insert_content: { content } });
  const { markdown } = await notion.pages.retrieveMarkdown({ page_id: id });
  assert.equal(markdown.trim(), content);
  const { results } = await notion.blocks.children.list({ block_id: id });
  const [table, columns] = results;
  assert.ok(table !== undefined && 'type' in table && table.type === 'table');
  assert.equal(table.table.table_width, 2);
  assert.ok(columns !== undefined && 'type' in columns && columns.type === 'column_list');
  await emulator.close();
});
