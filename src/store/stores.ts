import type { LogName } from '../audit/sequence/sequencing.ts';
import { type Metrics, noMetrics } from '../domain/metrics.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import { createAccountStore } from './account-store.ts';
import { createAlertStore } from './alert-store.ts';
import { createAuditReader } from './audit-reader.ts';
import { createCapabilityStore } from './capability-store.ts';
import { createConnectAttempts } from './connect-attempts.ts';
import { createConnectionList } from './connection-list.ts';
import { createConnectionUseStore } from './connection-use-store.ts';
import { createConsentStore } from './consent-store.ts';
import { createCredentialLimits } from './credential-limits.ts';
import { createCredentialStore } from './credential-store.ts';
import type { Database } from './database.ts';
import { createDisconnections } from './disconnections.ts';
import { createDraftStore } from './draft-store.ts';
import { createFileTickets } from './file-tickets.ts';
import { createInstallations } from './installations.ts';
import { createInstances } from './instances.ts';
import { createJobs } from './jobs.ts';
import { createKeyStores } from './key-stores.ts';
import { createListeningStore } from './listening-store.ts';
import { createLogArchive } from './log-archive.ts';
import { createOAuthRecords } from './oauth-record-store.ts';
import { createObjectOwners } from './object-owners.ts';
import { createPageChildren } from './page-children.ts';
import { createPageIndexCare, sweepPageIndex } from './page-index-care.ts';
import { createPageIndexStore } from './page-index-store.ts';
import { createPageTitles } from './page-titles.ts';
import { createPageTreeRows } from './page-tree-rows.ts';
import { createPastedTokens } from './pasted-tokens.ts';
import { createPolicyHolders } from './policy-holders.ts';
import { createPolicyStore } from './policy-store.ts';
import { createRateLedgers } from './rate-ledgers.ts';
import { createRegistrations } from './registrations.ts';
import { createRootMarks } from './root-marks.ts';
import type { Schema } from './schema.ts';
import { createSettingsSinkStore } from './settings-sinks.ts';
import { createSignInFailures } from './sign-in-failures.ts';
import { createSinkLog } from './sink-log.ts';
import { createSinkQueue } from './sink-queue.ts';
import { createSinkStore } from './sink-store.ts';
import { createStillCurrent } from './still-current.ts';
import { type ConnectionsOptions, createStoredConnections } from './stored-connections.ts';
import { createSubjects } from './subjects.ts';
import { createSubscriptionStore } from './subscription-store.ts';
import { createTokenRefreshes } from './token-refreshes.ts';
import { createToolPinStore } from './tool-pins.ts';
import { createWorkspaceDirectory } from './workspace-directory.ts';
import { createWorkspaceSnapshots } from './workspace-snapshots.ts';

/** What some of the stores ask. */
export interface StoreParts {
  /** For lists that depend on what their reader may see. */
  readonly compile: CompilePolicy;
  readonly now?: Now;
  readonly metrics?: Pick<Metrics, 'leaseContended'>;
  /** How many entries of the log one reading looks at. */
  readonly auditLookAt?: number | undefined;
}

export type Stores = ReturnType<typeof createStores>;

/** Every port that PostgreSQL implements, over one database. A new store gets a line here. */
export function createStores(
  database: Database<Schema>,
  { compile, now = () => new Date(), metrics = noMetrics, auditLookAt }: StoreParts,
) {
  return {
    ...createKeyStores(database),
    accounts: createAccountStore(database),
    attempts: createConnectAttempts(database),
    auditReader: createAuditReader(database, auditLookAt === undefined ? {} : { lookAt: auditLookAt }),
    capabilities: createCapabilityStore(database),
    connectionList: createConnectionList(database, compile, now),
    connectionUses: createConnectionUseStore(database),
    consents: createConsentStore(database),
    credentials: createCredentialStore(database.system),
    fileTickets: createFileTickets(database),
    instances: createInstances(database),
    jobs: createJobs(database),
    logArchive: (name: string, log: LogName) => createLogArchive(database, name, log),
    oauthRecords: createOAuthRecords(database),
    objectOwners: createObjectOwners(database),
    pageChildren: createPageChildren(database),
    pageIndex: createPageIndexStore(database),
    credentialLimits: createCredentialLimits(database),
    sweepPageIndex: () => sweepPageIndex(database),
    pageTreeRows: createPageTreeRows(database),
    pageTitles: createPageTitles(database),
    policyHolders: createPolicyHolders(database, compile, now),
    rateLedgers: createRateLedgers(database, metrics),
    registrations: createRegistrations(database),
    rootMarks: createRootMarks(database),
    signInFailures: createSignInFailures(database.system),
    sinkLog: createSinkLog(database),
    stillCurrent: createStillCurrent(database),
    subjects: createSubjects(database),
    subscriptions: createSubscriptionStore(database),
    workspaceDirectory: createWorkspaceDirectory(database.system, compile),
    workspaceSnapshots: createWorkspaceSnapshots(database),

    /** The stores whose changes write entries of the log in the same transaction. */
    logged: (entries: ConnectionsOptions) => ({
      connections: createStoredConnections(database, entries),
      disconnections: createDisconnections(database, entries),
      installations: createInstallations(database, entries, compile, now),
      listening: createListeningStore(database, entries),
      pageIndexCare: createPageIndexCare(database, entries),
      pastedTokens: createPastedTokens(database, entries),
      drafts: createDraftStore(database, entries),
      policies: createPolicyStore(database, entries),
      refreshes: createTokenRefreshes(database, entries),
      sinkQueue: createSinkQueue(database, entries),
      alerts: createAlertStore(database, entries),
      settingsSinks: createSettingsSinkStore(database, entries),
      sinks: createSinkStore(database, entries),
      toolPins: createToolPinStore(database, entries),
    }),
  };
}

/** The stores whose changes write entries of the log in the same transaction. */
export type LoggedStores = ReturnType<Stores['logged']>;
