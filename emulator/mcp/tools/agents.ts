import { z } from 'zod';
import { ApiError } from '../../http/errors.ts';
import { type Annotations, CHANGE, CREATE, READ, type Tool, tool } from './tool.ts';

const paging = { start_cursor: z.string().optional(), page_size: z.number().int().min(1).max(100).optional() };
const session = { session_id: z.string() };

/**
 * Agents act with rights of their own, not with those of the caller. This workspace has none: lists are empty, and a
 * named agent does not exist.
 */
export const agentTools: readonly Tool[] = [
  empty('notion-search-agents', 'Search agents', 'Find agents by name or purpose.', { query: z.string(), ...paging }),
  empty('notion-list-agents', 'List agents', 'The agents of the workspace that the person may use.', paging),
  missing('notion-spawn-session', 'Spawn session', 'Start a session of an agent with a first message.', CREATE, {
    agent_id: z.string(),
    message: z.string(),
  }),
  missing('notion-send-message-to-session', 'Send message to session', 'Say something to a running session.', CREATE, {
    ...session,
    message: z.string(),
  }),
  missing('notion-stop-session', 'Stop session', 'End a running session.', CHANGE, session),
  missing('notion-wait-session', 'Wait for session', 'Wait until a session has something to say.', READ, {
    ...session,
    timeout_seconds: z.number().int().min(0).optional(),
  }),
  missing('notion-get-session-status', 'Get session status', 'How far a session is.', READ, session),
  empty('notion-query-sessions', 'Query sessions', "The person's sessions.", {
    agent_id: z.string().optional(),
    status: z.string().optional(),
    ...paging,
  }),
  empty('notion-search-sessions', 'Search sessions', 'Find sessions by what was said in them.', {
    query: z.string(),
    ...paging,
  }),
  missing('notion-list-session-events', 'List session events', 'What happened in a session.', READ, {
    ...session,
    ...paging,
  }),
  missing('notion-read-session-event', 'Read session event', 'One event of a session in full.', READ, {
    ...session,
    event_id: z.string(),
  }),
];

function empty(name: string, title: string, description: string, shape: z.ZodRawShape): Tool {
  const run = () => ({ results: [], has_more: false });
  return tool(name, { title, description, annotations: READ, input: z.object(shape), run });
}

function missing(
  name: string,
  title: string,
  description: string,
  annotations: Annotations,
  shape: z.ZodRawShape & ({ agent_id: z.ZodString } | { session_id: z.ZodString }),
): Tool {
  const input = z.object(shape);
  return tool(name, {
    title,
    description,
    annotations,
    input,
    run(_call, args) {
      const [kind, id] = 'agent_id' in args ? ['agent', args.agent_id] : ['session', Reflect.get(args, 'session_id')];
      throw new ApiError(404, 'object_not_found', `Could not find ${kind} with ID: ${String(id)}.`);
    },
  });
}
