import type { Accounts } from '../../../accounts/accounts.ts';
import type { AuditReader } from '../../../audit/audit-reader.ts';
import type { RecordEvent } from '../../../domain/event.ts';
import type { ApiRoute } from '../route.ts';
import { agentRoutes } from './agents.ts';
import { invitationRoutes } from './invitations.ts';
import { keyRoutes } from './keys.ts';
import { meRoutes } from './me.ts';
import { memberRoutes } from './members.ts';
import { userRoutes } from './users.ts';

/** All rows of the admin API about people, agents and their credentials. */
export function accountRoutes(parts: {
  readonly accounts: Accounts;
  readonly log: Pick<AuditReader, 'firstCallWith'>;
  readonly record: RecordEvent;
  readonly demo: boolean;
  readonly now: () => Date;
}): ApiRoute[] {
  const { accounts, log, record, demo, now } = parts;
  return [
    ...meRoutes({ ...accounts, record, demo, now }),
    ...memberRoutes({ ...accounts, record }),
    ...invitationRoutes({ ...accounts, record, now }),
    ...agentRoutes({ ...accounts, record }),
    ...keyRoutes({
      ...accounts,
      record,
      firstCall: (workspaceId, key) => log.firstCallWith(workspaceId, key.id, key.createdAt),
    }),
    ...userRoutes({ ...accounts, record }),
  ];
}
