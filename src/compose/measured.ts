/** The parts of the path, with counters around them. The path itself does not know about them. */
import type { AuditLog } from '../audit/audit-log.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { CallEnd, Metrics } from '../domain/metrics.ts';
import type { Answer, Call } from '../domain/operation.ts';
import type { Forward } from '../forward/forward.ts';
import type { Gateway, Steps } from '../gateway.ts';

type MonotonicMs = () => number;

/** The log: how much one commit takes with it, and how long it takes. */
export function measureLog(log: AuditLog, metrics: Pick<Metrics, 'auditFlushed'>, monotonicMs: MonotonicMs): AuditLog {
  return {
    settle: log.settle,
    async append(instance, rows) {
      const startMs = monotonicMs();
      const flushed = (durable: boolean) =>
        metrics.auditFlushed({ rows: rows.length, seconds: (monotonicMs() - startMs) / 1_000, durable });
      try {
        const appended = await log.append(instance, rows);
        flushed(true);
        return appended;
      } catch (error) {
        flushed(false);
        throw error;
      }
    },
  };
}

/** The step that sends: what Notion answers, and how long it takes. */
export function measureForward(forward: Forward, metrics: Pick<Metrics, 'answered'>): Forward {
  return async decided => {
    const answer = await forward(decided);
    const { operation } = decided.call;
    if (operation.target?.kind === 'notion' && answer.upstreamMs !== undefined) {
      metrics.answered({ operation: operation.name, status: answer.status, seconds: answer.upstreamMs / 1_000 });
    }
    return answer;
  };
}

/** Measures the whole path, at its two ends: the decision, and how the call ended. */
export function measurePath(metrics: Pick<Metrics, 'called'>, monotonicMs: MonotonicMs) {
  const effects = new WeakMap<Call, 'allow' | 'deny'>();
  return {
    intend:
      (intend: Steps['intend']): Steps['intend'] =>
      async decided => {
        const recorded = await intend(decided);
        if (recorded === 'recorded') effects.set(decided.call, decided.decision.effect);
        return recorded;
      },
    gateway:
      (gateway: Gateway): Gateway =>
      async call => {
        const startMs = monotonicMs();
        const end = (result: string) => metrics.called(endOf(call, effects, result, monotonicMs() - startMs));
        try {
          const answer = await gateway(call);
          end(resultOf(answer));
          return answer;
        } catch (error) {
          end(error instanceof PortcullisError ? error.code : 'internal');
          throw error;
        }
      },
  };
}

function endOf(call: Call, effects: WeakMap<Call, 'allow' | 'deny'>, result: string, ms: number): CallEnd {
  const { door, operation } = call;
  return { door, operation: operation.name, effect: effects.get(call) ?? 'none', result, seconds: ms / 1_000 };
}

function resultOf({ status }: Answer): string {
  return status < 400 ? 'ok' : `answered_${status}`;
}
