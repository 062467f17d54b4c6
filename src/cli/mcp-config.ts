import { type Command, UsageError } from './command.ts';

/** The configuration of a client, for the address of the MCP door. */
type Entry = (address: string) => string;

const json = (value: object): string => JSON.stringify(value, null, 2);

/** How each client is configured for a server. All of them sign in by OAuth: none of these files has a key. */
const entries: Readonly<Record<string, { readonly where: string; readonly entry: Entry }>> = {
  'claude-code': {
    where: 'run this',
    entry: address => `claude mcp add --transport http notion ${address}`,
  },
  'claude-desktop': {
    where: 'Settings → Connectors → Add custom connector, with this address',
    entry: address => address,
  },
  cursor: {
    where: '~/.cursor/mcp.json',
    entry: url => json({ mcpServers: { notion: { url } } }),
  },
  vscode: {
    where: '.vscode/mcp.json',
    entry: url => json({ servers: { notion: { type: 'http', url } } }),
  },
  chatgpt: {
    where: 'Settings → Connectors → Create, with this address and OAuth',
    entry: address => address,
  },
  codex: {
    where: '~/.codex/config.toml',
    entry: address => `[mcp_servers.notion]\nurl = "${address}"`,
  },
  zed: {
    where: 'settings.json',
    entry: url => json({ context_servers: { notion: { url } } }),
  },
  inspector: {
    where: 'run this, with a key of Portcullis in KEY',
    entry: address =>
      `npx @modelcontextprotocol/inspector --cli ${address} --transport http --header "Authorization: Bearer $KEY" --method tools/list`,
  },
};

const names = Object.keys(entries);

export const mcpConfig: Command = {
  name: 'mcp config',
  summary: 'Print what tells an MCP client of this Portcullis.',
  parameters: ['CLIENT'],
  options: {
    url: { takes: 'URL', doc: 'where people and clients reach this Portcullis' },
    workspace: { takes: 'ID', doc: 'one workspace, instead of the one that the person chooses' },
  },
  notes: `CLIENT is one of ${names.join(', ')}.`,
  async run(invocation) {
    const { parameters, options, terminal } = invocation;
    const { CLIENT: name = '' } = parameters;
    const known = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (known === undefined) throw new UsageError(`There is no client ${name}.`, `Name one of ${names.join(', ')}.`);
    const { url, workspace } = options;
    const { PORTCULLIS_PUBLIC_URL: own } = terminal.env;
    const base = typeof url === 'string' ? url : own;
    if (base === undefined) throw new UsageError('It is not known where this Portcullis is.', 'Add --url URL.');
    const path = typeof workspace === 'string' ? `/w/${workspace}/mcp` : '/mcp';
    terminal.err(`${known.where}:`);
    terminal.out(known.entry(base.replace(/\/+$/, '') + path));
    return 0;
  },
};
