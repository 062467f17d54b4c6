/** What an MCP client sends, by hand: every header and byte is the test's own. */
export interface RpcAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: {
    readonly result?: Record<string, unknown>;
    readonly error?: { readonly code: number; readonly message: string; readonly data?: Record<string, unknown> };
  };
}

export function rpcTo(address: string, token: string) {
  const send = async (body: string, headers: Record<string, string> = {}): Promise<RpcAnswer> => {
    const response = await fetch(address, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
    const text = await response.text();
    const json = text.startsWith('{') ? JSON.parse(text) : {};
    return { status: response.status, headers: response.headers, text, json };
  };
  const modernMeta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return {
    send,
    legacy: (method: string, params: object = {}) =>
      send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), { 'mcp-protocol-version': '2025-11-25' }),
    modern(method: string, params: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
      const name = typeof params.name === 'string' ? { 'mcp-name': params.name } : {};
      const body = { jsonrpc: '2.0', id: 1, method, params: { _meta: modernMeta, ...params } };
      const standard = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name };
      return send(JSON.stringify(body), { ...standard, ...headers });
    },
    /** Calls a tool; answers with what its text says, and whether it is an error. */
    async call(
      name: string,
      args: object = {},
    ): Promise<{ readonly isError: boolean; readonly value: Record<string, unknown> }> {
      const { json, text } = await this.modern('tools/call', { name, arguments: args });
      if (json.result === undefined) throw new Error(text);
      const [content] = json.result.content as { text: string }[];
      return { isError: json.result.isError === true, value: JSON.parse(content?.text ?? 'null') };
    },
    async tools(): Promise<string[]> {
      const { json } = await this.modern('tools/list');
      return ((json.result?.tools ?? []) as { name: string }[]).map(({ name }) => name);
    },
  };
}
