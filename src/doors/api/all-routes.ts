import type { AuditReader } from '../../audit/audit-reader.ts';
import type { ProvableLogs } from '../../audit/sequence/provable-logs.ts';
import type { ToolPins } from '../../domain/tool-pins.ts';
import type { Advice } from '../../policy/advice.ts';
import type { Drafts } from '../../policy/drafts.ts';
import type { PageChildren } from '../../policy/page-children.ts';
import type { Policies } from '../../policy/policies.ts';
import type { Questions } from '../../policy/questions.ts';
import { type AuditRouteParts, createAuditRoutes } from './audit-routes.ts';
import { type ConnectionRouteParts, createConnectionRoutes } from './connection-routes.ts';
import type { ContentRoute } from './content-route.ts';
import { discoverRoutes } from './discover-routes.ts';
import { pagesRoutes } from './pages-routes.ts';
import { createProofRoutes } from './proof-routes.ts';
import { createReportRoutes, type ReportCommands } from './report-routes.ts';
import type { ApiRoute } from './route.ts';
import { accountRoutes } from './routes/account-routes.ts';
import { alertRoutes } from './routes/alerts.ts';
import { authZenRoutes } from './routes/authzen.ts';
import { type ConsentRouteParts, consentRoutes } from './routes/consents.ts';
import { operationRoutes } from './routes/operations.ts';
import { pageAccessRoutes } from './routes/page-access.ts';
import { type PageIndexRouteParts, pageIndexRoutes } from './routes/page-index.ts';
import { policyRoutes } from './routes/policy.ts';
import { policyAdviceRoutes } from './routes/policy-advice.ts';
import { policyDocumentRoutes } from './routes/policy-document.ts';
import { policyDraftRoutes } from './routes/policy-draft.ts';
import { questionRoutes } from './routes/questions.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { type SinkRouteParts, sinkRoutes } from './routes/sinks.ts';
import { toolRoutes } from './routes/tools.ts';
import { titlesRoute } from './titles-route.ts';
import { createWebhookRoutes } from './webhook-routes.ts';

export interface ApiRouteParts {
  readonly accounts: Parameters<typeof accountRoutes>[0];
  readonly connections: ConnectionRouteParts;
  readonly consents: ConsentRouteParts;
  readonly log: AuditReader;
  readonly tailEnds: AuditRouteParts['ends'];
  readonly provableLogs: ProvableLogs;
  readonly webhooks: Parameters<typeof createWebhookRoutes>[0];
  readonly report: ReportCommands;
  readonly policies: Policies;
  readonly pageChildren: PageChildren;
  readonly pageIndex: PageIndexRouteParts;
  readonly questions: Questions;
  readonly advice: Advice;
  readonly sinks: SinkRouteParts;
  readonly alerts: Parameters<typeof alertRoutes>[0];
  readonly drafts: Drafts;
  readonly toolPins: ToolPins;
}

/** Every row of the admin API that has a caller. */
export function apiRoutes(parts: ApiRouteParts): ApiRoute[] {
  const {
    accounts,
    connections,
    consents,
    log,
    tailEnds,
    provableLogs,
    webhooks,
    report,
    policies,
    pageChildren,
    pageIndex,
    questions,
    advice,
    sinks,
    alerts,
    drafts,
    toolPins,
  } = parts;
  return [
    ...accountRoutes(accounts),
    ...createConnectionRoutes(connections),
    ...consentRoutes(consents),
    ...createAuditRoutes({ reader: log, ends: tailEnds }),
    ...createProofRoutes(provableLogs),
    ...createWebhookRoutes(webhooks),
    ...createReportRoutes(report),
    ...policyDocumentRoutes({ policies, now: accounts.now }),
    ...policyAdviceRoutes({ advice, now: accounts.now }),
    ...policyDraftRoutes({ drafts, policies }),
    ...policyRoutes({ policies }),
    ...pageAccessRoutes({ questions, children: pageChildren }),
    ...pageIndexRoutes(pageIndex),
    ...questionRoutes({ questions, log }),
    ...reviewRoutes({ questions }),
    ...operationRoutes,
    ...authZenRoutes({ questions }),
    ...sinkRoutes(sinks),
    ...alertRoutes(alerts),
    ...toolRoutes(toolPins),
  ];
}

/** The routes about content in Notion, which need nothing but the path. */
export const contentRoutes: readonly ContentRoute[] = [...pagesRoutes, ...discoverRoutes, titlesRoute];
