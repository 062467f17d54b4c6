import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NotionToMarkdown } from 'notion-to-md';
import { officialClient } from '../../../emulator/authorized.ts';
import { type Emulator, startEmulator } from '../../../emulator/server.ts';

describe('notion-to-md against the emulator', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());

  const text = (content: string) => [{ text: { content } }];

  it('turns pages of a hundred blocks and more, tables, columns and synced blocks into Markdown', async () => {
    const notion = officialClient(emulator, emulator.internalToken);
    const { id } = await notion.pages.create({
      parent: { page_id: emulator.pages.root },
      children: [
        { heading_1: { rich_text: text('Plan') } },
        { to_do: { rich_text: text('Write'), checked: true } },
        { bulleted_list_item: { rich_text: text('outer'), children: [{ paragraph: { rich_text: text('inner') } }] } },
        { code: { rich_text: text('x = 1'), language: 'python' } },
        { synced_block: { synced_from: null, children: [{ paragraph: { rich_text: text('in sync') } }] } },
        {
          table: {
            table_width: 2,
            has_column_header: true,
            children: [
              { table_row: { cells: [text('Name'), text('Age')] } },
              { table_row: { cells: [text('Ada'), text('36')] } },
            ],
          },
        },
      ],
    });
    for (const batch of [0, 1]) {
      const children = Array.from({ length: 60 }, (_, index) => ({
        paragraph: { rich_text: text(`line ${batch * 60 + index}`) },
      }));
      await notion.blocks.children.append({ block_id: id, children });
    }

    const reader = new NotionToMarkdown({ notionClient: notion });
    const markdown = reader.toMarkdownString(await reader.pageToMarkdown(id)).parent ?? '';

    assert.match(markdown, /^\s*# Plan\n/);
    assert.match(markdown, /- \[x\] Write\n/);
    assert.match(markdown, /- outer\n\s+inner\n/);
    assert.match(markdown, /```python\nx = 1\n```/);
    assert.match(markdown, /in sync/);
    assert.match(markdown, /\| Name \| Age \|\n\| -+ \| -+ \|\n\| Ada {2}\| 36 {2}\|/);
    assert.match(markdown, /line 0\n.*line 119/s, 'it follows the cursor past a hundred blocks');
  });
});
