import type { Generated } from 'kysely';
import type { InstanceId } from '../../domain/ids.ts';
import type { RootKeyState } from '../../domain/key-states.ts';
import type { Timestamp } from './foundation.ts';

export interface KeyTables {
  root_key: {
    kid: string;
    state: RootKeyState;
    proof: string;
    created_at: Timestamp;
    state_changed_at: Timestamp;
  };
  root_key_proof: { kid: string; instance_id: InstanceId; proved_at: Timestamp };
  deployment_secret: { only_row: Generated<boolean>; wrapped: string; root_kid: string; created_at: Timestamp };
  custody_mark: { only_row: Generated<boolean>; value: number };
  restoration: {
    detected_at: Timestamp;
    database_mark: number;
    known_mark: number;
    known_log: number;
    acknowledged_at: Date | null;
    acknowledged_by: string | null;
  };
}
