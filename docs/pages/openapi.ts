import { apiRoutes, contentRoutes } from '../../src/doors/api/all-routes.ts';
import { describeApi } from '../../src/doors/api/openapi.ts';

/** The description of the admin API, as every gateway serves it at `/api/openapi.json`, but for the gateway's own address. */
export function describedApi() {
  // What the rows stand on is used by calls alone, and nothing is called here.
  const none = {} as never;
  const rows = apiRoutes({
    accounts: { accounts: none } as never,
    connections: none,
    consents: none,
    log: none,
    tailEnds: none,
    provableLogs: none,
    webhooks: none,
    report: none,
    policies: none,
    pageChildren: none,
    pageIndex: none,
    questions: none,
    advice: none,
    sinks: none,
    alerts: none,
    drafts: none,
    toolPins: none,
  });
  return describeApi('/', rows, contentRoutes);
}

/** `docs/openapi.json`. */
export function openApiDocument(): string {
  return `${JSON.stringify(describedApi(), null, 2)}\n`;
}
