import { type RawBuilder, sql } from 'kysely';
import type { DeploymentValue, DeploymentValues } from '../../vault/rotation/deployment-values.ts';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

const pageSize = 500;

/**
 * Values of no workspace are sealed under keys that derive from the deployment secret. These keys stay the same when
 * the root key is exchanged, so nothing here is sealed again.
 *
 * One query for each kind: `id` in the order of paging, and `value` as the vault takes it. When a job is done, it no
 * longer needs its tokens, and its payload is empty.
 */
const queries: readonly RawBuilder<{ id: string; value: Stored }>[] = [
  sql`SELECT id, jsonb_build_object('kind', 'webhook token', 'id', id, 'generation', generation, 'kid', kid, 'sealed', sealed) AS value
        FROM webhook_subscription WHERE workspace_id IS NULL AND sealed IS NOT NULL`,
  sql`SELECT id, jsonb_build_object('kind', 'client secret', 'id', id, 'sealed', sealed_secret) AS value
        FROM client_registration WHERE sealed_secret IS NOT NULL`,
  sql`SELECT id, jsonb_build_object('kind', 'management token', 'id', id, 'sealed', sealed_management_token) AS value
        FROM client_registration WHERE sealed_management_token IS NOT NULL`,
  sql`SELECT id, jsonb_build_object('kind', 'management token', 'id', payload->>'registrationId', 'sealed', payload->>'sealedToken') AS value
        FROM job WHERE state <> 'done' AND payload ? 'sealedToken'`,
  sql`SELECT id, jsonb_build_object('kind', 'token in a job', 'id', id, 'sealed', payload->>'sealed') AS value
        FROM job WHERE state <> 'done' AND payload->>'sealed' IS NOT NULL`,
  sql`SELECT encode(state_hash, 'hex') AS id,
             jsonb_build_object('kind', 'connect attempt', 'stateHash', encode(state_hash, 'hex'), 'sealed', sealed) AS value
        FROM connect_attempt WHERE sealed IS NOT NULL`,
];

/** A value in the form of JSON. */
type Stored =
  | Exclude<DeploymentValue, { kind: 'connect attempt' }>
  | (Omit<Extract<DeploymentValue, { kind: 'connect attempt' }>, 'stateHash'> & { readonly stateHash: string });

/** The values that are sealed for the deployment, in PostgreSQL. */
export function createDeploymentValues({ system }: Pick<Database<Schema>, 'system'>): DeploymentValues {
  return {
    async *pages() {
      for (const query of queries) {
        let last = '';
        for (;;) {
          const { rows } = await sql<{ id: string; value: Stored }>`
            SELECT id, value FROM (${query}) found WHERE id > ${last} ORDER BY id LIMIT ${pageSize}`.execute(system);
          last = rows.at(-1)?.id ?? '';
          if (last === '') break;
          yield rows.map(({ value }) => read(value));
        }
      }
    },
  };
}

function read(value: Stored): DeploymentValue {
  return value.kind === 'connect attempt' ? { ...value, stateHash: Buffer.from(value.stateHash, 'hex') } : value;
}
