import { listOf, pagedQuery, pageOf } from '../http/pagination.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { object, uuid } from '../http/shape.ts';
import type { Installation } from '../world/connections.ts';
import type { Person } from '../world/records.ts';
import { notFound } from './lookup.ts';
import { botObject, personObject } from './user-object.ts';

export const userRoutes: readonly Route[] = [
  route('GET', '/v1/users/me', { handle: call => botObject(call, call.caller) }),
  route('GET', '/v1/users', {
    needs: 'user_information',
    query: pagedQuery,
    handle(call, { query }) {
      const everyone = [...people(call), ...bots(call)].map(one => ({ id: 'botId' in one ? one.botId : one.id, one }));
      const page = pageOf(everyone, query);
      return listOf(
        'user',
        page.items.map(({ one }) => userObject(call, one)),
        page.nextCursor,
      );
    },
  }),
  route('GET', '/v1/users/:user_id', {
    needs: 'user_information',
    params: object({ user_id: uuid }),
    handle(call, { params }) {
      const id = params.user_id;
      const found = people(call).find(one => one.id === id) ?? bots(call).find(one => one.botId === id);
      if (found === undefined) throw notFound(call, 'user', id);
      return userObject(call, found);
    },
  }),
];

function userObject(call: Call, user: Person | Installation) {
  return 'botId' in user ? botObject(call, user) : personObject(call, user);
}

/** Members of the caller's workspace; guests are not listed. */
function people(call: Call): Person[] {
  const members = call.world.workspaces.get(call.caller.workspaceId)?.members ?? [];
  return members.flatMap(id => call.world.people.get(id) ?? []);
}

function bots(call: Call): Installation[] {
  return [...call.world.connections.installations.values()].filter(
    one => one.workspaceId === call.caller.workspaceId && !one.revoked,
  );
}
