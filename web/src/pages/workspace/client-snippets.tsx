import { Button, Code, CopyButton, Group, List, Stack, Tabs, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../../icons.tsx';

/** What a client needs besides the key. Clients of Notion's API add `/v1` to it themselves. */
const address = location.origin;

const version = '2026-03-11';

const typescript = `import { Client } from '@notionhq/client';

const notion = new Client({
  auth: process.env.PORTCULLIS_KEY,
  baseUrl: '${address}',
});
console.log(await notion.search({ page_size: 1 }));`;

const python = `import os
from notion_client import Client

notion = Client(
    auth=os.environ["PORTCULLIS_KEY"],
    base_url="${address}",
)
print(notion.search(page_size=1))`;

const curl = `curl ${address}/v1/search \\
  -H "Authorization: Bearer $PORTCULLIS_KEY" \\
  -H "Notion-Version: ${version}" \\
  -H "Content-Type: application/json" \\
  -d '{"page_size": 1}'`;

/** How to point clients at Portcullis. None of the snippets has the key itself: it belongs in the environment. */
export function ClientSnippets() {
  return (
    <Stack gap="xs">
      <Text size="sm">The base address, for every client:</Text>
      <Snippet what="base address" code={address} />
      <Text size="sm">
        A client that only takes tokens of Notion’s takes the key with <Code>ntn_</Code> before it:{' '}
        <Code>ntn_pcl_…</Code>
      </Text>
      <Tabs defaultValue="typescript">
        <Tabs.List aria-label="Clients">
          <Tabs.Tab value="typescript">TypeScript</Tabs.Tab>
          <Tabs.Tab value="python">Python</Tabs.Tab>
          <Tabs.Tab value="curl">curl</Tabs.Tab>
          <Tabs.Tab value="n8n">n8n</Tabs.Tab>
        </Tabs.List>
        <Panel value="typescript" install="npm install @notionhq/client">
          <Snippet what="TypeScript" code={typescript} />
        </Panel>
        <Panel value="python" install="pip install notion-client">
          <Snippet what="Python" code={python} />
        </Panel>
        <Panel value="curl">
          <Snippet what="curl" code={curl} />
        </Panel>
        <Panel value="n8n">
          <N8n />
        </Panel>
      </Tabs>
    </Stack>
  );
}

interface PanelProps {
  readonly value: string;
  readonly install?: string;
  readonly children: ReactNode;
}

function Panel({ value, install, children }: PanelProps) {
  return (
    <Tabs.Panel value={value} pt="sm">
      <Stack gap="xs">
        {install !== undefined && (
          <Text size="sm">
            Put the key in <Code>PORTCULLIS_KEY</Code>, and <Code>{install}</Code>:
          </Text>
        )}
        {children}
      </Stack>
    </Tabs.Panel>
  );
}

/** n8n's own node for Notion cannot be pointed anywhere else. */
function N8n() {
  return (
    <Stack gap="xs">
      <List size="sm" type="ordered">
        <List.Item>Add a node “HTTP Request”. The node for Notion knows one address only, that of Notion.</List.Item>
        <List.Item>Authentication: Generic Credential Type, Bearer Auth. The token is the key.</List.Item>
        <List.Item>
          Method POST, and the address below. Send the header Notion-Version: {version}, and the body{' '}
          {'{"page_size": 1}'} as JSON.
        </List.Item>
      </List>
      <Snippet what="n8n" code={`${address}/v1/search`} />
    </Stack>
  );
}

function Snippet({ what, code }: { readonly what: string; readonly code: string }) {
  return (
    <Stack gap={4}>
      <Code block className="secret" tabIndex={0} role="region" aria-label={`Snippet: ${what}`}>
        {code}
      </Code>
      <Group>
        <CopyButton value={code} timeout={3_000}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="copy" size={14} />}
              onClick={copy}
              aria-label={`Copy ${what}`}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}
