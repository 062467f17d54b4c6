/** The answer of a tool, in the form of the protocol. */
export interface AdapterAnswer {
  readonly content?: unknown;
  readonly isError?: unknown;
  readonly structuredContent?: unknown;
}

/** The result of a call of a tool: an answer, an error of the protocol, or nothing that shows whether it ran. */
export type ToolCallEnd =
  | { readonly kind: 'answered'; readonly answer: AdapterAnswer }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  /** The request may have arrived, and may have been carried out. */
  | { readonly kind: 'lost'; readonly message: string };

export interface RestAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A Portcullis, for one caller: its MCP door and its REST door. It decides each call separately. */
export interface PortcullisGate {
  callTool(name: string, args: object): Promise<ToolCallEnd>;
  /** The names of the tools that this caller has at this moment. */
  listTools(): Promise<readonly string[]>;
  /** Rejects when no answer came. */
  rest(method: 'GET' | 'POST' | 'PATCH', path: `/v1/${string}`, body?: object): Promise<RestAnswer>;
}

export interface GateAddress {
  /** Where Portcullis is, without a trailing slash. */
  readonly url: string;
  /** A key of Portcullis. It is no token of Notion's, and is sent nowhere else. */
  readonly key: string;
  readonly timeoutMs?: number;
}

/** The version of Notion's API that the adapter speaks. */
const notionVersion = '2026-03-11';
const revision = '2025-11-25';

/** Calls a Portcullis over HTTP. No call is ever sent twice. */
export function gateAt({ url, key, timeoutMs = 120_000 }: GateAddress): PortcullisGate {
  const authorization = `Bearer ${key}`;

  async function ask(
    method: string,
    params: object,
  ): Promise<ToolCallEnd & { readonly result?: Record<string, unknown> }> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url}/mcp`, {
        method: 'POST',
        headers: {
          authorization,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': revision,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch {
      return { kind: 'lost', message: 'No answer came.' };
    }
    const message = parsed(text);
    if (isObject(message?.result)) return { kind: 'answered', answer: message.result, result: message.result };
    const error = isObject(message?.error) ? message.error : null;
    // Our gateway reports calls that it did not carry out as an error of the protocol. Any other answer may come from
    // another server.
    if (error !== null) return { kind: 'refused', status: response.status, message: String(error.message ?? '') };
    return { kind: 'lost', message: `An answer ${response.status} that is none of the protocol.` };
  }

  return {
    callTool: (name, args) => ask('tools/call', { name, arguments: args }),
    async listTools() {
      const { result } = await ask('tools/list', {});
      const tools = Array.isArray(result?.tools) ? result.tools.filter(isObject) : [];
      return tools.map(tool => String(tool.name));
    },
    async rest(method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization,
          'notion-version': notionVersion,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, body: parsed(await response.text()) ?? {} };
    },
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON object that a text spells; null if it does not. */
export function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
