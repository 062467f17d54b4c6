import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import type { Node, Teamspace } from '../../world/records.ts';
import { ancestry } from '../../world/tree.ts';
import { idOf } from '../reference.ts';
import { READ, type Tool, tool } from './tool.ts';

export const teamTools: readonly Tool[] = [
  tool('notion-get-teams', {
    title: 'Get teams',
    description:
      'List the teamspaces of the workspace: those that the person is in, and the others that they may know.',
    annotations: READ,
    input: z.object({ query: z.string().optional() }),
    run(call, { query = '' }) {
      const known = knownTeams(call).filter(team => team.name.toLowerCase().includes(query.toLowerCase()));
      const [joined, others] = [known.filter(team => isIn(call, team)), known.filter(team => !isIn(call, team))];
      return {
        joinedTeams: joined.map(({ id, name }) => ({ id, name, role: 'member' })),
        otherTeams: others.map(({ id, name }) => ({ id, name, role: null })),
        hasMore: false,
      };
    },
  }),
];

/** A teamspace that the person may put pages in. */
export function joinedTeam(call: Call, given: string): Teamspace {
  const team = call.world.teamspaces.get(idOf(given));
  if (team === undefined || team.workspaceId !== call.caller.workspaceId || !isIn(call, team)) {
    throw invalid(`Could not find teamspace with ID: ${given}.`);
  }
  return team;
}

/** Whether a node stands in a teamspace, at its top or deeper. */
export function isInTeam(call: Call, node: Node, teamId: string): boolean {
  for (const one of ancestry(call.world, node)) if (call.world.teamspaceOf.get(one.id) === teamId) return true;
  return false;
}

/** What is private does not even show its name to others. */
function knownTeams(call: Call): Teamspace[] {
  const all = [...call.world.teamspaces.values()].filter(team => team.workspaceId === call.caller.workspaceId);
  return all.filter(team => team.access !== 'private' || isIn(call, team));
}

function isIn({ caller }: Call, { access, members }: Teamspace): boolean {
  return members.includes(caller.userId ?? '') || (access === 'open' && members.length === 0);
}
