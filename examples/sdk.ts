// The official SDK, unchanged, through Portcullis: only the base URL and the key are different.
//
//     npx node examples/sdk.ts http://localhost:8420 pcl_… PAGE_ID
import { Client, isNotionClientError, LogLevel } from '@notionhq/client';

const [url = 'http://localhost:8420', key = '', pageId = ''] = process.argv.slice(2);
const notion = new Client({ auth: key, baseUrl: url, logLevel: LogLevel.ERROR });

async function attempt(what: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
    console.log(`${what}: done`);
  } catch (error) {
    if (!isNotionClientError(error)) throw error;
    console.log(`${what}: ${error.code} (${error.message})`);
  }
}

await attempt('read the page', () => notion.pages.retrieve({ page_id: pageId }));
await attempt('add a paragraph', () =>
  notion.blocks.children.append({
    block_id: pageId,
    children: [{ paragraph: { rich_text: [{ text: { content: 'Written through Portcullis.' } }] } }],
  }),
);
await attempt('trash the page', () => notion.pages.update({ page_id: pageId, in_trash: true }));
