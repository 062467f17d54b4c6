import { failureCode } from '../../src/audit/failure-code.ts';
import { authorize } from '../../src/authorize/authorize.ts';
import { refuse } from '../../src/authorize/refusal.ts';
import { type Action, isAction } from '../../src/domain/action.ts';
import { PortcullisError } from '../../src/domain/errors.ts';
import type { Facts } from '../../src/domain/facts.ts';
import { newId, type UserId } from '../../src/domain/ids.ts';
import { anonymous, type Caller } from '../../src/domain/principal.ts';
import { createGateway } from '../../src/gateway.ts';
import type { Database } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';

/** The path with the real decision, on the rights and roles in the database; its log is a list of lines. */
export function decidingGateway(database: Database<Schema>, sessions: ReadonlyMap<string, Caller>, log: string[]) {
  return createGateway({
    async identify({ credentials }) {
      const caller = credentials.kind === 'session' ? sessions.get(credentials.token) : undefined;
      if (caller?.principal.kind !== 'user') return anonymous('no_credentials');
      const { id } = caller.principal;
      const query = database.system.selectFrom('user_account').select('deployment_rights').where('id', '=', id);
      const { deployment_rights: rights } = await query.executeTakeFirstOrThrow();
      return { ...caller, deploymentRights: new Set(rights.filter(isAction)) };
    },
    async resolve({ workspace }, { principal }) {
      if (workspace === null || principal.kind !== 'user') return noFacts;
      const query = database.system.selectFrom('membership').select('role').where('workspace_id', '=', workspace);
      const membership = await query.where('principal_id', '=', principal.id).executeTakeFirst();
      return { ...noFacts, workspaceId: workspace, role: membership?.role ?? null };
    },
    authorize,
    async intend({ call, decision }) {
      log.push(`${call.operation.name} ${decision.effect} ${decision.because}`);
      return 'recorded';
    },
    forget: () => {},
    leave: () => {},
    refuse,
    async forward({ call, caller, facts }) {
      if (call.operation.target?.kind !== 'local') throw new Error('only commands');
      const { clientAddress, requestId } = call;
      return call.operation.target.run({
        caller,
        workspaceId: facts.workspaceId,
        clientAddress,
        requestId,
        confirm: async () => {},
      });
    },
    withhold: async (_ruling, answer) => ({ answer, withheld: 0 }),
    async conclude({ call }, verdict) {
      if (verdict.kind !== 'failed') return;
      const { error } = verdict;
      log.push(`${call.operation.name} failed ${error instanceof PortcullisError ? failureCode(error) : 'internal'}`);
    },
    now: () => new Date(),
  });
}

const noFacts: Facts = {
  workspaceId: null,
  namesOtherWorkspace: false,
  policyRevision: null,
  role: null,
  connection: null,
  connectionTrouble: null,
  ownedByCaller: new Set(),
  callsInFlight: 0,
  unstable: false,
};

export function callerOf(id: UserId): Caller {
  return {
    principal: { kind: 'user', id },
    credential: newId('ses'),
    epoch: 1,
    boundTo: null,
    ceiling: null,
    deploymentRights: new Set<Action>(),
  };
}
