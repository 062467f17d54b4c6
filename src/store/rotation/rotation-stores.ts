import type { Database } from '../database.ts';
import type { EventEntries } from '../event-entries.ts';
import type { Schema } from '../schema.ts';
import { createDeploymentValues } from './deployment-values.ts';
import { createKeyEndings } from './key-endings.ts';
import { createKeyReplacements } from './key-replacements.ts';
import { createRootKeyChanges } from './root-key-changes.ts';
import { createSealedTables } from './sealed-tables.ts';
import { createUndecryptableConnections } from './undecryptable-connections.ts';

/** The changes that operators make to keys. Ending keys and connections writes log entries in the same transaction. */
export function createRotationStores(database: Pick<Database<Schema>, 'system'>, entries: EventEntries) {
  return {
    changes: createRootKeyChanges(database),
    replacements: createKeyReplacements(database),
    endings: createKeyEndings(database, entries),
    undecryptable: createUndecryptableConnections(database, entries),
    tables: createSealedTables(database),
    values: createDeploymentValues(database),
  };
}
