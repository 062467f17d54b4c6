import { createToolPins } from '../connect/mcp/tool-pins.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ToolPins } from '../domain/tool-pins.ts';
import type { Steps } from '../gateway.ts';
import { toolListOperation } from '../notion/tool-list.ts';
import type { Foundation } from './foundation.ts';
import type { Audit } from './open-audit.ts';
import { createSystemGateway } from './system-gateway.ts';

/** Watches what hosted MCP servers say of their tools. Asking them takes the path, as the system and at the cost of the caller. */
export function openToolPins(
  { log, now, monotonicMs }: Foundation,
  { logged }: Pick<Audit, 'logged'>,
  steps: () => Steps,
): ToolPins {
  return createToolPins({
    store: logged.toolPins,
    async ask(place, cursor, context) {
      const ask = createSystemGateway('tool_pins', steps(), 'caller');
      const { status, body } = await ask(place, toolListOperation(cursor), context);
      if (status === 200 && Buffer.isBuffer(body)) return JSON.parse(body.toString('utf8'));
      throw new PortcullisError('upstream_refused', undefined, { log: `tools/list: ${status}`, fate: 'failed' });
    },
    now,
    monotonicMs,
    onTrouble: error => log.warn({ err: error }, 'a hosted MCP server did not say which tools it has'),
  });
}
