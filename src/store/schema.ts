import type { AccountTables } from './schema/accounts.ts';
import type { AuditTables } from './schema/audit.ts';
import type { ConnectionTables } from './schema/connections.ts';
import type { FoundationTables } from './schema/foundation.ts';
import type { KeyTables } from './schema/keys.ts';
import type { CapabilityTables, FileTables, PageTables, RateTables } from './schema/notion.ts';
import type { OAuthTables } from './schema/oauth.ts';
import type { PolicyTables } from './schema/policy.ts';
import type { SinkTables } from './schema/sinks.ts';
import type { WebhookTables } from './schema/webhooks.ts';

/** Every table, as Kysely sees it. The SQL in `migrations/` is the definition; this mirrors it for the compiler. */
export interface Schema
  extends FoundationTables,
    AccountTables,
    ConnectionTables,
    KeyTables,
    PageTables,
    PolicyTables,
    AuditTables,
    RateTables,
    WebhookTables,
    SinkTables,
    CapabilityTables,
    FileTables,
    OAuthTables {}
