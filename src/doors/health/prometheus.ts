import { Counter, collectDefaultMetrics, Histogram, Registry } from '@prometheus-io/client';
import type { Metrics } from '../../domain/metrics.ts';

/** Metrics in Prometheus's text format. */
export interface Prometheus {
  readonly metrics: Metrics;
  readonly contentType: string;
  /** Everything counted so far. */
  text(): Promise<string>;
}

/** From a tenth of a millisecond to ten seconds. */
const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Notion's answers take longer than that, and never less than a millisecond. */
const notionBuckets = [0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2, 5, 10, 30, 60];

/** Values of one label at most. The lists behind labels are closed; this is for the day on which one is not. */
const valuesMax = 400;
/** Keys that fail are few, or everything fails. */
const kidsMax = 50;
/** Statuses that Notion is known to answer with are fewer. */
const statusesMax = 50;

/** Counts for Prometheus. The registry is its own, so that two gateways in one process do not share a number. */
export function createPrometheus(): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return { metrics: countIn(registry), contentType: registry.contentType, text: () => registry.metrics() };
}

function countIn(register: Registry): Metrics {
  const registers = [register];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `portcullis_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, buckets: number[], ...labelNames: Label[]) =>
    new Histogram({ name: `portcullis_${name}`, help, buckets, labelNames, registers });

  const calls = counter('calls_total', 'Calls that ended', 'door', 'operation', 'effect', 'result');
  const callSeconds = histogram('call_duration_seconds', 'Time from door to answer', latencyBuckets, 'door');
  const answers = counter('notion_answers_total', 'Answers of Notion', 'operation', 'status');
  const answerSeconds = histogram('notion_duration_seconds', 'Time Notion took', notionBuckets, 'operation');
  const flushes = counter('audit_flushes_total', 'Commits of the audit log', 'durable');
  const flushRows = histogram(
    'audit_flush_rows',
    'Entries in one commit of the log',
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  );
  const flushSeconds = histogram('audit_flush_duration_seconds', 'Time one commit of the log took', latencyBuckets);
  const refreshes = counter('token_refreshes_total', 'Attempts to refresh a token', 'kind', 'outcome');
  const contentions = counter('lease_contentions_total', 'Leases that another process held', 'lease');
  const replays = counter('spool_replays_total', 'Spools that an earlier process left behind', 'outcome');
  const unopened = counter('decrypt_failures_total', 'Sealed values that did not open, by key', 'kid');
  const waits = histogram('budget_wait_seconds', 'Waits for a share of a rate limit', latencyBuckets, 'outcome');
  const notices = counter('notices_total', "Attempts to tell the owner's system", 'outcome');
  const refusals = counter('notion_rate_limited_total', 'Refusals of Notion because of a rate limit', 'scope');

  const operationOf = bounded(valuesMax);
  const kidOf = bounded(kidsMax);
  const resultOf = bounded(valuesMax);
  const statusOf = bounded(statusesMax);
  return {
    called({ door, operation, effect, result, seconds }) {
      calls.inc({ door, operation: operationOf(operation), effect, result: resultOf(result) });
      callSeconds.observe({ door }, seconds);
    },
    answered({ operation, status, seconds }) {
      answers.inc({ operation: operationOf(operation), status: statusOf(String(status)) });
      answerSeconds.observe({ operation: operationOf(operation) }, seconds);
    },
    auditFlushed({ rows, seconds, durable }) {
      flushes.inc({ durable: String(durable) });
      flushRows.observe(rows);
      flushSeconds.observe(seconds);
    },
    refreshed: (kind, outcome) => refreshes.inc({ kind, outcome }),
    leaseContended: lease => contentions.inc({ lease }),
    spoolReplayed: outcome => replays.inc({ outcome }),
    decryptFailed: kid => unopened.inc({ kid: kidOf(kid) }),
    budgetWaited: ({ outcome, seconds }) => waits.observe({ outcome }, seconds),
    noticeTried: outcome => notices.inc({ outcome }),
    rateLimited: scope => refusals.inc({ scope }),
  };
}

/** Lets this many different values through; later ones become `other`. */
function bounded(max: number): (value: string) => string {
  const seen = new Set<string>();
  return value => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return 'other';
    seen.add(value);
    return value;
  };
}
