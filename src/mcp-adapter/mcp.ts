/** `portcullis/mcp`: pages of Notion by the tools of its MCP server, through a Portcullis. */
export { type GateAddress, gateAt, type PortcullisGate } from './gate.ts';
export { type NewPage, NotionMcpAdapter, type PageChange } from './notion-mcp-adapter.ts';
export type { DataOutcome, Failure, PageOutcome, PageSuccess } from './outcome.ts';
export { type PageWithContent, pagesWithContent } from './page-history.ts';
