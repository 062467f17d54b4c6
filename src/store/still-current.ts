import { sql } from 'kysely';
import type { DecidedCall } from '../domain/decided-call.ts';
import { principalIdOf } from '../domain/principal.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

interface Asked {
  readonly decided: DecidedCall;
  readonly resolve: (current: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Whether the policy and the credential of a decided call are still current (rule 10). All questions of one turn of the
 * event loop become one statement: when calls have to wait, many wait at once, and each is checked again before it goes
 * on.
 */
export function createStillCurrent({ system }: Pick<Database<Schema>, 'system'>) {
  let gathered: Asked[] = [];

  async function askAll(): Promise<void> {
    const asked = gathered;
    gathered = [];
    try {
      const current = await areCurrent(asked.map(({ decided }) => decided));
      for (const [place, { resolve }] of asked.entries()) resolve(current[place] ?? false);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  async function areCurrent(decidedCalls: readonly DecidedCall[]): Promise<boolean[]> {
    const { rows } = await sql<{ current: boolean }>`
      SELECT (asked.revision IS NULL OR workspace.id IS NOT NULL) AND (asked.epoch IS NULL OR principal.id IS NOT NULL) AS current
      FROM unnest(${decidedCalls.map(({ facts }) => facts.workspaceId)}::text[],
                  ${decidedCalls.map(({ facts }) => facts.policyRevision)}::bigint[],
                  ${decidedCalls.map(({ caller }) => principalIdOf(caller))}::text[],
                  ${decidedCalls.map(({ caller }) => caller.epoch)}::bigint[])
           WITH ORDINALITY AS asked (workspace, revision, principal, epoch, place)
      LEFT JOIN workspace ON workspace.id = asked.workspace AND workspace.policy_revision = asked.revision
      LEFT JOIN principal ON principal.id = asked.principal AND principal.epoch = asked.epoch
      ORDER BY asked.place`.execute(system);
    return rows.map(({ current }) => current);
  }

  return (decided: DecidedCall): Promise<boolean> =>
    new Promise((resolve, reject) => {
      if (gathered.push({ decided, resolve, reject }) === 1) setImmediate(() => void askAll());
    });
}
