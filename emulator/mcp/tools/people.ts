import { z } from 'zod';
import { objectNotFound } from '../../http/errors.ts';
import { pageOf } from '../../http/pagination.ts';
import type { Call } from '../../http/route.ts';
import type { Person } from '../../world/records.ts';
import { idOf } from '../reference.ts';
import { READ, type Tool, tool } from './tool.ts';

export const peopleTools: readonly Tool[] = [
  tool('notion-get-users', {
    title: 'Get users',
    description:
      'List the users of the workspace, or get one of them. `self` is the person who authorised this client.',
    annotations: READ,
    input: z.object({
      query: z.string().optional(),
      user_id: z.string().optional(),
      start_cursor: z.string().optional(),
      page_size: z.number().int().min(1).max(100).optional(),
    }),
    run(call, { query = '', user_id: wanted, start_cursor, page_size }) {
      const id = wanted === 'self' ? call.caller.userId : wanted === undefined ? null : idOf(wanted);
      const everyone = [...peopleOf(call).map(personEntry), ...botEntries(call)];
      const found = everyone.filter(one => JSON.stringify(one).toLowerCase().includes(query.toLowerCase()));
      if (id === null) {
        const page = pageOf(found, { start_cursor, page_size });
        const more = page.nextCursor === null ? {} : { next_cursor: page.nextCursor };
        return { results: page.items, has_more: page.nextCursor !== null, ...more };
      }
      const one = everyone.find(user => user.id === id);
      if (one === undefined) throw objectNotFound('user', id, call.caller);
      return { results: [one], has_more: false };
    },
  }),
  tool('notion-get-self', {
    title: 'Get self',
    description: 'The person who authorised this client, and the workspace.',
    annotations: READ,
    listed: false,
    input: z.object({}),
    run: call => ({ ...selfOf(call) }),
  }),
];

/** Who the caller acts as, and where. */
export function selfOf(call: Call): { user: object; workspace: { id: string; name: string } } {
  const person = call.world.people.get(call.caller.userId ?? '');
  const workspace = call.world.workspaces.get(call.caller.workspaceId);
  return {
    user: person === undefined ? {} : personEntry(person),
    workspace: { id: call.caller.workspaceId, name: workspace?.name ?? '' },
  };
}

/** The members of the workspace. */
export function peopleOf(call: Call): Person[] {
  const members = call.world.workspaces.get(call.caller.workspaceId)?.members ?? [];
  return members.flatMap(id => call.world.people.get(id) ?? []);
}

function personEntry({ id, name, email }: Person) {
  return { type: 'person', id, name, email };
}

function botEntries(call: Call) {
  return [...call.world.connections.installations.values()]
    .filter(one => one.workspaceId === call.caller.workspaceId && !one.revoked)
    .map(one => ({ type: 'bot', id: one.botId, name: one.name }));
}
